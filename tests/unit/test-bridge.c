/* test-bridge.c - what the relay waits for and does, with sockets and a clock that are made up
 *
 * Each wait of the relay is one step of a script: what it should be watching, for how
 * long, what it has done since the last wait, and what happens then. The two sockets
 * are counters: what a side has sent, how much it takes, how its system calls fail. The
 * n-th byte of a side is a function of n, so every byte that passes is checked.
 * How real sockets behave is in test-relay.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "unit.h"

#if !defined(HAVE_EPOLL_CREATE1) || !defined(HAVE_UNACKNOWLEDGED) || !defined(__linux__)
int
main(void)
{
	printf("skipped: the system that is made up here is Linux\n");
	return 77;
}
#else

#include <sys/epoll.h>
#include <sys/ioctl.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <errno.h>
#include <signal.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "flow.h"
#include "relay.h"
#include "signals.h"

#define FOREVER		(-1)
#define FIRST_FD	70		/* of the client; nothing here has that many open */
#define GUARD_FD	80
#define START_MS	5000000
#define START_S		1700000000	/* of the time of day, at START_MS */

#define FIN		1		/* an end of stream that was sent counts as a byte */

/* One wait of the relay. */
struct step {
	const char	*watched;	/* see watched() */
	long long	 wait_ms;	/* at most so long; FOREVER */
	const char	*happens;	/* see happen() */
	const char	*did;		/* since the last wait: see did() */
};

/* From at_ms on, so many bytes are not acknowledged. */
struct sent {
	long long	at_ms;
	int		left;
};

struct talk {
	const char		*title;
	struct relay		 r;		/* what is special about it */
	bool			 unix_socket[SIDES];
	bool			 no_guard;	/* epoll_create1() fails */
	bool			 no_memory;	/* malloc() fails */
	bool			 no_clock;	/* nobody may look at the monotonic clock */
	struct step		 step[12];
	struct sent		 sent[SIDES][4];
	long long		 term_ms;	/* a signal comes then, at the end */
	bool			 asks;		/* and SIGUSR1 */
	long long		 died_ms[SIDES];	/* the connection breaks, at that time */
	const char		*did;		/* at the end, after the last wait */
	struct ending		 e;
	long long		 decided_ms;	/* when that was: e.time */
};

static struct end {
	size_t		 sent, read;	/* by the side; of that, by the relay */
	size_t		 got, room;	/* what came to the side; how much it takes yet */
	size_t		 mark;		/* where its urgent byte is, or NONE */
	bool		 announced;	/* urgent data that has not come yet */
	bool		 ended;
	bool		 again;		/* the next read finds nothing */
	int		 read_error, write_error, urgent_error;
	int		 died;		/* what the guard and SO_ERROR tell */
	int		 unsent;	/* what ioctl() said last */
	bool		 guarded;
	int		 linger;	/* -1: never set */
	bool		 closed;
	size_t		 told;		/* bytes that on_chunk() had */
} end[SIDES];

#define NONE		((size_t)-1)

static const struct talk	*talk;
static const struct step	*step;
static long long		 now_ms;
static bool			 guard_open, guard_errs, guard_ready;
static int			 blocks;	/* of memory that are in use */
static char			 log_text[4096];

/* What it does */

/*
 * "s+5": 5 bytes were written to the server, "s+!1": urgent; "s+0":
 * it takes none; "s.": its stream was ended;
 * "C5@0": on_chunk(), 5 bytes of the client at offset 0, "C!1@5": urgent; "C.": on_end();
 * "idle": on_idle(); "?5,0.": on_status(): 5 bytes of the client are kept, the server has ended; "in": signals were let in; "+c", "-c": guarded, no more;
 * "g:close"; "c:close", "c:reset", and "c:left" where it was not said how, with the time.
 */
static void did(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
did(const char *fmt, ...)
{
	size_t n = strlen(log_text);
	va_list ap;

	va_start(ap, fmt);
	if (n + 64 < sizeof(log_text)) {
		if (n > 0)
			log_text[n++] = ' ';
		vsnprintf(log_text + n, sizeof(log_text) - n, fmt, ap);
	}
	va_end(ap);
}

static unsigned char
pattern(enum side s, size_t n)
{
	return (unsigned char)(n * 7 + n / 256 + (s == SERVER ? 128 : 0));
}

static void
check_pattern(enum side s, size_t at, const unsigned char *data, size_t n, const char *what)
{
	size_t i;

	for (i = 0; i < n && data[i] == pattern(s, at + i); i++)
		;
	CHECK(i == n, "%s: %s: byte %zu of %zu", talk->title, what, i, n);
}

static void
on_chunk(void *arg, const struct chunk *c)
{
	struct end *from = &end[c->from];

	CHECK(arg == &end && c->shown == c->len, "%s: %zu shown", talk->title, c->shown);
	check_pattern(c->from, from->told, c->data, c->len, "told");
	from->told += c->len;
	did("%c%s%zu@%ju", "CS"[c->from], c->urgent ? "!" : "", c->len, c->offset);
}

static void
on_end(void *arg, enum side from)
{
	CHECK(arg == &end, "%s: arg", talk->title);
	did("%c.", "CS"[from]);
}

static void
on_status(void *arg, const struct relay_state *state)
{
	CHECK(arg == &end, "%s: arg", talk->title);
	signals_status = 0;
	did("?%zu%s,%zu%s", state->untaken[CLIENT], state->ended[CLIENT] ? "." : "",
	    state->untaken[SERVER], state->ended[SERVER] ? "." : "");
}

static void
on_idle(void *arg)
{
	CHECK(arg == &end, "%s: arg", talk->title);
	did("idle");
}

/* The system */

int	__wrap_clock_gettime(clockid_t, struct timespec *);
int	__wrap_close(int);
int	__real_close(int);
int	__wrap_getsockopt(int, int, int, void *, socklen_t *);
int	__wrap_ioctl(int, unsigned long, ...);
void	__wrap_free(void *);
void	__real_free(void *);
void	*__wrap_malloc(size_t);
void	*__real_malloc(size_t);
int	__wrap_pselect(int, fd_set *, fd_set *, fd_set *, const struct timespec *,
	    const sigset_t *);
ssize_t	__wrap_recv(int, void *, size_t, int);
ssize_t	__wrap_send(int, const void *, size_t, int);
int	__wrap_setsockopt(int, int, int, const void *, socklen_t);
int	__wrap_shutdown(int, int);
int	__wrap_sigpending(sigset_t *);
int	__wrap_sockatmark(int);

static enum side
side_of(int fd)
{
	CHECK(fd == FIRST_FD + CLIENT || fd == FIRST_FD + SERVER, "%s: fd %d", talk->title, fd);
	if (end[fd == FIRST_FD + SERVER].closed)
		CHECK(false, "%s: fd %d is closed", talk->title, fd);
	return fd == FIRST_FD + SERVER ? SERVER : CLIENT;
}

static int
fails(int error)
{
	errno = error;
	return -1;
}

int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	long long ms = which == CLOCK_REALTIME ? now_ms - START_MS : now_ms;

	CHECK(which == CLOCK_REALTIME || !talk->no_clock, "%s: a look at the clock", talk->title);
	*t = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };
	if (which == CLOCK_REALTIME)
		t->tv_sec += START_S;
	return 0;
}

