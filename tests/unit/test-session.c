/* test-session.c - one session, with a clock, peers, a relay and logs that are made up
 *
 * Whatever session.c calls is wrapped (the linker's --wrap) and writes what it was
 * asked into a trace. Each wait is one step of a script, and the whole trace is compared.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "address.h"
#include "format.h"
#include "guard.h"
#include "lookup.h"
#include "process.h"
#include "relay.h"
#include "sandbox.h"
#include "session.h"
#include "signals.h"
#include "sock.h"
#include "title.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define CLIENT_FD	10	/* accepted */
#define SERVER_FD	11
#define FIRST_FD	20	/* the first that is connected */
#define GUARD_FD	40

static char		 trace[4096];
static const char	*title;

/* What the made-up system does. */
static long long	 now_ms;
static const char	*const *step;	/* what happens during the next wait; NULL ends them */
static int		 next_fd;
static int		 connects[4], queue_full;	/* errno of the nth connect(), how often EAGAIN is first */
static int		 connected[4];	/* and of the attempt */
static unsigned		 nconnects, nattempts;
static enum peek	 peek;		/* of the partner */
static bool		 guard_works, guard_sees;
static bool		 shown, helps, named[SIDES];	/* of logs and names */
static size_t		 growth;
static size_t		 nlosses;
static void		 (*relay_does)(const struct relay *r, struct ending *e);
static struct session	 s;
static jmp_buf		 helper;
static struct event	 last;		/* the event that came last */
static void		 (*log_waits)(void *arg, const char *name);
static void		 *log_arg;

static void trace_add(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
trace_add(const char *fmt, ...)
{
	size_t n = strlen(trace);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(trace + n, sizeof(trace) - n, fmt, ap);
	va_end(ap);
	n = strlen(trace);
	snprintf(trace + n, sizeof(trace) - n, "; ");
}

/* In place of the system's and the program's */

int	__wrap_clock_gettime(clockid_t clock, struct timespec *t);
int	__wrap_pselect(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, const struct timespec *t,
	    const sigset_t *mask);
int	__wrap_close(int fd);
int	__wrap_sock_connect(const struct peer *a, const struct peer *from);
int	__wrap_sock_connected(int fd, const struct peer *a);
void	__wrap_sock_buffers(int fd, int *receive, int *send);
enum peek __wrap_sock_peek(int fd);
void	__wrap_sock_reset(int fd);
void	__wrap_sock_abortive(int fd, bool on);
bool	__wrap_address_names(const struct peer *who, char text[NAMES_TEXT]);
void	__wrap_guard_add(struct guard *g, int fd);
void	__wrap_guard_prepare(void);
void	__wrap_sandbox_session(unsigned long session, bool say);
int	__wrap_guard_dead(const struct guard *g);
void	__wrap_guard_remove(struct guard *g, int fd);
void	__wrap_guard_put_back(struct guard *g);
bool	__wrap_lookup_fork(unsigned long session);
void	__wrap_lookup_done(void);
void	__wrap_relay_run(const struct relay *r, struct ending *e);
void	__wrap_logs_event(struct logs *l, const struct event *ev);
size_t	__wrap_logs_losses(const struct logs *l, struct loss *loss);
size_t	__wrap_logs_growth(const struct logs *l);
bool	__wrap_logs_on_stdout(const struct logs *l);
void	__wrap_logs_on_wait(struct logs *l, void (*on_wait)(void *arg, const char *name), void *arg);
void	__wrap_logs_tidy(struct logs *l);
void	__wrap_process_add(uintmax_t *n, uintmax_t more);
void	__wrap_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);
void	__wrap_verbose(int level, const char *fmt, ...) PRINTF_LIKE(2, 3);
void	__wrap_title_set(const char *what, unsigned long session, const char *who);
char	*__wrap_strerror(int error);

/* The same words on every system. */
char *
__wrap_strerror(int error)
{
	return (char *)(error == ECONNREFUSED ? "refused" : error == EHOSTUNREACH ? "no route" :
	    error == ENETUNREACH ? "no net" : error == ETIMEDOUT ? "timeout" :
	    error == EPIPE ? "pipe" : error == ENOENT ? "no file" :
	    error == ECANCELED ? "canceled" : error == ECONNABORTED ? "aborted" :
	    error == ECONNRESET ? "reset" : error == EADDRNOTAVAIL ? "no address" : error == 0 ? "none" : "another error");
}

int
__wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	long long ms = clock == CLOCK_REALTIME ? 1000000000 + now_ms : now_ms;

	*t = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };
	return 0;
}

/*
 * Words of a step: "w": an attempt is over; "r": the partner has news: bytes ("rB"), the end
 * ("rE"), a reset ("rD"), nothing ("rN"); "g": the guard sees a reset; "+5": so many
 * ms pass; "t": as many as were waited for; "TERM", "USR1", "EINTR".
 */
