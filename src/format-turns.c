/* format-turns.c - one line for each exchange: how long the client waited, for what
 *
 * Runs in: session. A turn begins with what the client says after the server has
 * spoken, and ends when the client speaks again, or with the session. What a server
 * says before the client has said anything (a greeting) is a turn without a
 * question.
 *
 * The wait is that from the last byte of the question to the first of the answer (of
 * a greeting, from the opening of the session), by the monotonic clock.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>

#include "format.h"

/*
 * How often each wait was seen: the memory of a session is the same after any
 * number of turns. Waits below EXACT microseconds have a place each; from there
 * on, each power of two is divided into STEPS places, so that the waits of a place
 * differ by less than 1 / STEPS.
 */
#define STEPS		128
#define EXACT		(2 * STEPS)
#define POWERS		(63 - 8)	/* of two, from EXACT to the longest long long */

struct turns {
	bool		under_way;	/* a turn has begun, and not ended yet */
	/* Of the turn that is under way; times in us are since EV_OPEN. */
	bool		answered;	/* the server has spoken in it */
	enum side	first;		/* who began it: the server, where it is a greeting */
	struct timespec	time;		/* when it began, by CLOCK_REALTIME */
	long long	begun_us;	/* when it began, by the monotonic clock */
	uintmax_t	bytes[SIDES];
	long long	asked_us;	/* the last byte of the question */
	long long	first_us;	/* the first byte of the answer */
	long long	last_us;	/* the last byte of the answer */
	/* Of the whole session. */
	unsigned long	turns;		/* that have begun */
	unsigned long	waits;		/* turns that were answered */
	unsigned long	worst_turn;
	long long	worst_us;
	uint32_t	seen[EXACT + POWERS * STEPS];
};

/* The place of a wait in seen[]. */
static size_t
place_of(long long us)
{
	size_t power = 0;

	while (us >> power >= EXACT)
		power++;
	return power * STEPS + (size_t)(us >> power);
}

/* The longest of the waits that have this place. */
static long long
longest_at(size_t place)
{
	size_t power = place < EXACT ? 0 : place / STEPS - 1;

	return ((long long)(place - power * STEPS + 1) << power) - 1;
}

/* Of the waits, at least one, put in order, the one in the middle; of two, the shorter. */
static long long
median(const struct turns *t)
{
	unsigned long half = (t->waits + 1) / 2, counted = t->seen[0];
	size_t place = 0;
	long long us;

	while (counted < half)
		counted += t->seen[++place];
	us = longest_at(place);
	return us < t->worst_us ? us : t->worst_us;
}

static void
note_wait(struct turns *t)
{
	long long us = t->first_us - t->asked_us;

	if (t->waits++ == 0 || us > t->worst_us) {
		t->worst_us = us;
		t->worst_turn = t->turns;
	}
	t->seen[place_of(us)]++;
}

static void
bytes_add(uintmax_t n, struct buf *out)
{
	buf_printf(out, "%ju byte%s", n, n == 1 ? "" : "s");
}

/* Writes the turn that is under way, if one is, as a record of the time when it began. */
static void
turn_end(struct writer *w, const struct event *ev, struct buf *out)
{
	struct turns *t = w->memory;
	struct event then = *ev;

	if (!t->under_way)
		return;
	then.time = t->time;
	then.open_us = t->begun_us;
	format_record_open(w, &then, t->first, false, out);
	bytes_add(t->bytes[t->first], out);
	if (t->first == CLIENT && t->answered) {
		buf_puts(out, ", server> ");
		bytes_add(t->bytes[SERVER], out);
	}
	buf_puts(out, t->answered ? " after " : ", no answer after ");
	format_seconds((t->answered ? t->first_us : ev->open_us) - t->asked_us, out);
	buf_puts(out, " s");
	if (t->answered) {
		buf_puts(out, ", whole after ");
		format_seconds(t->last_us - t->asked_us, out);
		buf_puts(out, " s");
	}
	format_record_close(w, out);
	t->under_way = false;
}

static void
turn_begin(struct turns *t, const struct event *ev)
{
	t->under_way = true;
	t->answered = false;
	t->first = ev->chunk->from;
	t->time = ev->time;
	t->begun_us = ev->open_us;
	t->bytes[CLIENT] = t->bytes[SERVER] = 0;
	t->turns++;
}

static void
chunk_seen(struct writer *w, const struct event *ev, struct buf *out)
{
	struct turns *t = w->memory;
	enum side from = ev->chunk->from;

	if (from == CLIENT && t->answered)
		turn_end(w, ev, out);
	if (!t->under_way)
		turn_begin(t, ev);
	t->bytes[from] += ev->chunk->len;
	if (from == CLIENT) {
		t->asked_us = ev->open_us;
		return;
	}
	t->last_us = ev->open_us;
	if (t->answered)
		return;
	t->answered = true;
	t->first_us = ev->open_us;
	note_wait(t);
}

static void
summary(const struct turns *t, const struct event *ev, struct buf *out)
{
	buf_printf(out, "# session %lu turns %lu", ev->session, t->turns);
	if (t->waits > 0) {
		buf_puts(out, ", wait median ");
		format_seconds(median(t), out);
		buf_puts(out, " s, worst ");
		format_seconds(t->worst_us, out);
		buf_printf(out, " s (turn %lu)", t->worst_turn);
	}
	buf_puts(out, ", connect ");
	format_seconds(ev->connect_us, out);
	buf_puts(out, " s\n");
}

static void
turns_event(struct writer *w, const struct event *ev, struct buf *out)
{
	if (ev->type == EV_DATA) {
		chunk_seen(w, ev, out);
		return;
	}
	if (ev->type == EV_CLOSE) {
		turn_end(w, ev, out);
		summary(w->memory, ev, out);
	}
	format_session_line(w, ev, out);
}

const struct format format_turns = {
	.name	= "turns",
	.about	= "an exchange a line: how long the client waited",
	.memory	= sizeof(struct turns),
	.event	= turns_event,
};
