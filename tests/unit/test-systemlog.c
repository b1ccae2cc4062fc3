/* test-systemlog.c - lines to a syslogd that is there, is not, restarts, or hangs
 *
 * The test is the syslogd, with a socket of its own. Waits are wrapped: they note how
 * long they were to last, and end at once.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdlib.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "systemlog.h"
#include "unit.h"
#include "writable.h"

static char	folder[] = "/tmp/test-systemlog.XXXXXX";
static char	path[64];
static int	syslogd = -1;
static int	waits, wait_ms;		/* how many, and how long the last one was to last */
static int	wait_result;		/* of the last one */
static bool	wait_drains;		/* meanwhile syslogd takes what waits */
static int	made_type;		/* of the last socket */

int	__real_writable_wait(int, int);
int	__wrap_writable_wait(int, int);
int	__real_socket(int, int, int);
int	__wrap_socket(int, int, int);

static size_t
taken(char *line, size_t size)
{
	ssize_t n = recv(syslogd, line, size - 1, MSG_DONTWAIT);

	line[n > 0 ? n : 0] = '\0';
	return n > 0 ? (size_t)n : 0;
}

static void
drain(void)
{
	char line[4096];

	while (taken(line, sizeof(line)) > 0)
		;
}

int
__wrap_writable_wait(int fd, int ms)
{
	waits++;
	wait_ms = ms;
	if (wait_drains)
		drain();
	return wait_result = __real_writable_wait(fd, 0);
}

int
__wrap_socket(int family, int type, int protocol)
{
	CHECK(family == AF_UNIX && protocol == 0, "%d, %d", family, protocol);
	made_type = type;
	return __real_socket(family, type, protocol);
}

