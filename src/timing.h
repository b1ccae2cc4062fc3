/* timing.h - the monotonic clock, and waiting on it with signals let in */
#ifndef TIMING_H
#define TIMING_H

#include <sys/select.h>

/* Milliseconds since some fixed moment; never 0. */
long long	timing_now_ms(void);

/*
 * pselect(2) with signals_calm, for at most ms milliseconds (-1: no limit).
 * Returns what pselect() does.
 */
int	timing_select(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, long long ms);

#endif
