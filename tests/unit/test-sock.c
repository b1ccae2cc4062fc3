/* test-sock.c - listening, accepting, connecting, looking, resetting
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "sock.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Calls that can be made to do otherwise, where the linker knows --wrap */

static int	bind_error;		/* what bind(2) fails with */
static int	refusals;		/* connect(2) says ECONNREFUSED so many times */
static int	connects;		/* that were asked for */
static bool	no_inheritance;		/* accepted sockets have the system's own options */
static int	set_options;		/* calls of setsockopt(2) */
static char	complained[600];

#ifdef WRAPPED
int	__real_bind(int fd, const struct sockaddr *addr, socklen_t len);
int	__wrap_bind(int fd, const struct sockaddr *addr, socklen_t len);
int	__real_connect(int fd, const struct sockaddr *addr, socklen_t len);
int	__wrap_connect(int fd, const struct sockaddr *addr, socklen_t len);
int	__real_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int	__wrap_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int	__real_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
int	__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
void	__wrap_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

int
__wrap_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	if (bind_error == 0)
		return __real_bind(fd, addr, len);
	errno = bind_error;
	return -1;
}

int
__wrap_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	connects++;
	if (refusals == 0)
		return __real_connect(fd, addr, len);
	refusals--;
	errno = ECONNREFUSED;
	return -1;
}

int
__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	set_options++;
	return __real_setsockopt(fd, level, name, value, len);
}

int
__wrap_accept4(int listener, struct sockaddr *addr, socklen_t *len, int flags)
{
	int fd = __real_accept4(listener, addr, len, flags), off = 0;

	if (fd != -1 && no_inheritance) {
		__real_setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &off, sizeof(off));
		__real_setsockopt(fd, SOL_SOCKET, SO_OOBINLINE, &off, sizeof(off));
		__real_setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &off, sizeof(off));
	}
	return fd;
}

void
__wrap_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(complained, sizeof(complained), fmt, ap);
	va_end(ap);
}
#endif

/* Sockets */

static char	dir[] = "/tmp/test-sock.XXXXXX";

static bool
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int on = 0;

	return getsockopt(fd, level, name, &on, &len) == 0 && on != 0;
}

/* What holds for every descriptor that it gives. */
static void
check_descriptor(int fd, bool tcp, const char *title)
{
	CHECK(fcntl(fd, F_GETFD) == FD_CLOEXEC, "%s: not close-on-exec", title);
	CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, "%s: blocks", title);
	CHECK(fd < FD_SETSIZE, "%s: %d", title, fd);
	CHECK(!tcp || option(fd, IPPROTO_TCP, TCP_NODELAY), "%s: no TCP_NODELAY", title);
	CHECK(!tcp || option(fd, SOL_SOCKET, SO_KEEPALIVE), "%s: no SO_KEEPALIVE", title);
	CHECK(!tcp || option(fd, SOL_SOCKET, SO_OOBINLINE), "%s: no SO_OOBINLINE", title);
}

static int
listen_at(const char *protocol, const char *host, const char *service, struct listener list[4],
    size_t *n, struct cause *why)
{
	struct endpoint ep;
	int error;

	why->text[0] = '\0';
	if (endpoint_resolve(&ep, protocol_find(protocol, strlen(protocol)), host, service,
	    TO_LISTEN, false, why) == -1)
		return -2;
	error = ep.n <= 4 ? sock_listen(&ep, list, n, why) : -2;
	endpoint_free(&ep);
	return error;
}

