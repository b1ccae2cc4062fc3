/* test-endpoint.c - from words to addresses, and from addresses to safe text */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "endpoint.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Protocols */

static const struct {
	const char	*text;
	size_t		 len;
	const char	*found;		/* NULL: none */
} protocol_rows[] = {
	{ "tcp", 3, "tcp" },
	{ "tcp6", 4, "tcp6" },
	{ "tcp6", 3, "tcp" },		/* the first bytes only */
	{ "tcp/unix", 3, "tcp" },
	{ "unix", 4, "unix" },
	{ "local", 5, "local" },
	{ "any", 3, "any" },
	{ "tcp", 2, NULL },
	{ "tcp66", 5, NULL },
	{ "TCP", 3, NULL },
	{ "", 0, NULL },
	{ "tcp\0", 4, NULL },
};

static void
check_protocols(void)
{
	const struct protocol *p;
	size_t i;

	for (i = 0; i < COUNT(protocol_rows); i++) {
		p = protocol_find(protocol_rows[i].text, protocol_rows[i].len);
		CHECK_TEXT(p != NULL ? p->name : "none",
		    protocol_rows[i].found != NULL ? protocol_rows[i].found : "none",
		    protocol_rows[i].text);
	}
	for (p = protocols; p->name != NULL; p++)
		CHECK(protocol_find(p->name, strlen(p->name)) == p, "%s is not found", p->name);
}

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

/* Resolving */

/* Neither names nor the network are needed for these. */
static const struct {
	const char		*protocol, *host, *service;
	enum endpoint_use	 use;
	const char		*want;		/* the addresses, or after a "!" the error */
} resolve_rows[] = {
	{ "tcp", "127.0.0.1", "25", TO_CONNECT, "127.0.0.1:25" },
	{ "tcp", "127.0.0.1", "0", TO_LISTEN, "127.0.0.1:0" },
	{ "tcp", "192.0.2.1", "65535", TO_LISTEN, "192.0.2.1:65535" },
	{ "any", "192.0.2.1", "25", TO_CONNECT, "192.0.2.1:25" },
	{ "tcp", "[127.0.0.1]", "25", TO_CONNECT, "127.0.0.1:25" },
	{ "tcp6", "::1", "25", TO_CONNECT, "[::1]:25" },
	{ "tcp6", "[::1]", "25", TO_CONNECT, "[::1]:25" },
	{ "any", "[2001:DB8::0:1]", "25", TO_LISTEN, "[2001:db8::1]:25" },
	{ "tcp", NULL, "25", TO_LISTEN, "0.0.0.0:25" },
	{ "tcp", NULL, "25", TO_CONNECT, "127.0.0.1:25" },
	{ "tcp6", NULL, "25", TO_LISTEN, "[::]:25" },
	{ "tcp6", NULL, "25", TO_CONNECT, "[::1]:25" },
	{ "tcp", "127.0.0.1", "no-such-service", TO_CONNECT, "!no-such-service: unknown service" },
	{ "tcp6", NULL, "no-such-service", TO_LISTEN, "!no-such-service: unknown service" },
	{ "unix", NULL, "/tmp/a socket", TO_CONNECT, "unix:/tmp/a\\040socket" },
	{ "local", NULL, "relative", TO_LISTEN, "unix:relative" },
	{ "unix", "host.example", "/path", TO_CONNECT, "unix:/path" },	/* has no host */
	{ "tcp", "::1", "25", TO_CONNECT, "!::1: has only IPv6: use -p tcp6 or -p any" },
	{ "tcp", "[::1]", "25", TO_LISTEN, "!::1: has only IPv6: use -p tcp6 or -p any" },
	{ "tcp6", "[127.0.0.1]", "25", TO_CONNECT, "!127.0.0.1: has only IPv4: use -p tcp or -p any" },
	{ "unix", NULL, "", TO_LISTEN, "!Unix socket: empty path" },
};

static void
resolve(const char *protocol, const char *host, const char *service, enum endpoint_use use,
    bool absolute, struct buf *to)
{
	struct endpoint ep;
	struct cause why;
	size_t i;

	buf_clear(to);
	if (endpoint_resolve(&ep, protocol_find(protocol, strlen(protocol)), host, service, use,
	    absolute, &why) == -1) {
		buf_printf(to, "!%s", why.text);
		CHECK(ep.address == NULL && ep.n == 0, "a failure leaves %zu addresses", ep.n);
	} else {
		for (i = 0; i < ep.n; i++)
			buf_printf(to, "%s%s", i > 0 ? " " : "", ep.address[i].text);
		CHECK(ep.n > 0, "no address of %s", service);
		endpoint_free(&ep);
	}
	buf_putc(to, '\0');
}

