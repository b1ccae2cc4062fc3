/* test-property.c - what holds for every conversation: random ones, for a second
 *
 * Whatever bytes in whatever chunks: C reads back to them, no text format lets
 * them out of the margin. A failure prints the seed; TEST_SEED repeats it.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "forged.h"
#include "unit.h"

#define LONGEST		300	/* bytes of a chunk */
#define CHUNKS		12	/* of a conversation, at most */

static uint32_t state;

/* xorshift32: the same numbers everywhere. */
static uint32_t
any(uint32_t below)
{
	state ^= state << 13;
	state ^= state >> 17;
	state ^= state << 5;
	return state % below;
}

/* What payloads would say if they could. */
static const char *const lures[] = {
	"\n", "\r\n", "\r", "\n\n", "client> ", "server> ", "\n# session 1 close ", "\nclient> forged",
	"\n[1] server> ", "\n03:42:10.123456 [1] client> ", "?" "?/", "?" "?" "?", "\\", "\"", "*/", "\\n",
	"00000000  61", "\n00000010  61 62", "|", "\033[2J", "\302\205", "\342\200\250", "%s", "%n",
	"USER dave\r\n", "PASS d4ve\r\n", "331 \r\n", "+OK\r\n", "Authorization: Basic ZDpk\r\n",
};

static size_t
random_bytes(unsigned char *to, size_t most)
{
	uint32_t kind = any(3);
	size_t n = 0, len, wanted = 1 + any((uint32_t)most);
	const char *lure;

	while (n < wanted) {
		lure = lures[any(sizeof(lures) / sizeof(lures[0]))];
		len = strlen(lure);
		if (kind != 0 && any(4) == 0 && len <= wanted - n) {
			memcpy(to + n, lure, len);
			n += len;
		} else {
			to[n++] = (unsigned char)(kind == 2 ? 0x20 + any(0x5f) : any(256));
		}
	}
	return n;
}

/* One decoded literal after the other, as a C compiler does it; NULL when it is none. */
static const char *
decode_literal(const char *at, const char *end, struct buf *to)
{
	static const char named[] = "abtnvfr\"\\?", means[] = "\a\b\t\n\v\f\r\"\\?";
	const char *found;
	int value, digits;

	for (at++; at < end && *at != '"'; at++) {
		if (end - at >= 3 && at[0] == '?' && at[1] == '?')
			return NULL;		/* could be a trigraph */
		if (*at != '\\') {
			buf_putc(to, *at);
			continue;
		}
		if (++at < end && *at != '\0' && (found = strchr(named, *at)) != NULL) {
			buf_putc(to, means[found - named]);
			continue;
		}
		for (value = digits = 0; digits < 3 && at < end && *at >= '0' && *at <= '7'; digits++)
			value = 8 * value + (*at++ - '0');
		if (digits == 0 || value > 255)
			return NULL;
		buf_putc(to, value);
		at--;
	}
	return at < end ? at + 1 : NULL;
}

/* The bytes of a C record: literals and blanks up to the end. Whether it is well formed. */
static bool
decode(const struct buf *record, struct buf *to)
{
	const char *at = memchr(record->data, '"', record->len);
	const char *end = (const char *)record->data + record->len;

	while (at != NULL && at < end) {
		if (*at == '"')
			at = decode_literal(at, end, to);
		else if (*at == ' ' || *at == '\n')
			at++;
		else
			return false;
	}
	return at != NULL;
}

/* What a format made of a chunk, looked at from all sides. */
static void
check_record(const struct writer *w, const struct event *ev, const struct buf *out)
{
	const struct chunk *c = ev->chunk;
	struct line bad = { "", 0 };
	struct buf back = { 0 };
	const char *why;

	if (w->format->binary)
		return;
	why = forged(w, ev->session, out, &bad);
	CHECK(why == NULL, "%s: %s: %s", w->format->name, why, unit_show(0, bad.text, bad.len));
	if (w->format == &format_c && c->shown == c->len) {
		CHECK(decode(out, &back), "not C: %s", unit_show(0, out->data, out->len));
		CHECK_BYTES(back.data, back.len, c->data, c->len, "C reads back");
	}
	buf_free(&back);
}

