/* test-flow.c - one direction: filled, drained, kept, dropped, grown and shrunk at its exact limits
 *
 * On socket pairs; recv(), send(), sockatmark() and malloc() can be made to fail.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <unistd.h>

#include "flow.h"
#include "unit.h"

static unsigned char	read_buf[FLOW_FIRST], kept[FLOW_FIRST];
static int		in[2], out[2];	/* [0] ours, [1] the flow's */

/* What the next calls fail with, errno values up to a 0, and how they were called. */
static int		recv_fails[4], send_fails[4];
static unsigned int	recvs, sends;
static int		recv_flags, send_flags;
static size_t		recv_size;
static int		at_mark = -1;		/* what sockatmark() says; -1: the system's */
static bool		no_memory;
static size_t		malloc_size;
static unsigned int	frees;

ssize_t	__wrap_recv(int, void *, size_t, int);
ssize_t	__real_recv(int, void *, size_t, int);
ssize_t	__wrap_send(int, const void *, size_t, int);
ssize_t	__real_send(int, const void *, size_t, int);
int	__wrap_sockatmark(int);
int	__real_sockatmark(int);
void	*__wrap_malloc(size_t);
void	*__real_malloc(size_t);
void	__wrap_free(void *);
void	__real_free(void *);

static bool
fails(int fd, int own, int list[4], unsigned int *calls)
{
	if (fd != own)
		return false;
	if (*calls < 4 && list[*calls] != 0) {
		errno = list[(*calls)++];
		return true;
	}
	++*calls;
	return false;
}

ssize_t
__wrap_recv(int fd, void *to, size_t n, int flags)
{
	if (fd == in[1]) {
		recv_flags = flags;
		recv_size = n;
	}
	return fails(fd, in[1], recv_fails, &recvs) ? -1 : __real_recv(fd, to, n, flags);
}

ssize_t
__wrap_send(int fd, const void *from, size_t n, int flags)
{
	if (fd == out[1])
		send_flags = flags;
	return fails(fd, out[1], send_fails, &sends) ? -1 :
	    __real_send(fd, from, n, fd == out[1] ? flags & ~MSG_OOB : flags);
}

int
__wrap_sockatmark(int fd)
{
	CHECK(fd == in[1], "sockatmark of another");
	return at_mark != -1 ? at_mark : __real_sockatmark(fd);
}

void *
__wrap_malloc(size_t n)
{
	malloc_size = n;
	return no_memory ? NULL : __real_malloc(n);
}

void
__wrap_free(void *p)
{
	frees += p != NULL;
	__real_free(p);
}

static void
fail_with(int recv1, int recv2, int send1, int send2)
{
	memset(recv_fails, 0, sizeof(recv_fails));
	memset(send_fails, 0, sizeof(send_fails));
	recv_fails[0] = recv1;
	recv_fails[1] = recv2;
	send_fails[0] = send1;
	send_fails[1] = send2;
	recvs = sends = 0;
}

static struct flow
flow_new(void)
{
	return (struct flow){ .in = in[1], .out = out[1], .read_buf = read_buf, .kept = kept };
}

static void
check_fill(void)
{
	static char big[FLOW_FIRST + 1];
	struct flow f = flow_new();
	char got[8];

	CHECK(flow_fill(&f, false) == -1 && (errno == EAGAIN || errno == EWOULDBLOCK) &&
	    !flow_waits(&f), "nothing there");
	CHECK(send(in[0], "hello", 5, 0) == 5 && flow_fill(&f, false) == 5, "five bytes");
	CHECK(flow_waits(&f) && !f.urgent && f.start == 0 && f.end == 5, "they wait");
	CHECK_BYTES(flow_data(&f), 5, "hello", 5, "data");
	CHECK(flow_data(&f) == read_buf, "in the shared buffer");
	CHECK(flow_drain(&f) == 0 && !flow_waits(&f) && recv(out[0], got, 8, 0) == 5, "drained");
	CHECK(send(in[0], big, sizeof(big), 0) == (ssize_t)sizeof(big) &&
	    flow_fill(&f, false) == (ssize_t)FLOW_FIRST, "no more than there is room");
	CHECK(flow_drop(&f) == FLOW_FIRST && !flow_waits(&f) && f.start == 0, "dropped");
	CHECK(flow_fill(&f, false) == 1 && flow_drop(&f) == 1 && flow_drop(&f) == 0, "the rest");
}