/* Where the peer's urgent byte is next, or would be: what was read so far. */
static size_t
readable(const struct end *e)
{
	size_t to = e->mark != NONE && e->mark > e->read ? e->mark : e->sent;

	return to - e->read;
}

ssize_t
__wrap_recv(int fd, void *to, size_t n, int flags)
{
	enum side s = side_of(fd);
	struct end *e = &end[s];
	size_t i;

	if ((flags & MSG_PEEK) != 0)
		CHECK(e->unsent > FIN, "%s: a look at what came, for nothing", talk->title);
	if ((flags & MSG_PEEK) != 0)
		return e->sent > e->read ? 1 : e->ended ? 0 : fails(EAGAIN);
	CHECK(flags == 0, "%s: flags %d", talk->title, flags);
	if (e->again) {
		e->again = false;
		return fails(EAGAIN);
	}
	if (n > readable(e))
		n = readable(e);
	if (n == 0 && e->read_error != 0)
		return fails(e->read_error);
	if (n == 0 && !e->ended)
		return fails(EAGAIN);
	for (i = 0; i < n; i++)
		((unsigned char *)to)[i] = pattern(s, e->read + i);
	if (e->mark == e->read && n > 0)
		e->mark = NONE;
	e->read += n;
	return (ssize_t)n;
}

ssize_t
__wrap_send(int fd, const void *from, size_t n, int flags)
{
	enum side s = side_of(fd);
	struct end *e = &end[s];

	if (e->write_error != 0)
		return fails(e->write_error);
	if (e->room == 0) {
		did("%c+0", "cs"[s]);
		return fails(EAGAIN);
	}
	if ((flags & MSG_OOB) != 0 && e->urgent_error != 0)
		return fails(e->urgent_error);
	if (n > e->room)
		n = e->room;
	check_pattern(OTHER(s), e->got, from, n, "sent");
	e->got += n;
	if (e->room != NONE)
		e->room -= n;
	did("%c+%s%zu", "cs"[s], flags == MSG_OOB ? "!" : "", n);
	return (ssize_t)n;
}

int
__wrap_sockatmark(int fd)
{
	const struct end *e = &end[side_of(fd)];

	return e->mark == e->read;
}

int
__wrap_shutdown(int fd, int how)
{
	enum side s = side_of(fd);

	CHECK(how == SHUT_WR, "%s: shutdown %d", talk->title, how);
	if (end[s].died != 0)
		return fails(ENOTCONN);
	did("%c.", "cs"[s]);
	return 0;
}

int
__wrap_getsockopt(int fd, int level, int name, void *value, socklen_t *len)
{
	struct end *e = &end[side_of(fd)];
	long long at = talk->died_ms[e - end];

	CHECK(level == SOL_SOCKET && name == SO_ERROR && *len == sizeof(int), "%s: getsockopt",
	    talk->title);
	if (e->died == -1) {
		e->died = 0;
		return fails(EINVAL);
	}
	*(int *)value = e->died;
	if (at != 0 && now_ms >= START_MS + at)
		*(int *)value = ECONNRESET;
	e->died = 0;		/* told once */
	return 0;
}

int
__wrap_setsockopt(int fd, int level, int name, const void *value, socklen_t len)
{
	const struct linger *l = value;

	CHECK(level == SOL_SOCKET && name == SO_LINGER && len == sizeof(*l) && l->l_linger == 0,
	    "%s: setsockopt", talk->title);
	end[side_of(fd)].linger = l->l_onoff;
	return 0;
}

int
__wrap_ioctl(int fd, unsigned long request, ...)
{
	enum side s = side_of(fd);
	const struct sent *sent = talk->sent[s];
	va_list ap;
	int *n;

	va_start(ap, request);
	n = va_arg(ap, int *);
	va_end(ap);
	CHECK(request == TIOCOUTQ && !talk->unix_socket[s], "%s: ioctl", talk->title);
	for (*n = 0; sent < talk->sent[s] + 4 && (sent->at_ms != 0 || sent == talk->sent[s]) &&
	    now_ms - START_MS >= sent->at_ms; sent++)
		*n = sent->left;
	end[s].unsent = *n;
	if (*n != -1)
		return 0;
	*n = 9;
	return fails(EINVAL);
}

int
__wrap_close(int fd)
{
	enum side s;

	if (fd == GUARD_FD) {
		guard_open = false;
		did("g:close");
		return 0;
	}
	if (fd < FIRST_FD || fd >= FIRST_FD + SIDES)
		return __real_close(fd);
	s = side_of(fd);
	end[s].closed = true;
	did("%c:%s@%lld", "cs"[s], end[s].linger == -1 ? "left" : end[s].linger ? "reset" : "close",
	    now_ms - START_MS);
	return 0;
}

void *
__wrap_malloc(size_t n)
{
	if (talk != NULL && talk->no_memory)
		return NULL;
	blocks++;
	return __real_malloc(n);
}

void
__wrap_free(void *p)
{
	blocks -= p != NULL;
	__real_free(p);
}

int
__wrap_sigpending(sigset_t *set)
{
	sigemptyset(set);
	did("in");
	return 0;
}

int	__wrap_epoll_create1(int);
int	__wrap_epoll_ctl(int, int, int, struct epoll_event *);
int	__wrap_epoll_wait(int, struct epoll_event *, int, int);

int
__wrap_epoll_create1(int flags)
{
	CHECK(flags == EPOLL_CLOEXEC && !guard_open, "%s: epoll_create1", talk->title);
	if (talk->no_guard) {
		did("g:fails");
		return fails(EMFILE);
	}
	guard_open = true;
	return GUARD_FD;
}

int
__wrap_epoll_ctl(int ep, int what, int fd, struct epoll_event *ev)
{
	enum side s = side_of(fd);

	CHECK(ep == GUARD_FD && guard_open, "%s: epoll_ctl of %d", talk->title, ep);
	CHECK(what == EPOLL_CTL_DEL || (ev->events == 0 && ev->data.fd == fd), "%s: epoll_ctl",
	    talk->title);
	CHECK(end[s].guarded == (what == EPOLL_CTL_DEL), "%s: epoll_ctl %d", talk->title, what);
	end[s].guarded = what == EPOLL_CTL_ADD;
	did("%c%c", what == EPOLL_CTL_ADD ? '+' : '-', "cs"[s]);
	return 0;
}

