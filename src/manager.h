/* manager.h - the service manager that has started tcpreen, if one has
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef MANAGER_H
#define MANAGER_H

/*
 * First of all: takes what a service manager has put into the environment out of it, so
 * that nothing that is started later takes it for its own.
 */
void	manager_begin(void);

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