static void
check_drain(void)
{
	static char some[FLOW_FIRST], got[FLOW_FIRST];
	struct flow f = flow_new();
	size_t stuffed = 0, i, first;
	ssize_t n;

	for (i = 0; i < sizeof(some); i++)
		some[i] = (char)(i * 7);
	while ((n = send(out[1], some, 1, 0)) > 0)
		stuffed += (size_t)n;
	send(in[0], some, sizeof(some), 0);
	flow_fill(&f, false);
	CHECK(flow_drain(&f) == 0 && flow_waits(&f) && f.start == 0, "no room is no failure");
	flow_keep(&f);
	CHECK(f.in_kept && flow_data(&f) == kept, "kept");
	memset(read_buf, 'x', sizeof(read_buf));
	f.start = 100;			/* a part has gone */
	flow_keep(&f);			/* once is enough */
	f.start = 0;
	CHECK(memcmp(flow_data(&f), some, sizeof(some)) == 0, "as it was");
	f.start = 100;
	f.end = 150;
	f.in_kept = false;
	memset(read_buf, 'x', sizeof(read_buf));
	memset(kept, 0, sizeof(kept));
	flow_keep(&f);
	CHECK(kept[99] == 0 && kept[100] == 'x' && kept[149] == 'x' && kept[150] == 0, "its place");
	CHECK(flow_drop(&f) == 50 && f.start == 0 && f.end == 0, "dropped");
	f.start = first = 100;
	f.end = sizeof(some);
	f.in_kept = false;
	memcpy(read_buf, some, sizeof(some));
	flow_keep(&f);
	for (; stuffed > 0; stuffed -= (size_t)n)
		n = recv(out[0], got, stuffed < sizeof(got) ? stuffed : sizeof(got), 0);
	CHECK(flow_drain(&f) == 0 && !flow_waits(&f) && f.end == sizeof(some), "drained");
	CHECK(recv(out[0], got, sizeof(got), MSG_WAITALL | MSG_DONTWAIT) ==
	    (ssize_t)(sizeof(some) - first) && memcmp(got, some + first, sizeof(some) - first) == 0,
	    "the rest of it");
	flow_keep(&f);
	send(in[0], "a", 1, 0);
	CHECK(flow_fill(&f, false) == 1 && !f.in_kept && flow_data(&f) == read_buf, "anew");
	flow_drop(&f);
	flow_keep(&f);
	CHECK(!f.in_kept, "nothing to keep");
}

static void
check_errors(void)
{
	struct flow f = flow_new();
	char got[8];

	fail_with(EINTR, EINTR, 0, 0);
	send(in[0], "hello", 5, 0);
	CHECK(flow_fill(&f, false) == 5 && recvs == 3 && f.end == 5, "interrupted: %u", recvs);
	CHECK(recv_flags == 0 && recv_size == FLOW_FIRST, "%x %zu", recv_flags, recv_size);
	fail_with(0, 0, EINTR, EINTR);
	CHECK(flow_drain(&f) == 0 && !flow_waits(&f) && sends == 3, "interrupted: %u calls", sends);
	CHECK(recv(out[0], got, sizeof(got), 0) == 5, "sent once");
	fail_with(EWOULDBLOCK, 0, 0, 0);
	CHECK(flow_fill(&f, false) == -1 && errno == EWOULDBLOCK && recvs == 1 && f.start == 0 &&
	    f.end == 0, "%u calls", recvs);
	fail_with(EINTR, ETIMEDOUT, 0, 0);
	CHECK(flow_fill(&f, false) == -1 && errno == ETIMEDOUT && recvs == 2, "%u calls", recvs);
	f.start = 1;
	f.end = 3;
	fail_with(0, 0, EAGAIN, 0);
	CHECK(flow_drain(&f) == 0 && f.start == 1 && f.end == 3 && sends == 1, "full");
	fail_with(0, 0, EINTR, ECONNRESET);
	CHECK(flow_drain(&f) == -1 && errno == ECONNRESET && f.start == 1 && sends == 2, "reset");
	fail_with(0, 0, EINVAL, 0);
	CHECK(flow_drain(&f) == -1 && errno == EINVAL && sends == 1, "not for urgent data");
	fail_with(0, 0, EOPNOTSUPP, 0);
	CHECK(flow_drain(&f) == -1 && errno == EOPNOTSUPP && sends == 1, "not for urgent data");
	fail_with(0, 0, 0, 0);
	flow_drop(&f);
}

