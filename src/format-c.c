/* format-c.c - C string literals, broken after each line end
 *
 * Runs in: session. Adjacent literals concatenate: what follows the marker compiles,
 * and gives back the exact bytes.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <string.h>

#include "format.h"

static size_t
c_chunk(void *memory, const struct chunk *c, struct buf *body)
{
	const unsigned char *at = c->data, *end = at + c->shown, *lf;
	size_t n, lines = 1;

	(void)memory;
	for (;;) {
		lf = at < end ? memchr(at, '\n', (size_t)(end - at)) : NULL;
		n = (size_t)((lf != NULL ? lf + 1 : end) - at);
		buf_putc(body, '"');
		buf_escape(body, at, n);
		buf_putc(body, '"');
		at += n;
		if (at == end)
			break;
		if (lines++ == FORMAT_LINES)
			return (size_t)(at - c->data);
		buf_newline(body);
	}
	if (c->shown < c->len)
		buf_printf(body, " /* %zu more byte%s */", c->len - c->shown,
		    c->len - c->shown == 1 ? "" : "s");
	return c->len;
}

const struct format format_c = {
	.name	= "C",
	.about	= "C string literals, a line each",
	.growth	= 4,
	.chunk	= c_chunk,
};
