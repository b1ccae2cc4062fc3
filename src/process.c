/* process.c - fork(2), and memory that processes have in common across it
 *
 * Runs in: all.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/mman.h>
#include <unistd.h>

#include "process.h"

#ifndef MAP_ANONYMOUS
# define MAP_ANONYMOUS	MAP_ANON
#endif

pid_t
process_fork(void)
{
#ifdef HAVE__FORK
	return _Fork();		/* touches 8 KiB less of each process than fork() */
#else
	return fork();
#endif
}

void *
process_shared(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
process_add(uintmax_t *n, uintmax_t more)
{
#ifdef HAVE_SYNC_FETCH_AND_ADD
	__sync_fetch_and_add(n, more);
#else
	*n += more;
#endif
}
