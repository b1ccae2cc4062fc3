/* escape.c - text of any origin, made safe to show
 *
 * Runs in: all. The one place that says which bytes are safe outside of the
 * records' data: for messages, session lines and the texts of addresses.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdbool.h>
#include <stdio.h>
#include <string.h>

#include "escape.h"

static bool
is_safe(unsigned char c, enum escape what)
{
	return what == ESCAPE_LINE ? c >= 0x20 && c != 0x7f : c > 0x20 && c < 0x7f && c != '\\';
}

size_t
escape_text(char *to, size_t size, const char *text, size_t n, enum escape what)
{
	char *at = to, safe[sizeof("\\ooo")];
	size_t i, len;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		len = (size_t)snprintf(safe, sizeof(safe), is_safe(c, what) ? "%c" : "\\%03o", c);
		if (at + len >= to + size)
			break;
		memcpy(at, safe, len);
		at += len;
	}
	*at = '\0';
	return (size_t)(at - to);
}
