/* test-endpoint.c - from words to addresses
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#ifdef HAVE_GETIFADDRS
# include <ifaddrs.h>
#endif
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
	{ "unix", NULL, "s", TO_LISTEN, "unix:s" },
	{ "unix", NULL, "./@s", TO_LISTEN, "unix:./@s" },
	{ "unix", NULL, "/@s", TO_CONNECT, "unix:/@s" },
#ifdef HAVE_ABSTRACT_NAMES
	{ "unix", NULL, "@name", TO_CONNECT, "unix:@name" },
	{ "local", NULL, "@/a b", TO_LISTEN, "unix:@/a\\040b" },
	{ "unix", "host.example", "@@", TO_LISTEN, "unix:@@" },
	{ "unix", NULL, "@", TO_LISTEN, "unix:" },
	{ "unix", NULL, "@", TO_CONNECT, "!@: which name?" },
#else
	{ "unix", NULL, "@s", TO_LISTEN, "!@s: only Linux has Unix sockets without a file "
	    "(a file is ./@s)" },
#endif
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

#ifdef HAVE_ABSTRACT_NAMES
/* As many bytes as its name has, and no path is made of it. */
static void
check_resolve_abstract(struct buf *got)
{
	static const struct { const char *text; size_t len; } rows[] = {
		{ "@", 0 }, { "@a", 2 }, { "@name", 5 },
	};
	char name[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 2], want[sizeof(name) + 100];
	const struct sockaddr_un *un;
	struct endpoint ep;
	struct cause why;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		CHECK(endpoint_resolve(&ep, protocol_find("unix", 4), NULL, rows[i].text, TO_LISTEN, true,
		    &why) == 0 && ep.n == 1, "%s", why.text);
		un = (const struct sockaddr_un *)&ep.address[0].addr;
		CHECK(ep.address[0].len == offsetof(struct sockaddr_un, sun_path) + rows[i].len &&
		    un->sun_family == AF_UNIX && un->sun_path[0] == '\0' &&
		    strcmp(un->sun_path + 1, rows[i].text + 1) == 0, "%s: %u", rows[i].text,
		    (unsigned int)ep.address[0].len);
		endpoint_free(&ep);
	}
	memset(name, 'a', sizeof(name));
	name[0] = '@';
	name[sizeof(name) - 2] = '\0';
	snprintf(want, sizeof(want), "unix:%s", name);
	resolve("unix", NULL, name, TO_CONNECT, false, got);
	CHECK_TEXT((char *)got->data, want, "the longest name");
	name[sizeof(name) - 2] = 'b';
	name[sizeof(name) - 1] = '\0';
	snprintf(want, sizeof(want), "!%s: the name of a Unix socket has at most %zu bytes", name,
	    sizeof(name) - 3);
	resolve("unix", NULL, name, TO_CONNECT, false, got);
	CHECK_TEXT((char *)got->data, want, "a name that is too long");
	CHECK(endpoint_resolve(&ep, protocol_find("unix", 4), NULL, "@", TO_CONNECT, false, &why) == -1 &&
	    why.usage, "a usage error");
}
#endif

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

/* From where to where: the addresses, and which of them is taken, from 1; 0: none. */
static const struct {
	const char	*from[3], *to;
	size_t		 taken;
} source_rows[] = {
	{ { "192.0.2.1" }, "127.0.0.1", 1 },
	{ { "192.0.2.1" }, "::1", 0 },
	{ { "::1" }, "127.0.0.1", 0 },
	{ { "::1", "192.0.2.1", "192.0.2.2" }, "127.0.0.1", 2 },
	{ { "192.0.2.1", "fe80::1", "2001:db8::1" }, "2001:db8::2", 3 },
	{ { "2001:db8::1", "2001:db8::3" }, "2001:db8::2", 1 },
	{ { "2001:db8::1", "fe80::1" }, "fe80::2", 2 },
	{ { "192.0.2.1", "fe80::1", "fe80::2" }, "2001:db8::2", 2 },	/* better than none */
	{ { "192.0.2.1", "2001:db8::1" }, "fe80::2", 2 },
	{ { NULL }, "127.0.0.1", 0 },
};

