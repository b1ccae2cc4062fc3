/* output.h - where records go: files, stdout, syslog */
#ifndef OUTPUT_H
#define OUTPUT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "buf.h"
#include "diag.h"
#include "event.h"
#include "lock.h"

/*
 * The end of one file. A record that is begun stands here until it is out, so
 * that the next writer can tell when a process was killed in the middle of it.
 */
struct output_place {
	dev_t		dev;
	ino_t		ino;
	uintmax_t	end;		/* the file's size before the record */
	size_t		writing;	/* bytes of the record that is being written; 0 none */
	bool		torn;		/* the file ends in half a record */
};

/*
 * One destination. The parent opens it; each session inherits it, or opens the
 * files of its own where the name has a %.
 */
struct output {
	const char		*name;		/* as typed: a path, "-", "syslog:" */
	enum output_kind { OUT_FILE, OUT_STDOUT, OUT_SYSLOG } kind;
	bool			 blocks;	/* a torn record is taken back, or is the last */
	bool			 lines;		/* after a torn record, start on a fresh line */
	bool			 append;	/* what is there stays, at start too */
	bool			 many;		/* the name has a %: files of each session's own */
	bool			 split;		/* with %d: a file for each direction */
	bool			 optional;	/* nobody asked for it: what it loses is no failure */
	const void		*head;		/* what a new file starts with */
	size_t			 head_len;
	off_t			(*whole)(int fd, off_t size);	/* see struct format; may be NULL */
	int			 fd[SIDES];	/* [SERVER] only where split; -1 none */
	bool			 shared[SIDES];	/* others may write there, too: needs the lock */
	dev_t			 dev[SIDES];	/* which file fd is */
	ino_t			 ino[SIDES];
	struct output_place	*place[SIDES];	/* what all its writers know of it */
	struct output_place	 own[SIDES];	/* of a file that no other process writes */
	uintmax_t		 lost;		/* bytes, in this process */
	struct output_tally	*tally;		/* of all processes */
};

/* What is known of an output in all processes. */
struct output_tally {
	struct lock	lock;		/* around each write, where shared[] */
	uintmax_t	lost;		/* bytes of log */
	bool		said;		/* the user knows that it fails */
	bool		gone;		/* the reader of stdout is, and the parent was told */
#define OUTPUT_PLACES	64
	struct output_place place[OUTPUT_PLACES];	/* of a file: by its inode */
};

/* What the % letters of a name stand for. */
struct naming {
	unsigned long		 session;	/* %n */
	const char		*peer[SIDES];	/* %c %s: peer.text */
	time_t			 start;		/* %t */
};

/*
 * Whether the % letters of a name are known ones. Returns 0 when they are, or
 * the unknown letter ('%' for one at the end).
 */
int	output_bad_letter(const char *name);

/* Whether a name has a % other than %%. */
bool	output_is_template(const char *name);

/* Whether a name has %d: each direction then has a file of its own. */
bool	output_splits(const char *name);

/* Appends the file name that a template stands for (from: %d). No / is added. */
void	output_expand(const char *name, const struct naming *of, enum side from, struct buf *path);

/*
 * Opens n outputs, whose name, blocks, lines and head are set: created, and
 * emptied once all could be opened. many_writers: more than one process will
 * write at the same time. 0, or -1 with why and nothing written.
 */
int	outputs_open(struct output *o, size_t n, bool many_writers, struct cause *why);

/*
 * Opens the files again by name, appending (SIGHUP). One that cannot be opened
 * is complained about and keeps the old file; so is a FIFO that nobody reads.
 */
void	outputs_reopen(struct output *o, size_t n);

/* A session's own files, where the name has a %. Complains, and goes on without. */
void	output_begin(struct output *o, const struct naming *of);

/*
 * Writes one event's records, whole, by one write(2): to the file of that side,
 * or, BOTH, to every file that the output has. Waits where the reader makes it
 * wait. What cannot be written is counted, and said once.
 */
#define BOTH	SIDES
void	output_write(struct output *o, enum side to, const void *record, size_t len);

/* Counts a record that could not even be made. */
void	output_lose(struct output *o, size_t len, const char *reason);

/* At the end: says what each output has lost; returns whether any has. */
bool	outputs_report(const struct output *o, size_t n);

#endif
