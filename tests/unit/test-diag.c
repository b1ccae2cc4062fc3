/* test-diag.c - what tcpreen says: where, how, and what when nobody takes it
 *
 * stderr is a pipe that the test reads. Waits and write(2) are wrapped: a wait
 * ends at once and is noted; a write can be interrupted, or short.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "diag.h"
#include "systemlog.h"
#include "unit.h"
#include "writable.h"

static int	reader;			/* of stderr */
static int	wait_ms;		/* how long the last one was to wait; -1 none */
static int	interrupts;		/* writes that a signal interrupts first */
static size_t	most;			/* bytes that a write takes; 0 all */
static int	said_priority, said_result;
static char	said[2048];

int	__real_writable_wait(int, int);
int	__wrap_writable_wait(int, int);
ssize_t	__real_write(int, const void *, size_t);
ssize_t	__wrap_write(int, const void *, size_t);
int	__wrap_systemlog_send(int, const char *, size_t);

int
__wrap_writable_wait(int fd, int ms)
{
	CHECK(fd == STDERR_FILENO, "%d", fd);
	wait_ms = ms;
	return __real_writable_wait(fd, 0);
}

ssize_t
__wrap_write(int fd, const void *bytes, size_t n)
{
	if (interrupts > 0) {
		interrupts--;
		errno = EINTR;
		return -1;
	}
	return __real_write(fd, bytes, most > 0 && n > most ? most : n);
}

int
__wrap_systemlog_send(int priority, const char *text, size_t len)
{
	if (said_result == 0) {
		said_priority = priority;
		snprintf(said, sizeof(said), "%.*s", (int)len, text);
	}
	return said_result;
}

