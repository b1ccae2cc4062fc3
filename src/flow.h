/* flow.h - one direction of a session: bytes on their way from one side to the other
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FLOW_H
#define FLOW_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define FLOW_FIRST	((size_t)16 << 10)	/* the most bytes of a read at first */
#define FLOW_SECOND	((size_t)64 << 10)	/* and once a read has been that big */
#define FLOW_FULL	16			/* so many full reads, and its use doubles */

/*
 * A flow reads only when nothing waits in it. What was read stays until the
 * other side has taken it. The owner sets from, in, out, read_buf and kept; all
 * else begins as 0.
 *
 * Both flows of a session read into the same read_buf, so that an idle session
 * touches few pages. What is in there is lost when the other flow reads: hence
 * flow_keep().
 */
struct flow {
	enum side	 from;
	int		 in, out;
	unsigned char	*read_buf;	/* FLOW_FIRST bytes, the same for both flows */
	unsigned char	*kept;		/* FLOW_FIRST bytes of its own, for what waits longer */
	bool		 in_kept;	/* what waits is in kept, no longer in read_buf */
	unsigned char	*big;		/* a buffer in place of read_buf and kept; or NULL */
	size_t		 big_size;	/* how much of big a read may fill */
	unsigned int	 full_reads;	/* how many reads filled it, since big_size grew */
	size_t		 start, end;	/* of what waits in the buffer */
	bool		 urgent;	/* what waits is one byte of urgent data */
	bool		 ignore_urgent;	/* select() tells of urgent data, but there is nothing to */
					/* read yet: it would tell the same again at once */
	bool		 ended;		/* nothing more will be read */
	bool		 clean;		/* the source ended its stream itself: to be passed on */
	bool		 write_refused;	/* the other side takes nothing more, but still sends */
	bool		 shut;		/* nothing more will be written */
	bool		 fin_sent;	/* the end of the stream was passed on, by shutdown() */
};

/* Whether bytes wait for the other side. */
bool	flow_waits(const struct flow *f);

/*
 * Reads once; nothing may wait. A read ends before a byte of urgent data; when
 * that byte is next (exceptional: select() says that it may be), it is read
 * alone, and f->urgent is set (POSIX, sockatmark()).
 *
 * Returns the bytes read, 0 at the end of the stream, or -1 with errno. They
 * are at flow_data().
 */
ssize_t	flow_fill(struct flow *f, bool exceptional);

const unsigned char	*flow_data(const struct flow *f);

/*
 * Writes what waits, as far as the other side takes it. Returns 0, also when it
 * takes nothing now, or -1 with errno when it never will.
 */
int	flow_drain(struct flow *f);

/* Moves what waits to where it can stay while the other flow reads. */
void	flow_keep(struct flow *f);

/* Drops what waits; returns how many bytes that were. */
size_t	flow_drop(struct flow *f);

/*
 * To be called after a read of n bytes. If these filled the buffer, and nothing waits,
 * the next reads may be bigger, up to most bytes: at first FLOW_SECOND, and twice as much
 * after FLOW_FULL full reads, since to touch a page for the first time takes as long as
 * the page saves in many reads. Without memory all stays as it is.
 */
void	flow_grow(struct flow *f, size_t n, size_t most);

/* Whether the flow has a big buffer of its own. */
bool	flow_is_big(const struct flow *f);

/* Frees the big buffer, unless something waits in it. */
void	flow_shrink(struct flow *f);

#endif
