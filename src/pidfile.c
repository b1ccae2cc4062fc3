/* pidfile.c - a file with the number of the process, locked while that runs
 *
 * Runs in: parent, the daemon with -d. A session closes its copy of the descriptor. The lock is
 * that of fcntl(2), which belongs to one process: it is not inherited by fork(2), and goes
 * when its holder ends, however that was, or closes any descriptor of the file. So this
 * room opens the file once, and options.c refuses a log of that name.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "pidfile.h"

#define MODE	(S_IRUSR | S_IWUSR | S_IRGRP | S_IROTH)
#define TRIES	100		/* for a file that others remove as soon as it was opened */
#define OPTION	"--pid-file %.200s: "

static int	 file = -1;
static char	*path;		/* owned, absolute */
static struct stat ours;	/* of the file, to tell it from another one of that name */

enum found { OURS, GONE, NOT_OURS };

static int
open_failed(const char *name, struct cause *why)
{
	if (errno == ELOOP)
		return cause_set(why, OPTION "a symbolic link", name);
	return cause_set(why, OPTION "%s", name, strerror(errno));
}

/* What a user could have put there, for root to write to, or not be the only one to write to. */
static int
check_kind(const char *name, struct cause *why)
{
	if (!S_ISREG(ours.st_mode))
		return cause_set(why, OPTION "not a regular file", name);
	if (ours.st_nlink > 1)
		return cause_set(why, OPTION "the file has another name, too", name);
	if (ours.st_uid != geteuid() && ours.st_uid != 0)
		return cause_set(why, OPTION "the file belongs to another user", name);
	return 0;
}

/* Nothing or a number; whatever else the file holds is not to be lost by a typing error. */
static bool
holds_number(void)
{
	char text[32] = "";
	ssize_t n = pread(file, text, sizeof(text) - 1, 0);

	return n != sizeof(text) - 1 && strspn(text, "0123456789 \n") == (size_t)n;
}

/* Takes the lock; GONE where nobody has it any more by the time that one asks who. */
static enum found
take_lock(const char *name, struct cause *why)
{
	struct flock whole = { .l_type = F_WRLCK, .l_whence = SEEK_SET };

	if (fcntl(file, F_SETLK, &whole) != -1)
		return OURS;
	if ((errno != EACCES && errno != EAGAIN) || fcntl(file, F_GETLK, &whole) == -1) {
		cause_set(why, OPTION "cannot be locked: %s", name, strerror(errno));
		return NOT_OURS;
	}
	if (whole.l_type == F_UNLCK)
		return GONE;
	if (whole.l_pid > 0)
		cause_set(why, OPTION "process %ld holds it", name, (long)whole.l_pid);
	else	/* not one that can be seen from here */
		cause_set(why, OPTION "another process holds it", name);
	return NOT_OURS;
}

/* Whether name is still that of the open file. */
static bool
is_at(const char *name)
{
	struct stat now;

	return lstat(name, &now) == 0 && now.st_dev == ours.st_dev && now.st_ino == ours.st_ino;
}

/* Makes the open file ours, and empty. */
static enum found
take(const char *name, struct cause *why)
{
	enum found found;

	if (fstat(file, &ours) == -1) {
		open_failed(name, why);
		return NOT_OURS;
	}
	if (check_kind(name, why) == -1)
		return NOT_OURS;
	if ((found = take_lock(name, why)) != OURS)
		return found;
	/* Its last holder may have removed it, between our open(2) and the lock. */
	if (!is_at(name))
		return GONE;
	if (!holds_number()) {
		cause_set(why, OPTION "not a pid file: it holds something else than a number", name);
		return NOT_OURS;
	}
	if (ftruncate(file, 0) == -1 || (path = realpath(name, NULL)) == NULL) {
		open_failed(name, why);
		return NOT_OURS;
	}
	fchmod(file, MODE);	/* not where it is root's, and we are not */
	return OURS;
}

int
pidfile_open(const char *name, struct cause *why)
{
	enum found found = GONE;
	int tries;

	for (tries = 0; found == GONE && tries < TRIES; tries++) {
		/* O_NONBLOCK: a FIFO is refused, and not waited for. */
		file = open(name, O_RDWR | O_CREAT | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, MODE);
		if (file == -1)
			return open_failed(name, why);
		if ((found = take(name, why)) != OURS)
			pidfile_leave();
	}
	if (found == GONE)
		return cause_set(why, OPTION "others remove it, again and again", name);
	return found == OURS ? 0 : -1;
}

int
pidfile_write(struct cause *why)
{
	char text[32];
	size_t len, at;
	ssize_t n;

	if (file == -1)
		return 0;
	len = (size_t)snprintf(text, sizeof(text), "%ld\n", (long)getpid());
	for (at = 0; at < len; at += (size_t)n)
		if ((n = write(file, text + at, len - at)) == -1) {
			if (errno != EINTR)
				return open_failed(path, why);
			n = 0;
		}
	return 0;
}

void
pidfile_leave(void)
{
	if (file != -1)
		close(file);
	file = -1;
}

void
pidfile_remove(void)
{
	if (file == -1)
		return;
	if (ftruncate(file, 0) == -1)
		complain(OPTION "cannot be emptied: %s", path, strerror(errno));
	/* Gone before the lock is: whoever gets the lock then sees that the file is no more. */
	if (is_at(path) && unlink(path) == -1)
		verbose(1, OPTION "stays behind: %s", path, strerror(errno));
	pidfile_leave();
	free(path);
	path = NULL;
}
