/* process.h - fork(2), and memory that processes have in common across it
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>
#include <stddef.h>
#include <stdint.h>

/* fork(2); the child must not count on what pthread_atfork() or libc's locks do. */
pid_t	process_fork(void);

/*
 * n > 0 bytes, zeroed, that stay one piece of memory across fork(2): what one
 * process writes the others see, and no fork copies. NULL with errno. Stays
 * until the process ends.
 */
void	*process_shared(size_t n);

/* Adds to a number there; what others add at the same time counts, too, where the system can. */
void	process_add(uintmax_t *n, uintmax_t more);

#endif