static bool
guard_tells(enum side s)
{
	return end[s].guarded && end[s].died != 0;
}

int
__wrap_epoll_wait(int ep, struct epoll_event *ev, int n, int ms)
{
	enum side s = guard_tells(CLIENT) ? CLIENT : SERVER;

	CHECK(ep == GUARD_FD && guard_open && guard_ready && n == 1 && ms == 0, "%s: epoll_wait",
	    talk->title);
	*ev = (struct epoll_event){ .events = EPOLLERR, .data = { .fd = FIRST_FD + (int)s } };
	return guard_tells(s);
}

/* The waits */

static int
error_of(char c)
{
	return c == 'P' ? EPIPE : c == 'R' ? ECONNRESET : c == 'T' ? ETIMEDOUT : c == 'I' ? EINVAL :
	    c == 'O' ? EOPNOTSUPP : -1;
}

/*
 * One word, of a side: "c5": the client sends 5 bytes; "c!": one urgent byte; "c^": that
 * is announced, it comes later; "c.": it ends its stream; "c<R": after that, reads fail
 * (R: ECONNRESET ..., see error_of()); "c?": the next read fails with EAGAIN; "c=5": it
 * takes 5 bytes more, "c=*": all; "c>P": it takes none, writes fail; "c#R": so the guard
 * and SO_ERROR tell, "c#-": the guard alone; "c%I": urgent data cannot be sent to it.
 */
static void
happen_to(struct end *e, const char *word)
{
	switch (*word) {
	case '!':
		e->announced = false;
		e->mark = e->sent++;
		break;
	case '^':
		e->announced = true;
		break;
	case '.':
		e->ended = true;
		break;
	case '<':
		e->read_error = error_of(word[1]);
		break;
	case '?':
		e->again = true;
		break;
	case '=':
		e->room = word[1] == '*' ? NONE : (size_t)atoi(word + 1);
		break;
	case '>':
		e->write_error = error_of(word[1]);
		break;
	case '#':
		e->died = error_of(word[1]);
		break;
	case '%':
		e->urgent_error = error_of(word[1]);
		break;
	default:
		e->sent += (size_t)atoi(word);
	}
}

/*
 * Words for a side, see above; "TERM"; "USR1"; "g?": the guard is readable, for no reason; "+5":
 * the wait ends after 5 ms. Returns whether it did.
 */
static bool
happen(const char *words, bool *signal)
{
	char text[128], *word;
	bool ends = false;

	snprintf(text, sizeof(text), "%s", words);
	for (word = strtok(text, " "); word != NULL; word = strtok(NULL, " "))
		if (strcmp(word, "TERM") == 0) {
			signals_term++;
			*signal = true;
		} else if (strcmp(word, "USR1") == 0) {
			signals_status = 1;
			*signal = true;
		} else if (strcmp(word, "g?") == 0) {
			guard_errs = true;
		} else if (*word == '+') {
			now_ms += atoll(word + 1);
			ends = true;
		} else {
			happen_to(&end[*word == 's' ? SERVER : CLIENT], word + 1);
		}
	return ends;
}

static void
watched_add(char *text, char name, int fd, const fd_set *rd, const fd_set *wr, const fd_set *ex)
{
	const struct { const fd_set *set; char letter; } sets[] = {
		{ rd, 'r' }, { wr, 'w' }, { ex, 'x' },
	};
	bool any = false;
	size_t i;

	for (i = 0; i < 3; i++) {
		if (!FD_ISSET(fd, sets[i].set))
			continue;
		if (!any)
			sprintf(strchr(text, '\0'), "%s%c", *text != '\0' ? " " : "", name);
		sprintf(strchr(text, '\0'), "%c", sets[i].letter);
		any = true;
	}
}

/* "crx sw g": the client is read, and so is its urgent data; the server written to; the guard. */
static const char *
watched(int nfds, const fd_set *rd, const fd_set *wr, const fd_set *ex)
{
	static char text[64];
	int fd, top = -1;

	*text = '\0';
	for (fd = 0; fd < FD_SETSIZE; fd++)
		if (FD_ISSET(fd, rd) || FD_ISSET(fd, wr) || FD_ISSET(fd, ex)) {
			top = fd;
			if (fd == GUARD_FD || (fd >= FIRST_FD && fd < FIRST_FD + SIDES))
				continue;
			CHECK(false, "%s: watches fd %d", talk->title, fd);
		}
	CHECK(nfds == top + 1, "%s: %d, not %d", talk->title, nfds, top + 1);
	watched_add(text, 'c', FIRST_FD + CLIENT, rd, wr, ex);
	watched_add(text, 's', FIRST_FD + SERVER, rd, wr, ex);
	watched_add(text, 'g', GUARD_FD, rd, wr, ex);
	return text;
}

/* Leaves fd in the set if it is ready. */
static int
keep_if(bool ready, int fd, fd_set *set)
{
	if (!ready)
		FD_CLR(fd, set);
	return FD_ISSET(fd, set) != 0;
}

static int
keep_ready(fd_set *rd, fd_set *wr, fd_set *ex)
{
	const struct end *e;
	int n = 0, fd;

	for (e = end; e < end + SIDES; e++) {
		fd = FIRST_FD + (int)(e - end);
		n += keep_if(e->sent > e->read || e->ended || e->read_error != 0 || e->again,
		    fd, rd);
		n += keep_if(e->room > 0 || e->write_error != 0, fd, wr);
		n += keep_if(e->mark != NONE || e->announced, fd, ex);
	}
	guard_ready = keep_if(guard_tells(CLIENT) || guard_tells(SERVER) || guard_errs, GUARD_FD, rd);
	return n + guard_ready;
}

/* The relay waits until something that was sent arrives. */
static int
wait_for_sent(int nfds, long long ms)
{
	CHECK(ms > 0 && nfds == 0, "%s: %lld ms, %d", talk->title, ms, nfds);
	now_ms += ms;
	if (talk->term_ms == 0 || now_ms < START_MS + talk->term_ms)
		return 0;
	if (talk->asks)
		signals_status = 1;
	signals_term++;
	return fails(EINTR);
}

