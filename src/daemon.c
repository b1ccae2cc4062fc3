/* daemon.c - standard descriptors, and the way into the background
 *
 * Runs in: launcher, parent. Everything that can fail does so while the launching
 * process still waits, so that it can say so and exit with the right status.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/types.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "daemon.h"
#include "systemlog.h"

#define INHERITED_MOST	65536	/* descriptors to close, where the system does not know them */

static int	ready = -1;	/* the child's end of the pipe to its launcher */

int
daemon_stdio(struct cause *why)
{
	int fd;

	while ((fd = open("/dev/null", O_RDWR)) >= 0 && fd <= STDERR_FILENO)
		;
	return fd == -1 ? cause_errno(why, "/dev/null", NULL) : close(fd);
}

bool
daemon_has_terminal(void)
{
	int fd = open("/dev/tty", O_RDONLY | O_NOCTTY);

	return fd != -1 && close(fd) == 0;
}

static void
close_inherited(void)
{
#ifdef HAVE_CLOSEFROM
	closefrom(STDERR_FILENO + 1);
#else
	long most = sysconf(_SC_OPEN_MAX);
	int fd;

	if (most < 0 || most > INHERITED_MOST)
		most = INHERITED_MOST;
	for (fd = STDERR_FILENO + 1; fd < most; fd++)
		close(fd);
#endif
}

/* Asks for SIGIO when the reader of our pipe has gone. */
static void
watch_launcher(void)
{
#ifdef O_ASYNC
	fcntl(ready, F_SETOWN, getpid());
	fcntl(ready, F_SETFL, O_ASYNC);
#endif
}

/* From here on the launcher's end is no reason for ours. */
static void
forget_launcher(void)
{
#ifdef SIGIO
	signal(SIGIO, SIG_IGN);
#endif
}

/* Waits for the word of the child; its exit status, 0 when it is ready. */
static int
await(pid_t child, int from)
{
	char word;
	int status = 0;
	ssize_t n;

	while ((n = read(from, &word, 1)) == -1 && errno == EINTR)
		;
	if (n == 1)
		return 0;
	while (waitpid(child, &status, 0) == -1 && errno == EINTR)
		;
	return WIFEXITED(status) && WEXITSTATUS(status) != 0 ? WEXITSTATUS(status) : 1;
}

int
daemon_launch(int *status, struct cause *why)
{
	int ends[2];
	pid_t child;

	close_inherited();
	if (pipe(ends) == -1 || (child = fork()) == -1)
		return cause_errno(why, "cannot go into the background", NULL);
	if (child != 0) {
		close(ends[1]);
		*status = await(child, ends[0]);
		return 1;
	}
	close(ends[0]);
	ready = ends[1];
	fcntl(ready, F_SETFD, FD_CLOEXEC);
	setsid();
	watch_launcher();
	return 0;
}

int
daemon_detach(struct cause *why)
{
	int null = open("/dev/null", O_RDWR), fd;
	ssize_t n;

	if (null == -1)
		return cause_errno(why, "/dev/null", NULL);
	if (systemlog_open(NULL) == -1)
		complain("syslog: %s: what happens is told to nobody until that is there",
		    strerror(errno));
	for (fd = STDIN_FILENO; fd <= STDERR_FILENO; fd++)
		if (dup2(null, fd) == -1)
			return cause_errno(why, "/dev/null", NULL);
	diag_syslog();
	close(null);
	forget_launcher();
	while ((n = write(ready, "", 1)) == -1 && errno == EINTR)
		;
	if (n != 1)
		return cause_errno(why, "the launching process", NULL);
	close(ready);
	ready = -1;
	return 0;
}
