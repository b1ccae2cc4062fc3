/* test-relay.c - how a conversation goes and ends on one side is how it does on the other
 *
 * Each case is a process that runs the relay between two of this one's sockets;
 * what its callbacks saw is written to shared memory. No test waits for a time: what
 * the relay waits for, and how long, is in test-bridge.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay.h"
#include "signals.h"
#include "sock.h"
#include "unit.h"

#define MESSAGE		10000	/* less than a flow's first read: no buffer of its own */
#define PATIENCE	60	/* seconds; then SIGALRM ends the test */
#define LOOKS		4096	/* of events kept */

#define SUM(e)		((e).undelivered[CLIENT] + (e).undelivered[SERVER])

/* What the relay's process saw. */
static struct {
	struct ending	e;
	char		events[LOOKS];	/* "c5 s2 C S ": bytes, urgent ones as c!1, ends */
	bool		misplaced;	/* an offset that was not the sum of what came before */
	uintmax_t	bytes[SIDES];
} *seen;

static pid_t	child;
static int	end[SIDES];		/* ours: what the peers hold */
static int	relays[SIDES];		/* the relay's, to look at until let_go() */
static bool	is_tcp[SIDES];
static const char *title;

static void
saw(void *arg, const struct chunk *c)
{
	size_t len = strlen(seen->events);

	(void)arg;
	seen->misplaced = seen->misplaced || c->offset != seen->bytes[c->from];
	seen->bytes[c->from] += c->len;
	if (len < LOOKS - 32)
		sprintf(seen->events + len, "%c%s%zu ", "cs"[c->from], c->urgent ? "!" : "", c->len);
}

static void
saw_end(void *arg, enum side from)
{
	(void)arg;
	strcat(seen->events, from == CLIENT ? "C " : "S ");
}

static void
saw_idle(void *arg)
{
	(void)arg;
}

