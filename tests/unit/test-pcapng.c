/* test-pcapng.c - the capture of a session: read strictly, and packet by packet
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <netinet/in.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "format.h"
#include "read-capture.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define BYTES(text)	text, sizeof(text) - 1

#define ARRIVED		1795405330	/* 2026-11-23T03:42:10 UTC */
#define LATE		4102444800	/* 2100-01-01T00:00:00 UTC */
#define SEGMENT		64000		/* bytes of payload in a packet, at most */

/* A session of its own, and what has come out: the file, and the reader's view of it. */
struct talk {
	struct writer	w;
	struct event	ev;
	struct peer	peer[SIDES];
	struct buf	file, seen;
	size_t		head;		/* bytes of the file's head */
	uintmax_t	sent[SIDES];
	struct ending	ending;
};

static struct cap_reader reader;
static uint64_t	last_ns;	/* the time of the packet that was read last */

static void
peer_v4(struct peer *p, const unsigned char ip[4], unsigned int port)
{
	struct sockaddr_in *in = (struct sockaddr_in *)&p->addr;

	memset(p, 0, sizeof(*p));
	in->sin_family = AF_INET;
	in->sin_port = htons((uint16_t)port);
	memcpy(&in->sin_addr, ip, 4);
	p->len = sizeof(*in);
	snprintf(p->text, sizeof(p->text), "%u.%u.%u.%u:%u", ip[0], ip[1], ip[2], ip[3], port);
}

static void
peer_v6(struct peer *p, unsigned int port)
{
	struct sockaddr_in6 *in = (struct sockaddr_in6 *)&p->addr;
	size_t i;

	memset(p, 0, sizeof(*p));
	in->sin6_family = AF_INET6;
	in->sin6_port = htons((uint16_t)port);
	for (i = 0; i < 16; i++)
		in->sin6_addr.s6_addr[i] = (unsigned char)(0x20 + i);
	p->len = sizeof(*in);
	snprintf(p->text, sizeof(p->text), "[v6]:%u", port);
}

static void
peer_unix(struct peer *p)
{
	memset(p, 0, sizeof(*p));
	p->addr.ss_family = AF_UNIX;
	p->len = sizeof(struct sockaddr_un);
	snprintf(p->text, sizeof(p->text), "unix:/x");
}

static void
talk_begin(struct talk *t, unsigned long session)
{
	static const unsigned char client[4] = { 192, 0, 2, 1 }, server[4] = { 198, 51, 100, 7 };
	static const struct frame frame;

	*t = (struct talk){ .w = { .format = &format_pcapng, .frame = &frame },
	    .ev = { .session = session } };
	if ((t->w.memory = calloc(1, format_pcapng.memory)) == NULL)
		abort();
	peer_v4(&t->peer[CLIENT], client, 53156);
	peer_v4(&t->peer[SERVER], server, 25);
	t->ev.arrived = t->ev.time = (struct timespec){ ARRIVED, 999000000 };
	format_pcapng.head(&t->file);
	t->head = t->file.len;
}

static void
talk_end(struct talk *t)
{
	free(t->w.memory);
	buf_free(&t->file);
	buf_free(&t->seen);
}

/* An event, a millisecond after the one before. */
static void
happen(struct talk *t, enum event_type type)
{
	t->ev.type = type;
	t->ev.peer = t->peer;
	t->ev.time.tv_nsec += 1000000;
	if (t->ev.time.tv_nsec >= 1000000000) {
		t->ev.time.tv_nsec -= 1000000000;
		t->ev.time.tv_sec++;
	}
	format_event(&t->w, &t->ev, &t->file);
}

static void
say(struct talk *t, enum side from, bool urgent, const void *data, size_t len, size_t shown)
{
	struct chunk c = { from, urgent, data, len, shown, t->sent[from] };

	t->sent[from] += len;
	t->ev.chunk = &c;
	happen(t, EV_DATA);
}

static void
stream_end(struct talk *t, enum side from)
{
	t->ev.from = from;
	happen(t, EV_END);
}

