/* test-writable.c - waiting until something can be written, where no descriptor may be made
 *
 * By the system's select(2), and by one that only looks at what it is asked.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/resource.h>
#include <sys/select.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <time.h>
#include <unistd.h>

#include "unit.h"
#include "writable.h"

static int	end[2];		/* of a pipe */
static int	asked_fd;	/* what select() has to be asked about; -1: it is the system's */
static long	asked_ms;	/* and for how long; -1: for ever */

int	__real_select(int, fd_set *, fd_set *, fd_set *, struct timeval *);
int	__wrap_select(int, fd_set *, fd_set *, fd_set *, struct timeval *);

int
__wrap_select(int n, fd_set *rd, fd_set *wr, fd_set *ex, struct timeval *t)
{
	int fd;

	if (asked_fd == -1)
		return __real_select(n, rd, wr, ex, t);
	CHECK(n == asked_fd + 1 && rd == NULL && ex == NULL, "%d of %d", n, asked_fd);
	for (fd = 0; fd < FD_SETSIZE; fd++)
		CHECK((FD_ISSET(fd, wr) != 0) == (fd == asked_fd), "%d, for %d", fd, asked_fd);
	if (asked_ms == -1)
		CHECK(t == NULL, "a time");
	else
		CHECK(t != NULL && t->tv_sec == asked_ms / 1000 && t->tv_usec == asked_ms % 1000 * 1000,
		    "%ld ms", asked_ms);
	return 3;
}

static void
check_questions(void)
{
	static const int fds[] = { 0, 1, 7, 64, FD_SETSIZE - 1 };
	static const int times[] = { -1, 0, 1, 999, 1000, 123456 };
	size_t i, j;

	for (i = 0; i < sizeof(fds) / sizeof(*fds); i++)
		for (j = 0; j < sizeof(times) / sizeof(*times); j++) {
			asked_fd = fds[i];
			asked_ms = times[j];
			CHECK(writable_wait(fds[i], times[j]) == 3, "%d", fds[i]);
		}
	asked_fd = -1;
}

static void
drain(int sig)
{
	char block[65536];

	(void)sig;
	while (read(end[0], block, sizeof(block)) > 0)
		;
}

static long
elapsed_ms(const struct timespec *since)
{
	struct timespec now;

	clock_gettime(CLOCK_MONOTONIC, &now);
	return (now.tv_sec - since->tv_sec) * 1000 + (now.tv_nsec - since->tv_nsec) / 1000000;
}

static void
fill(void)
{
	while (write(end[1], "x", 1) == 1)
		;
}

int
main(void)
{
	struct sigaction restart = { .sa_handler = drain, .sa_flags = SA_RESTART };
	struct timespec start;
	struct rlimit before, limit;
	int fd;

	check_questions();
	if (pipe(end) == -1)
		return 99;
	fcntl(end[0], F_SETFL, O_NONBLOCK);
	fcntl(end[1], F_SETFL, O_NONBLOCK);
	getrlimit(RLIMIT_NOFILE, &before);
	limit = (struct rlimit){ .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &limit);
	CHECK(dup(end[0]) == -1 && errno == EMFILE, "a descriptor can be made");

	CHECK(writable_wait(end[1], -1) == 1 && writable_wait(end[1], 0) == 1, "%s", strerror(errno));
	fill();
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(writable_wait(end[1], 0) == 0, "full");
	CHECK(writable_wait(end[1], 30) == 0 && elapsed_ms(&start) >= 30, "%ld ms", elapsed_ms(&start));
	clock_gettime(CLOCK_MONOTONIC, &start);
	CHECK(writable_wait(end[1], 1020) == 0 && elapsed_ms(&start) >= 1020 &&
	    elapsed_ms(&start) < 20000, "%ld ms", elapsed_ms(&start));
	sigaction(SIGALRM, &restart, NULL);
	alarm(1);
	CHECK(writable_wait(end[1], -1) == -1 && errno == EINTR, "interrupted: %s", strerror(errno));
	CHECK(writable_wait(end[1], -1) == 1, "drained meanwhile");
	fill();
	close(end[0]);
	CHECK(writable_wait(end[1], 0) == 1, "broken: a write tells");

	asked_fd = 0;		/* which it is not asked about */
	for (fd = -1; fd <= FD_SETSIZE; fd += FD_SETSIZE + 1) {
		errno = 0;
		CHECK(writable_wait(fd, 0) == -1 && errno == EBADF, "%d: %s", fd, strerror(errno));
	}
	asked_fd = -1;
	close(end[1]);
	CHECK(writable_wait(end[1], 0) == -1 && errno == EBADF, "closed: %s", strerror(errno));
	setrlimit(RLIMIT_NOFILE, &before);	/* whoever looks for leaks needs some */
	return unit_end();
}