static void
check_resolve(struct buf *got)
{
	size_t i;

	for (i = 0; i < COUNT(resolve_rows); i++) {
		resolve(resolve_rows[i].protocol, resolve_rows[i].host, resolve_rows[i].service,
		    resolve_rows[i].use, false, got);
		CHECK_TEXT((char *)got->data, resolve_rows[i].want, resolve_rows[i].service);
	}
	/* In the system's own order. */
	resolve("any", NULL, "25", TO_LISTEN, false, got);
	CHECK(strstr((char *)got->data, "0.0.0.0:25") != NULL, "any: %s", got->data);
	if (endpoint_service_known("smtp")) {
		resolve("tcp", "127.0.0.1", "smtp", TO_CONNECT, false, got);
		CHECK_TEXT((char *)got->data, "127.0.0.1:25", "a service by name");
	}
	CHECK(!endpoint_service_known("no-such-service"), "it is known");
}

/* How long a path may be, and that the folder counts when it is made absolute. */
static void
check_resolve_long(struct buf *got)
{
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1], want[sizeof(path) + 100];

	memset(path, 'a', sizeof(path));
	path[sizeof(path) - 2] = '\0';
	snprintf(want, sizeof(want), "unix:%s", path);
	resolve("unix", NULL, path, TO_CONNECT, false, got);
	CHECK_TEXT((char *)got->data, want, "the longest path");
	resolve("unix", NULL, path, TO_CONNECT, true, got);
	CHECK(got->data[0] == '!', "the longest path, made absolute: %s", got->data);
	path[sizeof(path) - 2] = 'b';
	path[sizeof(path) - 1] = '\0';
	snprintf(want, sizeof(want), "!%s: a Unix socket's path has at most %zu bytes", path,
	    sizeof(path) - 2);
	resolve("unix", NULL, path, TO_CONNECT, false, got);
	CHECK_TEXT((char *)got->data, want, "a path that is too long");
}

static void
check_resolve_absolute(struct buf *got)
{
	char here[50], want[sizeof(here) + 10];

	resolve("unix", NULL, "/s", TO_LISTEN, true, got);
	CHECK_TEXT((char *)got->data, "unix:/s", "absolute as it is");
	if (chdir("/tmp") == -1 || getcwd(here, sizeof(here)) == NULL)
		return;
	resolve("unix", NULL, "s", TO_LISTEN, true, got);
	snprintf(want, sizeof(want), "unix:%s/s", here);
	CHECK_TEXT((char *)got->data, want, "relative, made absolute");
}

/* An interface's name is the addresses that it has. */
static void
check_interface(struct buf *got)
{
#ifdef HAVE_GETIFADDRS
	static const char *const loopback[] = { "lo", "lo0" };
	size_t i;

	for (i = 0; i < COUNT(loopback); i++) {
		if (if_nametoindex(loopback[i]) == 0)
			continue;
		resolve("tcp", loopback[i], "25", TO_LISTEN, false, got);
		CHECK(strstr((char *)got->data, "127.0.0.1:25") != NULL, "%s: %s", loopback[i],
		    got->data);
		CHECK(strchr((char *)got->data, '[') == NULL, "IPv6 with tcp: %s", got->data);
		resolve("any", loopback[i], "25", TO_LISTEN, false, got);
		CHECK(strstr((char *)got->data, "127.0.0.1:25") != NULL, "%s: %s", loopback[i],
		    got->data);
	}
#else
	(void)got;
#endif
}

/* Texts */

#define BS	"\\"
#define PATH(bytes)	bytes, sizeof(bytes) - 1

