/* session.c - the life of one session, in its own process
 *
 * Runs in: session; in start_names() also lookup helper.
 *
 * Reaches the other side, then joins the relay to the logs: makes the events
 * from what the relay tells. Never sees a listener, never formats a byte.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "guard.h"
#include "lookup.h"
#include "process.h"
#include "relay.h"
#include "sandbox.h"
#include "session.h"
#include "signals.h"
#include "sock.h"
#include "status.h"
#include "title.h"

#define QUEUE_RETRY_MS	20	/* before another try at a Unix socket whose queue is full */

/* What the callbacks of a relay need. */
struct talk {
	struct session	*s;
	struct event	 ev;
	struct chunk	 chunk;		/* what ev.chunk points to: of what was read, what --snap leaves */
	long long	 opened_us;	/* as of struct moment; when the last event was, too: */
	long long	 last_us;
	uintmax_t	 bytes[SIDES];	/* received so far, from that side */
	uintmax_t	 added[SIDES];	/* of those, what is in the totals of all sessions */
};

static void
tell(struct talk *t, enum event_type type)
{
	struct moment now;

	if (t->s->logs->n == 0) {
		t->last_us = timing_now_us();
		return;
	}
	now = timing_now();
	t->last_us = now.us;
	t->ev.type = type;
	t->ev.time = now.wall;
	if (type == EV_OPEN) {
		t->ev.connect_us = now.us - t->s->arrived.us;
		t->opened_us = now.us;
	}
	if (type != EV_UNREACHED)
		t->ev.open_us = now.us - t->opened_us;
	logs_event(t->s->logs, &t->ev);
}

static void
tell_chunk(void *arg, const struct chunk *c)
{
	struct talk *t = arg;

	t->bytes[c->from] = c->offset + c->len;
	t->chunk = *c;
	if (c->len > t->s->opt->snap)
		t->chunk.shown = t->s->opt->snap;
	t->ev.chunk = &t->chunk;
	tell(t, EV_DATA);
}

static void
tidy_logs(void *arg)
{
	struct talk *t = arg;

	logs_tidy(t->s->logs);
}

static void
tell_end(void *arg, enum side from)
{
	struct talk *t = arg;

	t->ev.from = from;
	tell(t, EV_END);
}

/* Adds what came since the last time to the totals of all sessions. */
static void
add_to_totals(struct talk *t)
{
	enum side side;

	for (side = CLIENT; t->s->total != NULL && side < SIDES; side++) {
		process_add(&t->s->total->bytes[side], t->bytes[side] - t->added[side]);
		t->added[side] = t->bytes[side];
	}
}

/* Says how the session stands; st has what it waits for. */
static void
say_status(struct talk *t, struct status_session *st)
{
	const struct session *s = t->s;
	struct buf text = { 0 };

	signals_status = 0;
	st->session = s->number;
	st->peer = s->peer;
	st->since = s->arrived.wall;
	memcpy(st->bytes, t->bytes, sizeof(st->bytes));
	st->idle_us = timing_now_us() - t->last_us;
	st->spoken = t->bytes[CLIENT] + t->bytes[SERVER] > 0;
	st->last = t->chunk.from;
	status_session(st, &text);
	if (!text.failed)
		verbose(0, "%.*s", (int)text.len, (const char *)text.data);
	buf_free(&text);
	add_to_totals(t);
	if (s->total != NULL)
		process_add(&s->total->answers, 1);
}

static void
answer_relay(void *arg, const struct relay_state *state)
{
	struct status_session st = { 0 };

	memcpy(st.untaken, state->untaken, sizeof(st.untaken));
	memcpy(st.ended, state->ended, sizeof(st.ended));
	say_status(arg, &st);
}

static void
answer_log(void *arg, const char *name)
{
	say_status(arg, &(struct status_session){ .log = name });
}

/* EV_ERROR, EV_UNREACHED */
static void
tell_error(struct talk *t, enum event_type type, const char *text, int error)
{
	t->ev.text = text;
	t->ev.error = error;
	tell(t, type);
}

