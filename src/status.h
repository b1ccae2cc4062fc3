/* status.h - the lines that answer SIGUSR1: what the program is doing
 *
 * Pure functions: what is known in, text out. The processes that know it are the
 * parent and each session.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef STATUS_H
#define STATUS_H

#include <stddef.h>
#include <stdint.h>
#include <time.h>

#include "buf.h"
#include "event.h"

/* What there was since the start. */
struct status_totals {
	unsigned long	sessions;	/* that have begun */
	unsigned long	unreached;	/* of those, without a server */
	unsigned long	crashed;
	unsigned long	refused;	/* clients that --allow does not name: no sessions */
	uintmax_t	bytes[SIDES];	/* received from that side */
	struct timespec	since;
};

/* "17 sessions (1 without a server, 0 crashed), 2 refused, 348 bytes from clients, ..." */
void	status_totals(const struct status_totals *t, struct buf *out);

/*
 * "status: 2 of 64 sessions open; " and the totals. silent: how many of the open sessions
 * were asked, and have not answered.
 */
void	status_parent(size_t open, uintmax_t max_open, size_t silent,
	    const struct status_totals *t, struct buf *out);

/*
 * How a session stands. What it waits for is the first of these that is so: a log; a side
 * that is being connected to; a side that takes what was read from the other; whoever
 * can still send, but not the one who has sent last.
 */
struct status_session {
	unsigned long		 session;
	const struct peer	*peer;		/* [SIDES] */
	struct timespec		 since;
	uintmax_t		 bytes[SIDES];	/* received from that side */
	long long		 idle_us;	/* since something came */

	const char		*log;		/* its name, not escaped; or NULL */
	bool			 connecting[SIDES];
	size_t			 untaken[SIDES];	/* bytes from that side, kept for the other */
	bool			 ended[SIDES];	/* nothing more comes from that side */
	bool			 spoken;	/* something has come, */
	enum side		 last;		/* the last of it from that side */
};

/* "session 3: waits for server, idle 3.201000 s, client 348 bytes, ..." */
void	status_session(const struct status_session *s, struct buf *out);

#endif
