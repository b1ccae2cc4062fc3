/* soaker.c - random sessions, each known beforehand to both of its ends
 *
 * Everything about a session follows from the seed and its number, which the
 * client sends first: how much each side sends, in what portions, who ends it and
 * how. Each end checks what it gets; "check" compares what tcpreen has logged.
 *
 *	soaker SEED serve			prints its port; a process for each session
 *	soaker SEED run PORT SECONDS	eight sessions at a time; prints how many
 *	soaker SEED check FOLDER COUNT	cap-NNNN.client and .server, and log (json)
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define WORKERS	8
#define LEAST	8		/* bytes from the client: the session's number */
#define MOST	400000
#define LONG_MS	30000		/* nothing for so long: it hangs */

enum { CLIENT, SERVER };

static uint64_t	seed;

/* SplitMix64's finaliser: any number to one that looks like another. */
static uint64_t
mix(uint64_t x)
{
	x += 0x9e3779b97f4a7c15u;
	x = (x ^ x >> 30) * 0xbf58476d1ce4e5b9u;
	x = (x ^ x >> 27) * 0x94d049bb133111ebu;
	return x ^ x >> 31;
}

struct plan {
	uint64_t	id;
	size_t		size[2];	/* bytes that each side sends */
	size_t		portion[2];	/* of one send, at most */
	int		reset;		/* the side that resets once it has sent its bytes; -1 */
	int		waits;		/* the side that sends only after the other's end; -1 */
	int		slow;		/* the side that reads late; -1 */
};

/* 0 to most, small numbers more often. */
static size_t
some(uint64_t *x, size_t most)
{
	*x = mix(*x);
	return (size_t)(*x >> 8) % ((most >> (*x & 15)) + 1);
}

static struct plan
plan_of(uint64_t id)
{
	uint64_t x = mix(seed ^ mix(id));
	struct plan p = { .id = id };

	p.size[CLIENT] = LEAST + some(&x, MOST);
	p.size[SERVER] = some(&x, MOST);
	p.portion[CLIENT] = 1 + some(&x, 70000);
	p.portion[SERVER] = 1 + some(&x, 70000);
	p.reset = some(&x, 60000) % 5 == 1 ? (int)(x >> 20 & 1) : -1;
	p.waits = p.reset == -1 && (x >> 21 & 3) == 0 ? (int)(x >> 23 & 1) : -1;
	p.slow = (x >> 24 & 7) == 0 ? (int)(x >> 27 & 1) : -1;
	return p;
}

/* Byte i of what a side of a session sends. */
static unsigned char
byte_of(uint64_t id, int side, size_t i)
{
	if (side == CLIENT && i < LEAST)
		return (unsigned char)(id >> 8 * i);
	return (unsigned char)(mix((seed ^ (id * 2 + (uint64_t)side)) + (i >> 3)) >> 8 * (i & 7));
}

static void	fail(const struct plan *p, const char *fmt, ...) __attribute__((format(printf, 2, 3), noreturn));

static void
fail(const struct plan *p, const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "soaker: seed %ju, session %ju: ", (uintmax_t)seed, (uintmax_t)p->id);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void
check_bytes(const struct plan *p, int side, size_t at, const unsigned char *data, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (data[i] != byte_of(p->id, side, at + i))
			fail(p, "byte %zu of side %d is wrong", at + i, side);
}

/* Sends one portion; at goes on. False: the other side has reset, and this call was told. */
static bool
send_some(const struct plan *p, int side, int fd, size_t *at)
{
	static unsigned char out[70001];
	size_t i, n = p->size[side] - *at;
	ssize_t done;

	if (n > p->portion[side])
		n = p->portion[side];
	if (side == CLIENT && *at < LEAST)	/* the number alone: who waits says no more */
		n = LEAST - *at;
	for (i = 0; i < n; i++)
		out[i] = byte_of(p->id, side, *at + i);
	done = n > 0 ? send(fd, out, n, MSG_NOSIGNAL | MSG_DONTWAIT) : 0;
	if (done == -1 && errno != EAGAIN && errno != EINTR) {
		if (p->reset != !side)
			fail(p, "side %d: send: %s", side, strerror(errno));
		return false;
	}
	*at += done > 0 ? (size_t)done : 0;
	return true;
}