static void
check_urgent(void)
{
	static const int no_such_thing[] = { EOPNOTSUPP, EINVAL };
	struct flow f = flow_new();
	char got[8];
	size_t i;

	send(in[0], "ubc", 3, 0);
	at_mark = 0;
	CHECK(flow_fill(&f, true) == 3 && !f.urgent, "it is not at the mark");
	send(in[0], "ubc", 3, 0);
	at_mark = 1;
	CHECK(flow_fill(&f, false) == 3 && !f.urgent, "select() did not tell of urgent data");
	send(in[0], "ubc", 3, 0);
	CHECK(flow_fill(&f, true) == 1 && f.urgent && recv_size == 1, "urgent: %zu", recv_size);
	CHECK(flow_drain(&f) == 0 && !flow_waits(&f) && send_flags == MSG_OOB, "%x", send_flags);
	at_mark = -1;
	CHECK(flow_fill(&f, true) == 2 && !f.urgent, "the rest");
	CHECK(flow_drain(&f) == 0 && send_flags == 0, "%x", send_flags);
	CHECK(recv(out[0], got, sizeof(got), 0) == 3, "all of it");

	for (i = 0; i < 2; i++) {	/* the other side has no urgent data */
		f.start = 0;
		f.end = 1;
		f.urgent = true;
		fail_with(0, 0, no_such_thing[i], 0);
		CHECK(flow_drain(&f) == 0 && !flow_waits(&f) && sends == 2 && send_flags == 0 &&
		    recv(out[0], got, sizeof(got), 0) == 1, "goes as any other: %u calls", sends);
	}
	f.start = 0;
	f.urgent = true;
	fail_with(0, 0, ETIMEDOUT, 0);
	CHECK(flow_drain(&f) == -1 && errno == ETIMEDOUT && f.urgent && sends == 1, "%u", sends);
	fail_with(0, 0, 0, 0);
	at_mark = -1;
}

/* In a big buffer, which is read into as far as it is used. */
static void
check_big(void)
{
	static char some[FLOW_FIRST + 10], got[FLOW_FIRST + 10];
	struct flow f = flow_new();
	size_t i;

	for (i = 0; i < sizeof(some); i++)
		some[i] = (char)(i * 5);
	flow_grow(&f, FLOW_FIRST, FLOW_FIRST + 7);
	CHECK(f.big_size == FLOW_FIRST + 7 && malloc_size == FLOW_FIRST + 7, "%zu", malloc_size);
	send(in[0], some, sizeof(some), 0);
	CHECK(flow_fill(&f, false) == (ssize_t)FLOW_FIRST + 7 && recv_size == FLOW_FIRST + 7,
	    "as much as is used");
	CHECK(flow_data(&f) == f.big && memcmp(f.big, some, FLOW_FIRST + 7) == 0, "in the big one");
	flow_keep(&f);
	CHECK(!f.in_kept && flow_drain(&f) == 0 && recv(out[0], got, sizeof(got), 0) ==
	    (ssize_t)FLOW_FIRST + 7 && memcmp(got, some, FLOW_FIRST + 7) == 0, "sent from there");
	CHECK(flow_fill(&f, false) == 3 && flow_drop(&f) == 3, "the rest");
	CHECK(frees == 0, "not yet free");
	flow_shrink(&f);
	flow_shrink(&f);
	CHECK(frees == 1, "free: %u", frees);
	no_memory = true;
	flow_grow(&f, FLOW_FIRST, 1 << 20);
	CHECK(!flow_is_big(&f) && f.big_size == FLOW_FIRST + 7, "no memory");
	no_memory = false;
	f.in_kept = true;
	CHECK(flow_data(&f) == kept, "%p", (const void *)flow_data(&f));
	f.end = 1;
	flow_shrink(&f);
	CHECK(f.end == 1, "nothing to shrink");
}

