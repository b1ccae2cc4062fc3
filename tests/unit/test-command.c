/* test-command.c - the command of --run: what it is given, and what happens when it cannot start
 *
 * The shell is made up: it is the test's own child, which says what it was called with.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <unistd.h>

#include "address.h"
#include "command.h"
#include "signals.h"
#include "unit.h"

#define KEPT	37	/* the descriptor that stands for standard output */

static const char *fails;	/* a call that does: "fork", "fcntl", "dup2", "execl", "setenv", or "" */
static int	news[2];	/* what the child says */
static int	typed_left;	/* calls of signals_leave_typed() */
static int	dup_from, dup_to, keep_least, keep_how;

int	__wrap_fcntl(int fd, int command, ...);
int	__wrap_dup2(int from, int to);
pid_t	__real_fork(void);
pid_t	__wrap_fork(void);
int	__wrap_execl(const char *path, const char *arg, ...);
int	__real_setenv(const char *name, const char *value, int replace);
int	__wrap_setenv(const char *name, const char *value, int replace);
void	__wrap_signals_before_exec(void);
void	__wrap_signals_leave_typed(void);
void	__wrap_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* Whether the call fails, with EAGAIN then. */
static bool
refused(const char *call)
{
	if (strcmp(fails, call) != 0)
		return false;
	errno = EAGAIN;
	return true;
}

static void
say(const char *text)
{
	if (write(news[1], text, strlen(text)) != (ssize_t)strlen(text))
		_exit(99);
}

int
__wrap_fcntl(int fd, int command, ...)
{
	va_list ap;

	va_start(ap, command);
	keep_least = va_arg(ap, int);
	va_end(ap);
	keep_how = command;
	return refused("fcntl") || fd != STDOUT_FILENO ? -1 : KEPT;
}

int
__wrap_dup2(int from, int to)
{
	dup_from = from;
	dup_to = to;
	return refused("dup2") ? -1 : to;
}

pid_t
__wrap_fork(void)
{
	return refused("fork") ? -1 : __real_fork();
}

int
__wrap_setenv(const char *name, const char *value, int replace)
{
	return refused("setenv") ? -1 : __real_setenv(name, value, replace);
}

void
__wrap_signals_before_exec(void)
{
	say("signals; ");
}

void
__wrap_signals_leave_typed(void)
{
	typed_left++;
}

void
__wrap_complain(const char *fmt, ...)
{
	char text[300];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	say(text);
}

int
__wrap_execl(const char *path, const char *arg, ...)
{
	const char *address = getenv("TCPREEN_ADDRESS"), *port = getenv("TCPREEN_PORT");
	const char *more[3];
	char text[300];
	va_list ap;
	size_t i;

	if (refused("execl"))
		return -1;
	va_start(ap, arg);
	for (i = 0; i < 3; i++)
		more[i] = va_arg(ap, const char *);
	va_end(ap);
	snprintf(text, sizeof(text), "%s %s %s '%s'%s, %s %s, stdout %d to %d", path, arg, more[0],
	    more[1], more[2] == NULL ? "" : " and more", address != NULL ? address : "nowhere",
	    port != NULL ? port : "no port", dup_from, dup_to);
	say(text);
	_exit(7);
}

/* All that the child said until now. */
static const char *
heard(void)
{
	static char text[1000];
	ssize_t n = read(news[0], text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static struct peer
ip_peer(const char *host, unsigned int port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((uint16_t)port) };
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6, .sin6_port = htons((uint16_t)port) };
	struct peer p;

	if (inet_pton(AF_INET, host, &in.sin_addr) == 1)
		address_set(&p, (const struct sockaddr *)&in, sizeof(in));
	else if (inet_pton(AF_INET6, host, &in6.sin6_addr) == 1)
		address_set(&p, (const struct sockaddr *)&in6, sizeof(in6));
	else
		exit(99);
	return p;
}

/* "@name" is one that is in no folder. */
static struct peer
unix_peer(const char *path)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	socklen_t len = sizeof(un);
	struct peer p;

	snprintf(un.sun_path, sizeof(un.sun_path), "%s", path);
	if (path[0] == '@') {
		un.sun_path[0] = '\0';
		len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(path));
	}
	address_set(&p, (const struct sockaddr *)&un, len);
	return p;
}

