/* manager.c - the service manager that has started tcpreen, if one has
 *
 * Runs in: parent. What a manager is told goes out as a datagram from a socket that lives
 * no longer than that: no process of tcpreen inherits it.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <errno.h>
#include <limits.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "attrib.h"
#include "manager.h"
#include "number.h"
#include "timing.h"

/* Who wants to be told: a path, cut where it is too long for one. Empty: nobody. */
static char	listener[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
static bool	complained;

#define SOCKETS_MOST	(FD_SETSIZE - MANAGER_FIRST)

static size_t	sockets;	/* that were handed over */
static char	*names;		/* of these, a colon between two; NULL: they have none */

/* The sockets that are handed over, unless they are for another process. */
static int
find_sockets(struct cause *why)
{
	const char *count = getenv("LISTEN_FDS"), *owner = getenv("LISTEN_PID");
	const char *list = getenv("LISTEN_FDNAMES");
	uintmax_t pid, n;

	if (count == NULL || owner == NULL || !number(owner, 0, LONG_MAX, &pid) ||
	    pid != (uintmax_t)getpid())
		return 0;
	if (!number(count, 1, SOCKETS_MOST, &n))
		return cause_set(why, "LISTEN_FDS %.200s: not a number of sockets from 1 to %d", count,
		    SOCKETS_MOST);
	if (list != NULL && (names = strdup(list)) == NULL)
		return cause_errno(why, "LISTEN_FDNAMES", NULL);
	sockets = (size_t)n;
	return 0;
}

int
manager_begin(struct cause *why)
{
	static const char *const variables[] = { "NOTIFY_SOCKET", "LISTEN_FDS", "LISTEN_PID",
	    "LISTEN_PIDFDID", "LISTEN_FDNAMES", NULL };
	const char *path = getenv("NOTIFY_SOCKET");
	int error = find_sockets(why);
	const char *const *v;

	snprintf(listener, sizeof(listener), "%s", path != NULL ? path : "");
	for (v = variables; *v != NULL; v++)
		unsetenv(*v);
	return error;
}

size_t
manager_sockets(void)
{
	return sockets;
}

enum side
manager_side(size_t i, bool by_name)
{
	const char *at = names != NULL ? names : "";
	enum side s;
	size_t len;

	if (!by_name)
		return CLIENT;
	for (; i > 0; i--) {
		at += strcspn(at, ":");
		at += *at == ':';
	}
	len = strcspn(at, ":");
	for (s = CLIENT; s < SIDES; s++)
		if (strlen(SIDE_NAME(s)) == len && memcmp(SIDE_NAME(s), at, len) == 0)
			break;
	return s;
}

/*
 * The address that the path means; of "@name", on Linux, one that is in no folder. Returns
 * its length, or 0 with errno.
 */
static socklen_t
find_listener(struct sockaddr_un *to)
{
	size_t len = strlen(listener);

	if (len >= sizeof(to->sun_path)) {
		errno = ENAMETOOLONG;
		return 0;
	}
	memset(to, 0, sizeof(*to));
	to->sun_family = AF_UNIX;
	memcpy(to->sun_path, listener, len);
#ifdef __linux__
	if (listener[0] == '@') {
		to->sun_path[0] = '\0';
		return (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len);
	}
#endif
	return sizeof(*to);
}

/* Sends a message, or not. 0, or -1 with errno. */
static int
send_now(const char *text)
{
	struct sockaddr_un to;
	socklen_t to_len = find_listener(&to);
	int fd, saved;
	ssize_t n;

	if (to_len == 0 || (fd = socket(AF_UNIX, SOCK_DGRAM, 0)) == -1)
		return -1;
	n = sendto(fd, text, strlen(text), MSG_DONTWAIT, (const struct sockaddr *)&to, to_len);
	saved = errno;
	close(fd);
	errno = saved;
	return n == -1 ? -1 : 0;
}

static void	tell(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
tell(const char *fmt, ...)
{
	char text[1024];
	va_list ap;

	if (*listener == '\0')
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (send_now(text) == 0 || complained)
		return;
	verbose(1, "the service manager (NOTIFY_SOCKET %.200s) is not told: %s", listener,
	    strerror(errno));
	complained = true;
}

void
manager_ready(const char *status)
{
	/* The process that stays, whichever the manager has started: a shell, for instance. */
	tell("READY=1\nMAINPID=%ld\nSTATUS=%s\n", (long)getpid(), status);
}

void
manager_reloading(void)
{
	tell("RELOADING=1\nMONOTONIC_USEC=%lld\n", timing_now().us);
}

void
manager_reloaded(void)
{
	tell("READY=1\n");
}

void
manager_stopping(const char *status)
{
	tell("STOPPING=1\nSTATUS=%s\n", status);
}

void
manager_status(const char *status)
{
	tell("STATUS=%s\n", status);
}