static void
close_it(struct talk *t, enum ending_how how, enum side by)
{
	t->ending.how = how;
	t->ending.by = by;
	t->ending.time = t->ev.time;
	t->ev.ending = &t->ending;
	happen(t, EV_CLOSE);
}

static void
note_packet(void *arg, const struct cap_packet *p)
{
	struct talk *t = arg;
	char flags[8];

	last_ns = p->ns;
	buf_printf(&t->seen, "%llu %c %s %lu %lu %zu", (unsigned long long)(p->ns - p->of->began) / 1000,
	    "cs"[p->from], cap_flags(p->flags, flags), (unsigned long)p->seq, (unsigned long)p->ack,
	    p->len);
	if (p->kept < p->len)
		buf_printf(&t->seen, " of which %zu", p->kept);
	if (p->comment != NULL)
		buf_printf(&t->seen, " ; %.*s", (int)p->comment_len, p->comment);
	buf_putc(&t->seen, '\n');
}

/* Reads what there is, and compares it packet by packet. */
static void
check_seen(struct talk *t, const char *want, const char *title)
{
	const char *why;
	size_t at;

	memset(&reader, 0, sizeof(reader));
	reader.packet = note_packet;
	reader.arg = t;
	buf_clear(&t->seen);
	why = cap_read(&reader, t->file.data, t->file.len, &at);
	CHECK(why == NULL, "%s: at byte %zu: %s", title, at, why);
	CHECK_BYTES(t->seen.data, t->seen.len, want, strlen(want), title);
}

/* The same without the handshake. */
static void
check_seen_after(struct talk *t, const char *want)
{
	const char *why, *at = NULL;
	size_t where;
	int i;

	reader.packet = note_packet;
	reader.arg = t;
	buf_clear(&t->seen);
	why = cap_read(&reader, t->file.data, t->file.len, &where);
	CHECK(why == NULL, "at byte %zu: %s", where, why);
	buf_putc(&t->seen, '\0');
	for (at = (char *)t->seen.data, i = 0; i < 3; i++)
		at = strchr(at, '\n') + 1;
	CHECK_TEXT(at, want, "after the handshake");
}

#define HELLO \
	"0 c S 0 0 0 ; session 3: client 192.0.2.1:53156, server 198.51.100.7:25\n" \
	"1000 s SA 0 1 0\n1000 c A 1 1 0\n"

/* An orderly session: handshake, data, a half-close, the other end, the last ACK. */
static void
check_orderly(void)
{
	struct talk t;

	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	say(&t, SERVER, false, BYTES("220 hi\r\n"), 8);
	say(&t, CLIENT, false, BYTES("a"), 1);
	stream_end(&t, CLIENT);
	say(&t, SERVER, true, BYTES("!"), 1);
	stream_end(&t, SERVER);
	close_it(&t, END_CLOSED, CLIENT);
	check_seen(&t, HELLO "2000 s PA 1 1 8\n3000 c PA 1 9 1\n4000 c FA 2 9 0\n"
	    "5000 s PAU 9 3 1\n6000 s FA 10 3 0\n7000 c A 3 11 0\n", "orderly");
	talk_end(&t);

	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	stream_end(&t, SERVER);
	say(&t, CLIENT, false, BYTES("abc"), 3);
	stream_end(&t, CLIENT);
	close_it(&t, END_CLOSED, SERVER);
	check_seen(&t, HELLO "2000 s FA 1 1 0\n3000 c PA 1 2 3\n4000 c FA 4 2 0\n5000 s A 2 5 0\n",
	    "the server first");
	talk_end(&t);
}

