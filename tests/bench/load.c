/* load.c - the load of make bench: a server, its clients, and the formats alone
 *
 * Linux only (epoll, /proc). Each mode prints one line: a number, or two or three.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/epoll.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <dirent.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "format.h"

#define BLOCK	(256 << 10)
#define MESSAGE	64
#define MIB	(1 << 20)

static char	block[BLOCK];

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
must(int so, const char *what)
{
	if (so)
		return;
	perror(what);
	exit(1);
}

static int
listener(int *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(in);
	int fd = socket(AF_INET, SOCK_STREAM, 0);

	must(bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0, "bind");
	must(listen(fd, 4096) == 0, "listen");
	getsockname(fd, (struct sockaddr *)&in, &len);
	*port = ntohs(in.sin_port);
	return fd;
}

/* Connects; -1 when nobody listens. */
static int
connected(const char *port)
{
	struct sockaddr_in in = { .sin_family = AF_INET, .sin_port = htons((in_port_t)atoi(port)),
	    .sin_addr = { htonl(INADDR_LOOPBACK) } };
	int fd = socket(AF_INET, SOCK_STREAM, 0), on = 1;

	must(fd != -1, "socket");
	if (connect(fd, (struct sockaddr *)&in, sizeof(in)) == -1) {
		close(fd);
		return -1;
	}
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	return fd;
}

/* A connection of the server's. */
struct served {
	char		mode;		/* 0: nothing yet */
	long long	left;		/* S: bytes to come before the answer */
};

/* One that begins with S and a number of MiB is drained, then answered; another echoed. */
static void
serve_one(int poll, int fd, struct served *s)
{
	ssize_t n = recv(fd, block, sizeof(block), 0);
	int on = 1;

	if (n > 0 && s->mode == 0) {
		s->mode = block[0] == 'S' ? 'S' : 'E';
		s->left = n > 9 ? atoll(block + 1) * MIB : 0;
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	}
	if (n > 0 && s->mode == 'E' && send(fd, block, (size_t)n, MSG_NOSIGNAL) == n)
		return;
	if (n > 0 && s->mode == 'S') {
		s->left -= n;
		if (s->left == 0)
			send(fd, "k", 1, MSG_NOSIGNAL);
		return;
	}
	s->mode = 0;
	epoll_ctl(poll, EPOLL_CTL_DEL, fd, NULL);
	close(fd);
}

static void
serve(void)
{
	struct epoll_event ev = { .events = EPOLLIN }, got[64];
	int port, i, n, fd, poll = epoll_create1(0), listening = listener(&port);
	struct served *served = calloc(MIB, sizeof(*served));

	must(served != NULL, "memory");
	ev.data.fd = listening;
	epoll_ctl(poll, EPOLL_CTL_ADD, listening, &ev);
	printf("%d\n", port);
	fflush(stdout);
	for (;;) {
		n = epoll_wait(poll, got, 64, -1);
		for (i = 0; i < n; i++) {
			if (got[i].data.fd != listening) {
				serve_one(poll, got[i].data.fd, &served[got[i].data.fd]);
				continue;
			}
			if ((fd = accept(listening, NULL, NULL)) == -1 || fd >= MIB)
				continue;
			ev.data.fd = fd;
			epoll_ctl(poll, EPOLL_CTL_ADD, fd, &ev);
		}
	}
}

/* Fills the block with what a user might send: lines of text, or bytes of all values. */
static void
fill_block(bool binary)
{
	unsigned int i, x = 1;

	for (i = 0; i < BLOCK; i++) {
		x = x * 1103515245 + 12345;
		block[i] = (char)(binary ? x >> 16 : i % 80 == 79 ? '\n' : 'x');
	}
}

static int
bulk(const char *port, long mib, bool binary)
{
	long left = mib * (MIB / BLOCK);
	int fd = connected(port);
	double start;
	char c;

	must(fd != -1, "connect");
	fill_block(binary);
	start = now();
	snprintf(block, 10, "S%08ld", mib);
	block[9] = ' ';
	for (; left > 0; left--)
		must(send(fd, block, sizeof(block), 0) == sizeof(block), "send");
	must(recv(fd, &c, 1, 0) == 1, "the last byte");
	printf("%.1f\n", (double)mib / (now() - start));
	return 0;
}

