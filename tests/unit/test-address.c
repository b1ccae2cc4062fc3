/* test-address.c - from addresses to safe text, and to names
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
#include <netdb.h>
#include <pwd.h>
#include <stddef.h>
#include <stdio.h>

#include "address.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

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
	{ PATH("@abc"), "unix:./@abc" },		/* a file */
	{ PATH("@"), "unix:./@" },
	{ PATH("./@"), "unix:./@" },
	{ PATH("/@"), "unix:/@" },
	{ PATH("a b"), "unix:a" BS "040b" },
	{ PATH("a\\b"), "unix:a" BS "134b" },
	{ PATH("a\n# session 7 open"), "unix:a" BS "012#" BS "040session" BS "0407" BS "040open" },
	{ PATH("\033[31m\007\177"), "unix:" BS "033[31m" BS "007" BS "177" },
	{ PATH("caf\303\251"), "unix:caf" BS "303" BS "251" },
	{ PATH("\r\t\v\f"), "unix:" BS "015" BS "011" BS "013" BS "014" },
	{ PATH("\"'`$%"), "unix:\"'`$%" },
#ifdef __linux__	/* abstract names: all bytes count */
	{ PATH("\0abc"), "unix:@abc" },
	{ PATH("\0a\0\nb"), "unix:@a" BS "000" BS "012b" },
	{ PATH("\0abc\0"), "unix:@abc" BS "000" },
	{ PATH("\0@"), "unix:@@" },
	{ PATH("\0/a b"), "unix:@/a" BS "040b" },
	{ PATH("\0\0a"), "unix:@" BS "000a" },
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
	address_set(who, (struct sockaddr *)&un,
	    (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len));
}

static void
check_paths(void)
{
	struct sockaddr_un un;
	char longest[sizeof(un.sun_path)];
	const char *path;
	struct peer who;
	size_t i;

	for (i = 0; i < COUNT(path_rows); i++) {
		peer_of_path(&who, path_rows[i].path, path_rows[i].len);
		CHECK_TEXT(who.text, path_rows[i].text,
		    unit_show(0, path_rows[i].path, path_rows[i].len));
		path = address_path(&who);
		if (path_rows[i].len == 0 || path_rows[i].path[0] == '\0')
			CHECK(path == NULL, "row %zu: a path: %s", i, path);
		else
			CHECK_TEXT(path != NULL ? path : "none", path_rows[i].path, "the path");
	}
	memset(longest, '\1', sizeof(longest));
	longest[0] = '@';
	peer_of_path(&who, longest, sizeof(longest));
	CHECK(strlen(who.text) == 5 + 2 + 1 + 4 * (sizeof(longest) - 1), "%s", who.text);
	memset(longest, '\377', sizeof(longest));	/* no NUL, each byte becomes four */
	peer_of_path(&who, longest, sizeof(longest));
	CHECK(strlen(who.text) == 5 + 4 * sizeof(longest), "%s", who.text);
	CHECK(strspn(who.text + 5, "\\37") == 4 * sizeof(longest), "%s", who.text);
	address_set(&who, (struct sockaddr *)&un, 0);
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

static socklen_t
set_address(struct sockaddr_storage *addr, int family, const char *text, uint16_t port,
    uint32_t scope)
{
	struct sockaddr_in *in = (struct sockaddr_in *)addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)addr;

	memset(addr, 0, sizeof(*addr));
	addr->ss_family = (sa_family_t)family;
	if (family == AF_INET6) {
		inet_pton(family, text, &in6->sin6_addr);
		in6->sin6_port = htons(port);
		in6->sin6_scope_id = scope;
		return sizeof(*in6);
	}
	inet_pton(family, text, &in->sin_addr);
	in->sin_port = htons(port);
	return sizeof(*in);
}

