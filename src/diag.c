/* diag.c - what tcpreen has to say about itself, and where it says it
 *
 * Owns no descriptor: stderr, or syslog once it was told. A line is made whole,
 * made safe and written by one write(2), so that processes do not mix theirs.
 */
#include <config.h>

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "diag.h"

static int	level_wanted;
static bool	to_syslog;

int
cause_set(struct cause *why, const char *fmt, ...)
{
	va_list ap;

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

/*
 * Copies text into line, which has size bytes, with every control byte as
 * \ooo; returns the length. A line too long is cut.
 */
static size_t
make_safe(char *line, size_t size, const char *text)
{
	size_t n = 0;

	for (; *text != '\0' && n + sizeof("\\ooo") <= size; text++) {
		unsigned char c = (unsigned char)*text;

		if (c >= 0x20 && c != 0x7f)
			line[n++] = (char)c;
		else
			n += (size_t)snprintf(line + n, size - n, "\\%03o", c);
	}
	return n;
}

/* To stderr, whole. When that fails, nobody is left to tell. */
static void
write_line(const char *line, size_t len)
{
	ssize_t n;

	for (; len > 0; line += n, len -= (size_t)n)
		if ((n = write(STDERR_FILENO, line, len)) == -1) {
			if (errno != EINTR)
				return;
			n = 0;
		}
}

static void
say(int priority, const char *prefix, const char *fmt, va_list ap)
{
	char text[1024], line[1200];
	size_t n;
	int saved = errno;

	vsnprintf(text, sizeof(text), fmt, ap);
	n = (size_t)snprintf(line, sizeof(line), "%s", to_syslog ? "" : prefix);
	n += make_safe(line + n, sizeof(line) - n - 1, text);
	if (to_syslog) {
		line[n] = '\0';
		syslog(priority, "%s", line);
	} else {
		line[n++] = '\n';
		write_line(line, n);
	}
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
	openlog("tcpreen", LOG_PID | LOG_NDELAY, LOG_DAEMON);
	to_syslog = true;
}
