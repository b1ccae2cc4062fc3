/* test-sock-calls.c - which system calls sock.c makes, in which order, and what it does when
 * they fail: all of the system is made up here
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/file.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "buf.h"
#include "sock.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define TYPE		(SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

/* The made-up system */

/* A call that fails: not the first "after" times, then so many times. */
struct failure {
	const char	*call;
	int		 after, times, error;
};

static struct failure	failures[4];
static struct buf	trace;		/* the calls that were made, with their arguments */
static int		next_fd;
static struct peer	own, other;	/* what getsockname(2), getpeername(2), accept(2) tell */
static mode_t		mode;		/* what lstat(2) and stat(2) tell */
static unsigned long	inode;
static unsigned int	options_off;	/* bits: those of option_rows that are off */
static int		socket_type = SOCK_STREAM;
static ssize_t		received;	/* what recv(2) returns */

int	__wrap_socket(int family, int type, int protocol);
int	__wrap_bind(int fd, const struct sockaddr *addr, socklen_t len);
int	__wrap_listen(int fd, int queue);
int	__wrap_connect(int fd, const struct sockaddr *addr, socklen_t len);
int	__wrap_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags);
int	__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len);
int	__wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len);
int	__wrap_getsockname(int fd, struct sockaddr *addr, socklen_t *len);
int	__wrap_getpeername(int fd, struct sockaddr *addr, socklen_t *len);
ssize_t	__wrap_recv(int fd, void *to, size_t len, int flags);
int	__wrap_close(int fd);
int	__wrap_lstat(const char *path, struct stat *st);
int	__wrap_stat(const char *path, struct stat *st);
int	__wrap_unlink(const char *path);
int	__wrap_open(const char *path, int flags, ...);
int	__wrap_flock(int fd, int operation);
int	__wrap_nanosleep(const struct timespec *time, struct timespec *left);
void	__wrap_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

static bool
fails(const char *call)
{
	size_t i;

	for (i = 0; i < COUNT(failures) && failures[i].call != NULL; i++) {
		if (strcmp(failures[i].call, call) != 0)
			continue;
		if (failures[i].after > 0) {
			failures[i].after--;
		} else if (failures[i].times > 0) {
			failures[i].times--;
			errno = failures[i].error;
			return true;
		}
	}
	return false;
}

static const char *
text_of(const struct sockaddr *addr, socklen_t len)
{
	static struct peer who;

	address_set(&who, addr, len);
	return who.text;
}

int
__wrap_socket(int family, int type, int protocol)
{
	CHECK(type == TYPE || (type == SOCK_STREAM && family != AF_UNIX), "type %d", type);
	CHECK(protocol == 0, "protocol %d", protocol);
	buf_printf(&trace, "socket%s%s ", family == AF_INET ? "4" : family == AF_INET6 ? "6" : "U",
	    type == TYPE ? "" : "(to try)");
	return fails("socket") ? -1 : next_fd++;
}

int
__wrap_bind(int fd, const struct sockaddr *addr, socklen_t len)
{
	(void)fd;
	buf_printf(&trace, "bind(%s) ", text_of(addr, len));
	address_set(&own, addr, len);
	if (address_port(&own.addr) != NULL && *address_port(&own.addr) == 0)
		*address_port(&own.addr) = htons(40000);
	return fails("bind") ? -1 : 0;
}

int
__wrap_listen(int fd, int queue)
{
	CHECK(queue == SOMAXCONN, "%d", queue);
	buf_printf(&trace, "listen(%d) ", fd);
	return fails("listen") ? -1 : 0;
}

int
__wrap_connect(int fd, const struct sockaddr *addr, socklen_t len)
{
	buf_printf(&trace, "connect(%d,%s) ", fd, text_of(addr, len));
	return fails("connect") ? -1 : 0;
}

int
__wrap_accept4(int fd, struct sockaddr *addr, socklen_t *len, int flags)
{
	CHECK(flags == (SOCK_NONBLOCK | SOCK_CLOEXEC), "flags %d", flags);
	CHECK(*len == sizeof(struct sockaddr_storage), "%u", (unsigned int)*len);
	buf_printf(&trace, "accept(%d) ", fd);
	if (fails("accept"))
		return -1;
	*len = other.len;
	memcpy(addr, &other.addr, other.len);
	return next_fd++;
}

static const struct {
	int		 level, name;
	const char	*text;
} option_rows[] = {
	{ SOL_SOCKET, SO_OOBINLINE, "oob" }, { IPPROTO_TCP, TCP_NODELAY, "nodelay" },
	{ SOL_SOCKET, SO_KEEPALIVE, "keep" }, { SOL_SOCKET, SO_REUSEADDR, "reuse" },
	{ IPPROTO_IPV6, IPV6_V6ONLY, "v6only" }, { SOL_SOCKET, SO_RCVBUF, "rcvbuf" },
	{ SOL_SOCKET, SO_SNDBUF, "sndbuf" }, { SOL_SOCKET, SO_TYPE, "type" },
	{ SOL_SOCKET, SO_ACCEPTCONN, "accepts" },
#if HAVE_DECL_IP_BIND_ADDRESS_NO_PORT
	{ IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, "noport" },
#endif
};

static size_t
option_row(int level, int name)
{
	size_t i;

	for (i = 0; i < COUNT(option_rows); i++)
		if (option_rows[i].level == level && option_rows[i].name == name)
			return i;
	return SIZE_MAX;
}

int
__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	const struct linger *linger = value;
	size_t i = option_row(level, name);

	if (level == SOL_SOCKET && name == SO_LINGER) {
		buf_printf(&trace, "linger(%d,%d,%d) ", fd, linger->l_onoff, linger->l_linger);
		return 0;
	}
	CHECK(i < COUNT(option_rows) && len == sizeof(int), "option %d, %d", level, name);
	if (i >= COUNT(option_rows))
		return -1;
	buf_printf(&trace, "%s=%d ", option_rows[i].text, *(const int *)value);
	return fails(option_rows[i].text) ? -1 : 0;
}

int
__wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	size_t i = option_row(level, name);

	(void)fd;
#ifdef HAVE_STRUCT_UCRED_PID
	if (level == SOL_SOCKET && name == SO_PEERCRED) {
		CHECK(*len == sizeof(struct ucred), "%u", (unsigned int)*len);
		buf_puts(&trace, "owner? ");
		if (fails("owner"))
			return -1;
		*(struct ucred *)value = (struct ucred){ 4711, 1000, 100 };
		return 0;
	}
