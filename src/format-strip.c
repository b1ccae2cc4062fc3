/* format-strip.c - the text, everything that is not text as a dot
 *
 * Runs in: session.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <string.h>

#include "format.h"
#include "printable.h"

/* Appends n bytes that hold no line end. A tab stays one: it can reach no other line. */
static void
strip_line(const unsigned char *in, size_t n, struct buf *body)
{
	unsigned char *to = buf_reserve(body, n);
	const unsigned char *tab = in;

	if (to == NULL)
		return;
	printable_copy(to, in, n);
	while ((tab = memchr(tab, '\t', (size_t)(in + n - tab))) != NULL)
		to[tab++ - in] = '\t';
	body->len += n;
}

static size_t
strip_chunk(void *memory, const struct chunk *c, struct buf *body)
{
	const unsigned char *at = c->data, *end = at + c->shown, *lf;
	size_t n, lines = 1;

	(void)memory;
	while (at < end) {
		if ((lf = memchr(at, '\n', (size_t)(end - at))) == NULL) {
			strip_line(at, (size_t)(end - at), body);
			break;
		}
		n = (size_t)(lf - at);
		strip_line(at, n > 0 && lf[-1] == '\r' ? n - 1 : n, body);
		at = lf + 1;
		if (at == end)
			break;
		if (lines++ == FORMAT_LINES)
			return (size_t)(at - c->data);
		buf_newline(body);
	}
	if (c->shown < c->len) {
		buf_newline(body);
		buf_printf(body, "(%zu more byte%s)", c->len - c->shown,
		    c->len - c->shown == 1 ? "" : "s");
	}
	return c->len;
}

const struct format format_strip = {
	.name	= "strip",
	.about	= "text, other bytes as dots",
	.growth	= 1,
	.chunk	= strip_chunk,
};
