/* test-template.c - file names with % letters, and that no peer leads one elsewhere */
#include <config.h>

#include <unistd.h>

#include "template.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Which letters there are */

static const struct {
	const char	*name;
	int		 bad;
	bool		 is_template;
} letter_rows[] = {
	{ "log", 0, false },
	{ "", 0, false },
	{ "%%", 0, false },
	{ "100%%.log", 0, false },
	{ "%%n", 0, false },
	{ "%%%%d", 0, false },
	{ "%n", 0, true },
	{ "%c", 0, true },
	{ "%s", 0, true },
	{ "%t", 0, true },
	{ "%d", 0, true },
	{ "%p", 0, true },
	{ "%%%n", 0, true },
	{ "%n-%c-%s-%t-%d-%p.log", 0, true },
	{ "dir-%t/log", 0, true },
	{ "%", '%', false },
	{ "log%", '%', false },
	{ "%%%", '%', false },
	{ "%n%", '%', true },
	{ "%x", 'x', false },
	{ "%N", 'N', false },
	{ "% n", ' ', false },
	{ "%5n", '5', false },
	{ "%n%\n", '\n', true },
	{ "%\377", 0xff, false },
};

static void
check_letters(void)
{
	size_t i;
	int bad;

	for (i = 0; i < COUNT(letter_rows); i++) {
		bad = template_bad_letter(letter_rows[i].name);
		CHECK(bad == letter_rows[i].bad, "'%s': %d", letter_rows[i].name, bad);
		CHECK(template_varies(letter_rows[i].name) == letter_rows[i].is_template,
		    "'%s'", letter_rows[i].name);
	}
}

/* What they become: session 7, opened 2026-11-23T03:42:10 UTC. */

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
