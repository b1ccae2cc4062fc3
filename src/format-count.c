/* format-count.c - how much was sent, and by whom
 *
 * Runs in: session.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "format.h"

static size_t
count_chunk(void *memory, const struct chunk *c, struct buf *body)
{
	(void)memory;
	buf_printf(body, "%zu byte%s", c->len, c->len == 1 ? "" : "s");
	return c->len;
}

const struct format format_count = {
	.name	= "count",
	.about	= "the number of bytes, and who sent them",
	.chunk	= count_chunk,
};
