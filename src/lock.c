/* lock.c - a lock between processes, which goes with its holder
 *
 * Runs in: all. A robust mutex where the C library and the kernel have them; else a
 * byte of one unlinked file for each lock, taken by fcntl(2). Such a file needs no
 * folder that can be written to where there is memfd_create().
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_MEMFD_CREATE
# include <sys/mman.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "lock.h"

static int	file = -1;	/* has a byte for each lock that is no mutex */
static off_t	bytes;

#ifdef HAVE_ROBUST_MUTEX

static int
make_mutex(struct lock *l)
{
	pthread_mutexattr_t attr;
	int error;

	if ((error = pthread_mutexattr_init(&attr)) != 0)
		return error;
	error = pthread_mutexattr_setpshared(&attr, PTHREAD_PROCESS_SHARED);
	if (error == 0)
		error = pthread_mutexattr_setrobust(&attr, PTHREAD_MUTEX_ROBUST);
	if (error == 0)
		error = pthread_mutex_init(&l->mutex, &attr);
	pthread_mutexattr_destroy(&attr);
	return error;
}

#else

static int
make_mutex(struct lock *l)
{
	(void)l;
	return ENOTSUP;
}

#endif

/* A file without a name. Its descriptor, or -1 with errno. */
static int
open_file(void)
{
	FILE *f;
	int fd = -1;

#ifdef HAVE_MEMFD_CREATE
	if ((fd = memfd_create("tcpreen", MFD_CLOEXEC)) != -1)
		return fd;
#endif
	if ((f = tmpfile()) != NULL) {
		fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3);
		fclose(f);
	}
	return fd;
}

int
lock_make(struct lock *l)
{
	l->in_file = make_mutex(l) != 0;
	if (!l->in_file)
		return 0;
	l->byte = bytes++;
	if (file == -1)
		file = open_file();
	return file != -1 ? 0 : -1;
}

static void
set_byte(const struct lock *l, int type)
{
	struct flock it = { .l_type = (short)type, .l_whence = SEEK_SET, .l_start = l->byte,
	    .l_len = 1 };

	while (fcntl(file, F_SETLKW, &it) == -1 && errno == EINTR)
		;
}

void
lock_take(struct lock *l)
{
	if (l->in_file)
		set_byte(l, F_WRLCK);
#ifdef HAVE_ROBUST_MUTEX
	else if (pthread_mutex_lock(&l->mutex) == EOWNERDEAD)
		pthread_mutex_consistent(&l->mutex);
#endif
}

void
lock_give(struct lock *l)
{
	if (l->in_file)
		set_byte(l, F_UNLCK);
#ifdef HAVE_ROBUST_MUTEX
	else
		pthread_mutex_unlock(&l->mutex);
#endif
}
