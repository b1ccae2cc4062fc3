/* allow.c - the networks whose clients are served
 *
 * Runs in: parent, which looks names up at start, and asks for each client. IPv4
 * addresses are kept as those of IPv6 that stand for them, so that there is one way to compare.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "endpoint.h"
#include "number.h"

#define IPV4_BITS	96	/* that all addresses of IPv4 have in common, written as IPv6 */
#define ALL_BITS	128
#define NAME_MOST	256	/* bytes of an address or a host's name, with the NUL */

/* A word, taken apart. */
struct word {
	char		host[NAME_MOST];	/* without brackets */
	unsigned int	bits;			/* as in struct network */
};

/* Sets the bits of an address, those that follow the slash or, without one (NULL), all. */
static int
take_bits(struct word *w, const char *text, unsigned int before, unsigned int least,
    struct cause *why)
{
	unsigned int most = ALL_BITS - before;
	uintmax_t n = most;

	if (text != NULL && (strlen(text) > 3 || !number(text, least, most, &n)))
		return cause_usage(why, "after the slash, not a number from %u to %u", least, most);
	w->bits = before + (unsigned int)n;
	return 0;
}

/* The host is no address: it is a name, unless it cannot be one. */
static int
take_name(struct word *w, const char *bits, struct cause *why)
{
	/* getaddrinfo(3) would know 10 and 10.1, but as 0.0.0.10 and 10.0.0.1. */
	if (w->host[strspn(w->host, "0123456789.")] == '\0' || strpbrk(w->host, ":%[]") != NULL)
		return cause_usage(why, "not an address");
	if (bits != NULL)
		return cause_usage(why, "not an address, before the slash");
	w->bits = ALL_BITS;
	return 0;
}

/* Copies the host, len bytes, without the brackets of "[::1]". */
static int
take_host(struct word *w, const char *host, size_t len, struct cause *why)
{
	if (host[0] == '[' && host[len - 1] == ']') {
		host++;
		len -= 2;
	}
	if (len >= sizeof(w->host))
		return cause_usage(why, "too long for an address or a name");
	memcpy(w->host, host, len);
	w->host[len] = '\0';
	return 0;
}

static int
take_apart(struct word *w, const char *text, struct cause *why)
{
	size_t len = strcspn(text, "/");
	const char *bits = text[len] == '/' ? text + len + 1 : NULL;
	struct in6_addr six;
	struct in_addr four;
	char *scope;
	bool is_six;

	if (take_host(w, text, len, why) == -1)
		return -1;
	if (inet_pton(AF_INET, w->host, &four) == 1)
		return take_bits(w, bits, IPV4_BITS, 0, why);
	if ((scope = strchr(w->host, '%')) != NULL)
		*scope = '\0';
	is_six = inet_pton(AF_INET6, w->host, &six) == 1;
	if (scope != NULL)
		*scope = '%';
	if (!is_six)
		return take_name(w, bits, why);
	if (scope != NULL && (!IN6_IS_ADDR_LINKLOCAL(&six) || scope[1] == '\0'))
		return cause_usage(why, "%s: an interface is for link-local addresses (fe80::/10)", scope);
	return take_bits(w, bits, 0, IN6_IS_ADDR_V4MAPPED(&six) ? IPV4_BITS : 0, why);
}

int
allow_check(const char *word, struct cause *why)
{
	struct word w;

	return take_apart(&w, word, why);
}

/* An address as one of IPv6; false if it is none of IP. */
static bool
as_ipv6(const struct sockaddr_storage *addr, struct in6_addr *six, uint32_t *scope)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)addr;

	*scope = 0;
	if (addr->ss_family == AF_INET) {
		memset(six, 0, sizeof(*six));
		six->s6_addr[10] = six->s6_addr[11] = 0xff;
		memcpy(&six->s6_addr[IPV4_BITS / 8], &in->sin_addr, sizeof(in->sin_addr));
		return true;
	}
	*six = in6->sin6_addr;
	if (IN6_IS_ADDR_LINKLOCAL(six))
		*scope = in6->sin6_scope_id;
	return addr->ss_family == AF_INET6;
}

int
allow_add(struct allow *a, const char *word, struct cause *why)
{
	struct endpoint ep;
	struct network *more;
	struct cause reason;
	struct word w;
	size_t i;

	if (take_apart(&w, word, why) == -1)
		return -1;
	if (endpoint_resolve(&ep, protocol_find("any", 3), w.host, "0", TO_CONNECT, false,
	    &reason) == -1)
		return cause_set(why, "--allow %s", reason.text);
	more = realloc(a->net, (a->n + ep.n) * sizeof(*more));
	if (more != NULL) {
		a->net = more;
		for (i = 0; i < ep.n; i++, a->n++) {
			as_ipv6(&ep.address[i].addr, &more[a->n].first, &more[a->n].scope);
			more[a->n].bits = w.bits;
		}
	}
	endpoint_free(&ep);
	return more != NULL ? 0 : cause_set(why, "--allow %s: no memory", word);
}

void
allow_free(struct allow *a)
{
	free(a->net);
	a->net = NULL;
	a->n = 0;
}

static bool
network_has(const struct network *net, const struct in6_addr *six, uint32_t scope)
{
	size_t whole = net->bits / 8;
	unsigned int rest = net->bits % 8;

	if (net->bits < IPV4_BITS && IN6_IS_ADDR_V4MAPPED(six))
		return false;
	if (net->scope != 0 && net->scope != scope)
		return false;
	if (memcmp(&net->first, six, whole) != 0)
		return false;
	return rest == 0 || (net->first.s6_addr[whole] ^ six->s6_addr[whole]) >> (8 - rest) == 0;
}

bool
allow_has(const struct allow *a, const struct sockaddr_storage *addr)
{
	struct in6_addr six;
	uint32_t scope;
	size_t i;

	if (!as_ipv6(addr, &six, &scope))
		return false;
	for (i = 0; i < a->n; i++)
		if (network_has(&a->net[i], &six, scope))
			return true;
	return false;
}
