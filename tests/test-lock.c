/* test-lock.c - a lock between processes: one holds it, and its death gives it back */
#include <config.h>

#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "lock.h"
#include "process.h"
#include "unit.h"

static struct lock	*lock;

/* Whether another process could have the lock now. */
static bool
is_free(void)
{
	int status;
	pid_t pid = process_fork();

	if (pid == 0) {
#ifdef HAVE_PTHREAD_MUTEXATTR_SETROBUST
		_exit(pthread_mutex_trylock(&lock->mutex) == 0 ?
		    pthread_mutex_unlock(&lock->mutex) : 1);
#else
		struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

		_exit(fcntl(lock->fd, F_SETLK, &whole) == 0 ? 0 : 1);
#endif
	}
	CHECK(waitpid(pid, &status, 0) == pid && WIFEXITED(status), "%s", strerror(errno));
	return WEXITSTATUS(status) == 0;
}

/* Another process takes the lock, and dies with it. */
static void
die_with_it(int sig)
{
	int status;
	pid_t pid = process_fork();

	if (pid == 0) {
		lock_take(lock);
		if (sig != 0)
			kill(getpid(), sig);
		_exit(0);
	}
	CHECK(waitpid(pid, &status, 0) == pid, "%s", strerror(errno));
}

int
main(void)
{
	int i;

	alarm(10);	/* waiting for the dead is what must not be */
	lock = process_shared(sizeof(*lock));
	CHECK(lock != NULL && lock_make(lock) == 0, "%s", strerror(errno));
	CHECK(is_free(), "a new one");
	lock_take(lock);
	CHECK(!is_free(), "taken");
	lock_give(lock);
	CHECK(is_free(), "given back");
	for (i = 0; i < 3; i++) {
		die_with_it(i == 1 ? 0 : SIGKILL);
		lock_take(lock);
		CHECK(!is_free(), "taken after a death");
		lock_give(lock);
		CHECK(is_free(), "given back after a death");
	}
	return unit_end();
}
