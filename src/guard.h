/* guard.h - notices that a TCP connection has died while select() is not looking
 *
 * select() can only tell whether a socket is readable or writable. A side that is
 * not to be read now (its stream has ended, or the other side takes nothing) is not
 * asked about, and a reset of it would go unseen. epoll tells errors alone, where the
 * system has it; elsewhere every function here does nothing, and such a reset is seen
 * at the next write.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>

struct guard {
	int	fd;		/* readable when a guarded connection has died; -1: not in use */
};

#define GUARD_NONE	{ -1 }

/*
 * Makes now the descriptor that the next guard comes into use with, for a process that
 * can make none later; unless there is one, see guard_put_back().
 */
void	guard_prepare(void);

/*
 * Begins and ends to watch a connected TCP socket on which SHUT_WR was not done
 * (after that, an orderly end would look the same).
 */
void	guard_add(struct guard *g, int fd);
void	guard_remove(struct guard *g, int fd);

/* A guarded socket that has died, -1 when there is none. It stays guarded. */
int	guard_dead(const struct guard *g);

/*
 * Both end its use. guard_put_back(), of one that watches nothing any more, keeps its
 * descriptor for the next guard.
 */
void	guard_close(struct guard *g);
void	guard_put_back(struct guard *g);

#endif
