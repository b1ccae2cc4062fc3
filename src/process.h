/* process.h - processes without what only threads need */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/*
 * Gives back what libc asked the kernel for in case there were threads: the
 * area for restartable sequences (rseq), which the kernel writes each time that
 * it lets a process run, so that a page of it is copied for each session. Where
 * there is none, or it stays, nothing else changes. Call once, at start.
 */
void	process_single(void);

/* fork(2); the child must not count on what pthread_atfork() or libc's locks do. */
pid_t	process_fork(void);

#endif
