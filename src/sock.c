/* sock.c - sockets: listening, accepting, connecting, looking, resetting
 *
 * Runs in: parent (listens, accepts), session (connects). The only room that makes
 * sockets. Says nothing but that a Unix socket's path could not be removed.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_FLOCK
# include <sys/file.h>
#endif
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "sock.h"

#ifdef SOCK_NONBLOCK
# define BORN_SO	(SOCK_NONBLOCK | SOCK_CLOEXEC)
#else
# define BORN_SO	0
#endif

#define LOCK_TRIES	100	/* for the lock on a Unix socket's folder, each after */
#define LOCK_WAIT_MS	10
#define STALE_TRIES	3	/* until a Unix socket counts as stale, each after */
#define STALE_WAIT_MS	20
#define SAME_PORT_TRIES	32	/* to find a port that is free on every address */

static int
close_failed(int fd)
{
	int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
	return -1;
}

/*
 * Makes fd what every descriptor of ours is: below FD_SETSIZE, where select() would
 * write out of bounds, and, unless it was born so, non-blocking and close-on-exec.
 * Returns it, or -1 with errno, having closed it.
 */
static int
sock_prepare(int fd, bool born_so)
{
	if (fd == -1)
		return -1;
	if (fd >= FD_SETSIZE)
		errno = EMFILE;
	else if (born_so || (fcntl(fd, F_SETFD, FD_CLOEXEC) != -1 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) != -1))
		return fd;
	return close_failed(fd);
}

static int
sock_new(const struct peer *a)
{
	return sock_prepare(socket(a->addr.ss_family, SOCK_STREAM | BORN_SO, 0), BORN_SO != 0);
}

