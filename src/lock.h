/* lock.h - a lock between processes, which goes with its holder
 *
 * Taken and given back by the same process. When its holder dies, however that
 * was, the next one gets it.
 */
#ifndef LOCK_H
#define LOCK_H

#ifdef HAVE_PTHREAD_MUTEXATTR_SETROBUST
# include <pthread.h>

/* No system call unless somebody waits. */
struct lock {
	pthread_mutex_t	mutex;
};
#else
/* The lock on an unlinked file. */
struct lock {
	int	fd;
};
#endif

/* Makes a lock in shared memory, before the processes are forked. 0, or -1 with errno. */
int	lock_make(struct lock *l);
void	lock_take(struct lock *l);
void	lock_give(struct lock *l);

#endif
