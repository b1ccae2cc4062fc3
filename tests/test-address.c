/* test-address.c - from addresses to safe text, and to names */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <netdb.h>
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
	address_set(who, (struct sockaddr *)&un,
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
	address_set(who, (struct sockaddr *)&addr, six ? sizeof(*in6) : sizeof(*in));
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
	address_set(&who, (struct sockaddr *)&addr, sizeof(addr));
	CHECK_TEXT(who.text, "?", "a family that nobody knows");
	peer_of_path(&who, "/path", 5);
	CHECK(!address_names(&who, names), "a path has a name: %s", names);
	CHECK_TEXT(names, "unix:/path", "what has no name stays");
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
	address_set(&who, (struct sockaddr *)&in, sizeof(in));
	for (name_row = 0; name_row < COUNT(name_rows); name_row++) {
		any = address_names(&who, text);
		CHECK(any == name_rows[name_row].any, "row %zu: %s", name_row, text);
		CHECK_TEXT(text, name_rows[name_row].text, "names");
	}
}
#endif

int
main(void)
{
	check_paths();
	check_ips();
#ifdef WRAPPED
	check_names();
#endif
	return unit_end();
}
