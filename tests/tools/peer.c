/* peer.c - a client or server that does what its command line says
 *
 * For the tests and the demo: one process, one end of a connection, a list of
 * actions done in order. Each has a deadline; one that fails says what it saw
 * and ends the process with status 1. Knows nothing of tcpreen.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <netdb.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#define BLOCK		65536		/* bytes of one read or write */
#define TICK_MS		5		/* between two looks at a file */

/* This process's end of the connection, and what it is in the middle of. */
static struct {
	const char	*role, *host, *port;
	int		 listener, fd;		/* -1: none */
	int		 out;			/* where received bytes go */
	long long	 patience_ms, deadline_ms;
	bool		 patient;		/* to accept there is no deadline */
	uint32_t	 seed;
	bool		 oob_inline;
	bool		 hands_over;		/* the listener, to another program */
	char		*const *action;		/* the one being done */
} me = { .listener = -1, .fd = -1, .out = STDOUT_FILENO, .patience_ms = 10000, .seed = 1 };

/* Failing */

static void	fail(const char *fmt, ...) __attribute__((format(printf, 1, 2), noreturn));

static void
fail(const char *fmt, ...)
{
	va_list ap;

	fprintf(stderr, "peer: %s %s %s: ", me.role, me.host, me.port);
	if (me.action != NULL)
		fprintf(stderr, "%s: ", *me.action);
	va_start(ap, fmt);
	vfprintf(stderr, fmt, ap);
	va_end(ap);
	fputc('\n', stderr);
	exit(1);
}

static void
fail_errno(const char *what)
{
	fail("%s: %s", what, strerror(errno));
}

/* Time */

static long long
now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

/* Waits for events on fd; fails at the deadline. Returns what came. */
static short
wait_fd(int fd, short events)
{
	struct pollfd p = { .fd = fd, .events = events };
	long long left;
	int n;

	for (;;) {
		left = me.deadline_ms - now_ms();
		n = poll(&p, 1, left > 0 ? (int)left : 0);
		if (n > 0)
			return p.revents;
		if (n == 0)
			fail("nothing for %lld ms", me.patience_ms);
		if (errno != EINTR)
			fail_errno("poll");
	}
}

static void
nap(long long ms)
{
	poll(NULL, 0, (int)ms);
}

/* Bytes */

static void
write_out(int fd, const void *data, size_t n)
{
	const char *at = data;
	ssize_t done;

	for (; n > 0; at += done, n -= (size_t)done)
		if ((done = write(fd, at, n)) == -1)
			fail_errno("write");
}

/* Sends what the socket takes now; may be 0. */
static size_t
send_some(const void *data, size_t n)
{
	ssize_t done = send(me.fd, data, n, 0);

	if (done == -1 && errno != EAGAIN && errno != EINTR)
		fail_errno("send");
	return done > 0 ? (size_t)done : 0;
}

static void
send_all(const void *data, size_t n)
{
	const char *at = data;
	size_t done;

	for (; n > 0; at += done, n -= done) {
		wait_fd(me.fd, POLLOUT);
		done = send_some(at, n);
	}
}

/* Receives 1 to n bytes; 0 at the end of the stream, -1 when it was reset. */
static ssize_t
recv_some(void *data, size_t n)
{
	ssize_t got;

	for (;;) {
		wait_fd(me.fd, POLLIN);
		got = recv(me.fd, data, n, 0);
		if (got >= 0)
			return got;
		if (errno == ECONNRESET)
			return -1;
		if (errno != EAGAIN && errno != EINTR)
			fail_errno("recv");
	}
}

/* The same; the stream must not have ended. */
static size_t
recv_more(void *data, size_t n)
{
	ssize_t got = recv_some(data, n);

	if (got <= 0)
		fail("%s", got == 0 ? "end of stream" : "connection reset");
	return (size_t)got;
}

/* The next of an endless sequence of bytes that a seed stands for. */
static unsigned char
pattern(uint32_t *state)
{
	*state ^= *state << 13;
	*state ^= *state >> 17;
	*state ^= *state << 5;
	return (unsigned char)(*state >> 11);
}

static void
pattern_fill(uint32_t *state, unsigned char *data, size_t n)
{
	for (; n > 0; n--)
		*data++ = pattern(state);
}

