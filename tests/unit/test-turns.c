/* test-turns.c - who waited for whom, and how long, in dialogs of known times
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdlib.h>
#include <time.h>

#include "format.h"
#include "unit.h"

#define OPENED		1795405330		/* 2026-11-23T03:42:10 UTC */
#define SESSION		7

/* What happened: a side said so many bytes, so many microseconds after the opening. */
struct said {
	enum side	from;
	long long	us;
	size_t		n;
};

static const struct frame plain = { 0 }, stamped = { .numbered = true, .stamp = STAMP_RELATIVE };

/* Passes one event on; us is the time since the opening. */
static void
happens(struct writer *w, struct event *ev, enum event_type type, long long us, struct buf *out)
{
	ev->type = type;
	ev->open_us = us;
	ev->time.tv_sec = OPENED + us / 1000000;
	ev->time.tv_nsec = us % 1000000 * 1000;
	CHECK(format_event(w, ev, out) == 0, "bytes are left over");
}

/* A session of n chunks that closes at the time end_us; out is what it writes. */
static void
session(const struct frame *frame, const struct said *said, size_t n, long long end_us,
    struct buf *out)
{
	struct peer peer[SIDES] = { { .text = "c:1" }, { .text = "s:2" } };
	struct ending ending = { .how = END_CLOSED, .by = CLIENT };
	struct chunk chunk = { .data = (const unsigned char *)"" };
	struct event ev = { .session = SESSION, .connect_us = 201,
	    .peer = peer, .chunk = &chunk, .ending = &ending };
	struct writer w = { .format = &format_turns, .frame = frame,
	    .memory = calloc(1, format_turns.memory) };
	size_t i;

	buf_clear(out);
	happens(&w, &ev, EV_OPEN, 0, out);
	for (i = 0; i < n; i++) {
		chunk.from = said[i].from;
		chunk.len = chunk.shown = said[i].n;
		happens(&w, &ev, EV_DATA, said[i].us, out);
	}
	happens(&w, &ev, EV_CLOSE, end_us, out);
	buf_putc(out, '\0');
	free(w.memory);
}

/* The lines between the open line and the close line. */
static char *
inside(struct buf *out)
{
	char *text = (char *)out->data, *end;

	CHECK(strncmp(text, "# session 7 open ", 17) == 0, "%s", text);
	end = strstr(text, "# session 7 close ");
	CHECK(end != NULL && strchr(end, '\n')[1] == '\0', "%s", text);
	if (end != NULL)
		*end = '\0';
	return strchr(text, '\n') + 1;
}

#define DIALOG(...)	(const struct said[]){ __VA_ARGS__ }, \
	sizeof((const struct said[]){ __VA_ARGS__ }) / sizeof(struct said)