static void
check_source(void)
{
	struct endpoint ep[2];
	struct cause why;
	struct peer from[3];
	size_t i, n;

	for (i = 0; i < COUNT(source_rows); i++) {
		for (n = 0; n < 3 && source_rows[i].from[n] != NULL; n++) {
			CHECK(endpoint_resolve(&ep[0], protocol_find("any", 3), source_rows[i].from[n], "0",
			    TO_LISTEN, false, &why) == 0, "%s", why.text);
			from[n] = ep[0].address[0];
			endpoint_free(&ep[0]);
		}
		ep[0] = (struct endpoint){ .address = from, .n = n };
		CHECK(endpoint_resolve(&ep[1], protocol_find("any", 3), source_rows[i].to, "25",
		    TO_CONNECT, false, &why) == 0, "%s", why.text);
		CHECK(endpoint_source(&ep[0], &ep[1].address[0]) == (source_rows[i].taken == 0 ? NULL :
		    &from[source_rows[i].taken - 1]), "row %zu", i);
		endpoint_free(&ep[1]);
	}
}

#ifndef WRAPPED
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
#endif

#ifdef WRAPPED
/* A made-up system, where the linker knows --wrap */

#define OTHER_FAMILY	77	/* neither IPv4 nor IPv6 */

/* What its name server says: an error, or addresses. It knows no name that is not here. */
static const struct {
	const char	*host;		/* NULL: the local host */
	int		 family;
	int		 error, system;	/* EAI_*; with EAI_SYSTEM an errno value */
	const char	*address[3];
} host_rows[] = {
	{ "twice.example", AF_INET, 0, 0, { "192.0.2.1", "192.0.2.1", "192.0.2.2" } },
	{ "both.example", AF_UNSPEC, 0, 0, { "192.0.2.1", "2001:db8::1" } },
	{ "odd.example", AF_INET, 0, 0, { "" } },		/* of another family */
	{ "odd.example", AF_UNSPEC, 0, 0, { "", "192.0.2.1" } },
	{ "later.example", AF_INET, EAI_AGAIN, 0, { NULL } },
	{ "later.example", AF_INET6, 0, 0, { "2001:db8::1" } },
	{ "full.example", AF_INET, EAI_MEMORY, 0, { NULL } },
	{ "full.example", AF_INET6, 0, 0, { "2001:db8::1" } },
	{ "broken.example", AF_INET, EAI_SYSTEM, EMFILE, { NULL } },
	{ "none.example", AF_UNSPEC, EAI_NONAME, 0, { NULL } },
	{ "none.example", AF_INET, 0, 0, { "192.0.2.1" } },
	{ "six.example", AF_INET6, 0, 0, { "2001:db8::1" } },
	{ "four.example", AF_INET, 0, 0, { "192.0.2.1" } },
	{ "a", AF_INET, 0, 0, { "192.0.2.7" } },
	{ NULL, AF_INET, EAI_FAIL, 0, { NULL } },
	{ NULL, AF_INET6, 0, 0, { "::1" } },
};

static struct addrinfo	made_list[3];
static bool	made_up;
static int	lists;			/* that were given and not taken back */
static int	interfaces_error;	/* what getifaddrs(3) fails with */
static int	cwd_error;		/* what getcwd(3) fails with */
static int	allocations = 1000;	/* that succeed */
static void	*owned[2];		/* by endpoint.c: of realloc(3), of strdup(3) */

int	__real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	    struct addrinfo **found);
int	__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	    struct addrinfo **found);
void	__real_freeaddrinfo(struct addrinfo *list);
void	__wrap_freeaddrinfo(struct addrinfo *list);
char	*__real_getcwd(char *to, size_t size);
char	*__wrap_getcwd(char *to, size_t size);
void	*__real_realloc(void *old, size_t size);
void	*__wrap_realloc(void *old, size_t size);
char	*__real_strdup(const char *s);
char	*__wrap_strdup(const char *s);
void	__real_free(void *p);
void	__wrap_free(void *p);