/* Paths of Unix sockets, all bytes of them, and how they are told. */
static const struct {
	const char	*path;
	size_t		 len;
	const char	*text;
} path_rows[] = {
	{ PATH("/run/sock"), "unix:/run/sock" },
	{ PATH("/run/sock\0"), "unix:/run/sock" },
	{ PATH("/run/sock\0garbage"), "unix:/run/sock" },
	{ PATH(""), "unix:" },
	{ PATH("\0\0\0\0\0\0\0\0\0\0\0\0\0\0"), "unix:" },	/* unnamed, as BSDs tell it */
	{ PATH("a b"), "unix:a" BS "040b" },
	{ PATH("a\\b"), "unix:a" BS "134b" },
	{ PATH("a\n# session 7 open"), "unix:a" BS "012#" BS "040session" BS "0407" BS "040open" },
	{ PATH("\033[31m\007\177"), "unix:" BS "033[31m" BS "007" BS "177" },
	{ PATH("caf\303\251"), "unix:caf" BS "303" BS "251" },
	{ PATH("\r\t\v\f"), "unix:" BS "015" BS "011" BS "013" BS "014" },
	{ PATH("\"'`$%"), "unix:\"'`$%" },
#ifdef __linux__	/* abstract names: all bytes count */
	{ PATH("\0abc"), "unix:" BS "000abc" },
	{ PATH("\0a\0\nb"), "unix:" BS "000a" BS "000" BS "012b" },
#endif
};