/* How it can end otherwise. */
static const struct {
	enum ending_how	 how;
	enum side	 by;
	int		 ended;		/* the side that had ended its stream, or -1 */
	uintmax_t	 undelivered[SIDES];
	const char	*error;
	const char	*want;		/* after the client's 5 and the server's 3 bytes */
} end_rows[] = {
	{ END_RESET, CLIENT, -1, { 0, 0 }, NULL, "4000 c RA 6 4 0\n" },
	{ END_RESET, SERVER, -1, { 0, 0 }, NULL, "4000 s RA 4 6 0\n" },
	{ END_RESET, SERVER, -1, { 2, 0 }, NULL, "4000 s RA 4 4 0 ; 2 bytes to server not delivered\n" },
	{ END_RESET, SERVER, -1, { 5, 0 }, NULL, "4000 s RA 4 1 0 ; 5 bytes to server not delivered\n" },
	{ END_RESET, SERVER, -1, { 9, 0 }, NULL, "4000 s RA 4 1 0 ; 9 bytes to server not delivered\n" },
	{ END_RESET, CLIENT, -1, { 0, 1 }, NULL, "4000 c RA 6 4 0 ; 1 byte to client not delivered\n" },
	{ END_RESET, CLIENT, SERVER, { 0, 0 }, NULL, "4000 s FA 4 6 0\n5000 c RA 6 5 0\n" },
	{ END_RESET, CLIENT, SERVER, { 0, 1 }, NULL,
	    "4000 s FA 4 6 0\n5000 c RA 6 4 0 ; 1 byte to client not delivered\n" },
	{ END_RESET, SERVER, CLIENT, { 2, 0 }, NULL,
	    "4000 c FA 6 4 0\n5000 s RA 4 4 0 ; 2 bytes to server not delivered\n" },
	{ END_RESET, SERVER, -1, { 0, 0 }, "server: No route to host",
	    "4000 s RA 4 6 0 ; server: No route to host\n" },
	{ END_LIMIT, CLIENT, -1, { 0, 0 }, NULL,
	    "4000 s RA 4 6 0 ; ended by tcpreen: closed by byte limit\n" },
	{ END_TIMEOUT, CLIENT, CLIENT, { 0, 0 }, NULL,
	    "4000 c FA 6 4 0\n5000 s RA 4 7 0 ; ended by tcpreen: closed by timeout\n" },
	{ END_SIGNAL, CLIENT, SERVER, { 0, 2 }, "a, b",
	    "4000 s FA 4 6 0\n5000 c RA 6 4 0 ; ended by tcpreen: closed by signal, "
	    "2 bytes to client not delivered, a, b\n" },
};

static void
check_ends(void)
{
	struct buf want = { 0 };
	size_t i;

	for (i = 0; i < COUNT(end_rows); i++) {
		struct talk t;

		talk_begin(&t, 3);
		happen(&t, EV_OPEN);
		/* With its own data, the client has said that those of the server had come. */
		say(&t, SERVER, false, BYTES("abc"), 3);
		say(&t, CLIENT, false, BYTES("12345"), 5);
		if (end_rows[i].ended != -1)
			stream_end(&t, (enum side)end_rows[i].ended);
		if (end_rows[i].error != NULL) {
			t.ev.text = end_rows[i].error;
			happen(&t, EV_ERROR);
			t.ev.time.tv_nsec -= 1000000;
		}
		memcpy(t.ending.undelivered, end_rows[i].undelivered, sizeof(t.ending.undelivered));
		t.ev.time.tv_nsec += 1000000;
		close_it(&t, end_rows[i].how, end_rows[i].by);
		buf_clear(&want);
		buf_printf(&want, HELLO "2000 s PA 1 1 3\n3000 c PA 1 4 5\n%s", end_rows[i].want);
		buf_putc(&want, '\0');
		check_seen(&t, (char *)want.data, end_rows[i].want);
		talk_end(&t);
	}
	buf_free(&want);
}

