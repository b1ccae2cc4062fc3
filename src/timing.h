/* timing.h - the time of day, and the monotonic clock with its deadlines
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TIMING_H
#define TIMING_H

#include <time.h>

/* A moment: for people, and to measure from (microseconds since some fixed moment). */
struct moment {
	struct timespec	wall;	/* CLOCK_REALTIME */
	long long	us;	/* CLOCK_MONOTONIC */
};

struct moment	timing_now(void);

/* The us of timing_now() alone. */
long long	timing_now_us(void);

/* Milliseconds since some fixed moment; never 0, so that a deadline of 0 can mean none. */
long long	timing_now_ms(void);

/* Milliseconds until timing_now_ms() is the deadline, at least 0; -1 when there is none (0). */
long long	timing_left_ms(long long deadline);

#endif