/* Says on stderr what failed, where no console and no daemon's syslog has the error line. */
static void
complain_unshown(const struct session *s, const char *text)
{
	if (!s->opt->daemon && !logs_on_stdout(s->logs))
		complain("session %lu: client %s server %s: %s", s->number,
		    s->peer[CLIENT].text, s->peer[SERVER].text, text);
}

static void
tell_close(struct talk *t, const struct ending *e)
{
	struct loss loss[t->s->logs->n + 1];

	t->ev.ending = e;
	t->ev.nloss = logs_losses(t->s->logs, loss);
	t->ev.loss = loss;
	tell(t, EV_CLOSE);
}

/* Reaching a side */

static bool
is_tcp(const struct peer *p)
{
	return p->addr.ss_family != AF_UNIX && p->len > 0;
}

/* The side that is already there, while the other one is connected to. */
struct partner {
	struct talk	*talk;
	enum side	side;		/* the other one */
	int		fd;		/* or -1: there is none */
	bool		tcp;
	int		watch;		/* what is readable when there is news of it, or -1 */
	struct guard	guard;
};

/*
 * Whether the partner was reset. Early data, or an early end, stay for the relay to read,
 * but select() would see nothing else from then on: the guard looks for a reset instead.
 */
static bool
has_left(struct partner *p)
{
	enum peek saw;

	if (p->watch != p->fd)
		return guard_dead(&p->guard) != -1;
	if ((saw = sock_peek(p->fd)) == PEEK_NOTHING)
		return false;
	if (saw != PEEK_DEAD && p->tcp)
		guard_add(&p->guard, p->fd);
	p->watch = p->guard.fd;
	return saw == PEEK_DEAD;
}

static void
answer_connecting(const struct partner *p)
{
	struct status_session st = { 0 };

	st.connecting[p->side] = true;
	say_status(p->talk, &st);
}

/*
 * Waits until fd can be written, which ends a connection attempt, or with -1 as fd until
 * the deadline. Returns 0, or an errno value: ETIMEDOUT, ECANCELED on SIGTERM,
 * ECONNABORTED when the partner has left meanwhile.
 */
static int
wait_writable(int fd, struct partner *p, long long deadline)
{
	fd_set rd, wr;
	int n;

	for (;;) {
		if (signals_term > 0)
			return ECANCELED;
		if (signals_status)
			answer_connecting(p);
		FD_ZERO(&rd);
		FD_ZERO(&wr);
		if (fd != -1)
			FD_SET(fd, &wr);
		if (p->watch != -1)
			FD_SET(p->watch, &rd);
		n = signals_select((fd > p->watch ? fd : p->watch) + 1, &rd, &wr, NULL,
		    timing_left_ms(deadline));
		if (n == 0 && timing_left_ms(deadline) == 0)
			return ETIMEDOUT;
		if (n > 0 && p->watch != -1 && FD_ISSET(p->watch, &rd) && has_left(p))
			return ECONNABORTED;
		if (n > 0 && fd != -1 && FD_ISSET(fd, &wr))
			return 0;
	}
}

/*
 * One attempt at one address, from another one or NULL: a descriptor (*dead: but reset
 * already), or -1 with errno.
 */
static int
attempt(const struct peer *a, const struct peer *from, struct partner *p, long long most_ms,
    bool *dead)
{
	long long deadline = most_ms > 0 ? timing_now_ms() + most_ms : 0;
	int fd, error;

	while ((fd = sock_connect(a, from)) == -1 && errno == EAGAIN) {
		error = wait_writable(-1, p, timing_now_ms() + QUEUE_RETRY_MS);
		if (error != ETIMEDOUT || timing_left_ms(deadline) == 0) {
			errno = error;
			return -1;
		}
	}
	if (fd == -1)
		return -1;
	error = wait_writable(fd, p, deadline);
	if (error == 0)
		error = sock_connected(fd, a);
	*dead = error == ECONNRESET;
	if (error != 0 && !*dead) {
		close(fd);
		errno = error;
		return -1;
	}
	return fd;
}

