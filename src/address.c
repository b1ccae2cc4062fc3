/* address.c - one address: its text, its names, its port, whether it is another one
 *
 * Runs in: parent, session, lookup helper. Speaks to the resolver only to turn
 * addresses into names; makes no socket. Peers choose the paths of their sockets, and
 * DNS names hosts: whatever text leaves here is printable ASCII, and one word, but
 * for the owner of a Unix socket that follows it in brackets.
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
#include <string.h>
#include <strings.h>

#include "address.h"
#include "escape.h"

/* Appends text to *at, below end, as printable ASCII without blanks, as far as it fits. */
static void
text_add(char **at, const char *end, const char *text, size_t n)
{
	*at += escape_text(*at, (size_t)(end - *at), text, n, ESCAPE_WORD);
}

/* Puts "host:service", an address with colons in brackets. */
static void
host_service(char *text, size_t size, const char *host, const char *service)
{
	const char *end = text + size;
	bool brackets = strchr(host, ':') != NULL;

	text_add(&text, end, "[", brackets);
	text_add(&text, end, host, strlen(host));
	text_add(&text, end, "]:", brackets ? 2 : 0);
	text_add(&text, end, ":", !brackets);
	text_add(&text, end, service, strlen(service));
}

static void
unix_text(struct peer *who)
{
	struct sockaddr_un un;
	static const char nothing[sizeof(un.sun_path)];
	size_t room = sizeof(un.sun_path), n;
	char *at = who->text;

	memset(&un, 0, sizeof(un));
	memcpy(&un, &who->addr, who->len < sizeof(un) ? who->len : sizeof(un));
	n = strnlen(un.sun_path, room);
	text_add(&at, at + sizeof(who->text), "unix:", 5);
	/* A name as a file would not have it must not look like one without a file. */
	text_add(&at, who->text + sizeof(who->text), "./", un.sun_path[0] == '@' ? 2 : 0);
	/* An abstract name (Linux) begins with a NUL byte: all counts. BSDs fill with them. */
	if (n == 0 && memcmp(un.sun_path, nothing, room) != 0) {
		n = who->len - offsetof(struct sockaddr_un, sun_path);
		un.sun_path[0] = '@';
	}
	text_add(&at, who->text + sizeof(who->text), un.sun_path, n < room ? n : room);
}

/* "%eth0" of a link-local address, or "". */
static const char *
scope_text(const struct sockaddr_in6 *in6, char text[IF_NAMESIZE + 2])
{
	char name[IF_NAMESIZE];

	if (in6->sin6_scope_id == 0)
		return "";
	if (if_indextoname(in6->sin6_scope_id, name) != NULL)
		snprintf(text, IF_NAMESIZE + 2, "%%%s", name);
	else
		snprintf(text, IF_NAMESIZE + 2, "%%%lu", (unsigned long)in6->sin6_scope_id);
	return text;
}

/* Not by getnameinfo(3), which touches far more memory: each session does this. */
static void
ip_text(struct peer *who)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&who->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&who->addr;
	char host[INET6_ADDRSTRLEN], scope[IF_NAMESIZE + 2];

	if (who->addr.ss_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)) != NULL)
		snprintf(who->text, sizeof(who->text), "%s:%u", host, ntohs(in->sin_port));
	else if (who->addr.ss_family == AF_INET6 &&
	    inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host)) != NULL)
		snprintf(who->text, sizeof(who->text), "[%s%s]:%u", host, scope_text(in6, scope),
		    ntohs(in6->sin6_port));
	else
		snprintf(who->text, sizeof(who->text), "?");
}

void
address_set(struct peer *who, const struct sockaddr *addr, socklen_t len)
{
	memset(who, 0, sizeof(*who));
	who->len = len < sizeof(who->addr) ? len : sizeof(who->addr);
	memcpy(&who->addr, addr, who->len);
	if (len == 0 || addr->sa_family == AF_UNIX)
		unix_text(who);
	else
		ip_text(who);
}

/* Whether a name of a host says no more than that it is this one. */
static bool
is_localhost(const char *host)
{
	static const char *const names[] = { "localhost", "localhost.localdomain",
	    "localhost4", "localhost6", "ip6-localhost", "ip6-loopback" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(host, names[i]) == 0)
			return true;
	return false;
}

/* Appends "(pid 4711, user dave)" to a Unix socket's text, where its owner has a name. */
static bool
owner_name(const struct peer *who, char text[NAMES_TEXT])
{
	const struct passwd *pw = who->has_owner ? getpwuid(who->uid) : NULL;
	const char *end = text + NAMES_TEXT;
	char *at = text + strlen(text), pid[32] = "";

	if (pw == NULL)
		return false;
	if (who->pid > 0)
		snprintf(pid, sizeof(pid), "pid %ld, ", (long)who->pid);
	at += snprintf(at, (size_t)(end - at), "(%suser ", pid);
	text_add(&at, end, pw->pw_name, strlen(pw->pw_name));
	text_add(&at, end, ")", 1);
	return true;
}

bool
address_names(const struct peer *who, char text[NAMES_TEXT])
{
	const struct sockaddr *addr = (const struct sockaddr *)&who->addr;
	char host[NI_MAXHOST], service[NI_MAXSERV], port[NI_MAXSERV];
	bool named;

	snprintf(text, NAMES_TEXT, "%s", who->text);
	if (who->len == 0 || addr->sa_family == AF_UNIX)
		return owner_name(who, text);
	named = getnameinfo(addr, who->len, host, sizeof(host), NULL, 0, NI_NAMEREQD) == 0;
	if (!named && getnameinfo(addr, who->len, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		return false;
	if (getnameinfo(addr, who->len, NULL, 0, service, sizeof(service), 0) != 0 ||
	    getnameinfo(addr, who->len, NULL, 0, port, sizeof(port), NI_NUMERICSERV) != 0)
		return false;
	host_service(text, NAMES_TEXT, host, service);
	return (named && !is_localhost(host)) || strcmp(service, port) != 0;
}

const char *
address_path(const struct peer *who)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&who->addr;

	return who->addr.ss_family == AF_UNIX && un->sun_path[0] != '\0' ? un->sun_path : NULL;
}

in_port_t *
address_port(struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET)
		return &((struct sockaddr_in *)addr)->sin_port;
	if (addr->ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)addr)->sin6_port;
	return NULL;
}

/* Turns an IPv4 address that is written as IPv6 (::ffff:192.0.2.1) into IPv4. */
static void
unmap(struct sockaddr_storage *addr)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in = { .sin_family = AF_INET };

	memcpy(&in6, addr, sizeof(in6));
	if (addr->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return;
	in.sin_port = in6.sin6_port;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, &in, sizeof(in));
}

bool
address_is_wildcard(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ?
	    ((const struct sockaddr_in *)addr)->sin_addr.s_addr == htonl(INADDR_ANY) :
	    IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)addr)->sin6_addr);
}

bool
address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
	    &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

struct sockaddr_storage
address_reached(const struct sockaddr_storage *addr)
{
	struct sockaddr_storage to = *addr;

	unmap(&to);
	if (!address_is_wildcard(&to))
		return to;
	if (to.ss_family == AF_INET)
		((struct sockaddr_in *)&to)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	else
		((struct sockaddr_in6 *)&to)->sin6_addr = in6addr_loopback;
	return to;
}
