/* manager.h - the service manager that has started tcpreen, if one has
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MANAGER_H
#define MANAGER_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "event.h"

/*
 * First of all, before there is another process: takes what a service manager has put into
 * the environment out of it, so that nothing that is started later takes it for its own.
 * 0, or -1 with why.
 */
int	manager_begin(struct cause *why);

/*
 * How many sockets the manager has opened for us, as sd_listen_fds(3) describes: their
 * descriptors are MANAGER_FIRST and those that follow. 0 also where they are another
 * process's. What they are is for the caller to look at.
 */
#define MANAGER_FIRST	3
size_t	manager_sockets(void);

/*
 * The side that such a socket, from 0, is for: that which it is called (LISTEN_FDNAMES), or
 * SIDES where it is called neither client nor server. Without by_name all are the client's.
 */
enum side	manager_side(size_t i, bool by_name);

/*
 * What happens, told to the manager that asked for it in NOTIFY_SOCKET, as sd_notify(3)
 * describes: that it listens, that it reloads (until manager_reloaded()), that it stops.
 * status is a line for people, without control characters; cut where it is long.
 *
 * Each is one datagram, which is lost if it is not taken at once. That is no failure,
 * and said once, at -v. Without a manager nothing happens.
 */
void	manager_ready(const char *status);
void	manager_reloading(void);
void	manager_reloaded(void);
void	manager_stopping(const char *status);
void	manager_status(const char *status);

#endif