/* Connects to one side, trying each address. 0, or -1 with errno. */
static int
reach(struct session *s, enum side side, struct partner *p)
{
	const struct endpoint *ep = &s->to[side];
	const struct peer *from;
	size_t i;
	int saved;

	for (i = 0; i < ep->n; i++) {
		s->peer[side] = ep->address[i];
		from = side == SERVER ? endpoint_source(s->source, &ep->address[i]) : NULL;
		verbose(2, "session %lu: trying %s%s%s", s->number, s->peer[side].text,
		    from != NULL ? " from " : "", from != NULL ? from->text : "");
		s->fd[side] = attempt(&ep->address[i], from, p, s->opt->connect_ms,
		    &s->dead[side]);
		if (s->fd[side] != -1) {
			verbose(1, "session %lu: connected to the %s, %s", s->number,
			    SIDE_NAME(side), s->peer[side].text);
			return 0;
		}
		saved = errno;
		verbose(2, "session %lu: %s: %s", s->number, s->peer[side].text, strerror(saved));
		errno = saved;
		if (saved == ECANCELED || saved == ECONNABORTED)
			break;
	}
	return -1;
}

/* Connects to one side, while it looks whether the side that is there leaves. As reach(). */
static int
reach_beside(struct talk *t, enum side side)
{
	struct session *s = t->s;
	int fd = s->fd[OTHER(side)], result, saved;
	struct partner p = { .talk = t, .side = side, .fd = fd, .watch = fd, .guard = GUARD_NONE,
	    .tcp = is_tcp(&s->peer[OTHER(side)]) };

	result = reach(s, side, &p);
	saved = errno;
	guard_remove(&p.guard, fd);
	guard_put_back(&p.guard);
	if (result == 0 && is_tcp(&s->peer[side]))
		sock_abortive(s->fd[side], true);
	errno = saved;
	return result;
}

/* Why side was not reached, as the error record says it; error: see wait_writable(). */
static const char *
reason(enum side side, int error)
{
	if (error == ECANCELED)
		return "closed by signal";
	if (error == ECONNABORTED)
		return side == SERVER ? "reset by client" : "reset by server";
	return strerror(error);
}

/* What the reason is about, where that is not the server. */
static const char *
subject(const struct session *s, enum side side, int error)
{
	if (side == CLIENT)
		return "client: ";
	return s->source->n > 0 && error == EADDRNOTAVAIL ? "--source: " : "";
}

/* Why a side was not reached, as an errno value of the system; 0: for no reason of its own. */
static int
system_error(int error)
{
	return error == ECANCELED ? 0 : error == ECONNABORTED ? ECONNRESET : error;
}

/*
 * Before anything is connected to: what is shown of a side that is not there is the
 * first address that will be tried. A side that is there is reset if this process dies.
 */
static void
prepare_sides(struct session *s)
{
	enum side side;

	for (side = CLIENT; side < SIDES; side++)
		if (s->fd[side] == -1)
			s->peer[side] = s->to[side].address[0];
		else if (is_tcp(&s->peer[side]))
			sock_abortive(s->fd[side], true);
	title_set("session ", s->number, s->peer[CLIENT].text);
}

/*
 * Connects to what is not there: the client first, who may be a person (-c). 0; or -1,
 * and how the session ends.
 */
static int
reach_all(struct talk *t, enum session_exit *how)
{
	struct session *s = t->s;
	struct cause why;
	enum side side;
	int error;

	for (side = CLIENT; side < SIDES; side++) {
		if (s->fd[side] != -1 || reach_beside(t, side) == 0)
			continue;
		error = errno;
		if (s->fd[OTHER(side)] != -1)
			sock_reset(s->fd[OTHER(side)]);
		cause_set(&why, "%s%s", subject(s, side, error), reason(side, error));
		if (s->retrying)
			verbose(1, "session %lu: %s: %s", s->number, s->peer[side].text, why.text);
		else
			tell_error(t, EV_UNREACHED, why.text, system_error(error));
		*how = SESSION_DONE;
		if (error == ECANCELED || error == ECONNABORTED)
			return -1;	/* which is no failure of the side that was tried */
		if (!s->retrying)
			complain_unshown(s, why.text);
		*how = SESSION_UNREACHED;
		return -1;
	}
	return 0;
}

