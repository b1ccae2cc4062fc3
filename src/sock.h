/* sock.h - sockets: listening, accepting, connecting, looking, resetting
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SOCK_H
#define SOCK_H

#include <sys/types.h>
#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "endpoint.h"
#include "event.h"

/* A socket that listens; device and inode are those of a Unix socket's path, to remove it by. */
struct listener {
	int		fd;
	struct peer	where;
	dev_t		dev;
	ino_t		ino;
	bool		borrowed;	/* whoever has opened it keeps it, and its path */
	bool		both;		/* IPv6, and takes IPv4, too */
	int		inherits;	/* its options, by accepted sockets: 1, -1; 0 not yet known */
};

/*
 * Listens on every address of ep: fills list, which has room for ep->n, and
 * sets *n. With port 0 all get the same port from the kernel. An address family
 * this system lacks is passed over as long as another one is there.
 *
 * A stale Unix socket's path is replaced; a live one, or another kind of file, is an
 * error. All sockets are non-blocking, close-on-exec and below FD_SETSIZE.
 * 0, or -1 with why and nothing left open.
 */
int	sock_listen(const struct endpoint *ep, struct listener *list, size_t *n,
	    struct cause *why);

/*
 * Takes a socket that another program has opened, and keeps: a stream socket of IP or
 * Unix that listens. It becomes as of sock_listen(). 0, or -1 with why.
 */
int	sock_adopt(int fd, struct listener *l, struct cause *why);

/*
 * Whether a connection to a comes to this listener: to its own address, to any of
 * this host's where it listens on all, or by another path to the same Unix socket.
 */
bool	sock_is_own(const struct listener *l, const struct peer *a);

/*
 * Accepts from a listener; fills who, on a Unix socket also with its owner. Returns a
 * descriptor or -1 with errno as of accept(2). The descriptor is non-blocking, close-on-exec
 * and below FD_SETSIZE; its options are what the bridge needs: TCP_NODELAY (bytes go on as
 * they came), SO_KEEPALIVE (a vanished peer is found), SO_OOBINLINE (urgent bytes stay at
 * their place). The same holds for sock_connect().
 */
int	sock_accept(struct listener *l, struct peer *who);

/*
 * Closes it, once; l stays as it was. With remove, a Unix socket's path goes too, if it is
 * still ours, and not of a socket that was adopted. When it cannot be removed, that is a
 * complaint.
 */
void	sock_unlisten(struct listener *l, bool remove);

/*
 * Starts to connect to one address, from another one of this host, whose port does not
 * count; or from whichever the system takes (NULL). Returns a descriptor as of accept, which
 * is writable when the attempt is over, or -1 with errno: EAGAIN when a Unix
 * socket's queue is full and it is worth trying again in a moment.
 */
int	sock_connect(const struct peer *a, const struct peer *from);

/*
 * How the attempt went: 0 or an errno value. ECONNRESET: there was a connection,
 * and it was reset before anything came. ECONNREFUSED also when it met itself, as a
 * connection to a port of this host that nobody listens on can. a: what was tried.
 */
int	sock_connected(int fd, const struct peer *a);

/* The sizes of a socket's buffers in bytes, as the system has them; 0 unknown. */
void	sock_buffers(int fd, int *receive, int *send);

/* What the next read would find, without reading it. */
enum peek {
	PEEK_NOTHING,	/* nothing has come */
	PEEK_BYTES,
	PEEK_END,	/* the end of the stream */
	PEEK_DEAD	/* a reset or another error: errno, which the system then forgets */
};

enum peek	sock_peek(int fd);

/* Closes with a reset (RST), so that the peer knows that something is missing. */
void	sock_reset(int fd);

/*
 * Whether the close of fd is to be a reset, by whomever: also by the system, when
 * it ends the process. The sockets of a session are so until it ends in order.
 */
void	sock_abortive(int fd, bool on);

#endif
