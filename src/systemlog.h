/* systemlog.h - lines to the system's syslogd, without waiting for one that hangs
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SYSTEMLOG_H
#define SYSTEMLOG_H

#include <stdbool.h>
#include <stddef.h>

/* The facilities of syslog(3) that a program may use, by their names; NULL ends them. */
extern const struct systemlog_facility {
	const char	*name;
	int		 value;
} systemlog_facilities[];

/*
 * What the name of a log says after "syslog:": the name of a facility, or nothing.
 * NULL when the log is another one.
 */
const char	*systemlog_name(const char *log);

/* The facility of that name, LOG_DAEMON for an empty one; -1 where there is none. */
int	systemlog_find(const char *facility);

/*
 * Connects to the syslogd of this system; path: its socket, or NULL for the usual
 * one. 0, or -1 with errno: ENOENT or ECONNREFUSED where none is running. Later
 * lines try again, so that a syslogd may start late, and restart.
 * Where only syslog(3) is known this does nothing, and is 0.
 */
int	systemlog_open(const char *path);

/*
 * Sends len bytes of text, one line without control bytes, with a facility and a
 * severity as of syslog(3), and in its form (RFC 3164, section 4.1): time, program,
 * process. 0, or -1 with errno when it was lost: as of systemlog_open(), EAGAIN when
 * syslogd took nothing for SYSTEMLOG_WAIT_MS. After that no line waits until one was
 * taken: a syslogd that hangs delays nobody twice.
 */
#define SYSTEMLOG_WAIT_MS	1000
int	systemlog_send(int priority, const char *text, size_t len);

/*
 * Whether a process that has no syslogd any more, since that has started again, needs a
 * new descriptor for the next line: where lines go into a stream, or by syslog(3).
 */
bool	systemlog_opens(void);

#endif