int
__wrap_pselect(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, const struct timespec *t,
    const sigset_t *mask)
{
	long long ms = t == NULL ? -1 : (long long)t->tv_sec * 1000 + t->tv_nsec / 1000000;
	const char *word;
	int fd, n = 0;
	fd_set r, w;

	CHECK(mask == &signals_wait_mask && ex == NULL, "%s", title);
	if (*step == NULL) {
		CHECK(false, "%s: waits after the last step: %s", title, trace);
		exit(unit_end());
	}
	r = *rd;
	w = *wr;
	FD_ZERO(rd);
	FD_ZERO(wr);
	for (fd = 0; fd < FD_SETSIZE; fd++)
		if (FD_ISSET(fd, &w)) {
			trace_add("w%d", fd);
			CHECK(fd < nfds, "%s: %d of %d", title, fd, nfds);
			if (strchr(*step, 'w') != NULL && ++n > 0)
				FD_SET(fd, wr);
		}
	for (fd = 0; fd < FD_SETSIZE; fd++)
		if (FD_ISSET(fd, &r)) {
			trace_add("r%d", fd);
			CHECK(fd < nfds, "%s: %d of %d", title, fd, nfds);
			if (strpbrk(*step, "rg") != NULL && ++n > 0)
				FD_SET(fd, rd);
		}
	trace_add("%lld ms", ms);
	word = *step++;
	if (strchr(word, 'r') != NULL)
		peek = strstr(word, "rB") ? PEEK_BYTES : strstr(word, "rE") ? PEEK_END :
		    strstr(word, "rD") ? PEEK_DEAD : PEEK_NOTHING;
	guard_sees = strchr(word, 'g') != NULL;
	if (word[0] == '+')
		now_ms += atoi(word + 1);
	else if (word[0] == 't')
		now_ms += ms;
	if (strcmp(word, "TERM") == 0)
		signals_term = 1;
	else if (strcmp(word, "USR1") == 0)
		signals_status = 1;
	else if (strcmp(word, "EINTR") != 0)
		return n;
	*rd = r;		/* as they were, which says nothing */
	*wr = w;
	errno = EINTR;
	return -1;
}

int
__wrap_close(int fd)
{
	trace_add("close %d", fd);
	errno = EBADF;		/* whoever wants an older errno has to keep it */
	return 0;
}

int
__wrap_sock_connect(const struct peer *a, const struct peer *from)
{
	unsigned nth = nconnects;

	trace_add("connect %s%s%s", a->text, from != NULL ? " from " : "",
	    from != NULL ? from->text : "");
	if (queue_full > 0) {
		queue_full--;
		errno = EAGAIN;
		return -1;
	}
	nconnects++;
	errno = connects[nth];
	return connects[nth] != 0 ? -1 : next_fd++;
}

int
__wrap_sock_connected(int fd, const struct peer *a)
{
	trace_add("connected %d %s", fd, a->text);
	return connected[nattempts++];
}

void
__wrap_sock_buffers(int fd, int *receive, int *send)
{
	*receive = fd * 100;
	*send = fd * 100 + 1;
}

enum peek
__wrap_sock_peek(int fd)
{
	trace_add("peek %d", fd);
	return peek;
}

void
__wrap_sock_reset(int fd)
{
	trace_add("reset %d", fd);
	errno = EBADF;
}

void
__wrap_sock_abortive(int fd, bool on)
{
	trace_add("abortive %d %s", fd, on ? "on" : "off");
	errno = EBADF;
}

bool
__wrap_address_names(const struct peer *who, char text[NAMES_TEXT])
{
	trace_add("look up %s", who->text);
	snprintf(text, NAMES_TEXT, "name-of-%s", who->text);
	return named[who->text[0] == 'c' ? CLIENT : SERVER];
}

void
__wrap_guard_add(struct guard *g, int fd)
{
	trace_add("guard %d", fd);
	if (guard_works)
		g->fd = GUARD_FD;
}

void
__wrap_guard_prepare(void)
{
	trace_add("guard ready");
}

void
__wrap_sandbox_session(unsigned long session, bool say)
{
	trace_add("sandbox of %lu%s", session, say ? ", told" : "");
}

int
__wrap_guard_dead(const struct guard *g)
{
	trace_add("ask guard %d", g->fd);
	return guard_sees ? CLIENT_FD : -1;
}

void
__wrap_guard_remove(struct guard *g, int fd)
{
	if (g->fd != -1)
		trace_add("unguard %d", fd);
	errno = EBADF;
}

void
__wrap_guard_put_back(struct guard *g)
{
	if (g->fd != -1)
		trace_add("put guard %d back", g->fd);
	errno = EBADF;
}

bool
__wrap_lookup_fork(unsigned long session)
{
	trace_add("fork for %lu", session);
	return helps;
}

void
__wrap_lookup_done(void)
{
	longjmp(helper, 1);
}

void
__wrap_relay_run(const struct relay *r, struct ending *e)
{
	trace_add("relay %d %d", r->fd[CLIENT], r->fd[SERVER]);
	memset(e, 0, sizeof(*e));
	relay_does(r, e);
}

void
__wrap_logs_event(struct logs *l, const struct event *ev)
{
	static const char *const names[] = { [EV_OPEN] = "OPEN", [EV_UNREACHED] = "UNREACHED",
	    [EV_NAMES] = "NAMES", [EV_DATA] = "DATA", [EV_END] = "END", [EV_ERROR] = "ERROR",
	    [EV_CLOSE] = "CLOSE" };

	(void)l;
	last = *ev;
	switch (ev->type) {
	case EV_UNREACHED:
	case EV_ERROR:
		trace_add("%s \"%s\" code %s", names[ev->type], ev->text, strerror(ev->error));
		break;
	case EV_NAMES:
		trace_add("NAMES %s %s", ev->name[CLIENT], ev->name[SERVER]);
		break;
	case EV_DATA:
		trace_add("DATA %s %zu of %zu at %ju", SIDE_NAME(ev->chunk->from), ev->chunk->shown,
		    ev->chunk->len, ev->chunk->offset);
		break;
	case EV_END:
		trace_add("END %s", SIDE_NAME(ev->from));
		break;
	case EV_CLOSE:
		trace_add("CLOSE %ju %ju, %zu lost", ev->ending->bytes[CLIENT],
		    ev->ending->bytes[SERVER], ev->nloss == 0 ? 0 : (size_t)ev->loss[0].bytes);
		break;
	default:
		trace_add("%s", names[ev->type]);
	}
}