static void
check_grow(void)
{
	struct flow f = flow_new();
	unsigned int i;

	flow_grow(&f, FLOW_FIRST - 1, 1 << 20);
	CHECK(!flow_is_big(&f), "it was not full");
	f.end = 1;
	flow_grow(&f, FLOW_FIRST, 1 << 20);
	CHECK(!flow_is_big(&f), "something waits");
	f.end = 0;
	flow_grow(&f, FLOW_FIRST, 1 << 20);
	CHECK(flow_is_big(&f) && f.big_size == FLOW_SECOND && flow_data(&f) == f.big, "grown");
	for (i = 0; i < FLOW_FULL - 1; i++)
		flow_grow(&f, FLOW_SECOND, 3 * FLOW_SECOND);
	flow_grow(&f, FLOW_SECOND - 1, 3 * FLOW_SECOND);
	CHECK(f.big_size == FLOW_SECOND, "not yet: %zu", f.big_size);
	flow_grow(&f, FLOW_SECOND, 3 * FLOW_SECOND);
	CHECK(f.big_size == 2 * FLOW_SECOND && f.full_reads == 0, "doubled: %zu", f.big_size);
	for (i = 0; i < FLOW_FULL; i++)
		flow_grow(&f, 2 * FLOW_SECOND, 3 * FLOW_SECOND);
	CHECK(f.big_size == 3 * FLOW_SECOND, "as far as it may: %zu", f.big_size);
	for (i = 0; i < 2 * FLOW_FULL; i++)
		flow_grow(&f, 3 * FLOW_SECOND, 3 * FLOW_SECOND);
	CHECK(f.big_size == 3 * FLOW_SECOND && f.full_reads == 0, "and no more: %zu", f.big_size);
	f.big_size = FLOW_SECOND;
	for (i = 0; i < FLOW_FULL; i++)
		flow_grow(&f, FLOW_SECOND, 2 * FLOW_SECOND + 1);
	CHECK(f.big_size == 2 * FLOW_SECOND + 1, "at once, where less than that is left");
	f.full_reads = 3;
	f.end = 1;
	flow_shrink(&f);
	CHECK(flow_is_big(&f), "not while something waits");
	flow_keep(&f);
	CHECK(!f.in_kept, "a buffer of its own needs no other");
	f.end = 0;
	flow_shrink(&f);
	CHECK(!flow_is_big(&f) && f.full_reads == 0 && flow_data(&f) == read_buf, "shrunk");
	flow_shrink(&f);
	flow_grow(&f, FLOW_FIRST, FLOW_SECOND - 1);
	CHECK(f.big_size == FLOW_SECOND - 1, "no more than the most: %zu", f.big_size);
	flow_shrink(&f);
}

static void
check_ends(void)
{
	struct flow f = flow_new();

	send(in[0], "x", 1, 0);
	close(in[0]);
	CHECK(flow_fill(&f, false) == 1, "the last byte");
	close(out[0]);
	CHECK(flow_drain(&f) == -1 && errno == EPIPE && flow_waits(&f), "nobody takes it");
	flow_drop(&f);
	CHECK(flow_fill(&f, false) == 0 && !flow_waits(&f), "the end");
}

int
main(void)
{
	signal(SIGPIPE, SIG_IGN);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, in) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, out) == -1)
		return 1;
	fcntl(in[1], F_SETFL, O_NONBLOCK);
	fcntl(out[1], F_SETFL, O_NONBLOCK);
	check_fill();
	check_drain();
	check_errors();
	check_urgent();
	check_big();
	check_grow();
	check_ends();
	return unit_end();
}