/* A Unix socket's owner, by name where the user has one. */
static void
check_owner_names(void)
{
	const struct passwd *pw = getpwuid(0);
	char names[NAMES_TEXT], want[256];
	struct peer who;

	peer_of_path(&who, "/path", 5);
	CHECK(!who.has_owner && who.pid == 0, "nobody has told yet");
	who.has_owner = true;
	who.pid = 4711;
	if (pw != NULL) {
		snprintf(want, sizeof(want), "unix:/path(pid 4711, user %s)", pw->pw_name);
		CHECK(address_names(&who, names), "root has a name");
		CHECK_TEXT(names, want, "process and user");
		who.pid = 0;
		snprintf(want, sizeof(want), "unix:/path(user %s)", pw->pw_name);
		CHECK(address_names(&who, names), "root has a name");
		CHECK_TEXT(names, want, "user alone");
	}
	who.uid = (uid_t)-2 - 12345;
	CHECK(!address_names(&who, names), "nobody has that number: %s", names);
	CHECK_TEXT(names, "unix:/path", "what has no name stays");
}

static void
check_ips(void)
{
	struct sockaddr_storage addr;
	char names[NAMES_TEXT];
	struct peer who;
	socklen_t len;
	size_t i;

	for (i = 0; i < COUNT(ip_rows); i++) {
		len = set_address(&addr, ip_rows[i].family, ip_rows[i].address, ip_rows[i].port,
		    ip_rows[i].scope);
		memset(&who, 0x55, sizeof(who));
		address_set(&who, (struct sockaddr *)&addr, len);
		CHECK_TEXT(who.text, ip_rows[i].text, ip_rows[i].address);
		CHECK(who.len == len, "%u", (unsigned int)who.len);
		CHECK(memcmp(&who.addr, &addr, sizeof(addr)) == 0, "row %zu: bytes after it", i);
	}
	memset(&addr, 0, sizeof(addr));
	address_set(&who, (struct sockaddr *)&addr, sizeof(addr));
	CHECK_TEXT(who.text, "?", "a family that nobody knows");
	CHECK(who.len == sizeof(addr), "%u", (unsigned int)who.len);
	peer_of_path(&who, "/path", 5);
	CHECK(!address_names(&who, names), "a path has a name: %s", names);
	CHECK_TEXT(names, "unix:/path", "what has no name stays");
	check_owner_names();
}

/* Ports, and whose address it is */

static const struct {
	int		 family;
	const char	*address;
	const char	*reached;	/* where a connection to it goes */
	bool		 wildcard;
} reach_rows[] = {
	{ AF_INET, "192.0.2.1", "192.0.2.1:25", false },
	{ AF_INET, "127.0.0.2", "127.0.0.2:25", false },
	{ AF_INET, "0.0.0.0", "127.0.0.1:25", true },
	{ AF_INET, "0.0.0.1", "0.0.0.1:25", false },
	{ AF_INET6, "2001:db8::1", "[2001:db8::1]:25", false },
	{ AF_INET6, "::", "[::1]:25", true },
	{ AF_INET6, "::1", "[::1]:25", false },
	{ AF_INET6, "::ffff:192.0.2.1", "192.0.2.1:25", false },
	{ AF_INET6, "::ffff:0.0.0.0", "127.0.0.1:25", false },
	{ AF_INET6, "::fffe:192.0.2.1", "[::fffe:c000:201]:25", false },
};

static void
check_reached(void)
{
	struct sockaddr_storage addr, to, same;
	struct peer who;
	size_t i;

	for (i = 0; i < COUNT(reach_rows); i++) {
		set_address(&addr, reach_rows[i].family, reach_rows[i].address, 25, 0);
		CHECK(address_is_wildcard(&addr) == reach_rows[i].wildcard, "row %zu", i);
		to = address_reached(&addr);
		address_set(&who, (struct sockaddr *)&to, sizeof(to));
		CHECK_TEXT(who.text, reach_rows[i].reached, reach_rows[i].address);
	}
	/* What lies behind an address of IPv4 does not make it another one. */
	set_address(&addr, AF_INET, "192.0.2.1", 25, 0);
	((unsigned char *)&addr)[18] = ((unsigned char *)&addr)[19] = 0xff;
	to = address_reached(&addr);
	CHECK(memcmp(&to, &addr, sizeof(addr)) == 0, "it has changed");
	set_address(&addr, AF_INET6, "::ffff:192.0.2.1", 25, 0);
	set_address(&same, AF_INET, "192.0.2.1", 25, 0);
	to = address_reached(&addr);
	CHECK(memcmp(&to, &same, sizeof(same)) == 0, "something is left of IPv6");
}

