/* flow.h - one direction of a session: bytes on their way from one side to the other */
#ifndef FLOW_H
#define FLOW_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "event.h"

#define FLOW_FIRST	((size_t)16 << 10)	/* bytes of a flow's first reads, */
#define FLOW_SECOND	((size_t)64 << 10)	/* of those after one that was full, */
#define FLOW_FULL	16			/* and so many before they double */

/*
 * A flow reads only when nothing waits in it. What was read stays until the
 * other side has taken it. The first five are the owner's to set; all else is 0.
 */
struct flow {
	enum side	 from;
	int		 in, out;
	unsigned char	*desk;		/* FLOW_FIRST bytes to read into, the same for both flows */
	unsigned char	*shelf;		/* FLOW_FIRST bytes of its own: what waits is moved there */
	bool		 shelved;	/* it was */
	unsigned char	*more;		/* a bigger buffer, in place of both; or NULL */
	size_t		 room;		/* of it, so much is used */
	unsigned int	 full;		/* reads that filled the room there was */
	size_t		 start, end;	/* of what waits in the buffer */
	bool		 urgent;	/* what waits is one byte of urgent data */
	bool		 deaf;		/* urgent, and reading does not clear it: don't ask */
	bool		 ended;		/* nothing more will be read */
	bool		 clean;		/* because its source said so: an end that may be passed on */
	bool		 refused;	/* the other side takes nothing, but still sends */
	bool		 shut;		/* nothing more will be written, */
	bool		 told;		/* and the other side's system knows */
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
 * After a read of n bytes: more room, up to most bytes, if it filled what there
 * was: at once to FLOW_SECOND; then twice as much each time that FLOW_FULL reads
 * did, since the first touch of a page takes as long as the page saves in many
 * reads. Without memory all stays as it is.
 */
void	flow_grow(struct flow *f, size_t n, size_t most);

/* Whether the flow holds a bigger buffer; and gives that back, if nothing waits. */
bool	flow_is_big(const struct flow *f);
void	flow_shrink(struct flow *f);

#endif
