/* event.h - what happens in a session: the one language between session,
 * relay, formats and outputs. Types only.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef EVENT_H
#define EVENT_H

#include <sys/socket.h>
#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <time.h>

/* The two ends of a session; also the direction of what that end has sent. */
enum side { CLIENT, SERVER, SIDES };

#define OTHER(side)	((side) == CLIENT ? SERVER : CLIENT)
#define SIDE_NAME(side)	((side) == CLIENT ? "client" : "server")

/*
 * One end's address, as the system has it and as people read it:
 * "127.0.0.1:25", "[::1]:25", "unix:/path", "unix:@name" without a file, "unix:" where unnamed.
 * The text is escaped: printable ASCII without blanks. len is 0 when unknown.
 */
#define PEER_TEXT	(sizeof("unix:") + 4 * 108)

struct peer {
	struct sockaddr_storage	addr;
	socklen_t		len;
	char			text[PEER_TEXT];
	bool			has_owner;	/* a Unix socket: it is known who connected, */
	pid_t			pid;		/* which process (0: not known, or not one here), */
	uid_t			uid;		/* and whose */
};

/* The bytes of one read from one side. They are borrowed, and hostile. */
struct chunk {
	enum side		 from;
	bool			 urgent;	/* TCP urgent data */
	const unsigned char	*data;
	size_t			 len;		/* bytes received */
	size_t			 shown;		/* the first of them, under --snap; else len */
	uintmax_t		 offset;	/* of data[0] in what that side has sent */
};

/* How a session ended, and what it carried. Indexed by the side that sent. */
struct ending {
	enum ending_how { END_CLOSED, END_RESET, END_LIMIT, END_TIMEOUT, END_SIGNAL } how;
	enum side	by;			/* END_CLOSED, END_RESET: who ended first */
	uintmax_t	bytes[SIDES];		/* received from that side */
	uintmax_t	undelivered[SIDES];	/* of those, what did not reach the other side */
	int		error;			/* END_RESET for another reason: errno value, or 0 */
	struct timespec	time;			/* CLOCK_REALTIME when that was decided */
};

/* What an output has lost so far in this session: "name lost bytes". */
struct loss {
	const char	*name;			/* not escaped: the user's own words */
	uintmax_t	 bytes;
};

enum event_type { EV_OPEN, EV_UNREACHED, EV_NAMES, EV_DATA, EV_END, EV_ERROR, EV_CLOSE };

/*
 * One thing that happened. Everything is borrowed for the length of a call.
 *
 * EV_OPEN	both sides are connected. It is the first event of a session,
 * EV_UNREACHED	or this: no server was found, text says why. Then it is the only
 *		one (peer[SERVER] is the last tried).
 * EV_NAMES	name[] holds "host:service" of each side, escaped like peer.text.
 *		Comes at most once, any time after EV_OPEN, from another process
 *		than the session's: with another copy of a format's memory.
 * EV_DATA	chunk.
 * EV_END	a side (from) has ended its stream in an orderly way.
 * EV_ERROR	something broke a connection; text says what.
 * EV_CLOSE	ending, and the losses of the outputs, if any.
 */
struct event {
	enum event_type		 type;
	unsigned long		 session;	/* from 1 */
	struct timespec		 time;		/* CLOCK_REALTIME */
	struct timespec		 arrived;	/* the time when the session began: its */
						/* client was accepted, or -c began to connect */
	long long		 connect_us;	/* from arrived to EV_OPEN; this and the next */
	long long		 open_us;	/* from EV_OPEN to now: by the monotonic clock */
	const struct peer	*peer;		/* [SIDES] */
	const char	 *const *name;		/* EV_NAMES: [SIDES] */
	const struct chunk	*chunk;		/* EV_DATA */
	enum side		 from;		/* EV_END */
	const char		*text;		/* EV_ERROR, EV_UNREACHED: one line, not escaped */
	int			 error;		/* the same: errno value, 0 where none is known */
	const struct ending	*ending;	/* EV_CLOSE */
	const struct loss	*loss;		/* EV_CLOSE: nloss of them */
	size_t			 nloss;
};

#endif