int
__wrap_pselect(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, const struct timespec *most,
    const sigset_t *mask)
{
	long long ms = most == NULL ? FOREVER :
	    (long long)most->tv_sec * 1000 + most->tv_nsec / 1000000;
	bool signal = false, ends;
	const char *seen;
	int n;

	CHECK(mask == &signals_wait_mask, "%s: mask", talk->title);
	if (rd == NULL)
		return wait_for_sent(nfds, ms);
	seen = watched(nfds, rd, wr, ex);
	if (step->watched == NULL) {
		CHECK(false, "%s: waits for \"%s\", %lld ms, after the last step; did \"%s\"",
		    talk->title, seen, ms, log_text);
		exit(unit_end());
	}
	CHECK(strcmp(seen, step->watched) == 0 && ms == step->wait_ms,
	    "%s, \"%s\": waits for \"%s\", %lld ms, not \"%s\", %lld ms", talk->title,
	    step->happens, seen, ms, step->watched, step->wait_ms);
	CHECK(strcmp(log_text, step->did) == 0, "%s, before \"%s\": did \"%s\", not \"%s\"",
	    talk->title, step->happens, log_text, step->did);
	*log_text = '\0';
	guard_errs = false;
	ends = happen((step++)->happens, &signal);
	n = keep_ready(rd, wr, ex);
	if (signal)
		return fails(EINTR);
	CHECK(n > 0 || ends || ms != FOREVER, "%s, \"%s\": nothing happens", talk->title,
	    step[-1].happens);
	if (n == 0 && !ends)
		now_ms += ms;
	return n;
}

static void
run(const struct talk *t, const struct step *script)
{
	struct relay r = t->r;
	struct ending e;
	long long ms;
	enum side s;

	talk = t;
	step = script;
	blocks = 0;
	now_ms = START_MS;
	signals_term = signals_status = 0;
	guard_open = false;
	*log_text = '\0';
	for (s = CLIENT; s < SIDES; s++) {
		end[s] = (struct end){ .room = NONE, .mark = NONE, .linger = -1 };
		r.fd[s] = FIRST_FD + (int)s;
		r.tcp[s] = !t->unix_socket[s];
	}
	if (r.read_max == 0)
		r.read_max = RELAY_MOST;
	r.on_chunk = on_chunk;
	r.on_end = on_end;
	r.on_idle = on_idle;
	r.on_status = on_status;
	r.arg = &end;
	memset(&e, 0xff, sizeof(e));
	relay_run(&r, &e);
	CHECK(step->watched == NULL, "%s: ended before \"%s\"", t->title, step->happens);
	CHECK_TEXT(log_text, t->did, t->title);
	CHECK(e.how == t->e.how && e.by == t->e.by && e.error == t->e.error,
	    "%s: %d by %d, error %d", t->title, e.how, e.by, e.error);
	CHECK(e.undelivered[CLIENT] == t->e.undelivered[CLIENT] &&
	    e.undelivered[SERVER] == t->e.undelivered[SERVER], "%s: %ju, %ju lost", t->title,
	    e.undelivered[CLIENT], e.undelivered[SERVER]);
	CHECK(e.bytes[CLIENT] == end[CLIENT].told && e.bytes[SERVER] == end[SERVER].told,
	    "%s: counted %ju, %ju", t->title, e.bytes[CLIENT], e.bytes[SERVER]);
	ms = (e.time.tv_sec - START_S) * 1000LL + e.time.tv_nsec / 1000000;
	CHECK(ms == t->decided_ms, "%s: decided after %lld ms", t->title, ms);
	CHECK(end[CLIENT].closed && end[SERVER].closed && !guard_open, "%s: left open", t->title);
	CHECK(blocks == 0, "%s: %d blocks of memory left", t->title, blocks);
}

#define GUARD	10	/* ms of silence until a side that is not read is guarded, */
#define SHRINK	1000	/* until big buffers are freed, */
#define DELIVER	5000	/* and without progress until what is left is given up, */
#define STOP	1000	/* or after a signal, in all */

static const struct talk talks[] = {

/* Orderly */
{ .title = "both ways, the client ends first", .no_clock = true, .step = {
	{ "crx srx", FOREVER, "c5", "" },
	{ "crx srx", FOREVER, "s3", "s+5 C5@0" },
	{ "crx srx", FOREVER, "c2 s4", "c+3 S3@0" },
	{ "crx srx", FOREVER, "c.", "s+2 C2@5 c+4 S4@3" },
	{ "srx", GUARD, "", "s. C." },
	{ "srx gr", FOREVER, "s4", "+c" },
	{ "srx gr", FOREVER, "+3 s.", "c+4 S4@7" } },
  .did = "c. -c S. g:close c:close@13 s:close@13", .e.by = CLIENT, .decided_ms = 13 },
{ .title = "the server ends first", .step = {
	{ "crx srx", FOREVER, "s.", "" },
	{ "crx", GUARD, "", "c. S." },
	{ "crx gr", FOREVER, "c5", "+s" },
	{ "crx gr", FOREVER, "c.", "s+5 C5@0" } },
  .did = "s. -s C. g:close c:close@10 s:close@10", .e.by = SERVER, .decided_ms = 10 },
{ .title = "both end at once", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .did = "s. C. c. S. c:close@0 s:close@0" },
{ .title = "Unix sockets", .unix_socket = { true, true }, .step = {
	{ "crx srx", FOREVER, "c5", "" },
	{ "crx srx", FOREVER, "s.", "s+5 C5@0" },
	{ "crx", FOREVER, "+7 c.", "c. S." } },
  .sent = { [SERVER] = { { 0, 3 } } },
  .did = "s. C. c:left@7 s:left@7", .e.by = SERVER, .decided_ms = 7 },
{ .title = "no guard to be had", .no_guard = true, .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", GUARD, "", "s. C." },
	{ "srx", FOREVER, "s2", "g:fails" },
	{ "srx", FOREVER, "s.", "c+2 S2@0" } },
  .did = "c. S. c:close@10 s:close@10", .decided_ms = 10 },
{ .title = "the guard has nothing to tell", .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", GUARD, "", "s. C." },
	{ "srx gr", FOREVER, "g?", "+c" },
	{ "srx gr", FOREVER, "s.", "" } },
  .did = "c. -c S. g:close c:close@10 s:close@10", .decided_ms = 10 },
{ .title = "a read of nothing", .step = {
	{ "crx srx", FOREVER, "c?", "" },
	{ "crx srx", FOREVER, "c1 s?", "" },
	{ "crx srx", FOREVER, "c. s.", "s+1 C1@0" } },
  .did = "s. C. c. S. c:close@0 s:close@0" },

