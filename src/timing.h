/* timing.h - the monotonic clock, and waiting on it with signals let in */
#ifndef TIMING_H
#define TIMING_H

#include <sys/select.h>
#include <time.h>

/* A moment: for people, and to measure from (microseconds since some fixed moment). */
struct moment {
	struct timespec	wall;	/* CLOCK_REALTIME */
	long long	us;	/* CLOCK_MONOTONIC */
};

struct moment	timing_now(void);

/* Milliseconds since some fixed moment; never 0. */
long long	timing_now_ms(void);

#define TIMING_MOST_MS	(31LL * 24 * 60 * 60 * 1000)	/* as much as POSIX promises */

/*
 * pselect(2) with signals_wait_mask, for at most ms milliseconds (-1: no limit), and
 * at most a month: some systems refuse more than 10^8 seconds.
 * Returns what pselect() does.
 */
int	timing_select(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, long long ms);

#endif
