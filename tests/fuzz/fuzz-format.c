/* fuzz-format.c - conversations as somebody hostile would hold them, in every format
 *
 * Input: a byte that picks the format ("*": each of them), a byte for the frame
 * and the events around, a byte for --snap ("0": none). Then chunks: a byte
 * (0x10: the server's, "c" or "s"; 0x20 not set: urgent, "C" or "S"; 0x80: a
 * length byte follows) and the data, as many bytes as said or up to LF. So a
 * corpus reads like a conversation.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "../unit/forged.h"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

#define OPENED	1795405330

enum {				/* the byte after the format's */
	FLAG_STAMP = 7,		/* a style, modulo their number */
	FLAG_NAMES = 8,		/* look-ups have an answer, while chunks pass */
	FLAG_UNIX = 16,		/* a Unix socket, IPv6; else IPv4 and unknown */
	FLAG_ERROR = 32,	/* something fails before the end */
	FLAG_ALONE = 64,	/* no server was found: that and nothing else */
};

struct input {
	const uint8_t	*data;
	size_t		 len;
};

static struct peer peers[SIDES];

static uint8_t
input_byte(struct input *in)
{
	if (in->len == 0)
		return 0;
	in->len--;
	return *in->data++;
}

/* A number that the input does not hold, short of a collision. */
static unsigned long
secret(const uint8_t *data, size_t size)
{
	uint32_t hash = 2166136261u;
	size_t i;

	for (i = 0; i < size; i++)
		hash = (hash ^ data[i]) * 16777619u;
	return 1000000000ul + hash;
}

static void
peers_set(unsigned int flags)
{
	static const int family[2][SIDES] = { { AF_INET, AF_UNSPEC }, { AF_UNIX, AF_INET6 } };
	enum side s;

	for (s = CLIENT; s < SIDES; s++) {
		memset(&peers[s], 0, sizeof(peers[s]));
		peers[s].addr.ss_family = (sa_family_t)family[(flags & FLAG_UNIX) != 0][s];
		peers[s].len = peers[s].addr.ss_family != AF_UNSPEC ? sizeof(peers[s].addr) : 0;
		strcpy(peers[s].text, s == CLIENT ? "127.0.0.1:53156" : "[::1]:25");
	}
}

static uint32_t
little_endian(const unsigned char *at)
{
	return at[0] | (uint32_t)at[1] << 8 | (uint32_t)at[2] << 16 | (uint32_t)at[3] << 24;
}

/* Whether the blocks of a capture fit into each other: each has its length at both ends. */
static bool
blocks_fit(const struct buf *out)
{
	const unsigned char *at = out->data, *end = at + out->len;
	uint32_t len;

	for (; at < end; at += len) {
		if (end - at < 12)
			return false;
		len = little_endian(at + 4);
		if (len < 12 || len % 4 != 0 || len > (size_t)(end - at) ||
		    little_endian(at + len - 4) != len)
			return false;
	}
	return true;
}

/* Passes an event; a trap when a text format could be deceived, or a capture is none. */
static void
pass(struct writer *w, struct event *ev, enum event_type type, struct buf *out)
{
	struct line bad = { "", 0 };
	const char *why = NULL;

	buf_clear(out);
	ev->type = type;
	ev->time.tv_nsec = (ev->time.tv_nsec + 123456789) % 1000000000;
	ev->time.tv_sec += ev->time.tv_nsec < 123456789;
	format_event(w, ev, out);
	if (out->failed || out->margin != 0)
		why = "failed, or left a margin";
	else if (!w->format->binary)
		why = forged(w, ev->session, out, &bad);
	else if (w->format == &format_pcapng && !blocks_fit(out))
		why = "blocks that do not fit";
	if (why != NULL) {
		fprintf(stderr, "%s: %s: %.*s\n", w->format->name, why, (int)bad.len, bad.text);
		__builtin_trap();
	}
}

