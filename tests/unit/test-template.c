/* test-template.c - file names with % letters, and that no peer leads one elsewhere
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <unistd.h>

#include "template.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Which letters there are */

static const struct {
	const char	*name;
	int		 bad;
	const char	*scope;		/* it varies; names a file for each session, side */
} letter_rows[] = {
	{ "log", 0, "" },
	{ "", 0, "" },
	{ "%%", 0, "" },
	{ "100%%.log", 0, "" },
	{ "%%n", 0, "" },
	{ "%%%%d", 0, "" },
	{ "%n", 0, "varies session" },
	{ "%c", 0, "varies" },
	{ "%s", 0, "varies" },
	{ "%t", 0, "varies" },
	{ "%d", 0, "varies side" },
	{ "%p", 0, "varies session" },
	{ "%%%n", 0, "varies session" },
	{ "%n-%c-%s-%t-%d-%p.log", 0, "varies session side" },
	{ "dir-%t/log", 0, "varies" },
	{ "%", '%', "" },
	{ "log%", '%', "" },
	{ "%%%", '%', "" },
	{ "%n%", '%', "varies session" },
	{ "%x", 'x', "" },
	{ "%N", 'N', "" },
	{ "% n", ' ', "" },
	{ "%5n", '5', "" },
	{ "%n%\n", '\n', "varies session" },
	{ "%\377", 0xff, "" },
};

static void
check_scope(const char *name, const char *scope)
{
	CHECK(template_varies(name) == (strstr(scope, "varies") != NULL), "'%s'", name);
	CHECK(template_per_session(name) == (strstr(scope, "session") != NULL), "'%s'", name);
	CHECK(template_per_side(name) == (strstr(scope, "side") != NULL), "'%s'", name);
}

static void
check_letters(void)
{
	size_t i;
	int bad;

	for (i = 0; i < COUNT(letter_rows); i++) {
		bad = template_bad_letter(letter_rows[i].name);
		CHECK(bad == letter_rows[i].bad, "'%s': %d", letter_rows[i].name, bad);
		check_scope(letter_rows[i].name, letter_rows[i].scope);
	}
}

/* What they become: session 7, opened 2026-11-23T03:42:10 UTC. */

#define TEN	"0123456789"
#define EIGHTY	TEN TEN TEN TEN TEN TEN TEN TEN
#define V4	"127.0.0.1:53156"
#define V6	"[2001:db8::1]:25"

static const struct {
	const char	*name, *client, *server;
	enum side	 from;
	const char	*want;
} expand_rows[] = {
	{ "log", V4, V6, CLIENT, "log" },
	{ "%n", V4, V6, CLIENT, "0007" },
	{ "%n.%n", V4, V6, CLIENT, "0007.0007" },
	{ "a/%c.log", V4, V6, CLIENT, "a/127.0.0.1-53156.log" },
	{ "%s", V4, V6, CLIENT, "_2001_db8__1_-25" },
	{ "%s", V4, "[fe80::1%eth0]:25", CLIENT, "_fe80__1_eth0_-25" },
	{ "%d", V4, V6, CLIENT, "client" },
	{ "%d", V4, V6, SERVER, "server" },
	{ "%t", V4, V6, CLIENT, "20261123T034210Z" },
	{ "%%", V4, V6, CLIENT, "%" },
	{ "%%n", V4, V6, CLIENT, "%n" },
	{ "%%%n%%", V4, V6, CLIENT, "%0007%" },
	{ "%n%", V4, V6, CLIENT, "0007%" },	/* refused by template_bad_letter() */
	{ "a b\n", V4, V6, CLIENT, "a b\n" },	/* the user's own words stay */

	/* Hostile peers: no slash, no %, no control byte, nothing that a shell knows. */
	{ "%c", "unix:/etc/passwd", V6, CLIENT, "unix-_etc_passwd" },
	{ "%c", "unix:/../../etc/passwd", V6, CLIENT, "unix-_.._.._etc_passwd" },
	{ "%c", "unix:", V6, CLIENT, "unix-" },
	{ "%c", "unix:%n%s%d", V6, CLIENT, "unix-_n_s_d" },
	{ "%c", "unix:a\\012b", V6, CLIENT, "unix-a_012b" },
	{ "%c", "unix:$(id);`id`|&*?\"'<>~", V6, CLIENT, "unix-__id___id__________" },
	{ "%c", "unix:a:b", V6, CLIENT, "unix_a-b" },
	{ "%c", "a\nb\033\377", V6, CLIENT, "a_b__" },	/* event.h rules these out */
	{ "%s", V4, "?", CLIENT, "_" },

	/* Longer than a file name can be: up to 96 bytes are kept, of more 79 and a hash. */
	{ "%c", "unix:/" EIGHTY TEN, V6, CLIENT, "unix-_" EIGHTY TEN },
	{ "%c", EIGHTY TEN ":2345@", V6, CLIENT, EIGHTY TEN "-2345_" },
	{ "%c", EIGHTY TEN "012345:", V6, CLIENT, "0123456789" TEN TEN TEN TEN TEN TEN
	    "012345678-" "85151dbef827db5d" },
	{ "%s!", V4, "unix:/" EIGHTY TEN "@", CLIENT, "unix-_" TEN TEN TEN TEN TEN TEN TEN "012-"
	    "a8509626725dee0d!" },
};

static void
check_expand(struct buf *got)
{
	struct template_values values = { 7, { NULL, NULL }, 1795405330 };
	char pid[40];
	size_t i;

	for (i = 0; i < COUNT(expand_rows); i++) {
		values.peer[CLIENT] = expand_rows[i].client;
		values.peer[SERVER] = expand_rows[i].server;
		buf_clear(got);
		template_expand(expand_rows[i].name, &values, expand_rows[i].from, got);
		CHECK_BYTES(got->data, got->len, expand_rows[i].want, strlen(expand_rows[i].want),
		    expand_rows[i].name);
	}
	buf_clear(got);
	template_expand("%p", &values, CLIENT, got);
	snprintf(pid, sizeof(pid), "%ld", (long)getpid());
	CHECK_BYTES(got->data, got->len, pid, strlen(pid), "%p");
	buf_clear(got);
	values.session = 123456;
	template_expand("%n", &values, CLIENT, got);
	CHECK_BYTES(got->data, got->len, "123456", 6, "a number of more than four digits");
}

int
main(void)
{
	struct buf got = { 0 };

	check_letters();
	check_expand(&got);
	buf_free(&got);
	return unit_end();
}
