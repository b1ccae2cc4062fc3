/* template.h - file names with % letters, a file for each session or direction
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TEMPLATE_H
#define TEMPLATE_H

#include <stdbool.h>
#include <time.h>

#include "buf.h"
#include "event.h"

/* What the % letters of a name stand for. */
struct template_values {
	unsigned long		 session;	/* %n */
	const char		*peer[SIDES];	/* %c %s: peer.text */
	time_t			 start;		/* %t */
};

/*
 * Whether the % letters of a name are known ones. Returns 0 when they are, or
 * the unknown letter ('%' for one at the end).
 */
int	template_bad_letter(const char *name);

/* Whether a name has a % other than %%. */
bool	template_varies(const char *name);

/* Whether it is another file in each session: %n or %p. */
bool	template_per_session(const char *name);

/* Whether it has %d: each direction then has a file of its own. */
bool	template_per_side(const char *name);

/*
 * Appends the file name that a template stands for (from: %d). No / is added.
 * values may be NULL for a name that does not vary.
 */
void	template_expand(const char *name, const struct template_values *values, enum side from,
	    struct buf *path);

#endif