/* Of both sides' ends, when we end it, nothing is left to reset. */
static void
check_end_times(void)
{
	struct talk t;

	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	stream_end(&t, CLIENT);
	stream_end(&t, SERVER);
	t.ending.undelivered[SERVER] = 3;
	close_it(&t, END_SIGNAL, CLIENT);
	check_seen(&t, HELLO "2000 c FA 1 1 0\n3000 s FA 1 2 0\n"
	    "4000 c A 2 2 0 ; ended by tcpreen: closed by signal, 3 bytes to client not delivered\n",
	    "both had ended");
	talk_end(&t);

	/* A reset is told when it was seen, but not before what came before it. */
	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	say(&t, CLIENT, false, BYTES("a"), 1);
	t.ending.how = END_RESET;
	t.ending.by = CLIENT;
	t.ending.time = t.ev.time;
	t.ending.time.tv_nsec += 500000;
	t.ev.ending = &t.ending;
	t.ev.time.tv_sec++;
	happen(&t, EV_CLOSE);
	check_seen(&t, HELLO "2000 c PA 1 1 1\n2500 c RA 2 1 0\n", "when it was seen");
	talk_end(&t);

	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	t.ending.time = t.ev.time;
	t.ending.time.tv_sec--;
	t.ending.time.tv_nsec = 999999999;
	t.ending.how = END_RESET;
	t.ending.by = SERVER;
	say(&t, CLIENT, false, BYTES("a"), 1);
	t.ev.ending = &t.ending;
	happen(&t, EV_CLOSE);
	check_seen(&t, HELLO "2000 c PA 1 1 1\n2000 s RA 1 2 0\n", "not before the last packet");
	talk_end(&t);
}

/* Times that 31 bits of seconds do not hold. */
static void
check_late(void)
{
	struct talk t;

	talk_begin(&t, 3);
	t.ev.arrived = t.ev.time = (struct timespec){ LATE, 999000000 };
	happen(&t, EV_OPEN);
	say(&t, CLIENT, false, BYTES("a"), 1);
	close_it(&t, END_RESET, SERVER);
	check_seen(&t, HELLO "2000 c PA 1 1 1\n2000 s RA 1 2 0\n", "in 2100");
	CHECK(last_ns == (UINT64_C(1) + LATE) * 1000000000 + 1000000, "%ju", (uintmax_t)last_ns);
	talk_end(&t);
}

static void
check_unreached(void)
{
	struct talk t;

	talk_begin(&t, 3);
	t.ev.text = "Connection refused";
	t.ev.error = ECONNREFUSED;
	happen(&t, EV_UNREACHED);
	check_seen(&t, "0 c S 0 0 0 ; session 3: client 192.0.2.1:53156, server 198.51.100.7:25\n"
	    "1000 s RA 0 1 0 ; Connection refused\n", "unreached");
	talk_end(&t);

	talk_begin(&t, 3);
	t.ev.text = "reset by client";
	t.ev.error = ECONNRESET;
	happen(&t, EV_UNREACHED);
	check_seen(&t, "0 c S 0 0 0 ; session 3: client 192.0.2.1:53156, server 198.51.100.7:25\n"
	    "1000 c R 1 0 0 ; reset by client\n", "the client gave up");
	talk_end(&t);
}

/* --snap; much at once; what one side says while the other is silent. */
static void
check_sizes(void)
{
	static const struct { size_t len, shown; const char *want; } rows[] = {
		{ 4, 2, "2000 c PA 1 1 4 of which 2\n3000 c RA 5 1 0\n" },
		{ SEGMENT, SEGMENT, "2000 c PA 1 1 64000\n3000 c RA 64001 1 0\n" },
		{ SEGMENT + 1, SEGMENT + 1, "2000 c A 1 1 64000\n2000 c PA 64001 1 1\n"
		    "3000 c RA 64002 1 0\n" },
		{ 2 * SEGMENT + 1, SEGMENT + 5, "2000 c A 1 1 64000\n2000 c A 64001 1 64000 of which 5\n"
		    "2000 c PA 128001 1 1 of which 0\n3000 c RA 128002 1 0\n" },
	};
	static unsigned char data[1 << 20];
	struct buf want = { 0 };
	struct talk t;
	size_t i;

	for (i = 0; i < sizeof(data); i++)
		data[i] = (unsigned char)(i * 7 + i / 251);
	for (i = 0; i < COUNT(rows); i++) {
		talk_begin(&t, 3);
		happen(&t, EV_OPEN);
		say(&t, CLIENT, false, data, rows[i].len, rows[i].shown);
		t.ev.time.tv_nsec += 1000000;
		close_it(&t, END_RESET, CLIENT);
		buf_clear(&want);
		buf_printf(&want, HELLO "%s", rows[i].want);
		buf_putc(&want, '\0');
		check_seen(&t, (char *)want.data, "sizes");
		talk_end(&t);
	}
	/* After a MiB of one side, the other one says that it has it. */
	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	say(&t, SERVER, false, data, 1000, 1000);
	say(&t, CLIENT, false, data, (1 << 20) - 1, 1);
	buf_clear(&want);
	buf_add(&want, t.file.data, t.file.len);
	say(&t, CLIENT, false, data, 1, 1);
	reader.unfinished = true;
	CHECK(t.file.len - want.len > 2 * 80, "an ACK of its own: %zu", t.file.len - want.len);
	i = t.file.len;
	say(&t, CLIENT, false, data, 1, 1);
	CHECK(t.file.len - i < 2 * 60, "and only one: %zu", t.file.len - i);
	talk_end(&t);
	buf_free(&want);
}