static void
wait_for(int fd, bool write)
{
	struct timeval most = { 20, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(fd, &set);
	CHECK(select(fd + 1, write ? NULL : &set, write ? &set : NULL, NULL, &most) == 1, "waiting");
}

/* A client of ours comes to l: checks both ends. */
static void
check_connection(struct listener *l, const char *title)
{
	bool tcp = l->where.addr.ss_family != AF_UNIX;
	struct peer who;
	int client = sock_connect(&l->where, NULL), server, receive = -1, send = -1;

	CHECK(client != -1, "%s: %s", title, strerror(errno));
	wait_for(client, true);
	CHECK(sock_connected(client, &l->where) == 0, "%s", title);
	wait_for(l->fd, false);
	server = sock_accept(l, &who);
	CHECK(server != -1, "%s: %s", title, strerror(errno));
	check_descriptor(client, tcp, title);
	check_descriptor(server, tcp, title);
	CHECK(option(client, SOL_SOCKET, SO_OOBINLINE), "%s: no SO_OOBINLINE", title);
	CHECK(option(server, SOL_SOCKET, SO_OOBINLINE), "%s: no SO_OOBINLINE", title);
	CHECK(strncmp(who.text, tcp ? (l->where.addr.ss_family == AF_INET ? "127.0.0.1:" : "[::1]:") :
	    "unix:", 5) == 0, "%s: %s", title, who.text);
#ifdef HAVE_STRUCT_UCRED_PID
	CHECK(who.has_owner == !tcp, "%s: has an owner: %d", title, who.has_owner);
	CHECK(tcp || (who.pid == getpid() && who.uid == geteuid()), "%s: %ld, %ld", title,
	    (long)who.pid, (long)who.uid);
#endif
	sock_buffers(client, &receive, &send);
	CHECK(receive > 0 && send > 0, "%s: %d, %d", title, receive, send);
	sock_buffers(l->fd + 1000, &receive, &send);
	CHECK(receive == 0 && send == 0, "%s: %d, %d", title, receive, send);
	close(client);
	close(server);
}

static void
check_tcp(const char *protocol, const char *host)
{
	struct listener list[4];
	struct cause why;
	size_t n;
	int i, before;

	if (listen_at(protocol, host, "0", list, &n, &why) != 0) {
		CHECK(strcmp(protocol, "tcp6") == 0, "%s", why.text);	/* a host without IPv6 */
		return;
	}
	CHECK(n == 1, "%zu", n);
	check_descriptor(list[0].fd, true, "a listener");
	CHECK(option(list[0].fd, SOL_SOCKET, SO_REUSEADDR), "no SO_REUSEADDR");
	CHECK(list[0].where.addr.ss_family != AF_INET6 ||
	    option(list[0].fd, IPPROTO_IPV6, IPV6_V6ONLY), "no IPV6_V6ONLY");
	for (i = 0; i < 4; i++) {
		no_inheritance = i >= 2;
		if (i == 2)
			list[0].inherits = 0;
		before = set_options;
		check_connection(&list[0], protocol);
#if defined(WRAPPED) && defined(__linux__) && defined(HAVE_ACCEPT4)
		CHECK(set_options - before == (i >= 2 ? 6 : 3), "%d options set", set_options - before);
#else
		(void)before;
#endif
	}
	no_inheritance = false;
	sock_unlisten(&list[0], true);
	CHECK(fcntl(list[0].fd, F_GETFD) == -1, "it is open");
}

/* With port 0, all addresses have the same port; nothing stays open after a failure. */
static void
check_all_addresses(void)
{
	struct listener list[4], again[4];
	struct cause why;
	char port[8];
	size_t n, m, i;
	const char *at;

	if (listen_at("any", NULL, "0", list, &n, &why) != 0)
		return;
	at = strrchr(list[0].where.text, ':');
	for (i = 0; i < n; i++)
		CHECK_TEXT(strrchr(list[i].where.text, ':'), at, "the same port");
	snprintf(port, sizeof(port), "%s", at + 1);
	CHECK(listen_at("any", NULL, port, again, &m, &why) == -1, "a port that is taken");
	CHECK(strncmp(why.text, "cannot listen on ", 17) == 0, "%s", why.text);
	for (i = 0; i < n; i++)
		sock_unlisten(&list[i], true);
	CHECK(listen_at("any", NULL, port, again, &m, &why) == 0 && m == n, "%s", why.text);
	for (i = 0; i < m; i++)
		sock_unlisten(&again[i], true);
}

static void
check_refused(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	socklen_t len = sizeof(in);
	struct peer a;
	int fd, own = socket(AF_INET, SOCK_STREAM, 0);

	in.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	CHECK(bind(own, (struct sockaddr *)&in, sizeof(in)) == 0, "bind");
	CHECK(getsockname(own, (struct sockaddr *)&in, &len) == 0, "getsockname");
	address_set(&a, (struct sockaddr *)&in, sizeof(in));
	if ((fd = sock_connect(&a, NULL)) != -1) {
		wait_for(fd, true);
		CHECK(sock_connected(fd, &a) == ECONNREFUSED, "nobody listens");
		close(fd);
	}
	/* It tries the port that it has itself: TCP lets the two ends of one socket meet. */
	if (connect(own, (struct sockaddr *)&in, sizeof(in)) == 0)
		CHECK(sock_connected(own, &a) == ECONNREFUSED, "it is connected to itself");
	in.sin_addr.s_addr = htonl(INADDR_ANY);
	address_set(&a, (struct sockaddr *)&in, sizeof(in));
	CHECK(sock_connected(own, &a) == ECONNREFUSED, "by the wildcard address");
	close(own);
}

static void
check_fd_setsize(void)
{
	struct listener list[4];
	struct cause why, want;
	size_t n;
	int fd[FD_SETSIZE], i, highest = 0;

	for (i = 0; i < FD_SETSIZE && (fd[i] = dup(0)) != -1; i++)
		highest = fd[i];
	if (highest >= FD_SETSIZE - 1) {
		CHECK(listen_at("tcp", "127.0.0.1", "0", list, &n, &why) == -1, "%d", list[0].fd);
		cause_set(&want, "cannot listen on 127.0.0.1:0: %s", strerror(EMFILE));
		CHECK_TEXT(why.text, want.text, "why");
		CHECK(fcntl(highest + 1, F_GETFD) == -1, "it stays open");
	}
	while (i > 0)
		close(fd[--i]);
}

/* Unix sockets, and what may be in their way */

static void
check_unix(void)
{
	struct listener list[4], next[4];
	struct cause why;
	struct stat st;
	char path[100], want[200];
	size_t n;
	int fd;

	snprintf(path, sizeof(path), "%s/s", dir);
	CHECK(listen_at("unix", NULL, path, list, &n, &why) == 0, "%s", why.text);
	check_descriptor(list[0].fd, false, "unix");
	check_connection(&list[0], "unix");
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == -1, "two listen on one path");
	snprintf(want, sizeof(want), "cannot listen on unix:%s: %s", path, strerror(EADDRINUSE));
	CHECK_TEXT(why.text, want, "a live one");
#ifdef WRAPPED
	refusals = 2;		/* as where its queue is full */
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == -1, "a busy one is replaced");
	refusals = 0;