/* What waits */
{ .title = "the server takes no more", .step = {
	{ "crx srx", FOREVER, "s=3 c5", "" },
	{ "srwx", GUARD, "s7 +4", "s+3 s+0 C5@0" },
	{ "srwx", GUARD, "", "c+7 S7@0" },
	{ "srwx gr", FOREVER, "s=1 c9", "+c" },
	{ "srwx gr", FOREVER, "s=*", "s+1 s+0" },
	{ "crx srx gr", FOREVER, "", "s+1" },
	{ "crx srx gr", FOREVER, "c.", "s+9 C9@5" },
	{ "srx gr", FOREVER, "s.", "s. C." } },
  .did = "c. -c S. g:close c:close@14 s:close@14", .decided_ms = 14 },
{ .title = "the client takes no more", .step = {
	{ "crx srx", FOREVER, "c=3 s5", "" },
	{ "crwx", GUARD, "c7 +4", "c+3 c+0 S5@0" },
	{ "crwx", GUARD, "", "s+7 C7@0" },
	{ "crwx gr", FOREVER, "s9 c=*", "+s" },
	{ "crx srx gr", FOREVER, "", "c+2" },
	{ "crx srx gr", FOREVER, "c. s.", "c+9 S9@5" } },
  .did = "s. -s C. c. S. g:close c:close@14 s:close@14", .decided_ms = 14 },
{ .title = "neither takes any", .step = {
	{ "crx srx", FOREVER, "s=0 c=0 c5 s7", "" },
	{ "cw sw", GUARD, "", "s+0 C5@0 c+0 S7@0" },
	{ "cw sw gr", FOREVER, "s=2", "+c +s" },
	{ "cw sw gr", FOREVER, "c=*", "s+2 s+0" },
	{ "srwx gr", FOREVER, "s=*", "c+7" },
	{ "crx srx gr", FOREVER, "c. s.", "s+3" } },
  .did = "s. -s C. c. -c S. g:close c:close@10 s:close@10", .decided_ms = 10 },
{ .title = "what waits at the end of a stream", .step = {
	{ "crx srx", FOREVER, "s=3 c5 c. s.", "" },
	{ "sw", GUARD, "", "s+3 s+0 C5@0 c. S." },
	{ "sw gr", FOREVER, "s=*", "+s" },
	{ "crx gr", FOREVER, "", "s+2" } },
  .did = "s. -s C. g:close c:close@10 s:close@10", .e.by = SERVER, .decided_ms = 10 },

{ .title = "guarded once, then read again", .step = {
	{ "crx srx", FOREVER, "c=0 s5", "" },
	{ "crwx", GUARD, "", "c+0 S5@0" },
	{ "crwx gr", FOREVER, "c.", "+s" },
	{ "cw gr", GUARD, "", "s. -s C." },
	{ "cw gr", FOREVER, "c=*", "+c" },
	{ "srx gr", FOREVER, "+2 s<R", "c+5" } },
  .did = "-c g:close c:reset@22 s:left@22", .e = { .how = END_RESET, .by = SERVER },
  .decided_ms = 22 },

/* Resets and other errors */
{ .title = "reset by the client", .step = {
	{ "crx srx", FOREVER, "c5 c<R", "" },
	{ "crx srx", FOREVER, "s2 +9", "s+5 C5@0" } },
  .sent = { [CLIENT] = { { 0, 8 } } },
  .did = "c:left@9 s:reset@9", .e = { END_RESET, CLIENT, .undelivered[SERVER] = 8 },
  .decided_ms = 9 },
{ .title = "reset by the server", .step = {
	{ "crx srx", FOREVER, "s5 s<R", "" },
	{ "crx srx", FOREVER, "", "c+5 S5@0" } },
  .sent = { [SERVER] = { { 0, 8 } } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 8 } },
{ .title = "reset, of Unix sockets", .unix_socket = { true, true }, .step = {
	{ "crx srx", FOREVER, "c<R", "" } },
  .did = "c:left@0 s:left@0", .e = { .how = END_RESET, .by = CLIENT } },
{ .title = "time-out of the system", .step = {
	{ "crx srx", FOREVER, "s<T", "" } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .error = ETIMEDOUT } },
{ .title = "reset after an orderly end", .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", GUARD, "s<R", "s. C." } },
  .did = "c:reset@0 s:left@0", .e = { .how = END_RESET, .by = SERVER } },
{ .title = "reset after the other side's end, seen by the guard", .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", GUARD, "", "s. C." },
	{ "srx gr", FOREVER, "s4 c#R", "+c" } },
  .sent = { [CLIENT] = { { 0, 4 } } },
  .did = "c+4 S4@0 -c g:close c:left@10 s:reset@10",
  .e = { END_RESET, CLIENT, .undelivered[SERVER] = 4 }, .decided_ms = 10 },
{ .title = "broken after its own end, seen by the guard", .step = {
	{ "crx srx", FOREVER, "s.", "" },
	{ "crx", GUARD, "", "c. S." },
	{ "crx gr", FOREVER, "s#T", "+s" } },
  .did = "-s g:close c:reset@10 s:left@10", .e = { END_RESET, SERVER, .error = ETIMEDOUT },
  .decided_ms = 10 },
{ .title = "the guard tells what the system has told before", .step = {
	{ "crx srx", FOREVER, "s.", "" },
	{ "crx", GUARD, "", "c. S." },
	{ "crx gr", FOREVER, "s#-", "+s" } },
  .did = "-s g:close c:reset@10 s:left@10", .e = { .how = END_RESET, .by = SERVER },
  .decided_ms = 10 },
{ .title = "reset, while something waits", .step = {
	{ "crx srx", FOREVER, "s=3 c5", "" },
	{ "srwx", GUARD, "", "s+3 s+0 C5@0" },
	{ "srwx gr", FOREVER, "c#R", "+c" },
	{ "sw gr", GUARD, "", "-c" },
	{ "sw gr", DELIVER - GUARD, "s=1 +40", "+s" },
	{ "sw gr", DELIVER, "+600", "s+1 s+0" },
	{ "sw gr", DELIVER - 600, "s=* c4", "" },
	{ "crx gr", 0, "", "s+1" },
	{ "crx gr", 0, "+6 c.", "s+4 C4@5" } },
  .did = "-s C. g:close c:left@666 s:reset@666", .e = { .how = END_RESET, .by = CLIENT },
  .decided_ms = 10 },
{ .title = "reset, and what waits is never taken", .step = {
	{ "crx srx", FOREVER, "s=3 c5", "" },
	{ "srwx", GUARD, "", "s+3 s+0 C5@0" },
	{ "srwx gr", FOREVER, "c#R", "+c" },
	{ "sw gr", GUARD, "", "-c" },
	{ "sw gr", DELIVER - GUARD, "", "+s" } },
  .sent = { [SERVER] = { { 0, 3 }, { 5011, 3 } } },
  .did = "g:close c:left@5010 s:reset@10065",
  .e = { END_RESET, CLIENT, .undelivered[CLIENT] = 2 + 3 }, .decided_ms = 10 },
{ .title = "the server takes no more, and resets", .step = {
	{ "crx srx", FOREVER, "s=3 c5", "" },
	{ "srwx", GUARD, "s>R", "s+3 s+0 C5@0" },
	{ "srx", 0, "s4", "" },
	{ "srx", 0, "", "c+4 S4@0" } },
  .sent = { [SERVER] = { { 0, 2 } } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 2 + 2 } },
{ .title = "write fails, and what is read then ends", .step = {
	{ "crx srx", FOREVER, "c>T s5", "" },
	{ "crx", 0, "c2", "S5@0" },
	{ "crx", 0, "+7 c.", "s+2 C2@0" } },
  .did = "C. c:left@7 s:reset@7",
  .e = { END_RESET, CLIENT, .undelivered[SERVER] = 5, .error = ETIMEDOUT } },
{ .title = "write fails, EPIPE", .step = {
	{ "crx srx", FOREVER, "s>P c5", "" },
	{ "srx", 0, "s<R", "C5@0" } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 5 } },
{ .title = "broken in a turn in which the other side could be read", .step = {
	{ "crx srx", FOREVER, "c<R s5", "" } },
  .did = "c:left@0 s:reset@0", .e = { .how = END_RESET, .by = CLIENT } },
{ .title = "the second error is not the first", .step = {
	{ "crx srx", FOREVER, "c>T s5", "" },
	{ "crx", 0, "+3 c2 s>I", "S5@0" } },
  .did = "C2@0 c:left@3 s:left@3", .e = { END_RESET, CLIENT, .undelivered = { 2, 5 },
      .error = ETIMEDOUT } },