#endif
	CHECK(i < COUNT(option_rows) && *len == sizeof(int), "option %d, %d", level, name);
	if (i >= COUNT(option_rows))
		return -1;
	buf_printf(&trace, "%s? ", option_rows[i].text);
	if (fails("getsockopt"))
		return -1;
	*(int *)value = i == 7 ? socket_type : i == 5 || i == 6 ? 1000 * (int)i :
	    (options_off & 1u << i) == 0;
	*len = i == 6 || i == 7 ? 0 : *len;
	return 0;
}

static void
tell(const struct peer *who, struct sockaddr *addr, socklen_t *len)
{
	memcpy(addr, &who->addr, who->len < *len ? who->len : *len);
	*len = who->len;
}

int
__wrap_getsockname(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	if (fails("getsockname"))
		return -1;
	tell(&own, addr, len);
	return 0;
}

int
__wrap_getpeername(int fd, struct sockaddr *addr, socklen_t *len)
{
	(void)fd;
	if (fails("getpeername"))
		return -1;
	tell(&other, addr, len);
	return 0;
}

ssize_t
__wrap_recv(int fd, void *to, size_t len, int flags)
{
	(void)fd, (void)to;
	CHECK(flags == (MSG_PEEK | MSG_DONTWAIT) && len == 1, "%d, %zu", flags, len);
	return fails("recv") ? -1 : received;
}

int
__wrap_close(int fd)
{
	buf_printf(&trace, "close(%d) ", fd);
	errno = EIO;		/* whoever wants to tell why must have kept it */
	return -1;
}

static int
status(const char *call, const char *path, struct stat *st)
{
	buf_printf(&trace, "%s(%s) ", call, path);
	memset(st, 0, sizeof(*st));
	st->st_mode = mode;
	st->st_ino = (ino_t)inode;
	st->st_dev = 5;
	return fails(call) ? -1 : 0;
}

int
__wrap_lstat(const char *path, struct stat *st)
{
	return status("lstat", path, st);
}

int
__wrap_stat(const char *path, struct stat *st)
{
	return status("stat", path, st);
}

int
__wrap_unlink(const char *path)
{
	buf_printf(&trace, "unlink(%s) ", path);
	return fails("unlink") ? -1 : 0;
}

int
__wrap_open(const char *path, int flags, ...)
{
	CHECK(flags == (O_RDONLY | O_DIRECTORY | O_CLOEXEC), "flags %d", flags);
	buf_printf(&trace, "open(%s) ", path);
	return fails("open") ? -1 : 90;
}

int
__wrap_flock(int fd, int operation)
{
	CHECK(fd == 90 && operation == (LOCK_EX | LOCK_NB), "%d, %d", fd, operation);
	buf_puts(&trace, "lock ");
	return fails("flock") ? -1 : 0;
}

int
__wrap_nanosleep(const struct timespec *time, struct timespec *left)
{
	(void)left;
	buf_printf(&trace, "wait(%lld.%09ld) ", (long long)time->tv_sec, time->tv_nsec);
	errno = EINTR;
	return -1;
}

void
__wrap_complain(const char *fmt, ...)
{
	va_list ap;

	buf_puts(&trace, "complain(");
	va_start(ap, fmt);
	buf_vprintf(&trace, fmt, ap);
	va_end(ap);
	buf_puts(&trace, ") ");
}

static void
begin(const struct failure *rows)
{
	static const struct failure none;
	size_t i;

	for (i = 0; i < COUNT(failures); i++)
		failures[i] = rows != NULL ? rows[i] : none;
	buf_clear(&trace);
	next_fd = 10;
	mode = S_IFSOCK | 0600;
	inode = 7;
	options_off = 0;
	received = 1;
}

static void
check_trace(const char *want, const char *title)
{
	while (trace.len > 0 && trace.data[trace.len - 1] == ' ')
		trace.len--;
	buf_putc(&trace, '\0');
	CHECK_TEXT((const char *)trace.data, want, title);
}

/* An address from its text: "192.0.2.1:25", "[2001:db8::1]:25" or "unix:/path". */
static void
peer_of(struct peer *who, const char *text)
{
	struct sockaddr_storage addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;
	struct sockaddr_un *un = (struct sockaddr_un *)&addr;
	const char *colon = strrchr(text, ':');
	char host[100];

	memset(&addr, 0, sizeof(addr));
	if (strncmp(text, "unix:", 5) == 0) {
		un->sun_family = AF_UNIX;
		snprintf(un->sun_path, sizeof(un->sun_path), "%s", text + 5);
		if (text[5] == '@')		/* an abstract name */
			un->sun_path[0] = '\0';
		address_set(who, (struct sockaddr *)&addr, text[5] != '@' ? sizeof(*un) :
		    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(text + 5)));
		return;
	}
	if (text[0] == '[') {
		snprintf(host, sizeof(host), "%.*s", (int)(colon - text - 2), text + 1);
		in6->sin6_family = AF_INET6;
		inet_pton(AF_INET6, host, &in6->sin6_addr);
		in6->sin6_port = htons((uint16_t)atoi(colon + 1));
		address_set(who, (struct sockaddr *)&addr, sizeof(*in6));
		return;
	}
	snprintf(host, sizeof(host), "%.*s", (int)(colon - text), text);
	in->sin_family = AF_INET;
	inet_pton(AF_INET, host, &in->sin_addr);
	in->sin_port = htons((uint16_t)atoi(colon + 1));
	address_set(who, (struct sockaddr *)&addr, sizeof(*in));
}

/* Listening */

#define TUNE4		"oob=1 nodelay=1 keep=1 "
#define NAME4		"192.0.2.1"
#define NAME6		"[2001:db8::1]"
#define ALWAYS		1000
#define BEFORE_U	"open(/d) lock socketU oob=1 lstat(/d/s) "
#define AFTER_U		"bind(unix:/d/s) listen(10) lstat(/d/s) close(90)"
#define TRY_U(fd)	"socketU connect(" #fd ",unix:/d/s) close(" #fd ") "
#define WAIT_U		"wait(0.020000000) "

