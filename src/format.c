/* format.c - the table of formats, and the frame around every record
 *
 * Runs in: session, lookup helper. The one place where time, [N], marker, margin and
 * session lines are made. Knows no descriptor and no clock; peer text comes here
 * escaped.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "escape.h"
#include "format.h"

const struct format *const formats[] = {
	&format_c, &format_hex, &format_count, &format_null, &format_password,
	&format_raw, &format_strip, &format_turns, &format_pcapng, &format_json,
	NULL
};

const struct format *
format_find(const char *name)
{
	size_t i;

	for (i = 0; formats[i] != NULL; i++)
		if (strcmp(formats[i]->name, name) == 0)
			return formats[i];
	return NULL;
}

void
format_iso_time(const struct timespec *t, struct buf *out)
{
	char day[40], zone[8];
	struct tm tm;

	if (localtime_r(&t->tv_sec, &tm) == NULL ||
	    strftime(day, sizeof(day), "%Y-%m-%dT%H:%M:%S", &tm) == 0 ||
	    strftime(zone, sizeof(zone), "%z", &tm) != 5) {
		buf_printf(out, "%lld", (long long)t->tv_sec);
		return;
	}
	buf_printf(out, "%s.%06ld%.3s:%s", day, t->tv_nsec / 1000, zone, zone + 3);
}

void
format_utc_time(const struct timespec *t, struct buf *out)
{
	char second[40];
	struct tm tm;

	if (gmtime_r(&t->tv_sec, &tm) == NULL ||
	    strftime(second, sizeof(second), "%Y-%m-%dT%H:%M:%S", &tm) == 0)
		buf_printf(out, "%lld", (long long)t->tv_sec);
	else
		buf_printf(out, "%s.%06ldZ", second, t->tv_nsec / 1000);
}

static void
clock_time(const struct timespec *t, struct buf *out)
{
	struct tm tm;

	if (localtime_r(&t->tv_sec, &tm) != NULL)
		buf_printf(out, "%02d:%02d:%02d.%06ld", tm.tm_hour, tm.tm_min, tm.tm_sec,
		    t->tv_nsec / 1000);
}

void
format_seconds(long long us, struct buf *out)
{
	buf_printf(out, "%lld.%06lld", us / 1000000, us % 1000000);
}

static void
stamp_add(struct writer *w, const struct event *ev, struct buf *out)
{
	switch (w->frame->stamp) {
	case STAMP_NONE:
		return;
	case STAMP_CLOCK:
		clock_time(&ev->time, out);
		break;
	case STAMP_ISO:
		format_iso_time(&ev->time, out);
		break;
	case STAMP_RELATIVE:
		format_seconds(ev->open_us, out);
		break;
	case STAMP_DELTA:
		format_seconds(ev->open_us - w->last_us, out);
		w->last_us = ev->open_us;
		break;
	}
	buf_putc(out, ' ');
}

/*
 * ECMA-48: teal (of 256 colours, ISO 8613-6: the cyan of eight cannot be read on white)
 * and magenta can be told apart on light and on dark.
 */
#define COLOR_CLIENT	"\033[38;5;30m"
#define COLOR_SERVER	"\033[35m"
#define COLOR_URGENT	"\033[1;7m"
#define COLOR_SESSION	"\033[1m"
#define COLOR_ERROR	"\033[1;31m"
#define COLOR_END	"\033[0m"

void
format_record_open(struct writer *w, const struct event *ev, enum side from, bool urgent,
    struct buf *out)
{
	size_t start = out->len, colors = 0;

	stamp_add(w, ev, out);
	if (w->frame->numbered)
		buf_printf(out, "[%lu] ", ev->session);
	if (w->frame->color) {
		colors = out->len;
		buf_puts(out, from == CLIENT ? COLOR_CLIENT : COLOR_SERVER);
		if (urgent)
			buf_puts(out, COLOR_URGENT);
		colors = out->len - colors;
	}
	buf_puts(out, SIDE_NAME(from));
	buf_puts(out, urgent ? "! " : "> ");
	out->margin = out->len - start - colors;
}

void
format_record_close(struct writer *w, struct buf *out)
{
	if (w->frame->color)
		buf_puts(out, COLOR_END);
	out->margin = 0;
	buf_newline(out);
}

void
format_peer(const struct peer *p, struct buf *out)
{
	buf_puts(out, p->text);
	if (p->has_owner && p->pid > 0)
		buf_printf(out, "(pid %ld, uid %lu)", (long)p->pid, (unsigned long)p->uid);
	else if (p->has_owner)
		buf_printf(out, "(uid %lu)", (unsigned long)p->uid);
}