/* Names */

/* Has a helper look up the names of the sides and write them to the logs. */
static void
start_names(struct talk *t)
{
	static char text[SIDES][NAMES_TEXT];
	const char *name[SIDES] = { text[CLIENT], text[SERVER] };
	struct session *s = t->s;
	bool any;

	if (!s->names || !lookup_fork(s->number))
		return;
	title_set("names of session ", s->number, "");
	close(s->fd[CLIENT]);
	close(s->fd[SERVER]);
	any = address_names(&s->peer[CLIENT], text[CLIENT]);
	any = address_names(&s->peer[SERVER], text[SERVER]) || any;
	t->ev.name = name;
	if (any)
		tell(t, EV_NAMES);
	lookup_done();
}

/*
 * Bytes to read at once, so that those and their record are no more than RELAY_MOST.
 * A record of half of it, or a quarter where a log grows fast, is as much as a file
 * takes well: bigger ones were at times far slower (measured: ext4).
 */
static size_t
read_size(const struct session *s)
{
	size_t growth = logs_growth(s->logs);

	return growth == 0 ? RELAY_MOST : RELAY_MOST / (growth > 2 ? 4 : 2) / growth;
}

/* Gives the sockets of both sides to the relay, which will close them. */
static void
hand_over(const struct session *s, struct relay *r)
{
	int receive, send;
	enum side side;

	for (side = CLIENT; side < SIDES; side++) {
		r->fd[side] = s->fd[side];
		r->dead[side] = s->dead[side];
		r->tcp[side] = is_tcp(&s->peer[side]);
		if (s->opt->verbosity < 2)
			continue;
		sock_buffers(s->fd[side], &receive, &send);
		verbose(2, "session %lu: socket %d to the %s, buffers %d bytes in, %d bytes out",
		    s->number, s->fd[side], SIDE_NAME(side), receive, send);
	}
}

/*
 * From here on the session only moves bytes and writes to what is open. What it may need
 * later is made now.
 */
static void
lock_in(const struct session *s)
{
	if (is_tcp(&s->peer[CLIENT]) || is_tcp(&s->peer[SERVER]))
		guard_prepare();
	sandbox_session(s->number, s->opt->verbosity >= 2);
}

enum session_exit
session_run(struct session *s)
{
	struct talk t = { .s = s, .ev = { .session = s->number, .peer = s->peer,
	    .arrived = s->arrived.wall }, .last_us = s->arrived.us };
	struct relay r = { .max_bytes = s->opt->max_bytes, .idle_ms = s->opt->idle_ms,
	    .on_chunk = tell_chunk, .on_end = tell_end, .on_idle = tidy_logs,
	    .on_status = answer_relay, .arg = &t,
	    .read_max = read_size(s) };
	struct ending e;
	struct cause why;
	enum session_exit how;

	prepare_sides(s);
	logs_on_wait(s->logs, answer_log, &t);
	if (reach_all(&t, &how) == -1)
		return how;
	hand_over(s, &r);
	tell(&t, EV_OPEN);
	start_names(&t);
	if (!s->opt->no_sandbox)
		lock_in(s);
	relay_run(&r, &e);
	if (e.error != 0) {
		cause_set(&why, "%s: %s", SIDE_NAME(e.by), strerror(e.error));
		tell_error(&t, EV_ERROR, why.text, e.error);
		complain_unshown(s, why.text);
	}
	tell_close(&t, &e);
	add_to_totals(&t);
	return e.bytes[CLIENT] + e.bytes[SERVER] == 0 ? SESSION_EMPTY : SESSION_DONE;
}
