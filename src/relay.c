/* relay.c - carries the bytes of one session between its two sides
 *
 * Runs in: session. Owns both sockets until relay_run() returns. Its callbacks tell
 * what passed; it knows no format, no name, no log.
 *
 * Two flows, one for each direction. Each reads only when nothing waits in it, and
 * writes at once what it has read. What the other side does not take is kept, and
 * the source is not read until it has gone: so the source has to wait, too.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#ifdef HAVE_LINUX_SOCKIOS_H
# include <linux/sockios.h>
#elif defined(__linux__) && defined(TIOCOUTQ)
# define SIOCOUTQ TIOCOUTQ	/* the same, for a libc that comes without the kernel's headers */
#endif
#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "flow.h"
#include "guard.h"
#include "relay.h"
#include "signals.h"
#include "sock.h"
#include "timing.h"

#define SHRINK_MS	1000	/* silence after which big buffers are freed */
#define GUARD_MS	10	/* silence after which a side that is not read is guarded */
#define DELIVER_MS	5000	/* no progress for so long: what is left counts as undelivered */
#define STOP_MS		1000	/* after a signal, in all: whoever sent it waits for the end */

struct bridge {
	const struct relay	*r;
	struct ending		*e;
	struct flow		 flow[SIDES];
	bool			 over;		/* e->how is final: deliver what waits, then end */
	bool			 dead[SIDES];	/* was reset: nothing more reaches it */
	bool			 first_known;	/* e->by is the side that ended first */
	struct guard		 guard;
	bool			 guarded[SIDES];
	bool			 busy;		/* there are big buffers, to be freed in silence */
	long long		 stop_ms;	/* a deadline, after a signal; or 0 */
	unsigned int		 turns;		/* of the loop */
	/*
	 * When a byte last moved. Only true where somebody asks: with a limit of idle
	 * time, or once it is over. Otherwise no chunk has to pay for a look at the clock.
	 */
	long long		 moved_ms;
};

/*
 * Bytes sent that the peer's system has not acknowledged; 0 where nobody can tell.
 * Of a connection that has died: what it never got.
 */
static size_t
unacknowledged(const struct bridge *b, enum side side)
{
	int n = 0;

	if (!b->r->tcp[side])
		return 0;
#ifndef HAVE_UNACKNOWLEDGED
	/* Nobody can tell. */
#elif defined(SIOCOUTQ)
	if (ioctl(b->r->fd[side], SIOCOUTQ, &n) == -1)
		n = 0;
	if (b->flow[OTHER(side)].fin_sent)
		n--;	/* the end of the stream counts as one more there, and is none */
#elif defined(FIONWRITE)
	if (ioctl(b->r->fd[side], FIONWRITE, &n) == -1)
		n = 0;
#elif defined(SO_NWRITE)
	socklen_t len = sizeof(n);

	if (getsockopt(b->r->fd[side], SOL_SOCKET, SO_NWRITE, &n, &len) == -1)
		n = 0;
#endif
	return n > 0 ? (size_t)n : 0;
}

static void
tell_status(struct bridge *b)
{
	struct relay_state state;
	const struct flow *f;

	for (f = b->flow; f < b->flow + SIDES; f++) {
		state.untaken[f->from] = f->end - f->start;
		state.ended[f->from] = f->ended;
	}
	b->r->on_status(b->r->arg, &state);
}

/*
 * Looks at the signals that have come. Sets the deadline at the first that ends the session. A
 * second one does not put it off: Ctrl-C is sent to this process by the terminal, and then
 * SIGTERM by the parent.
 */
static void
note_signal(struct bridge *b)
{
	if (signals_status)
		tell_status(b);
	if (signals_term > 0 && b->stop_ms == 0)
		b->stop_ms = timing_now_ms() + STOP_MS;
}

/* The error that broke the connection, or 0. The system tells it once, then forgets it. */
static int
socket_error(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	return error;
}

/*
 * Waits until the peer's system has what was sent, while that makes progress at least
 * every most_ms. A reset, or a close with unread input, would throw it away. Returns
 * the bytes that the peer's system does not have; *died: and never will.
 */
