/* test-manager.c - what a service manager hears, and what happens when it does not
 *
 * The test is the manager, with a socket of its own.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "manager.h"
#include "unit.h"

static char	folder[] = "/tmp/test-manager.XXXXXX";
static char	path[64];
static int	manager = -1;
static char	said[512];
static int	says;			/* calls of verbose() */
static int	sockets, closes;	/* made and closed by the program */
static int	socket_error, send_error;

int	__real_socket(int, int, int);
int	__wrap_socket(int, int, int);
int
__wrap_socket(int family, int type, int protocol)
{
	CHECK(family == AF_UNIX && type == SOCK_DGRAM && protocol == 0, "%d %d %d", family, type, protocol);
	if (socket_error != 0) {
		errno = socket_error;
		return -1;
	}
	sockets++;
	return __real_socket(family, type, protocol);
}

int	__real_close(int);
int	__wrap_close(int);
int
__wrap_close(int fd)
{
	closes++;
	__real_close(fd);
	errno = EBADF;		/* as any call may leave it */
	return 0;
}

ssize_t	__real_sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
ssize_t	__wrap_sendto(int, const void *, size_t, int, const struct sockaddr *, socklen_t);
ssize_t
__wrap_sendto(int fd, const void *data, size_t n, int flags, const struct sockaddr *to, socklen_t len)
{
	if (send_error != 0) {
		errno = send_error;
		return -1;
	}
	return __real_sendto(fd, data, n, flags, to, len);
}

int	__wrap_clock_gettime(clockid_t, struct timespec *);
int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	*t = which == CLOCK_MONOTONIC ? (struct timespec){ 4711, 42000 } : (struct timespec){ 1, 1 };
	return 0;
}

void	__wrap_verbose(int, const char *, ...);
void
__wrap_verbose(int level, const char *fmt, ...)
{
	va_list ap;

	CHECK(level == 1, "level %d", level);
	says++;
	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
}

/* Listens at a path, or at "@name". */
static void
listen_at(const char *name)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(un);

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", name);
	if (name[0] == '@') {
		un.sun_path[0] = '\0';
		len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(name));
	}
	if (manager != -1)
		__real_close(manager);
	manager = __real_socket(AF_UNIX, SOCK_DGRAM, 0);
	if (bind(manager, (struct sockaddr *)&un, len) == -1) {
		perror(name);
		exit(99);
	}
}

