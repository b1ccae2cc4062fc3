/* test-endpoint.c - from words to addresses, and from addresses to safe text */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
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
	/* The system's own words follow these. */
	resolve("tcp", "::1", "25", TO_CONNECT, false, got);
	CHECK(strncmp((char *)got->data, "!::1: ", 6) == 0, "IPv6 by tcp: %s", got->data);
	resolve("tcp6", "[127.0.0.1]", "25", TO_CONNECT, false, got);
	CHECK(strncmp((char *)got->data, "!127.0.0.1: ", 12) == 0, "IPv4 by tcp6: %s", got->data);
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

int
main(void)
{
	struct buf got = { 0 };

	check_protocols();
	check_resolve(&got);
	check_resolve_long(&got);
	check_resolve_absolute(&got);
	check_interface(&got);
	check_paths();
	check_ips();
	buf_free(&got);
	return unit_end();
}