static size_t
wait_sent(struct bridge *b, enum side side, long long most_ms, bool *died)
{
	long long pause_ms = 1, deadline = 0;
	size_t left, before = SIZE_MAX;

	while ((left = unacknowledged(b, side)) > 0) {
		if (left < before)
			deadline = timing_now_ms() + most_ms;
		before = left;
		note_signal(b);
		if ((*died = socket_error(b->r->fd[side]) != 0) ||
		    timing_left_ms(b->stop_ms != 0 ? b->stop_ms : deadline) == 0)
			break;
		signals_select(0, NULL, NULL, NULL, pause_ms);
		if (pause_ms < 64)
			pause_ms *= 2;
	}
	return left;
}

static void
guard_side(struct bridge *b, enum side s)
{
	b->guarded[s] = true;
	guard_add(&b->guard, b->r->fd[s]);
}

static void
unguard(struct bridge *b, enum side s)
{
	if (b->guarded[s])
		guard_remove(&b->guard, b->r->fd[s]);
	b->guarded[s] = false;
}

/* Ends the session for a reason of its own: nothing more is read, what waits is delivered. */
static void
end_now(struct bridge *b, enum ending_how how)
{
	b->e->how = how;
	clock_gettime(CLOCK_REALTIME, &b->e->time);
	b->over = true;
	b->flow[CLIENT].ended = b->flow[SERVER].ended = true;
	b->moved_ms = timing_now_ms();
}

/*
 * Ends the session because side cannot be written to, or read from, any more; error
 * says why, if it is known. What the side sent before still goes to the other one; what
 * was to reach it is lost.
 */
static void
side_broken(struct bridge *b, enum side side, int error)
{
	struct flow *to = &b->flow[OTHER(side)];

	if (b->e->how != END_RESET) {
		b->e->how = END_RESET;
		b->e->by = side;
		clock_gettime(CLOCK_REALTIME, &b->e->time);
		if (error != ECONNRESET && error != EPIPE)
			b->e->error = error;
	}
	if (!b->dead[side])
		b->e->undelivered[to->from] += unacknowledged(b, side);
	b->dead[side] = true;
	b->e->undelivered[to->from] += flow_drop(to);
	to->ended = to->shut = true;
	unguard(b, side);
	b->over = true;
	b->moved_ms = timing_now_ms();
}

/*
 * Whether the other side only takes nothing more, which ends no session. The peer of
 * a Unix socket can end what it reads and still send: what is to reach it is lost, what
 * it has to send is not. If it has ended what it sends as well, it is broken.
 */
static bool
only_refuses(const struct bridge *b, const struct flow *f, int error)
{
	enum side to = OTHER(f->from);

	return error == EPIPE && !b->r->tcp[to] && !b->flow[to].ended;
}

static void
relay_refused(struct bridge *b, struct flow *f)
{
	f->write_refused = true;
	b->e->undelivered[f->from] += flow_drop(f);
}

/* Writes what waits; once all of a stream that has ended is written, passes its end on. */
static void
relay_write(struct bridge *b, struct flow *f)
{
	size_t before = f->start;
	int error = flow_drain(f) == -1 ? errno : 0;

	if (only_refuses(b, f, error))
		relay_refused(b, f);
	else if (error != 0)
		side_broken(b, OTHER(f->from), error);
	else if (f->start > before && (b->r->idle_ms > 0 || b->over))
		b->moved_ms = timing_now_ms();
	if (f->ended && !flow_waits(f)) {
		if (f->clean && !f->write_refused && b->e->how != END_RESET)
			f->fin_sent = shutdown(f->out, SHUT_WR) == 0;
		f->shut = true;
		unguard(b, OTHER(f->from));
	}
}

static void
relay_ends(struct bridge *b, struct flow *f, bool clean)
{
	f->ended = true;
	f->clean = clean;
	if (!b->first_known) {
		b->first_known = true;
		b->e->by = f->from;
	}
	if (b->e->how == END_CLOSED)
		clock_gettime(CLOCK_REALTIME, &b->e->time);
	relay_write(b, f);
}

/*
 * Reads a chunk. It is written first, so that no log delays it. Then it is counted and
 * told, from the buffer that it was read into. Only then flow_keep() may move what was
 * not taken, and must, since the other flow will read into the same buffer. A bigger
 * buffer can take its place only when nothing waits in it, so flow_grow() comes last.
 */