/* The families: whose addresses the packets have. */
static void
note_places(void *arg, const struct cap_packet *p)
{
	struct buf *to = arg;
	size_t i, s;

	for (s = 0; s < 2 && p->flags == CAP_SYN; s++) {
		for (i = p->of->v6 ? 0 : 12; i < 16; i++)
			buf_printf(to, "%02x", p->of->end[s].ip[i]);
		buf_printf(to, ":%u ", p->of->end[s].port);
	}
}

static void
check_families(void)
{
	static const char v6[] = "202122232425262728292a2b2c2d2e2f";
	static const unsigned char ip[4] = { 192, 0, 2, 1 };
	struct { const char *kinds, *client, *server; unsigned long session; } rows[] = {
		{ "44", "c0000201:53156", "c6336407:25", 3 },
		{ "66", v6, v6, 3 },
		{ "46", "00000000000000000000ffffc0000201:53156", v6, 3 },
		{ "64", v6, "00000000000000000000ffffc6336407:25", 3 },
		{ "u4", "7f000004:32771", "c6336407:25", 3 },
		{ "4u", "c0000201:53156", "7f800004:1", 3 },
		{ "uu", "7f000004:32771", "7f800004:1", 3 },
		{ "u6", "00000000000000000000ffff7f000004:32771", v6, 3 },
		{ "?4", "7f000004:32771", "c6336407:25", 3 },
		{ "4?", "c0000201:53156", "7f800004:1", 3 },
		{ "uu", "7f7ffffe:36469", "7ffffffe:1", 0x7ffffd },
		{ "uu", "7f000001:36470", "7f800001:1", 0x7ffffe },
	};
	struct buf want = { 0 }, got = { 0 };
	const char *why;
	size_t i, at;

	for (i = 0; i < COUNT(rows); i++) {
		struct talk t;
		enum side s;

		talk_begin(&t, rows[i].session);
		for (s = CLIENT; s < SIDES; s++)
			switch (rows[i].kinds[s]) {
			case '6':
				peer_v6(&t.peer[s], s == CLIENT ? 50000 : 443);
				break;
			case 'u':
				peer_unix(&t.peer[s]);
				break;
			case '?':	/* what it says counts only where it has a length */
				peer_v4(&t.peer[s], ip, 80);
				t.peer[s].len = 0;
				break;
			}
		happen(&t, EV_OPEN);
		say(&t, CLIENT, false, BYTES("odd"), 3);
		close_it(&t, END_RESET, CLIENT);
		memset(&reader, 0, sizeof(reader));
		reader.packet = note_places;
		reader.arg = &got;
		buf_clear(&got);
		why = cap_read(&reader, t.file.data, t.file.len, &at);
		CHECK(why == NULL, "%s: at byte %zu: %s", rows[i].kinds, at, why);
		buf_clear(&want);
		buf_printf(&want, "%s%s %s%s ", rows[i].client, rows[i].client == v6 ? ":50000" : "",
		    rows[i].server, rows[i].server == v6 ? ":443" : "");
		CHECK_BYTES(got.data, got.len, want.data, want.len, rows[i].kinds);
		talk_end(&t);
	}
	buf_free(&want);
	buf_free(&got);
}

