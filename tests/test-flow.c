/* test-flow.c - one direction: filled, drained, kept, dropped, grown and shrunk at its exact limits */
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
	flow_keep(&f);			/* once is enough */
	CHECK(memcmp(flow_data(&f), some, sizeof(some)) == 0, "as it was");
	f.start = first = 100;		/* a part has gone */
	f.in_kept = false;
	memcpy(read_buf, some, sizeof(some));
	memset(kept, 0, sizeof(kept));
	flow_keep(&f);
	CHECK(memcmp(kept + first, some + first, sizeof(some) - first) == 0 && kept[99] == 0,
	    "at its place");
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

/* A Unix socket has no urgent data on some systems: then it goes as any other. */
static void
check_urgent(void)
{
	struct flow f = flow_new();
	char got;

	send(in[0], "u", 1, 0);
	flow_fill(&f, true);
	CHECK(!f.urgent, "it is not at the mark");
	f.urgent = true;
	CHECK(flow_drain(&f) == 0 && !flow_waits(&f), "urgent: sent");
	CHECK(recv(out[0], &got, 1, MSG_OOB) == 1 || recv(out[0], &got, 1, MSG_DONTWAIT) == 1,
	    "urgent: arrived");
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
	CHECK(f.big_size == 3 * FLOW_SECOND && f.full_reads == 0, "and no further: %zu", f.big_size);
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
	check_urgent();
	check_grow();
	check_ends();
	return unit_end();
}
