/* forged.h - whether text that a format wrote could deceive a person or a program
 *
 * Shared by the property test and the fuzzer. Records are looked at under a
 * frame that is numbered, without colour, and with a session number that the
 * payload cannot hold: a line that begins with that number is the frame's own.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FORGED_H
#define FORGED_H

#include <stdio.h>
#include <string.h>

#include "format.h"

/* A line without its end. */
struct line {
	const char	*text;
	size_t		 len;
};

static inline bool
line_starts(const struct line *l, const char *with)
{
	return l->len >= strlen(with) && memcmp(l->text, with, strlen(with)) == 0;
}

/* The columns of "TIME [N] client> " and the like, or 0 when the line is no record's first. */
static inline size_t
forged_marker(const struct line *l, const struct frame *frame, unsigned long session)
{
	static const char *const marker[] = { "client> ", "server> ", "client! ", "server! " };
	char number[40];
	struct line rest = *l;
	size_t i, n = 0;

	if (frame->stamp != STAMP_NONE) {
		while (n < l->len && strchr("0123456789-T:.+", l->text[n]) != NULL)
			n++;
		if (n < 8 || n == l->len || l->text[n++] != ' ')
			return 0;
	}
	n += (size_t)snprintf(number, sizeof(number), "[%lu] ", session);
	rest.text += n - strlen(number);
	rest.len = l->len >= n - strlen(number) ? l->len - (n - strlen(number)) : 0;
	if (!line_starts(&rest, number))
		return 0;
	rest.text += strlen(number);
	rest.len -= strlen(number);
	for (i = 0; i < sizeof(marker) / sizeof(marker[0]); i++)
		if (line_starts(&rest, marker[i]))
			return n + strlen(marker[i]);
	return 0;
}

/* "00000010  61 62 ...  |ab|" */
static inline bool
forged_hex_row(const struct line *l)
{
	return l->len > 62 && strspn(l->text, "0123456789abcdef") == 8 &&
	    memcmp(l->text + 8, "  ", 2) == 0 && l->text[60] == '|' && l->text[l->len - 1] == '|';
}

/* What a line may hold: text, tabs in strip, bytes above ASCII only where they are not a peer's. */
static inline bool
forged_bytes_fine(const struct line *l, bool high, bool tabs)
{
	size_t i;

	for (i = 0; i < l->len; i++) {
		unsigned char c = (unsigned char)l->text[i];

		if ((c < 0x20 && !(c == '\t' && tabs)) || c == 0x7f || (c > 0x7f && !high))
			return false;
	}
	return true;
}

/*
 * Looks at what a text format made of one event. A line has to begin as a
 * record of this session, go on with one at its margin, be a row of hex, or be
 * a session line or an object of JSON with the session's number. The session
 * line's own words (a file name, an error) and JSON may be UTF-8.
 *
 * Returns NULL, or what is wrong; *bad is the line.
 */
static inline const char *
forged(const struct writer *w, unsigned long session, const struct buf *out, struct line *bad)
{
	const char *at = (const char *)out->data, *end = at + out->len, *lf;
	char session_line[60];
	size_t margin = 0, columns;
	bool own, object;

	snprintf(session_line, sizeof(session_line), "# session %lu ", session);
	for (; at < end; at = lf + 1) {
		if ((lf = memchr(at, '\n', (size_t)(end - at))) == NULL)
			return "a record without its line end";
		*bad = (struct line){ at, (size_t)(lf - at) };
		own = line_starts(bad, session_line);
		object = w->format->event != NULL && line_starts(bad, "{") && lf[-1] == '}';

		if (!forged_bytes_fine(bad, own || object, w->format == &format_strip && !own))
			return "a byte that is not text";
		if ((columns = forged_marker(bad, w->frame, session)) > 0)
			margin = columns;
		else if (own || object)
			margin = 0;
		else if (margin == 0)
			return "a line that is none of ours";
		else if ((bad->len < margin || strspn(at, " ") < margin) &&
		    !(w->format == &format_hex && forged_hex_row(bad)))
			return "a line that goes on left of the margin";
	}
	return NULL;
}

#endif