/* What has come on stderr since the last look. */
static const char *
heard(void)
{
	static char text[8192];
	ssize_t n = read(reader, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
test_causes(void)
{
	struct cause why;
	char name[700], *end;

	CHECK(cause_set(&why, "%s: %d", "what", 7) == -1, "its result");
	CHECK_TEXT(why.text, "what: 7", "as printf");
	errno = ENOENT;
	CHECK(cause_errno(&why, "memory", NULL) == -1 && errno == ENOENT, "its result");
	CHECK_TEXT(why.text, "memory: No such file or directory", "without a name");
	errno = 99999;
	cause_errno(&why, "memory", NULL);
	CHECK(errno == 99999, "%s: strerror() has set it", strerror(errno));
	errno = ENOENT;
	CHECK(cause_errno(&why, "cannot open", "a%sb") == -1 && errno == ENOENT, "its result");
	CHECK_TEXT(why.text, "cannot open a%sb: No such file or directory", "with one");
	memset(name, 'n', sizeof(name) - 1);
	name[sizeof(name) - 1] = '\0';
	cause_errno(&why, "cannot open", name);
	end = strstr(why.text, ": No such file or directory");
	CHECK(end != NULL && end[27] == '\0' && strlen(why.text) == sizeof(why.text) - 1,
	    "%zu: %s", strlen(why.text), why.text);
	cause_errno(&why, name, NULL);
	end = strstr(why.text, ": No such file or directory");
	CHECK(end != NULL && end[27] == '\0' && strlen(why.text) == sizeof(why.text) - 1,
	    "%zu: %s", strlen(why.text), why.text);
	cause_set(&why, "%s", name);
	CHECK(strlen(why.text) == sizeof(why.text) - 1, "%zu", strlen(why.text));
}

static void
test_stderr(void)
{
	char text[3000];
	const char *got;

	errno = EPERM;
	complain("a %s", "line");
	CHECK(errno == EPERM, "%s", strerror(errno));
	CHECK_TEXT(heard(), "tcpreen: a line\n", "complain");
	announce("told %d", 3);
	CHECK_TEXT(heard(), "told 3\n", "announce");
	complain("\x1b[1m\n\t\x7f~ \xc3\xa9 \x1f\\");
	CHECK_TEXT(heard(), "tcpreen: \\033[1m\\012\\011\\177~ \xc3\xa9 \\037\\\n", "control bytes");
	verbose(1, "not asked for");
	CHECK_TEXT(heard(), "", "not -v");
	diag_verbosity(1);
	verbose(2, "not asked for");
	verbose(1, "asked for");
	CHECK_TEXT(heard(), "tcpreen: asked for\n", "-v");
	diag_verbosity(2);
	verbose(2, "asked for");
	CHECK_TEXT(heard(), "tcpreen: asked for\n", "-vv");
	memset(text, 'x', sizeof(text) - 1);
	text[sizeof(text) - 1] = '\0';
	complain("%s", text);
	got = heard();
	CHECK(strlen(got) == strlen("tcpreen: ") + 1023 + 1 && got[strlen(got) - 1] == '\n', "%zu", strlen(got));
	memset(text, '\n', sizeof(text) - 1);
	complain("%s", text);
	got = heard();
	CHECK(strlen(got) == 1198 && strcmp(got + strlen(got) - 5, "\\012\n") == 0, "%zu: %s",
	    strlen(got), got);
	text[0] = text[1] = 'x';
	announce("%s", text);
	got = heard();
	CHECK(strlen(got) == 1199 && strcmp(got + strlen(got) - 5, "\\012\n") == 0, "%zu: %s",
	    strlen(got), got);
	interrupts = 2;
	most = 3;
	complain("in pieces");
	most = 0;
	CHECK_TEXT(heard(), "tcpreen: in pieces\n", "interrupted, and short");
}

/* Until the pipe takes no more. */
static void
fill(void)
{
	static const char block[4096];
	int flags = fcntl(STDERR_FILENO, F_GETFL);

	fcntl(STDERR_FILENO, F_SETFL, flags | O_NONBLOCK);
	while (__real_write(STDERR_FILENO, block, sizeof(block)) > 0)
		;
	fcntl(STDERR_FILENO, F_SETFL, flags);
}

static void
drain(void)
{
	char block[4096];

	while (read(reader, block, sizeof(block)) > 0)
		;
}

static void
test_full(void)
{
	fill();
	complain("one");
	CHECK(wait_ms == 250, "%d ms", wait_ms);
	complain("two");
	CHECK(wait_ms == 0, "%d ms for the next", wait_ms);
	drain();
	announce("three");
	CHECK_TEXT(heard(), "tcpreen: 2 messages were lost: nobody took them\nthree\n", "it is told");
	announce("four");
	CHECK_TEXT(heard(), "four\n", "once");
	fill();
	complain("five");
	CHECK(wait_ms == 250, "%d ms: waited for again", wait_ms);
	drain();
	complain("six");
	CHECK_TEXT(heard(), "tcpreen: 1 message was lost: nobody took it\ntcpreen: six\n", "one");
}

static void
test_syslog(void)
{
	diag_syslog();
	complain("an %s", "error");
	CHECK_TEXT(said, "an error", "complain");
	CHECK(said_priority == (LOG_DAEMON | LOG_ERR), "%d", said_priority);
	announce("told\n");
	CHECK_TEXT(said, "told\\012", "announce");
	CHECK(said_priority == (LOG_DAEMON | LOG_INFO), "%d", said_priority);
	verbose(1, "asked for");
	CHECK_TEXT(said, "asked for", "verbose");
	CHECK_TEXT(heard(), "", "nothing on stderr");
	said_result = -1;
	complain("lost");
	said_result = 0;
	announce("on");
	CHECK_TEXT(said, "on", "and before it, that one was lost");
	announce("on");
	CHECK_TEXT(heard(), "", "nothing on stderr");
}

/* Its reader has gone: no line, no end of the program. */
static void
test_no_reader(void)
{
	int ends[2];

	signal(SIGPIPE, SIG_IGN);
	CHECK(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) != -1, "%s", strerror(errno));
	close(ends[0]);
	errno = EPERM;
	complain("to nobody");
	CHECK(errno == EPERM, "%s", strerror(errno));
}

int
main(void)
{
	int ends[2];

	alarm(10);	/* a write that waits is what must not be */
	CHECK(pipe(ends) == 0 && dup2(ends[1], STDERR_FILENO) != -1, "%s", strerror(errno));
	close(ends[1]);
	reader = ends[0];
	fcntl(reader, F_SETFL, O_NONBLOCK);
	test_causes();
	test_stderr();
	test_full();
	dup2(STDERR_FILENO, ends[1] = 100);
	test_no_reader();
	dup2(100, STDERR_FILENO);
	test_syslog();
	return unit_end();
}