static int
compare(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static int
trip(const char *port, long count)
{
	double *took = calloc((size_t)count, sizeof(*took)), start;
	char message[MESSAGE];
	int fd = connected(port);
	long i;

	must(fd != -1 && took != NULL, "connect");
	memset(message, 'E', sizeof(message));
	for (i = 0; i < count; i++) {
		start = now();
		must(send(fd, message, MESSAGE, 0) == MESSAGE, "send");
		must(recv(fd, message, MESSAGE, MSG_WAITALL) == MESSAGE, "recv");
		took[i] = now() - start;
	}
	qsort(took, (size_t)count, sizeof(*took), compare);
	printf("%.1f\n", took[count / 2] * 1e6);
	return 0;
}

/* Connects, says one byte, hears it. */
static int
session(const char *port)
{
	int fd = connected(port);
	char c = 'E';

	must(fd != -1, "connect");
	must(send(fd, &c, 1, 0) == 1 && recv(fd, &c, 1, 0) == 1, "a byte and its echo");
	return fd;
}

static int
rate(const char *port, double seconds, int clients)
{
	double end = now() + seconds;
	long n, all = 0;
	int i, ends[2];

	must(pipe(ends) == 0, "pipe");
	for (i = 0; i < clients; i++) {
		if (fork() != 0)
			continue;
		for (n = 0; now() < end; n++)
			close(session(port));
		must(write(ends[1], &n, sizeof(n)) == sizeof(n), "write");
		_exit(0);
	}
	for (i = 0; i < clients; i++)
		if (read(ends[0], &n, sizeof(n)) == sizeof(n))
			all += n;
	while (wait(NULL) > 0)
		;
	printf("%.0f\n", (double)all / seconds);
	return 0;
}

/* The value of a line of a file in /proc, in KiB, if the process is a child of parent. */
static long
pss(const char *pid, long parent)
{
	char path[300], line[300];
	long n = 0, is = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%s/stat", pid);
	if ((f = fopen(path, "r")) == NULL)
		return 0;
	if (fscanf(f, "%*d (%*[^)]) %*c %ld", &is) != 1)
		is = 0;
	fclose(f);
	snprintf(path, sizeof(path), "/proc/%s/smaps_rollup", pid);
	if (is != parent || (f = fopen(path, "r")) == NULL)
		return 0;
	while (fgets(line, sizeof(line), f) != NULL && sscanf(line, "Pss: %ld", &n) != 1)
		;
	fclose(f);
	return n;
}

static int
many(const char *port, long count, long parent)
{
	long i, kib = 0, batch = count < 2000 ? count / 2 : 1000;
	double start, first = 0, last;
	struct dirent *d;
	DIR *proc;

	for (start = now(), i = 0; i < count; i++) {
		if (i == batch)
			first = now() - start;
		if (i == count - batch)
			start = now();
		session(port);
	}
	last = now() - start;
	must((proc = opendir("/proc")) != NULL, "/proc");
	while ((d = readdir(proc)) != NULL)
		if (d->d_name[0] >= '1' && d->d_name[0] <= '9')
			kib += pss(d->d_name, parent);
	printf("%.2f %.2f %.1f\n", first, last, (double)kib / (double)count);
	return 0;
}

static int
format(const char *name, long mib, bool binary)
{
	static const struct frame frame = { 0 };
	struct writer w = { .format = format_find(name), .frame = &frame };
	struct peer peer[SIDES];
	struct chunk c = { .from = CLIENT, .data = (unsigned char *)block, .len = 65536, .shown = 65536 };
	struct event ev = { .type = EV_OPEN, .session = 1, .peer = peer, .chunk = &c };
	struct buf out = { 0 };
	double start;
	long i;

	must(w.format != NULL, name);
	memset(peer, 0, sizeof(peer));
	fill_block(binary);
	w.memory = calloc(1, w.format->memory + 1);
	format_event(&w, &ev, &out);
	ev.type = EV_DATA;
	for (start = now(), i = 0; i < mib * (MIB / 65536); i++) {
		buf_clear(&out);
		format_event(&w, &ev, &out);
	}
	printf("%.0f\n", (double)mib / (now() - start));
	free(w.memory);
	buf_free(&out);
	return 0;
}

int
main(int argc, char *argv[])
{
	const char *mode = argc > 1 ? argv[1] : "";
	struct rlimit files;
	int port;

	if (getrlimit(RLIMIT_NOFILE, &files) == 0) {
		files.rlim_cur = files.rlim_max;
		setrlimit(RLIMIT_NOFILE, &files);
	}
	if (strcmp(mode, "serve") == 0)
		serve();
	if (strcmp(mode, "free-port") == 0) {
		close(listener(&port));
		return printf("%d\n", port) < 0;
	}
	if (strcmp(mode, "open") == 0 && argc == 3)
		return connected(argv[2]) == -1;
	if (strcmp(mode, "bulk") == 0 && argc == 5)
		return bulk(argv[2], atol(argv[3]), strcmp(argv[4], "binary") == 0);
	if (strcmp(mode, "trip") == 0 && argc == 4)
		return trip(argv[2], atol(argv[3]));
	if (strcmp(mode, "rate") == 0 && argc == 5)
		return rate(argv[2], atof(argv[3]), atoi(argv[4]));
	if (strcmp(mode, "many") == 0 && argc == 5)
		return many(argv[2], atol(argv[3]), atol(argv[4]));
	if (strcmp(mode, "format") == 0 && argc == 5)
		return format(argv[2], atol(argv[3]), strcmp(argv[4], "binary") == 0);
	fputs("usage: load serve | free-port | open PORT | bulk PORT MIB text|binary |\n"
	    "       trip PORT COUNT | rate PORT SECONDS CLIENTS | many PORT COUNT PARENT |\n"
	    "       format NAME MIB text|binary\n", stderr);
	return 2;
}