/* Starts it; returns its exit status, or -1 with why. */
static int
start(struct peer where, struct cause *why)
{
	int status = 0;
	pid_t pid = command_start("curl a | b", &where, why);

	if (pid == -1)
		return -1;
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid, "it is a child: %ld", (long)pid);
	return command_exit_status(status);
}

static void
test_given(void)
{
	static const char sh[] = "signals; /bin/sh sh -c 'curl a | b', ";
	static const struct {
		const char	*host, *where;
	} cases[] = {
		{ "192.0.2.1", "192.0.2.1 2525" }, { "0.0.0.0", "127.0.0.1 2525" },
		{ "2001:db8::1", "2001:db8::1 2525" }, { "::", "::1 2525" },
	};
	struct cause why;
	char wanted[300];
	size_t i;

	fails = "";
	setenv("TCPREEN_PORT", "inherited", 1);
	setenv("TCPREEN_ADDRESS", "inherited", 1);
	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		CHECK(start(ip_peer(cases[i].host, 2525), &why) == 7, "%s", cases[i].host);
		snprintf(wanted, sizeof(wanted), "%s%s, stdout %d to 1", sh, cases[i].where, KEPT);
		CHECK_TEXT(heard(), wanted, cases[i].host);
	}
	CHECK(start(unix_peer("/run/a socket"), &why) == 7, "unix");
	snprintf(wanted, sizeof(wanted), "%s/run/a socket no port, stdout %d to 1", sh, KEPT);
	CHECK_TEXT(heard(), wanted, "a Unix socket");
	CHECK(start(unix_peer("@abstract"), &why) == 7, "@");
	snprintf(wanted, sizeof(wanted), "%s@abstract no port, stdout %d to 1", sh, KEPT);
	CHECK_TEXT(heard(), wanted, "one without a file");
	CHECK(typed_left > 0, "what is typed is for the command");
	CHECK_TEXT(getenv("TCPREEN_PORT"), "inherited", "the parent's own environment");
}

static void
test_failures(void)
{
	static const char *const in_child[] = { "execl", "dup2", "setenv" };
	struct cause why;
	char wanted[300];
	size_t i;

	snprintf(wanted, sizeof(wanted), "signals; --run: /bin/sh: %s", strerror(EAGAIN));
	for (i = 0; i < sizeof(in_child) / sizeof(*in_child); i++) {
		fails = in_child[i];
		CHECK(start(ip_peer("127.0.0.1", 25), &why) == 126, "%s", fails);
		CHECK_TEXT(heard(), wanted, fails);
	}
	fails = "fork";
	why.text[0] = '\0';
	CHECK(start(ip_peer("127.0.0.1", 25), &why) == -1, "fork");
	snprintf(wanted, sizeof(wanted), "--run: %s", strerror(EAGAIN));
	CHECK_TEXT(why.text, wanted, "fork");
}

static void
test_stdout(void)
{
	struct cause why;
	char wanted[300];

	snprintf(wanted, sizeof(wanted), "--run: standard output: %s", strerror(EAGAIN));
	fails = "fcntl";
	CHECK(command_keep_stdout(&why) == -1, "fcntl");
	CHECK_TEXT(why.text, wanted, fails);
	fails = "dup2";
	CHECK(command_keep_stdout(&why) == -1, "dup2");
	CHECK_TEXT(why.text, wanted, fails);
	fails = "";
	CHECK(command_keep_stdout(&why) == 0, "kept");
	CHECK(dup_from == STDERR_FILENO && dup_to == STDOUT_FILENO, "%d to %d", dup_from, dup_to);
	CHECK(keep_least > STDERR_FILENO && keep_how == F_DUPFD_CLOEXEC, "%d, %d", keep_least, keep_how);
}

static void
test_status(void)
{
	static const struct {
		const char	*command;
		int		 status;
	} cases[] = { { "exit 0", 0 }, { "exit 5", 5 }, { "kill -TERM $$", 128 + SIGTERM } };
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++)
		CHECK(command_exit_status(system(cases[i].command)) == cases[i].status, "%s",
		    cases[i].command);
}

int
main(void)
{
	alarm(30);
	if (pipe(news) == -1)
		return 99;
	test_stdout();
	test_given();
	test_failures();
	test_status();
	return unit_end();
}
