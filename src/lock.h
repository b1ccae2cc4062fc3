/* lock.h - a lock between processes, which goes with its holder
 *
 * Taken and given back by the same process. When its holder dies, however that
 * was, the next one gets it.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LOCK_H
#define LOCK_H

#ifdef HAVE_ROBUST_MUTEX
# include <pthread.h>
#endif
#include <sys/types.h>
#include <stdbool.h>

struct lock {
#ifdef HAVE_ROBUST_MUTEX
	pthread_mutex_t	mutex;		/* no system call unless somebody waits */
#endif
	bool		in_file;	/* where there are no such mutexes: a byte of a file */
	off_t		byte;
};

/* Makes a lock in shared memory, before the processes are forked. 0, or -1 with errno. */
int	lock_make(struct lock *l);
void	lock_take(struct lock *l);
void	lock_give(struct lock *l);

#endif