static void
pattern_check(uint32_t *state, const unsigned char *data, size_t n, uintmax_t at)
{
	unsigned char want;
	size_t i;

	for (i = 0; i < n; i++)
		if (data[i] != (want = pattern(state)))
			fail("byte %ju is %02x, not %02x", at + i, data[i], want);
}

/* Words */

static uintmax_t
number(const char *text)
{
	char *end;
	uintmax_t n = strtoumax(text, &end, 10);

	if (*text == '\0' || (*end != '\0' && strcmp(end, "K") != 0 && strcmp(end, "M") != 0))
		fail("%s: not a number", text);
	return *end == 'K' ? n << 10 : *end == 'M' ? n << 20 : n;
}

static int
hex_digit(int c)
{
	static const char digits[] = "0123456789abcdef";
	const char *found = c != '\0' ? strchr(digits, c) : NULL;

	return found != NULL ? (int)(found - digits) : -1;
}

/* One escape sequence after its \, into *byte; returns its last letter. */
static const char *
unescape_one(const char *at, unsigned char *byte)
{
	static const char letter[] = "abfnrtv\\\"'?", means[] = "\a\b\f\n\r\t\v\\\"'?";
	const char *found = *at != '\0' ? strchr(letter, *at) : NULL;
	int i;

	if (found != NULL) {
		*byte = (unsigned char)means[found - letter];
		return at;
	}
	if (*at == 'x' && hex_digit(at[1]) != -1 && hex_digit(at[2]) != -1) {
		*byte = (unsigned char)(hex_digit(at[1]) << 4 | hex_digit(at[2]));
		return at + 2;
	}
	if (*at < '0' || *at > '7')
		fail("\\%c: unknown escape", *at);
	for (*byte = 0, i = 0; i < 3 && at[i] >= '0' && at[i] <= '7'; i++)
		*byte = (unsigned char)(*byte << 3 | (at[i] - '0'));
	return at + i - 1;
}

/* Text with C escapes, \xhh with two digits. The caller frees it. */
static unsigned char *
unescape(const char *text, size_t *len)
{
	unsigned char *data = malloc(strlen(text) + 1), *to = data;

	if (data == NULL)
		fail_errno("malloc");
	for (; *text != '\0'; text++, to++)
		if (*text == '\\')
			text = unescape_one(text + 1, to);
		else
			*to = (unsigned char)*text;
	*len = (size_t)(to - data);
	return data;
}

/* For messages. The text is good until the next call. */
static const char *
escaped(const unsigned char *data, size_t n)
{
	static char text[4 * 200 + 4];
	char *to = text;
	size_t i;

	for (i = 0; i < n && i < 200; i++)
		to += sprintf(to, data[i] >= ' ' && data[i] < 0x7f ? "%c" : "\\%03o", data[i]);
	strcpy(to, i < n ? "..." : "");
	return text;
}

/* Addresses */

struct address {
	struct sockaddr_storage	addr;
	socklen_t		len;
};

static void
find_address(struct address *a)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM, .ai_flags = AI_NUMERICSERV }, *found;
	struct sockaddr_un *un = (struct sockaddr_un *)&a->addr;
	int error;

	memset(a, 0, sizeof(*a));
	if (strcmp(me.host, "unix") == 0) {
		if (strlen(me.port) >= sizeof(un->sun_path))
			fail("path too long");
		un->sun_family = AF_UNIX;
		strcpy(un->sun_path, me.port);
		a->len = sizeof(*un);
#ifdef __linux__
		if (me.port[0] == '@') {	/* a name that is in no folder */
			un->sun_path[0] = '\0';
			a->len = (socklen_t)(offsetof(struct sockaddr_un, sun_path) + strlen(me.port));
		}
#endif
		return;
	}
	if ((error = getaddrinfo(me.host, me.port, &hints, &found)) != 0)
		fail("%s", gai_strerror(error));
	memcpy(&a->addr, found->ai_addr, found->ai_addrlen);
	a->len = found->ai_addrlen;
	freeaddrinfo(found);
}

static int
port_of(const struct address *a)
{
	if (a->addr.ss_family == AF_INET)
		return ntohs(((const struct sockaddr_in *)&a->addr)->sin_port);
	return ntohs(((const struct sockaddr_in6 *)&a->addr)->sin6_port);
}