#endif
	sock_unlisten(&list[0], false);
	CHECK(lstat(path, &st) == 0, "a session removes the path");
	connects = 0;
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == 0, "stale: %s", why.text);
	list[0].where = next[0].where;
	list[0].fd = dup(next[0].fd);
	list[0].dev = next[0].dev;
	list[0].ino = next[0].ino + 1;
	sock_unlisten(&list[0], true);
	CHECK(lstat(path, &st) == 0, "somebody else's path is removed");
	list[0].fd = dup(next[0].fd);
	list[0].dev = next[0].dev + 1;
	list[0].ino = next[0].ino;
	sock_unlisten(&list[0], true);
	CHECK(lstat(path, &st) == 0, "somebody else's path is removed");
	sock_unlisten(&next[0], true);
	CHECK(lstat(path, &st) == -1, "the path stays");
	fd = open(path, O_WRONLY | O_CREAT, 0600);
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == -1, "a file is replaced");
	snprintf(want, sizeof(want), "cannot listen on unix:%s: a file that is not a socket is there",
	    path);
	CHECK_TEXT(why.text, want, "a file");
	CHECK(lstat(path, &st) == 0 && S_ISREG(st.st_mode), "the file is gone");
	close(fd);
	unlink(path);
	snprintf(path, sizeof(path), "%s/none/s", dir);
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == -1, "no folder");
}