/* A side that only takes no more */
{ .title = "a Unix server takes no more", .unix_socket = { false, true }, .step = {
	{ "crx srx", FOREVER, "s>P c5", "" },
	{ "crx srx", FOREVER, "s3", "C5@0" },
	{ "crx srx", FOREVER, "c2", "c+3 S3@0" },
	{ "crx srx", FOREVER, "c.", "C2@5" },
	{ "srx", GUARD, "", "C." },
	{ "srx gr", FOREVER, "s.", "+c" } },
  .did = "c. -c S. g:close c:close@10 s:left@10", .e.undelivered[CLIENT] = 7, .decided_ms = 10 },
{ .title = "a Unix server takes no more, then is reset", .unix_socket = { false, true }, .step = {
	{ "crx srx", FOREVER, "s>P c5", "" },
	{ "crx srx", FOREVER, "s<R", "C5@0" } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 5 } },
{ .title = "a Unix client takes no more, and has ended", .unix_socket = { true, false }, .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", FOREVER, "c>P s5", "s. C." } },
  .did = "S5@0 c:left@0 s:reset@0", .e = { END_RESET, CLIENT, .undelivered[SERVER] = 5 } },
{ .title = "a Unix server is reset", .unix_socket = { false, true }, .step = {
	{ "crx srx", FOREVER, "s>R c5", "" },
	{ "srx", 0, "", "C5@0" } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 5 } },

/* Dead from the start */
{ .title = "dead client", .r.dead[CLIENT] = true, .step = {
	{ "crx", 0, "", "" } },
  .did = "c:left@0 s:reset@0", .e = { .how = END_RESET, .by = CLIENT } },
{ .title = "dead server, which had sent", .r.dead[SERVER] = true, .step = {
	{ "srx", 0, "s3", "" },
	{ "srx", 0, "s<R", "c+3 S3@0" } },
  .did = "c:reset@0 s:left@0", .e = { .how = END_RESET, .by = SERVER } },
{ .title = "both dead", .r.dead = { true, true },
  .did = "c:left@0 s:left@0", .e = { .how = END_RESET, .by = CLIENT } },

/* Limits */
{ .title = "limit of bytes", .r.max_bytes = 10, .step = {
	{ "crx srx", FOREVER, "c4", "" },
	{ "crx srx", FOREVER, "s6", "s+4 C4@0" },
	{ "crx srx", FOREVER, "c5 +8", "c+6 S6@0" } },
  .did = "s+5 C5@4 c:reset@8 s:reset@8", .e.how = END_LIMIT, .decided_ms = 8 },
{ .title = "limit of bytes, after the client's end", .r.max_bytes = 10, .step = {
	{ "crx srx", FOREVER, "c.", "" },
	{ "srx", GUARD, "s11", "s. C." } },
  .did = "c+11 S11@0 c:reset@0 s:close@0", .e.how = END_LIMIT },
{ .title = "limit of bytes, while something waits", .r.max_bytes = 10, .step = {
	{ "crx srx", FOREVER, "s=0 c11 s2", "" },
	{ "sw", GUARD, "", "s+0 C11@0" },
	{ "sw gr", DELIVER - GUARD, "s=*", "+c +s" } },
  .did = "s+11 -s g:close c:reset@10 s:reset@10", .e.how = END_LIMIT },
{ .title = "idle time", .r.idle_ms = 100, .step = {
	{ "crx srx", 100, "+30 c1", "" },
	{ "crx srx", 100, "+60", "s+1 C1@0" },
	{ "crx srx", 40, "s1 +39", "" },
	{ "crx srx", 100, "", "c+1 S1@0" } },
  .sent = { [CLIENT] = { { 0, 6 } } },
  .did = "c:reset@1252 s:reset@1252", .e = { END_TIMEOUT, .undelivered[SERVER] = 6 },
  .decided_ms = 229 },
{ .title = "idle time, while something waits", .r.idle_ms = 100, .step = {
	{ "crx srx", 100, "s=2 c5", "" },
	{ "srwx", GUARD, "", "s+2 s+0 C5@0" },
	{ "srwx gr", 90, "+80 s=1", "+c" },
	{ "srwx gr", 100, "+1", "s+1 s+0" },
	{ "srwx gr", 99, "", "" } },
  .did = "g:close c:reset@190 s:reset@190", .e = { END_TIMEOUT, .undelivered[CLIENT] = 2 },
  .decided_ms = 190 },
{ .title = "idle time, the shortest", .r.idle_ms = 1, .step = {
	{ "crx srx", 1, "+1 c5 s=3", "" },
	{ "srwx", 1, "+1 s=1", "s+3 s+0 C5@0" },
	{ "srwx", 1, "", "s+1 s+0" } },
  .did = "c:reset@3 s:reset@3", .e = { END_TIMEOUT, .undelivered[CLIENT] = 1 }, .decided_ms = 3 },
{ .title = "idle time, the shortest, and nothing is taken", .r.idle_ms = 1, .step = {
	{ "crx srx", 1, "+1 c5 s=0", "" },
	{ "srwx", 1, "", "s+0 C5@0" } },
  .did = "c:reset@2 s:reset@2", .e = { END_TIMEOUT, .undelivered[CLIENT] = 5 }, .decided_ms = 2 },
{ .title = "idle time, which is over when the guard is due", .r.idle_ms = GUARD, .step = {
	{ "crx srx", GUARD, "c.", "" },
	{ "srx", GUARD, "", "s. C." } },
  .did = "c:reset@10 s:close@10", .e.how = END_TIMEOUT, .decided_ms = 10 },
{ .title = "limit of bytes, the lowest", .r.max_bytes = 1, .step = {
	{ "crx srx", FOREVER, "s1", "" },
	{ "crx srx", FOREVER, "c1", "c+1 S1@0" } },
  .did = "s+1 C1@0 c:reset@0 s:reset@0", .e.how = END_LIMIT },
{ .title = "idle time, which is over before the guard", .r.idle_ms = GUARD, .step = {
	{ "crx srx", GUARD, "+1 c.", "" },
	{ "srx", GUARD - 1, "", "s. C." } },
  .did = "c:reset@10 s:close@10", .e.how = END_TIMEOUT, .decided_ms = 10 },
{ .title = "signal", .step = {
	{ "crx srx", FOREVER, "c5", "" },
	{ "crx srx", FOREVER, "+20 c3 TERM", "s+5 C5@0" } },
  .did = "c:reset@20 s:reset@20", .e.how = END_SIGNAL, .decided_ms = 20 },
{ .title = "signal, while something waits", .step = {
	{ "crx srx", FOREVER, "s=0 c5", "" },
	{ "srwx", GUARD, "+5 TERM", "s+0 C5@0" },
	{ "sw", GUARD, "", "" },
	{ "sw gr", STOP - GUARD, "+500 s=1 TERM", "+c +s" },
	{ "sw gr", STOP - GUARD - 500, "", "" },
	{ "sw gr", STOP - GUARD - 500, "+10", "s+1 s+0" },
	{ "sw gr", STOP - GUARD - 510, "", "" } },
  .did = "g:close c:reset@1005 s:reset@1005", .e = { END_SIGNAL, .undelivered[CLIENT] = 4 },
  .decided_ms = 5 },
{ .title = "signal, after a reset", .step = {
	{ "crx srx", FOREVER, "s=0 c5", "" },
	{ "srwx", GUARD, "c>R s1", "s+0 C5@0" },
	{ "sw", GUARD, "+5 TERM", "S1@0" },
	{ "sw", GUARD, "", "" },
	{ "sw gr", STOP - GUARD, "", "+s" } },
  .did = "g:close c:left@1005 s:reset@1005", .e = { END_RESET, CLIENT, .undelivered = { 5, 1 } } },

