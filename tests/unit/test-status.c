/* test-status.c - the lines that answer SIGUSR1
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdlib.h>

#include "status.h"
#include "unit.h"

#define SINCE	{ 1795405330, 123456789 }	/* 2026-11-23 03:42:10 UTC */
#define AT	"2026-11-23T03:42:10.123456+00:00"

static const char *
text_of(struct buf *out)
{
	static char text[1024];

	CHECK(!out->failed && out->len < sizeof(text), "%zu bytes", out->len);
	memcpy(text, out->data, out->len);
	text[out->len] = '\0';
	buf_free(out);
	return text;
}

static void
test_totals(void)
{
	static const struct {
		struct status_totals t;
		const char *text;
	} cases[] = {
		{ { 0, 0, 0, 0, { 0, 0 }, SINCE }, "0 sessions (0 without a server, 0 crashed), 0 refused, "
		    "0 bytes from clients, 0 bytes from servers, since " AT },
		{ { 1, 0, 0, 0, { 1, 2 }, SINCE }, "1 session (0 without a server, 0 crashed), 0 refused, "
		    "1 byte from clients, 2 bytes from servers, since " AT },
		{ { 17, 3, 2, 4, { UINTMAX_MAX, 1 }, SINCE }, "17 sessions (3 without a server, "
		    "2 crashed), 4 refused, 18446744073709551615 bytes from clients, 1 byte from servers, "
		    "since " AT },
	};
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		status_totals(&cases[i].t, &out);
		CHECK_TEXT(text_of(&out), cases[i].text, "totals");
	}
}

static void
test_parent(void)
{
	static const struct status_totals t = { 5, 0, 0, 0, { 6, 7 }, SINCE };
	static const struct {
		size_t		 open;
		uintmax_t	 max_open;
		size_t		 silent;
		const char	*text;
	} cases[] = {
		{ 0, 1, 0, "status: 0 of 1 session open; " },
		{ 2, 64, 0, "status: 2 of 64 sessions open; " },
		{ 2, 64, 1, "status: 2 of 64 sessions open (1 without an answer yet); " },
		{ 0, UINT64_C(1) << 32, 0, "status: 0 of 4294967296 sessions open; " },
		{ 3, 3, 3, "status: 3 of 3 sessions open (3 without an answer yet); " },
	};
	struct buf out = { 0 };
	char wanted[512];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		status_parent(cases[i].open, cases[i].max_open, cases[i].silent, &t, &out);
		snprintf(wanted, sizeof(wanted), "%s5 sessions (0 without a server, 0 crashed), 0 refused, "
		    "6 bytes from clients, 7 bytes from servers, since " AT, cases[i].text);
		CHECK_TEXT(text_of(&out), wanted, "parent");
	}
}

/* What a session waits for: the first thing that is so. */
static void
test_waits(void)
{
	static const struct {
		struct status_session s;
		const char *waits;
	} cases[] = {
		{ { .spoken = false }, "client or server" },
		{ { .spoken = true, .last = CLIENT }, "server" },
		{ { .spoken = true, .last = SERVER }, "client" },
		{ { .ended = { true, false } }, "server" },
		{ { .ended = { false, true } }, "client" },
		{ { .spoken = true, .last = SERVER, .ended = { true, false } }, "server" },
		{ { .spoken = true, .last = CLIENT, .ended = { true, false } }, "server" },
		{ { .spoken = true, .last = CLIENT, .ended = { false, true } }, "client" },
		{ { .spoken = true, .last = SERVER, .ended = { false, true } }, "client" },
		{ { .ended = { true, true } }, "its end" },
		{ { .spoken = true, .last = CLIENT, .ended = { true, true } }, "its end" },
		{ { .untaken = { 1, 0 }, .ended = { true, true } }, "server to take 1 byte" },
		{ { .untaken = { 0, 12 } }, "client to take 12 bytes" },
		{ { .untaken = { 34, 1 } }, "client to take 1 byte and server to take 34 bytes" },
		{ { .connecting = { true, false } }, "client to be reached" },
		{ { .connecting = { false, true } }, "server to be reached" },
		{ { .log = "dump.log", .connecting = { true, false }, .untaken = { 1, 1 } },
		    "log dump.log" },
	};
	struct peer peers[SIDES] = { { .text = "c" }, { .text = "s" } };
	struct status_session s;
	struct buf out = { 0 };
	char wanted[512];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		s = cases[i].s;
		s.peer = peers;
		status_session(&s, &out);
		snprintf(wanted, sizeof(wanted), "session 0: waits for %s, idle 0.000000 s, "
		    "client 0 bytes, server 0 bytes, since 1970-01-01T00:00:00.000000+00:00 "
		    "client c server s", cases[i].waits);
		CHECK_TEXT(text_of(&out), wanted, "waits");
	}
}

static void
test_session(void)
{
	static const struct peer peers[SIDES] = { { .text = "unix:", .has_owner = true, .pid = 4711,
	    .uid = 1000 }, { .text = "[::1]:25" } };
	struct status_session s = { .session = 3, .peer = peers, .since = SINCE, .bytes = { 1, 5000000000 },
	    .idle_us = 3201000, .spoken = true, .last = CLIENT };
	struct buf out = { 0 };

	status_session(&s, &out);
	CHECK_TEXT(text_of(&out), "session 3: waits for server, idle 3.201000 s, client 1 byte, "
	    "server 5000000000 bytes, since " AT " client unix:(pid 4711, uid 1000) server [::1]:25",
	    "session");
}

int
main(void)
{
	setenv("TZ", "UTC", 1);
	test_totals();
	test_parent();
	test_waits();
	test_session();
	return unit_end();
}
