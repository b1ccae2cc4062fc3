/* status.c - the lines that answer SIGUSR1: what the program is doing
 *
 * Runs in: parent, session. The numbers come first, since a line that is too long is
 * cut at its end, and addresses may be long.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "format.h"
#include "status.h"

static const char *
plural(uintmax_t n)
{
	return n == 1 ? "" : "s";
}

void
status_totals(const struct status_totals *t, struct buf *out)
{
	buf_printf(out, "%lu session%s (%lu without a server, %lu crashed), %lu refused, "
	    "%ju byte%s from clients, %ju byte%s from servers, since ", t->sessions,
	    plural(t->sessions), t->unreached, t->crashed, t->refused, t->bytes[CLIENT],
	    plural(t->bytes[CLIENT]), t->bytes[SERVER], plural(t->bytes[SERVER]));
	format_iso_time(&t->since, out);
}

void
status_parent(size_t open, uintmax_t max_open, size_t silent, const struct status_totals *t,
    struct buf *out)
{
	buf_printf(out, "status: %zu of %ju session%s open", open, max_open, plural(max_open));
	if (silent > 0)
		buf_printf(out, " (%zu without an answer yet)", silent);
	buf_printf(out, "; ");
	status_totals(t, out);
}

/* Whether the session waits for side to send something. */
static bool
may_speak(const struct status_session *s, enum side side)
{
	return !s->ended[side] && (!s->spoken || s->last != side || s->ended[OTHER(side)]);
}

static void
waits_for(const struct status_session *s, struct buf *out)
{
	bool any = false, client, server;
	enum side side;

	if (s->log != NULL) {
		buf_printf(out, "log %s", s->log);
		return;
	}
	for (side = CLIENT; side < SIDES; side++)
		if (s->connecting[side]) {
			buf_printf(out, "%s to be reached", SIDE_NAME(side));
			return;
		}
	for (side = CLIENT; side < SIDES; side++)
		if (s->untaken[OTHER(side)] > 0) {
			buf_printf(out, "%s%s to take %zu byte%s", any ? " and " : "",
			    SIDE_NAME(side), s->untaken[OTHER(side)], plural(s->untaken[OTHER(side)]));
			any = true;
		}
	if (any)
		return;
	client = may_speak(s, CLIENT);
	server = may_speak(s, SERVER);
	buf_puts(out, client && server ? "client or server" : client ? "client" :
	    server ? "server" : "its end");
}

void
status_session(const struct status_session *s, struct buf *out)
{
	enum side side;

	buf_printf(out, "session %lu: waits for ", s->session);
	waits_for(s, out);
	buf_printf(out, ", idle ");
	format_seconds(s->idle_us, out);
	buf_printf(out, " s");
	for (side = CLIENT; side < SIDES; side++)
		buf_printf(out, ", %s %ju byte%s", SIDE_NAME(side), s->bytes[side],
		    plural(s->bytes[side]));
	buf_printf(out, ", since ");
	format_iso_time(&s->since, out);
	for (side = CLIENT; side < SIDES; side++) {
		buf_printf(out, " %s ", SIDE_NAME(side));
		format_peer(&s->peer[side], out);
	}
}
