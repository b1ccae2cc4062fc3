/* log.c - the chain of formats bound to outputs, the console among them
 *
 * Runs in: parent, session, lookup helper. Joins format to output, which do not know
 * each other: every event goes through each format, and what comes out of it to that
 * format's output.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/resource.h>
#include <sys/select.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"
#include "process.h"
#include "systemlog.h"

#define SESSION_FDS	8	/* of sockets, guards and pipes in a session, at most */

static bool
wants_color(enum color when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* Sets up one log; its output is opened later, with all others. */
static void
log_make(struct logs *logs, const struct log_option *wanted, const struct options *opt)
{
	const struct format *format = wanted->format;
	struct log *l = &logs->log[logs->n++];
	bool console = strcmp(wanted->name, "-") == 0;

	l->frame = (struct frame){ .numbered = opt->max_open > 1, .stamp = opt->stamp,
	    .color = console && wants_color(opt->color),
	    .terminal = console && isatty(STDOUT_FILENO), .ends = opt->verbosity > 0,
	    .run = (const char *)logs->run.data };
	l->writer = (struct writer){ .format = format, .frame = &l->frame };
	if (format->head != NULL)
		format->head(&l->head);
	l->output = (struct output){ .name = wanted->name, .append = wanted->append,
	    .user = opt->user, .daemon = opt->daemon,
	    .whole_records = format->whole_records, .lines = !format->binary,
	    .head = l->head.data, .head_len = l->head.len,
	    .whole = format->whole };
}

/* Whether a log has the session lines where a daemon would tell them anyway. */
static bool
names_syslog(const struct options *opt)
{
	size_t i;

	for (i = 0; i < opt->nlogs && systemlog_name(opt->log[i].name) == NULL; i++)
		;
	return i < opt->nlogs;
}

/* When this program started, and as which process. */
static void
run_name(struct buf *run)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	format_utc_time(&now, run);
	buf_printf(run, "-%ld", (long)getpid());
	buf_putc(run, '\0');
}

/*
 * Sockets need descriptors, too, and such that select() takes. That there are too
 * few is said at start, not by each session.
 */
static int
check_descriptors(const struct logs *logs, struct cause *why)
{
	struct rlimit limit = { .rlim_cur = FD_SETSIZE };
	int used = fcntl(STDERR_FILENO, F_DUPFD, 0);
	size_t need = SESSION_FDS, i;

	if (used != -1)
		close(used);
	for (i = 0; i < logs->n; i++)
		need += logs->log[i].output.per_side ? 2 : logs->log[i].output.per_session;
	getrlimit(RLIMIT_NOFILE, &limit);
	if (limit.rlim_cur > FD_SETSIZE)
		limit.rlim_cur = FD_SETSIZE;
	if (used != -1 && (size_t)used + need <= limit.rlim_cur)
		return 0;
	return cause_set(why, "too many logs: with %ju descriptors, none are left for sessions",
	    (uintmax_t)limit.rlim_cur);
}

/* Opens the outputs of all logs; none is changed before all could be opened. */
static int
open_outputs(struct logs *logs, bool many_writers, struct cause *why)
{
	struct output_tally *tally;
	size_t i;

	if (logs->n == 0)
		return 0;
	if ((tally = process_shared(logs->n * sizeof(*tally))) == NULL)
		return cause_errno(why, "memory for outputs", NULL);
	for (i = 0; i < logs->n; i++)
		if (output_open(&logs->log[i].output, &tally[i], many_writers, why) == -1)
			return -1;
	if (check_descriptors(logs, why) == -1)
		return -1;
	for (i = 0; i < logs->n; i++)
		if (output_start(&logs->log[i].output, why) == -1)
			return -1;
	return 0;
}

int
logs_open(struct logs *logs, const struct options *opt, struct cause *why)
{
	size_t i;

	memset(logs, 0, sizeof(*logs));
	logs->log = calloc(opt->nlogs + 1, sizeof(*logs->log));
	run_name(&logs->run);
	if (logs->log == NULL || logs->run.failed)
		return cause_errno(why, "logs", NULL);
	for (i = 0; i < opt->nlogs; i++) {
		if (opt->log[i].format->not_terminal && strcmp(opt->log[i].name, "-") == 0 &&
		    isatty(STDOUT_FILENO))
			return cause_set(why, "-o -: %s is not for a terminal",
			    opt->log[i].format->name);
		log_make(logs, &opt->log[i], opt);
	}
	if (opt->console != NULL)
		log_make(logs, &(struct log_option){ "-", opt->console, false }, opt);
	else if (opt->daemon && !names_syslog(opt)) {
		log_make(logs, &(struct log_option){ "syslog:", &format_null, false }, opt);
		logs->log[logs->n - 1].output.optional = true;
	}
	return open_outputs(logs, opt->max_open > 1 || (!opt->numeric && logs_want_names(logs)),
	    why);
}

