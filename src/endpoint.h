/* endpoint.h - from words to addresses: protocols, hosts, services, interfaces, paths
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ENDPOINT_H
#define ENDPOINT_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "event.h"

/* One network protocol, as named after -p. */
struct protocol {
	const char	*name;
	int		 family;	/* AF_INET, AF_INET6, AF_UNIX; AF_UNSPEC for any IP */
	const char	*about;		/* its line in --help */
};

extern const struct protocol protocols[];	/* a NULL name ends it */

/* The protocol whose name is the len bytes at name, or NULL. */
const struct protocol	*protocol_find(const char *name, size_t len);

/* The addresses behind one end's host and service, each to be tried in turn. */
struct endpoint {
	const struct protocol	*protocol;
	struct peer		*address;	/* owned */
	size_t			 n;		/* of them: at least 1 */
};

enum endpoint_use { TO_LISTEN, TO_CONNECT };

/*
 * Looks up host and service: a port number or a TCP service name; for AF_UNIX, which
 * has no host, a path or, on Linux, the @name of a socket without a file (TO_LISTEN, "@" is
 * any that is free). Host may be a name, an address, [an address] or, TO_LISTEN, an
 * interface's name; NULL is every address TO_LISTEN, the local
 * host TO_CONNECT. absolute: a relative path is made absolute now.
 *
 * May wait for name servers. 0, or -1 with why. Free with endpoint_free().
 */
int	endpoint_resolve(struct endpoint *ep, const struct protocol *protocol, const char *host,
	    const char *service, enum endpoint_use use, bool absolute, struct cause *why);
void	endpoint_free(struct endpoint *ep);

/*
 * The address of source, which was resolved TO_LISTEN, from which a connection goes to an
 * address: the first of its family, of IPv6 rather one that is link-local as the other is, or
 * not. NULL: there is none. Borrowed.
 */
const struct peer	*endpoint_source(const struct endpoint *source, const struct peer *to);

/* Whether the system has a TCP service of that name; reads local tables only. */
bool	endpoint_service_known(const char *name);

#endif