/* What the system has, at the end */
{ .title = "sent, and it arrives", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [CLIENT] = { { 0, 30 }, { 20, FIN } },
      [SERVER] = { { 0, 30 }, { 200, FIN }, { 300, 5 } } },
  .did = "s. C. c. S. c:close@31 s:close@222" },
{ .title = "sent, and nobody says that it arrives", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [CLIENT] = { { 0, 30 } } },
  .did = "s. C. c. S. c:close@5055 s:close@5055" },
{ .title = "sent, and it arrives in part", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [SERVER] = { { 0, 30 }, { 3000, 20 }, { 4000, 20 } } },
  .did = "s. C. c. S. c:close@0 s:close@8063" },
{ .title = "sent, and the connection breaks", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [CLIENT] = { { 0, 30 } } }, .died_ms[CLIENT] = 100,
  .did = "s. C. c. S. c:close@127 s:close@127", .e.undelivered[SERVER] = 30 - FIN },
{ .title = "sent, and there is a signal", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [CLIENT] = { { 0, 30 } }, [SERVER] = { { 0, 30 } } }, .term_ms = 100,
  .did = "s. C. c. S. c:close@1151 s:close@1151" },
{ .title = "sent, and somebody asks how it stands", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [SERVER] = { { 0, 30 }, { 500, 1 } } }, .term_ms = 100, .asks = true,
  .did = "s. C. c. S. c:close@0 ?0.,0. ?0.,0. ?0.,0. ?0.,0. ?0.,0. ?0.,0. s:close@511" },
{ .title = "sent, and the client's last words are unread", .step = {
	{ "crx srx", FOREVER, "s.", "" },
	{ "crx", GUARD, "c5 TERM", "c. S." } },
  .sent = { [CLIENT] = { { 0, 30 } } },
  .did = "c:close@1023 s:reset@1023",
  .e = { END_SIGNAL, SERVER, .undelivered[SERVER] = 30 - FIN } },
{ .title = "sent, and nothing is unread", .step = {
	{ "crx srx", FOREVER, "s.", "" },
	{ "crx", GUARD, "TERM", "c. S." } },
  .sent = { [CLIENT] = { { 0, 30 } } },
  .did = "c:close@1023 s:reset@1023", .e = { .how = END_SIGNAL, .by = SERVER } },
{ .title = "sent, before a reset by the other side", .step = {
	{ "crx srx", FOREVER, "c<R", "" } },
  .sent = { [SERVER] = { { 0, 30 } } },
  .did = "c:left@0 s:reset@5055", .e = { END_RESET, CLIENT, .undelivered[CLIENT] = 30 } },
{ .title = "one byte was sent", .step = {
	{ "crx srx", FOREVER, "c<R", "" } },
  .sent = { [SERVER] = { { 0, 1 } } },
  .did = "c:left@0 s:reset@5055", .e = { END_RESET, CLIENT, .undelivered[CLIENT] = 1 } },
{ .title = "the system does not know what was sent", .step = {
	{ "crx srx", FOREVER, "c<R", "" } },
  .sent = { [CLIENT] = { { 0, -1 } }, [SERVER] = { { 0, -1 } } },
  .did = "c:left@0 s:reset@0", .e = { .how = END_RESET, .by = CLIENT } },
{ .title = "only an end of stream is on the way", .step = {
	{ "crx srx", FOREVER, "c. s.", "" } },
  .sent = { [CLIENT] = { { 0, FIN } } },
  .did = "s. C. c. S. c:close@0 s:close@0" },
{ .title = "an end of stream that could not be passed on is none", .step = {
	{ "crx srx", FOREVER, "c. s#R", "" },
	{ "srx", GUARD, "s.", "C." } },
  .sent = { [SERVER] = { { 0, 30 } } },
  .did = "c. S. c:close@0 s:close@0", .e.undelivered[CLIENT] = 30 },