static socklen_t
set_address(struct sockaddr_storage *addr, const char *text)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = OTHER_FAMILY;
	if (inet_pton(AF_INET, text, &in->sin_addr) == 1) {
		addr->ss_family = AF_INET;
		in->sin_port = htons(25);
		return sizeof(*in);
	}
	if (inet_pton(AF_INET6, text, &in6->sin6_addr) == 1) {
		addr->ss_family = AF_INET6;
		in6->sin6_port = htons(25);
	}
	return sizeof(*in6);
}

int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **found)
{
	static struct sockaddr_storage addr[3];
	struct addrinfo *list = made_list;
	size_t i, n;
	int error;

	CHECK(hints->ai_socktype == SOCK_STREAM, "%d", hints->ai_socktype);
	if (!made_up || (hints->ai_flags & AI_PASSIVE) != 0) {
		if ((error = __real_getaddrinfo(host, service, hints, found)) == 0)
			lists++;
		return error;
	}
	for (i = 0; i < COUNT(host_rows); i++)
		if (host_rows[i].family == hints->ai_family && (host == NULL ?
		    host_rows[i].host == NULL :
		    host_rows[i].host != NULL && strcmp(host_rows[i].host, host) == 0))
			break;
	if (i == COUNT(host_rows))
		return EAI_NONAME;
	errno = host_rows[i].system;
	if (host_rows[i].error != 0)
		return host_rows[i].error;
	*found = NULL;
	for (n = 3; n-- > 0; ) {
		if (host_rows[i].address[n] == NULL)
			continue;
		memset(&list[n], 0, sizeof(list[n]));
		list[n].ai_addrlen = set_address(&addr[n], host_rows[i].address[n]);
		list[n].ai_family = addr[n].ss_family;
		list[n].ai_addr = (struct sockaddr *)&addr[n];
		list[n].ai_next = *found;
		*found = &list[n];
	}
	lists++;
	return 0;
}

void
__wrap_freeaddrinfo(struct addrinfo *list)
{
	lists--;
	if (list < made_list || list >= made_list + COUNT(made_list))
		__real_freeaddrinfo(list);
}

#ifdef HAVE_GETIFADDRS
int	__wrap_getifaddrs(struct ifaddrs **list);
void	__wrap_freeifaddrs(struct ifaddrs *list);

/* Interfaces with addresses of all kinds, and with none. */
int
__wrap_getifaddrs(struct ifaddrs **list)
{
	static const struct { const char *name, *address; } rows[] = {
		{ "eth7.example", NULL }, { "eth7.example", "" }, { "eth7.example", "192.0.2.1" },
		{ "eth8.example", "192.0.2.8" }, { "eth7.example", "2001:db8::1" },
		{ "eth7.example", "192.0.2.1" }, { "eth7.example", "192.0.2.2" },
	};
	static struct sockaddr_storage addr[COUNT(rows)];
	static struct ifaddrs made[COUNT(rows)];
	size_t i;

	if (interfaces_error != 0) {
		errno = interfaces_error;
		return -1;
	}
	for (i = 0; i < COUNT(rows); i++) {
		memset(&made[i], 0, sizeof(made[i]));
		made[i].ifa_name = (char *)(uintptr_t)rows[i].name;
		if (rows[i].address != NULL) {
			set_address(&addr[i], rows[i].address);
			made[i].ifa_addr = (struct sockaddr *)&addr[i];
		}
		made[i].ifa_next = i + 1 < COUNT(rows) ? &made[i + 1] : NULL;
	}
	*list = made;
	lists++;
	return 0;
}

void
__wrap_freeifaddrs(struct ifaddrs *list)
{
	(void)list;
	lists--;
}
#endif

char *
__wrap_getcwd(char *to, size_t size)
{
	if (cwd_error == 0)
		return __real_getcwd(to, size);
	errno = cwd_error;
	return NULL;
}

void *
__wrap_realloc(void *old, size_t size)
{
	void *p = allocations > 0 ? __real_realloc(old, size) : NULL;

	if (p == NULL)
		errno = ENOMEM;
	if (allocations < 1000 && --allocations >= 0)
		owned[0] = p;
	return p;
}