static void
wait_ms(long ms)
{
	struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

/*
 * Whether somebody listens on a Unix socket; -1 with errno when that cannot be told.
 * Asked more than once: a full queue refuses, too, on some systems, and so does a
 * socket between its bind(2) and its listen(2).
 */
static int
unix_alive(const struct peer *a)
{
	int tries, fd, refused = 1;

	for (tries = 0; tries < STALE_TRIES && refused; tries++) {
		if (tries > 0)
			wait_ms(STALE_WAIT_MS);
		if ((fd = sock_new(a)) == -1)
			return -1;
		refused = connect(fd, (const struct sockaddr *)&a->addr, a->len) == -1 &&
		    errno == ECONNREFUSED;
		close(fd);
	}
	return !refused;
}

/* Removes a Unix socket that nobody listens on; -1 with errno when it must stay. */
static int
remove_stale(const struct peer *a)
{
	const char *path = address_path(a);
	struct stat st;
	int alive;

	if (lstat(path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if ((alive = unix_alive(a)) == 0)
		return unlink(path);
	if (alive == 1)
		errno = EADDRINUSE;
	return -1;
}

/*
 * Several starts at once must not take each other's fresh socket for the stale one
 * that they all saw: who replaces a socket holds a lock on its folder meanwhile. It
 * leaves no file behind, and ends with its process. Whoever else may hold the lock
 * (any reader of the folder can) is waited for a second, no longer. Returns a
 * descriptor to close, or -1: there is no lock.
 */
static int
lock_folder(const struct peer *a)
{
#ifdef HAVE_FLOCK
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	char *slash;
	int fd, tries;

	if (address_path(a) == NULL)
		return -1;
	snprintf(path, sizeof(path), "%s", address_path(a));
	if ((slash = strrchr(path, '/')) == NULL)
		strcpy(path, ".");
	else
		slash[slash == path] = '\0';
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	for (tries = 0; flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK &&
	    tries < LOCK_TRIES; tries++)
		wait_ms(LOCK_WAIT_MS);
	return fd;
#else
	(void)a;
	return -1;
#endif
}

/* The rules for each family before bind(2). */
static int
before_bind(int fd, const struct peer *a)
{
	int on = 1;

	if (a->addr.ss_family == AF_UNIX)
		return address_path(a) != NULL ? remove_stale(a) : 0;
	if (a->addr.ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1)
		return -1;
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

/* Options of every socket that the bridge reads and writes. */
static const struct {
	int	level, name;
	bool	ip;		/* TCP only */
} tuned[] = {
	{ SOL_SOCKET, SO_OOBINLINE, false },
	{ IPPROTO_TCP, TCP_NODELAY, true },
	{ SOL_SOCKET, SO_KEEPALIVE, true },
};

#define TUNED	(sizeof(tuned) / sizeof(tuned[0]))

static void
tune(int fd, const struct peer *who)
{
	bool ip = who->addr.ss_family == AF_INET || who->addr.ss_family == AF_INET6;
	int on = 1;
	size_t i;

	for (i = 0; i < TUNED; i++)
		if (ip || !tuned[i].ip)
			setsockopt(fd, tuned[i].level, tuned[i].name, &on, sizeof(on));
}

/* Whether an accepted socket has these options from its listener, as on Linux those of TCP have. */
static bool
is_tuned(int fd, const struct peer *listener)
{
	bool ip = listener->addr.ss_family != AF_UNIX;
	socklen_t len;
	size_t i;
	int on;

	for (i = 0; i < TUNED; i++) {
		len = sizeof(on);
		on = 0;
		if ((ip || !tuned[i].ip) && (getsockopt(fd, tuned[i].level, tuned[i].name,
		    &on, &len) == -1 || on == 0))
			return false;
	}
	return true;
}

/* Fills l->where with the address as bound, and a Unix socket's inode. */
static int
note_where(struct listener *l)
{
	struct sockaddr_storage addr;
	const char *path;
	socklen_t len = sizeof(addr);
	struct stat st;

	memset(&addr, 0, sizeof(addr));
	if (getsockname(l->fd, (struct sockaddr *)&addr, &len) == -1)
		return -1;
	address_set(&l->where, (struct sockaddr *)&addr, len);
	if ((path = address_path(&l->where)) != NULL) {
		if (lstat(path, &st) == -1)
			return l->borrowed ? 0 : -1;	/* which may be gone */
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return 0;
}

static int
listen_on(const struct peer *a, struct listener *l)
{
	int lock = lock_folder(a), error = -1;

	memset(l, 0, sizeof(*l));
	if ((l->fd = sock_new(a)) != -1) {
		tune(l->fd, a);	/* accepted sockets inherit it, see sock_accept() */
		if (before_bind(l->fd, a) == -1 ||
		    bind(l->fd, (const struct sockaddr *)&a->addr, a->len) == -1 ||
		    listen(l->fd, SOMAXCONN) == -1 || note_where(l) == -1)
			close_failed(l->fd);
		else
			error = 0;
	}
	if (lock != -1)
		close_failed(lock);
	return error;
}

/* Who may listen on a port below 1024. */
#ifdef __linux__
# define LOW_PORT "start as root with -u nobody, with CAP_NET_BIND_SERVICE, " \
	"or lower net.ipv4.ip_unprivileged_port_start"
#else
# define LOW_PORT "ports below 1024 are for root: start as root with -u nobody"
#endif

static void
listen_failed(const struct peer *a, struct cause *why)
{
	struct sockaddr_storage addr = a->addr;
	const in_port_t *port = address_port(&addr);
	int saved = errno;

	if (errno == EEXIST)
		cause_set(why, "cannot listen on %s: a file that is not a socket is there",
		    a->text);
	else if (errno == EACCES && port != NULL && ntohs(*port) < IPPORT_RESERVED)
		cause_set(why, "cannot listen on %s: %s: " LOW_PORT, a->text, strerror(saved));
	else
		cause_errno(why, "cannot listen on", a->text);
	errno = saved;
}

static bool
family_missing(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == EADDRNOTAVAIL;
}

/* Once through all addresses; -1 with errno and why, having closed all. */
static int
listen_all(const struct endpoint *ep, struct listener *list, size_t *n, struct cause *why)
{
	in_port_t *port, chosen = 0;
	struct peer a;
	size_t i;
	int saved;

	*n = 0;
	for (i = 0; i < ep->n; i++) {
		a = ep->address[i];
		if ((port = address_port(&a.addr)) != NULL && *port == 0)
			*port = chosen;
		if (listen_on(&a, &list[*n]) == 0) {
			if ((port = address_port(&list[*n].where.addr)) != NULL)
				chosen = *port;
			(*n)++;
			continue;
		}
		listen_failed(&a, why);
		if (family_missing(errno) && ep->protocol->family == AF_UNSPEC)
			continue;
		saved = errno;
		while (*n > 0)
			sock_unlisten(&list[--*n], true);
		errno = saved;
		return -1;
	}
	return *n > 0 ? 0 : -1;
}

int
sock_listen(const struct endpoint *ep, struct listener *list, size_t *n, struct cause *why)
{
	struct sockaddr_storage first = ep->address[0].addr;
	in_port_t *port = address_port(&first);
	int tries = ep->n > 1 && port != NULL && *port == 0 ? SAME_PORT_TRIES : 1;

	while (listen_all(ep, list, n, why) == -1)
		if (errno != EADDRINUSE || --tries == 0)
			return -1;
	return 0;
}

/* Whether fd is a stream socket that listens. */
static bool
is_listening(int fd)
{
	socklen_t len = sizeof(int);
	int type, accepts;

	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == -1)
		return false;
	len = sizeof(accepts);
	return type == SOCK_STREAM && getsockopt(fd, SOL_SOCKET, SO_ACCEPTCONN, &accepts, &len) == 0 &&
	    accepts != 0;
}

/* Whether a listener of IPv6 takes connections of IPv4, too. */
static bool
is_both(int fd)
{
	socklen_t len = sizeof(int);
	int only;

	return getsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &only, &len) == 0 && only == 0;
}

static bool
is_of_known_family(const struct peer *a)
{
	int family = a->addr.ss_family;

	return family == AF_INET || family == AF_INET6 || family == AF_UNIX;
}

int
sock_adopt(int fd, struct listener *l, struct cause *why)
{
	memset(l, 0, sizeof(*l));
	l->borrowed = true;
	if (!is_listening(fd))
		return cause_set(why, "LISTEN_FDS: descriptor %d is not a stream socket that listens", fd);
	if ((l->fd = sock_prepare(fd, false)) == -1 || note_where(l) == -1)
		return cause_set(why, "LISTEN_FDS: descriptor %d: %s", fd, strerror(errno));
	if (!is_of_known_family(&l->where))
		return cause_set(why, "LISTEN_FDS: descriptor %d is neither TCP nor a Unix socket", fd);
	l->both = l->where.addr.ss_family == AF_INET6 && is_both(fd);
	tune(fd, &l->where);
	return 0;
}

void
sock_unlisten(struct listener *l, bool remove)
{
	const char *path = address_path(&l->where);
	struct stat st;

	/* The path goes before the socket, while nobody takes it for stale and replaces it. */
	if (remove && !l->borrowed && path != NULL && (lstat(path, &st) == -1 ? errno != ENOENT :
	    st.st_dev == l->dev && st.st_ino == l->ino && unlink(path) == -1))
		complain("%s: cannot be removed: %s", l->where.text, strerror(errno));
	close(l->fd);
}

/* Who is behind a Unix socket, as the system has known since its connect(2). */
static void
note_owner(int fd, struct peer *who)
{
#ifdef HAVE_STRUCT_UCRED_PID
	struct ucred owner;
	socklen_t len = sizeof(owner);

	who->has_owner = getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &owner, &len) == 0;
	if (who->has_owner) {
		who->pid = owner.pid;
		who->uid = owner.uid;
	}
#elif defined(HAVE_GETPEEREID)
	gid_t ignored;

	who->has_owner = getpeereid(fd, &who->uid, &ignored) == 0;
#else
	(void)fd, (void)who;
#endif
}

int
sock_accept(struct listener *l, struct peer *who)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd;

	memset(&addr, 0, sizeof(addr));
#ifdef HAVE_ACCEPT4
	fd = sock_prepare(accept4(l->fd, (struct sockaddr *)&addr, &len, BORN_SO), true);
#else
	fd = sock_prepare(accept(l->fd, (struct sockaddr *)&addr, &len), false);
#endif
	if (fd == -1)
		return -1;
	if (l->both) {
		addr = address_reached(&addr);	/* IPv4 is written as such */
		len = addr.ss_family == AF_INET ? sizeof(struct sockaddr_in) : len;
	}
	address_set(who, (struct sockaddr *)&addr, len);
	if (l->where.addr.ss_family == AF_UNIX)
		note_owner(fd, who);
	if (l->inherits == 0)
		l->inherits = is_tuned(fd, &l->where) ? 1 : -1;
	if (l->inherits == -1)
		tune(fd, &l->where);
	return fd;
}

/* Where it can be, connect(2) chooses the port: connections to other places may have it, too. */
static int
bind_source(int fd, const struct peer *from)
{
#if HAVE_DECL_IP_BIND_ADDRESS_NO_PORT
	int on = 1;

	setsockopt(fd, IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof(on));
#endif
	return bind(fd, (const struct sockaddr *)&from->addr, from->len);
}

int
sock_connect(const struct peer *a, const struct peer *from)
{
	int fd = sock_new(a);

	if (fd == -1)
		return -1;
	tune(fd, a);
	if (from != NULL && bind_source(fd, from) == -1)
		return close_failed(fd);
	if (connect(fd, (const struct sockaddr *)&a->addr, a->len) == -1 &&
	    errno != EINPROGRESS && errno != EINTR)
		return close_failed(fd);
	return fd;
}

/* Whether fd is connected to itself: its own port was the one that it tried. */
static bool
is_connected_to_itself(int fd, const struct peer *a)
{
	struct sockaddr_storage tried = a->addr, own, other;
	const in_port_t *port = address_port(&tried), *own_port;
	socklen_t len = sizeof(own), other_len = sizeof(other);

	memset(&own, 0, sizeof(own));
	memset(&other, 0, sizeof(other));
	if (port == NULL || getsockname(fd, (struct sockaddr *)&own, &len) == -1 ||
	    (own_port = address_port(&own)) == NULL || *own_port != *port)
		return false;
	return getpeername(fd, (struct sockaddr *)&other, &other_len) == 0 &&
	    other_len == len && memcmp(&own, &other, len) == 0;
}

enum peek
sock_peek(int fd)
{
	char byte;
	ssize_t n = recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT);

	if (n == -1)
		return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR ? PEEK_NOTHING :
		    PEEK_DEAD;
	return n == 0 ? PEEK_END : PEEK_BYTES;
}