static void
relay_read(struct bridge *b, struct flow *f, bool exceptional)
{
	ssize_t n = flow_fill(f, exceptional);
	struct chunk c = { .from = f->from, .urgent = f->urgent, .offset = b->e->bytes[f->from] };

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n == -1)
		side_broken(b, f->from, errno);
	if (n <= 0) {
		relay_ends(b, f, n == 0);
		if (n == 0)
			b->r->on_end(b->r->arg, f->from);
		return;
	}
	c.len = c.shown = (size_t)n;
	c.data = flow_data(f);
	f->ignore_urgent = false;
	b->busy = b->busy || flow_is_big(f);
	if (b->r->idle_ms > 0)
		b->moved_ms = timing_now_ms();
	relay_write(b, f);
	b->e->bytes[f->from] += c.len;
	b->r->on_chunk(b->r->arg, &c);
	flow_keep(f);
	flow_grow(f, c.len, b->r->read_max);
	if (b->r->max_bytes > 0 && !b->over &&
	    b->e->bytes[CLIENT] + b->e->bytes[SERVER] > b->r->max_bytes)
		end_now(b, END_LIMIT);
}

/*
 * What select() is to watch: of a flow in which something waits, whether the other
 * side takes it; else whether its source has sent more.
 */
struct watch {
	fd_set	rd, wr, ex;
	int	top;			/* the highest of them, or -1 */
	bool	deliver;		/* something waits in a flow */
	bool	unguarded[SIDES];	/* not read, but written to: nothing would tell its reset */
};

static void
watch_add(struct watch *w, fd_set *set, int fd)
{
	FD_SET(fd, set);
	if (fd > w->top)
		w->top = fd;
}

static void
watch_set(struct watch *w, struct bridge *b)
{
	struct flow *f;

	FD_ZERO(&w->rd);
	FD_ZERO(&w->wr);
	FD_ZERO(&w->ex);
	w->top = -1;
	w->deliver = w->unguarded[CLIENT] = w->unguarded[SERVER] = false;
	for (f = b->flow; f < b->flow + SIDES; f++) {
		if (flow_waits(f)) {
			watch_add(w, &w->wr, f->out);
			w->deliver = true;
		} else if (!f->ended) {
			watch_add(w, &w->rd, f->in);
			if (!f->ignore_urgent)
				FD_SET(f->in, &w->ex);
			continue;
		}
		w->unguarded[f->from] = !b->flow[OTHER(f->from)].shut && !b->guarded[f->from] &&
		    b->r->tcp[f->from];
	}
	if (w->top != -1 && b->guard.fd != -1)
		watch_add(w, &w->rd, b->guard.fd);
}

/* The guard tells that a side has died which is not being read. */
static void
side_died(struct bridge *b)
{
	int fd = guard_dead(&b->guard);

	if (fd != -1)
		side_broken(b, fd == b->r->fd[CLIENT] ? CLIENT : SERVER, socket_error(fd));
}

static void
relay_move(struct bridge *b, struct flow *f, const struct watch *w)
{
	if (flow_waits(f)) {
		if (FD_ISSET(f->out, &w->wr))
			relay_write(b, f);
	} else if (!f->ended && FD_ISSET(f->in, &w->rd))
		relay_read(b, f, FD_ISSET(f->in, &w->ex));
	else if (FD_ISSET(f->in, &w->ex))
		f->ignore_urgent = true;
}

static bool
any_unguarded(const struct watch *w)
{
	return w->unguarded[CLIENT] || w->unguarded[SERVER];
}

/* Milliseconds until the session ends if nothing moves; -1: it does not. */
static long long
deadline_left_ms(const struct bridge *b, const struct watch *w)
{
	if (b->over && !w->deliver)
		return 0;	/* a broken side may still be read: what has come, no more */
	if (b->stop_ms != 0)
		return timing_left_ms(b->stop_ms);
	if (b->over)
		return timing_left_ms(b->moved_ms + DELIVER_MS);
	return b->r->idle_ms > 0 ? timing_left_ms(b->moved_ms + b->r->idle_ms) : -1;
}

/* What may be due when nothing has moved for a time. Each returns whether to go on. */

static bool
guard_sides(struct bridge *b, const struct watch *w)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (w->unguarded[s])
			guard_side(b, s);
	return true;
}

