/* options.h - the command line, checked and settled */
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
};

/* What the user wants. Strings are argv's own. */
struct options {
	enum { RUN_BRIDGE, RUN_HELP, RUN_VERSION } run;
	const struct protocol	*protocol[SIDES];
	const char	*host[SIDES];		/* -a, -s: NULL when not given */
	const char	*service[SIDES];	/* localport, serverport: a port, service or path */
	bool		 connects;		/* -c: to the client */
	bool		 listens;		/* -l: for the server */
	bool		 daemon, numeric, quiet;
	int		 verbosity;
	uintmax_t	 max_bytes;		/* of a session; 0: no limit */
	unsigned long	 max_open;		/* sessions at the same time */
	unsigned long	 max_sessions;		/* in all; 0: no limit */
	long long	 idle_ms, connect_ms;	/* 0: no limit of ours */
	size_t		 snap;			/* bytes of a chunk to show; SIZE_MAX: all */
	const char	*user;
	enum stamp	 stamp;
	enum color { COLOR_AUTO, COLOR_ALWAYS, COLOR_NEVER } color;
	struct log_option *log;			/* owned; nlogs of them */
	size_t		 nlogs;
	const struct format *console;		/* of stdout; NULL: shows nothing */
};

/* One row of the table that getopt_long() and --help are made from. */
struct option_row {
	int		 letter;	/* 0: long only */
	const char	*name, *other;	/* long names; other may be NULL */
	const char	*argument;	/* NULL: takes none; "[=...]": may take one */
	const char	*about;
	/* Takes the value; -1 with why, without the option's own name. */
	int	(*take)(struct options *opt, const char *value, struct cause *why);
	size_t	 flag;			/* where take is NULL: offset of a bool to set */
};

extern const struct option_row options_table[];		/* a NULL name ends it */

/*
 * Reads the command line: what was said first, then the defaults that depend
 * on it. Opens and looks up nothing. 0, or with why -1 for a usage error, 1 where
 * there was no memory. Free in any case.
 */
int	options_parse(struct options *opt, int argc, char *const argv[], struct cause *why);
void	options_free(struct options *opt);

#endif
