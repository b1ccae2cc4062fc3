/* writable.h - waits until a descriptor takes what is written to it
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef WRITABLE_H
#define WRITABLE_H

/*
 * Waits until fd, below FD_SETSIZE, can be written to or is broken, or until ms
 * milliseconds have passed; -1: however long it takes. Returns 1, 0 when the time has
 * passed, or -1 with errno: as select(2), and EBADF for a descriptor that it cannot take.
 */
int	writable_wait(int fd, int ms);

#endif