#ifdef WRAPPED
/* A path that can no longer be removed is said. */
static void
check_not_removed(void)
{
	struct listener list[4];
	struct cause why;
	char path[100], away[100], want[200];
	size_t n;

	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(away, sizeof(away), "%s/away", dir);
	CHECK(listen_at("unix", NULL, path, list, &n, &why) == 0, "%s", why.text);
	complained[0] = '\0';
	if (geteuid() == 0 && seteuid(65534) == 0) {
		sock_unlisten(&list[0], true);
		if (seteuid(0) == -1)
			abort();
		snprintf(want, sizeof(want), "unix:%s: cannot be removed: %s", path, strerror(EACCES));
		CHECK_TEXT(complained, want, "a complaint");
		unlink(path);
	} else {
		sock_unlisten(&list[0], true);
		CHECK_TEXT(complained, "", "nothing to say");
	}
}

static void
check_messages(void)
{
	struct listener list[4];
	struct cause why, want;
	size_t n;

	bind_error = EACCES;
	CHECK(listen_at("tcp", "127.0.0.1", "1023", list, &n, &why) == -1, "bind");
	CHECK(strstr(why.text, "Permission denied: ") != NULL && strstr(why.text, "-u nobody") != NULL,
	    "%s", why.text);
	CHECK(listen_at("tcp", "127.0.0.1", "1024", list, &n, &why) == -1, "bind");
	CHECK_TEXT(why.text, "cannot listen on 127.0.0.1:1024: Permission denied", "1024");
	bind_error = EADDRNOTAVAIL;
	CHECK(listen_at("any", "127.0.0.1", "0", list, &n, &why) == -1, "no address is left");
	CHECK(listen_at("tcp", "127.0.0.1", "1023", list, &n, &why) == -1, "bind");
	cause_set(&want, "cannot listen on 127.0.0.1:1023: %s", strerror(EADDRNOTAVAIL));
	CHECK_TEXT(why.text, want.text, "");
	bind_error = 0;
}
#endif

/* Starts at once on one stale path: one listens. */
#ifdef HAVE_FLOCK
static void
check_at_once(void)
{
	enum { STARTS = 6, ROUNDS = 10 };
	struct listener list[4];
	struct cause why;
	char path[100], byte;
	size_t n;
	int go[2], round, i, status, listening;

	snprintf(path, sizeof(path), "%s/once", dir);
	for (round = 0; round < ROUNDS; round++) {
		CHECK(listen_at("unix", NULL, path, list, &n, &why) == 0, "%s", why.text);
		sock_unlisten(&list[0], false);
		CHECK(pipe(go) == 0, "pipe");
		for (i = 0; i < STARTS; i++)
			if (fork() == 0) {
				close(go[1]);
				if (read(go[0], &byte, 1) == -1)
					_exit(3);
				if (listen_at("unix", NULL, path, list, &n, &why) == -1)
					_exit(0);
				/* Until nobody tries any more, it is live. */
				for (i = 0; i < 40; i++)
					select(0, NULL, NULL, NULL, &(struct timeval){ 0, 5000 });
				_exit(1);
			}
		close(go[0]);
		close(go[1]);
		for (listening = i = 0; i < STARTS; i++)
			if (wait(&status) > 0)
				listening += WEXITSTATUS(status);
		CHECK(listening == 1, "round %d: %d listen", round, listening);
		unlink(path);
	}
}
#endif

/* Its own listener */

