/* session.h - the life of one session, in its own process
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SESSION_H
#define SESSION_H

#include "endpoint.h"
#include "event.h"
#include "log.h"
#include "options.h"
#include "timing.h"

/* What the parent is told by all sessions, in memory that they share. */
struct session_totals {
	uintmax_t	bytes[SIDES];	/* received from that side */
	uintmax_t	answers;	/* how often one has said how it stands */
};

struct session {
	const struct options	*opt;
	struct logs		*logs;
	const struct endpoint	*to;		/* [SIDES]: where to connect, if fd is -1 */
	const struct endpoint	*source;	/* from where to the server; none: from anywhere */
	unsigned long		 number;
	bool			 retrying;	/* the last session failed, too: that is said at -v only */
	bool			 names;		/* the names of the peers are looked up */
	struct moment		 arrived;	/* when it began */
	int			 fd[SIDES];	/* accepted, or -1: to be connected */
	bool			 dead[SIDES];	/* connected, but already reset by the peer */
	struct peer		 peer[SIDES];
	struct session_totals	*total;		/* to add to; may be NULL */
};

/* How a session's process exits; with another status it has crashed. */
enum session_exit {
	SESSION_DONE = 0,
	SESSION_UNREACHED = 3,	/* a side could not be reached */
	SESSION_EMPTY = 4	/* neither side has sent a byte */
};

/*
 * Connects what is to be connected, bridges, logs, and closes everything. Says how it stands
 * when signals_status is set.
 */
enum session_exit	session_run(struct session *s);

#endif
