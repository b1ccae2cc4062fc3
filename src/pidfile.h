/* pidfile.h - a file with the number of the process, locked while that runs
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PIDFILE_H
#define PIDFILE_H

#include "diag.h"

/*
 * Makes the file, empty, or takes over one that is left of an earlier run, and locks
 * it for this process (fcntl(2)). Call it with the rights that the file may be made
 * with; the mode becomes 0644, whatever the umask.
 *
 * An error is: a file that another process has locked, and why tells which; a symbolic
 * link, anything but a regular file, one with a second name, one of another user but
 * root, or one that holds something else than a number. Such a file stays as it is.
 * 0, or -1 with why.
 */
int	pidfile_open(const char *name, struct cause *why);

/* Writes the number of this process, if there is a file. 0, or -1 with why. */
int	pidfile_write(struct cause *why);

/*
 * In a child that goes on without exec(2), which has no part in the lock: closes the
 * file, so that only the parent can write to it.
 */
void	pidfile_leave(void);

/*
 * Empties the file, removes it if it is still ours, and gives the lock back. One that
 * cannot be removed (after -u, in a folder of root's) stays, empty: that is said at -v.
 * The folder that pidfile_open() found it in is meant, wherever this process is now.
 */
void	pidfile_remove(void);

#endif
