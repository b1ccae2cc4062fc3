/* relay.h - carries the bytes of one session between its two sides
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef RELAY_H
#define RELAY_H

#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define RELAY_MOST	((size_t)1 << 20)	/* a good read_max */

/* Where a relay stands. Indexed by the side that sends. */
struct relay_state {
	size_t		 untaken[SIDES];	/* bytes that were read, and not taken by the other side */
	bool		 ended[SIDES];		/* nothing more will be read */
};

struct relay {
	int		 fd[SIDES];	/* connected, non-blocking, below FD_SETSIZE */
	bool		 tcp[SIDES];	/* can be reset; a Unix socket cannot */
	bool		 dead[SIDES];	/* was reset already, before it sent anything */
	uintmax_t	 max_bytes;	/* end after the chunk that passes this; 0: never */
	long long	 idle_ms;	/* end when nothing moves for so long; 0: never */
	size_t		 read_max;	/* the most bytes of a read in a busy session */

	/* Called with each chunk, after it was forwarded as far as the other side takes it. */
	void		(*on_chunk)(void *arg, const struct chunk *c);
	/* Called when a side has ended its stream in an orderly way. */
	void		(*on_end)(void *arg, enum side from);
	/* Called when a busy session has been silent for a second: a time to free memory. */
	void		(*on_idle)(void *arg);
	/* Called when signals_status is set, which it has to clear. */
	void		(*on_status)(void *arg, const struct relay_state *state);
	void		*arg;
};

/*
 * Runs until both directions have ended, or a reset, a limit or SIGTERM ended
 * the session, and closes both descriptors in the way that fits: a reset on one
 * side becomes a reset on the other, after what came before it; and whatever else
 * ends the session is a reset for a side whose partner has not ended its stream.
 *
 * Fills e. Takes at most read_max bytes of memory for each direction, whatever the
 * peers do.
 */
void	relay_run(const struct relay *r, struct ending *e);

#endif
