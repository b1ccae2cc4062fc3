/* format.h - how a conversation is written down: the formats and their frame
 *
 * A format turns events into records: pure functions, bytes in, text out. The
 * frame (time, [N], marker, margin, session lines) is added here and nowhere
 * else, so that no format can let a peer forge a record.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef FORMAT_H
#define FORMAT_H

#include <sys/types.h>
#include <stddef.h>
#include <time.h>

#include "buf.h"
#include "event.h"

/* What stands before a record, the same for all records of one output. */
struct frame {
	bool	numbered;	/* "[N] ": more than one session may run */
	bool	color;		/* ECMA-48 colours by direction */
	bool	terminal;	/* where a key that is typed, as Ctrl-C, may stand in the line */
	bool	ends;		/* a line for each side's end of stream */
	const char *run;	/* tells what one start of the program wrote from another's */
	enum stamp { STAMP_NONE, STAMP_CLOCK, STAMP_ISO, STAMP_RELATIVE, STAMP_DELTA } stamp;
};

struct format;

/*
 * One session's conversation on its way to one output. All zero but format and
 * frame at the session's start; memory is format->memory zeroed bytes, or NULL.
 */
struct writer {
	const struct format	*format;
	const struct frame	*frame;
	void			*memory;
	long long		 last_us;	/* open_us of the record before: for STAMP_DELTA */
};

/*
 * A format has a chunk function (and the frame does the rest), or an event
 * function (and makes its records itself, whole; with format_record_*() if they
 * are lines of text like everyone's), or neither: session lines only. A verbatim one
 * has no record but the chunk, which logs_event() writes as it is.
 */
struct format {
	const char	*name;		/* the word after -f */
	const char	*about;		/* its line in --help */
	size_t		 memory;	/* bytes it keeps between a session's events */
	size_t		 growth;	/* bytes of record made of a byte of payload, rounded up */
	bool		 binary;	/* no lines of text */
	bool		 not_syslog;	/* its records are no messages for people */
	bool		 not_terminal;	/* shows people nothing, and might harm the terminal */
	bool		 not_per_side;	/* needs both directions in one file */
	bool		 verbatim;	/* its records are the chunks, which no function copies */
	bool		 whole_records;	/* nothing is readable after half a record */
	const struct format *console;	/* what the console shows instead, if not itself */

	/* What a file starts with, once, before any record. */
	void	(*head)(struct buf *out);

	/*
	 * How many bytes of a file that may end in half a record are whole records, or
	 * -1 when it is damaged before, or no such file. It is read by pread(2) only.
	 */
	off_t	(*whole)(int fd, off_t size);

	/*
	 * The inside of the data record of c. Returns how many of the bytes it deals
	 * with: all; or fewer, when there are lines enough for one record.
	 */
	size_t	(*chunk)(void *memory, const struct chunk *c, struct buf *body);

	/* All records of this event, complete with their line ends. */
	void	(*event)(struct writer *w, const struct event *ev, struct buf *out);
};

extern const struct format format_c, format_hex, format_count, format_null, format_password,
    format_raw, format_strip, format_turns, format_pcapng, format_json;

/* Every format, in the order of --help; NULL ends it. */
extern const struct format *const formats[];

/* The format of that name (letter case counts), or NULL. */
const struct format	*format_find(const char *name);

/*
 * Appends what ev becomes in w's format: any number of whole records. Returns how
 * many bytes at the chunk's end are left for another one, by another call: a
 * payload of empty lines is not to make many times its size in margins.
 */
#define FORMAT_LINES	4096	/* of a record; with a margin of 64 columns, a quarter of a MiB */
size_t	format_event(struct writer *w, const struct event *ev, struct buf *out);

/*
 * A data record by hand, for a format that makes its own: opens one (time, [N],
 * "client> " or, urgent, "client! ") with the margin set to its column, and
 * closes it. Between the two, break lines with buf_newline() alone.
 */
void	format_record_open(struct writer *w, const struct event *ev, enum side from, bool urgent,
	    struct buf *out);
void	format_record_close(struct writer *w, struct buf *out);

/* The "# session N ..." line of any event but EV_DATA; of EV_END only if the frame wants it. */
void	format_session_line(struct writer *w, const struct event *ev, struct buf *out);

/* "127.0.0.1:25"; of a Unix socket whose owner is known "unix:/path(pid 4711, uid 1000)". */
void	format_peer(const struct peer *p, struct buf *out);

/* Why a session ended, as the close line says it: "closed by client". */
void	format_reason(const struct ending *e, struct buf *out);

/* ", 12 bytes to server not delivered" for each side that missed something. */
void	format_undelivered(const struct ending *e, struct buf *out);

/* "2026-11-23T03:42:10.123456+00:00", local time (ISO 8601, RFC 3339). */
void	format_iso_time(const struct timespec *t, struct buf *out);

/* The same as UTC: "2026-11-23T03:42:10.123456Z". */
void	format_utc_time(const struct timespec *t, struct buf *out);

/* Microseconds, not below 0, as seconds with six digits after the point: "0.000511". */
void	format_seconds(long long us, struct buf *out);

#endif
