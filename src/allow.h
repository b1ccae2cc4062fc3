/* allow.h - the networks whose clients are served
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ALLOW_H
#define ALLOW_H

#include <sys/socket.h>
#include <netinet/in.h>
#include <stdbool.h>
#include <stddef.h>

#include "diag.h"

struct network {
	struct in6_addr	first;	/* an address in it; of IPv4 as ::ffff:192.0.2.1 */
	unsigned int	bits;	/* how many of first's are those of all its addresses: 0 to 128 */
	uint32_t	scope;	/* the interface of link-local addresses; 0: any */
};

/* Empty when zeroed. */
struct allow {
	struct network	*net;	/* owned; n of them */
	size_t		 n;
};

/*
 * Whether word may be a network: ADDRESS, ADDRESS/BITS or a host's name. ADDRESS is one of
 * IPv4 or IPv6 (RFC 4291), with brackets or not, BITS from 0 to 32 or 128; one
 * like ::ffff:192.0.2.0 is of IPv4, and has 96 bits and more. ADDRESS%INTERFACE is
 * link-local (RFC 4007). Looks up nothing. 0, or -1 with why, a usage error, without the word.
 */
int	allow_check(const char *word, struct cause *why);

/*
 * Adds a network of which allow_check() holds, a name with all its addresses. May wait
 * for name servers. 0, or -1 with why. Free in any case.
 */
int	allow_add(struct allow *a, const char *word, struct cause *why);
void	allow_free(struct allow *a);

/*
 * Whether an address is in one of the networks. IPv4 that is written as IPv6
 * (::ffff:192.0.2.1) is IPv4: no network of IPv6, not even ::/0, has it. What is neither
 * of them is in none.
 */
bool	allow_has(const struct allow *a, const struct sockaddr_storage *addr);

#endif