static void
peer_of_path(struct peer *who, const char *path, size_t len)
{
	struct sockaddr_un un;

	memset(&un, 0, sizeof(un));
	un.sun_family = AF_UNIX;
	memcpy(un.sun_path, path, len);
	memset(who, 0x55, sizeof(*who));
	endpoint_peer(who, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

static void
check_paths(void)
{
	struct sockaddr_un un;
	char longest[sizeof(un.sun_path)];
	struct peer who;
	size_t i;

	for (i = 0; i < COUNT(path_rows); i++) {
		peer_of_path(&who, path_rows[i].path, path_rows[i].len);
		CHECK_TEXT(who.text, path_rows[i].text,
		    unit_show(0, path_rows[i].path, path_rows[i].len));
	}
	memset(longest, '\377', sizeof(longest));	/* no NUL, each byte becomes four */
	peer_of_path(&who, longest, sizeof(longest));
	CHECK(strlen(who.text) == 5 + 4 * sizeof(longest), "%s", who.text);
	CHECK(strspn(who.text + 5, "\\37") == 4 * sizeof(longest), "%s", who.text);
	endpoint_peer(&who, (struct sockaddr *)&un, 0);
	CHECK_TEXT(who.text, "unix:", "no address at all");
	CHECK(who.len == 0, "%u", (unsigned int)who.len);
}

static const struct {
	int		 family;
	const char	*address;
	uint16_t	 port;
	uint32_t	 scope;
	const char	*text;
} ip_rows[] = {
	{ AF_INET, "127.0.0.1", 25, 0, "127.0.0.1:25" },
	{ AF_INET, "255.255.255.255", 65535, 0, "255.255.255.255:65535" },
	{ AF_INET, "0.0.0.0", 0, 0, "0.0.0.0:0" },
	{ AF_INET6, "::1", 25, 0, "[::1]:25" },
	{ AF_INET6, "2001:db8::ffff", 65535, 0, "[2001:db8::ffff]:65535" },
	{ AF_INET6, "::ffff:192.0.2.1", 25, 0, "[::ffff:192.0.2.1]:25" },
	{ AF_INET6, "fe80::1", 25, 4294967295, "[fe80::1%4294967295]:25" },	/* no such interface */
};

static void
peer_of_ip(struct peer *who, size_t row)
{
	struct sockaddr_storage addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;
	bool six = ip_rows[row].family == AF_INET6;

	memset(&addr, 0, sizeof(addr));
	addr.ss_family = (sa_family_t)ip_rows[row].family;
	inet_pton(ip_rows[row].family, ip_rows[row].address,
	    six ? (void *)&in6->sin6_addr : (void *)&in->sin_addr);
	if (six) {
		in6->sin6_port = htons(ip_rows[row].port);
		in6->sin6_scope_id = ip_rows[row].scope;
	} else {
		in->sin_port = htons(ip_rows[row].port);
	}
	endpoint_peer(who, (struct sockaddr *)&addr, six ? sizeof(*in6) : sizeof(*in));
}

static void
check_ips(void)
{
	struct sockaddr_storage addr;
	char names[NAMES_TEXT];
	struct peer who;
	size_t i;

	for (i = 0; i < COUNT(ip_rows); i++) {
		peer_of_ip(&who, i);
		CHECK_TEXT(who.text, ip_rows[i].text, ip_rows[i].address);
	}
	memset(&addr, 0, sizeof(addr));
	endpoint_peer(&who, (struct sockaddr *)&addr, sizeof(addr));
	CHECK_TEXT(who.text, "?", "a family that nobody knows");
	peer_of_path(&who, "/path", 5);
	CHECK(!endpoint_names(&who, names), "a path has a name: %s", names);
	CHECK_TEXT(names, "unix:/path", "what has no name stays");
}

/* Sockets */

static char	dir[] = "/tmp/test-endpoint.XXXXXX";

static bool
option(int fd, int level, int name)
{
	socklen_t len = sizeof(int);
	int on = 0;

	return getsockopt(fd, level, name, &on, &len) == 0 && on != 0;
}

/* What holds for every descriptor that the endpoint gives. */
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
	error = ep.n <= 4 ? endpoint_listen(&ep, list, n, why) : -2;
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
	int client = endpoint_connect(&l->where), server, receive = -1, send = -1;

	CHECK(client != -1, "%s: %s", title, strerror(errno));
	wait_for(client, true);
	CHECK(endpoint_connected(client, &l->where) == 0, "%s", title);
	wait_for(l->fd, false);
	server = endpoint_accept(l, &who);
	CHECK(server != -1, "%s: %s", title, strerror(errno));
	check_descriptor(client, tcp, title);
	check_descriptor(server, tcp, title);
	CHECK(option(client, SOL_SOCKET, SO_OOBINLINE), "%s: no SO_OOBINLINE", title);
	CHECK(option(server, SOL_SOCKET, SO_OOBINLINE), "%s: no SO_OOBINLINE", title);
	CHECK(strncmp(who.text, tcp ? (l->where.addr.ss_family == AF_INET ? "127.0.0.1:" : "[::1]:") :
	    "unix:", 5) == 0, "%s: %s", title, who.text);
	endpoint_buffers(client, &receive, &send);
	CHECK(receive > 0 && send > 0, "%s: %d, %d", title, receive, send);
	endpoint_buffers(l->fd + 1000, &receive, &send);
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
#if defined(WRAPPED) && defined(__linux__)
		CHECK(set_options - before == (i >= 2 ? 6 : 3), "%d options set", set_options - before);
#endif
	}
	no_inheritance = false;
	listener_close(&list[0], true);
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
		listener_close(&list[i], true);
	CHECK(listen_at("any", NULL, port, again, &m, &why) == 0 && m == n, "%s", why.text);
	for (i = 0; i < m; i++)
		listener_close(&again[i], true);
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
	endpoint_peer(&a, (struct sockaddr *)&in, sizeof(in));
	if ((fd = endpoint_connect(&a)) != -1) {
		wait_for(fd, true);
		CHECK(endpoint_connected(fd, &a) == ECONNREFUSED, "nobody listens");
		close(fd);
	}
	/* It tries the port that it has itself: TCP lets the two ends of one socket meet. */
	if (connect(own, (struct sockaddr *)&in, sizeof(in)) == 0)
		CHECK(endpoint_connected(own, &a) == ECONNREFUSED, "it is connected to itself");
	in.sin_addr.s_addr = htonl(INADDR_ANY);
	endpoint_peer(&a, (struct sockaddr *)&in, sizeof(in));
	CHECK(endpoint_connected(own, &a) == ECONNREFUSED, "by the wildcard address");
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
	listener_close(&list[0], false);
	CHECK(lstat(path, &st) == 0, "a session removes the path");
	connects = 0;
	CHECK(listen_at("unix", NULL, path, next, &n, &why) == 0, "stale: %s", why.text);
	list[0].where = next[0].where;
	list[0].fd = dup(next[0].fd);
	list[0].dev = next[0].dev;
	list[0].ino = next[0].ino + 1;
	listener_close(&list[0], true);
	CHECK(lstat(path, &st) == 0, "somebody else's path is removed");
	list[0].fd = dup(next[0].fd);
	list[0].dev = next[0].dev + 1;
	list[0].ino = next[0].ino;
	listener_close(&list[0], true);
	CHECK(lstat(path, &st) == 0, "somebody else's path is removed");
	listener_close(&next[0], true);
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
/* Names that a made-up name server has */
static const struct {
	const char	*host, *service;	/* NULL: none; of 192.0.2.1 and port 25 */
	bool		 any;
	const char	*text;
} name_rows[] = {
	{ NULL, "25", false, "192.0.2.1:25" },
	{ "localhost", "25", false, "localhost:25" },
	{ "LOCALHOST", "25", false, "LOCALHOST:25" },
	{ "localhost.localdomain", "25", false, "localhost.localdomain:25" },
	{ "ip6-localhost", "25", false, "ip6-localhost:25" },
	{ "localhost", "smtp", true, "localhost:smtp" },
	{ "localhost.example", "25", true, "localhost.example:25" },
	{ "mail.example", "25", true, "mail.example:25" },
	{ NULL, "smtp", true, "192.0.2.1:smtp" },
	{ "mail.example", NULL, false, "192.0.2.1:25" },
	{ "a\n# b", "sm tp", true, "a" BS "012#" BS "040b:sm" BS "040tp" },
	{ "a:b", "smtp", true, "[a:b]:smtp" },
};

static size_t	name_row;

int	__wrap_getnameinfo(const struct sockaddr *addr, socklen_t len, char *host, socklen_t hostlen,
	    char *service, socklen_t servicelen, int flags);

int
__wrap_getnameinfo(const struct sockaddr *addr, socklen_t len, char *host, socklen_t hostlen,
    char *service, socklen_t servicelen, int flags)
{
	const char *name = name_rows[name_row].host;

	(void)addr, (void)len;
	if (host != NULL) {
		if (name == NULL && (flags & NI_NUMERICHOST) == 0)
			return EAI_NONAME;
		snprintf(host, hostlen, "%s", (flags & NI_NUMERICHOST) != 0 ? "192.0.2.1" : name);
	}
	if (service != NULL) {
		name = (flags & NI_NUMERICSERV) != 0 ? "25" : name_rows[name_row].service;
		if (name == NULL)
			return EAI_FAIL;
		snprintf(service, servicelen, "%s", name);
	}
	return 0;
}

static void
check_names(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons(25) };
	char text[NAMES_TEXT];
	struct peer who;
	bool any;

	inet_pton(AF_INET, "192.0.2.1", &in.sin_addr);
	endpoint_peer(&who, (struct sockaddr *)&in, sizeof(in));
	for (name_row = 0; name_row < COUNT(name_rows); name_row++) {
		any = endpoint_names(&who, text);
		CHECK(any == name_rows[name_row].any, "row %zu: %s", name_row, text);
		CHECK_TEXT(text, name_rows[name_row].text, "names");
	}
}

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
		listener_close(&list[0], true);
		if (seteuid(0) == -1)
			abort();
		snprintf(want, sizeof(want), "unix:%s: cannot be removed: %s", path, strerror(EACCES));
		CHECK_TEXT(complained, want, "a complaint");
		unlink(path);
	} else {
		listener_close(&list[0], true);
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
		listener_close(&list[0], false);
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
			CHECK(listener_is(&list[0], &to.address[0]) == own_rows[i].own,
			    "row %zu: %s, %s", i, list[0].where.text, to.address[0].text);
			endpoint_free(&to);
		}
		listener_close(&list[0], true);
	}
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
	CHECK(listener_is(&list[0], &list[0].where), "the same path");
	peer_of_path(&a, alias, strlen(alias) + 1);
	CHECK(!listener_is(&list[0], &a), "a path that is not there");
	CHECK(symlink(path, alias) == 0, "symlink");
	CHECK(listener_is(&list[0], &a), "by a symbolic link");
	unlink(alias);
	CHECK(listen_at("unix", NULL, alias, other, &n, &why) == 0, "%s", why.text);
	CHECK(!listener_is(&list[0], &a), "another socket");
	listener_close(&list[0], true);
	listener_close(&other[0], true);
}

int
main(void)
{
	struct buf got = { 0 };

	if (mkdtemp(dir) == NULL)
		return 99;
	check_protocols();
	check_resolve(&got);
	check_resolve_long(&got);
	check_resolve_absolute(&got);
	check_interface(&got);
	check_paths();
	check_ips();
	check_tcp("tcp", "127.0.0.1");
	check_tcp("tcp6", "::1");
	check_all_addresses();
	check_refused();
	check_fd_setsize();
	check_unix();
#ifdef WRAPPED
	check_names();
	check_not_removed();
	check_messages();
#endif
	check_at_once();
	check_own();
	check_own_unix();
	rmdir(dir);
	buf_free(&got);
	return unit_end();
}
