/* relay.c - carries the bytes of one session between its two sides
 *
 * Runs in the session's own process and owns both sockets until relay_run()
 * returns. Tells its watcher what passed; knows no format, no name, no log.
 *
 * Two flows, one for each direction. Each reads only when nothing waits in it, and
 * writes at once what it has read; only when the other side does not take
 * all of it is the rest kept, and the source not read: that is back-pressure.
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

#define QUIET_MS	1000	/* silence after which big buffers are given back */
#define GUARD_MS	10	/* silence after which a side that is not read is guarded */
#define DELIVER_MS	5000	/* no progress for so long: what is left counts as undelivered */
#define STOP_MS		1000	/* after a signal, in all: somebody waits for us */

struct bridge {
	const struct relay	*r;
	struct ending		*e;
	struct flow		 flow[SIDES];
	bool			 over;		/* e->how is final: deliver what waits, then end */
	bool			 dead[SIDES];	/* was reset: nothing more reaches it */
	bool			 first_known;	/* e->by is the side that ended first */
	struct guard		 guard;
	bool			 guarded[SIDES];
	bool			 busy;		/* big buffers are in use, to be given back */
	long long		 stop_ms;	/* when patience ends, after a signal; or 0 */
	unsigned int		 turns;		/* of the loop */
	long long		 moved_ms;	/* when a byte last moved */
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
#if defined(SIOCOUTQ)
	if (ioctl(b->r->fd[side], SIOCOUTQ, &n) == -1)
		n = 0;
	if (n > 0 && b->flow[OTHER(side)].told)
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

/* Heeds the first signal; others change nothing, since Ctrl-C sends one, the parent another. */
static void
hear(struct bridge *b)
{
	if (signals_term > 0 && b->stop_ms == 0)
		b->stop_ms = timing_now_ms() + STOP_MS;
}

/* Whether the connection was reset, which is noticed once: the system then forgets it. */
static bool
has_died(int fd)
{
	socklen_t len = sizeof(int);
	int error = 0;

	return getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len) == 0 && error != 0;
}

/*
 * Waits until the peer's system has what was sent, as long as that goes on. A
 * reset, or a close with unread input, would throw it away. Returns the bytes
 * that it does not have; *died: and never will.
 */
