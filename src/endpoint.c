/* endpoint.c - from words to addresses: protocols, hosts, services, interfaces, paths
 *
 * Runs in: parent, before it listens. The only room that looks up what the user
 * typed. Makes no socket, prints nothing, keeps nothing between calls.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <netinet/in.h>
#include <errno.h>
#ifdef HAVE_GETIFADDRS
# include <ifaddrs.h>
#endif
#include <netdb.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "endpoint.h"

const struct protocol protocols[] = {
	{ "tcp",   AF_INET,   "TCP over IPv4" },
	{ "tcp6",  AF_INET6,  "TCP over IPv6" },
	{ "unix",  AF_UNIX,   "Unix socket; the port is its path, or @name" },
	{ "local", AF_UNIX,   "the same" },
	{ "any",   AF_UNSPEC, "TCP over IPv4 or IPv6, each address tried in turn" },
	{ NULL,    0,         NULL },
};

const struct protocol *
protocol_find(const char *name, size_t len)
{
	const struct protocol *p;

	for (p = protocols; p->name != NULL; p++)
		if (strlen(p->name) == len && memcmp(p->name, name, len) == 0)
			return p;
	return NULL;
}

/* Adds an address unless it is there already. */
static int
address_add(struct endpoint *ep, const struct sockaddr *addr, socklen_t len, struct cause *why)
{
	struct peer *more;
	size_t i;

	for (i = 0; i < ep->n; i++)
		if (ep->address[i].len == len && memcmp(&ep->address[i].addr, addr, len) == 0)
			return 0;
	if ((more = realloc(ep->address, (ep->n + 1) * sizeof(*more))) == NULL)
		return cause_errno(why, "addresses", NULL);
	ep->address = more;
	address_set(&more[ep->n++], addr, len);
	return 0;
}

#ifdef HAVE_ABSTRACT_NAMES
/* "@name": of as many bytes as it has, the first of them NUL; "@" alone: the system chooses. */
static int
resolve_abstract(struct endpoint *ep, const char *text, enum endpoint_use use, struct cause *why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	size_t len = strlen(text);

	if (len == 1 && use == TO_CONNECT)
		return cause_usage(why, "@: which name?");
	if (len > sizeof(un.sun_path))
		return cause_set(why, "%.300s: the name of a Unix socket has at most %zu bytes", text,
		    sizeof(un.sun_path) - 1);
	memcpy(un.sun_path + 1, text + 1, len - 1);
	return address_add(ep, (struct sockaddr *)&un, (socklen_t)(offsetof(struct sockaddr_un,
	    sun_path) + (len > 1 ? len : 0)), why);
}
#else
static int
resolve_abstract(struct endpoint *ep, const char *text, enum endpoint_use use, struct cause *why)
{
	(void)ep, (void)use;
	return cause_set(why, "%.200s: only Linux has Unix sockets without a file (a file is ./%.200s)",
	    text, text);
}
#endif

static int
resolve_unix(struct endpoint *ep, const char *path, bool absolute, struct cause *why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char here[sizeof(un.sun_path)] = "";
	int n;

	if (absolute && path[0] != '/' && getcwd(here, sizeof(here)) == NULL && errno != ERANGE)
		return cause_errno(why, path, NULL);
	if (absolute && path[0] != '/' && here[0] == '\0')	/* the folder alone is too long */
		n = sizeof(un.sun_path);
	else
		n = snprintf(un.sun_path, sizeof(un.sun_path), "%s%s%s", here,
		    here[0] != '\0' ? "/" : "", path);
	if (n < 1)
		return cause_set(why, "Unix socket: empty path");
	if ((size_t)n >= sizeof(un.sun_path))
		return cause_set(why, "%.300s: a Unix socket's path has at most %zu bytes", path,
		    sizeof(un.sun_path) - 1);
	return address_add(ep, (struct sockaddr *)&un, sizeof(un), why);
}

/* The IPv4 wildcard address with the port of a service name or number. 0, or -1 with why. */
static int
resolve_service(const char *service, struct sockaddr_in *any, struct cause *why)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE }, *found;
	int error = getaddrinfo(NULL, service, &hints, &found);

	if (error != 0)
		return cause_set(why, "%s: unknown service", service);
	memcpy(any, found->ai_addr, sizeof(*any));
	freeaddrinfo(found);
	return 0;
}

bool
endpoint_service_known(const char *name)
{
	return getservbyname(name, "tcp") != NULL;
}

