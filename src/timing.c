/* timing.c - the monotonic clock, and waiting on it with signals let in */
#include <config.h>

#include "signals.h"
#include "timing.h"

struct moment
timing_now(void)
{
	struct moment now;
	struct timespec t;

	clock_gettime(CLOCK_REALTIME, &now.wall);
	clock_gettime(CLOCK_MONOTONIC, &t);
	now.us = (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
	return now;
}

long long
timing_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

int
timing_select(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, long long ms)
{
	struct timespec t = { 0, 0 };

	if (ms > TIMING_MOST_MS)
		ms = TIMING_MOST_MS;
	t = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };

	return pselect(nfds, rd, wr, ex, ms >= 0 ? &t : NULL, &signals_wait_mask);
}
