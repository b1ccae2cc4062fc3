/* session.h - the life of one session, in its own process */
#ifndef SESSION_H
#define SESSION_H

#include "endpoint.h"
#include "event.h"
#include "log.h"
#include "options.h"
#include "timing.h"

struct session {
	const struct options	*opt;
	struct logs		*logs;
	const struct endpoint	*to;		/* [SIDES]: where to connect, if fd is -1 */
	unsigned long		 number;
	bool			 again;		/* a failure like the last one is not said again */
	struct moment		 arrived;	/* when it began */
	int			 fd[SIDES];	/* accepted, or -1: to be connected */
	bool			 dead[SIDES];	/* connected, and reset at once */
	struct peer		 peer[SIDES];
	uintmax_t		*total;		/* [SIDES]: add the bytes of the session; may be NULL */
};

/* How a session's process exits. */
enum session_exit {
	SESSION_DONE = 0,
	SESSION_EMPTY = 4,	/* neither side has sent a byte */
	SESSION_ALONE = 3	/* a side could not be reached */
};

/* Connects what is to be connected, bridges, logs, and closes everything. */
enum session_exit	session_run(struct session *s);

#endif
