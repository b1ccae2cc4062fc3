/* output.h - where records go: files, stdout, syslog
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "diag.h"
#include "event.h"
#include "lock.h"
#include "template.h"

/*
 * What the writers of one file must know of its end. A record that is begun stands
 * here until it is out, so that the next writer can tell when a process was killed in
 * the middle of it: volatile, for whoever is killed has set start before writing.
 */
struct output_place {
	dev_t			dev;		/* which file it is */
	ino_t			ino;
	volatile uintmax_t	start;		/* its size before the record */
	volatile size_t		writing;	/* bytes of the record that is being written; 0 none */
	bool			torn;		/* the file ends in half a record */
};

/*
 * One destination. The parent opens it; each session inherits it, or opens the
 * files of its own where the name has a %.
 */
struct output {
	const char		*name;		/* as typed: a path, "-", "syslog:local3" */
	enum output_kind { OUT_FILE, OUT_STDOUT, OUT_SYSLOG } kind;
	bool			 whole_records;	/* nothing is readable after half a record */
	bool			 lines;		/* after a half a record, start on a fresh line */
	bool			 append;	/* what is there stays, at start too */
	bool			 per_session;	/* the name has a %: each session opens it */
	bool			 per_side;	/* with %d: a file for each direction */
	const char		*user;		/* whose rights -u left, or NULL: for messages */
	bool			 daemon;	/* relative names begin at /: for messages */
	int			 facility;	/* of syslog */
	bool			 optional;	/* nobody asked for it: what it loses is no failure */
	const void		*head;		/* what a new file starts with */
	size_t			 head_len;
	off_t			(*whole)(int fd, off_t size);	/* see struct format; may be NULL */
	pid_t			 parent;	/* who ends the program */
	bool			 many_writers;	/* more than one process, at the same time */
	int			 fd[SIDES];	/* [SERVER] only where per_side; -1 none */
	bool			 needs_lock[SIDES]; /* others may write there, too */
	bool			 may_wait[SIDES]; /* it is no regular file, so its reader may be slow */
	dev_t			 dev[SIDES];	/* which file fd is */
	ino_t			 ino[SIDES];
	struct output_place	*place[SIDES];	/* what all its writers know of it */
	struct output_place	 own[SIDES];	/* of a file that no other process writes */
	uintmax_t		 lost;		/* bytes, in this process */
	/* Called when signals_status is set, and writing waits for the reader; or NULL. */
	void			(*on_wait)(void *arg, const char *name);
	void			*arg;
	struct output_tally	*tally;		/* of all processes */
};

/* What is known of an output in all processes. */
struct output_tally {
	struct lock	lock;		/* around each write, where needs_lock[] */
	uintmax_t	lost;		/* bytes of log */
	bool		said;		/* the user knows that it fails */
	bool		gone;		/* the reader of stdout is, and whoever saw that ends */
#define OUTPUT_PLACES	64
	struct output_place place[OUTPUT_PLACES];	/* of a file: by its inode */
};

/*
 * Opens an output whose name, user, daemon, optional, append, whole_records, lines, whole and
 * head are set: a file is created, but not changed. tally is zeroed, and in shared memory.
 * many_writers: more than one process will write at the same time. 0, or -1 with why.
 */
int	output_open(struct output *o, struct output_tally *tally, bool many_writers,
	    struct cause *why);

/*
 * Once all outputs could be opened: empties the file, or makes the end of one that
 * is added to fit for records, and writes its head. 0, or -1 with why.
 */
int	output_start(struct output *o, struct cause *why);

/*
 * Opens the file again by name, appending (SIGHUP). One that cannot be opened is
 * complained about and keeps the old file; so is a FIFO that nobody reads.
 */
void	output_reopen(struct output *o);

/* A session's own files, where the name has a %. Complains, and goes on without. */
void	output_begin(struct output *o, const struct template_values *values);

/*
 * Writes one event's records, whole, by one write(2): to the file of that side,
 * or, BOTH, to every file that the output has. Waits where the reader makes it
 * wait. What cannot be written is counted, and said once.
 */
#define BOTH	SIDES
void	output_write(struct output *o, enum side to, const void *record, size_t len);

/* Counts a record that could not even be made. */
void	output_lose(struct output *o, size_t len, const char *reason);

/* Whether nobody reads stdout any more, which the program is to end for. */
bool	output_reader_gone(const struct output *o);

/* At the end: says what was lost, in all processes; returns whether anything was. */
bool	output_report(const struct output *o);

#endif
