/* writable.c - waits until a descriptor takes what is written to it
 *
 * Runs in: all. By select(2): in a session that may make no descriptor any more, poll(2)
 * refuses to look at one (POSIX: EINVAL for more than the limit), and select(2) does not.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <errno.h>
#include <stddef.h>

#include "writable.h"

int
writable_wait(int fd, int ms)
{
	struct timeval t = { .tv_sec = ms / 1000, .tv_usec = ms % 1000 * 1000 };
	fd_set set;

	if (fd < 0 || fd >= FD_SETSIZE) {
		errno = EBADF;
		return -1;
	}
	FD_ZERO(&set);
	FD_SET(fd, &set);
	return select(fd + 1, NULL, &set, NULL, ms >= 0 ? &t : NULL);
}