/* Every first number is another one. */
static void
check_first_numbers(void)
{
	uint32_t seen[200];
	size_t n, k;

	for (n = 0; n < COUNT(seen) / 2; n++) {
		struct talk t;
		size_t at;

		talk_begin(&t, n + 1);
		happen(&t, EV_OPEN);
		close_it(&t, END_RESET, CLIENT);
		memset(&reader, 0, sizeof(reader));
		cap_read(&reader, t.file.data, t.file.len, &at);
		seen[2 * n] = reader.stream[0].end[0].first;
		seen[2 * n + 1] = reader.stream[0].end[1].first;
		talk_end(&t);
	}
	for (n = 0; n < COUNT(seen); n++)
		for (k = 0; k < n; k++)
			CHECK(seen[k] != seen[n], "%zu is the same as %zu", n, k);
}

/* Numbers that begin again after 2^32, in the middle of what the client says. */
static void
check_wrap(void)
{
	static const unsigned char data[3000];
	unsigned long session = 0;
	struct talk t;

	do
		session++;
	while ((uint32_t)(session * 2) * 0x9e3779b1u < 0xfffffc00u);
	talk_begin(&t, session);
	happen(&t, EV_OPEN);
	say(&t, CLIENT, false, data, sizeof(data), sizeof(data));
	say(&t, SERVER, false, BYTES("a"), 1);
	say(&t, CLIENT, false, data, 1, 1);
	t.ending.undelivered[CLIENT] = 1;
	t.ev.time.tv_nsec += 1000000;
	close_it(&t, END_RESET, SERVER);
	memset(&reader, 0, sizeof(reader));
	check_seen_after(&t, "2000 c PA 1 1 3000\n3000 s PA 1 3001 1\n4000 c PA 3001 2 1\n"
	    "5000 s RA 2 3001 0 ; 1 byte to server not delivered\n");
	CHECK(reader.stream[0].end[0].first > reader.stream[0].end[0].next, "it is no wrap");
	talk_end(&t);
}

/* Names: records for those that say something. */
static void
check_names(void)
{
	static const struct {
		const char	*kinds, *client, *server;
		const char	*want;		/* names, each with the first byte of its address */
	} rows[] = {
		{ "44", "me.example:53156", "mail.example:smtp", "c0 me.example,c6 mail.example," },
		{ "44", "192.0.2.1:53156", "mail.example:smtp", "c6 mail.example," },
		{ "44", "me:53156", "198.51.100.7:smtp", "c0 me," },
		{ "44", "192.0.2.1:53156", "198.51.100.7:smtp", "" },
		{ "46", "me.example:53156", "[2021::1]:smtp", "00 me.example," },
		{ "66", "a:1", "bc:2", "20 a,20 bc," },
		{ "u4", "unix:/x", "mail:smtp", "c6 mail," },
		{ "4u", "me:1", "unix:/x", "c0 me," },
		{ "?4", "me:1", "mail:smtp", "c6 mail," },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		struct talk t;
		const char *name[SIDES] = { rows[i].client, rows[i].server }, *why;
		const unsigned char *at;
		struct buf got = { 0 };
		size_t before, where, len, address;
		enum side s;

		talk_begin(&t, 3);
		for (s = CLIENT; s < SIDES; s++) {
			if (rows[i].kinds[s] == '6')
				peer_v6(&t.peer[s], 443 + s);
			if (rows[i].kinds[s] == 'u')
				peer_unix(&t.peer[s]);
			if (rows[i].kinds[s] == '?')
				t.peer[s].len = 0;
		}
		happen(&t, EV_OPEN);
		before = t.file.len;
		t.ev.name = name;
		happen(&t, EV_NAMES);
		memset(&reader, 0, sizeof(reader));
		reader.unfinished = true;
		why = cap_read(&reader, t.file.data, t.file.len, &where);
		CHECK(why == NULL, "%s, %s: %s", name[CLIENT], name[SERVER], why);
		for (at = t.file.data + before + 8; t.file.len > before && cap_le16(at) != 0;
		    at += 4 + (len + 3) / 4 * 4) {
			address = cap_le16(at) == 1 ? 4 : 16;
			len = cap_le16(at + 2);
			buf_printf(&got, "%02x %s,", at[4], (const char *)at + 4 + address);
		}
		buf_putc(&got, '\0');
		CHECK_TEXT((const char *)got.data, rows[i].want, name[CLIENT]);
		buf_free(&got);
		talk_end(&t);
	}
}

