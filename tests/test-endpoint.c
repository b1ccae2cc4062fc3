/* test-endpoint.c - from words to addresses */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <net/if.h>
#include <stdio.h>
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

int
main(void)
{
	struct buf got = { 0 };

	check_protocols();
	check_resolve(&got);
	check_resolve_long(&got);
	check_resolve_absolute(&got);
	check_interface(&got);
	buf_free(&got);
	return unit_end();
}