static size_t
wait_sent(struct bridge *b, enum side side, long long most_ms, bool *died)
{
	long long pause_ms = 1, now, since = 0;
	size_t left, before = 0;

	while ((left = unacknowledged(b, side)) > 0) {
		now = timing_now_ms();
		if (left < before || since == 0)
			since = now;
		before = left;
		hear(b);
		if ((*died = has_died(b->r->fd[side])) ||
		    (b->stop_ms != 0 ? now >= b->stop_ms : now - since >= most_ms))
			break;
		signals_select(0, NULL, NULL, NULL, pause_ms);
		if (pause_ms < 50)
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

/* The session ends now, so: nothing more is read, what waits is delivered. */
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
 * side cannot be written to, or read from, any more. What it sent before goes
 * on to the other side; what was to reach it is lost.
 */
static void
broken(struct bridge *b, enum side side, int error)
{
	struct flow *to = &b->flow[OTHER(side)];

	if (b->e->how != END_RESET) {
		b->e->how = END_RESET;
		b->e->by = side;
		clock_gettime(CLOCK_REALTIME, &b->e->time);
		b->first_known = true;
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
 * A Unix socket can stop to read and still send: what is to reach it is lost,
 * what it has to say is not. Whoever has said all is broken like any other.
 */
static bool
refuses(const struct bridge *b, const struct flow *f, int error)
{
	enum side to = OTHER(f->from);

	return error == EPIPE && !b->r->tcp[to] && !b->flow[to].ended;
}

static void
flow_refused(struct bridge *b, struct flow *f)
{
	f->refused = true;
	b->e->undelivered[f->from] += flow_drop(f);
}

static void
flow_write(struct bridge *b, struct flow *f)
{
	size_t before = f->start;
	int error = flow_drain(f) == -1 ? errno : 0;

	if (refuses(b, f, error))
		flow_refused(b, f);
	else if (error != 0)
		broken(b, OTHER(f->from), error);
	else if (f->start > before && (b->r->idle_ms > 0 || b->over))
		b->moved_ms = timing_now_ms();
	if (f->ended && !flow_waits(f) && !f->shut) {
		if (f->clean && !f->refused && b->e->how != END_RESET)
			f->told = shutdown(f->out, SHUT_WR) == 0;
		f->shut = true;
		unguard(b, OTHER(f->from));
	}
}

static void
flow_ends(struct bridge *b, struct flow *f, bool clean)
{
	f->ended = true;
	f->clean = clean;
	if (!b->first_known) {
		b->first_known = true;
		b->e->by = f->from;
	}
	if (b->flow[OTHER(f->from)].ended && b->e->how == END_CLOSED)
		clock_gettime(CLOCK_REALTIME, &b->e->time);
	flow_write(b, f);
}

static void
flow_read(struct bridge *b, struct flow *f, bool exceptional)
{
	ssize_t n = flow_fill(f, exceptional);
	struct chunk c = { .from = f->from, .urgent = f->urgent, .offset = b->e->bytes[f->from] };

	if (n == -1 && (errno == EAGAIN || errno == EWOULDBLOCK))
		return;
	if (n == -1)
		broken(b, f->from, errno);
	if (n <= 0) {
		flow_ends(b, f, n == 0);
		if (n == 0)
			b->r->ended(b->r->arg, f->from);
		return;
	}
	c.len = c.shown = (size_t)n;
	c.data = flow_data(f);
	f->deaf = false;
	b->busy = b->busy || flow_is_big(f);
	if (b->r->idle_ms > 0)
		b->moved_ms = timing_now_ms();
	flow_write(b, f);
	b->e->bytes[f->from] += c.len;
	b->r->saw(b->r->arg, &c);
	flow_keep(f);
	flow_grow(f, c.len, b->r->read_max);
	if (b->r->max_bytes > 0 && !b->over &&
	    b->e->bytes[CLIENT] + b->e->bytes[SERVER] > b->r->max_bytes)
		end_now(b, END_LIMIT);
}

/* Milliseconds that the next wait may last; -1 for ever. */
static long long
patience(const struct bridge *b, bool deliver)
{
	long long until;

	if (b->over && !deliver)
		return 0;	/* a broken side may still be read: what has come, no more */
	if (b->stop_ms != 0)
		until = b->stop_ms;
	else if (b->over)
		until = b->moved_ms + DELIVER_MS;
	else if (b->r->idle_ms > 0)
		until = b->moved_ms + b->r->idle_ms;
	else
		return -1;
	return timing_left_ms(until);
}

static void
give_back(struct bridge *b)
{
	size_t i;

	for (i = 0; i < SIDES; i++)
		flow_shrink(&b->flow[i]);
	b->busy = false;
	b->r->quiet(b->r->arg);
}

/* What select() is to watch: a flow that waits, its way out; else its way in. */
struct watch {
	fd_set	rd, wr, ex;
	int	top;		/* the highest of them, or -1 */
	bool	deliver;	/* some flow waits */
	bool	unguarded[SIDES];	/* not read, but written to: its death would not show */
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
			if (!f->deaf)
				FD_SET(f->in, &w->ex);
			continue;
		}
		w->unguarded[f->from] = !b->flow[OTHER(f->from)].shut && !b->guarded[f->from] &&
		    b->r->tcp[f->from];
	}
	if (w->top != -1 && b->guard.fd != -1)
		watch_add(w, &w->rd, b->guard.fd);
}

/* A side that is not being read has died. */
static void
mourn(struct bridge *b)
{
	int fd = guard_dead(&b->guard), error = 0;
	enum side s = fd == b->r->fd[CLIENT] ? CLIENT : SERVER;
	socklen_t len = sizeof(error);

	if (fd == -1)
		return;
	getsockopt(fd, SOL_SOCKET, SO_ERROR, &error, &len);
	broken(b, s, error != 0 ? error : ECONNRESET);
}

static void
flow_move(struct bridge *b, struct flow *f, const struct watch *w)
{
	if (flow_waits(f)) {
		if (FD_ISSET(f->out, &w->wr))
			flow_write(b, f);
	} else if (!f->ended && FD_ISSET(f->in, &w->rd))
		flow_read(b, f, FD_ISSET(f->in, &w->ex));
	else if (!f->ended && FD_ISSET(f->in, &w->ex))
		f->deaf = true;
}

static bool
blind(const struct watch *w)
{
	return w->unguarded[CLIENT] || w->unguarded[SERVER];
}

/* Milliseconds of silence after which there is something to do; -1: there is nothing. */
static long long
chore_ms(const struct bridge *b, const struct watch *w)
{
	return blind(w) ? GUARD_MS : b->busy ? QUIET_MS : -1;
}

static void
do_chore(struct bridge *b, const struct watch *w)
{
	enum side s;

	if (!blind(w)) {
		give_back(b);
		return;
	}
	for (s = CLIENT; s < SIDES; s++)
		if (w->unguarded[s])
			guard_side(b, s);
}

/* Nothing moved for as long as patience() said. */
static bool
out_of_patience(struct bridge *b)
{
	if (!b->over) {
		b->e->how = END_TIMEOUT;
		clock_gettime(CLOCK_REALTIME, &b->e->time);
	}
	return false;
}

/* One turn: waits, then moves what can be moved. Returns whether to go on. */
static bool
turn(struct bridge *b)
{
	struct watch w;
	struct flow *f;
	long long ms, chore;
	int n;

	if (b->busy || ++b->turns % SIGNALS_TURNS == 0)
		signals_let_in();
	hear(b);
	if (b->stop_ms != 0 && !b->over)
		end_now(b, END_SIGNAL);
	watch_set(&w, b);
	if (w.top == -1)
		return false;
	ms = patience(b, w.deliver);
	chore = chore_ms(b, &w);
	if (ms != -1 && ms <= chore)
		chore = -1;
	n = signals_select(w.top + 1, &w.rd, &w.wr, &w.ex, chore != -1 ? chore : ms);
	if (n == 0 && chore != -1)
		do_chore(b, &w);
	else if (n == 0 && patience(b, w.deliver) == 0)
		return out_of_patience(b);
	for (f = b->flow; n > 0 && f < b->flow + SIDES; f++)
		flow_move(b, f, &w);
	if (n > 0 && b->guard.fd != -1 && FD_ISSET(b->guard.fd, &w.rd))
		mourn(b);
	return true;
}

/*
 * Closes one side: with a reset, unless the other one has ended its stream and all
 * of it is there, or on the way.
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
	reset = b->e->how == END_RESET || !to->clean || b->e->undelivered[to->from] > 0;
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
	/* A page of them that is never used costs nothing. */
	static unsigned char desk[FLOW_FIRST], shelf[SIDES][FLOW_FIRST];
	struct bridge b = { .r = r, .e = e, .guard = GUARD_NONE,
	    .moved_ms = r->idle_ms > 0 ? timing_now_ms() : 0 };
	enum side s;

	memset(e, 0, sizeof(*e));
	for (s = CLIENT; s < SIDES; s++)
		b.flow[s] = (struct flow){ .from = s, .in = r->fd[s], .out = r->fd[OTHER(s)],
		    .desk = desk, .shelf = shelf[s] };
	for (s = CLIENT; s < SIDES; s++)
		if (r->dead[s])
			broken(&b, s, ECONNRESET);
	while (turn(&b))
		;
	guard_close(&b.guard);
	for (s = CLIENT; s < SIDES; s++) {
		finish_side(&b, s);
		flow_shrink(&b.flow[s]);
	}
}
