/* timing.c - the time of day, and the monotonic clock with its deadlines
 *
 * Runs in: all.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "timing.h"

struct moment
timing_now(void)
{
	struct moment now;

	clock_gettime(CLOCK_REALTIME, &now.wall);
	now.us = timing_now_us();
	return now;
}

long long
timing_now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000000 + t.tv_nsec / 1000;
}

long long
timing_now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (long long)t.tv_sec * 1000 + t.tv_nsec / 1000000 + 1;
}

long long
timing_left_ms(long long deadline)
{
	long long left;

	if (deadline == 0)
		return -1;
	left = deadline - timing_now_ms();
	return left > 0 ? left : 0;
}
