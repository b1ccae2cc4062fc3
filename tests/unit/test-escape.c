/* test-escape.c - text of any origin, made safe to show
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdio.h>

#include "escape.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define ALL		200	/* room for any of them */

static const struct {
	enum escape	 what;
	size_t		 size;		/* of where it goes */
	const char	*text, *want;
} rows[] = {
	{ ESCAPE_LINE, ALL, "", "" },
	{ ESCAPE_LINE, ALL, "mail.example: a\\b ~", "mail.example: a\\b ~" },
	{ ESCAPE_LINE, ALL, "a\nb\r\t\v\f\033\001\037\177",
	    "a\\012b\\015\\011\\013\\014\\033\\001\\037\\177" },
	{ ESCAPE_LINE, ALL, "caf\303\251\200\377", "caf\303\251\200\377" },
	{ ESCAPE_WORD, ALL, "!a\"'`$%~", "!a\"'`$%~" },
	{ ESCAPE_WORD, ALL, "a b\\c", "a\\040b\\134c" },
	{ ESCAPE_WORD, ALL, "\303\251\200\377\177\n", "\\303\\251\\200\\377\\177\\012" },
	{ ESCAPE_LINE, 4, "abc", "abc" },
	{ ESCAPE_LINE, 4, "abcd", "abc" },
	{ ESCAPE_LINE, 1, "abc", "" },
	{ ESCAPE_LINE, 6, "a\nb", "a\\012" },
	{ ESCAPE_LINE, 5, "a\nb", "a" },	/* no part of an escape, and nothing after it */
	{ ESCAPE_WORD, 5, "\n", "\\012" },
};

int
main(void)
{
	char to[ALL + 1];
	size_t i, n;

	for (i = 0; i < COUNT(rows); i++) {
		memset(to, 'x', sizeof(to));
		n = escape_text(to, rows[i].size, rows[i].text, strlen(rows[i].text), rows[i].what);
		CHECK(n < rows[i].size && to[n] == '\0' && to[rows[i].size] == 'x', "row %zu", i);
		CHECK_TEXT(to, rows[i].want, rows[i].text);
	}
	n = escape_text(to, ALL, "a\0b", 3, ESCAPE_LINE);
	CHECK_BYTES(to, n, "a\\000b", 6, "a NUL byte");
	n = escape_text(to, ALL, "abc", 2, ESCAPE_LINE);
	CHECK_BYTES(to, n, "ab", 2, "the first bytes only");
	return unit_end();
}