static const struct {
	const char	*protocol, *listener, *to_protocol, *to;
	int		 off;		/* of the port */
	bool		 own;
} own_rows[] = {
	{ "tcp", "127.0.0.1", "tcp", "127.0.0.1", 0, true },
	{ "tcp", "127.0.0.1", "any", "127.0.0.1", 0, true },
	{ "tcp", "127.0.0.1", "tcp", "127.0.0.1", 1, false },
	{ "tcp", "127.0.0.1", "tcp", "192.0.2.1", 0, false },
	{ "tcp", "127.0.0.1", "tcp", "0.0.0.0", 0, true },
	{ "tcp", NULL, "tcp", "127.0.0.1", 0, true },
	{ "tcp", NULL, "tcp", "127.0.0.1", 1, false },
	{ "tcp", NULL, "tcp", "0.0.0.0", 0, true },
	{ "tcp", NULL, "tcp", "192.0.2.1", 0, false },	/* another host's */
	{ "tcp", NULL, "tcp6", "::1", 0, false },
	{ "tcp", NULL, "tcp6", "::ffff:127.0.0.1", 0, true },
	{ "tcp", "127.0.0.1", "tcp6", "::ffff:127.0.0.1", 0, true },
	{ "tcp6", NULL, "tcp6", "::1", 0, true },
	{ "tcp6", NULL, "tcp6", "::", 0, true },
	{ "tcp6", NULL, "tcp6", "2001:db8::1", 0, false },
	{ "tcp6", NULL, "tcp", "127.0.0.1", 0, false },
	{ "tcp6", "::1", "tcp6", "::1", 0, true },
	{ "tcp6", "::1", "tcp6", "::", 0, true },
	{ "tcp6", "::1", "tcp6", "2001:db8::1", 0, false },
	{ "tcp", "127.0.0.1", "unix", "", 0, false },
};

static void
check_own(void)
{
	struct listener list[4];
	struct endpoint to;
	struct cause why;
	const char *protocol;
	char port[8];
	size_t i, n;

	for (i = 0; i < COUNT(own_rows); i++) {
		if (listen_at(own_rows[i].protocol, own_rows[i].listener, "0", list, &n, &why) != 0)
			continue;	/* a host without IPv6 */
		snprintf(port, sizeof(port), "%d",
		    atoi(strrchr(list[0].where.text, ':') + 1) + own_rows[i].off);
		protocol = own_rows[i].to_protocol;
		if (endpoint_resolve(&to, protocol_find(protocol, strlen(protocol)), own_rows[i].to,
		    port, TO_CONNECT, false, &why) == 0) {
			CHECK(sock_is_own(&list[0], &to.address[0]) == own_rows[i].own,
			    "row %zu: %s, %s", i, list[0].where.text, to.address[0].text);
			endpoint_free(&to);
		}
		sock_unlisten(&list[0], true);
	}
}

static void
peer_of_path(struct peer *who, const char *path, size_t len)
{
	struct sockaddr_un un;

	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, len);
	memset(who, 0x55, sizeof(*who));
	address_set(who, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

static void
check_own_unix(void)
{
	struct listener list[4], other[4];
	struct cause why;
	struct peer a;
	char path[100], alias[100];
	size_t n;

	snprintf(path, sizeof(path), "%s/s", dir);
	snprintf(alias, sizeof(alias), "%s/alias", dir);
	CHECK(listen_at("unix", NULL, path, list, &n, &why) == 0, "%s", why.text);
	CHECK(sock_is_own(&list[0], &list[0].where), "the same path");
	peer_of_path(&a, alias, strlen(alias) + 1);
	CHECK(!sock_is_own(&list[0], &a), "a path that is not there");
	CHECK(symlink(path, alias) == 0, "symlink");
	CHECK(sock_is_own(&list[0], &a), "by a symbolic link");
	unlink(alias);
	CHECK(listen_at("unix", NULL, alias, other, &n, &why) == 0, "%s", why.text);
	CHECK(!sock_is_own(&list[0], &a), "another socket");
	sock_unlisten(&list[0], true);
	sock_unlisten(&other[0], true);
}

int
main(void)
{
	if (mkdtemp(dir) == NULL)
		return 99;
	check_tcp("tcp", "127.0.0.1");
	check_tcp("tcp6", "::1");
	check_all_addresses();
	check_refused();
	check_fd_setsize();
	check_unix();
#ifdef WRAPPED
	check_not_removed();
	check_messages();
#endif
#ifdef HAVE_FLOCK
	check_at_once();	/* without a lock on the folder, two may believe that they listen */
#endif
	check_own();
	check_own_unix();
	rmdir(dir);
	return unit_end();
}
