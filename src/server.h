/* server.h - the parent: listens, forks a child for each session, and reaps it
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "allow.h"
#include "endpoint.h"
#include "listeners.h"
#include "log.h"
#include "options.h"
#include "session.h"
#include "timing.h"

struct server {
	const struct options	*opt;
	struct logs		*logs;
	struct endpoint		 ep[SIDES];
	struct endpoint		 source;	/* of --source: from where to the server; or none */
	struct allow		 allow;		/* of --allow: whose clients are served */
	struct listeners	 at;		/* where they come in */

	struct child {
		pid_t		 pid;
		unsigned long	 session;
	}			*child;		/* owned: processes of sessions that run */
	size_t			 open;		/* how many sessions run */
	unsigned long		 sessions;	/* how many have begun so far */

	int			 waiting[SIDES];	/* accepted, not yet in a session; or -1 */
	struct peer		 waiting_peer[SIDES];
	struct moment		 arrived;	/* when the client was accepted */
	unsigned int		 turns;		/* how often the loop went round */
	bool			 pause;		/* a system call failed: wait before accepting */
	bool			 complained;	/* the user was told that calls fail now */
	bool			 full_announced;	/* that a client waits for a place (-F) was told */
	bool			 retrying;	/* -c: the last session found nobody, and said so */
	bool			 names;		/* sessions look up the names of their peers */
	pid_t			 command;	/* of --run; 0: there is none, or it has ended */
	bool			 command_ended;	/* so no session begins any more */
	int			 command_status;	/* of wait(2) */
	bool			 sent_kill;	/* sessions were killed, so their deaths are no crashes */
	unsigned long		 unreached;	/* sessions that found no server */
	unsigned long		 crashed;	/* sessions whose process crashed */
	unsigned long		 refused;	/* clients that --allow does not name: no sessions */
	struct session_totals	*total;		/* of all sessions, which add to it */
	struct timespec		 since;		/* when it began to serve */
	long long		 status_ms;	/* when to say what it is doing; 0: nobody has asked */
	size_t			 asked;		/* sessions that were told to say it, too, */
	uintmax_t		 answers;	/* when there were so many answers of sessions */
	long long		 retry_ms;	/* -c: the pause before the next try; 0: none */
	long long		 next_ms;	/* -c: not before that time; 0: at once */
};

/* Looks up both sides, --source and --allow. 0, or -1 with why. */
int	server_resolve(struct server *sv, const struct options *opt, struct cause *why);

/* Opens the listening sockets, if there are any. 0, or -1 with why. */
int	server_listen(struct server *sv, struct cause *why);

/*
 * Serves until -m is reached, the command has ended or a signal says stop, and until all
 * sessions and the command have ended. 0, or -1 when -m counts on sessions that found no
 * server or crashed; all that there is to say was said.
 */
int	server_run(struct server *sv, struct logs *logs);

/* Closes the listening sockets; Unix sockets' paths go, too. Frees everything. */
void	server_close(struct server *sv);

#endif