/* One event for a format; a failure shows it. */
static void
pass(struct writer *w, struct event *ev, struct buf *out)
{
	struct line bad = { "", 0 };
	const char *why;

	buf_clear(out);
	format_event(w, ev, out);
	CHECK(!out->failed && out->margin == 0, "%s leaves a margin", w->format->name);
	if (ev->type == EV_DATA) {
		check_record(w, ev, out);
	} else if (!w->format->binary) {
		why = forged(w, ev->session, out, &bad);
		CHECK(why == NULL, "%s: %s: %s", w->format->name, why,
		    unit_show(0, bad.text, bad.len));
	}
}

static void
random_chunk(struct event *ev, struct chunk *c, unsigned char *data)
{
	c->from = (enum side)any(SIDES);
	c->urgent = any(10) == 0;
	c->data = data;
	c->len = random_bytes(data, any(10) == 0 ? LONGEST : 40);
	c->shown = any(4) == 0 ? 1 + any((uint32_t)c->len) : c->len;
	c->offset = any(2) == 0 ? 0 : any(UINT32_MAX);
	ev->type = EV_DATA;
	ev->time.tv_nsec = any(1000000000);
	ev->chunk = c;
}

/* A session from its open to its close line. */
static void
converse(const struct format *format, struct buf *out)
{
	static struct peer peer[SIDES] = { { .text = "127.0.0.1:53156" }, { .text = "[::1]:25" } };
	struct frame frame = { .numbered = true, .run = "then-7",
	    .stamp = (enum stamp)any(STAMP_DELTA + 1) };
	struct writer w = { .format = format, .frame = &frame };
	/* A number of ten digits that no payload says: random bytes do not, by far. */
	struct event ev = { .type = EV_OPEN, .session = 1000000000ul + any(1000000000),
	    .peer = peer };
	struct ending ending = { .how = END_CLOSED, .by = SERVER };
	unsigned char data[LONGEST];
	struct chunk c;
	uint32_t n;

	peer[CLIENT].addr.ss_family = peer[SERVER].addr.ss_family = AF_INET;
	peer[CLIENT].len = peer[SERVER].len = sizeof(struct sockaddr_storage);
	ev.time.tv_sec = 1795405330;
	ev.ending = &ending;
	if (format->memory > 0 && (w.memory = calloc(1, format->memory)) == NULL)
		return;
	pass(&w, &ev, out);
	for (n = any(CHUNKS); n > 0; n--) {
		random_chunk(&ev, &c, data);
		pass(&w, &ev, out);
		ending.bytes[c.from] += c.len;
	}
	ev.type = EV_CLOSE;
	pass(&w, &ev, out);
	free(w.memory);
}

/* One conversation of each format; whether to go on. */
static bool
round_of(uint32_t seed, struct buf *out)
{
	size_t i;

	state = seed != 0 ? seed : 1;
	for (i = 0; formats[i] != NULL; i++)
		converse(formats[i], out);
	if (unit_failures > 0)
		printf("to see it again: TEST_SEED=%lu\n", (unsigned long)seed);
	return unit_failures == 0;
}

int
main(void)
{
	const char *again = getenv("TEST_SEED");
	struct buf out = { 0 };
	struct timespec now;
	uint32_t seed;
	clock_t end = clock() + CLOCKS_PER_SEC;

	clock_gettime(CLOCK_REALTIME, &now);
	seed = (uint32_t)now.tv_sec * 2654435761u ^ (uint32_t)now.tv_nsec;
	if (again != NULL)
		round_of((uint32_t)strtoul(again, NULL, 10), &out);
	else
		while (round_of(seed, &out) && clock() < end)
			seed += 2654435761u;
	buf_free(&out);
	return unit_end();
}
