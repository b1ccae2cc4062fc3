/* address.h - one address: its text, its names, its port, whether it is another one
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ADDRESS_H
#define ADDRESS_H

#include <sys/socket.h>
#include <netinet/in.h>
#include <stdbool.h>

#include "event.h"

/* Fills who from an address, with its text; len 0 is an unnamed Unix socket. */
void	address_set(struct peer *who, const struct sockaddr *addr, socklen_t len);

/*
 * Looks up the names of a peer, "host:service", escaped like peer.text; what
 * has no name stays a number. Of a Unix socket whose owner is known and has a name,
 * "unix:/path(pid 4711, user dave)". May take as long as name servers take.
 * Returns whether that says more than numbers: "localhost" alone does not.
 */
#define NAMES_TEXT	(4 * (1025 + 32) + 2)	/* NI_MAXHOST, NI_MAXSERV, escaped */
bool	address_names(const struct peer *who, char text[NAMES_TEXT]);

/*
 * The path of a Unix socket, borrowed. NULL: it is in no folder, having no name or an abstract
 * one (Linux, unix(7)), or the address is of IP.
 */
const char	*address_path(const struct peer *who);

/* The place of an IP address's port, in network order; NULL for a Unix socket. */
in_port_t	*address_port(struct sockaddr_storage *addr);

/*
 * The IP address that a connection to addr goes to: an IPv4 address that is written
 * as IPv6 (::ffff:192.0.2.1) is that of IPv4, "every address" is that of the loopback.
 */
struct sockaddr_storage	address_reached(const struct sockaddr_storage *addr);

/* Whether an IP address is "every address". */
bool	address_is_wildcard(const struct sockaddr_storage *addr);

/* Whether two IP addresses of one family are the same host's, whatever their ports. */
bool	address_same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b);

#endif