static void
check_ports_and_hosts(void)
{
	struct sockaddr_storage a, b;
	struct peer who;

	set_address(&a, AF_INET, "192.0.2.1", 25, 0);
	CHECK(address_port(&a) == &((struct sockaddr_in *)&a)->sin_port, "of IPv4");
	set_address(&b, AF_INET, "192.0.2.1", 26, 0);
	CHECK(address_same_host(&a, &b), "the port does not count");
	set_address(&b, AF_INET, "192.0.2.2", 25, 0);
	CHECK(!address_same_host(&a, &b), "192.0.2.1 is 192.0.2.2");
	set_address(&a, AF_INET6, "2001:db8::1", 25, 0);
	CHECK(address_port(&a) == &((struct sockaddr_in6 *)&a)->sin6_port, "of IPv6");
	set_address(&b, AF_INET6, "2001:db8::1", 26, 0);
	CHECK(address_same_host(&a, &b), "the port does not count");
	set_address(&b, AF_INET6, "2001:db8::2", 25, 0);
	CHECK(!address_same_host(&a, &b), "2001:db8::1 is 2001:db8::2");
	address_set(&who, (struct sockaddr *)&a, sizeof(struct sockaddr_in6));
	CHECK(address_path(&who) == NULL, "an IP address has a path");
	a.ss_family = AF_UNIX;
	CHECK(address_port(&a) == NULL, "a path has a port");
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
	{ "localhost4", "25", false, "localhost4:25" },
	{ "localhost6", "25", false, "localhost6:25" },
	{ "ip6-loopback", "25", false, "ip6-loopback:25" },
	{ "!", "smtp", false, "192.0.2.1:25" },		/* not even as a number */
};

static size_t	name_row;

/* The longest name that an interface may have. */
char	*__wrap_if_indextoname(unsigned int index, char *name);

char *
__wrap_if_indextoname(unsigned int index, char *name)
{
	if (index != 7)
		return NULL;
	memset(name, 'e', IF_NAMESIZE - 1);
	name[IF_NAMESIZE - 1] = '\0';
	return name;
}

static void
check_scope(void)
{
	struct sockaddr_storage addr;
	struct peer who;
	char want[100], name[IF_NAMESIZE];
	socklen_t len = set_address(&addr, AF_INET6, "fe80::1", 25, 7);

	address_set(&who, (struct sockaddr *)&addr, len);
	snprintf(want, sizeof(want), "[fe80::1%%%s]:25", __wrap_if_indextoname(7, name));
	CHECK_TEXT(who.text, want, "an interface's name");
}

int	__wrap_getnameinfo(const struct sockaddr *addr, socklen_t len, char *host, socklen_t hostlen,
	    char *service, socklen_t servicelen, int flags);

int
__wrap_getnameinfo(const struct sockaddr *addr, socklen_t len, char *host, socklen_t hostlen,
    char *service, socklen_t servicelen, int flags)
{
	const char *name = name_rows[name_row].host;

	(void)addr, (void)len;
	CHECK((host == NULL) == (hostlen == 0) && (service == NULL) == (servicelen == 0), "rooms");
	CHECK(host == NULL || flags == NI_NAMEREQD || flags == NI_NUMERICHOST, "%d", flags);
	CHECK(service == NULL || flags == 0 || flags == NI_NUMERICSERV, "%d", flags);
	if (host != NULL && name != NULL && strcmp(name, "!") == 0)
		return EAI_FAIL;
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
	address_set(&who, (struct sockaddr *)&in, sizeof(in));
	for (name_row = 0; name_row < COUNT(name_rows); name_row++) {
		any = address_names(&who, text);
		CHECK(any == name_rows[name_row].any, "row %zu: %s", name_row, text);
		CHECK_TEXT(text, name_rows[name_row].text, "names");
	}
	name_row = 7;
	address_set(&who, (struct sockaddr *)&in, 0);
	CHECK(!address_names(&who, text), "an unnamed socket has a name: %s", text);
	CHECK_TEXT(text, "unix:", "an unnamed socket");
}
#endif

int
main(void)
{
	check_paths();
	check_ips();
	check_reached();
	check_ports_and_hosts();
#ifdef WRAPPED
	check_scope();
	check_names();
#endif
	return unit_end();
}