static bool
shrink_buffers(struct bridge *b, const struct watch *w)
{
	enum side s;

	(void)w;
	for (s = CLIENT; s < SIDES; s++)
		flow_shrink(&b->flow[s]);
	b->busy = false;
	b->r->on_idle(b->r->arg);
	return true;
}

static bool
deadline_passed(struct bridge *b, const struct watch *w)
{
	if (deadline_left_ms(b, w) != 0)
		return true;	/* a wait may end before its time: a month is the most it lasts */
	if (!b->over) {
		b->e->how = END_TIMEOUT;
		clock_gettime(CLOCK_REALTIME, &b->e->time);
	}
	return false;
}

struct due {
	long long	ms;	/* from now, if nothing moves; -1: never */
	bool		(*act)(struct bridge *b, const struct watch *w);
};

/* What is due next: the deadline, or idle work that comes before it. */
static struct due
next_due(const struct bridge *b, const struct watch *w)
{
	struct due end = { deadline_left_ms(b, w), deadline_passed }, idle = { -1, NULL };

	if (any_unguarded(w))
		idle = (struct due){ GUARD_MS, guard_sides };
	else if (b->busy)
		idle = (struct due){ SHRINK_MS, shrink_buffers };
	return idle.ms != -1 && (end.ms == -1 || idle.ms < end.ms) ? idle : end;
}

/* One turn: waits, then moves what can be moved. Returns whether to go on. */
static bool
turn(struct bridge *b)
{
	struct watch w;
	struct due due;
	struct flow *f;
	int n;

	if (b->busy || ++b->turns % SIGNALS_TURNS == 0)
		signals_let_in();
	note_signal(b);
	if (b->stop_ms != 0 && !b->over)
		end_now(b, END_SIGNAL);
	watch_set(&w, b);
	if (w.top == -1)
		return false;
	due = next_due(b, &w);
	n = signals_select(w.top + 1, &w.rd, &w.wr, &w.ex, due.ms);
	if (n == 0)
		return due.act(b, &w);
	if (n == -1)
		return true;
	for (f = b->flow; f < b->flow + SIDES; f++)
		relay_move(b, f, &w);
	if (b->guard.fd != -1 && FD_ISSET(b->guard.fd, &w.rd))
		side_died(b);
	return true;
}

/*
 * Closes one side: with a reset, unless the other side has ended its stream and all of
 * that has arrived, or is on the way.
 */
static void
finish_side(struct bridge *b, enum side s)
{
	struct flow *to = &b->flow[OTHER(s)];
	bool died = false, reset;
	int fd = b->r->fd[s];
	size_t left;

	b->e->undelivered[to->from] += flow_drop(to);
	if (b->dead[s]) {
		close(fd);
		return;
	}
	left = wait_sent(b, s, b->e->how == END_TIMEOUT ? STOP_MS : DELIVER_MS, &died);
	reset = b->e->how == END_RESET || !to->clean;
	/* A close with input that nobody has read is a reset, too. */
	if (left > 0 && (reset || died || sock_peek(fd) == PEEK_BYTES))
		b->e->undelivered[to->from] += left;
	if (b->r->tcp[s])
		sock_abortive(fd, reset);
	close(fd);
}

void
relay_run(const struct relay *r, struct ending *e)
{
	/* Static, since a page of these that is never touched costs no memory. */
	static unsigned char read_buf[FLOW_FIRST], kept[SIDES][FLOW_FIRST];
	struct bridge b = { .r = r, .e = e, .guard = GUARD_NONE,
	    .moved_ms = r->idle_ms > 0 ? timing_now_ms() : 0 };
	enum side s;

	memset(e, 0, sizeof(*e));
	for (s = CLIENT; s < SIDES; s++)
		b.flow[s] = (struct flow){ .from = s, .in = r->fd[s], .out = r->fd[OTHER(s)],
		    .read_buf = read_buf, .kept = kept[s] };
	for (s = CLIENT; s < SIDES; s++)
		if (r->dead[s])
			side_broken(&b, s, ECONNRESET);
	while (turn(&b))
		;
	guard_close(&b.guard);
	for (s = CLIENT; s < SIDES; s++) {
		finish_side(&b, s);
		flow_shrink(&b.flow[s]);
	}
}
