/* process.h - processes without what only threads need */
#ifndef PROCESS_H
#define PROCESS_H

#include <sys/types.h>

/* fork(2); the child must not count on what pthread_atfork() or libc's locks do. */
pid_t	process_fork(void);

#endif
