/* server.h - the parent: listens, forks a child for each session, and reaps it */
#ifndef SERVER_H
#define SERVER_H

#include <stdbool.h>
#include <sys/types.h>

#include "endpoint.h"
#include "log.h"
#include "options.h"
#include "timing.h"

struct server {
	const struct options	*opt;
	struct logs		*logs;
	struct endpoint		 ep[SIDES];
	struct listener		*listener[SIDES];	/* owned, nlisteners each */
	size_t			 nlisteners[SIDES];

	struct child {
		pid_t		 pid;
		unsigned long	 session;
	}			*child;		/* owned: those that run */
	size_t			 open;		/* of them */
	unsigned long		 sessions;	/* begun so far */

	int			 waiting[SIDES];	/* arrived, not yet in a session; or -1 */
	struct peer		 who[SIDES];
	struct moment		 arrived;	/* when the client was accepted */
	unsigned int		 turns;		/* of the loop */
	bool			 pause;		/* something failed: rest before accepting */
	bool			 said;		/* and the user knows */
	bool			 full_said;	/* that somebody waits while -F sessions are open */
	bool			 retrying;	/* -c: the last try found nobody, which was said */
	unsigned long		 unreached, crashed;	/* sessions that found no server, that crashed */
	uintmax_t		*total;		/* [SIDES]: bytes of all sessions, which add to it */
	bool			 killing;	/* what dies now, dies of us */
	long long		 retry_ms;	/* -c: the pause before the next try; 0: none */
	long long		 next_ms;	/* -c: the time of it */
};

/* Looks up both sides. 0, or -1 with why. */
int	server_resolve(struct server *sv, const struct options *opt, struct cause *why);

/* Opens the listening sockets, if there are any. 0, or -1 with why. */
int	server_listen(struct server *sv, struct cause *why);

/* Says where it listens: a line for each socket. */
void	server_announce(const struct server *sv);

/*
 * Serves until -m is reached or a signal says stop, and until all sessions have
 * ended. Returns the exit status.
 */
int	server_run(struct server *sv, struct logs *logs);

/* Closes the listening sockets; Unix sockets' paths go, too. Frees everything. */
void	server_close(struct server *sv);

#endif