/* A connection; fd[0] is the peer's, fd[1] the relay's. */
static void
connection(bool tcp, int fd[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int l, on = 1;

	if (!tcp) {
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
			exit(1);
	} else if ((l = socket(AF_INET, SOCK_STREAM, 0)) == -1 || listen(l, 1) == -1 ||
	    getsockname(l, (struct sockaddr *)&a, &len) == -1 ||
	    (fd[0] = socket(AF_INET, SOCK_STREAM, 0)) == -1 ||
	    connect(fd[0], (struct sockaddr *)&a, len) == -1 || (fd[1] = accept(l, NULL, NULL)) == -1) {
		exit(1);
	} else {
		close(l);
		setsockopt(fd[1], SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	}
	fcntl(fd[1], F_SETFL, O_NONBLOCK);
}

/* Gives the relay its sockets alone: from now on it can close them. */
static void
let_go(void)
{
	close(relays[CLIENT]);
	close(relays[SERVER]);
}

/* Begins a case, with a look at the relay's sockets; special: what is not as usual. */
static void
begin_watched(const char *what, const struct relay *special, bool client_tcp, bool server_tcp)
{
	struct relay r = *special;
	int client[2], server[2];

	title = what;
	memset(seen, 0, sizeof(*seen));
	connection(client_tcp, client);
	connection(server_tcp, server);
	end[CLIENT] = client[0];
	end[SERVER] = server[0];
	r.fd[CLIENT] = client[1];
	r.fd[SERVER] = server[1];
	r.tcp[CLIENT] = client_tcp;
	r.tcp[SERVER] = server_tcp;
	r.read_max = RELAY_MOST;
	r.on_chunk = saw;
	r.on_end = saw_end;
	r.on_idle = saw_idle;
	if ((child = fork()) == 0) {
		close(end[CLIENT]);
		close(end[SERVER]);
		alarm(PATIENCE);
		sock_abortive(r.fd[CLIENT], true);
		sock_abortive(r.fd[SERVER], true);
		relay_run(&r, &seen->e);
		_exit(recv(r.fd[CLIENT], NULL, 0, 0) != -1 || recv(r.fd[SERVER], NULL, 0, 0) != -1);
	}
	is_tcp[CLIENT] = client_tcp;
	is_tcp[SERVER] = server_tcp;
	relays[CLIENT] = client[1];
	relays[SERVER] = server[1];
}

static void
begin(const char *what, const struct relay *special, bool client_tcp, bool server_tcp)
{
	begin_watched(what, special, client_tcp, server_tcp);
	let_go();
}

static const struct relay plain;

static void
say(enum side s, const char *text)
{
	CHECK(send(end[s], text, strlen(text), MSG_NOSIGNAL) == (ssize_t)strlen(text), "%s: %s: %s",
	    title, SIDE_NAME(s), strerror(errno));
}

static void
hear(enum side s, const char *text)
{
	char got[256];
	ssize_t n = recv(end[s], got, strlen(text), MSG_WAITALL);

	CHECK_BYTES(got, n > 0 ? (size_t)n : 0, text, strlen(text), title);
}

/* Reads to the end; error: as which it must come, 0 for an orderly one. Returns the bytes. */
static size_t
hear_end(enum side s, int error)
{
	char got[65536];
	size_t sum = 0;
	ssize_t n;

	while ((n = recv(end[s], got, sizeof(got), 0)) > 0)
		sum += (size_t)n;
	n = n == 0 ? 0 : errno;
	CHECK(n == error, "%s: %s ends with: %s, not: %s", title, SIDE_NAME(s), strerror((int)n),
	    strerror(error));
	return sum;
}

/* A reset of one who had heard the end already. */
static void
hear_late_reset(enum side s)
{
	struct pollfd p = { .fd = end[s] };
	int error = 0;
	socklen_t len = sizeof(error);

	poll(&p, 1, -1);
	getsockopt(end[s], SOL_SOCKET, SO_ERROR, &error, &len);
	CHECK(error == EPIPE || error == ECONNRESET, "%s: %s: %s", title, SIDE_NAME(s),
	    strerror(error));
}

static void
reset(enum side s)
{
	sock_reset(end[s]);
	end[s] = -1;
}

/* The close of both ends, and how the relay says that it ended; events "": not looked at. */
static void
over(enum ending_how how, enum side by, const char *events)
{
	int status;

	CHECK(waitpid(child, &status, 0) == child && status == 0, "%s: status %d", title, status);
	CHECK(seen->e.how == how && seen->e.by == by, "%s: %d by %d", title, seen->e.how,
	    seen->e.by);
	CHECK(seen->e.time.tv_sec > 0, "%s: no time", title);
	CHECK(!seen->misplaced, "%s: offsets", title);
	CHECK(seen->e.bytes[CLIENT] == seen->bytes[CLIENT] && seen->e.bytes[SERVER] ==
	    seen->bytes[SERVER], "%s: counted %ju %ju", title, seen->e.bytes[CLIENT],
	    seen->e.bytes[SERVER]);
	if (*events != '\0')
		CHECK_TEXT(seen->events, events, title);
	if (end[CLIENT] != -1)
		close(end[CLIENT]);
	if (end[SERVER] != -1)
		close(end[SERVER]);
}

static void
check_orderly(enum side s, bool tcp)
{
	enum side o = OTHER(s);

	begin("half-close", &plain, tcp, tcp);
	say(s, "hello");
	hear(o, "hello");
	say(o, "hi");
	hear(s, "hi");
	shutdown(end[s], SHUT_WR);
	hear_end(o, 0);
	say(o, "the rest");
	hear(s, "the rest");
	shutdown(end[o], SHUT_WR);
	hear_end(s, 0);
	over(END_CLOSED, s, s == CLIENT ? "c5 s2 C s8 S " : "s5 c2 S c8 C ");
	CHECK(SUM(seen->e) == 0 && seen->e.error == 0, "%ju lost", SUM(seen->e));
}

static void
check_resets(enum side s)
{
	enum side o = OTHER(s);

	begin("reset", &plain, true, true);
	say(s, "hello");
	hear(o, "hello");
	reset(s);
	hear_end(o, ECONNRESET);
	over(END_RESET, s, s == CLIENT ? "c5 " : "s5 ");
	CHECK(seen->e.error == 0, "%s: error %d", title, seen->e.error);

#ifdef HAVE_EPOLL_CREATE1		/* elsewhere it would show at the next write */
	begin("reset after the end of the stream", &plain, true, true);
	say(s, "hello");
	shutdown(end[s], SHUT_WR);
	hear(o, "hello");
	hear_end(o, 0);
	reset(s);
	over(END_RESET, s, s == CLIENT ? "c5 C " : "s5 S ");

#endif
	begin("reset by one whose partner has ended", &plain, true, true);
	shutdown(end[o], SHUT_WR);
	hear_end(s, 0);
	reset(s);
	hear_end(o, ECONNRESET);
	over(END_RESET, s, o == CLIENT ? "C " : "S ");
}

/* A session that ends for reasons of its own is a reset, but of a side whose partner has ended. */
static void
check_limit(void)
{
	struct relay r = { .max_bytes = 10 };

	begin("limit", &r, true, true);
	say(CLIENT, "hello");
	hear(SERVER, "hello");
	say(SERVER, "12345");
	hear(CLIENT, "12345");
	say(CLIENT, "x");
	hear(SERVER, "x");
	hear_end(SERVER, ECONNRESET);
	hear_end(CLIENT, ECONNRESET);
	over(END_LIMIT, CLIENT, "c5 s5 c1 ");
	begin("limit, after the client's end", &r, true, true);
	shutdown(end[CLIENT], SHUT_WR);
	hear_end(SERVER, 0);
	say(SERVER, "12345678901");
	hear(CLIENT, "12345678901");
	hear_end(CLIENT, ECONNRESET);
	hear_end(SERVER, 0);
	over(END_LIMIT, CLIENT, "C s11 ");
	begin("limit, after the server's end", &r, true, true);
	shutdown(end[SERVER], SHUT_WR);
	hear_end(CLIENT, 0);
	say(CLIENT, "12345678901");
	hear(SERVER, "12345678901");
	hear_end(SERVER, ECONNRESET);
	hear_end(CLIENT, 0);
	over(END_LIMIT, SERVER, "S c11 ");
}

static void
check_timeout(void)
{
	struct relay r = { .idle_ms = 20 };

	begin("timeout", &r, true, true);
	hear_end(SERVER, ECONNRESET);
	hear_end(CLIENT, ECONNRESET);
	over(END_TIMEOUT, CLIENT, "");
}

static void
check_signals(void)
{
	begin("signal", &plain, true, true);
	say(CLIENT, "hello");
	hear(SERVER, "hello");
	kill(child, SIGTERM);
	hear_end(CLIENT, ECONNRESET);
	hear_end(SERVER, ECONNRESET);
	over(END_SIGNAL, CLIENT, "c5 ");
	begin("signal, after the client's end", &plain, true, true);
	shutdown(end[CLIENT], SHUT_WR);
	hear_end(SERVER, 0);
	kill(child, SIGTERM);
	hear_end(CLIENT, ECONNRESET);
	hear_end(SERVER, 0);
	over(END_SIGNAL, CLIENT, "C ");
}

/* The end of the process is no end of the streams. */
static void
check_crash(void)
{
	int status;

	begin("crash", &plain, true, true);
	say(CLIENT, "hello");
	hear(SERVER, "hello");
	kill(child, SIGKILL);
	hear_end(CLIENT, ECONNRESET);
	hear_end(SERVER, ECONNRESET);
	waitpid(child, &status, 0);
	close(end[CLIENT]);
	close(end[SERVER]);
}

/* Between two looks at something that will come. */
static void
look_again(void)
{
	poll(NULL, 0, 1);
}

/* What the system holds for a side: what has come to it, and what the relay's socket has yet. */
static size_t
in_system(enum side s)
{
	int there = 0, unsent = 0;

	ioctl(end[s], FIONREAD, &there);
#ifdef __linux__
	if (is_tcp[s])
		ioctl(relays[s], TIOCOUTQ, &unsent);
#endif
	return (size_t)there + (size_t)unsent;
}

/*
 * A side sends until some of it waits in the relay, which has read more than the other
 * side's system has. Returns how many bytes it has sent.
 */
static size_t
fill(enum side from)
{
	static const char junk[4096];
	size_t sent = 0, taken;
	ssize_t n;

	do {
		while ((n = send(end[from], junk, sizeof(junk), MSG_DONTWAIT | MSG_NOSIGNAL)) > 0)
			sent += (size_t)n;
		look_again();
		taken = seen->bytes[from];	/* as it was before the system is asked */
	} while (taken <= in_system(OTHER(from)));
	return sent;
}

static void
check_back_pressure(bool tcp)
{
	size_t sent;

	begin_watched("back-pressure", &plain, tcp, tcp);
	sent = fill(CLIENT);
	let_go();
	CHECK(sent > 100000 && sent < 40000000, "%zu bytes", sent);
	say(SERVER, "hello");
	hear(CLIENT, "hello");
	shutdown(end[CLIENT], SHUT_WR);
	CHECK(hear_end(SERVER, 0) == sent, "%s: not all", title);
	shutdown(end[SERVER], SHUT_WR);
	hear_end(CLIENT, 0);
	over(END_CLOSED, CLIENT, "");
	CHECK(SUM(seen->e) == 0 && seen->e.bytes[CLIENT] == sent, "%ju lost", SUM(seen->e));
}

/*
 * What never arrives is counted. How much the client's system had when it reset is known
 * to the system alone; it is no more than its buffers hold. To the byte: test-bridge.
 */
static void
check_undelivered(bool orderly)
{
	int small = 4096;
	uintmax_t lost;
	size_t sent;

	begin_watched(orderly ? "lost after the end" : "lost", &plain, true, true);
	setsockopt(end[CLIENT], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	if (orderly)
		shutdown(end[CLIENT], SHUT_WR);
	sent = fill(SERVER);
	let_go();
	reset(CLIENT);
	if (orderly)
		hear_late_reset(SERVER);
	else
		hear_end(SERVER, ECONNRESET);
	over(END_RESET, CLIENT, "");
	lost = seen->e.undelivered[SERVER];
#ifdef HAVE_UNACKNOWLEDGED
	CHECK(lost + 131072 >= seen->e.bytes[SERVER], "%s: %ju of %ju lost", title, lost,
	    seen->e.bytes[SERVER]);
#endif
	CHECK(seen->e.bytes[SERVER] <= sent && lost <= seen->e.bytes[SERVER] && lost > 0 &&
	    seen->e.undelivered[CLIENT] == 0,
	    "%s: %zu sent, %ju read, %ju %ju lost", title, sent, seen->e.bytes[SERVER], lost,
	    seen->e.undelivered[CLIENT]);
}

#if defined(HAVE_UNACKNOWLEDGED) && defined(__linux__)

/* As much as the system takes, then both ends: only the system has it, and it is lost there. */
static void
check_lost_by_system(void)
{
	static char some[100000];
	int there, small = 4096, big = 400000;
	size_t arrived;

	begin_watched("lost by the system", &plain, true, true);
	setsockopt(end[CLIENT], SOL_SOCKET, SO_RCVBUF, &small, sizeof(small));
	setsockopt(relays[CLIENT], SOL_SOCKET, SO_SNDBUF, &big, sizeof(big));
	CHECK(send(end[SERVER], some, sizeof(some), 0) == (ssize_t)sizeof(some), "%s: send", title);
	shutdown(end[SERVER], SHUT_WR);
	shutdown(end[CLIENT], SHUT_WR);
	hear_end(SERVER, 0);
	/* The end of the stream counts as a byte. What is in flight counts twice. */
	while (seen->bytes[SERVER] < sizeof(some) || in_system(CLIENT) != sizeof(some) + 1)
		look_again();
	ioctl(end[CLIENT], FIONREAD, &there);
	CHECK(waitpid(child, NULL, WNOHANG) == 0, "%s: has ended before all was there", title);
	let_go();
	reset(CLIENT);
	waitpid(child, NULL, 0);
	arrived = sizeof(some) - (size_t)seen->e.undelivered[SERVER];
	CHECK(seen->e.bytes[SERVER] == sizeof(some) && arrived >= (size_t)there &&
	    arrived < sizeof(some), "%s: %ju read, %d there, %ju lost", title,
	    seen->e.bytes[SERVER], there, seen->e.undelivered[SERVER]);
	close(end[SERVER]);
}

#endif

/* Two dead sides keep nobody waiting. */
static void
check_dead(void)
{
	begin_watched("both dead", &plain, true, true);
	fill(CLIENT);
	let_go();
	kill(child, SIGSTOP);
	waitpid(child, NULL, WUNTRACED);
	reset(CLIENT);
	reset(SERVER);
	kill(child, SIGCONT);
	waitpid(child, NULL, 0);
	CHECK(seen->e.how == END_RESET, "%s: %d", title, seen->e.how);

#ifdef HAVE_EPOLL_CREATE1
	begin_watched("one resets, the other does a moment later", &plain, true, true);
	fill(CLIENT);
	let_go();
	reset(CLIENT);
	while (seen->e.how != END_RESET)	/* now what is there waits for the server */
		look_again();
	reset(SERVER);
	waitpid(child, NULL, 0);
	CHECK(seen->e.how == END_RESET && seen->e.undelivered[CLIENT] > 0, "%s: %d, %ju lost",
	    title, seen->e.how, seen->e.undelivered[CLIENT]);
#endif
}

/* A side that takes nothing more may still have something to say. */
static void
check_refused(enum side s)
{
	enum side o = OTHER(s);

	begin("takes nothing", &plain, true, true);
	reset(CLIENT);
	reset(SERVER);
	waitpid(child, NULL, 0);
	begin("takes nothing", &plain, s != CLIENT, s != SERVER);
	shutdown(end[s], SHUT_RD);
	say(o, "lost");
	say(o, " too");
	while (seen->bytes[o] < 8)
		look_again();
	say(s, "the answer");
	shutdown(end[s], SHUT_WR);
	hear(o, "the answer");
	hear_end(o, 0);
	shutdown(end[o], SHUT_WR);
	over(END_CLOSED, s, "");
	CHECK(seen->e.undelivered[o] == 8 && seen->e.undelivered[s] == 0, "%ju lost",
	    seen->e.undelivered[o]);

	begin("takes nothing, has said all", &plain, s != CLIENT, s != SERVER);
	close(end[s]);
	end[s] = -1;
	hear_end(o, 0);
	say(o, "lost");
	hear_late_reset(o);
	over(END_RESET, s, "");
	CHECK(seen->e.undelivered[o] == 4, "%ju lost", seen->e.undelivered[o]);
}

static void
check_urgent(enum side s)
{
	enum side o = OTHER(s);
	int on = 1;

	begin("urgent", &plain, true, true);
	setsockopt(end[o], SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	say(s, "ab");
	hear(o, "ab");
	CHECK(send(end[s], "!", 1, MSG_OOB) == 1, "send");
	while (sockatmark(end[o]) != 1 || recv(end[o], &on, 1, MSG_PEEK | MSG_DONTWAIT) != 1)
		look_again();
	hear(o, "!");
	say(s, "cd");
	hear(o, "cd");
	shutdown(end[s], SHUT_WR);
	hear_end(o, 0);
	shutdown(end[o], SHUT_WR);
	hear_end(s, 0);
	over(END_CLOSED, s, "");
	CHECK(strncmp(seen->events, s == CLIENT ? "c2 c!1 c2 C S " : "s2 s!1 s2 S C ", 9) == 0,
	    "%s", seen->events);
}

/* Reads n bytes, of which all must be c, unless that is 0. */
static void
expect(int fd, size_t n, char c, const char *what)
{
	size_t i, got_all = 0, wrong = 0;
	char bytes[4096];
	ssize_t got;

	while (got_all < n && (got = recv(fd, bytes, n - got_all < sizeof(bytes) ? n - got_all :
	    sizeof(bytes), 0)) > 0)
		for (i = 0; i < (size_t)got; i++, got_all++)
			wrong += c != 0 && bytes[i] != c;
	CHECK(got_all == n && wrong == 0, "%s: %zu of %zu bytes, %zu of them wrong", what, got_all, n,
	    wrong);
}

/* What waits for one side stays as it is while the other is served from the same buffer. */
static void
check_keep(void)
{
	char from_client[MESSAGE], from_server[MESSAGE];
	size_t junk;

	memset(from_client, 'c', MESSAGE);
	memset(from_server, 's', MESSAGE);
	begin_watched("kept", &plain, false, false);
	junk = fill(CLIENT);
	let_go();
	CHECK(send(end[SERVER], from_server, MESSAGE, 0) == MESSAGE, "server");
	expect(end[CLIENT], MESSAGE, 's', "the server's, past what waits");
	expect(end[SERVER], junk, 0, "what was there before");
	CHECK(send(end[CLIENT], from_client, MESSAGE, 0) == MESSAGE, "client");
	expect(end[SERVER], MESSAGE, 'c', "the client's, which came after");
	shutdown(end[CLIENT], SHUT_WR);
	shutdown(end[SERVER], SHUT_WR);
	over(END_CLOSED, CLIENT, "");
}

int
main(void)
{
	enum side s;

	alarm(PATIENCE);
	seen = mmap(NULL, sizeof(*seen), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (seen == MAP_FAILED)
		return 1;
	signals_catch(false);
	signal(SIGALRM, SIG_DFL);
	signals_block();
	for (s = CLIENT; s < SIDES; s++) {
		check_orderly(s, true);
		check_orderly(s, false);
		check_resets(s);
		check_refused(s);
		check_urgent(s);
	}
	check_limit();
	check_timeout();
	check_signals();
	check_crash();
	check_back_pressure(true);
	check_back_pressure(false);
	check_undelivered(false);
	check_undelivered(true);
#if defined(HAVE_UNACKNOWLEDGED) && defined(__linux__)
	check_lost_by_system();
#endif
	check_dead();
	check_keep();
	return unit_end();
}
