/* escape.h - text of any origin, made safe to show: what it would do shows as \ooo
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ESCAPE_H
#define ESCAPE_H

#include <stddef.h>

enum escape {
	ESCAPE_LINE,	/* control bytes: the text stays one line and moves no cursor */
	ESCAPE_WORD	/* blanks, backslashes and what is not ASCII, too: one word, reversible */
};

/*
 * Puts n bytes of text at to, which has size bytes (1 or more), the unsafe ones as
 * \ooo, and a NUL. Cut where there is no room, never within an escape sequence.
 * Returns the length; size 4 * n + 1 is always enough.
 */
size_t	escape_text(char *to, size_t size, const char *text, size_t n, enum escape what);

#endif