static const struct {
	const char	*protocol;
	const char	*address[2];
	struct failure	 failures[4];
	mode_t		 mode;			/* 0: a socket */
	int		 error;			/* errno, or 0 */
	const char	*want;			/* the calls */
	const char	*where;			/* what it listens on, or says */
} listen_rows[] = {
	{ "tcp", { NAME4 ":25" }, { { NULL, 0, 0, 0 } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10)", NAME4 ":25" },
	{ "tcp6", { NAME6 ":25" }, { { NULL, 0, 0, 0 } }, 0, 0,
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":25) listen(10)", NAME6 ":25" },
	/* Options that matter, and one that does not */
	{ "tcp6", { NAME6 ":25" }, { { "v6only", 0, 1, ENOPROTOOPT } }, 0, ENOPROTOOPT,
	    "socket6 " TUNE4 "v6only=1 close(10)", NULL },
	{ "tcp", { NAME4 ":25" }, { { "reuse", 0, 1, ENOPROTOOPT } }, 0, ENOPROTOOPT,
	    "socket4 " TUNE4 "reuse=1 close(10)", NULL },
	{ "tcp", { NAME4 ":25" }, { { "keep", 0, 1, ENOPROTOOPT } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10)", NAME4 ":25" },
	{ "tcp", { NAME4 ":25" }, { { "socket", 0, 1, EMFILE } }, 0, EMFILE, "socket4", NULL },
	{ "tcp", { NAME4 ":25" }, { { "bind", 0, ALWAYS, EADDRINUSE } }, 0, EADDRINUSE,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) close(10)", NULL },
	{ "tcp", { NAME4 ":0" }, { { "bind", 0, ALWAYS, EADDRINUSE } }, 0, EADDRINUSE,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":0) close(10)", NULL },
	{ "tcp", { NAME4 ":25" }, { { "listen", 0, 1, EOPNOTSUPP } }, 0, EOPNOTSUPP,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) close(10)", NULL },
	{ "tcp", { NAME4 ":25" }, { { "getsockname", 0, 1, ENOBUFS } }, 0, ENOBUFS,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) close(10)", NULL },
	/* Several addresses: one port, tried again where it is taken on one of them */
	{ "any", { NAME4 ":0", NAME6 ":0" }, { { NULL, 0, 0, 0 } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":0) listen(10) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":40000) listen(11)",
	    NAME4 ":40000 " NAME6 ":40000" },
	{ "any", { NAME4 ":0", NAME6 ":0" }, { { "bind", 1, 1, EADDRINUSE } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":0) listen(10) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":40000) close(11) close(10) "
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":0) listen(12) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":40000) listen(13)",
	    NAME4 ":40000 " NAME6 ":40000" },
	{ "any", { NAME4 ":25", NAME6 ":25" }, { { "bind", 1, ALWAYS, EADDRINUSE } }, 0, EADDRINUSE,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":25) close(11) close(10)", NULL },
	{ "any", { NAME4 ":0", NAME6 ":0" }, { { "bind", 1, 1, EACCES } }, 0, EACCES,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":0) listen(10) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":40000) close(11) close(10)", NULL },
	/* A family that is not there */
	{ "any", { NAME4 ":25", NAME6 ":25" }, { { "socket", 1, 1, EAFNOSUPPORT } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) socket6", NAME4 ":25" },
	{ "any", { NAME4 ":25", NAME6 ":25" }, { { "socket", 1, 1, EPROTONOSUPPORT } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) socket6", NAME4 ":25" },
	{ "any", { NAME4 ":25", NAME6 ":25" }, { { "bind", 0, 1, EADDRNOTAVAIL } }, 0, 0,
	    "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) close(10) "
	    "socket6 " TUNE4 "v6only=1 reuse=1 bind(" NAME6 ":25) listen(11)", NAME6 ":25" },
	{ "any", { NAME4 ":25", NAME6 ":25" }, { { "socket", 0, 2, EAFNOSUPPORT } }, 0, EAFNOSUPPORT,
	    "socket4 socket6", NULL },
	{ "tcp", { NAME4 ":25", "192.0.2.2:25" }, { { "socket", 1, 1, EAFNOSUPPORT } }, 0,
	    EAFNOSUPPORT, "socket4 " TUNE4 "reuse=1 bind(" NAME4 ":25) listen(10) socket4 close(10)",
	    NULL },
	/* Unix sockets, under a lock on their folder */
	{ "unix", { "unix:/d/s" }, { { "lstat", 0, 1, ENOENT } }, 0, 0, BEFORE_U AFTER_U,
	    "unix:/d/s" },
	{ "unix", { "unix:@s" }, { { NULL, 0, 0, 0 } }, 0, 0,
	    "socketU oob=1 bind(unix:@s) listen(10)", "unix:@s" },
	{ "unix", { "unix:@s" }, { { "bind", 0, 1, EADDRINUSE } }, 0, EADDRINUSE,
	    "socketU oob=1 bind(unix:@s) close(10)", NULL },
	{ "unix", { "unix:/s" }, { { "lstat", 0, 1, ENOENT } }, 0, 0, "open(/) lock socketU oob=1 "
	    "lstat(/s) bind(unix:/s) listen(10) lstat(/s) close(90)", "unix:/s" },
	{ "unix", { "unix:s" }, { { "lstat", 0, 1, ENOENT } }, 0, 0, "open(.) lock socketU oob=1 "
	    "lstat(s) bind(unix:s) listen(10) lstat(s) close(90)", "unix:s" },
	{ "unix", { "unix:/d/s" }, { { "open", 0, 1, EACCES }, { "lstat", 0, 1, ENOENT } }, 0, 0,
	    "open(/d) socketU oob=1 lstat(/d/s) bind(unix:/d/s) listen(10) lstat(/d/s)",
	    "unix:/d/s" },
	{ "unix", { "unix:/d/s" }, { { "flock", 0, 2, EWOULDBLOCK }, { "lstat", 0, 1, ENOENT } }, 0,
	    0, "open(/d) lock wait(0.010000000) lock wait(0.010000000) lock socketU oob=1 "
	    "lstat(/d/s) " AFTER_U, "unix:/d/s" },
	{ "unix", { "unix:/d/s" }, { { "flock", 0, 2, ENOLCK }, { "lstat", 0, 1, ENOENT } }, 0,
	    0, BEFORE_U AFTER_U, "unix:/d/s" },
	{ "unix", { "unix:/d/s" }, { { "connect", 0, ALWAYS, ECONNREFUSED } }, 0, 0,
	    BEFORE_U TRY_U(11) WAIT_U TRY_U(12) WAIT_U TRY_U(13) "unlink(/d/s) " AFTER_U,
	    "unix:/d/s" },
	{ "unix", { "unix:/d/s" }, { { "connect", 0, 2, ECONNREFUSED } }, 0, EADDRINUSE,
	    BEFORE_U TRY_U(11) WAIT_U TRY_U(12) WAIT_U TRY_U(13) "close(10) close(90)", NULL },
	{ "unix", { "unix:/d/s" }, { { NULL, 0, 0, 0 } }, 0, EADDRINUSE,
	    BEFORE_U TRY_U(11) "close(10) close(90)", NULL },
	{ "unix", { "unix:/d/s" }, { { "connect", 0, ALWAYS, EAGAIN } }, 0, EADDRINUSE,
	    BEFORE_U TRY_U(11) "close(10) close(90)", NULL },
	{ "unix", { "unix:/d/s" }, { { "socket", 1, 1, EMFILE } }, 0, EMFILE,
	    BEFORE_U "socketU close(10) close(90)", NULL },
	{ "unix", { "unix:/d/s" },
	    { { "connect", 0, ALWAYS, ECONNREFUSED }, { "unlink", 0, 1, EACCES } }, 0, EACCES,
	    BEFORE_U TRY_U(11) WAIT_U TRY_U(12) WAIT_U TRY_U(13) "unlink(/d/s) close(10) close(90)",
	    NULL },
	{ "unix", { "unix:/d/s" }, { { NULL, 0, 0, 0 } }, S_IFREG, EEXIST,
	    BEFORE_U "close(10) close(90)",
	    "cannot listen on unix:/d/s: a file that is not a socket is there" },
	{ "unix", { "unix:/d/s" }, { { "lstat", 0, 1, EACCES } }, 0, EACCES,
	    BEFORE_U "close(10) close(90)", NULL },
	{ "unix", { "unix:/d/s" }, { { "lstat", 0, 1, ENOENT }, { "lstat", 0, 1, ENOENT } }, 0, ENOENT,
	    BEFORE_U "bind(unix:/d/s) listen(10) lstat(/d/s) close(10) close(90)", NULL },
};

static void
check_listen(void)
{
	struct endpoint ep = { 0 };
	struct peer address[2];
	struct listener list[2];
	struct cause why, want;
	size_t i, n, j;
	int result, error;

	ep.address = address;
	for (i = 0; i < COUNT(listen_rows); i++) {
		ep.protocol = protocol_find(listen_rows[i].protocol, strlen(listen_rows[i].protocol));
		for (ep.n = 0; ep.n < 2 && listen_rows[i].address[ep.n] != NULL; ep.n++)
			peer_of(&address[ep.n], listen_rows[i].address[ep.n]);
		begin(listen_rows[i].failures);
		if (listen_rows[i].mode != 0)
			mode = listen_rows[i].mode;
		n = 77;
		result = sock_listen(&ep, list, &n, &why);
		error = errno;
		check_trace(listen_rows[i].want, listen_rows[i].protocol);
		if (listen_rows[i].error != 0) {
			CHECK(result == -1 && error == listen_rows[i].error, "row %zu: %d, %s", i, result,
			    strerror(error));
			cause_set(&want, "%s: %s", "", strerror(listen_rows[i].error));
			if (listen_rows[i].where != NULL)
				CHECK_TEXT(why.text, listen_rows[i].where, "why");
			else
				CHECK(strncmp(why.text, "cannot listen on ", 17) == 0 &&
				    strstr(why.text, want.text) != NULL, "row %zu: %s", i, why.text);
			continue;
		}
		CHECK(result == 0, "row %zu: %s", i, why.text);
		buf_clear(&trace);
		for (j = 0; j < n && j < 2; j++) {
			buf_printf(&trace, "%s ", list[j].where.text);
			CHECK(list[j].inherits == 0, "row %zu: %d", i, list[j].inherits);
			CHECK(list[j].ino == (address_path(&list[j].where) != NULL ? 7 : 0) &&
			    list[j].dev == (address_path(&list[j].where) != NULL ? 5 : 0),
			    "row %zu: its place on the disk", i);
		}
		check_trace(listen_rows[i].where, "where it listens");
	}
}

/* How often something is tried that never works. */
static void
check_patience(void)
{
	static const struct failure taken[4] = {
		{ "bind", 1, 1, EADDRINUSE }, { "bind", 1, ALWAYS, EADDRINUSE },
	};
	static const struct failure locked[4] = {
		{ "flock", 0, ALWAYS, EWOULDBLOCK }, { "lstat", 0, 1, ENOENT },
	};
	struct peer address[2];
	struct endpoint ep = { protocol_find("any", 3), address, 2 };
	struct listener list[2];
	struct cause why;
	size_t i, n, waits;

	peer_of(&address[0], NAME4 ":0");
	peer_of(&address[1], NAME6 ":0");
	begin(taken);
	CHECK(sock_listen(&ep, list, &n, &why) == -1 && errno == EADDRINUSE, "%s", why.text);
	CHECK(n == 0, "%zu", n);
	peer_of(&address[0], "unix:/d/s");
	ep.protocol = protocol_find("unix", 4);
	ep.n = 1;
	begin(locked);
	CHECK(sock_listen(&ep, list, &n, &why) == 0, "%s", why.text);
	for (waits = i = 0; i + 4 < trace.len; i++)
		waits += memcmp(trace.data + i, "wait", 4) == 0;
	CHECK(waits == 100, "%zu waits", waits);
}

/* The port is tried again so many times. */
static void
check_same_port(void)
{
	struct failure odd[4] = { { "bind", 0, ALWAYS, EADDRINUSE } };
	struct peer address[2];
	struct endpoint ep = { protocol_find("any", 3), address, 2 };
	struct listener list[2];
	struct cause why;
	size_t n;

	peer_of(&address[0], NAME4 ":0");
	peer_of(&address[1], NAME6 ":0");
	begin(odd);
	CHECK(sock_listen(&ep, list, &n, &why) == -1 && errno == EADDRINUSE, "%s", why.text);
	CHECK(next_fd - 10 == 32, "%d sockets", next_fd - 10);
}

/* Descriptors that select() has no place for */
static void
check_numbers(void)
{
	struct peer a;

	peer_of(&a, NAME4 ":25");
	begin(NULL);
	next_fd = FD_SETSIZE - 1;
	CHECK(sock_connect(&a, NULL) == FD_SETSIZE - 1, "the last one");
	CHECK(sock_connect(&a, NULL) == -1 && errno == EMFILE, "one too many: %s", strerror(errno));
	check_trace("socket4 " TUNE4 "connect(1023," NAME4 ":25) socket4 close(1024)", "numbers");
}

/* Accepting, connecting, looking */

#ifdef HAVE_STRUCT_UCRED_PID
# define OWNER	"owner? "
#else
# define OWNER	""
#endif

static const struct {
	const char	*listener;
	int		 inherits;	/* what is known of it */
	unsigned int	 off;		/* options */
	struct failure	 failures[4];
	int		 becomes, error;
	const char	*want;
} accept_rows[] = {
	{ NAME4 ":25", 0, 0, { { NULL, 0, 0, 0 } }, 1, 0, "accept(9) oob? nodelay? keep?" },
	{ NAME4 ":25", 1, 7, { { NULL, 0, 0, 0 } }, 1, 0, "accept(9)" },
	{ NAME4 ":25", -1, 0, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) " TUNE4 },
	{ NAME4 ":25", 0, 1, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) oob? " TUNE4 },
	{ NAME4 ":25", 0, 2, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) oob? nodelay? " TUNE4 },
	{ NAME4 ":25", 0, 4, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) oob? nodelay? keep? " TUNE4 },
	{ NAME4 ":25", 0, 0, { { "getsockopt", 0, 1, ENOPROTOOPT } }, -1, 0,
	    "accept(9) oob? " TUNE4 },
	{ NAME6 ":25", 0, 4, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) oob? nodelay? keep? " TUNE4 },
	{ "unix:/d/s", 0, 1, { { NULL, 0, 0, 0 } }, -1, 0, "accept(9) " OWNER "oob? oob=1" },
	{ "unix:/d/s", 0, 0, { { "owner", 0, 1, EINVAL } }, 1, 0, "accept(9) " OWNER "oob?" },
	{ NAME4 ":25", 0, 0, { { "accept", 0, 1, EAGAIN } }, 0, EAGAIN, "accept(9)" },
};

static void
check_accept(void)
{
	struct listener l;
	struct peer who;
	char want[200];
	bool owner = false;
	size_t i;
	int fd;

	(void)owner;
	peer_of(&other, "192.0.2.7:4711");
	for (i = 0; i < COUNT(accept_rows); i++) {
		memset(&l, 0, sizeof(l));
		memset(&who, 0x55, sizeof(who));
		l.fd = 9;
		peer_of(&l.where, accept_rows[i].listener);
		l.inherits = accept_rows[i].inherits;
		begin(accept_rows[i].failures);
		options_off = accept_rows[i].off;
		fd = sock_accept(&l, &who);
		snprintf(want, sizeof(want), "%s", accept_rows[i].want);
		want[strlen(want) - (want[strlen(want) - 1] == ' ')] = '\0';
		if (accept_rows[i].error != 0) {
			CHECK(fd == -1 && errno == accept_rows[i].error, "row %zu: %d", i, fd);
		} else {
			CHECK(fd == 10, "row %zu: %d", i, fd);
			CHECK_TEXT(who.text, "192.0.2.7:4711", "who came");
			CHECK(memcmp(&who.addr, &other.addr, sizeof(who.addr)) == 0, "what is behind it");
#ifdef HAVE_STRUCT_UCRED_PID
			owner = l.where.addr.ss_family == AF_UNIX && accept_rows[i].failures[0].call == NULL;
			CHECK(who.has_owner == owner && who.pid == (owner ? 4711 : 0) &&
			    who.uid == (owner ? 1000 : 0), "row %zu: %d, %ld", i, who.has_owner,
			    (long)who.pid);
#endif
		}
		CHECK(l.inherits == accept_rows[i].becomes, "row %zu: %d", i, l.inherits);
		check_trace(want, accept_rows[i].listener);
	}
	begin(NULL);
	next_fd = FD_SETSIZE;
	CHECK(sock_accept(&l, &who) == -1 && errno == EMFILE, "%s", strerror(errno));
	check_trace("accept(9) close(1024)", "one too many");
}

static void
check_connect(void)
{
	static const struct {
		const char	*to;
		int		 error, fd;
		const char	*want;
	} rows[] = {
		{ NAME4 ":25", 0, 10, "socket4 " TUNE4 "connect(10," NAME4 ":25)" },
		{ NAME6 ":25", EINPROGRESS, 10, "socket6 " TUNE4 "connect(10," NAME6 ":25)" },
		{ NAME4 ":25", EINTR, 10, "socket4 " TUNE4 "connect(10," NAME4 ":25)" },
		{ NAME4 ":25", ENETUNREACH, -1,
		    "socket4 " TUNE4 "connect(10," NAME4 ":25) close(10)" },
		{ "unix:@s", 0, 10, "socketU oob=1 connect(10,unix:@s)" },
		{ "unix:/d/s", EAGAIN, -1, "socketU oob=1 connect(10,unix:/d/s) close(10)" },
	};
	struct failure failing[4] = { { NULL, 0, 0, 0 } };
	struct peer a;
	size_t i;
	int fd;

	for (i = 0; i < COUNT(rows); i++) {
		failing[0] = (struct failure){ "connect", 0, rows[i].error != 0, rows[i].error };
		peer_of(&a, rows[i].to);
		begin(failing);
		fd = sock_connect(&a, NULL);
		CHECK(fd == rows[i].fd && (fd != -1 || errno == rows[i].error), "row %zu: %d, %s", i, fd,
		    strerror(errno));
		check_trace(rows[i].want, rows[i].to);
	}
	failing[0] = (struct failure){ "socket", 0, 1, EMFILE };
	begin(failing);
	CHECK(sock_connect(&a, NULL) == -1 && errno == EMFILE, "%s", strerror(errno));
	check_trace("socketU", "no socket");
}

#if HAVE_DECL_IP_BIND_ADDRESS_NO_PORT
# define NO_PORT	"noport=1 "
#else
# define NO_PORT	""
#endif

/* From an address of this host. */
static void
check_connect_from(void)
{
	static const struct {
		const char	*from;
		struct failure	 failures[4];
		int		 fd, error;
		const char	*want;
	} rows[] = {
		{ "192.0.2.7:0", { { NULL, 0, 0, 0 } }, 10, 0, "socket4 " TUNE4 NO_PORT
		    "bind(192.0.2.7:0) connect(10,192.0.2.1:25)" },
		{ "192.0.2.7:0", { { "noport", 0, 1, ENOPROTOOPT } }, 10, 0, "socket4 " TUNE4 NO_PORT
		    "bind(192.0.2.7:0) connect(10,192.0.2.1:25)" },
		{ "192.0.2.7:0", { { "bind", 0, 1, EADDRNOTAVAIL } }, -1, EADDRNOTAVAIL, "socket4 " TUNE4
		    NO_PORT "bind(192.0.2.7:0) close(10)" },
	};
	struct peer a, from;
	size_t i;
	int fd;

	peer_of(&a, NAME4 ":25");
	for (i = 0; i < COUNT(rows); i++) {
		peer_of(&from, rows[i].from);
		begin(rows[i].failures);
		fd = sock_connect(&a, &from);
		CHECK(fd == rows[i].fd && (fd != -1 || errno == rows[i].error), "row %zu: %d, %s", i, fd,
		    strerror(errno));
		check_trace(rows[i].want, "from an address");
	}
}

/* How an attempt went; and that who meets himself is refused. */
static void
check_connected(void)
{
	static const struct {
		const char	*tried, *own, *other;
		struct failure	 failures[4];
		ssize_t		 received;
		int		 want;
		enum peek	 peek;
	} rows[] = {
		{ NAME4 ":25", NAME4 ":4711", NAME4 ":25", { { NULL, 0, 0, 0 } }, 1, 0, PEEK_BYTES },
		{ NAME4 ":25", NAME4 ":4711", NAME4 ":25", { { NULL, 0, 0, 0 } }, 0, 0, PEEK_END },
		{ NAME4 ":25", NAME4 ":4711", NAME4 ":25", { { "recv", 0, 9, EAGAIN } }, 0, 0,
		    PEEK_NOTHING },
		{ NAME4 ":25", NAME4 ":4711", NAME4 ":25", { { "recv", 0, 9, EINTR } }, 0, 0,
		    PEEK_NOTHING },
		{ NAME4 ":25", NAME4 ":4711", NAME4 ":25", { { "recv", 0, 9, ECONNRESET } }, 0,
		    ECONNRESET, PEEK_DEAD },
		{ NAME4 ":25", NAME4 ":25", NAME4 ":25", { { NULL, 0, 0, 0 } }, 1, ECONNREFUSED,
		    PEEK_BYTES },
		{ NAME6 ":25", NAME6 ":25", NAME6 ":25", { { NULL, 0, 0, 0 } }, 1, ECONNREFUSED,
		    PEEK_BYTES },
		{ NAME4 ":25", "192.0.2.2:25", NAME4 ":25", { { NULL, 0, 0, 0 } }, 1, 0, PEEK_BYTES },
		{ NAME4 ":25", NAME4 ":25", NAME4 ":25", { { "getsockname", 0, 1, EINVAL } }, 1, 0,
		    PEEK_BYTES },
		{ NAME4 ":25", NAME4 ":25", NAME4 ":25", { { "getpeername", 0, 1, ENOTCONN } }, 1, 0,
		    PEEK_BYTES },
		{ NAME4 ":25", NAME4 ":25", NAME6 ":25", { { NULL, 0, 0, 0 } }, 1, 0, PEEK_BYTES },
		{ NAME4 ":25", "unix:/d/s", "unix:/d/s", { { NULL, 0, 0, 0 } }, 1, 0, PEEK_BYTES },
		{ "unix:/d/s", "unix:/d/s", "unix:/d/s", { { NULL, 0, 0, 0 } }, 1, 0, PEEK_BYTES },
	};
	struct peer a;
	size_t i;
	int error;

	for (i = 0; i < COUNT(rows); i++) {
		peer_of(&a, rows[i].tried);
		peer_of(&own, rows[i].own);
		peer_of(&other, rows[i].other);
		begin(rows[i].failures);
		received = rows[i].received;
		error = sock_connected(3, &a);
		CHECK(error == rows[i].want, "row %zu: %s", i, strerror(error));
		CHECK(sock_peek(3) == rows[i].peek, "row %zu: %d", i, sock_peek(3));
	}
}

static void
check_small_things(void)
{
	struct failure failing[4] = { { "getsockopt", 0, 1, EBADF } };
	int receive = -1, send = -1;

	begin(NULL);
	sock_buffers(3, &receive, &send);
	CHECK(receive == 5000 && send == 6000, "%d, %d", receive, send);
	begin(failing);
	sock_buffers(3, &receive, &send);
	CHECK(receive == 0 && send == 6000, "%d, %d", receive, send);
	failing[0].after = 1;
	begin(failing);
	sock_buffers(3, &receive, &send);
	CHECK(receive == 5000 && send == 0, "%d, %d", receive, send);
	begin(NULL);
	sock_abortive(3, true);
	sock_abortive(3, false);
	sock_reset(4);
	check_trace("linger(3,1,0) linger(3,0,0) linger(4,1,0) close(4)", "resets");
}

/* The path of a Unix socket goes with it, if it is still the same one. */
static void
check_unlisten(void)
{
	static const struct {
		const char	*where;
		bool		 remove;
		unsigned long	 dev, ino;
		struct failure	 failures[4];
		const char	*want;
	} rows[] = {
		{ "unix:/d/s", true, 5, 7, { { NULL, 0, 0, 0 } }, "lstat(/d/s) unlink(/d/s) close(9)" },
		{ "unix:/d/s", false, 5, 7, { { NULL, 0, 0, 0 } }, "close(9)" },
		{ NAME4 ":25", true, 0, 0, { { NULL, 0, 0, 0 } }, "close(9)" },
		{ "unix:@s", true, 0, 0, { { NULL, 0, 0, 0 } }, "close(9)" },
		{ "unix:/d/s", true, 6, 7, { { NULL, 0, 0, 0 } }, "lstat(/d/s) close(9)" },
		{ "unix:/d/s", true, 5, 8, { { NULL, 0, 0, 0 } }, "lstat(/d/s) close(9)" },
		{ "unix:/d/s", true, 5, 7, { { "lstat", 0, 1, ENOENT } }, "lstat(/d/s) close(9)" },
		{ "unix:/d/s", true, 5, 7, { { "lstat", 0, 1, EACCES } }, "lstat(/d/s) "
		    "complain(unix:/d/s: cannot be removed: Permission denied) close(9)" },
		{ "unix:/d/s", true, 5, 7, { { "unlink", 0, 1, EACCES } }, "lstat(/d/s) unlink(/d/s) "
		    "complain(unix:/d/s: cannot be removed: Permission denied) close(9)" },
	};
	struct listener l;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&l, 0, sizeof(l));
		l.fd = 9;
		l.dev = (dev_t)rows[i].dev;
		l.ino = (ino_t)rows[i].ino;
		peer_of(&l.where, rows[i].where);
		begin(rows[i].failures);
		sock_unlisten(&l, rows[i].remove);
		check_trace(rows[i].want, rows[i].where);
	}
}

#define ASKED	"type? accepts? "
#define TUNED	"oob=1 nodelay=1 keep=1"
#define V6ONLY	(1u << 4)
#define ACCEPTS	(1u << 8)

/* A socket that somebody else has opened: what it must be, and what is done to it. */
static void
check_adopt(void)
{
	static const struct {
		const char	*where;
		int		 type;
		unsigned int	 off;
		struct failure	 failures[4];
		bool		 both;
		unsigned long	 ino;
		const char	*want, *reason;		/* of an error: without "LISTEN_FDS: descriptor N" */
	} rows[] = {
		{ NAME4 ":25", SOCK_STREAM, 0, { { NULL, 0, 0, 0 } }, false, 0, ASKED TUNED, NULL },
		{ NAME4 ":25", SOCK_STREAM, V6ONLY, { { NULL, 0, 0, 0 } }, false, 0, ASKED TUNED, NULL },
		{ NAME6 ":25", SOCK_STREAM, 0, { { NULL, 0, 0, 0 } }, false, 0, ASKED "v6only? " TUNED, NULL },
		{ NAME6 ":25", SOCK_STREAM, V6ONLY, { { NULL, 0, 0, 0 } }, true, 0, ASKED "v6only? " TUNED,
		    NULL },
		{ NAME6 ":25", SOCK_STREAM, V6ONLY, { { "getsockopt", 2, 1, EINVAL } }, false, 0,
		    ASKED "v6only? " TUNED, NULL },
		{ "unix:/d/s", SOCK_STREAM, 0, { { NULL, 0, 0, 0 } }, false, 7,
		    ASKED "lstat(/d/s) oob=1", NULL },
		{ "unix:/d/s", SOCK_STREAM, 0, { { "lstat", 0, 1, ENOENT } }, false, 0,
		    ASKED "lstat(/d/s) oob=1", NULL },
		{ NAME4 ":25", SOCK_DGRAM, 0, { { NULL, 0, 0, 0 } }, false, 0, "type?",
		    " is not a stream socket that listens" },
		{ NAME4 ":25", SOCK_STREAM, ACCEPTS, { { NULL, 0, 0, 0 } }, false, 0, "type? accepts?",
		    " is not a stream socket that listens" },
		{ NAME4 ":25", SOCK_STREAM, 0, { { "getsockopt", 0, 1, ENOTSOCK } }, false, 0, "type?",
		    " is not a stream socket that listens" },
		{ NAME4 ":25", SOCK_STREAM, 0, { { "getsockopt", 1, 1, ENOTSOCK } }, false, 0,
		    "type? accepts?", " is not a stream socket that listens" },
		{ NAME4 ":25", SOCK_STREAM, 0, { { "getsockname", 0, 1, ENOBUFS } }, false, 0,
		    "type? accepts?", ": No buffer space available" },
		{ NULL, SOCK_STREAM, 0, { { NULL, 0, 0, 0 } }, false, 0,
		    "type? accepts?", " is neither TCP nor a Unix socket" },
	};
	struct listener l;
	struct cause why;
	char want[128];
	int fd, error;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		fd = fcntl(0, F_DUPFD, 20);
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
		peer_of(&own, rows[i].where != NULL ? rows[i].where : NAME4 ":25");
		if (rows[i].where == NULL)
			own.addr.ss_family = AF_UNSPEC;
		memset(&l, 0x55, sizeof(l));
		socket_type = rows[i].type;
		begin(rows[i].failures);
		options_off = rows[i].off;
		inode = 7;
		error = sock_adopt(fd, &l, &why);
		check_trace(rows[i].want, "adopted");
		CHECK(error == (rows[i].reason != NULL ? -1 : 0), "row %zu: %d", i, error);
		if (error == 0) {
			CHECK((fcntl(fd, F_GETFD) & FD_CLOEXEC) != 0, "row %zu: close-on-exec", i);
			CHECK((fcntl(fd, F_GETFL) & O_NONBLOCK) != 0, "row %zu: non-blocking", i);
			CHECK(l.fd == fd && l.borrowed && l.both == rows[i].both && l.inherits == 0 &&
			    l.ino == rows[i].ino && l.dev == (rows[i].ino != 0 ? 5 : 0), "row %zu", i);
			CHECK_TEXT(l.where.text, rows[i].where, "where");
			begin(NULL);
			sock_unlisten(&l, true);
			snprintf(want, sizeof(want), "close(%d)", fd);
			check_trace(want, "its path is not ours");
		} else {
			snprintf(want, sizeof(want), "LISTEN_FDS: descriptor %d%s", fd, rows[i].reason);
			CHECK_TEXT(why.text, want, "why");
		}
		fcntl(fd, F_SETFL, fcntl(fd, F_GETFL) & ~O_NONBLOCK);
	}
	begin(NULL);
	socket_type = SOCK_STREAM;
	peer_of(&own, NAME4 ":25");
	CHECK(sock_adopt(FD_SETSIZE, &l, &why) == -1, "beyond what select() can watch");
	snprintf(want, sizeof(want), "LISTEN_FDS: descriptor %d: %s", FD_SETSIZE,
	    strerror(EMFILE));
	CHECK_TEXT(why.text, want, "why");
}

