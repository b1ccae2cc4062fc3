/* endpoint.h - where to listen and connect: from words to addresses to sockets */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <sys/types.h>
#include <stdbool.h>

#include "diag.h"
#include "event.h"

/* One network protocol, as named after -p. */
struct protocol {
	const char	*name;
	int		 family;	/* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC for any IP */
	const char	*about;		/* its line in --help */
};

extern const struct protocol protocols[];	/* a NULL name ends it */

/* The protocol whose name is the len bytes at name, or NULL. */
const struct protocol	*protocol_find(const char *name, size_t len);

/* The addresses behind one end's host and service, each to be tried in turn. */
struct endpoint {
	const struct protocol	*protocol;
	struct peer		*address;	/* owned */
	size_t			 n;		/* of them: at least 1 */
};

enum endpoint_use { TO_LISTEN, TO_CONNECT };

/*
 * Looks up host and service: a port number or a TCP service name, a path for
 * AF_UNIX (which has no host). Host may be a name, an address, [an address] or,
 * TO_LISTEN, an interface's name; NULL is every address TO_LISTEN, the local
 * host TO_CONNECT. absolute: a relative path is made absolute now.
 *
 * May wait for name servers. 0, or -1 with why. Free with endpoint_free().
 */
int	endpoint_resolve(struct endpoint *ep, const struct protocol *protocol, const char *host,
	    const char *service, enum endpoint_use use, bool absolute, struct cause *why);
void	endpoint_free(struct endpoint *ep);

/* Whether the system has a TCP service of that name; reads local tables only. */
bool	endpoint_service_known(const char *name);

/* A socket that listens; path and inode are a Unix socket's, to remove it by. */
struct listener {
	int		fd;
	struct peer	where;
	dev_t		dev;
	ino_t		ino;
	int		inherits;	/* its options, by accepted sockets: 1, -1; 0 not yet known */
};

/*
 * Listens on every address of ep: fills list, which has room for ep->n, and
 * sets *n. With port 0 all get the same port from the kernel. An address family
 * this system lacks is passed over as long as another one is there.
 *
 * A stale Unix socket is replaced; a live one, or another kind of file, is an
 * error. All sockets are non-blocking, close-on-exec and below FD_SETSIZE.
 * 0, or -1 with why and nothing left open.
 */
int	endpoint_listen(const struct endpoint *ep, struct listener *list, size_t *n,
	    struct cause *why);

/*
 * Whether a connection to a comes to this listener: to its own address, to any of
 * this host's where it listens on all, or by another path to the same Unix socket.
 */
bool	listener_is(const struct listener *l, const struct peer *a);

/*
 * Accepts from a listener; fills who. Returns a descriptor or -1 with errno as of
 * accept(2). The descriptor is non-blocking, close-on-exec and below FD_SETSIZE; its
 * options are what the bridge needs: TCP_NODELAY (bytes go on as they came),
 * SO_KEEPALIVE (a vanished peer is found), SO_OOBINLINE (urgent bytes stay at their
 * place). The same holds for endpoint_connect().
 */
int	endpoint_accept(struct listener *l, struct peer *who);

/*
 * Closes it, once; l stays as it was. With remove, a Unix socket's path goes too,
 * if it is still ours. When it cannot be removed, that is a complaint.
 */
void	listener_close(struct listener *l, bool remove);

/*
 * Starts to connect to one address. Returns a descriptor as of accept, which
 * is writable when the attempt is over, or -1 with errno: EAGAIN when a Unix
 * socket's queue is full and it is worth trying again in a moment.
 */
int	endpoint_connect(const struct peer *a);

/*
 * How the attempt went: 0 or an errno value. ECONNRESET: there was a connection,
 * and it was reset before anything came. ECONNREFUSED also when it met itself, as a
 * connection to a port of this host that nobody listens on can. a: what was tried.
 */
int	endpoint_connected(int fd, const struct peer *a);

/* The sizes of a socket's buffers in bytes, as the system has them; 0 unknown. */
void	endpoint_buffers(int fd, int *receive, int *send);

/* Fills who from an address, with its text; len 0 is an unnamed Unix socket. */
void	endpoint_peer(struct peer *who, const struct sockaddr *addr, socklen_t len);

/*
 * Looks up the names of a peer, "host:service", escaped like peer.text; what
 * has no name stays a number. May take as long as name servers take.
 * Returns whether that says more than numbers: "localhost" alone does not.
 */
#define NAMES_TEXT	(4 * (1025 + 32) + 2)	/* NI_MAXHOST, NI_MAXSERV, escaped */
bool	endpoint_names(const struct peer *who, char text[NAMES_TEXT]);

#endif