void
logs_free(struct logs *logs)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		buf_free(&logs->log[i].head);
	buf_free(&logs->run);
	free(logs->log);
	memset(logs, 0, sizeof(*logs));
}

void
logs_reopen(struct logs *logs)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		output_reopen(&logs->log[i].output);
}

bool
logs_report(const struct logs *logs)
{
	bool any = false;
	size_t i;

	for (i = 0; i < logs->n; i++)
		any = output_report(&logs->log[i].output) || any;
	return any;
}

bool
logs_reader_gone(const struct logs *logs)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		if (output_reader_gone(&logs->log[i].output))
			return true;
	return false;
}

bool
logs_want_names(const struct logs *logs)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		if (!logs->log[i].writer.format->verbatim)
			return true;
	return false;
}

bool
logs_on_stdout(const struct logs *logs)
{
	size_t i;

	for (i = 0; i < logs->n; i++)
		if (strcmp(logs->log[i].output.name, "-") == 0 &&
		    !logs->log[i].writer.format->binary)
			return true;
	return false;
}

size_t
logs_growth(const struct logs *logs)
{
	size_t i, most = 0;

	for (i = 0; i < logs->n; i++)
		if (logs->log[i].writer.format->growth > most)
			most = logs->log[i].writer.format->growth;
	return most;
}

/* The session's own files and memory, before its first event. */
static void
log_begin(struct log *l, const struct event *ev)
{
	struct template_values values = { ev->session,
	    { ev->peer[CLIENT].text, ev->peer[SERVER].text }, ev->time.tv_sec };

	if (l->writer.format->memory > 0)
		l->writer.memory = calloc(1, l->writer.format->memory);
	output_begin(&l->output, &values);
}

/* Returns how many bytes of the chunk are left for another record. */
static size_t
log_record(struct log *l, const struct event *ev, struct buf *record)
{
	struct writer *w = &l->writer;
	bool data = ev->type == EV_DATA;
	size_t left = 0;

	if (data && w->format->verbatim) {
		output_write(&l->output, ev->chunk->from, ev->chunk->data, ev->chunk->len);
		return 0;
	}
	buf_clear(record);
	if (w->format->memory > 0 && w->memory == NULL)
		record->failed = true;
	else
		left = format_event(w, ev, record);
	if (record->failed)
		output_lose(&l->output, data ? ev->chunk->len - left : 0, "out of memory");
	else
		output_write(&l->output, data ? ev->chunk->from : BOTH, record->data, record->len);
	return left;
}

static void
log_event(struct log *l, const struct event *ev, struct buf *record)
{
	struct event next = *ev;
	struct chunk rest;
	size_t left = log_record(l, ev, record), done;

	for (; left > 0; left = log_record(l, &next, record)) {
		done = next.chunk->len - left;
		rest = *next.chunk;
		rest.data += done;
		rest.offset += done;
		rest.len -= done;
		rest.shown -= done;
		next.chunk = &rest;
	}
}

void
logs_event(struct logs *logs, const struct event *ev)
{
	bool first = ev->type == EV_OPEN || ev->type == EV_UNREACHED;
	size_t i;

	for (i = 0; i < logs->n; i++) {
		if (first)
			log_begin(&logs->log[i], ev);
		log_event(&logs->log[i], ev, &logs->record);
	}
}

size_t
logs_losses(const struct logs *logs, struct loss *loss)
{
	const struct output *o;
	size_t i, n = 0;

	for (i = 0; i < logs->n; i++) {
		o = &logs->log[i].output;
		if (o->lost > 0)
			loss[n++] = (struct loss){ o->name, o->lost };
	}
	return n;
}

void
logs_on_wait(struct logs *logs, void (*on_wait)(void *arg, const char *name), void *arg)
{
	size_t i;

	for (i = 0; i < logs->n; i++) {
		logs->log[i].output.on_wait = on_wait;
		logs->log[i].output.arg = arg;
	}
}

void
logs_tidy(struct logs *logs)
{
	buf_free(&logs->record);
}