/* Who comes over IPv4 to a listener of IPv6 that takes both is shown with that address. */
static void
check_accept_both(void)
{
	static const struct {
		bool		 both;
		const char	*from, *want;
		int		 family;
		socklen_t	 len;
	} rows[] = {
		{ true, "[::ffff:192.0.2.1]:25", "192.0.2.1:25", AF_INET, sizeof(struct sockaddr_in) },
		{ true, NAME6 ":25", NAME6 ":25", AF_INET6, sizeof(struct sockaddr_in6) },
		{ false, "[::ffff:192.0.2.1]:25", "[::ffff:192.0.2.1]:25", AF_INET6,
		    sizeof(struct sockaddr_in6) },
	};
	struct listener l;
	struct peer who;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&l, 0, sizeof(l));
		l.fd = 9;
		l.both = rows[i].both;
		peer_of(&l.where, "[::]:25");
		peer_of(&other, rows[i].from);
		begin(NULL);
		CHECK(sock_accept(&l, &who) == 10, "row %zu", i);
		CHECK_TEXT(who.text, rows[i].want, rows[i].from);
		CHECK(who.addr.ss_family == rows[i].family && who.len == rows[i].len, "row %zu: %u", i,
		    (unsigned int)who.len);
	}
}

/* Whether a connection would come back to the own listener. */
static void
check_is_own(void)
{
	static const struct {
		const char	*listener, *to;
		struct failure	 failures[4];
		bool		 own;
		const char	*want;
	} rows[] = {
		{ "unix:/d/s", "unix:/e", { { NULL, 0, 0, 0 } }, true, "stat(/e)" },
		{ "unix:/d/s", "unix:/e", { { "stat", 0, 1, ENOENT } }, false, "stat(/e)" },
		{ "unix:/d/s", NAME4 ":25", { { NULL, 0, 0, 0 } }, false, "" },
		{ NAME4 ":25", "unix:/d/s", { { NULL, 0, 0, 0 } }, false, "" },
		{ NAME4 ":25", "unix:@s", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:@s", NAME4 ":25", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:@s", "unix:@s", { { NULL, 0, 0, 0 } }, true, "" },
		{ "unix:@s", "unix:@t", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:@s", "unix:@st", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:@st", "unix:@s", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:@s", "unix:/d/s", { { NULL, 0, 0, 0 } }, false, "" },
		{ "unix:/d/s", "unix:@s", { { NULL, 0, 0, 0 } }, false, "" },
		{ NAME4 ":25", NAME4 ":25", { { NULL, 0, 0, 0 } }, true, "" },
		{ NAME4 ":25", NAME4 ":26", { { NULL, 0, 0, 0 } }, false, "" },
		{ NAME4 ":25", "192.0.2.2:25", { { NULL, 0, 0, 0 } }, false, "" },
		{ NAME4 ":25", "[::ffff:192.0.2.1]:25", { { NULL, 0, 0, 0 } }, true, "" },
		{ "127.0.0.1:25", "0.0.0.0:25", { { NULL, 0, 0, 0 } }, true, "" },
		{ NAME6 ":25", NAME4 ":25", { { NULL, 0, 0, 0 } }, false, "" },
		{ "0.0.0.0:25", NAME4 ":25", { { NULL, 0, 0, 0 } }, true,
		    "socket4(to try) bind(" NAME4 ":0) close(10)" },
		{ "0.0.0.0:25", NAME4 ":25", { { "bind", 0, 1, EADDRNOTAVAIL } }, false,
		    "socket4(to try) bind(" NAME4 ":0) close(10)" },
		{ "0.0.0.0:25", NAME4 ":25", { { "socket", 0, 1, EMFILE } }, false,
		    "socket4(to try)" },
		{ "[::]:25", NAME6 ":25", { { NULL, 0, 0, 0 } }, true,
		    "socket6(to try) bind(" NAME6 ":0) close(10)" },
		/* listeners of IPv6 that take IPv4, too */
		{ "both [::]:25", NAME4 ":25", { { NULL, 0, 0, 0 } }, true,
		    "socket4(to try) bind(" NAME4 ":0) close(10)" },
		{ "both [::]:25", NAME4 ":26", { { NULL, 0, 0, 0 } }, false, "" },
		{ "both [::]:25", NAME4 ":25", { { "bind", 0, 1, EADDRNOTAVAIL } }, false,
		    "socket4(to try) bind(" NAME4 ":0) close(10)" },
		{ "both [::]:25", NAME6 ":25", { { NULL, 0, 0, 0 } }, true,
		    "socket6(to try) bind(" NAME6 ":0) close(10)" },
		{ "[::]:25", NAME4 ":25", { { NULL, 0, 0, 0 } }, false, "" },
		{ "both " NAME6 ":25", NAME4 ":25", { { NULL, 0, 0, 0 } }, false, "" },
		{ "both [::ffff:192.0.2.1]:25", NAME4 ":25", { { NULL, 0, 0, 0 } }, true, "" },
		{ "both [::ffff:192.0.2.1]:25", "192.0.2.2:25", { { NULL, 0, 0, 0 } }, false, "" },
	};
	struct listener l;
	struct peer a;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		memset(&l, 0, sizeof(l));
		l.dev = 5;
		l.ino = 7;
		l.both = strncmp(rows[i].listener, "both ", 5) == 0;
		peer_of(&l.where, rows[i].listener + (l.both ? 5 : 0));
		peer_of(&a, rows[i].to);
		begin(rows[i].failures);
		CHECK(sock_is_own(&l, &a) == rows[i].own, "row %zu: %s to %s", i, rows[i].listener,
		    rows[i].to);
		check_trace(rows[i].want, rows[i].to);
		inode = 8;
		if (address_path(&a) != NULL)
			CHECK(!sock_is_own(&l, &a), "row %zu: another inode", i);
	}

	/* What only looks the same where the families differ */
	memset(&l, 0, sizeof(l));
	peer_of(&l.where, "127.0.0.1:25");
	peer_of(&a, NAME6 ":25");
	((struct sockaddr_in6 *)&a.addr)->sin6_flowinfo = htonl(INADDR_LOOPBACK);
	begin(NULL);
	CHECK(!sock_is_own(&l, &a), "another family");
}

int
main(void)
{
#if !defined(HAVE_ACCEPT4) || !defined(HAVE_FLOCK)
	puts("other calls are made here, of which this test knows nothing");
	return 77;
#endif
	check_listen();
	check_patience();
	check_same_port();
	check_numbers();
	check_accept();
	check_connect();
	check_connect_from();
	check_connected();
	check_small_things();
	check_unlisten();
	check_adopt();
	check_accept_both();
	check_is_own();
	buf_free(&trace);
	return unit_end();
}
