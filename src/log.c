/* log.c - the chain of formats bound to outputs, the console among them
 *
 * Joins format to output, which do not know each other: every event goes
 * through each format, and what comes out of it to that format's output.
 */
#include <config.h>

#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "log.h"

static bool
wants_color(enum color when)
{
	const char *no_color = getenv("NO_COLOR"), *term = getenv("TERM");

	if (when != COLOR_AUTO)
		return when == COLOR_ALWAYS;
	return isatty(STDOUT_FILENO) && (no_color == NULL || *no_color == '\0') &&
	    term != NULL && strcmp(term, "dumb") != 0;
}

/* Sets up one link; its output is opened later, with all others. */
static void
link_make(struct logs *l, struct log_option log, const struct options *opt)
{
	size_t i = l->n++;
	struct log *link = &l->link[i];
	const struct format *format = log.format;
	bool console = strcmp(log.name, "-") == 0;

	link->frame = (struct frame){ .numbered = opt->max_open > 1, .stamp = opt->stamp,
	    .color = console && wants_color(opt->color),
	    .terminal = console && isatty(STDOUT_FILENO), .ends = opt->verbosity > 0,
	    .run = (const char *)l->run.data };
	link->writer = (struct writer){ .format = format, .frame = &link->frame };
	if (format->head != NULL)
		format->head(&link->head);
	l->output[i] = (struct output){ .name = log.name, .append = log.append,
	    .blocks = format->blocks, .lines = !format->binary, .head = link->head.data,
	    .head_len = link->head.len, .whole = format->whole };
}

/* Whether a log has the session lines where a daemon would tell them anyway. */
static bool
names_syslog(const struct options *opt)
{
	size_t i;

	for (i = 0; i < opt->nlogs && strcmp(opt->log[i].name, "syslog:") != 0; i++)
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

int
logs_open(struct logs *l, const struct options *opt, struct cause *why)
{
	size_t i;

	memset(l, 0, sizeof(*l));
	l->link = calloc(opt->nlogs + 1, sizeof(*l->link));
	l->output = calloc(opt->nlogs + 1, sizeof(*l->output));
	run_name(&l->run);
	if (l->link == NULL || l->output == NULL || l->run.failed)
		return cause_errno(why, "logs", NULL);
	for (i = 0; i < opt->nlogs; i++) {
		if (opt->log[i].format->blocks && strcmp(opt->log[i].name, "-") == 0 &&
		    isatty(STDOUT_FILENO))
			return cause_set(why, "-o -: %s is not for a terminal",
			    opt->log[i].format->name);
		link_make(l, opt->log[i], opt);
	}
	if (opt->console != NULL)
		link_make(l, (struct log_option){ "-", opt->console, false }, opt);
	else if (opt->daemon && !names_syslog(opt)) {
		link_make(l, (struct log_option){ "syslog:", &format_null, false }, opt);
		l->output[l->n - 1].optional = true;
	}
	return outputs_open(l->output, l->n,
	    opt->max_open > 1 || (!opt->numeric && logs_want_names(l)), why);
}

void
logs_free(struct logs *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		buf_free(&l->link[i].head);
	buf_free(&l->run);
	free(l->link);
	free(l->output);
	memset(l, 0, sizeof(*l));
}

void
logs_reopen(struct logs *l)
{
	outputs_reopen(l->output, l->n);
}

bool
logs_report(const struct logs *l)
{
	return outputs_report(l->output, l->n);
}

bool
logs_want_names(const struct logs *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (!l->link[i].writer.format->verbatim)
			return true;
	return false;
}

bool
logs_on_stdout(const struct logs *l)
{
	size_t i;

	for (i = 0; i < l->n; i++)
		if (strcmp(l->output[i].name, "-") == 0 && !l->link[i].writer.format->binary)
			return true;
	return false;
}

size_t
logs_growth(const struct logs *l)
{
	size_t i, most = 0;

	for (i = 0; i < l->n; i++)
		if (l->link[i].writer.format->growth > most)
			most = l->link[i].writer.format->growth;
	return most;
}

/* The session's own files and memory, before its first event. */
static void
link_begin(struct log *link, struct output *o, const struct event *ev)
{
	struct naming of = { ev->session, { ev->peer[CLIENT].text, ev->peer[SERVER].text },
	    ev->time.tv_sec };

	if (link->writer.format->memory > 0)
		link->writer.memory = calloc(1, link->writer.format->memory);
	output_begin(o, &of);
}

/* Returns how many bytes of the chunk are left for another record. */
static size_t
link_record(struct logs *l, size_t i, const struct event *ev)
{
	struct writer *w = &l->link[i].writer;
	struct output *o = &l->output[i];
	bool data = ev->type == EV_DATA;
	size_t left = 0;

	if (data && w->format->verbatim) {
		output_write(o, ev->chunk->from, ev->chunk->data, ev->chunk->len);
		return 0;
	}
	buf_clear(&l->record);
	if (w->format->memory > 0 && w->memory == NULL)
		l->record.failed = true;
	else
		left = format_event(w, ev, &l->record);
	if (l->record.failed)
		output_lose(o, data ? ev->chunk->len - left : 0, "out of memory");
	else
		output_write(o, data ? ev->chunk->from : BOTH, l->record.data, l->record.len);
	return left;
}

static void
link_event(struct logs *l, size_t i, const struct event *ev)
{
	struct event next = *ev;
	struct chunk rest;
	size_t left = link_record(l, i, ev), done;

	for (; left > 0; left = link_record(l, i, &next)) {
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
logs_event(struct logs *l, const struct event *ev)
{
	bool first = ev->type == EV_OPEN || ev->type == EV_UNREACHED;
	size_t i;

	for (i = 0; i < l->n; i++) {
		if (first)
			link_begin(&l->link[i], &l->output[i], ev);
		link_event(l, i, ev);
	}
}

size_t
logs_losses(const struct logs *l, struct loss *loss)
{
	size_t i, n = 0;

	for (i = 0; i < l->n; i++)
		if (l->output[i].lost > 0)
			loss[n++] = (struct loss){ l->output[i].name, l->output[i].lost };
	return n;
}

void
logs_tidy(struct logs *l)
{
	buf_free(&l->record);
}