/* One to the byte, so that writer and reader are not wrong in the same way. */
static void
check_bytes(void)
{
	static const unsigned char head[] = "\x0a\x0d\x0d\x0a";
	static const unsigned char interface[] =
	    "\x01\x00\x00\x00\x2c\x00\x00\x00\x65\x00\x00\x00\x00\x00\x00\x00\x02\x00\x07\x00"
	    "\x74\x63\x70\x72\x65\x65\x6e\x00\x09\x00\x01\x00\x09\x00\x00\x00\x00\x00\x00\x00"
	    "\x2c\x00\x00\x00";
	/* Its length; interface, time, lengths; IP; TCP; 3 bytes and padding; direction. */
	static const unsigned char packet[] =
	    "\x06\x00\x00\x00\x58\x00\x00\x00"
	    "\x00\x00\x00\x00\xa2\x8f\xea\x18\x40\x40\x28\xd6\x2b\x00\x00\x00\x2b\x00\x00\x00"
	    "\x45\x00\x00\x2b\x00\x00\x40\x00\x40\x06\x4e\x91\xc0\x00\x02\x01\xc6\x33\x64\x07"
	    "\xcf\xa4\x00\x19\xb5\x4c\xda\x27\x53\x84\x53\xd8\x50\x18\xff\xff\xe9\x99\x00\x00"
	    "\x6f\x64\x64\x00"
	    "\x02\x00\x04\x00\x01\x00\x00\x00\x00\x00\x00\x00"
	    "\x58\x00\x00\x00";
	struct talk t;
	size_t before;

	talk_begin(&t, 3);
	CHECK(memcmp(t.file.data, head, 4) == 0, "section header");
	CHECK_BYTES(t.file.data + t.head - (sizeof(interface) - 1), sizeof(interface) - 1, interface,
	    sizeof(interface) - 1, "interface");
	happen(&t, EV_OPEN);
	before = t.file.len;
	say(&t, CLIENT, false, BYTES("odd"), 3);
	CHECK_BYTES(t.file.data + before, t.file.len - before, packet, sizeof(packet) - 1, "packet");
	talk_end(&t);
}

#ifdef WRAPPED
static int	reads;		/* calls of pread(2) */
static int	pieces;		/* of memory, that were not given back */
static bool	no_memory;

ssize_t	__real_pread(int fd, void *to, size_t n, off_t at);
ssize_t	__wrap_pread(int fd, void *to, size_t n, off_t at);
void	*__real_realloc(void *old, size_t size);
void	*__wrap_realloc(void *old, size_t size);
void	__real_free(void *p);
void	__wrap_free(void *p);

ssize_t
__wrap_pread(int fd, void *to, size_t n, off_t at)
{
	reads++;
	return __real_pread(fd, to, n, at);
}

void *
__wrap_realloc(void *old, size_t size)
{
	if (no_memory)
		return NULL;
	pieces += old == NULL;
	return __real_realloc(old, size);
}

void
__wrap_free(void *p)
{
	pieces -= p != NULL;
	__real_free(p);
}

/* A comment for which there is no memory is a loss of its record; and none stays. */
static void
check_no_memory(void)
{
	static const enum event_type types[] = { EV_OPEN, EV_UNREACHED, EV_CLOSE };
	struct talk t;
	size_t i;
	int before;

	for (i = 0; i < COUNT(types); i++) {
		talk_begin(&t, 3);
		t.ev.peer = t.peer;
		t.ev.text = "why";
		t.ending.how = END_LIMIT;
		t.ev.ending = &t.ending;
		buf_clear(&t.file);
		buf_reserve(&t.file, 10000);
		before = pieces;
		t.ev.type = types[i];
		format_event(&t.w, &t.ev, &t.file);
		CHECK(pieces == before, "row %zu: %d pieces stay", i, pieces - before);
		CHECK(!t.file.failed, "row %zu", i);
		buf_clear(&t.file);
		no_memory = true;
		format_event(&t.w, &t.ev, &t.file);
		no_memory = false;
		CHECK(t.file.failed, "row %zu: the comment is lost, and nobody knows", i);
		talk_end(&t);
	}
}
#endif