/* The other side's stream is over, after n bytes: as it should be? */
static void
check_end(const struct plan *p, int side, size_t n, int error)
{
	bool reset = p->reset == !side;

	if (error != 0 && !reset && p->reset != side)
		fail(p, "side %d: after %zu bytes: %s", side, n, strerror(error));
	if (error == 0 && reset)
		fail(p, "side %d: an end after %zu bytes, not a reset", side, n);
	if (error == 0 && n != p->size[!side])
		fail(p, "side %d: got %zu of %zu bytes", side, n, p->size[!side]);
}

/* One end of a session, whose first bytes have been received already. */
static void
converse(const struct plan *p, int side, int fd, size_t received)
{
	static unsigned char in[65536];
	struct linger now = { 1, 0 };
	struct pollfd w = { .fd = fd };
	bool sending = true, ended = false;
	size_t sent = 0;
	ssize_t n;

	if (p->slow == side)
		poll(NULL, 0, 50);
	while (sending || !ended) {
		bool may = sending && (p->waits != side || ended ||
		    (side == CLIENT && sent < LEAST));

		if (may && sent == p->size[side]) {
			if (p->reset == side) {
				setsockopt(fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
				break;
			}
			if (shutdown(fd, SHUT_WR) == -1 && p->reset != !side)
				fail(p, "side %d: shutdown: %s", side, strerror(errno));
			sending = false;
			continue;
		}
		w.events = (short)((ended ? 0 : POLLIN) | (may ? POLLOUT : 0));
		if (poll(&w, 1, LONG_MS) <= 0)
			fail(p, "side %d hangs: sent %zu, got %zu", side, sent, received);
		if (!ended && w.revents & (POLLIN | POLLHUP | POLLERR)) {
			n = recv(fd, in, sizeof(in), MSG_DONTWAIT);
			if (n > 0)
				check_bytes(p, !side, received, in, (size_t)n);
			if (n == 0 || (n == -1 && errno != EAGAIN && errno != EINTR)) {
				check_end(p, side, received, n == 0 ? 0 : errno);
				ended = true;
				if (n == -1)
					break;
			}
			received += n > 0 ? (size_t)n : 0;
		}
		if (may && w.revents & (POLLOUT | POLLERR) && !send_some(p, side, fd, &sent))
			break;
	}
	close(fd);
}

static void
serve(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd, listening = socket(AF_INET, SOCK_STREAM, 0);
	socklen_t len = sizeof(in);
	unsigned char first[LEAST];
	struct plan p = { 0 };
	uint64_t id = 0;
	int i;

	signal(SIGCHLD, SIG_IGN);
	if (bind(listening, (struct sockaddr *)&in, sizeof(in)) == -1 ||
	    listen(listening, 1000) == -1 || getsockname(listening, (struct sockaddr *)&in, &len) == -1)
		fail(&p, "listen: %s", strerror(errno));
	printf("%d\n", ntohs(in.sin_port));
	fflush(stdout);
	for (;;) {
		if ((fd = accept(listening, NULL, NULL)) == -1 || fork() != 0) {
			close(fd);
			continue;
		}
		if (recv(fd, first, sizeof(first), MSG_WAITALL) != (ssize_t)sizeof(first))
			_exit(0);	/* reset before it had said who it is */
		for (i = 0; i < LEAST; i++)
			id |= (uint64_t)first[i] << 8 * i;
		p = plan_of(id);
		converse(&p, SERVER, fd, LEAST);
		_exit(0);
	}
}

static long
work(int port, int worker, double seconds)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((in_port_t)port),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	time_t end = time(NULL) + (time_t)seconds;
	struct plan p;
	long n;
	int fd;

	for (n = 0; time(NULL) < end; n++) {
		p = plan_of((uint64_t)n * WORKERS + (uint64_t)worker);
		fd = socket(AF_INET, SOCK_STREAM, 0);
		if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1)
			fail(&p, "connect: %s", strerror(errno));
		converse(&p, CLIENT, fd, 0);
	}
	return n;
}

static int
run(int port, double seconds)
{
	int ends[2], i, status, bad = pipe(ends);
	long n, all = 0;

	for (i = 0; i < WORKERS; i++)
		if (fork() == 0) {
			n = work(port, i, seconds);
			_exit(write(ends[1], &n, sizeof(n)) != (ssize_t)sizeof(n));
		}
	for (i = 0; i < WORKERS; i++) {
		if (wait(&status) == -1 || status != 0)
			bad = 1;
		else if (read(ends[0], &n, sizeof(n)) == (ssize_t)sizeof(n))
			all += n;
	}
	printf("%ld\n", all);
	return bad;
}

