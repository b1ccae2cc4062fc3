/* test-manager.c - what a service manager hears, and what happens when it does not
 *
 * The test is the manager, with a socket of its own.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <errno.h>
#include <stdbool.h>
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
static bool	no_memory;

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

char	*__real_strdup(const char *);
char	*__wrap_strdup(const char *);
char *
__wrap_strdup(const char *text)
{
	errno = ENOMEM;
	return no_memory ? NULL : __real_strdup(text);
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
	struct cause why;

	if (where != NULL)
		setenv("NOTIFY_SOCKET", where, 1);
	else
		unsetenv("NOTIFY_SOCKET");
	CHECK(manager_begin(&why) == 0, "%s", why.text);
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

static const char *name;
static int	 reason;		/* errno */

static void
check_complaint(void)
{
	char wanted[512];

	begin(name);
	manager_ready("x");
	snprintf(wanted, sizeof(wanted), "the service manager (NOTIFY_SOCKET %s) is not told: %s", name,
	    strerror(reason));
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
	reason = ENOENT;
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
	reason = ENAMETOOLONG;
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

/* Sockets that are handed over */

static const struct handed {
	const char	*pid;			/* of LISTEN_PID; "own", "other", or NULL: not set */
	const char	*count, *names;		/* or NULL */
	size_t		 n;			/* sockets */
	const char	*sides;			/* of the first ones, by name: c, s, or - for neither */
	const char	*reason;		/* of an error */
} handed[] = {
	{ NULL, NULL, NULL, 0, "", NULL },
	{ "own", "1", NULL, 1, "---", NULL },
	{ "own", "1", "client", 1, "c--", NULL },
	{ "own", "3", "server:client:server", 3, "scs-", NULL },
	{ "own", "3", "server::client", 3, "s-c-", NULL },
	{ "own", "2", "clients:serve", 2, "---", NULL },
	{ "own", "2", "Client:server ", 2, "---", NULL },
	{ "own", "2", "xxxxxx:client", 2, "-c-", NULL },
	{ "own", "2", "client:", 2, "c---", NULL },
	{ "own", "1", "server:client:more", 1, "sc--", NULL },
	{ "other", "1", "client", 0, "", NULL },
	{ NULL, "1", "client", 0, "", NULL },
	{ "", "1", "client", 0, "", NULL },
	{ "x", "1", "client", 0, "", NULL },
	{ "own", NULL, "client", 0, "", NULL },
	{ "own", "0", NULL, 0, "", "LISTEN_FDS 0: not a number of sockets from 1 to " },
	{ "own", "", NULL, 0, "", "LISTEN_FDS : not a number of sockets from 1 to " },
	{ "own", "-1", NULL, 0, "", "LISTEN_FDS -1: not a number of sockets from 1 to " },
	{ "own", "1x", NULL, 0, "", "LISTEN_FDS 1x: not a number of sockets from 1 to " },
	{ "own", "99999999999999999999999", NULL, 0, "",
	    "LISTEN_FDS 99999999999999999999999: not a number of sockets from 1 to " },
	{ "other", "x", NULL, 0, "", NULL },
	{ "own", "most", NULL, FD_SETSIZE - 3, "-", NULL },
	{ "own", "more", NULL, 0, "", "LISTEN_FDS " },
}, *hand;

static void
set(const char *variable, const char *value)
{
	if (value != NULL)
		setenv(variable, value, 1);
	else
		unsetenv(variable);
}

static void
check_handed(void)
{
	static const char letters[] = { [CLIENT] = 'c', [SERVER] = 's', [SIDES] = '-' };
	char number[32], most[16], wanted[128];
	struct cause why;
	size_t i;
	int error;

	snprintf(number, sizeof(number), "%ld", hand->pid != NULL && strcmp(hand->pid, "other") == 0 ?
	    (long)getpid() + 1 : (long)getpid());
	snprintf(most, sizeof(most), "%d", FD_SETSIZE - 3 +
	    (hand->count != NULL && strcmp(hand->count, "more") == 0));
	set("LISTEN_PID", hand->pid != NULL && hand->pid[0] == 'o' ? number : hand->pid);
	set("LISTEN_FDS", hand->count != NULL && hand->count[0] == 'm' ? most : hand->count);
	set("LISTEN_FDNAMES", hand->names);
	setenv("LISTEN_PIDFDID", "1", 1);
	errno = ERANGE;		/* of an earlier call: says nothing of the numbers */
	error = manager_begin(&why);
	CHECK(manager_sockets() == hand->n, "%zu sockets", manager_sockets());
	for (i = 0; hand->sides[i] != '\0'; i++) {
		CHECK(letters[manager_side(i, true)] == hand->sides[i], "%zu: %c", i,
		    letters[manager_side(i, true)]);
		CHECK(manager_side(i, false) == CLIENT, "%zu", i);
	}
	CHECK(error == (hand->reason != NULL ? -1 : 0), "%d", error);
	if (error == -1) {
		snprintf(wanted, sizeof(wanted), "%d", FD_SETSIZE - 3);
		CHECK(strncmp(why.text, hand->reason, strlen(hand->reason)) == 0 &&
		    strcmp(why.text + strlen(why.text) - strlen(wanted), wanted) == 0 && !why.usage,
		    "%s", why.text);
	}
	CHECK(getenv("LISTEN_PID") == NULL && getenv("LISTEN_FDS") == NULL &&
	    getenv("LISTEN_FDNAMES") == NULL && getenv("LISTEN_PIDFDID") == NULL,
	    "taken out of the environment");
}

static void
check_no_memory(void)
{
	char number[64];
	struct cause why;

	snprintf(number, sizeof(number), "%ld", (long)getpid());
	set("LISTEN_PID", number);
	set("LISTEN_FDS", "1");
	set("LISTEN_FDNAMES", "client");
	no_memory = true;
	CHECK(manager_begin(&why) == -1, "no memory");
	snprintf(number, sizeof(number), "LISTEN_FDNAMES: %s", strerror(ENOMEM));
	CHECK_TEXT(why.text, number, "why");
	CHECK(getenv("LISTEN_PID") == NULL, "taken out of the environment all the same");
}

int
main(void)
{
	alarm(20);
	if (mkdtemp(folder) == NULL)
		return 99;
	snprintf(path, sizeof(path), "%s/notify", folder);
	for (hand = handed; hand < handed + sizeof(handed) / sizeof(handed[0]); hand++)
		apart(check_handed);
	apart(check_no_memory);
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
	reason = ENOENT;
	apart(check_complaint);
	name = "relative";
	apart(check_complaint);
	name = path;
	listen_at(path);
	reason = EMFILE;
	socket_error = EMFILE;
	apart(check_complaint);
	socket_error = 0;
	reason = EACCES;
	send_error = EACCES;
	apart(check_complaint);
	send_error = 0;
	apart(check_long_path);
	apart(check_longer_path);
	unlink(path);
	rmdir(folder);
	return unit_end();
}
