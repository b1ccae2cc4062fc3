/* diag.c - what tcpreen has to say about itself, and where it says it
 *
 * Runs in: all. Owns no descriptor: stderr, or syslog once it was told. A line is
 * made whole, made safe and written by one write(2), so that processes do not mix
 * theirs. What is only said must not stop what is done: a line that nobody takes is
 * given up and counted.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "diag.h"
#include "escape.h"
#include "systemlog.h"
#include "writable.h"

#define WAIT_MS	250	/* for a full pipe, or a terminal that was stopped */

static int		level_wanted;
static bool		to_syslog;
static bool		full;		/* stderr took nothing when last asked */
static unsigned long	untold;		/* lines that were given up since one was taken */

int
cause_set(struct cause *why, const char *fmt, ...)
{
	va_list ap;

	why->usage = false;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
cause_usage(struct cause *why, const char *fmt, ...)
{
	va_list ap;

	why->usage = true;
	va_start(ap, fmt);
	vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return -1;
}

int
cause_errno(struct cause *why, const char *what, const char *name)
{
	int saved = errno;
	const char *reason = strerror(saved);
	int room = (int)(sizeof(why->text) - strlen(reason) - sizeof(": "));

	/* A long name is cut, never the reason. */
	if (name == NULL)
		cause_set(why, "%.*s: %s", room, what, reason);
	else
		cause_set(why, "%s %.*s: %s", what, room - (int)strlen(what) - 1, name, reason);
	errno = saved;
	return -1;
}

/* Whether stderr takes a line now, or soon, unless it was waited for already. */
static bool
stderr_ready(void)
{
	full = writable_wait(STDERR_FILENO, full ? 0 : WAIT_MS) == 0;
	return !full;
}

/* To stderr, whole. 0, or -1 when it takes nothing. */
static int
write_line(const char *line, size_t len)
{
	ssize_t n;

	if (!stderr_ready())
		return -1;
	for (; len > 0; line += n, len -= (size_t)n)
		if ((n = write(STDERR_FILENO, line, len)) == -1) {
			if (errno != EINTR)
				return -1;
			n = 0;
		}
	return 0;
}

/* One line without its end, made safe. 0, or -1 when nobody took it. */
static int
tell_line(int priority, const char *prefix, const char *text)
{
	char line[1200];
	size_t n = 0;

	if (!to_syslog)
		n = (size_t)snprintf(line, sizeof(line), "%s", prefix);
	n += escape_text(line + n, sizeof(line) - n - 1, text, strlen(text), ESCAPE_LINE);
	if (to_syslog)
		return systemlog_send(LOG_DAEMON | priority, line, n);
	line[n++] = '\n';
	return write_line(line, n);
}

static int
tell_untold(void)
{
	char text[80];

	if (untold == 0)
		return 0;
	snprintf(text, sizeof(text), "%lu message%s lost: nobody took %s", untold,
	    untold == 1 ? " was" : "s were", untold == 1 ? "it" : "them");
	if (tell_line(LOG_ERR, "tcpreen: ", text) == -1)
		return -1;
	untold = 0;
	return 0;
}

static void
say(int priority, const char *prefix, const char *fmt, va_list ap)
{
	char text[1024];
	int saved = errno;

	vsnprintf(text, sizeof(text), fmt, ap);
	if (tell_untold() == -1 || tell_line(priority, prefix, text) == -1)
		untold++;
	errno = saved;
}

void
complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_ERR, "tcpreen: ", fmt, ap);
	va_end(ap);
}

void
announce(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	say(LOG_INFO, "", fmt, ap);
	va_end(ap);
}

void
verbose(int level, const char *fmt, ...)
{
	va_list ap;

	if (level > level_wanted)
		return;
	va_start(ap, fmt);
	say(LOG_INFO, "tcpreen: ", fmt, ap);
	va_end(ap);
}

void
diag_verbosity(int level)
{
	level_wanted = level;
}

void
diag_syslog(void)
{
	to_syslog = true;
}