char *
__wrap_strdup(const char *s)
{
	if (allocations > 0)
		return owned[1] = __real_strdup(s);
	errno = ENOMEM;
	return NULL;
}

void
__wrap_free(void *p)
{
	size_t i;

	for (i = 0; i < COUNT(owned); i++)
		if (owned[i] == p)
			owned[i] = NULL;
	__real_free(p);
}

/* What is found there; "~" stands for the reason of the error. */
static const struct {
	const char		*protocol, *host;
	enum endpoint_use	 use;
	int			 error;		/* EAI_*, to be looked for in the text */
	const char		*want;
} made_up_rows[] = {
	{ "tcp", "twice.example", TO_CONNECT, 0, "192.0.2.1:25 192.0.2.2:25" },
	{ "any", "both.example", TO_CONNECT, 0, "192.0.2.1:25 [2001:db8::1]:25" },
	{ "tcp", "odd.example", TO_CONNECT, 0, "!odd.example: no address" },
	{ "any", "odd.example", TO_CONNECT, 0, "192.0.2.1:25" },
	{ "tcp", "later.example", TO_CONNECT, EAI_AGAIN, "!later.example: ~" },
	{ "tcp", "full.example", TO_CONNECT, EAI_MEMORY, "!full.example: ~" },
	{ "tcp", "broken.example", TO_CONNECT, EAI_SYSTEM, "!broken.example: ~" },
	{ "any", "none.example", TO_CONNECT, EAI_NONAME, "!none.example: ~" },
	{ "tcp", "six.example", TO_CONNECT, 0,
	    "!six.example: has only IPv6: use -p tcp6 or -p any" },
	{ "tcp6", "four.example", TO_CONNECT, 0,
	    "!four.example: has only IPv4: use -p tcp or -p any" },
	{ "tcp", "no.example", TO_CONNECT, EAI_NONAME, "!no.example: ~" },
	{ "tcp", NULL, TO_CONNECT, EAI_FAIL, "!25: ~" },
	{ "tcp", "[a]", TO_CONNECT, 0, "192.0.2.7:25" },
	{ "tcp", "[]", TO_CONNECT, EAI_NONAME, "![]: ~" },
	{ "tcp", "[a", TO_CONNECT, EAI_NONAME, "![a: ~" },
	{ "tcp", "[four.example", TO_CONNECT, EAI_NONAME, "![four.example: ~" },
	{ "tcp", "four.example]", TO_CONNECT, EAI_NONAME, "!four.example]: ~" },
	{ "tcp", "eth7.example", TO_CONNECT, EAI_NONAME, "!eth7.example: ~" },
#ifdef HAVE_GETIFADDRS
	{ "any", "eth7.example", TO_LISTEN, 0, "192.0.2.1:26 [2001:db8::1]:26 192.0.2.2:26" },
	{ "tcp", "eth7.example", TO_LISTEN, 0, "192.0.2.1:26 192.0.2.2:26" },
	{ "tcp6", "eth7.example", TO_LISTEN, 0, "[2001:db8::1]:26" },
	{ "tcp", "[eth8.example]", TO_LISTEN, 0, "192.0.2.8:26" },
#endif
};

static void
check_made_up(struct buf *got)
{
	char want[200];
	const char *reason;
	size_t i, n;

	made_up = true;
	for (i = 0; i < COUNT(made_up_rows); i++) {
		n = strcspn(made_up_rows[i].want, "~");
		reason = made_up_rows[i].error == EAI_SYSTEM ? strerror(EMFILE) :
		    gai_strerror(made_up_rows[i].error);
		snprintf(want, sizeof(want), "%.*s%s", (int)n, made_up_rows[i].want,
		    made_up_rows[i].want[n] == '~' ? reason : "");
		resolve(made_up_rows[i].protocol, made_up_rows[i].host,
		    made_up_rows[i].use == TO_LISTEN ? "26" : "25", made_up_rows[i].use, false, got);
		CHECK_TEXT((char *)got->data, want, made_up_rows[i].protocol);
		CHECK(lists == 0, "row %zu: %d lists stay", i, lists);
	}
	made_up = false;
	interfaces_error = ENOMEM;
	resolve("tcp", "127.0.0.1", "26", TO_LISTEN, false, got);
	CHECK_TEXT((char *)got->data, "127.0.0.1:26", "without a list of interfaces");
	CHECK(lists == 0, "%d lists stay", lists);
	interfaces_error = 0;
}

