/* test-lock.c - a lock between processes: one holds it, and its death gives it back
 *
 * Once with the mutexes of this system, once without them.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "lock.h"
#include "process.h"
#include "unit.h"

#define WAITED	7	/* exit status */

/* The system has no robust mutexes; no memfd_create(); no temporary file. */
static bool	no_mutex, no_memfd, no_tmpfile;
static int	interruptions;			/* of the next fcntl() that would wait */
static bool	no_locks;			/* fcntl() cannot */
static int	memfds, tmpfiles;
static int	would_wait;			/* the exit status where it would, or 0: it waits */

#ifdef HAVE_ROBUST_MUTEX
static int	pshared = -1, robust = -1;	/* what was set */

int	__real_pthread_mutexattr_setpshared(pthread_mutexattr_t *, int);
int	__wrap_pthread_mutexattr_setpshared(pthread_mutexattr_t *, int);
int	__real_pthread_mutexattr_setrobust(pthread_mutexattr_t *, int);
int	__wrap_pthread_mutexattr_setrobust(pthread_mutexattr_t *, int);

int
__wrap_pthread_mutexattr_setpshared(pthread_mutexattr_t *attr, int value)
{
	pshared = value;
	return __real_pthread_mutexattr_setpshared(attr, value);
}

int
__wrap_pthread_mutexattr_setrobust(pthread_mutexattr_t *attr, int value)
{
	robust = value;
	return no_mutex ? ENOTSUP : __real_pthread_mutexattr_setrobust(attr, value);
}

int	__real_pthread_mutex_lock(pthread_mutex_t *);
int	__wrap_pthread_mutex_lock(pthread_mutex_t *);

int
__wrap_pthread_mutex_lock(pthread_mutex_t *mutex)
{
	int error = would_wait ? pthread_mutex_trylock(mutex) : __real_pthread_mutex_lock(mutex);

	if (error == EBUSY)
		_exit(would_wait);
	return error;
}
#endif

#ifdef HAVE_MEMFD_CREATE
int	__real_memfd_create(const char *, unsigned int);
int	__wrap_memfd_create(const char *, unsigned int);

int
__wrap_memfd_create(const char *name, unsigned int flags)
{
	memfds++;
	errno = ENOSYS;
	return no_memfd ? -1 : __real_memfd_create(name, flags);
}
#endif

FILE	*__real_tmpfile(void);
FILE	*__wrap_tmpfile(void);

FILE *
__wrap_tmpfile(void)
{
	tmpfiles++;
	errno = EROFS;
	return no_tmpfile ? NULL : __real_tmpfile();
}

int	__real_fcntl(int, int, ...);
int	__wrap_fcntl(int, int, ...);

/* The program gives a number or an address, which go the same way where --wrap works. */
int
__wrap_fcntl(int fd, int command, ...)
{
	va_list ap;
	void *last;

	va_start(ap, command);
	if (command != F_SETLK && command != F_SETLKW) {
		int number = va_arg(ap, int);

		va_end(ap);
		return __real_fcntl(fd, command, number);
	}
	last = va_arg(ap, void *);
	va_end(ap);
	if (command == F_SETLKW && no_locks) {
		errno = ENOLCK;
		return -1;
	}
	if (command == F_SETLKW && interruptions > 0) {
		interruptions--;
		errno = EINTR;
		return -1;
	}
	if (command == F_SETLKW && would_wait) {
		if (__real_fcntl(fd, F_SETLK, last) == -1)
			_exit(would_wait);
		return 0;
	}
	return __real_fcntl(fd, command, last);
}

static int
child_status(pid_t pid)
{
	int status = -1;

	CHECK(waitpid(pid, &status, 0) == pid, "%s", strerror(errno));
	return status;
}

/* Whether another process could have the lock at once: it ends where it would wait. */
static bool
is_free(struct lock *l)
{
	pid_t pid = process_fork();
	int status;

	if (pid == 0) {
		would_wait = WAITED;
		lock_take(l);
		lock_give(l);
		_exit(0);
	}
	status = child_status(pid);
	CHECK(status == 0 || (WIFEXITED(status) && WEXITSTATUS(status) == WAITED), "%x", status);
	return status == 0;
}

/* Another process takes the lock, and dies with it. */
static void
die_with_it(struct lock *l, int sig)
{
	pid_t pid = process_fork();

	if (pid == 0) {
		lock_take(l);
		if (sig != 0)
			kill(getpid(), sig);
		_exit(0);
	}
	child_status(pid);
}