size_t
__wrap_logs_losses(const struct logs *l, struct loss *loss)
{
	loss[0] = (struct loss){ "log", 77 };
	loss[l->n] = (struct loss){ "room for all, and one more", 0 };
	return nlosses;
}

size_t
__wrap_logs_growth(const struct logs *l)
{
	(void)l;
	return growth;
}

bool
__wrap_logs_on_stdout(const struct logs *l)
{
	(void)l;
	return shown;
}

void
__wrap_logs_on_wait(struct logs *l, void (*on_wait)(void *arg, const char *name), void *arg)
{
	CHECK(l == s.logs, "%s: other logs", title);
	log_waits = on_wait;
	log_arg = arg;
}

void
__wrap_logs_tidy(struct logs *l)
{
	(void)l;
	trace_add("tidy");
}

void
__wrap_process_add(uintmax_t *n, uintmax_t more)
{
	*n += more;
}

void
__wrap_complain(const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	trace_add("said: %s", text);
}

void
__wrap_verbose(int level, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	errno = EBADF;
	trace_add("-v%d %s", level, strncmp(text, "session 7: ", 11) == 0 ? text + 11 : text);
}

void
__wrap_title_set(const char *what, unsigned long session, const char *who)
{
	trace_add("title %s%lu %s", what, session, who);
}

/* A session */

/* Addresses to connect to: "c1" and "c2" of clients, "s1" to "s3" of servers. */
static struct peer	address[SIDES][3];
static struct endpoint	to[SIDES], source;
static struct peer	from;
static struct options	opt;
static struct logs	logs;
static struct session_totals	total;

static void
relay_nothing(const struct relay *r, struct ending *e)
{
	(void)r, (void)e;
}

/* A client is there, and a server with one TCP address is to be connected to. */
static void
begin(const char *name)
{
	static const char *const none[] = { NULL };
	enum side side;
	size_t i;

	title = name;
	trace[0] = '\0';
	now_ms = 1000000;
	step = none;
	next_fd = FIRST_FD;
	memset(connects, 0, sizeof(connects));
	memset(connected, 0, sizeof(connected));
	queue_full = 0;
	nconnects = nattempts = 0;
	guard_works = true;
	shown = true;
	helps = named[CLIENT] = named[SERVER] = false;
	growth = nlosses = 0;
	relay_does = relay_nothing;
	signals_term = signals_status = 0;
	total = (struct session_totals){ { 1000, 2000 }, 0 };
	memset(&last, 0, sizeof(last));
	memset(&opt, 0, sizeof(opt));
	opt.snap = UINTMAX_MAX;
	opt.no_sandbox = true;
	logs.n = 1;
	for (side = CLIENT; side < SIDES; side++) {
		for (i = 0; i < COUNT(address[side]); i++) {
			address[side][i].addr.ss_family = AF_INET;
			address[side][i].len = sizeof(struct sockaddr_storage);
			snprintf(address[side][i].text, PEER_TEXT, "%c%zu", "cs"[side], i + 1);
		}
		to[side].address = address[side];
		to[side].n = 1;
	}
	source = (struct endpoint){ .address = &from, .n = 0 };
	from = address[SERVER][0];
	strcpy(from.text, "here");
	s = (struct session){ .opt = &opt, .logs = &logs, .to = to, .source = &source, .number = 7,
	    .fd = { CLIENT_FD, -1 }, .total = &total };
	s.arrived.us = 999000 * 1000LL;
	s.arrived.wall.tv_sec = 5555;
	s.peer[CLIENT] = address[CLIENT][0];
	strcpy(s.peer[CLIENT].text, "c0");
}

/* Runs it. What is compared is the trace behind the title and the options of what is there. */
static void
ends(enum session_exit how, const char *const *steps, const char *wanted)
{
	static const char *const none[] = { NULL };
	enum session_exit got;

	step = steps != NULL ? steps : none;
	got = session_run(&s);
	CHECK(got == how, "%s: status %d, not %d", title, (int)got, (int)how);
	CHECK(*step == NULL, "%s: ended before \"%s\"", title, *step);
	CHECK_TEXT(trace, wanted, title);
}

#define STEPS(...)	(const char *const[]){ __VA_ARGS__, NULL }
#define BEGINS		"abortive 10 on; title session 7 c0; "

/* Reaching the server */

#define TRIES(fd, a, wait)	"-v2 trying " a "; connect " a "; w" fd "; " wait
#define GOES_ON(server)	"abortive " server " on; OPEN; relay 10 " server "; CLOSE 0 0, 0 lost; "