static const struct {
	const char		*title;
	const struct said	*said;
	size_t			 n;
	long long		 end_us;
	const char		*want;
} rows[] = {
	{ "nothing was said", NULL, 0, 5, "# session 7 turns 0, connect 0.000201 s\n" },
	{ "a question and its answer",
	    DIALOG({ CLIENT, 1000, 72 }, { SERVER, 1511, 40 }, { SERVER, 2002, 1 }), 9000,
	    "client> 72 bytes, server> 41 bytes after 0.000511 s, whole after 0.001002 s\n"
	    "# session 7 turns 1, wait median 0.000511 s, worst 0.000511 s (turn 1), "
	    "connect 0.000201 s\n" },
	{ "one byte each, and no time between",
	    DIALOG({ CLIENT, 0, 1 }, { SERVER, 0, 1 }), 0,
	    "client> 1 byte, server> 1 byte after 0.000000 s, whole after 0.000000 s\n"
	    "# session 7 turns 1, wait median 0.000000 s, worst 0.000000 s (turn 1), "
	    "connect 0.000201 s\n" },
	{ "the wait begins with the last byte of the question",
	    DIALOG({ CLIENT, 1000, 10 }, { CLIENT, 5000, 20 }, { SERVER, 5100, 3 }), 9000,
	    "client> 30 bytes, server> 3 bytes after 0.000100 s, whole after 0.000100 s\n"
	    "# session 7 turns 1, wait median 0.000100 s, worst 0.000100 s (turn 1), "
	    "connect 0.000201 s\n" },
	{ "no answer",
	    DIALOG({ CLIENT, 1000, 5 }), 1501000,
	    "client> 5 bytes, no answer after 1.500000 s\n"
	    "# session 7 turns 1, connect 0.000201 s\n" },
	{ "the last one has no answer",
	    DIALOG({ CLIENT, 10, 5 }, { SERVER, 30, 6 }, { CLIENT, 50, 7 }), 60,
	    "client> 5 bytes, server> 6 bytes after 0.000020 s, whole after 0.000020 s\n"
	    "client> 7 bytes, no answer after 0.000010 s\n"
	    "# session 7 turns 2, wait median 0.000020 s, worst 0.000020 s (turn 1), "
	    "connect 0.000201 s\n" },
	{ "a greeting is a turn of its own",
	    DIALOG({ SERVER, 300, 10 }, { SERVER, 400, 5 }, { CLIENT, 9000, 4 },
		{ SERVER, 9050, 8 }), 9999,
	    "server> 15 bytes after 0.000300 s, whole after 0.000400 s\n"
	    "client> 4 bytes, server> 8 bytes after 0.000050 s, whole after 0.000050 s\n"
	    "# session 7 turns 2, wait median 0.000050 s, worst 0.000300 s (turn 1), "
	    "connect 0.000201 s\n" },
	{ "the worst is the first of the longest; the median the shorter of two",
	    DIALOG({ CLIENT, 0, 1 }, { SERVER, 10, 1 }, { CLIENT, 100, 1 }, { SERVER, 130, 1 },
		{ CLIENT, 200, 1 }, { SERVER, 230, 1 }, { CLIENT, 300, 1 }, { SERVER, 320, 1 }), 999,
	    "client> 1 byte, server> 1 byte after 0.000010 s, whole after 0.000010 s\n"
	    "client> 1 byte, server> 1 byte after 0.000030 s, whole after 0.000030 s\n"
	    "client> 1 byte, server> 1 byte after 0.000030 s, whole after 0.000030 s\n"
	    "client> 1 byte, server> 1 byte after 0.000020 s, whole after 0.000020 s\n"
	    "# session 7 turns 4, wait median 0.000020 s, worst 0.000030 s (turn 2), "
	    "connect 0.000201 s\n" },
};

static void
check_dialogs(struct buf *out)
{
	size_t i;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++) {
		session(&plain, rows[i].said, rows[i].n, rows[i].end_us, out);
		CHECK_TEXT(inside(out), rows[i].want, rows[i].title);
	}
}

/* A record has the time when its turn began, and the number of its session. */
static void
check_frame(struct buf *out)
{
	session(&stamped, DIALOG({ CLIENT, 1000000, 1 }, { SERVER, 3000000, 2 },
	    { CLIENT, 4500000, 3 }), 6000000, out);
	CHECK_TEXT(inside(out),
	    "1.000000 [7] client> 1 byte, server> 2 bytes after 2.000000 s, whole after 2.000000 s\n"
	    "4.500000 [7] client> 3 bytes, no answer after 1.500000 s\n"
	    "# session 7 turns 2, wait median 2.000000 s, worst 2.000000 s (turn 1), "
	    "connect 0.000201 s\n", "with times and numbers");
}

/*
 * Three waits, of which the one in the middle is us: what is told is exact below 256
 * microseconds, and above that up to 1/128 more, at any size.
 */
static void
check_median(long long us, struct buf *out)
{
	double got = -1, allowed = us < 256 ? 0.0 : (double)us / 128;
	long long longest = us * 4 + 10;
	const char *text;

	session(&plain, DIALOG({ CLIENT, 0, 1 }, { SERVER, longest, 1 },
	    { CLIENT, longest, 1 }, { SERVER, longest + us, 1 },
	    { CLIENT, longest + us, 1 }, { SERVER, longest + us, 1 }), longest * 2, out);
	text = strstr((char *)out->data, "wait median ");
	if (text != NULL)
		got = atof(text + strlen("wait median ")) * 1e6;
	CHECK((double)us - got < 0.5 && got - (double)us < allowed + 0.5,
	    "a median of %lld us is told as %.0f", us, got);
}

int
main(void)
{
	struct buf out = { 0 };
	long long us;

	setenv("TZ", "UTC", 1);
	tzset();
	check_dialogs(&out);
	check_frame(&out);
	for (us = 0; us < 1100; us++)
		check_median(us, &out);
	for (us = 1100; us < 1LL << 60; us += us / 7)
		check_median(us, &out);
	buf_free(&out);
	return unit_end();
}