static void
check_lock(struct lock *l, const char *title)
{
	int i;

	CHECK(is_free(l), "%s: a new one", title);
	lock_take(l);
	CHECK(!is_free(l), "%s: taken", title);
	lock_give(l);
	CHECK(is_free(l), "%s: given back", title);
	for (i = 0; i < 3; i++) {
		die_with_it(l, i == 1 ? 0 : SIGKILL);
		lock_take(l);
		CHECK(!is_free(l), "%s: taken after a death", title);
		lock_give(l);
		CHECK(is_free(l), "%s: given back after a death", title);
	}
}

/* Two of them, which are not each other's. */
static void
check_kind(bool in_file, const char *title)
{
	struct lock *two = process_shared(2 * sizeof(*two));
	int i, made;

	for (i = 0; i < 2; i++) {
		made = lock_make(&two[i]);
		CHECK(made == 0, "%s: %s", title, strerror(errno));
		CHECK(two[i].in_file == in_file, "%s", title);
	}
	check_lock(&two[1], title);
	lock_take(&two[1]);
	CHECK(is_free(&two[0]), "%s: the other one", title);
	check_lock(&two[0], title);
	CHECK(!is_free(&two[1]), "%s: still taken", title);
	lock_give(&two[1]);
}

/* The lowest descriptor that is free. */
static int
free_fd(void)
{
	int fd = __real_fcntl(0, F_DUPFD, 3);

	close(fd);
	return fd;
}

/* Where there is nowhere to make a file. Runs in a process that has none yet. */
static void
check_no_file(void)
{
	struct lock l;
	int made;

	no_mutex = no_memfd = no_tmpfile = true;
	errno = 0;
	made = lock_make(&l);
	CHECK(made == -1 && errno == EROFS, "%d: %s", made, strerror(errno));
}

/* The file is made by either way, is one for all locks, and is not for programs that are run. */
static void
check_file(bool memfd)
{
	struct lock l;
	int fd = free_fd(), i;

	no_mutex = true;
	no_memfd = !memfd;
	memfds = tmpfiles = 0;
	for (i = 0; i < 2; i++)
		CHECK(lock_make(&l) == 0 && l.in_file && l.byte == i, "%s", strerror(errno));
#ifdef HAVE_MEMFD_CREATE
	CHECK(memfds == 1 && tmpfiles == !memfd, "%d, %d", memfds, tmpfiles);
#else
	CHECK(tmpfiles == 1, "%d", tmpfiles);
#endif
	fd += tmpfiles;		/* a FILE's own one was closed again */
	CHECK((__real_fcntl(fd, F_GETFD, 0) & FD_CLOEXEC) != 0, "%d", fd);
	CHECK(free_fd() == (tmpfiles ? fd - 1 : fd + 1), "%d, now free: %d", fd, free_fd());
	interruptions = 3;
	lock_take(&l);
	CHECK(interruptions == 0 && !is_free(&l), "taken after signals");
	lock_give(&l);
	no_locks = true;
	lock_take(&l);		/* goes on without, for ever is too long */
	lock_give(&l);
	no_locks = false;
	check_lock(&l, memfd ? "memfd" : "tmpfile");
}

/* In a process of its own, for the file stays. */
static void
apart(void (*check)(bool), bool arg)
{
	pid_t pid;
	int status;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		check(arg);
		fflush(stdout);
		_exit(unit_failures > 0);
	}
	status = child_status(pid);
	CHECK(status == 0, "%x", status);
}

static void
no_file(bool unused)
{
	(void)unused;
	check_no_file();
}

static void
files(bool unused)
{
	(void)unused;
	no_mutex = true;
	check_kind(true, "bytes of a file");
}

int
main(void)
{
	alarm(20);	/* waiting for the dead is what must not be */
	apart(no_file, false);
	apart(check_file, true);
	apart(check_file, false);
	apart(files, false);
#ifdef HAVE_ROBUST_MUTEX
	check_kind(false, "mutexes");
	CHECK(pshared == PTHREAD_PROCESS_SHARED && robust == PTHREAD_MUTEX_ROBUST, "%d, %d",
	    pshared, robust);
	CHECK(memfds == 0 && tmpfiles == 0, "mutexes need no file");
#endif
	return unit_end();
}