/* Urgent data */
{ .title = "urgent", .step = {
	{ "crx srx", FOREVER, "c2 c!", "" },
	{ "crx srx", FOREVER, "c3", "s+2 C2@0" },
	{ "crx srx", FOREVER, "", "s+!1 C!1@2" },
	{ "crx srx", FOREVER, "s=0 s!", "s+3 C3@3" },
	{ "crx srx", FOREVER, "c!", "c+!1 S!1@0" },
	{ "srwx", GUARD, "s=* c. s.", "s+0 C!1@6" },
	{ "crx", GUARD, "", "s+!1 c. S." } },
  .did = "s. C. c:close@0 s:close@0", .e.by = SERVER },
{ .title = "urgent, but it has not come yet", .step = {
	{ "crx srx", FOREVER, "c^", "" },
	{ "cr srx", FOREVER, "s^", "" },
	{ "cr sr", FOREVER, "c2 s2", "" },
	{ "crx srx", FOREVER, "c! s!", "s+2 C2@0 c+2 S2@0" },
	{ "crx srx", FOREVER, "c. s.", "s+!1 C!1@2 c+!1 S!1@2" } },
  .did = "s. C. c. S. c:close@0 s:close@0" },
{ .title = "urgent data to one that has none", .unix_socket[SERVER] = true, .step = {
	{ "crx srx", FOREVER, "s%O c!", "" },
	{ "crx srx", FOREVER, "s%I c!", "s+1 C!1@0" },
	{ "crx srx", FOREVER, "c. s.", "s+1 C!1@1" } },
  .did = "s. C. c. S. c:close@0 s:left@0" },
{ .title = "urgent data, and the connection breaks", .step = {
	{ "crx srx", FOREVER, "s%T c!", "" },
	{ "srx", 0, "", "C!1@0" } },
  .did = "c:reset@0 s:left@0", .e = { END_RESET, SERVER, .undelivered[CLIENT] = 1,
      .error = ETIMEDOUT } },

/* SIGUSR1 */
{ .title = "how it stands", .no_clock = true, .step = {
	{ "crx srx", FOREVER, "USR1", "" },
	{ "crx srx", FOREVER, "c9 s=5", "?0,0" },
	{ "srwx", GUARD, "USR1", "s+5 s+0 C9@0" },
	{ "srwx", GUARD, "s=* USR1", "?4,0" },
	{ "srwx", GUARD, "s7 c=2", "?4,0" },
	{ "crwx", GUARD, "USR1", "s+4 c+2 c+0 S7@0" },
	{ "crwx", GUARD, "s. c=*", "?0,5" },
	{ "crx srx", FOREVER, "", "c+5" },
	{ "crx", GUARD, "USR1", "c. S." },
	{ "crx", GUARD, "c.", "?0,0." } },
  .did = "s. C. c:close@0 s:close@0", .e.by = SERVER },

/* Busy */
{ .title = "big buffers", .step = {
	{ "crx srx", FOREVER, "c16384", "" },
	{ "crx srx", FOREVER, "c70000", "s+16384 C16384@0" },
	{ "crx srx", SHRINK, "", "s+65536 C65536@16384 in" },
	{ "crx srx", SHRINK, "s1 +999", "s+4464 C4464@81920 in" },
	{ "crx srx", SHRINK, "", "c+1 S1@0 in" },
	{ "crx srx", FOREVER, "c16385", "idle" },
	{ "crx srx", FOREVER, "", "s+16384 C16384@86384" },
	{ "crx srx", SHRINK, "c. s.", "s+1 C1@102768 in" } },
  .did = "s. C. c. S. in c:close@1999 s:close@1999", .decided_ms = 1999 },
{ .title = "big buffers, no bigger than may be", .r.read_max = 20000, .step = {
	{ "crx srx", FOREVER, "c16384", "" },
	{ "crx srx", FOREVER, "c70000", "s+16384 C16384@0" },
	{ "crx srx", SHRINK, "TERM", "s+20000 C20000@16384 in" } },
  .did = "in c:reset@0 s:reset@0", .e.how = END_SIGNAL },
{ .title = "big buffers, which are guarded before they are freed", .step = {
	{ "crx srx", FOREVER, "s16384", "" },
	{ "crx srx", FOREVER, "s1", "c+16384 S16384@0" },
	{ "crx srx", SHRINK, "c.", "c+1 S1@16384 in" },
	{ "srx", GUARD, "", "s. C. in" },
	{ "srx gr", SHRINK, "", "+c in" },
	{ "srx gr", FOREVER, "s16385", "idle" },
	{ "srx gr", FOREVER, "s.", "c+16384 S16384@16385" },
	{ "srx gr", SHRINK, "", "c+1 S1@32769 in" } },
  .did = "c. -c S. in g:close c:close@1010 s:close@1010", .decided_ms = 1010 },
{ .title = "big buffers, and idle time is over before", .r.idle_ms = 999, .step = {
	{ "crx srx", 999, "s16384", "" },
	{ "crx srx", 999, "s1", "c+16384 S16384@0" },
	{ "crx srx", 999, "", "c+1 S1@16384 in" } },
  .did = "c:reset@999 s:reset@999", .e.how = END_TIMEOUT, .decided_ms = 999 },
{ .title = "no memory for big buffers", .no_memory = true, .step = {
	{ "crx srx", FOREVER, "s16384", "" },
	{ "crx srx", FOREVER, "s16385", "c+16384 S16384@0" },
	{ "crx srx", FOREVER, "s.", "c+16384 S16384@16384" },
	{ "crx srx", FOREVER, "c.", "c+1 S1@32768" } },
  .did = "s. C. c. S. c:close@0 s:close@0" },
{ .title = "a big buffer in which something waits at the end", .step = {
	{ "crx srx", FOREVER, "s16384", "" },
	{ "crx srx", FOREVER, "s1000 c=1", "c+16384 S16384@0" },
	{ "crwx", GUARD, "TERM", "c+1 c+0 S1000@16384 in" },
	{ "cw", GUARD, "", "in" },
	{ "cw gr", STOP - GUARD, "", "+c +s in" } },
  .did = "g:close c:reset@1000 s:reset@1000", .e = { END_SIGNAL, .undelivered[SERVER] = 999 } },
};

/* A signal is let in every so many turns, wherever a descriptor is always ready. */
static void
test_turns(void)
{
	static struct step steps[2 * SIGNALS_TURNS + 1];
	struct talk t = { .title = "turns", .did = "c:reset@0 s:reset@0", .e.how = END_SIGNAL };
	char did[2 * SIGNALS_TURNS][32];
	size_t i;

	for (i = 0; i < 2 * SIGNALS_TURNS; i++) {
		snprintf(did[i], sizeof(did[i]), (i + 1) % SIGNALS_TURNS == 0 ? "s+1 C1@%zu in" :
		    "s+1 C1@%zu", i - 1);
		steps[i] = (struct step){ "crx srx", FOREVER, "c1", did[i] };
	}
	steps[0].did = "";
	steps[i - 1].happens = "TERM";
	run(&t, steps);
}

int
main(void)
{
	size_t i;

	alarm(60);
	for (i = 0; i < sizeof(talks) / sizeof(*talks); i++)
		run(&talks[i], talks[i].step);
	test_turns();
	return unit_end();
}

#endif