static void
peers_add(const struct event *ev, struct buf *out)
{
	buf_puts(out, " client ");
	format_peer(&ev->peer[CLIENT], out);
	buf_puts(out, " server ");
	format_peer(&ev->peer[SERVER], out);
}

/* Appends text of any origin as one line: control bytes as \ooo. */
static void
line_add(const char *text, struct buf *out)
{
	size_t n = strlen(text), room = 4 * n + 1;
	unsigned char *to = buf_reserve(out, room);

	if (to != NULL)
		out->len += escape_text((char *)to, room, text, n, ESCAPE_LINE);
}

static const char *
plural(uintmax_t n)
{
	return n == 1 ? "" : "s";
}

void
format_reason(const struct ending *e, struct buf *out)
{
	static const char *const how[] = {
		[END_CLOSED] = "closed by ", [END_RESET] = "reset by ",
		[END_LIMIT] = "closed by byte limit", [END_TIMEOUT] = "closed by timeout",
		[END_SIGNAL] = "closed by signal",
	};

	buf_puts(out, how[e->how]);
	if (e->how == END_CLOSED || e->how == END_RESET)
		buf_puts(out, SIDE_NAME(e->by));
}

void
format_undelivered(const struct ending *e, struct buf *out)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (e->undelivered[s] > 0)
			buf_printf(out, ", %ju byte%s to %s not delivered", e->undelivered[s],
			    plural(e->undelivered[s]), SIDE_NAME(OTHER(s)));
}

static void
ending_add(const struct event *ev, struct buf *out)
{
	const struct ending *e = ev->ending;
	enum side s;
	size_t i;

	buf_puts(out, " after ");
	format_seconds(ev->open_us, out);
	buf_puts(out, " s, ");
	format_reason(e, out);
	for (s = CLIENT; s < SIDES; s++)
		buf_printf(out, ", %s %ju byte%s", SIDE_NAME(s), e->bytes[s], plural(e->bytes[s]));
	format_undelivered(e, out);
	for (i = 0; i < ev->nloss; i++) {
		buf_puts(out, ", ");
		line_add(ev->loss[i].name, out);
		buf_printf(out, " lost %ju byte%s", ev->loss[i].bytes, plural(ev->loss[i].bytes));
	}
}

void
format_session_line(struct writer *w, const struct event *ev, struct buf *out)
{
	static const char *const word[] = {
		[EV_OPEN] = "open ", [EV_UNREACHED] = "error ", [EV_END] = "end ",
		[EV_ERROR] = "error ", [EV_CLOSE] = "close ",
	};
	bool error = ev->type == EV_ERROR || ev->type == EV_UNREACHED;

	if (ev->type == EV_END && !w->frame->ends)
		return;
	if (w->frame->terminal && ev->type == EV_CLOSE && ev->ending->how == END_SIGNAL)
		buf_putc(out, '\r');		/* back over the "^C" that the terminal shows */
	if (w->frame->color)
		buf_puts(out, error ? COLOR_ERROR : COLOR_SESSION);
	buf_printf(out, "# session %lu ", ev->session);
	if (ev->type == EV_NAMES) {
		buf_printf(out, "names client %s server %s", ev->name[CLIENT], ev->name[SERVER]);
	} else {
		buf_puts(out, word[ev->type]);
		format_iso_time(&ev->time, out);
	}
	if (ev->type == EV_OPEN || error)
		peers_add(ev, out);
	if (ev->type == EV_END)
		buf_printf(out, " by %s", SIDE_NAME(ev->from));
	if (error) {
		buf_puts(out, ": ");
		line_add(ev->text, out);
	}
	if (ev->type == EV_CLOSE)
		ending_add(ev, out);
	if (w->frame->color)
		buf_puts(out, COLOR_END);
	buf_putc(out, '\n');
}

size_t
format_event(struct writer *w, const struct event *ev, struct buf *out)
{
	size_t done;

	if (w->format->verbatim)
		return 0;
	if (w->format->event != NULL) {
		w->format->event(w, ev, out);
		return 0;
	}
	if (ev->type != EV_DATA) {
		format_session_line(w, ev, out);
		return 0;
	}
	if (w->format->chunk == NULL)
		return 0;
	format_record_open(w, ev, ev->chunk->from, ev->chunk->urgent, out);
	done = w->format->chunk(w->memory, ev->chunk, out);
	format_record_close(w, out);
	return ev->chunk->len - done;
}