static void
test_reach(void)
{
	begin("the first address");
	ends(SESSION_EMPTY, STEPS("w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "connected 20 s1; -v1 connected to the server, s1; " GOES_ON("20"));
	CHECK_TEXT(s.peer[SERVER].text, "s1", title);
	CHECK(!s.dead[SERVER] && !s.dead[CLIENT], "nobody is dead");

	begin("one refuses at once, the next one later, and a third one is there");
	to[SERVER].n = 3;
	connects[0] = EHOSTUNREACH;
	connected[0] = ECONNREFUSED;
	ends(SESSION_EMPTY, STEPS("w", "w"), BEGINS "-v2 trying s1; connect s1; -v2 s1: no route; "
	    TRIES("20", "s2", "r10; -1 ms; ") "connected 20 s2; close 20; -v2 s2: refused; "
	    TRIES("21", "s3", "r10; -1 ms; ") "connected 21 s3; -v1 connected to the server, s3; "
	    GOES_ON("21"));
	CHECK_TEXT(s.peer[SERVER].text, "s3", title);

	begin("none is there: what is said is why the last one is not");
	to[SERVER].n = 2;
	connected[0] = ENETUNREACH;
	connected[1] = ECONNREFUSED;
	ends(SESSION_UNREACHED, STEPS("w", "w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "connected 20 s1; close 20; -v2 s1: no net; " TRIES("21", "s2", "r10; -1 ms; ")
	    "connected 21 s2; close 21; -v2 s2: refused; reset 10; "
	    "UNREACHED \"refused\" code refused; ");
	CHECK(last.session == 7 && last.arrived.tv_sec == 5555 && last.time.tv_sec == 1001000 &&
	    last.open_us == 0 && last.peer == s.peer, "its event");
	CHECK_TEXT(s.peer[SERVER].text, "s2", "the last that was tried");
	CHECK(total.bytes[CLIENT] == 1000 && total.bytes[SERVER] == 2000, "nothing to add");

	begin("no console shows it: on stderr, too");
	shown = false;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1; connect s1; -v2 s1: no file; reset 10; "
	    "UNREACHED \"no file\" code no file; said: session 7: client c0 server s1: no file; ");
	begin("but not from a daemon, whose syslog has it");
	shown = false;
	opt.daemon = true;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1; connect s1; -v2 s1: no file; reset 10; "
	    "UNREACHED \"no file\" code no file; ");
	begin("the same as last time: at -v");
	shown = false;
	s.retrying = true;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1; connect s1; -v2 s1: no file; reset 10; "
	    "-v1 s1: no file; ");

	begin("reset at once: there was a connection");
	connected[0] = ECONNRESET;
	to[SERVER].n = 2;
	ends(SESSION_EMPTY, STEPS("w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "connected 20 s1; -v1 connected to the server, s1; " GOES_ON("20"));
	CHECK(s.dead[SERVER] && !s.dead[CLIENT], "the server is dead");

	begin("Unix sockets are not reset");
	address[SERVER][0].addr.ss_family = AF_UNIX;
	s.peer[CLIENT].addr.ss_family = AF_UNIX;
	ends(SESSION_EMPTY, STEPS("w"), "title session 7 c0; " TRIES("20", "s1", "r10; -1 ms; ")
	    "connected 20 s1; -v1 connected to the server, s1; OPEN; relay 10 20; CLOSE 0 0, 0 lost; ");
	begin("nor is a client whose address is not known");
	s.peer[CLIENT].len = 0;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, NULL, "title session 7 c0; -v2 trying s1; connect s1; "
	    "-v2 s1: no file; reset 10; UNREACHED \"no file\" code no file; ");

	begin("an address of one byte is known");
	s.peer[CLIENT].len = 1;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1; connect s1; -v2 s1: no file; "
	    "reset 10; UNREACHED \"no file\" code no file; ");

	begin("both are there");
	s.fd[SERVER] = SERVER_FD;
	s.peer[SERVER] = address[SERVER][2];
	ends(SESSION_EMPTY, NULL, "abortive 10 on; abortive 11 on; title session 7 c0; OPEN; "
	    "relay 10 11; CLOSE 0 0, 0 lost; ");
	CHECK_TEXT(s.peer[SERVER].text, "s3", title);
}

/* --source: the server alone is connected to from there. */
static void
test_source(void)
{
	begin("from an address");
	source.n = 1;
	ends(SESSION_EMPTY, STEPS("w"), BEGINS "-v2 trying s1 from here; connect s1 from here; "
	    "w20; r10; -1 ms; connected 20 s1; -v1 connected to the server, s1; " GOES_ON("20"));
	begin("which is none of this host's any more");
	source.n = 1;
	connects[0] = EADDRNOTAVAIL;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1 from here; connect s1 from here; "
	    "-v2 s1: no address; reset 10; UNREACHED \"--source: no address\" code no address; ");
	begin("another failure is the server's");
	source.n = 1;
	connects[0] = ECONNREFUSED;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1 from here; connect s1 from here; "
	    "-v2 s1: refused; reset 10; UNREACHED \"refused\" code refused; ");
	begin("the same without --source");
	connects[0] = EADDRNOTAVAIL;
	ends(SESSION_UNREACHED, NULL, BEGINS "-v2 trying s1; connect s1; "
	    "-v2 s1: no address; reset 10; UNREACHED \"no address\" code no address; ");
	begin("-c: the client is connected to from anywhere");
	source.n = 1;
	s.fd[CLIENT] = -1;
	connects[0] = EADDRNOTAVAIL;
	ends(SESSION_UNREACHED, NULL, "title session 7 c1; -v2 trying c1; connect c1; "
	    "-v2 c1: no address; UNREACHED \"client: no address\" code no address; ");
}

