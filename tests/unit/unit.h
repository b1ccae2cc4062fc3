/* unit.h - what the unit tests share: CHECK() what must hold, return unit_end()
 *
 * A check that fails says where, what should have held and what was seen; the
 * test goes on, so that one run shows all that is wrong.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef UNIT_H
#define UNIT_H

#include <stdarg.h>
#include <stdio.h>
#include <string.h>

#include "attrib.h"

static unsigned int unit_checks, unit_failures;

/* CHECK(condition, "what was seen: %s", ...) */
#define CHECK(cond, ...) \
	((void)(unit_checks++, (cond) || unit_failed(__FILE__, __LINE__, #cond, __VA_ARGS__)))

/* Whether two texts are the same, saying which case they belong to. */
#define CHECK_TEXT(got, wanted, title) \
	CHECK(strcmp(got, wanted) == 0, "%s\n    got:      %s\n    expected: %s", title, got, wanted)

/* Whether n bytes at got are m bytes at wanted; shown with their escapes. */
#define CHECK_BYTES(got, n, wanted, m, title) \
	CHECK((n) == (m) && memcmp(got, wanted, m) == 0, "%s\n    got:      %s\n    expected: %s", \
	    title, unit_show(0, got, n), unit_show(1, wanted, m))

static inline int unit_failed(const char *file, int line, const char *cond, const char *seen, ...)
    PRINTF_LIKE(4, 5);

static inline int
unit_failed(const char *file, int line, const char *cond, const char *seen, ...)
{
	va_list ap;

	unit_failures++;
	printf("%s:%d: %s: ", file, line, cond);
	va_start(ap, seen);
	vprintf(seen, ap);
	va_end(ap);
	putchar('\n');
	return 0;
}

/* Bytes as text for people, in one of two places; cut where it gets long. */
static inline const char *
unit_show(int place, const void *bytes, size_t n)
{
	static char text[2][2048];
	const unsigned char *in = bytes;
	char *to = text[place];
	size_t i;

	*to = '\0';
	for (i = 0; i < n && to + sizeof("\\ooo...") < text[place] + sizeof(text[place]); i++)
		to += sprintf(to, in[i] >= 0x20 && in[i] < 0x7f ? "%c" :
		    in[i] == '\n' ? "\\n" : "\\%03o", in[i]);
	strcpy(to, i < n ? "..." : "");
	return text[place];
}

/* The exit status of the test. */
static inline int
unit_end(void)
{
	if (unit_failures > 0)
		printf("%u of %u checks failed\n", unit_failures, unit_checks);
	return unit_failures > 0;
}

#endif