/* Tells whoever waits that we are ready, on stdout or, at once whole, in a file. */
static void
say_ready(const char *file, const char *text)
{
	char name[4096];
	FILE *out = stdout;

	if (file != NULL) {
		snprintf(name, sizeof(name), "%s.new", file);
		if ((out = fopen(name, "w")) == NULL)
			fail_errno(name);
	}
	fprintf(out, "port %s\n", text);
	if (fflush(out) == EOF)
		fail_errno("ready");
	if (file == NULL)
		return;
	fclose(out);
	if (rename(name, file) == -1)
		fail_errno(file);
}

static void
start_listening(const char *ready)
{
	struct address a;
	char text[16];
	int on = 1;

	find_address(&a);
	me.listener = socket(a.addr.ss_family, SOCK_STREAM, 0);
	if (me.listener == -1)
		fail_errno("socket");
	if (!me.hands_over)
		fcntl(me.listener, F_SETFD, FD_CLOEXEC);
	setsockopt(me.listener, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
	if (a.addr.ss_family == AF_INET6)
		setsockopt(me.listener, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on));
	if (bind(me.listener, (struct sockaddr *)&a.addr, a.len) == -1 ||
	    listen(me.listener, SOMAXCONN) == -1 ||
	    getsockname(me.listener, (struct sockaddr *)&a.addr, &a.len) == -1)
		fail_errno("listen");
	snprintf(text, sizeof(text), "%d", a.addr.ss_family == AF_UNIX ? 0 : port_of(&a));
	if (ready == NULL && me.hands_over)
		return;		/* stdout is the other program's */
	say_ready(ready, a.addr.ss_family == AF_UNIX ? me.port : text);
}

