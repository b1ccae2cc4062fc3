/* command.h - the command of --run, which uses the bridge and ends it
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef COMMAND_H
#define COMMAND_H

#include <sys/types.h>

#include "diag.h"
#include "event.h"

/*
 * Keeps standard output for the command: what this process writes there from now on
 * goes to standard error. 0, or -1 with why.
 */
int	command_keep_stdout(struct cause *why);

/*
 * Runs the command with /bin/sh, after command_keep_stdout(). It finds the bridge at
 * where by TCPREEN_ADDRESS and TCPREEN_PORT: the loopback address where that is every
 * address; the path, and no port, of a Unix socket. Returns its process, a child of
 * this one in the same process group, or -1 with why. What the terminal sends is for
 * the command alone from then on: it may have a use for ^C.
 */
pid_t	command_start(const char *command, const struct peer *where, struct cause *why);

/* The exit status that stands for a status of wait(2), as in a shell: 128 and the signal. */
int	command_exit_status(int status);

#endif