static void
start_syslogd(int type)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	syslogd = __real_socket(AF_UNIX, type, 0);
	if (bind(syslogd, (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    (type == SOCK_STREAM && listen(syslogd, 5) == -1)) {
		perror(path);
		exit(99);
	}
}

static void
stop_syslogd(void)
{
	close(syslogd);
	unlink(path);
}

/* The lowest descriptor that is free: the same again when nothing was left open. */
static int
free_fd(void)
{
	int fd = dup(STDIN_FILENO);

	close(fd);
	return fd;
}

static int
say(const char *text)
{
	return systemlog_send(LOG_DAEMON | LOG_INFO, text, strlen(text));
}

/* Whether line is <PRI>Mmm dd hh:mm:ss tcpreen[pid]: text, of this moment. */
static void
check_line(const char *line, int priority, const char *text)
{
	char start[64], end[2100], stamp[2][32];
	time_t now = time(NULL), before = now - 1;

	strftime(stamp[0], sizeof(stamp[0]), "%b %e %H:%M:%S", localtime(&now));
	strftime(stamp[1], sizeof(stamp[1]), "%b %e %H:%M:%S", localtime(&before));
	snprintf(start, sizeof(start), "<%d>", priority);
	snprintf(end, sizeof(end), " tcpreen[%ld]: %s", (long)getpid(), text);
	CHECK(strncmp(line, start, strlen(start)) == 0, "%s", line);
	line += strlen(start);
	CHECK(strncmp(line, stamp[0], strlen(stamp[0])) == 0 ||
	    strncmp(line, stamp[1], strlen(stamp[1])) == 0, "%s is not %s", line, stamp[0]);
	CHECK_TEXT(line + strlen(stamp[0]), end, "after the time");
}

static void
test_datagrams(void)
{
	char line[4096], text[3000];
	int before = free_fd();

	CHECK(systemlog_open(path) == -1 && errno == ENOENT, "%s", strerror(errno));
	CHECK(say("lost") == -1 && errno == ENOENT, "%s", strerror(errno));
	CHECK(free_fd() <= before + 1, "%d, was %d: one stays", free_fd(), before);
	start_syslogd(SOCK_DGRAM);
	CHECK(say("late: 100%s") == 0, "%s", strerror(errno));
	CHECK(made_type == (SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK), "%x", (unsigned)made_type);
	CHECK(taken(line, sizeof(line)) == strlen(line), "a NUL in a datagram");
	check_line(line, 30, "late: 100%s");
	CHECK(systemlog_open(path) == 0, "%s", strerror(errno));
	CHECK(systemlog_send(LOG_LOCAL3 | LOG_ERR, "only", 2) == 0, "%s", strerror(errno));
	taken(line, sizeof(line));
	check_line(line, 19 * 8 + 3, "on");
	memset(text, 'x', sizeof(text));
	CHECK(systemlog_send(30, text, sizeof(text)) == 0, "%s", strerror(errno));
	CHECK(taken(line, sizeof(line)) == 2047, "%zu bytes of a long one", strlen(line));

	stop_syslogd();
	CHECK(say("lost") == -1 && errno == ENOENT, "%s", strerror(errno));
	start_syslogd(SOCK_DGRAM);
	CHECK(say("again") == 0, "after a restart: %s", strerror(errno));
	CHECK(free_fd() <= before + 2, "%d, was %d: the old one is closed", free_fd(), before);
	taken(line, sizeof(line));
	check_line(line, 30, "again");
	stop_syslogd();
	start_syslogd(SOCK_DGRAM);
	CHECK(say("at once") == 0, "a restart between two lines: %s", strerror(errno));
	taken(line, sizeof(line));
	check_line(line, 30, "at once");
	CHECK(waits == 0, "%d waits for a syslogd that takes all", waits);
}

/* A session may make no descriptor, and reaches a syslogd that starts, or starts again. */
static void
test_no_descriptors(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct rlimit before, none;
	char line[4096];
	int made;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	systemlog_open(path);
	CHECK(!systemlog_opens(), "datagrams need no other socket");
	getrlimit(RLIMIT_NOFILE, &before);
	none = (struct rlimit){ .rlim_max = before.rlim_max };
	setrlimit(RLIMIT_NOFILE, &none);
	CHECK(say("lost") == -1 && errno == ENOENT, "nobody there: %s", strerror(errno));
	setrlimit(RLIMIT_NOFILE, &before);
	start_syslogd(SOCK_DGRAM);
	setrlimit(RLIMIT_NOFILE, &none);
	CHECK(say("started") == 0, "%s", strerror(errno));
	taken(line, sizeof(line));
	check_line(line, 30, "started");
	stop_syslogd();
	setrlimit(RLIMIT_NOFILE, &before);
	start_syslogd(SOCK_DGRAM);
	setrlimit(RLIMIT_NOFILE, &none);
	made_type = -1;
	CHECK(say("again") == 0 && made_type == -1, "%s", strerror(errno));
	taken(line, sizeof(line));
	check_line(line, 30, "again");
	waits = 0;
	while (say("fill") == 0)
		;
	CHECK(errno == EAGAIN && waits == 1 && wait_result == 0, "the new one is waited for: %d", waits);
	drain();
	stop_syslogd();
	setrlimit(RLIMIT_NOFILE, &before);

	/* One that reads a stream cannot be reached again so: whoever asks, knows. */
	start_syslogd(SOCK_STREAM);
	made = free_fd();
	CHECK(systemlog_open(path) == 0 && systemlog_opens(), "a stream: %s", strerror(errno));
	CHECK(free_fd() == made, "in place of the other socket");
	stop_syslogd();
	CHECK(say("lost") == -1, "gone");
	start_syslogd(SOCK_STREAM);
	CHECK(say("again") == 0, "a stream is connected anew: %s", strerror(errno));
	stop_syslogd();
	syslogd = __real_socket(AF_UNIX, SOCK_STREAM, 0);
	CHECK(bind(syslogd, (struct sockaddr *)&un, sizeof(un)) == 0, "%s", strerror(errno));
	CHECK(systemlog_open(path) == -1 && errno == ECONNREFUSED && say("lost") == -1 &&
	    errno == ECONNREFUSED, "bound, but not listening: %s", strerror(errno));
	CHECK(listen(syslogd, 5) == 0 && say("now") == 0, "%s", strerror(errno));
	stop_syslogd();
	CHECK(systemlog_open(path) == -1 && !systemlog_opens(), "gone");
	CHECK(free_fd() <= made, "no descriptor is left: %d, was %d", free_fd(), made);
}

/* Until its queue is full; returns how many lines it took. */
static int
fill(void)
{
	int n;

	for (n = 0; n < 100000 && say("fill") == 0; n++)
		;
	CHECK(errno == EAGAIN, "%s", strerror(errno));
	return n;
}

static void
test_hangs(void)
{
	char line[4096];
	int n;

	waits = 0;
	n = fill();
	CHECK(n > 0 && n < 100000, "%d lines", n);
	CHECK(waits == 1 && wait_ms == SYSTEMLOG_WAIT_MS, "%d waits, of %d ms", waits, wait_ms);
	CHECK(say("lost") == -1 && errno == EAGAIN, "%s", strerror(errno));
	CHECK(waits == 2 && wait_ms == 0, "%d waits, then one of %d ms", waits, wait_ms);
	taken(line, sizeof(line));
	CHECK(say("fits") == 0, "%s", strerror(errno));
	CHECK(say("lost") == -1, "one place, two lines");
	CHECK(wait_ms == SYSTEMLOG_WAIT_MS, "%d ms, after a line was taken", wait_ms);
	wait_drains = true;
	CHECK(say("late") == 0, "drained meanwhile: %s", strerror(errno));
	wait_drains = false;
	taken(line, sizeof(line));
	check_line(line, 30, "late");
	fill();
	CHECK(wait_ms == SYSTEMLOG_WAIT_MS, "%d ms, after it was seen to take lines", wait_ms);
	CHECK(say("lost") == -1 && wait_ms == 0, "%d ms", wait_ms);
	do	/* what syslogd may keep can be more than one sender may have sent */
		CHECK(systemlog_open(path) == 0, "%s", strerror(errno));
	while (fill() > 0);
	CHECK(systemlog_open(path) == 0, "%s", strerror(errno));
	CHECK(say("lost") == -1 && wait_ms == SYSTEMLOG_WAIT_MS, "%d ms, opened anew", wait_ms);
	stop_syslogd();
}

static void
test_stream(void)
{
	char line[4096];
	int listener, before = free_fd();

	start_syslogd(SOCK_STREAM);
	listener = syslogd;
	CHECK(systemlog_open(path) == 0, "%s", strerror(errno));
	CHECK(say("one") == 0 && say("two") == 0, "%s", strerror(errno));
	syslogd = accept(listener, NULL, NULL);
	CHECK(taken(line, sizeof(line)) == 2 * (strlen(line) + 1), "a NUL ends each: %zu", strlen(line));
	check_line(line, 30, "one");
	check_line(line + strlen(line) + 1, 30, "two");
	close(syslogd);
	CHECK(say("three") == 0, "a reader that left: %s", strerror(errno));
	syslogd = accept(listener, NULL, NULL);
	taken(line, sizeof(line));
	check_line(line, 30, "three");
	close(syslogd);
	syslogd = listener;
	stop_syslogd();
	start_syslogd(SOCK_DGRAM);
	CHECK(systemlog_open(path) == 0 && say("four") == 0, "%s", strerror(errno));
	CHECK(taken(line, sizeof(line)) == strlen(line), "a NUL in a datagram");
	stop_syslogd();
	CHECK(systemlog_open(path) == -1, "it has gone");
	CHECK(free_fd() <= before + 1, "%d, was %d", free_fd(), before);
}

static void
test_facilities(void)
{
	static const char *const other[] = { "", "syslog", "syslo:", "./syslog:", "Syslog:" };
	size_t i;
	int n = 0;

	for (i = 0; i < sizeof(other) / sizeof(other[0]); i++)
		CHECK(systemlog_name(other[i]) == NULL, "'%s'", other[i]);
	CHECK_TEXT(systemlog_name("syslog:"), "", "nothing");
	CHECK_TEXT(systemlog_name("syslog:local3"), "local3", "a facility");
	CHECK(systemlog_find("") == LOG_DAEMON, "%d", systemlog_find(""));
	CHECK(systemlog_find("daemon") == LOG_DAEMON, "%d", systemlog_find("daemon"));
	CHECK(systemlog_find("local3") == LOG_LOCAL3, "%d", systemlog_find("local3"));
	CHECK(systemlog_find("auth") == LOG_AUTH, "%d", systemlog_find("auth"));
	CHECK(systemlog_find("local7") == LOG_LOCAL7, "%d", systemlog_find("local7"));
	CHECK(systemlog_find("local") == -1 && systemlog_find("local33") == -1 &&
	    systemlog_find("LOCAL3") == -1, "whole names, in their letters");
	for (i = 0; systemlog_facilities[i].name != NULL; i++)
		n |= 1 << (systemlog_facilities[i].value >> 3);
	CHECK((n & 0xff03de) == 0xff03de && (n & ~0xff0ffe) == 0, "all of POSIX: %x", n);
}

int
main(void)
{
#ifndef HAVE_SYSLOG_SOCKET
	return 77;
#endif
	test_facilities();
	alarm(10);	/* waiting is what must not be */
	CHECK(mkdtemp(folder) != NULL, "%s", strerror(errno));
	snprintf(path, sizeof(path), "%s/log", folder);
	test_datagrams();
	test_hangs();
	test_stream();
	test_no_descriptors();
	rmdir(folder);
	return unit_end();
}