/* The next message; "" where none has come. */
static const char *
heard(void)
{
	static char text[4096];
	ssize_t n = recv(manager, text, sizeof(text) - 1, MSG_DONTWAIT);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
begin(const char *where)
{
	if (where != NULL)
		setenv("NOTIFY_SOCKET", where, 1);
	else
		unsetenv("NOTIFY_SOCKET");
	manager_begin();
	CHECK(getenv("NOTIFY_SOCKET") == NULL, "%s: taken out of the environment", where);
	sockets = closes = says = 0;
	said[0] = '\0';
}

static void
check_messages(const char *where)
{
	char wanted[128];

	listen_at(where);
	begin(where);
	CHECK_TEXT(heard(), "", "nothing before it is said");
	manager_ready("Listening on 127.0.0.1:25");
	snprintf(wanted, sizeof(wanted), "READY=1\nMAINPID=%ld\nSTATUS=Listening on 127.0.0.1:25\n",
	    (long)getpid());
	CHECK_TEXT(heard(), wanted, where);
	manager_reloading();
	CHECK_TEXT(heard(), "RELOADING=1\nMONOTONIC_USEC=4711000042\n", where);
	manager_reloaded();
	CHECK_TEXT(heard(), "READY=1\n", where);
	manager_stopping("stopping: SIGTERM");
	CHECK_TEXT(heard(), "STOPPING=1\nSTATUS=stopping: SIGTERM\n", where);
	manager_status("ended");
	CHECK_TEXT(heard(), "STATUS=ended\n", where);
	CHECK_TEXT(heard(), "", "no more");
	CHECK(sockets == 5 && closes == 5, "%d sockets made, %d closed", sockets, closes);
	CHECK(says == 0, "%s", said);
}

/* A long status is cut, and the message is whole at its start. */
static void
check_long(void)
{
	char status[3000];
	const char *text;

	listen_at(path);
	begin(path);
	memset(status, 'x', sizeof(status) - 1);
	status[sizeof(status) - 1] = '\0';
	manager_status(status);
	text = heard();
	CHECK(strncmp(text, "STATUS=xxx", 10) == 0 && strlen(text) == 1023, "%zu bytes", strlen(text));
	unlink(path);
}

/* Nobody asks: no call is made. */
static void
check_nobody(void)
{
	begin(NULL);
	manager_ready("x");
	manager_reloading();
	begin("");
	manager_status("x");
	CHECK(sockets == 0 && says == 0, "%d sockets, %d lines", sockets, says);
}

/* Complaints, once a run: each in a process of its own. */

static const char *name, *reason;

static void
check_complaint(void)
{
	char wanted[512];

	begin(name);
	manager_ready("x");
	snprintf(wanted, sizeof(wanted), "the service manager (NOTIFY_SOCKET %s) is not told: %s", name,
	    reason);
	CHECK_TEXT(said, wanted, name);
	manager_status("x");
	CHECK(says == 1, "said %d times", says);
	CHECK(sockets == closes, "%d sockets made, %d closed", sockets, closes);
}

/* A manager that reads nothing holds up nobody; when it reads again, it is told again. */
static void
check_full(void)
{
	int i;

	listen_at(path);
	begin(path);
	for (i = 0; i < 100000 && says == 0; i++)
		manager_status("x");
	CHECK(i > 0 && says == 1 && strstr(said, strerror(EAGAIN)) != NULL, "%d messages: %s", i, said);
	while (*heard() != '\0')
		;
	manager_ready("y");
	CHECK(strncmp(heard(), "READY=1\n", 8) == 0, "told again");
	CHECK(says == 1 && sockets == closes, "%d sockets made, %d closed", sockets, closes);
}

/* The longest path that there is, and one byte more */
static void
check_long_path(void)
{
	struct sockaddr_un un;
	char text[sizeof(un.sun_path) + 8];

	memset(text, 'x', sizeof(text));
	text[0] = '/';
	text[sizeof(un.sun_path) - 1] = '\0';	/* as long as it may be */
	name = text;
	reason = "No such file or directory";
	check_complaint();
}

static void
check_longer_path(void)
{
	struct sockaddr_un un;
	char text[sizeof(un.sun_path) + 8];

	memset(text, 'x', sizeof(text));
	text[0] = '/';
	text[sizeof(un.sun_path)] = '\0';
	name = text;
	reason = "File name too long";
	check_complaint();
	CHECK(sockets == 0, "%d", sockets);
}

static void
apart(void (*check)(void))
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	if ((pid = fork()) == 0) {
		unit_failures = 0;
		check();
		fflush(stdout);
		_exit(unit_failures > 0);
	}
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "%#x", (unsigned)status);
}

int
main(void)
{
	alarm(20);
	if (mkdtemp(folder) == NULL)
		return 99;
	snprintf(path, sizeof(path), "%s/notify", folder);
	check_nobody();
	check_messages(path);
	unlink(path);
	check_long();
#ifdef __linux__
	{
		char at[64];

		snprintf(at, sizeof(at), "@tcpreen/test-manager/%ld", (long)getpid());
		check_messages(at);
	}
#endif
	apart(check_full);
	unlink(path);
	name = path;
	reason = "No such file or directory";
	apart(check_complaint);
	name = "relative";
	apart(check_complaint);
	name = path;
	listen_at(path);
	reason = "Too many open files";
	socket_error = EMFILE;
	apart(check_complaint);
	socket_error = 0;
	reason = "Permission denied";
	send_error = EACCES;
	apart(check_complaint);
	send_error = 0;
	apart(check_long_path);
	apart(check_longer_path);
	unlink(path);
	rmdir(folder);
	return unit_end();
}