/* In another process, by rights: with a copy of the memory. */
static void
pass_names(const struct writer *w, const struct event *ev, struct buf *out)
{
	static const char *const names[SIDES] = { "me.example:53156", "mail.example:smtp" };
	struct writer copy = *w;
	struct event ev_names = *ev;

	ev_names.name = names;
	if (w->format->memory > 0) {
		if ((copy.memory = malloc(w->format->memory)) == NULL)
			return;
		memcpy(copy.memory, w->memory, w->format->memory);
	}
	pass(&copy, &ev_names, EV_NAMES, out);
	if (w->format->memory > 0)
		free(copy.memory);
}

/*
 * Takes the next chunk from the input; false at its end. The data are a copy
 * of the exact size, so that a read past their end is seen. Free c->data.
 */
static bool
next_chunk(struct input *in, size_t snap, const uintmax_t sent[SIDES], struct chunk *c)
{
	uint8_t control = input_byte(in);
	const uint8_t *lf;
	unsigned char *copy;

	if (control & 0x80)
		c->len = (size_t)input_byte(in) + 1;
	else if ((lf = in->len > 0 ? memchr(in->data, '\n', in->len) : NULL) != NULL)
		c->len = (size_t)(lf + 1 - in->data);
	else
		c->len = in->len;
	if (c->len > in->len)
		c->len = in->len;
	if (c->len == 0 || (copy = malloc(c->len)) == NULL)
		return false;
	memcpy(copy, in->data, c->len);
	in->data += c->len;
	in->len -= c->len;
	c->data = copy;
	c->from = control & 0x10 ? SERVER : CLIENT;
	c->urgent = (control & 0x20) == 0;
	c->shown = c->len > snap ? snap : c->len;
	c->offset = sent[c->from];
	return true;
}

static void
converse(struct writer *w, struct event *ev, unsigned int flags, size_t snap, struct input in,
    struct buf *out)
{
	static const struct loss loss = { "caf\303\251\n.log", 4096 };
	struct ending ending = { .how = (enum ending_how)(flags % (END_SIGNAL + 1)) };
	struct chunk c;

	ev->text = "Connection refused\n# session 1 close";
	if (flags & FLAG_ALONE) {
		pass(w, ev, EV_UNREACHED, out);
		return;
	}
	pass(w, ev, EV_OPEN, out);
	while (next_chunk(&in, snap, ending.bytes, &c)) {
		ev->chunk = &c;
		pass(w, ev, EV_DATA, out);
		free((void *)(uintptr_t)c.data);
		ending.bytes[c.from] += c.len;
		if ((flags & FLAG_NAMES) && ending.bytes[SERVER] > 0) {
			pass_names(w, ev, out);
			flags &= ~(unsigned int)FLAG_NAMES;
		}
	}
	if (flags & FLAG_ERROR)
		pass(w, ev, EV_ERROR, out);
	ev->ending = &ending;
	ev->loss = &loss;
	ev->nloss = (flags & FLAG_ERROR) != 0;
	pass(w, ev, EV_CLOSE, out);
}

static void
session(const struct format *format, struct input in, unsigned long number)
{
	unsigned int flags = input_byte(&in);
	uint8_t snap = input_byte(&in);
	struct frame frame = { .numbered = true, .run = "then-7",
	    .stamp = (enum stamp)((flags & FLAG_STAMP) % (STAMP_DELTA + 1)) };
	struct writer w = { .format = format, .frame = &frame };
	struct event ev = { .session = number, .peer = peers, .time = { OPENED, 0 } };
	struct buf out = { 0 };

	peers_set(flags);
	if (format->head != NULL)
		format->head(&out);
	if (format->memory > 0 && (w.memory = calloc(1, format->memory)) == NULL)
		abort();
	converse(&w, &ev, flags, snap != '0' && snap > 0 ? snap : SIZE_MAX, in, &out);
	free(w.memory);
	buf_free(&out);
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	struct input in = { data, size };
	uint8_t pick = input_byte(&in);
	size_t i, n = 0;

	while (formats[n] != NULL)
		n++;
	for (i = 0; i < n; i++)
		if (pick == '*' || i == pick % n)
			session(formats[i], in, secret(data, size));
	return 0;
}