/* A file of these bytes: how many of them are whole blocks. */
static long long
whole(const void *bytes, size_t n)
{
	FILE *f = tmpfile();
	long long result;

	if (f == NULL || fwrite(bytes, 1, n, f) != n || fflush(f) != 0)
		abort();
#ifdef WRAPPED
	reads = 0;
#endif
	result = (long long)format_pcapng.whole(fileno(f), (off_t)n);
	fclose(f);
	return result;
}

/* A capture that ends anywhere, or is damaged: what may be added to, and from where. */
static void
check_whole(void)
{
	/* Section header and a block of 16 bytes, big-endian, as another machine writes them. */
	static const unsigned char big[] =
	    "\x0a\x0d\x0d\x0a\x00\x00\x00\x1c\x1a\x2b\x3c\x4d\x00\x01\x00\x00"
	    "\xff\xff\xff\xff\xff\xff\xff\xff\x00\x00\x00\x1c"
	    "\x00\x00\x0b\xad\x00\x00\x00\x10\x00\x00\x00\x00\x00\x00\x00\x10";
	unsigned char *copy;
	struct talk t;
	size_t n, at = 0;

	talk_begin(&t, 3);
	happen(&t, EV_OPEN);
	say(&t, CLIENT, false, BYTES("odd"), 3);
	for (n = 12; n <= t.file.len; n++) {
		while (at + cap_le32(t.file.data + at + 4) <= n && at < t.file.len) {
			at += cap_le32(t.file.data + at + 4);
			if (at + 8 > t.file.len)
				break;
		}
		CHECK(whole(t.file.data, n) == (long long)at, "%zu bytes: %lld, not %zu", n,
		    whole(t.file.data, n), at);
#ifdef WRAPPED	/* a big file that is whole is not read from end to end */
		CHECK(at != n || reads == 3, "%zu bytes: %d reads", n, reads);
#endif
	}
	CHECK(whole(t.file.data, 11) == -1, "less than a block");
	CHECK(whole("half a line of text", 19) == -1, "text");
	copy = memcpy(malloc(t.file.len), t.file.data, t.file.len);
	n = t.head;
	copy[n + 4]++;
	CHECK(whole(copy, t.file.len - 1) == -1, "a length that is no multiple of 4");
	memset(copy + n + 4, 0, 4);
	CHECK(whole(copy, t.file.len - 1) == -1, "a length of 0");
	copy[n + 4] = 8;
	CHECK(whole(copy, t.file.len - 1) == -1, "a length of 8");
	free(copy);
	for (n = 12; n < sizeof(big) - 1; n++)
		CHECK(whole(big, n) == (n < 28 ? 0 : 28), "big-endian, %zu bytes: %lld", n, whole(big, n));
	CHECK(whole(big, n) == 44, "big-endian: %lld", whole(big, n));
#ifdef WRAPPED
	CHECK(reads == 3, "big-endian: %d reads", reads);
#endif
	copy = malloc(44 + t.file.len);
	memcpy(copy, big, 44);
	memcpy(copy + 44, t.file.data, t.file.len);
	CHECK(whole(copy, 44 + t.file.len) == (long long)(44 + t.file.len), "two sections");
	CHECK(whole(copy, 44 + t.head + 9) == (long long)(44 + t.head), "two sections, torn");
	free(copy);
	talk_end(&t);
}

int
main(void)
{
#ifdef WRAPPED
	check_no_memory();
#endif
	check_whole();
	check_orderly();
	check_ends();
	check_end_times();
	check_late();
	check_unreached();
	check_sizes();
	check_families();
	check_first_numbers();
	check_wrap();
	check_names();
	check_bytes();
	return unit_end();
}
