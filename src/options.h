/* options.h - the command line, checked and settled
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OPTIONS_H
#define OPTIONS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "diag.h"
#include "endpoint.h"
#include "event.h"
#include "format.h"

/* One -o. */
struct log_option {
	const char		*name;
	const struct format	*format;
	bool			 append;	/* --append came before it */
};

enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER };

/* What the user wants. Strings are argv's own, or in operand. */
struct options {
	bool		 help, version;		/* asked for: nothing else is settled */
	const struct protocol	*protocol[SIDES];
	const char	*host[SIDES];		/* -a, -s: NULL when not given */
	const char	*source;		/* --source, or NULL */
	const char	*service[SIDES];	/* localport, serverport: a port, service or path; */
						/* NULL where sockets were handed over */
	size_t		 handed[SIDES];		/* sockets to listen on that a manager has opened */
	const char	**allow;		/* --allow: owned list; nallow of them */
	size_t		 nallow;
	char		*operand[SIDES];	/* owned: what host:port was taken apart in */
	bool		 connects;		/* -c: to the client */
	bool		 listens;		/* -l: for the server */
	bool		 daemon, numeric, quiet;
	bool		 no_sandbox;		/* sessions keep what they could give up */
	bool		 append;		/* the -o that follow */
	int		 verbosity;
	uintmax_t	 max_bytes;		/* of a session; 0: no limit */
	uintmax_t	 max_open;		/* sessions at the same time */
	uintmax_t	 max_sessions;		/* in all; 0: no limit */
	uintmax_t	 snap;			/* bytes of a chunk to show; UINTMAX_MAX: all */
	long long	 idle_ms, connect_ms;	/* 0: no limit of ours */
	const char	*user;
	const char	*pid_file;		/* or NULL */
	const char	*run;			/* the command that uses the bridge, or NULL */
	int		 stamp;			/* enum stamp */
	int		 color;			/* enum color */
	struct log_option *log;			/* owned; nlogs of them */
	size_t		 nlogs;
	const struct format *last_format;	/* the last -f; NULL: none was given */
	bool		 last_format_used;	/* an -o came after it */
	const struct format *console;		/* what stdout shows; NULL: nothing */
};

/* One row of the table that getopt_long() and --help are made from. */
struct option_row {
	int		 letter;	/* 0: long only */
	const char	*name, *other;	/* long names; other may be NULL */
	const char	*argument;	/* NULL: takes none; "[=...]": may take one */
	const char	*about;

	/* What its value is, which says the type of the member of struct options at offset at. */
	enum option_kind {
		FLAG,			/* bool: given or not */
		TIMES,			/* int: how often it was given */
		TEXT,			/* const char *: anything but nothing */
		NUMBER,			/* uintmax_t, from 1 to most */
		SIZE,			/* uintmax_t, from 1, with K, M or G */
		SECONDS,		/* long long: milliseconds */
		WORD,			/* int: the place in words, from first; no value: first */
		OWN			/* take() sees to it */
	} kind;
	size_t		 at;
	uintmax_t	 most;
	const char	*const *words;	/* NULL ends them */
	int		 first;
	int	(*take)(struct options *opt, const char *value, struct cause *why);
};

extern const struct option_row options_table[];		/* a NULL name ends it */

/*
 * Reads the command line: what was said first, then the defaults that depend on it and on
 * manager.h's sockets. Opens and looks up nothing. 0, or -1 with why, a usage error unless
 * there was no memory. Free in any case.
 */
int	options_parse(struct options *opt, int argc, char *const argv[], struct cause *why);
void	options_free(struct options *opt);

/* Whether that side comes in to a socket of ours; else it is connected to. */
bool	options_listens(const struct options *opt, enum side side);

#endif
