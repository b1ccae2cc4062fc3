/* daemon.h - standard descriptors, and the way into the background
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DAEMON_H
#define DAEMON_H

#include <stdbool.h>

#include "diag.h"

/* Opens descriptors 0 to 2 on /dev/null where they are closed. 0, or -1 with why. */
int	daemon_stdio(struct cause *why);

/* Whether a terminal controls this process, so that SIGHUP says that it has gone. */
bool	daemon_has_terminal(void);

/*
 * Forks. The child returns 0 and goes on, with the terminal's stderr, as the
 * leader of a session of its own. The launcher stays until the child has called
 * daemon_detach() or has ended, and returns 1 with the status to exit with.
 * -1 with why when there is no child.
 * Descriptors above 2 are closed before: whoever waits for their end is not to wait
 * for the daemon. When the launcher ends before its child is ready, the child gets
 * SIGIO (where the system has that for pipes), so that nobody is left behind.
 */
int	daemon_launch(int *status, struct cause *why);

/*
 * In the child: everything works. Lets the terminal go, from where on diag.h tells
 * syslog, and the launcher. 0, or -1 with why.
 */
int	daemon_detach(struct cause *why);

#endif