/* -c: the client is connected to first, and nobody is there before it. */
static void
test_connects(void)
{
	begin("-c");
	s.fd[CLIENT] = -1;
	ends(SESSION_EMPTY, STEPS("w", "w"), "title session 7 c1; " TRIES("20", "c1", "-1 ms; ")
	    "connected 20 c1; -v1 connected to the client, c1; abortive 20 on; "
	    TRIES("21", "s1", "r20; -1 ms; ") "connected 21 s1; -v1 connected to the server, s1; "
	    "abortive 21 on; OPEN; relay 20 21; CLOSE 0 0, 0 lost; ");

	begin("-c, no client: no server is tried");
	s.fd[CLIENT] = -1;
	shown = false;
	connects[0] = ECONNREFUSED;
	ends(SESSION_UNREACHED, NULL, "title session 7 c1; -v2 trying c1; connect c1; "
	    "-v2 c1: refused; UNREACHED \"client: refused\" code refused; "
	    "said: session 7: client c1 server s1: client: refused; ");
	CHECK_TEXT(s.peer[SERVER].text, "s1", "the server that would have been tried");

	begin("-c, no client, again");
	s.fd[CLIENT] = -1;
	s.retrying = true;
	connects[0] = ECONNREFUSED;
	ends(SESSION_UNREACHED, NULL, "title session 7 c1; -v2 trying c1; connect c1; "
	    "-v2 c1: refused; -v1 c1: client: refused; ");

	begin("-c -l: the server has left meanwhile");
	s.fd[CLIENT] = -1;
	s.fd[SERVER] = SERVER_FD;
	s.peer[SERVER] = address[SERVER][0];
	to[CLIENT].n = 2;
	ends(SESSION_DONE, STEPS("rD"), "abortive 11 on; title session 7 c1; "
	    TRIES("20", "c1", "r11; -1 ms; ") "peek 11; close 20; -v2 c1: aborted; reset 11; "
	    "UNREACHED \"client: reset by server\" code reset; ");
}

/* While it waits */