/* The bytes of one direction, as logged: the right ones. Returns how many. */
static size_t
check_file(const char *folder, long number, int side, struct plan *p)
{
	static unsigned char data[MOST + LEAST + 1];
	char path[4096];
	size_t n, i;
	FILE *f;

	snprintf(path, sizeof(path), "%s/cap-%04ld.%s", folder, number, side ? "server" : "client");
	if ((f = fopen(path, "r")) == NULL)
		fail(p, "%s: %s", path, strerror(errno));
	n = fread(data, 1, sizeof(data), f);
	fclose(f);
	if (side == CLIENT && n >= LEAST) {
		p->id = 0;
		for (i = 0; i < LEAST; i++)
			p->id |= (uint64_t)data[i] << 8 * i;
		*p = plan_of(p->id);
	}
	check_bytes(p, side, 0, data, n);
	return n;
}

/* A line of the log that closes a session, against the plan and the files. */
static void
check_close(const char *folder, const char *line)
{
	const char *at = strstr(line, "\"session\":"), *reason = strstr(line, "\"reason\":\"");
	const char *bytes = strstr(line, "\"bytes\":{");
	struct plan p = { .reset = -1 };
	char want[40];
	size_t logged[2], kept[2];
	long number;

	if (at == NULL || reason == NULL || sscanf(at, "\"session\":%ld", &number) != 1 ||
	    bytes == NULL || sscanf(bytes, "\"bytes\":{\"client\":%zu,\"server\":%zu}",
	    &logged[CLIENT], &logged[SERVER]) != 2)
		fail(&p, "not a line of ours: %s", line);
	kept[CLIENT] = check_file(folder, number, CLIENT, &p);
	if (kept[CLIENT] < LEAST)	/* reset before it had said who it is */
		return;
	kept[SERVER] = check_file(folder, number, SERVER, &p);
	if (kept[CLIENT] != logged[CLIENT] || kept[SERVER] != logged[SERVER])
		fail(&p, "number %ld: %zu and %zu bytes in the files, %zu and %zu in the log", number,
		    kept[CLIENT], kept[SERVER], logged[CLIENT], logged[SERVER]);
	if (p.reset == -1 && (logged[CLIENT] != p.size[CLIENT] || logged[SERVER] != p.size[SERVER]))
		fail(&p, "number %ld: counts: %s", number, line);
	if (p.reset == -1 && p.waits == -1)
		return;			/* either may have ended first */
	snprintf(want, sizeof(want), "\"%s\",\"by\":\"%s\"", p.reset != -1 ? "reset" : "closed",
	    (p.reset != -1 ? p.reset : !p.waits) ? "server" : "client");
	if (strncmp(reason + 9, want, strlen(want)) != 0)
		fail(&p, "number %ld: %s expected: %s", number, want, line);
}

static int
check(const char *folder, long count)
{
	struct plan p = { 0 };
	char path[4096], line[4096];
	long closes = 0;
	FILE *f;

	snprintf(path, sizeof(path), "%s/log", folder);
	if ((f = fopen(path, "r")) == NULL)
		fail(&p, "%s: %s", path, strerror(errno));
	while (fgets(line, sizeof(line), f) != NULL)
		if (strstr(line, "\"event\":\"close\"") != NULL) {
			check_close(folder, line);
			closes++;
		}
	fclose(f);
	if (closes != count)
		fail(&p, "%ld sessions, %ld of them closed in the log", count, closes);
	return 0;
}

int
main(int argc, char *argv[])
{
	const char *mode = argc > 2 ? argv[2] : "";

	seed = argc > 1 ? strtoull(argv[1], NULL, 10) : 0;
	if (strcmp(mode, "serve") == 0)
		serve();
	if (strcmp(mode, "run") == 0 && argc == 5)
		return run(atoi(argv[3]), atof(argv[4]));
	if (strcmp(mode, "check") == 0 && argc == 5)
		return check(argv[3], atol(argv[4]));
	fputs("usage: soaker SEED serve | run PORT SECONDS | check FOLDER COUNT\n", stderr);
	return 2;
}
