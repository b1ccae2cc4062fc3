/* listeners.c - where clients, and with -l servers, come in: the listening sockets
 *
 * Runs in: parent; listeners_close() also in the session, which keeps none of them. Decides
 * whose rights open them, and refuses a bridge that would connect to itself. How a
 * socket is made is sock.c's business, when to accept the server's.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "buf.h"
#include "listeners.h"
#include "manager.h"
#include "priv.h"

/* An address to connect to that is a listener of ours is an error: it would serve itself. */
static int
refuse_itself(const struct listeners *ls, const struct options *opt,
    const struct endpoint ep[SIDES], struct cause *why)
{
	enum side s;
	size_t i, j;

	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; !options_listens(opt, s) && i < ep[s].n; i++)
			for (j = 0; j < ls->n[OTHER(s)]; j++)
				if (sock_is_own(&ls->list[OTHER(s)][j], &ep[s].address[i]))
					return cause_set(why, "%s: tcpreen would connect to itself: "
					    "use another port, or -s", ep[s].address[i].text);
	return 0;
}

/* Opens the sockets of a side. */
static int
open_side(struct listeners *ls, enum side s, const struct endpoint *ep, struct cause *why)
{
	bool raise = ep->protocol->family != AF_UNIX;
	int error;

	/* Ports may need root's rights; a path is made with the user's own. */
	if (raise)
		priv_raise();
	error = sock_listen(ep, ls->list[s], &ls->n[s], why);
	if (raise)
		priv_lower();
	return error;
}

/* Takes those that a service manager has opened. */
static int
adopt_side(struct listeners *ls, enum side s, const struct options *opt, struct cause *why)
{
	struct listener *l;
	size_t i;

	for (i = 0; i < manager_sockets(); i++) {
		if (manager_side(i, opt->listens) != s)
			continue;
		l = &ls->list[s][ls->n[s]];
		if (sock_adopt(MANAGER_FIRST + (int)i, l, why) == -1)
			return -1;
		ls->n[s]++;
		if (s == CLIENT && opt->nallow > 0 && l->where.addr.ss_family == AF_UNIX)
			return cause_set(why, "--allow: not with %s: clients of a Unix socket have no "
			    "network", l->where.text);
	}
	return 0;
}

int
listeners_open(struct listeners *ls, const struct options *opt, const struct endpoint ep[SIDES],
    struct cause *why)
{
	size_t handed;
	enum side s;

	for (s = CLIENT; s < SIDES; s++) {
		if (!options_listens(opt, s))
			continue;
		handed = opt->handed[s];
		ls->list[s] = calloc(handed > 0 ? handed : ep[s].n, sizeof(*ls->list[s]));
		if (ls->list[s] == NULL)
			return cause_errno(why, "listening sockets", NULL);
		if ((handed > 0 ? adopt_side(ls, s, opt, why) :
		    open_side(ls, s, &ep[s], why)) == -1)
			return -1;
	}
	return refuse_itself(ls, opt, ep, why);
}

/* One of the lines at start; all of them, in one, are the status that a service manager gets. */
static void
announce_line(struct buf *status, const char *words, const char *where)
{
	announce("%s %s", words, where);
	buf_printf(status, "%s%s %s", status->len > 0 ? "; " : "", words, where);
}

/* Where the server is connected to: all addresses that are tried, in turn. */
static void
announce_server(struct buf *status, const struct endpoint *ep)
{
	struct buf text = { 0 };
	size_t i;

	for (i = 0; i < ep->n; i++)
		buf_printf(&text, "%s%s", i == 0 ? "" : ", ", ep->address[i].text);
	buf_putc(&text, '\0');
	if (!text.failed)
		announce_line(status, "Forwarding to", (const char *)text.data);
	buf_free(&text);
}

/* Whether a client may come in by any address of this host, from anywhere. */
static bool
open_to_all(const struct listeners *ls, const struct options *opt)
{
	const struct sockaddr_storage *addr;
	size_t i;

	for (i = 0; opt->nallow == 0 && i < ls->n[CLIENT]; i++) {
		addr = &ls->list[CLIENT][i].where.addr;
		if (addr->ss_family != AF_UNIX && address_is_wildcard(addr))
			return true;
	}
	return false;
}

void
listeners_announce(const struct listeners *ls, const struct options *opt,
    const struct endpoint *server)
{
	struct buf status = { 0 };
	enum side s;
	size_t i;

	if (opt->daemon)
		announce("started: tcpreen %s", PACKAGE_VERSION);
	if (!options_listens(opt, SERVER))
		announce_server(&status, server);
	if (!opt->daemon && open_to_all(ls, opt) && isatty(STDERR_FILENO))
		verbose(0, "listens on every address of this host: -a 127.0.0.1 or --allow limits "
		    "who may use it");
	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; i < ls->n[s]; i++)
			announce_line(&status, s == CLIENT ? "Listening on" :
			    "Listening for the server on", ls->list[s][i].where.text);
	buf_putc(&status, '\0');
	manager_ready(status.failed ? "" : (const char *)status.data);
	buf_free(&status);
}

void
listeners_close(struct listeners *ls, bool remove)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		while (ls->n[s] > 0)
			sock_unlisten(&ls->list[s][--ls->n[s]], remove);
}

void
listeners_free(struct listeners *ls)
{
	enum side s;

	listeners_close(ls, true);
	for (s = CLIENT; s < SIDES; s++)
		free(ls->list[s]);
}