static void
test_meanwhile(void)
{
	begin("the client was reset");
	to[SERVER].n = 2;
	shown = false;
	ends(SESSION_DONE, STEPS("rD"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; close 20; -v2 s1: aborted; reset 10; "
	    "UNREACHED \"reset by client\" code reset; ");
	begin("the client was reset when the server was there");
	ends(SESSION_DONE, STEPS("w rD"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; close 20; -v2 s1: aborted; reset 10; "
	    "UNREACHED \"reset by client\" code reset; ");
	begin("there was nothing after all");
	ends(SESSION_EMPTY, STEPS("rN", "w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; w20; r10; -1 ms; connected 20 s1; -v1 connected to the server, s1; " GOES_ON("20")
	    );
	begin("early bytes, then a reset, which the guard sees");
	ends(SESSION_DONE, STEPS("rB", "EINTR", "g"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; guard 10; w20; r40; -1 ms; w20; r40; -1 ms; ask guard 40; close 20; "
	    "-v2 s1: aborted; unguard 10; put guard 40 back; reset 10; UNREACHED \"reset by client\" code reset; ");
	begin("an early end, and news that are none");
	ends(SESSION_EMPTY, STEPS("rE", "r", "w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; guard 10; w20; r40; -1 ms; ask guard 40; w20; r40; -1 ms; connected 20 s1; "
	    "-v1 connected to the server, s1; unguard 10; put guard 40 back; " GOES_ON("20"));
	begin("early bytes, without a guard: it is not looked at any more");
	guard_works = false;
	ends(SESSION_EMPTY, STEPS("rB", "w"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; guard 10; w20; -1 ms; connected 20 s1; -v1 connected to the server, s1; "
	    GOES_ON("20"));
	begin("early bytes of a Unix socket, which cannot be reset");
	s.peer[CLIENT].addr.ss_family = AF_UNIX;
	ends(SESSION_EMPTY, STEPS("rB", "w"), "title session 7 c0; " TRIES("20", "s1", "r10; -1 ms; ")
	    "peek 10; w20; -1 ms; connected 20 s1; -v1 connected to the server, s1; " GOES_ON("20"));
	begin("SIGTERM: nothing more is tried");
	to[SERVER].n = 2;
	shown = false;
	ends(SESSION_DONE, STEPS("EINTR", "TERM"), BEGINS TRIES("20", "s1", "r10; -1 ms; ")
	    "w20; r10; -1 ms; close 20; -v2 s1: canceled; reset 10; "
	    "UNREACHED \"closed by signal\" code none; ");
}

/* Time */

static void
test_timeouts(void)
{
	begin("--connect-timeout is each address's own");
	to[SERVER].n = 2;
	opt.connect_ms = 3000;
	ends(SESSION_UNREACHED, STEPS("+1000", "t", "+2999", "+1"),
	    BEGINS TRIES("20", "s1", "r10; 3000 ms; ") "w20; r10; 2000 ms; close 20; -v2 s1: timeout; "
	    TRIES("21", "s2", "r10; 3000 ms; ") "w21; r10; 1 ms; close 21; -v2 s2: timeout; "
	    "reset 10; UNREACHED \"timeout\" code timeout; ");
	begin("of a millisecond");
	opt.connect_ms = 1;
	ends(SESSION_UNREACHED, STEPS("t"),
	    BEGINS TRIES("20", "s1", "r10; 1 ms; ") "close 20; -v2 s1: timeout; "
	    "reset 10; UNREACHED \"timeout\" code timeout; ");
	begin("a server that is there in time");
	opt.connect_ms = 50;
	ends(SESSION_EMPTY, STEPS("+49", "w"),
	    BEGINS TRIES("20", "s1", "r10; 50 ms; ") "w20; r10; 1 ms; connected 20 s1; "
	    "-v1 connected to the server, s1; " GOES_ON("20"));

	begin("a server that is there at the last moment");
	opt.connect_ms = 50;
	ends(SESSION_EMPTY, STEPS("tw"),
	    BEGINS TRIES("20", "s1", "r10; 50 ms; ") "connected 20 s1; "
	    "-v1 connected to the server, s1; " GOES_ON("20"));

	begin("a full queue: tried again every 20 ms");
	queue_full = 2;
	ends(SESSION_EMPTY, STEPS("t", "+19", "+1", "w"), BEGINS "-v2 trying s1; connect s1; r10; 20 ms; "
	    "connect s1; r10; 20 ms; r10; 1 ms; connect s1; w20; r10; -1 ms; connected 20 s1; "
	    "-v1 connected to the server, s1; " GOES_ON("20"));
	begin("a full queue, for longer than --connect-timeout");
	queue_full = 9;
	opt.connect_ms = 50;
	ends(SESSION_UNREACHED, STEPS("t", "t", "t"), BEGINS "-v2 trying s1; connect s1; r10; 20 ms; "
	    "connect s1; r10; 20 ms; connect s1; r10; 20 ms; -v2 s1: timeout; reset 10; "
	    "UNREACHED \"timeout\" code timeout; ");
	begin("a full queue, and the client leaves");
	queue_full = 9;
	ends(SESSION_DONE, STEPS("t", "rD"), BEGINS "-v2 trying s1; connect s1; r10; 20 ms; "
	    "connect s1; r10; 20 ms; peek 10; -v2 s1: aborted; reset 10; "
	    "UNREACHED \"reset by client\" code reset; ");
	begin("a full queue, and SIGTERM");
	queue_full = 9;
	ends(SESSION_DONE, STEPS("TERM"), BEGINS "-v2 trying s1; connect s1; r10; 20 ms; "
	    "-v2 s1: canceled; reset 10; UNREACHED \"closed by signal\" code none; ");
	begin("a full queue, nobody beside");
	s.fd[CLIENT] = -1;
	queue_full = 1;
	connects[0] = ENOENT;
	ends(SESSION_UNREACHED, STEPS("t"), "title session 7 c1; -v2 trying c1; connect c1; 20 ms; "
	    "connect c1; -v2 c1: no file; UNREACHED \"client: no file\" code no file; ");
}

/* What the relay tells */

static void
relay_talks(const struct relay *r, struct ending *e)
{
	struct chunk c = { .from = CLIENT, .data = (const unsigned char *)"hello", .len = 5, .shown = 5 };

	now_ms += 7;
	r->on_chunk(r->arg, &c);
	CHECK(last.chunk->data == c.data && last.open_us == 7000 && last.connect_us == 1000000 &&
	    last.time.tv_sec == 1001000 && last.time.tv_nsec == 7000000 && last.arrived.tv_sec == 5555, "the event of a chunk");
	c = (struct chunk){ .from = SERVER, .data = c.data, .len = 4, .shown = 4, .offset = 9 };
	r->on_chunk(r->arg, &c);
	c.len = c.shown = 3;
	r->on_chunk(r->arg, &c);
	r->on_idle(r->arg);
	r->on_end(r->arg, SERVER);
	r->on_end(r->arg, CLIENT);
	e->bytes[CLIENT] = 0;
	e->bytes[SERVER] = 3;
}

static void
relay_breaks(const struct relay *r, struct ending *e)
{
	(void)r;
	e->how = END_RESET;
	e->by = SERVER;
	e->error = EPIPE;
	e->bytes[CLIENT] = 5;
}

static void
relay_checks(const struct relay *r, struct ending *e)
{
	(void)e;
	CHECK(r->fd[CLIENT] == CLIENT_FD && r->fd[SERVER] == SERVER_FD && r->tcp[CLIENT] &&
	    !r->tcp[SERVER] && !r->dead[CLIENT] && r->dead[SERVER] && r->max_bytes == 12345 &&
	    r->idle_ms == 678, "%s", title);
}

static void
test_relay(void)
{
	begin("a talk");
	s.fd[SERVER] = SERVER_FD;
	relay_does = relay_talks;
	opt.snap = 3;
	nlosses = 1;
	ends(SESSION_DONE, NULL, "abortive 10 on; title session 7 c0; OPEN; relay 10 11; "
	    "DATA client 3 of 5 at 0; DATA server 3 of 4 at 9; DATA server 3 of 3 at 9; tidy; "
	    "END server; END client; CLOSE 0 3, 77 lost; ");
	CHECK(total.bytes[CLIENT] == 1005 && total.bytes[SERVER] == 2012, "%ju %ju",
	    total.bytes[CLIENT], total.bytes[SERVER]);
	begin("without --snap, logs, or totals");
	s.fd[SERVER] = SERVER_FD;
	s.total = NULL;
	logs.n = 0;
	relay_does = relay_breaks;
	ends(SESSION_DONE, NULL, "abortive 10 on; title session 7 c0; relay 10 11; ");
	begin("something breaks");
	s.fd[SERVER] = SERVER_FD;
	relay_does = relay_breaks;
	shown = false;
	ends(SESSION_DONE, NULL, "abortive 10 on; title session 7 c0; OPEN; relay 10 11; "
	    "ERROR \"server: pipe\" code pipe; said: session 7: client c0 server : server: pipe; "
	    "CLOSE 5 0, 0 lost; ");
	CHECK(total.bytes[CLIENT] == 1000 && total.bytes[SERVER] == 2000, "%ju %ju",
	    total.bytes[CLIENT], total.bytes[SERVER]);
	begin("what the relay gets");
	s.fd[SERVER] = SERVER_FD;
	s.peer[SERVER] = address[SERVER][0];
	s.peer[SERVER].addr.ss_family = AF_UNIX;
	s.dead[SERVER] = true;
	opt.max_bytes = 12345;
	opt.idle_ms = 678;
	opt.verbosity = 2;
	relay_does = relay_checks;
	ends(SESSION_EMPTY, NULL, "abortive 10 on; title session 7 c0; "
	    "-v2 socket 10 to the client, buffers 1000 bytes in, 1001 bytes out; "
	    "-v2 socket 11 to the server, buffers 1100 bytes in, 1101 bytes out; "
	    "OPEN; relay 10 11; CLOSE 0 0, 0 lost; ");
	begin("with -v once, nothing of sockets");
	s.fd[SERVER] = SERVER_FD;
	opt.verbosity = 1;
	ends(SESSION_EMPTY, NULL, "abortive 10 on; title session 7 c0; OPEN; relay 10 11; "
	    "CLOSE 0 0, 0 lost; ");
}

/* SIGUSR1 */

#define AT	"since 1970-01-01T01:32:35.000000+00:00 client c0 server s1; "

static void
relay_asked(const struct relay *r, struct ending *e)
{
	struct chunk c = { .from = CLIENT, .data = (const unsigned char *)"hello", .len = 5, .shown = 5 };

	(void)e;
	now_ms += 1000;
	signals_status = 1;
	r->on_status(r->arg, &(struct relay_state){ { 0, 0 }, { false, false } });
	CHECK(signals_status == 0 && total.answers == 1, "%s: %d, %ju", title, (int)signals_status,
	    total.answers);
	r->on_chunk(r->arg, &c);
	now_ms += 2001;
	r->on_status(r->arg, &(struct relay_state){ { 5, 0 }, { false, false } });
	CHECK(total.answers == 2 && total.bytes[CLIENT] == 1005 && total.bytes[SERVER] == 2000,
	    "%s: %ju, %ju, %ju", title, total.answers, total.bytes[CLIENT], total.bytes[SERVER]);
	r->on_status(r->arg, &(struct relay_state){ { 0, 0 }, { false, false } });
	c.from = SERVER;
	r->on_chunk(r->arg, &c);
	r->on_status(r->arg, &(struct relay_state){ { 0, 6 }, { false, false } });
	r->on_status(r->arg, &(struct relay_state){ { 0, 0 }, { false, false } });
	r->on_status(r->arg, &(struct relay_state){ { 0, 0 }, { true, false } });
	now_ms += 3;
	signals_status = 1;
	log_waits(log_arg, "x.log");
	CHECK(signals_status == 0, "%s: asked once", title);
	c.offset = 5;
	c.len = c.shown = 1;
	r->on_chunk(r->arg, &c);
}

static void
test_status(void)
{
	setenv("TZ", "UTC", 1);
	begin("how a session stands");
	s.fd[SERVER] = SERVER_FD;
	s.peer[SERVER] = address[SERVER][0];
	relay_does = relay_asked;
	ends(SESSION_EMPTY, NULL, "abortive 10 on; abortive 11 on; title session 7 c0; OPEN; relay 10 11; "
	    "-v0 waits for client or server, idle 1.000000 s, client 0 bytes, server 0 bytes, " AT
	    "DATA client 5 of 5 at 0; "
	    "-v0 waits for server to take 5 bytes, idle 2.001000 s, client 5 bytes, server 0 bytes, " AT
	    "-v0 waits for server, idle 2.001000 s, client 5 bytes, server 0 bytes, " AT
	    "DATA server 5 of 5 at 0; "
	    "-v0 waits for client to take 6 bytes, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for client, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for server, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for log x.log, idle 0.003000 s, client 5 bytes, server 5 bytes, " AT
	    "DATA server 1 of 1 at 5; CLOSE 0 0, 0 lost; ");
	CHECK(total.bytes[CLIENT] == 1005 && total.bytes[SERVER] == 2006 && total.answers == 7,
	    "each byte counts once: %ju, %ju, %ju", total.bytes[CLIENT], total.bytes[SERVER], total.answers);

	begin("without logs and totals");
	s.fd[SERVER] = SERVER_FD;
	s.peer[SERVER] = address[SERVER][0];
	logs.n = 0;
	relay_does = relay_asked;
	ends(SESSION_EMPTY, NULL, "abortive 10 on; abortive 11 on; title session 7 c0; relay 10 11; "
	    "-v0 waits for client or server, idle 1.000000 s, client 0 bytes, server 0 bytes, " AT
	    "-v0 waits for server to take 5 bytes, idle 2.001000 s, client 5 bytes, server 0 bytes, " AT
	    "-v0 waits for server, idle 2.001000 s, client 5 bytes, server 0 bytes, " AT
	    "-v0 waits for client to take 6 bytes, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for client, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for server, idle 0.000000 s, client 5 bytes, server 5 bytes, " AT
	    "-v0 waits for log x.log, idle 0.003000 s, client 5 bytes, server 5 bytes, " AT);

	begin("while it connects, asked twice");
	to[SERVER].n = 2;
	connects[0] = EHOSTUNREACH;
	s.total = NULL;
	ends(SESSION_EMPTY, STEPS("USR1", "+500", "USR1", "w"), BEGINS "-v2 trying s1; connect s1; "
	    "-v2 s1: no route; " TRIES("20", "s2", "r10; -1 ms; ")
	    "-v0 waits for server to be reached, idle 1.000000 s, client 0 bytes, server 0 bytes, "
	    "since 1970-01-01T01:32:35.000000+00:00 client c0 server s2; w20; r10; -1 ms; w20; r10; -1 ms; "
	    "-v0 waits for server to be reached, idle 1.500000 s, client 0 bytes, server 0 bytes, "
	    "since 1970-01-01T01:32:35.000000+00:00 client c0 server s2; w20; r10; -1 ms; "
	    "connected 20 s2; -v1 connected to the server, s2; " GOES_ON("20"));
	begin("-c");
	s.fd[CLIENT] = -1;
	strcpy(s.peer[CLIENT].text, "");
	connected[0] = ECONNREFUSED;
	ends(SESSION_UNREACHED, STEPS("USR1", "w"), "title session 7 c1; " TRIES("20", "c1", "-1 ms; ")
	    "-v0 waits for client to be reached, idle 1.000000 s, client 0 bytes, server 0 bytes, "
	    "since 1970-01-01T01:32:35.000000+00:00 client c1 server s1; w20; -1 ms; connected 20 c1; "
	    "close 20; -v2 c1: refused; UNREACHED \"client: refused\" code refused; ");
	CHECK(total.answers == 1, "%ju", total.answers);
}

/* Bytes to read at once, by what a log makes of each of them. */
static size_t	read_max;

static void
relay_read_max(const struct relay *r, struct ending *e)
{
	(void)e;
	read_max = r->read_max;
}

static void
test_read_size(void)
{
	static const struct { size_t growth, read_max; } cases[] = {
		{ 0, 1048576 }, { 1, 524288 }, { 2, 262144 }, { 3, 87381 }, { 4, 65536 },
	};
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		begin("read size");
		s.fd[SERVER] = SERVER_FD;
		growth = cases[i].growth;
		relay_does = relay_read_max;
		session_run(&s);
		CHECK(read_max == cases[i].read_max, "%zu: %zu", growth, read_max);
	}
}

/* Names */

/* In the helper that session_run() forks: until it has ended. */
static void
run_helper(void)
{
	if (setjmp(helper) == 0) {
		session_run(&s);
		CHECK(false, "the helper goes on");
	}
}

static void
test_names(void)
{
	static const struct {
		bool		 client, server;
		const char	*tells;
	} cases[] = {
		{ false, false, "" },
		{ true, false, "NAMES name-of-c0 name-of-s1; " },
		{ false, true, "NAMES name-of-c0 name-of-s1; " },
		{ true, true, "NAMES name-of-c0 name-of-s1; " },
	};
	char wanted[512];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		begin("in the helper");
		s.fd[SERVER] = SERVER_FD;
		s.peer[SERVER] = address[SERVER][0];
		s.names = helps = true;
		named[CLIENT] = cases[i].client;
		named[SERVER] = cases[i].server;
		run_helper();
		snprintf(wanted, sizeof(wanted), "abortive 10 on; abortive 11 on; title session 7 c0; OPEN; "
		    "fork for 7; title names of session 7 ; close 10; close 11; look up c0; look up s1; %s",
		    cases[i].tells);
		CHECK_TEXT(trace, wanted, title);
	}
	begin("in the session");
	s.fd[SERVER] = SERVER_FD;
	s.names = true;
	ends(SESSION_EMPTY, NULL, "abortive 10 on; title session 7 c0; OPEN; fork for 7; relay 10 11; "
	    "CLOSE 0 0, 0 lost; ");
}

static void
test_sandbox(void)
{
	static const struct {
		bool		 tcp[SIDES];
		int		 verbosity;
		const char	*does;
	} cases[] = {
		{ { false, false }, 1, "sandbox of 7" },
		{ { true, false }, 0, "guard ready; sandbox of 7" },
		{ { false, true }, 0, "guard ready; sandbox of 7" },
	};
	char wanted[512];
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		begin("when all is there");
		opt.no_sandbox = false;
		opt.verbosity = cases[i].verbosity;
		s.names = true;
		s.fd[SERVER] = SERVER_FD;
		s.peer[SERVER] = address[SERVER][0];
		s.peer[CLIENT].addr.ss_family = cases[i].tcp[CLIENT] ? AF_INET : AF_UNIX;
		s.peer[SERVER].addr.ss_family = cases[i].tcp[SERVER] ? AF_INET6 : AF_UNIX;
		snprintf(wanted, sizeof(wanted), "%s%stitle session 7 c0; OPEN; fork for 7; %s; relay 10 11; "
		    "CLOSE 0 0, 0 lost; ", cases[i].tcp[CLIENT] ? "abortive 10 on; " : "",
		    cases[i].tcp[SERVER] ? "abortive 11 on; " : "", cases[i].does);
		ends(SESSION_EMPTY, NULL, wanted);
	}
	begin("at -vv it is told");
	opt.no_sandbox = false;
	opt.verbosity = 2;
	s.fd[SERVER] = SERVER_FD;
	session_run(&s);
	CHECK(strstr(trace, "; OPEN; guard ready; sandbox of 7, told; relay ") != NULL, "%s", trace);
	begin("a session that reaches nobody keeps its rights for the short rest");
	opt.no_sandbox = false;
	connects[0] = ENOENT;
	session_run(&s);
	CHECK(strstr(trace, "sandbox") == NULL, "%s", trace);
}

int
main(void)
{
	alarm(30);
	test_reach();
	test_source();
	test_connects();
	test_meanwhile();
	test_timeouts();
	test_relay();
	test_status();
	test_read_size();
	test_names();
	test_sandbox();
	return unit_end();
}