static void
open_connection(void)
{
	struct address a;
	int on = 1;

	if (me.listener != -1) {
		if (!me.patient)
			wait_fd(me.listener, POLLIN);
		me.fd = accept(me.listener, NULL, NULL);
	} else {
		find_address(&a);
		me.fd = socket(a.addr.ss_family, SOCK_STREAM, 0);
		if (me.fd != -1 && connect(me.fd, (struct sockaddr *)&a.addr, a.len) == -1)
			fail_errno("connect");
	}
	if (me.fd == -1)
		fail_errno("connection");
	setsockopt(me.fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	if (me.oob_inline)
		setsockopt(me.fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
	fcntl(me.fd, F_SETFL, O_NONBLOCK);
}

/* Actions */

static void
do_open(char *const *arg)
{
	(void)arg;
}

static void
do_send(char *const *arg)
{
	size_t n;
	unsigned char *data = unescape(arg[0], &n);

	send_all(data, n);
	free(data);
}

static void
do_pace(char *const *arg)
{
	size_t n, i;
	unsigned char *data = unescape(arg[0], &n);

	for (i = 0; i < n; i++) {
		send_all(data + i, 1);
		nap(2);
	}
	free(data);
}

static void
do_file(char *const *arg)
{
	static char data[BLOCK];
	int fd = strcmp(arg[0], "-") == 0 ? STDIN_FILENO : open(arg[0], O_RDONLY);
	ssize_t n;

	if (fd == -1)
		fail_errno(arg[0]);
	while ((n = read(fd, data, sizeof(data))) > 0)
		send_all(data, (size_t)n);
	if (n == -1)
		fail_errno(arg[0]);
	if (fd != STDIN_FILENO)
		close(fd);
}

static void
do_fill(char *const *arg)
{
	static unsigned char data[BLOCK];
	uint32_t state = me.seed;
	uintmax_t left = number(arg[0]);
	size_t n;

	for (; left > 0; left -= n) {
		n = left < sizeof(data) ? (size_t)left : sizeof(data);
		pattern_fill(&state, data, n);
		send_all(data, n);
	}
}

static void
do_recv(char *const *arg)
{
	static char data[BLOCK];
	uintmax_t left = number(arg[0]);
	size_t n;

	for (; left > 0; left -= n) {
		n = recv_more(data, left < sizeof(data) ? (size_t)left : sizeof(data));
		write_out(me.out, data, n);
	}
}

static void
do_recv_eof(char *const *arg)
{
	static char data[BLOCK];
	ssize_t n;

	(void)arg;
	while ((n = recv_some(data, sizeof(data))) > 0)
		write_out(me.out, data, (size_t)n);
	if (n == -1)
		fail("connection reset");
}

static void
do_check(char *const *arg)
{
	static unsigned char data[BLOCK];
	uint32_t state = me.seed;
	uintmax_t want = number(arg[0]), at = 0;
	size_t n;

	for (; at < want; at += n) {
		n = recv_more(data, want - at < sizeof(data) ? (size_t)(want - at) : sizeof(data));
		pattern_check(&state, data, n, at);
	}
}

/* Sends and checks N bytes at the same time. */
static void
do_both(char *const *arg)
{
	static unsigned char out[BLOCK], in[BLOCK];
	uintmax_t want = number(arg[0]), sent = 0, got = 0;
	uint32_t out_state = me.seed, in_state = me.seed;
	size_t have = 0, start = 0, n;
	short events;

	while (sent < want || got < want) {
		if (start == have && sent < want) {
			have = want - sent < sizeof(out) ? (size_t)(want - sent) : sizeof(out);
			pattern_fill(&out_state, out, have);
			start = 0;
		}
		events = wait_fd(me.fd, (short)((sent < want ? POLLOUT : 0) |
		    (got < want ? POLLIN : 0)));
		if (sent < want && (events & POLLOUT) != 0) {
			n = send_some(out + start, have - start);
			start += n;
			sent += n;
		}
		if (got < want && (events & (POLLIN | POLLHUP | POLLERR)) != 0) {
			n = recv_more(in, want - got < sizeof(in) ? (size_t)(want - got) :
			    sizeof(in));
			pattern_check(&in_state, in, n, got);
			got += n;
		}
	}
}

static void
do_expect(char *const *arg)
{
	size_t n, got = 0;
	unsigned char *want = unescape(arg[0], &n), *data = malloc(n + 1);
	ssize_t more = 0;

	if (data == NULL)
		fail_errno("malloc");
	while (got < n && (more = recv_some(data + got, n - got)) > 0) {
		got += (size_t)more;
		if (memcmp(data, want, got) != 0)
			fail("\"%s\": got \"%s\"", arg[0], escaped(data, got));
	}
	if (got < n)
		fail("\"%s\": got \"%s\", then %s", arg[0], escaped(data, got),
		    more == 0 ? "the end" : "a reset");
	free(want);
	free(data);
}

static void
do_expect_eof(char *const *arg)
{
	unsigned char data[64];
	ssize_t n = recv_some(data, sizeof(data));

	(void)arg;
	if (n != 0)
		fail("got \"%s\"", n == -1 ? "a reset" : escaped(data, (size_t)n));
}

static void
do_expect_reset(char *const *arg)
{
	unsigned char data[64];
	ssize_t n = recv_some(data, sizeof(data));

	(void)arg;
	if (n != -1)
		fail("got %s \"%s\"", n == 0 ? "the end" : "data", escaped(data, (size_t)n));
}

/* Either way, and whatever came before: the connection is over. */
static void
do_expect_end(char *const *arg)
{
	static char data[BLOCK];

	(void)arg;
	while (recv_some(data, sizeof(data)) > 0)
		;
}

static void
do_fin(char *const *arg)
{
	(void)arg;
	if (shutdown(me.fd, SHUT_WR) == -1)
		fail_errno("shutdown");
}

static void
do_close(char *const *arg)
{
	(void)arg;
	close(me.fd);
	me.fd = -1;
}

static void
do_reset(char *const *arg)
{
	struct linger at_once = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(me.fd, SOL_SOCKET, SO_LINGER, &at_once, sizeof(at_once));
	do_close(arg);
}

static void
do_urgent(char *const *arg)
{
	wait_fd(me.fd, POLLOUT);
	if (send(me.fd, arg[0], 1, MSG_OOB) != 1)
		fail_errno("send");
}

static void
do_inline(char *const *arg)
{
	int on = 1;

	(void)arg;
	me.oob_inline = true;
	if (me.fd != -1)
		setsockopt(me.fd, SOL_SOCKET, SO_OOBINLINE, &on, sizeof(on));
}

/* The urgent byte must come next: what stands before it has been received. */
static void
do_urgent_expect(char *const *arg)
{
	char c = '\0';
	ssize_t n;
	int mark;

	wait_fd(me.fd, POLLPRI);
	while ((n = recv(me.fd, &c, 1, me.oob_inline ? 0 : MSG_OOB)) == -1 &&
	    (errno == EAGAIN || errno == EINVAL) && now_ms() < me.deadline_ms)
		nap(TICK_MS);
	if (n != 1)
		fail_errno("recv");
	if (c != arg[0][0])
		fail("got %c", c);
	if (!me.oob_inline && ((mark = sockatmark(me.fd)) != 1))
		fail("it stands elsewhere in the stream");
}

static void
do_wait_file(char *const *arg)
{
	while (access(arg[0], F_OK) == -1) {
		if (now_ms() > me.deadline_ms)
			fail("%s: does not come", arg[0]);
		nap(TICK_MS);
	}
}

static void
do_touch(char *const *arg)
{
	int fd = open(arg[0], O_WRONLY | O_CREAT, 0666);

	if (fd == -1)
		fail_errno(arg[0]);
	close(fd);
}

static void
do_pause_ms(char *const *arg)
{
	nap((long long)number(arg[0]));
}

static void
do_to(char *const *arg)
{
	me.out = open(arg[0], O_WRONLY | O_CREAT | O_TRUNC, 0666);
	if (me.out == -1)
		fail_errno(arg[0]);
}

static void
do_seed(char *const *arg)
{
	me.seed = (uint32_t)number(arg[0]);
}

static void
do_timeout(char *const *arg)
{
	me.patience_ms = (long long)number(arg[0]) * 1000;
}

static void
do_echo(char *const *arg)
{
	static char data[BLOCK];
	ssize_t n;

	while ((n = recv_some(data, sizeof(data))) > 0) {
		send_all(data, (size_t)n);
		me.deadline_ms = now_ms() + me.patience_ms;
	}
	if (n == 0)
		do_fin(arg);
}

static void
do_digest(char *const *arg)
{
	static unsigned char data[BLOCK];
	uint64_t hash = 14695981039346656037u;	/* FNV-1a */
	uintmax_t total = 0;
	ssize_t n, i;

	(void)arg;
	while ((n = recv_some(data, sizeof(data))) > 0) {
		for (i = 0; i < n; i++)
			hash = (hash ^ data[i]) * 1099511628211u;
		total += (uintmax_t)n;
	}
	dprintf(me.out, "%ju bytes, digest %016jx%s\n", total, (uintmax_t)hash,
	    n == -1 ? ", reset" : "");
}

/* Standard input to the peer and what it says to the output, until it ends. */
static void
do_talk(char *const *arg)
{
	static char data[BLOCK];
	struct pollfd p[2] = { { .fd = STDIN_FILENO, .events = POLLIN },
	    { .fd = me.fd, .events = POLLIN } };
	long long left;
	ssize_t n;

	for (;;) {
		left = me.deadline_ms - now_ms();
		if (poll(p, 2, left > 0 ? (int)left : 0) == 0)
			fail("nothing for %lld ms", me.patience_ms);
		if (p[0].revents != 0) {
			if ((n = read(STDIN_FILENO, data, sizeof(data))) > 0) {
				send_all(data, (size_t)n);
			} else {
				do_fin(arg);
				p[0].fd = -1;
			}
		}
		if (p[1].revents != 0) {
			if ((n = recv_some(data, sizeof(data))) <= 0)
				break;
			write_out(me.out, data, (size_t)n);
		}
	}
	if (n == -1)
		fail("connection reset");
}

/* A shell command with the connection as its standard input and output. */
static void
do_run(char *const *arg)
{
	pid_t pid = fork();
	int status;

	if (pid == -1)
		fail_errno("fork");
	if (pid == 0) {
		fcntl(me.fd, F_SETFL, 0);
		dup2(me.fd, STDIN_FILENO);
		dup2(me.fd, STDOUT_FILENO);
		close(me.fd);
		execl("/bin/sh", "sh", "-c", arg[0], (char *)NULL);
		_exit(127);
	}
	if (waitpid(pid, &status, 0) != pid || status != 0)
		fail("status %d", WIFEXITED(status) ? WEXITSTATUS(status) : 128);
}

static const struct action {
	const char	*name;
	int		 args;
	bool		 alone;		/* needs no connection */
	void		(*act)(char *const *arg);
	const char	*about;
} actions[] = {
	{ "open",	0, false, do_open, "connect or accept, if that has not been done yet" },
	{ "send",	1, false, do_send, "send a text with C escapes" },
	{ "pace",	1, false, do_pace, "send it byte by byte" },
	{ "file",	1, false, do_file, "send a file, - for standard input" },
	{ "fill",	1, false, do_fill, "send N bytes of a pattern" },
	{ "urgent",	1, false, do_urgent, "send one urgent byte" },
	{ "fin",	0, false, do_fin, "send no more" },
	{ "close",	0, false, do_close, "end the connection" },
	{ "reset",	0, false, do_reset, "end it with a reset" },
	{ "recv",	1, false, do_recv, "receive N bytes" },
	{ "recv-eof",	0, false, do_recv_eof, "receive until the end" },
	{ "check",	1, false, do_check, "receive N bytes, which must be the pattern" },
	{ "both",	1, false, do_both, "fill and check at the same time" },
	{ "digest",	0, false, do_digest, "receive until the end, print count and digest" },
	{ "expect",	1, false, do_expect, "receive exactly this text" },
	{ "expect-eof",	0, false, do_expect_eof, "the end comes next" },
	{ "expect-reset", 0, false, do_expect_reset, "a reset comes next" },
	{ "expect-end",	0, false, do_expect_end, "the end or a reset comes, in time" },
	{ "urgent-expect", 1, false, do_urgent_expect, "this byte comes next, as urgent" },
	{ "echo",	0, false, do_echo, "send back what comes, until the end" },
	{ "talk",	0, false, do_talk, "join to standard input and output" },
	{ "run",	1, false, do_run, "join to a shell command" },
	{ "to",		1, true, do_to, "what is received goes to a file" },
	{ "inline",	0, true, do_inline, "urgent bytes stay in the stream" },
	{ "seed",	1, true, do_seed, "of the pattern" },
	{ "timeout",	1, true, do_timeout, "seconds that an action may take" },
	{ "wait-file",	1, true, do_wait_file, "wait until it exists" },
	{ "touch",	1, true, do_touch, "create a file" },
	{ "pause-ms",	1, true, do_pause_ms, "do nothing" },
	{ NULL,		0, false, NULL, NULL },
};

static const struct action *
find_action(const char *name)
{
	const struct action *a;

	for (a = actions; a->name != NULL && strcmp(a->name, name) != 0; a++)
		;
	return a->name != NULL ? a : NULL;
}

/* All words must be known before anything is done. */
static void
check_actions(char *const *word)
{
	const struct action *a;
	int i;

	while (*word != NULL) {
		if ((a = find_action(*word)) == NULL)
			fail("%s: unknown action", *word);
		for (i = 0; i <= a->args; i++)
			if (*word++ == NULL)
				fail("%s: needs a value", a->name);
	}
}

static void
run_actions(char *const *word)
{
	const struct action *a;

	for (; *word != NULL; word += 1 + a->args) {
		me.action = word;
		a = find_action(*word);
		me.deadline_ms = now_ms() + me.patience_ms;
		if (!a->alone && me.fd == -1)
			open_connection();
		a->act(word + 1);
	}
	me.action = NULL;
	if (me.fd != -1)
		do_close(word);
}

/* Runs */

static int
collect(unsigned int n)
{
	int status, failed = 0;

	for (; n > 0; n--)
		if (wait(&status) == -1 || status != 0)
			failed = 1;
	return failed;
}

/* The list n times, 0: for ever; at_once: each in a process of its own. */
static int
run_times(unsigned int n, bool at_once, char *const *word)
{
	unsigned int i;
	pid_t pid;

	for (i = 0; n == 0 || i < n; i++) {
		if (!at_once) {
			run_actions(word);
			continue;
		}
		me.deadline_ms = now_ms() + me.patience_ms;
		if (me.listener != -1)
			open_connection();
		if ((pid = fork()) == -1)
			fail_errno("fork");
		if (pid == 0) {
			signal(SIGCHLD, SIG_DFL);
			if (me.listener != -1)
				close(me.listener);
			run_actions(word);
			exit(0);
		}
		if (me.fd != -1)
			do_close(word);
	}
	if (me.listener != -1)
		close(me.listener);
	return at_once ? collect(n) : 0;
}

/* What syslogd does with /dev/log: each message becomes a line of a file. */
static int
collect_datagrams(const char *ready, const char *path, const char *file)
{
	struct address a;
	char data[8192];
	int in, out = open(file, O_WRONLY | O_CREAT | O_APPEND, 0666);
	ssize_t n;

	me.host = "unix";
	me.port = path;
	find_address(&a);
	in = socket(AF_UNIX, SOCK_DGRAM, 0);
	if (out == -1 || in == -1 || bind(in, (struct sockaddr *)&a.addr, a.len) == -1 ||
	    (path[0] == '/' && chmod(path, 0666) == -1))
		fail_errno("datagrams");
	say_ready(ready, path);
	while ((n = recv(in, data, sizeof(data) - 1, 0)) >= 0) {
		data[n] = '\n';
		write_out(out, data, (size_t)n + 1);
	}
	fail_errno("recv");
	return 1;
}

/* A command that a signal ends should it take longer than that. */
static int
run_within(const char *seconds, char *const *command)
{
	signal(SIGINT, SIG_DFL);	/* a shell that starts it in the background has it ignored */
	alarm((unsigned int)number(seconds));
	execvp(command[0], command);
	perror(command[0]);
	return 127;
}

/*
 * What a service manager does: "ADDRESS PORT..." are listened on from descriptor 3 on, and
 * the command after "--" finds them. Without addresses, descriptors that are open already
 * are meant, as many as LISTEN_FDS says.
 */
static int
hand_over(const char *ready, char *const *word)
{
	char text[32];
	int n;

	me.hands_over = true;
	for (n = 0; word[0] != NULL && strcmp(word[0], "--") != 0 && word[1] != NULL; n++, word += 2) {
		me.host = word[0];
		me.port = word[1];
		start_listening(ready);
		if (me.listener == 3 + n)
			continue;
		dup2(me.listener, 3 + n);
		close(me.listener);
	}
	snprintf(text, sizeof(text), "%d", n);
	if (n > 0)
		setenv("LISTEN_FDS", text, 1);
	snprintf(text, sizeof(text), "%ld", (long)getpid());
	setenv("LISTEN_PID", text, 1);
	if (word[0] == NULL || word[1] == NULL)
		fail("no command");
	execvp(word[1], word + 1);
	perror(word[1]);
	return 127;
}

static int
usage(void)
{
	const struct action *a;

	fputs("usage: peer [-n TIMES] [-j] [-r FILE] listen|connect ADDRESS PORT action...\n"
	    "       peer [-r FILE] datagrams PATH FILE\n"
	    "       peer within SECONDS COMMAND...\n"
	    "       peer [-r FILE] hand-over [ADDRESS PORT]... -- COMMAND...\n\n"
	    "ADDRESS unix: PORT is a path, or @NAME. listen prints \"port N\" once it listens.\n"
	    "-n: do the actions so many times, 0: for ever; -j: each in its own process;\n"
	    "-r: \"port N\" goes to this file. A failed action is status 1.\n\n", stderr);
	for (a = actions; a->name != NULL; a++)
		fprintf(stderr, "  %-14s%-4s%s\n", a->name, a->args > 0 ? "X" : "", a->about);
	return 2;
}

int
main(int argc, char *argv[])
{
	const char *ready = NULL;
	unsigned int times = 1;
	bool at_once = false;
	int c;

	me.role = me.host = me.port = "";
	if (getenv("PEER_TIMEOUT") != NULL)
		me.patience_ms = 1000 * (long long)number(getenv("PEER_TIMEOUT"));
	while ((c = getopt(argc, argv, "+n:jr:")) != -1)
		if (c == 'n')
			times = (unsigned int)number(optarg);
		else if (c == 'j')
			at_once = true;
		else if (c == 'r')
			ready = optarg;
		else
			return usage();
	argv += optind;
	if (argc - optind < 3)
		return usage();
	me.role = argv[0];
	if (strcmp(me.role, "within") == 0)
		return run_within(argv[1], argv + 2);
	if (strcmp(me.role, "hand-over") == 0)
		return hand_over(ready, argv + 1);
	signal(SIGPIPE, SIG_IGN);
	if (strcmp(me.role, "datagrams") == 0)
		return collect_datagrams(ready, argv[1], argv[2]);
	me.host = argv[1];
	me.port = argv[2];
	check_actions(argv + 3);
	me.patient = times == 0;
	if (times == 0 && at_once)
		signal(SIGCHLD, SIG_IGN);	/* nobody asks how they ended */
	if (times == 0 && at_once && setpgid(0, 0) == -1)	/* a group to end, see lib.sh */
		fail_errno("setpgid");
	if (strcmp(me.role, "listen") == 0)
		start_listening(ready);
	else if (strcmp(me.role, "connect") != 0)
		return usage();
	return run_times(times, at_once, argv + 3);
}