#ifdef HAVE_GETIFADDRS
/* Adds the addresses of the interface of that name; 0 also when there is none. */
static int
resolve_interface(struct endpoint *ep, const char *name, in_port_t port, struct cause *why)
{
	struct ifaddrs *list, *i;
	int family, error = 0;

	if (getifaddrs(&list) == -1)
		return 0;
	for (i = list; i != NULL && error == 0; i = i->ifa_next) {
		if (i->ifa_addr == NULL || strcmp(i->ifa_name, name) != 0)
			continue;
		family = i->ifa_addr->sa_family;
		if (ep->protocol->family != AF_UNSPEC && ep->protocol->family != family)
			continue;
		if (family == AF_INET) {
			((struct sockaddr_in *)(void *)i->ifa_addr)->sin_port = port;
			error = address_add(ep, i->ifa_addr, sizeof(struct sockaddr_in), why);
		} else if (family == AF_INET6) {
			((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_port = port;
			error = address_add(ep, i->ifa_addr, sizeof(struct sockaddr_in6), why);
		}
	}
	freeifaddrs(list);
	return error;
}
#else
static int
resolve_interface(struct endpoint *ep, const char *name, in_port_t port, struct cause *why)
{
	(void)ep, (void)name, (void)port, (void)why;
	return 0;
}
#endif

/* Why a host was not found: in the other IP family it may have an address. */
static int
host_failed(const char *host, const char *service, int family, int error, struct cause *why)
{
	const char *reason = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
	struct addrinfo hints = { .ai_family = family == AF_INET ? AF_INET6 : AF_INET,
	    .ai_socktype = SOCK_STREAM }, *found;

	if (host == NULL || family == AF_UNSPEC || error == EAI_AGAIN || error == EAI_MEMORY ||
	    getaddrinfo(host, service, &hints, &found) != 0)
		return cause_set(why, "%.300s: %s", host != NULL ? host : service, reason);
	freeaddrinfo(found);
	if (family == AF_INET)
		return cause_set(why, "%.300s: has only IPv6: use -p tcp6 or -p any", host);
	return cause_set(why, "%.300s: has only IPv4: use -p tcp or -p any", host);
}

static int
resolve_host(struct endpoint *ep, const char *host, const char *service, enum endpoint_use use,
    struct cause *why)
{
	struct addrinfo hints = { .ai_family = ep->protocol->family, .ai_socktype = SOCK_STREAM,
	    .ai_flags = use == TO_LISTEN ? AI_PASSIVE : 0 }, *found, *ai;
	int error = getaddrinfo(host, service, &hints, &found);

	if (error != 0)
		return host_failed(host, service, hints.ai_family, error, why);
	error = 0;
	for (ai = found; ai != NULL && error == 0; ai = ai->ai_next)
		if (ai->ai_family == AF_INET || ai->ai_family == AF_INET6)
			error = address_add(ep, ai->ai_addr, ai->ai_addrlen, why);
	freeaddrinfo(found);
	return error;
}

/* The host without the brackets of "[::1]", in a copy that the caller frees. */
static char *
without_brackets(const char *host)
{
	size_t n = strlen(host);
	char *copy = strdup(host);

	if (copy != NULL && n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(copy, copy + 1, n - 2);
		copy[n - 2] = '\0';
	}
	return copy;
}

static int
resolve_tcp(struct endpoint *ep, const char *host, const char *service, enum endpoint_use use,
    struct cause *why)
{
	struct sockaddr_in any;
	char *bare = NULL;
	int error = 0;

	if (resolve_service(service, &any, why) == -1)
		return -1;
	if (host != NULL && (bare = without_brackets(host)) == NULL)
		return cause_errno(why, host, NULL);
	if (bare != NULL && use == TO_LISTEN)
		error = resolve_interface(ep, bare, any.sin_port, why);
	if (error == 0 && ep->n == 0)
		error = resolve_host(ep, bare, service, use, why);
	free(bare);
	if (error == 0 && ep->n == 0)
		return cause_set(why, "%s: no address", host != NULL ? host : service);
	return error;
}

int
endpoint_resolve(struct endpoint *ep, const struct protocol *protocol, const char *host,
    const char *service, enum endpoint_use use, bool absolute, struct cause *why)
{
	int error;

	memset(ep, 0, sizeof(*ep));
	ep->protocol = protocol;
	if (protocol->family == AF_UNIX && service[0] == '@')
		error = resolve_abstract(ep, service, use, why);
	else if (protocol->family == AF_UNIX)
		error = resolve_unix(ep, service, absolute, why);
	else
		error = resolve_tcp(ep, host, service, use, why);
	if (error != 0)
		endpoint_free(ep);
	return error;
}

static bool
is_link_local(const struct peer *a)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&a->addr;

	return a->addr.ss_family == AF_INET6 && IN6_IS_ADDR_LINKLOCAL(&in6->sin6_addr);
}

const struct peer *
endpoint_source(const struct endpoint *source, const struct peer *to)
{
	const struct peer *found = NULL, *a;
	size_t i;

	for (i = 0; i < source->n; i++) {
		a = &source->address[i];
		if (a->addr.ss_family != to->addr.ss_family)
			continue;
		if (is_link_local(a) == is_link_local(to))
			return a;
		if (found == NULL)
			found = a;
	}
	return found;
}

void
endpoint_free(struct endpoint *ep)
{
	free(ep->address);
	ep->address = NULL;
	ep->n = 0;
}
