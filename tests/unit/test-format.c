/* test-format.c - what each format makes of a chunk, and the frame around it, to the byte
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>
#include <time.h>

#include "format.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define BYTES(text)	text, sizeof(text) - 1

#define OPENED		1795405330		/* 2026-11-23T03:42:10 UTC */
#define M		"        "		/* the margin of "client> " */

static const struct frame plain = { 0 };

/* Formats. Each chunk is the client's of session 3, at offset 4711 of what it has sent. */
static const struct {
	const char	*format;
	const char	*data;
	size_t		 len, shown;	/* shown 0: all */
	const char	*want;		/* after "client> ", without the last line end */
} chunk_rows[] = {
	{ "C", BYTES("a"), 0, "\"a\"" },
	{ "C", BYTES("hello\r\n"), 0, "\"hello\\r\\n\"" },
	{ "C", BYTES("\n"), 0, "\"\\n\"" },
	{ "C", BYTES("\n\n\n"), 0, "\"\\n\"\n" M "\"\\n\"\n" M "\"\\n\"" },
	{ "C", BYTES("a\nb"), 0, "\"a\\n\"\n" M "\"b\"" },
	{ "C", BYTES("a\r\n\r\nb\r\n"), 0, "\"a\\r\\n\"\n" M "\"\\r\\n\"\n" M "\"b\\r\\n\"" },
	{ "C", BYTES("a\rb"), 0, "\"a\\rb\"" },
	{ "C", BYTES("\0"), 0, "\"\\000\"" },
	{ "C", BYTES("\0" "1\0009"), 0, "\"\\0001\\0009\"" },
	{ "C", BYTES("\a\b\t\v\f\033"), 0, "\"\\a\\b\\t\\v\\f\\033\"" },
	{ "C", BYTES("\177\200\377"), 0, "\"\\177\\200\\377\"" },
	{ "C", BYTES("\"\\'"), 0, "\"\\\"\\\\'\"" },
	{ "C", BYTES("?" "?=a?" "?" "?/?"), 0, "\"?\\?=a?\\?\\?/?\"" },
	{ "C", BYTES("%s%n"), 0, "\"%s%n\"" },
	{ "C", BYTES("caf\303\251"), 0, "\"caf\\303\\251\"" },
	{ "C", BYTES("*/ /*"), 0, "\"*/ /*\"" },
	{ "C", BYTES("abc"), 2, "\"ab\" /* 1 more byte */" },
	{ "C", BYTES("a\nbc"), 2, "\"a\\n\" /* 2 more bytes */" },
	{ "C", BYTES("a\nbc"), 3, "\"a\\n\"\n" M "\"b\" /* 1 more byte */" },
	{ "C", BYTES("abc"), 3, "\"abc\"" },

	{ "hex", BYTES("a"), 0, "(1 byte at offset 4711)\n"
	    "00000000  61                                                |a|" },
	{ "hex", BYTES("\0\n\r\377"), 0, "(4 bytes at offset 4711)\n"
	    "00000000  00 0a 0d ff                                       |....|" },
	{ "hex", BYTES("12345678"), 0, "(8 bytes at offset 4711)\n"
	    "00000000  31 32 33 34 35 36 37 38                           |12345678|" },
	{ "hex", BYTES("123456789"), 0, "(9 bytes at offset 4711)\n"
	    "00000000  31 32 33 34 35 36 37 38  39                       |123456789|" },
	{ "hex", BYTES("0123456789abcde"), 0, "(15 bytes at offset 4711)\n"
	    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65     |0123456789abcde|" },
	{ "hex", BYTES("0123456789abcdef"), 0, "(16 bytes at offset 4711)\n"
	    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|" },
	{ "hex", BYTES("0123456789abcdef~"), 0, "(17 bytes at offset 4711)\n"
	    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
	    "00000010  7e                                                |~|" },
	{ "hex", BYTES("\177\200 \037"), 0, "(4 bytes at offset 4711)\n"
	    "00000000  7f 80 20 1f                                       |.. .|" },
	{ "hex", BYTES("0123456789abcdef~"), 16, "(17 bytes at offset 4711, not shown: 1)\n"
	    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|" },
	{ "hex", BYTES("abc"), 1, "(3 bytes at offset 4711, not shown: 2)\n"
	    "00000000  61                                                |a|" },

	{ "count", BYTES("a"), 0, "1 byte" },
	{ "count", BYTES("a\0b"), 0, "3 bytes" },
	{ "count", BYTES("0123456789abcdef\n"), 0, "17 bytes" },
	{ "count", BYTES("abc"), 1, "3 bytes" },

	{ "strip", BYTES("a"), 0, "a" },
	{ "strip", BYTES("hello\r\n"), 0, "hello" },
	{ "strip", BYTES("hello\n"), 0, "hello" },
	{ "strip", BYTES("\n"), 0, "" },
	{ "strip", BYTES("\r\n"), 0, "" },
	{ "strip", BYTES("\n\n"), 0, "\n" M },
	{ "strip", BYTES("a\n\nb\r\nc"), 0, "a\n" M "\n" M "b\n" M "c" },
	{ "strip", BYTES("\ra\r\r\nb\r"), 0, ".a.\n" M "b." },
	{ "strip", BYTES("\0\033[m\177\200\377~ "), 0, "..[m...~ " },
	{ "strip", BYTES("\t\ta\tb\t\n\t"), 0, "\t\ta\tb\t\n" M "\t" },
	{ "strip", BYTES("12345678\t\0\tx"), 10, "12345678\t.\n" M "(2 more bytes)" },
	{ "strip", BYTES("0123456789abcdef\n"), 0, "0123456789abcdef" },
	{ "strip", BYTES("abc"), 2, "ab\n" M "(1 more byte)" },
	{ "strip", BYTES("a\nbc"), 2, "a\n" M "(2 more bytes)" },
	{ "strip", BYTES("a\nbc"), 3, "a\n" M "b\n" M "(1 more byte)" },
};

static struct peer peers[SIDES] = {
	{ .text = "192.0.2.1:53156" }, { .text = "[::1]:25" },
};

static struct event
event_of(enum event_type type)
{
	struct event ev = { .type = type, .session = 3, .peer = peers };

	ev.time.tv_sec = OPENED + 2;
	ev.time.tv_nsec = 236731789;	/* 2.113275 s later by the clock on the wall, */
	ev.open_us = 2113276;		/* and by the one that durations are measured with */
	return ev;
}

static void
check_chunks(struct buf *got)
{
	struct event ev = event_of(EV_DATA);
	struct buf want = { 0 };
	struct chunk c;
	size_t i;

	for (i = 0; i < COUNT(chunk_rows); i++) {
		struct writer w = { .format = format_find(chunk_rows[i].format), .frame = &plain };

		c = (struct chunk){ CLIENT, false, (const unsigned char *)chunk_rows[i].data,
		    chunk_rows[i].len, chunk_rows[i].len, 4711 };
		if (chunk_rows[i].shown > 0)
			c.shown = chunk_rows[i].shown;
		ev.chunk = &c;
		buf_clear(got);
		buf_clear(&want);
		format_event(&w, &ev, got);
		buf_printf(&want, "client> %s\n", chunk_rows[i].want);
		CHECK_BYTES(got->data, got->len, want.data, want.len, chunk_rows[i].format);
		CHECK(got->margin == 0, "%zu stays", got->margin);
	}
	buf_free(&want);
}

/* What hexdump -Cv prints of n bytes. */
static void
hexdump(const unsigned char *data, size_t n, struct buf *out)
{
	size_t at, i;

	for (at = 0; at < n; at += 16) {
		buf_printf(out, "\n%08zx ", at);
		for (i = at; i < at + 16; i++) {
			buf_puts(out, i % 8 == 0 ? " " : "");
			if (i < n)
				buf_printf(out, "%02x ", data[i]);
			else
				buf_puts(out, "   ");
		}
		buf_puts(out, " |");
		for (i = at; i < at + 16 && i < n; i++)
			buf_putc(out, data[i] >= 0x20 && data[i] < 0x7f ? data[i] : '.');
		buf_putc(out, '|');
	}
}

/* Rows of any length, of all bytes there are. */
static void
check_hex(struct buf *got)
{
	struct writer w = { .format = &format_hex, .frame = &plain };
	struct event ev = event_of(EV_DATA);
	unsigned char data[2 * 256 + 50];
	struct buf want = { 0 };
	struct chunk c;
	size_t n;

	for (n = 0; n < sizeof(data); n++)
		data[n] = (unsigned char)n;
	for (n = 1; n <= sizeof(data); n += n < 66 ? 1 : 31) {
		c = (struct chunk){ CLIENT, false, data, n, n, 4711 };
		ev.chunk = &c;
		buf_clear(got);
		buf_clear(&want);
		format_event(&w, &ev, got);
		buf_printf(&want, "client> (%zu byte%s at offset 4711)", n, n == 1 ? "" : "s");
		hexdump(data, n, &want);
		buf_putc(&want, '\n');
		CHECK_BYTES(got->data, got->len, want.data, want.len, "hex");
	}
	buf_free(&want);
}

/* Of a payload of many lines, a record takes FORMAT_LINES; the others are left. */
static void
check_many_lines(struct buf *got)
{
	static const struct format *const of_lines[] = { &format_c, &format_strip };
	static unsigned char data[FORMAT_LINES + 7];
	struct event ev = event_of(EV_DATA);
	struct chunk c = { CLIENT, false, data, sizeof(data), sizeof(data), 0 };
	size_t i, j, lines;

	memset(data, '\n', sizeof(data));
	ev.chunk = &c;
	for (i = 0; i < COUNT(of_lines); i++) {
		struct writer w = { .format = of_lines[i], .frame = &plain };

		for (c.len = c.shown = FORMAT_LINES - 1; c.len <= sizeof(data); c.len = ++c.shown) {
			size_t left = c.len > FORMAT_LINES ? c.len - FORMAT_LINES : 0;

			buf_clear(got);
			CHECK(format_event(&w, &ev, got) == left, "%s, %zu lines", of_lines[i]->name,
			    c.len);
			for (lines = j = 0; j < got->len; j++)
				lines += got->data[j] == '\n';
			CHECK(lines == c.len - left, "%s: %zu lines of %zu", of_lines[i]->name, lines,
			    c.len);
		}
	}
}

/* How many bytes of record a byte of payload may become, in the worst case. */
static void
check_growth(struct buf *got)
{
	enum { N = 60000, FRAME = 256 };
	static unsigned char data[N];
	static const struct frame named = { .run = "run" };
	struct event ev = event_of(EV_DATA);
	struct chunk c = { CLIENT, false, data, N, N, 0 };
	size_t i, worst;
	int byte;

	ev.chunk = &c;
	for (i = 0; formats[i] != NULL; i++) {
		struct writer w = { .format = formats[i], .frame = &named };

		if (w.format->memory > 0 && w.format != &format_json)
			continue;	/* see their own tests */
		w.memory = w.format->memory > 0 ? calloc(1, w.format->memory) : NULL;
		worst = w.format->verbatim ? N : 0;
		for (byte = 0; byte < 256; byte++) {
			if (byte == '\n')
				continue;	/* for which there is FORMAT_LINES */
			memset(data, byte, sizeof(data));
			buf_clear(got);
			format_event(&w, &ev, got);
			if (got->len > worst + FRAME)
				worst = got->len - FRAME;
		}
		CHECK(w.format->growth == (worst + N - 1) / N, "%s: %zu bytes of %d",
		    w.format->name, worst, N);
		free(w.memory);
	}
}

/* A format that makes its records itself */

static void
own_event(struct writer *w, const struct event *ev, struct buf *out)
{
	buf_printf(out, "%s %d", (const char *)w->memory, ev->type);
}

static void
check_own_event(struct buf *got)
{
	static const struct format own = { .name = "own", .event = own_event };
	struct writer w = { .format = &own, .frame = &plain, .memory = (char[]){ "type" } };
	struct event ev = event_of(EV_DATA);
	struct chunk c = { CLIENT, false, (const unsigned char *)"a", 1, 1, 0 };

	ev.chunk = &c;
	buf_clear(got);
	CHECK(format_event(&w, &ev, got) == 0, "something is left");
	CHECK_BYTES(got->data, got->len, "type 3", 6, "EV_DATA");
	w.format = &format_null;
	CHECK(format_event(&w, &ev, got) == 0, "something is left");
	ev.type = EV_OPEN;
	CHECK(format_event(&w, &ev, got) == 0, "something is left");
}

/* The margin is that of the record, whatever stands before it in the buffer. */
static void
check_margin(struct buf *got)
{
	static const char want[] = "before\nclient> a\n        b\n";
	struct writer w = { .format = &format_strip, .frame = &plain };
	struct event ev = event_of(EV_DATA);
	struct chunk c = { CLIENT, false, (const unsigned char *)"a\nb", 3, 3, 0 };

	ev.chunk = &c;
	buf_clear(got);
	buf_puts(got, "before\n");
	format_event(&w, &ev, got);
	CHECK_BYTES(got->data, got->len, want, sizeof(want) - 1, "margin");
}

/* null makes nothing of a chunk; of raw the chunk is the record, which no format makes. */
static void
check_raw_and_null(struct buf *got)
{
	static const struct frame all = { .numbered = true, .color = true, .stamp = STAMP_ISO };
	struct event ev = event_of(EV_DATA);
	struct chunk c = { SERVER, true, (const unsigned char *)"a\0\n\033z", 5, 1, 0 };
	struct writer raw = { .format = &format_raw, .frame = &all };
	struct writer null = { .format = &format_null, .frame = &all };

	ev.chunk = &c;
	buf_clear(got);
	format_event(&null, &ev, got);
	CHECK(got->len == 0, "null: %s", unit_show(0, got->data, got->len));
	CHECK(format_raw.verbatim && format_raw.binary, "raw is no verbatim one");
	CHECK(format_event(&raw, &ev, got) == 0, "raw leaves something");
	ev.type = EV_OPEN;
	format_event(&raw, &ev, got);
	ev.type = EV_CLOSE;
	format_event(&raw, &ev, got);
	CHECK(got->len == 0, "raw makes something: %s", unit_show(0, got->data, got->len));
}

/* The frame: two chunks, "a LF b" by a client and "c" by a server, 0.5 s later. */
static const struct {
	struct frame	 frame;
	bool		 urgent;
	const char	*want;
} frame_rows[] = {
	{ { 0 }, false, "client> a\n" M "b\nserver> c\n" },
	{ { 0 }, true, "client! a\n" M "b\nserver! c\n" },
	{ { .numbered = true }, false, "[3] client> a\n    " M "b\n[3] server> c\n" },
	{ { .stamp = STAMP_CLOCK }, false, "03:42:12.236731 client> a\n                " M "b\n"
	    "03:42:12.736731 server> c\n" },
	{ { .stamp = STAMP_ISO }, false, "2026-11-23T03:42:12.236731+00:00 client> a\n"
	    "                                 " M "b\n"
	    "2026-11-23T03:42:12.736731+00:00 server> c\n" },
	{ { .stamp = STAMP_RELATIVE }, false, "2.113276 client> a\n         " M "b\n"
	    "2.613286 server> c\n" },
	{ { .stamp = STAMP_DELTA }, false, "2.113276 client> a\n         " M "b\n"
	    "0.500010 server> c\n" },
	{ { .numbered = true, .stamp = STAMP_CLOCK }, false, "03:42:12.236731 [3] client> a\n"
	    "                    " M "b\n03:42:12.736731 [3] server> c\n" },
	{ { .color = true }, false, "\033[38;5;30mclient> a\n" M "b\033[0m\n"
	    "\033[35mserver> c\033[0m\n" },
	{ { .color = true }, true, "\033[38;5;30m\033[1;7mclient! a\n" M "b\033[0m\n"
	    "\033[35m\033[1;7mserver! c\033[0m\n" },
	{ { .color = true, .numbered = true, .stamp = STAMP_RELATIVE }, false,
	    "2.113276 [3] \033[38;5;30mclient> a\n             " M "b\033[0m\n"
	    "2.613286 [3] \033[35mserver> c\033[0m\n" },
};

static void
check_frames(struct buf *got)
{
	struct chunk c[SIDES] = {
		{ CLIENT, false, (const unsigned char *)"a\nb", 3, 3, 0 },
		{ SERVER, false, (const unsigned char *)"c", 1, 1, 0 },
	};
	size_t i;

	for (i = 0; i < COUNT(frame_rows); i++) {
		struct writer w = { .format = &format_strip, .frame = &frame_rows[i].frame };
		struct event ev = event_of(EV_OPEN);
		enum side s;

		ev.time = (struct timespec){ OPENED, 123456789 };
		ev.open_us = 0;
		format_event(&w, &ev, got);	/* not a record: STAMP_DELTA counts from here anyway */
		buf_clear(got);
		ev = event_of(EV_DATA);
		for (s = CLIENT; s < SIDES; s++) {
			c[s].urgent = frame_rows[i].urgent;
			ev.chunk = &c[s];
			format_event(&w, &ev, got);
			ev.time.tv_nsec += 500000000;
			ev.open_us += 500010;
		}
		CHECK_BYTES(got->data, got->len, frame_rows[i].want, strlen(frame_rows[i].want),
		    "frame");
	}
}

/* Session lines */

#define ENDING(ended, side, client, server, to_server, to_client) \
	{ .how = (ended), .by = (side), .bytes = { client, server }, \
	  .undelivered = { to_server, to_client } }
#define AFTER		"# session 3 close 2026-11-23T03:42:12.236731+00:00 after 2.113276 s, "

static const struct {
	struct ending	 ending;
	struct loss	 loss[2];
	const char	*want;
} close_rows[] = {
	{ ENDING(END_CLOSED, CLIENT, 348, 373, 0, 0), { { NULL, 0 } },
	    "closed by client, client 348 bytes, server 373 bytes" },
	{ ENDING(END_CLOSED, SERVER, 0, 1, 0, 0), { { NULL, 0 } },
	    "closed by server, client 0 bytes, server 1 byte" },
	{ ENDING(END_RESET, CLIENT, 1, 0, 0, 0), { { NULL, 0 } },
	    "reset by client, client 1 byte, server 0 bytes" },
	{ ENDING(END_RESET, SERVER, 20, 30, 12, 0), { { NULL, 0 } },
	    "reset by server, client 20 bytes, server 30 bytes, 12 bytes to server not delivered" },
	{ ENDING(END_LIMIT, CLIENT, 2, 3, 0, 1), { { NULL, 0 } },
	    "closed by byte limit, client 2 bytes, server 3 bytes, 1 byte to client not delivered" },
	{ ENDING(END_TIMEOUT, SERVER, 2, 3, 2, 3), { { NULL, 0 } },
	    "closed by timeout, client 2 bytes, server 3 bytes, "
	    "2 bytes to server not delivered, 3 bytes to client not delivered" },
	{ ENDING(END_SIGNAL, CLIENT, UINTMAX_MAX, 0, 0, 0), { { NULL, 0 } },
	    "closed by signal, client 18446744073709551615 bytes, server 0 bytes" },
	{ ENDING(END_CLOSED, CLIENT, 1, 1, 0, 0), { { "dump.log", 4096 } },
	    "closed by client, client 1 byte, server 1 byte, dump.log lost 4096 bytes" },
	{ ENDING(END_CLOSED, CLIENT, 1, 1, 1, 0), { { "-", 1 }, { "a\nb\033\177.log", 2 } },
	    "closed by client, client 1 byte, server 1 byte, 1 byte to server not delivered, "
	    "- lost 1 byte, a\\012b\\033\\177.log lost 2 bytes" },
	{ ENDING(END_CLOSED, CLIENT, 1, 1, 0, 0), { { "\001", 1 } },
	    "closed by client, client 1 byte, server 1 byte, \\001 lost 1 byte" },
};

static void
check_closes(struct buf *got)
{
	struct writer w = { .format = &format_null, .frame = &plain };
	struct event ev = event_of(EV_CLOSE);
	struct ending ending;
	struct buf want = { 0 };
	size_t i;

	for (i = 0; i < COUNT(close_rows); i++) {
		ending = close_rows[i].ending;
		ending.error = 7;		/* which these lines do not tell */
		ev.ending = &ending;
		ev.loss = close_rows[i].loss;
		for (ev.nloss = 0; ev.nloss < 2 && ev.loss[ev.nloss].name != NULL; ev.nloss++)
			;
		buf_clear(got);
		buf_clear(&want);
		format_event(&w, &ev, got);
		buf_printf(&want, AFTER "%s\n", close_rows[i].want);
		CHECK_BYTES(got->data, got->len, want.data, want.len, "close");
	}
	buf_free(&want);
}

/* Who is behind a Unix socket */
static void
check_owners(struct buf *got)
{
	static const struct {
		struct peer	 peer;
		const char	*want;
	} rows[] = {
		{ { .text = "unix:", .pid = 4711, .uid = 1000 }, "unix:" },
		{ { .text = "unix:", .has_owner = true, .pid = 4711, .uid = 1000 },
		    "unix:(pid 4711, uid 1000)" },
		{ { .text = "unix:/x", .has_owner = true, .pid = 1 }, "unix:/x(pid 1, uid 0)" },
		{ { .text = "unix:/x", .has_owner = true, .uid = (uid_t)-2 }, "unix:/x(uid 4294967294)" },
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		buf_clear(got);
		format_peer(&rows[i].peer, got);
		CHECK_BYTES(got->data, got->len, rows[i].want, strlen(rows[i].want), "owner");
	}
}

/* Every text format has the same session lines, whatever its frame; bold where there is colour. */
#define TIME		"2026-11-23T03:42:12.236731+00:00"
#define PEERS		" client 192.0.2.1:53156 server [::1]:25"

static const struct {
	enum event_type	 type;
	const char	*line;		/* after "# session 3 ", without its end; NULL: none */
	const char	*color;
} line_rows[] = {
	{ EV_OPEN, "open " TIME PEERS, "\033[1m" },
	{ EV_NAMES, "names client me.example:53156 server mail.example:smtp", "\033[1m" },
	{ EV_UNREACHED, "error " TIME PEERS ": a\\012b\\033c", "\033[1;31m" },
	{ EV_ERROR, "error " TIME PEERS ": a\\012b\\033c", "\033[1;31m" },
	{ EV_END, NULL, NULL },
};

static void
line_want(struct buf *want, const char *line, const char *color)
{
	buf_clear(want);
	if (line != NULL)
		buf_printf(want, "%s# session 3 %s%s\n", color, line, *color != '\0' ? "\033[0m" : "");
}

static void
check_session_lines(const struct format *format, bool color, struct buf *got)
{
	static const char *const names[SIDES] = { "me.example:53156", "mail.example:smtp" };
	struct frame frame = { .numbered = true, .color = color, .stamp = STAMP_CLOCK };
	struct writer w = { .format = format, .frame = &frame };
	struct event ev = event_of(EV_OPEN);
	struct buf want = { 0 };
	size_t i;

	ev.name = names;
	ev.text = "a\nb\033c";
	for (i = 0; i < COUNT(line_rows); i++) {
		ev.type = line_rows[i].type;
		buf_clear(got);
		format_event(&w, &ev, got);
		line_want(&want, line_rows[i].line, color ? line_rows[i].color : "");
		CHECK_BYTES(got->data, got->len, want.data, want.len, format->name);
	}
	frame.ends = true;
	ev.type = EV_END;
	for (ev.from = CLIENT; ev.from < SIDES; ev.from++) {
		buf_clear(got);
		format_event(&w, &ev, got);
		line_want(&want, ev.from == CLIENT ? "end " TIME " by client" :
		    "end " TIME " by server", color ? "\033[1m" : "");
		CHECK_BYTES(got->data, got->len, want.data, want.len, format->name);
	}
	buf_free(&want);
}

/* On a terminal, a close line goes over the "^C" that stands where it starts. */
static void
check_fresh_line(struct buf *got)
{
	static const struct ending by_signal = { .how = END_SIGNAL }, by_limit = { .how = END_LIMIT };
	struct frame frame = { .terminal = true };
	struct writer w = { .format = &format_null, .frame = &frame };
	struct event ev = event_of(EV_CLOSE);

	ev.ending = &by_signal;
	buf_clear(got);
	format_event(&w, &ev, got);
	CHECK(got->len > 12 && memcmp(got->data, "\r# session 3 ", 13) == 0, "%s",
	    unit_show(0, got->data, got->len));
	ev.ending = &by_limit;
	buf_clear(got);
	format_event(&w, &ev, got);
	CHECK(got->data[0] == '#', "not by a signal: %s", unit_show(0, got->data, got->len));
	frame.terminal = false;
	ev.ending = &by_signal;
	buf_clear(got);
	format_event(&w, &ev, got);
	CHECK(got->data[0] == '#', "no terminal: %s", unit_show(0, got->data, got->len));
	frame.terminal = true;
	ev.type = EV_OPEN;
	buf_clear(got);
	format_event(&w, &ev, got);
	CHECK(got->data[0] == '#', "no close line: %s", unit_show(0, got->data, got->len));
}

/* Times */

static void
check_times(struct buf *got)
{
	static const struct {
		const char	*zone;
		struct timespec	 time;
		const char	*want;
	} rows[] = {
		{ "UTC0", { OPENED, 0 }, "2026-11-23T03:42:10.000000+00:00" },
		{ "UTC0", { OPENED, 999999999 }, "2026-11-23T03:42:10.999999+00:00" },
		{ "UTC0", { 0, 1000 }, "1970-01-01T00:00:00.000001+00:00" },
		{ "IST-5:30", { OPENED, 0 }, "2026-11-23T09:12:10.000000+05:30" },
		{ "NST3:30", { OPENED, 0 }, "2026-11-23T00:12:10.000000-03:30" },
		{ "UTC0", { 4102444800, 0 }, "2100-01-01T00:00:00.000000+00:00" },
		{ "UTC0", { INT64_MAX, 1000 }, "9223372036854775807" },	/* no year of ours */
	};
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		setenv("TZ", rows[i].zone, 1);
		tzset();
		buf_clear(got);
		format_iso_time(&rows[i].time, got);
		CHECK_BYTES(got->data, got->len, rows[i].want, strlen(rows[i].want), rows[i].zone);
	}
}

static void
check_utc_and_seconds(struct buf *got)
{
	static const struct {
		struct timespec	 time;
		const char	*want;
	} utc[] = {
		{ { OPENED, 0 }, "2026-11-23T03:42:10.000000Z" },
		{ { OPENED, 999999999 }, "2026-11-23T03:42:10.999999Z" },
		{ { 0, 1000 }, "1970-01-01T00:00:00.000001Z" },
		{ { 4102444800, 0 }, "2100-01-01T00:00:00.000000Z" },
		{ { INT64_MAX, 1000 }, "9223372036854775807" },
	};
	static const struct {
		long long	 us;
		const char	*want;
	} seconds[] = {
		{ 0, "0.000000" }, { 1, "0.000001" }, { 999999, "0.999999" },
		{ 1000000, "1.000000" }, { 2113276, "2.113276" },
		{ 9000000000000, "9000000.000000" },
	};
	size_t i;

	setenv("TZ", "IST-5:30", 1);
	tzset();
	for (i = 0; i < COUNT(utc); i++) {
		buf_clear(got);
		format_utc_time(&utc[i].time, got);
		CHECK_BYTES(got->data, got->len, utc[i].want, strlen(utc[i].want), "UTC");
	}
	for (i = 0; i < COUNT(seconds); i++) {
		buf_clear(got);
		format_seconds(seconds[i].us, got);
		CHECK_BYTES(got->data, got->len, seconds[i].want, strlen(seconds[i].want), "seconds");
	}
}

/* The table */

/* What other parts of the program may not do with a format, or need not. */
static const struct {
	const char	*name;
	const char	*is;
} property_rows[] = {
	{ "C", "" }, { "hex", "" }, { "count", "" }, { "null", "" }, { "password", "" },
	{ "raw", " binary not_syslog verbatim" }, { "strip", "" }, { "turns", "" },
	{ "pcapng", " binary not_syslog not_terminal not_per_side whole_records console:null" },
	{ "json", " not_syslog" },
};

static void
check_properties(struct buf *got)
{
	const struct format *f;
	size_t i;

	for (i = 0; i < COUNT(property_rows); i++) {
		if ((f = format_find(property_rows[i].name)) == NULL) {
			CHECK(false, "%s is not there", property_rows[i].name);
			continue;
		}
		buf_clear(got);
		buf_printf(got, "%s%s%s%s%s%s%s", f->binary ? " binary" : "",
		    f->not_syslog ? " not_syslog" : "", f->not_terminal ? " not_terminal" : "",
		    f->not_per_side ? " not_per_side" : "",
		    f->verbatim ? " verbatim" : "", f->whole_records ? " whole_records" : "",
		    f->console != NULL ? " console:" : "");
		if (f->console != NULL)
			buf_puts(got, f->console->name);
		CHECK_BYTES(got->data, got->len, property_rows[i].is, strlen(property_rows[i].is),
		    f->name);
	}
	CHECK(formats[i] == NULL, "%s has no row", formats[i]->name);
}

static void
check_table(void)
{
	char title[100];
	size_t i;

	for (i = 0; formats[i] != NULL; i++) {
		snprintf(title, sizeof(title), "%s and its duties", formats[i]->name);
		CHECK(format_find(formats[i]->name) == formats[i], "%s", title);
		CHECK(formats[i]->about != NULL, "%s", title);
		CHECK(formats[i]->chunk == NULL || formats[i]->event == NULL, "%s", title);
	}
	CHECK(format_find("c") == NULL && format_find("") == NULL && format_find("hexx") == NULL,
	    "a format that there is not");
}

int
main(void)
{
	struct buf got = { 0 };
	size_t i;

	setenv("TZ", "UTC0", 1);
	tzset();
	check_chunks(&got);
	check_hex(&got);
	check_many_lines(&got);
	check_growth(&got);
	check_own_event(&got);
	check_margin(&got);
	check_raw_and_null(&got);
	check_frames(&got);
	check_closes(&got);
	check_owners(&got);
	check_fresh_line(&got);
	for (i = 0; formats[i] != NULL; i++) {
		if (formats[i]->event != NULL || formats[i]->verbatim)
			continue;	/* has no session lines of that kind */
		check_session_lines(formats[i], false, &got);
		check_session_lines(formats[i], true, &got);
	}
	check_table();
	check_properties(&got);
	check_times(&got);
	check_utc_and_seconds(&got);
	buf_free(&got);
	return unit_end();
}
