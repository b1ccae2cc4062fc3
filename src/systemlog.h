/* systemlog.h - lines to the system's syslogd, without waiting for one that hangs */
#ifndef SYSTEMLOG_H
#define SYSTEMLOG_H

#include <stddef.h>

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

#endif