/* After so many allocations there is no memory: that is said, and nothing stays. */
static void
check_no_memory(struct buf *got)
{
	static const struct {
		const char		*host;
		enum endpoint_use	 use;
		int			 allocations;
		const char		*what;
	} rows[] = {
		{ "[a]", TO_CONNECT, 0, "[a]" },
		{ "both.example", TO_CONNECT, 1, "addresses" },
#ifdef HAVE_GETIFADDRS
		{ "eth7.example", TO_LISTEN, 1, "addresses" },
#endif
		{ NULL, TO_CONNECT, 0, "addresses" },
	};
	struct endpoint ep;
	struct cause why, want;
	size_t i;

	buf_clear(got);
	for (i = 0; i < COUNT(rows); i++) {
		made_up = rows[i].host != NULL;
		allocations = rows[i].allocations;
		CHECK(endpoint_resolve(&ep, protocol_find("any", 3), rows[i].host, "25", rows[i].use,
		    false, &why) == -1, "row %zu", i);
		cause_set(&want, "%s: %s", rows[i].what, strerror(ENOMEM));
		CHECK_TEXT(why.text, want.text, "no memory");
		CHECK(ep.n == 0 && ep.address == NULL, "row %zu: %zu addresses", i, ep.n);
		CHECK(owned[0] == NULL && owned[1] == NULL, "row %zu: memory stays", i);
		CHECK(lists == 0, "row %zu: %d lists stay", i, lists);
	}
	made_up = true;
	allocations = 999;
	CHECK(endpoint_resolve(&ep, protocol_find("tcp", 3), "[a]", "25", TO_CONNECT, false,
	    &why) == 0, "%s", why.text);
	endpoint_free(&ep);
	CHECK(owned[0] == NULL && owned[1] == NULL, "memory stays");
	CHECK(ep.n == 0 && ep.address == NULL, "%zu addresses stay", ep.n);
	made_up = false;
	allocations = 1000;
}

/* A folder that nobody can name, or whose name is too long for any socket in it. */
static void
check_no_folder(struct buf *got)
{
	struct cause want;

	cwd_error = ENOENT;
	resolve("unix", NULL, "s", TO_LISTEN, true, got);
	cause_set(&want, "!s: %s", strerror(ENOENT));
	CHECK_TEXT((char *)got->data, want.text, "a folder that was removed");
	resolve("unix", NULL, "s", TO_LISTEN, false, got);
	CHECK_TEXT((char *)got->data, "unix:s", "relative, as it is");
	resolve("unix", NULL, "/s", TO_LISTEN, true, got);
	CHECK_TEXT((char *)got->data, "unix:/s", "absolute, as it is");
	cwd_error = ERANGE;
	resolve("unix", NULL, "s", TO_LISTEN, true, got);
	cause_set(&want, "!s: a Unix socket's path has at most %zu bytes",
	    sizeof(((struct sockaddr_un *)NULL)->sun_path) - 1);
	CHECK_TEXT((char *)got->data, want.text, "a folder with a long name");
	cwd_error = 0;
}
#endif

int
main(void)
{
	struct buf got = { 0 };

	check_protocols();
	check_resolve(&got);
	check_resolve_long(&got);
	check_resolve_absolute(&got);
#ifdef HAVE_ABSTRACT_NAMES
	check_resolve_abstract(&got);
#endif
	check_source();
#ifdef WRAPPED
	check_made_up(&got);
	check_no_memory(&got);
	check_no_folder(&got);
#else
	check_interface(&got);
#endif
	buf_free(&got);
	return unit_end();
}
