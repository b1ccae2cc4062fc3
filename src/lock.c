/* lock.c - a lock between processes, which goes with its holder
 *
 * Runs in: all. A robust mutex where the system has them, which needs no file; else
 * fcntl(2) on a temporary file.
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>

#include "lock.h"

#ifdef HAVE_PTHREAD_MUTEXATTR_SETROBUST

int
lock_make(struct lock *l)
{
	pthread_mutexattr_t attr;

	if ((errno = pthread_mutexattr_init(&attr)) != 0)
		return -1;
	if ((errno = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED)) == 0 &&
	    (errno = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST)) == 0)
		errno = pthread_mutex_init(&l->mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return errno == 0 ? 0 : -1;
}

void
lock_take(struct lock *l)
{
	if (pthread_mutex_lock(&l->mutex) == EOWNERDEAD)
		pthread_mutex_consistent(&l->mutex);
}

void
lock_give(struct lock *l)
{
	pthread_mutex_unlock(&l->mutex);
}

#else

int
lock_make(struct lock *l)
{
	FILE *f = tmpfile();

	l->fd = f != NULL ? fcntl(fileno(f), F_DUPFD_CLOEXEC, 3) : -1;
	if (f != NULL)
		fclose(f);
	return l->fd != -1 ? 0 : -1;
}

static void
lock_set(const struct lock *l, int type)
{
	struct flock whole = { .l_type = (short)type, .l_whence = SEEK_SET };

	while (fcntl(l->fd, F_SETLKW, &whole) == -1 && errno == EINTR)
		;
}

void
lock_take(struct lock *l)
{
	lock_set(l, F_WRLCK);
}

void
lock_give(struct lock *l)
{
	lock_set(l, F_UNLCK);
}

#endif