int
sock_connected(int fd, const struct peer *a)
{
	if (is_connected_to_itself(fd, a))
		return ECONNREFUSED;
	/* Not by SO_ERROR: that of a reset would hide what can still be read before it. */
	return sock_peek(fd) == PEEK_DEAD ? errno : 0;
}

void
sock_buffers(int fd, int *receive, int *send)
{
	socklen_t len = sizeof(*receive);

	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, receive, &len) == -1)
		*receive = 0;
	len = sizeof(*send);
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, send, &len) == -1)
		*send = 0;
}

/* Whether an IP address is one of this host: one that a socket can be bound to. */
static bool
is_of_this_host(struct sockaddr_storage addr)
{
	socklen_t len = addr.ss_family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	int fd = socket(addr.ss_family, SOCK_STREAM, 0);
	bool bound;

	if (fd == -1)
		return false;
	*address_port(&addr) = 0;
	bound = bind(fd, (struct sockaddr *)&addr, len) == 0;
	close(fd);
	return bound;
}

bool
sock_is_own(const struct listener *l, const struct peer *a)
{
	struct sockaddr_storage here = l->where.addr, to;
	const char *path = address_path(a);
	struct stat st;

	if (path != NULL)
		return address_path(&l->where) != NULL && stat(path, &st) == 0 &&
		    st.st_dev == l->dev && st.st_ino == l->ino;
	if (here.ss_family == AF_UNIX || a->addr.ss_family == AF_UNIX)	/* all bytes of a name count */
		return l->where.len == a->len && memcmp(&here, &a->addr, a->len) == 0;
	to = address_reached(&a->addr);
	if (*address_port(&to) != *address_port(&here))
		return false;
	if (address_is_wildcard(&here))
		return (to.ss_family == here.ss_family || l->both) && is_of_this_host(to);
	here = address_reached(&here);	/* an IPv4 address that is written as IPv6 */
	return to.ss_family == here.ss_family && address_same_host(&here, &to);
}

void
sock_abortive(int fd, bool on)
{
	struct linger now = { .l_onoff = on, .l_linger = 0 };

	setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
}

void
sock_reset(int fd)
{
	sock_abortive(fd, true);
	close(fd);
}
