/* diag.h - what tcpreen has to say about itself, and where it says it
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef DIAG_H
#define DIAG_H

#include <stdbool.h>

#include "attrib.h"

/*
 * Why something failed, one line "what: why", made by the place that knows
 * and passed up by everyone above it.
 */
struct cause {
	char	text[512];
	bool	usage;		/* the command line is wrong, which has an exit status of its own */
};

/* Writes the line; all return -1, for "return cause_set(...)". */
int	cause_set(struct cause *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* The same for a command line that is wrong. */
int	cause_usage(struct cause *why, const char *fmt, ...) PRINTF_LIKE(2, 3);

/* "what name: strerror(errno)", or "what: ..." when name is NULL. Keeps errno. */
int	cause_errno(struct cause *why, const char *what, const char *name);

/*
 * One line to the user, control bytes escaped: "tcpreen: " and the text on
 * stderr, or the text to syslog (LOG_ERR) once diag_syslog() was called.
 * Never waits long for a reader: a line that is not taken soon is given up, and
 * the next that is taken comes after one that says how many were.
 */
void	complain(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* The same for what is no failure (LOG_INFO): on stderr without "tcpreen: ". */
void	announce(const char *fmt, ...) PRINTF_LIKE(1, 2);

/* The same for -v: said when the level was asked for with diag_verbosity(). */
void	verbose(int level, const char *fmt, ...) PRINTF_LIKE(2, 3);
void	diag_verbosity(int level);

/* From now on to syslog, facility daemon, in place of stderr; systemlog.h says how. */
void	diag_syslog(void);

#endif
