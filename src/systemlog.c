/* systemlog.c - lines to the system's syslogd, without waiting for one that hangs
 *
 * Runs in: all. syslog(3) of Linux's C libraries waits for ever when syslogd takes
 * nothing, and tells nobody when there is none. Both matter here: a parent that waits
 * serves nobody, and a log that was asked for by name is not to be lost unseen.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "systemlog.h"
#include "writable.h"

const struct systemlog_facility systemlog_facilities[] = {
	{ "auth", LOG_AUTH },
#ifdef LOG_AUTHPRIV
	{ "authpriv", LOG_AUTHPRIV },
#endif
	{ "cron", LOG_CRON }, { "daemon", LOG_DAEMON },
#ifdef LOG_FTP
	{ "ftp", LOG_FTP },
#endif
	{ "lpr", LOG_LPR }, { "mail", LOG_MAIL }, { "news", LOG_NEWS },
#ifdef LOG_SYSLOG
	{ "syslog", LOG_SYSLOG },
#endif
	{ "user", LOG_USER }, { "uucp", LOG_UUCP },
	{ "local0", LOG_LOCAL0 }, { "local1", LOG_LOCAL1 }, { "local2", LOG_LOCAL2 },
	{ "local3", LOG_LOCAL3 }, { "local4", LOG_LOCAL4 }, { "local5", LOG_LOCAL5 },
	{ "local6", LOG_LOCAL6 }, { "local7", LOG_LOCAL7 },
	{ NULL, 0 },
};

const char *
systemlog_name(const char *log)
{
	static const char prefix[] = "syslog:";
	size_t len = sizeof(prefix) - 1;

	return strncmp(log, prefix, len) == 0 ? log + len : NULL;
}

int
systemlog_find(const char *facility)
{
	const struct systemlog_facility *f;

	if (*facility == '\0')
		return LOG_DAEMON;
	for (f = systemlog_facilities; f->name != NULL; f++)
		if (strcmp(f->name, facility) == 0)
			return f->value;
	return -1;
}

#ifdef HAVE_SYSLOG_SOCKET

static struct sockaddr_un	to = { .sun_family = AF_UNIX, .sun_path = _PATH_LOG };
static int			fd = -1;
static bool			stream;	/* fd is one */
static bool			hangs;	/* syslogd took nothing when last asked */

static int
connect_fd(void)
{
	return connect(fd, (const struct sockaddr *)&to, sizeof(to));
}

/* By a new socket or, where none can be made, by the one that there is. */
static int
reconnect_as(int type)
{
	int other = socket(AF_UNIX, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

	if (other != -1) {
		if (fd != -1)
			close(fd);
		fd = other;
		stream = type == SOCK_STREAM;
	}
	return fd != -1 ? connect_fd() : -1;
}

/*
 * Datagrams are the rule; some syslogd has a stream. The socket stays, even where nobody is
 * there yet: a session may have no other one.
 */
static int
reconnect(void)
{
	if (reconnect_as(SOCK_DGRAM) == 0)
		return 0;
	return errno == EPROTOTYPE ? reconnect_as(SOCK_STREAM) : -1;
}

int
systemlog_open(const char *path)
{
	if (path != NULL)
		snprintf(to.sun_path, sizeof(to.sun_path), "%s", path);
	hangs = false;
	return reconnect();
}

/* Whether syslogd takes a line now, or soon: the one that a socket is connected to is asked. */
static bool
takes_more(void)
{
	if (!stream)
		connect_fd();
	return writable_wait(fd, hangs ? 0 : SYSTEMLOG_WAIT_MS) == 1;
}

/*
 * A datagram goes to whoever has the name now: a syslogd that has started again is
 * reached without a new socket, which a session may not make.
 */
static ssize_t
put(const char *line, size_t n)
{
	if (stream)
		return send(fd, line, n, MSG_NOSIGNAL);
	return sendto(fd, line, n, MSG_NOSIGNAL, (const struct sockaddr *)&to, sizeof(to));
}

/* Sends a line that ends in a NUL, which only a stream needs, to tell it from the next. */
static int
send_line(const char *line, size_t len)
{
	size_t n = stream ? len + 1 : len;

	if (put(line, n) != -1) {
		hangs = false;
		return 0;
	}
	if (errno != EAGAIN)
		return -1;
	hangs = !takes_more() || put(line, n) == -1;
	errno = EAGAIN;
	return hangs ? -1 : 0;
}

int
systemlog_send(int priority, const char *text, size_t len)
{
	time_t now = time(NULL);
	char line[2048], stamp[32];
	int n;

	strftime(stamp, sizeof(stamp), "%b %e %H:%M:%S", localtime(&now));
	n = snprintf(line, sizeof(line), "<%d>%s tcpreen[%ld]: %.*s", priority, stamp,
	    (long)getpid(), (int)len, text);
	len = (size_t)n < sizeof(line) ? (size_t)n : sizeof(line) - 1;
	if (send_line(line, len) == 0)
		return 0;
	if (errno == EAGAIN)
		return -1;
	return reconnect() == 0 ? send_line(line, len) : -1;	/* it may have started again */
}

bool
systemlog_opens(void)
{
	return stream;
}

#else

static bool	opened;

int
systemlog_open(const char *path)
{
	(void)path;
	opened = true;
	openlog("tcpreen", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	return 0;
}

int
systemlog_send(int priority, const char *text, size_t len)
{
	syslog(priority, "%.*s", (int)len, text);
	return 0;
}

bool
systemlog_opens(void)
{
	return opened;
}

#endif
