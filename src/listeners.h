/* listeners.h - where clients, and with -l servers, come in: the listening sockets
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LISTENERS_H
#define LISTENERS_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "endpoint.h"
#include "options.h"
#include "sock.h"

struct listeners {
	struct listener	*list[SIDES];	/* owned, n each */
	size_t		 n[SIDES];	/* 0 of a side that is connected to */
};

/*
 * Opens the sockets of each side that comes in, or takes those that a service manager has
 * opened for it. An address to connect to (the other side's, ep) that is one of them is
 * an error. 0, or -1 with why. Free with listeners_free() in any case.
 */
int	listeners_open(struct listeners *ls, const struct options *opt,
	    const struct endpoint ep[SIDES], struct cause *why);

/*
 * Says where server is and where tcpreen listens, a line for each socket, to a service
 * manager, too; on a terminal also that everybody may come in, where that is so.
 */
void	listeners_announce(const struct listeners *ls, const struct options *opt,
	    const struct endpoint *server);

/* Listens no more. With remove, as in the parent, a Unix socket's path goes, too. */
void	listeners_close(struct listeners *ls, bool remove);

/* Closes what is open, as the parent does, and frees the lists. */
void	listeners_free(struct listeners *ls);

#endif
