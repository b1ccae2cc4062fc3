/* test-timing.c - what is made of the system's clocks, and deadlines
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "timing.h"
#include "unit.h"

static struct timespec	wall = { 1700000000, 123456789 }, monotonic;

int	__wrap_clock_gettime(clockid_t, struct timespec *);

int
__wrap_clock_gettime(clockid_t which, struct timespec *t)
{
	CHECK(which == CLOCK_REALTIME || which == CLOCK_MONOTONIC, "clock %d", (int)which);
	*t = which == CLOCK_REALTIME ? wall : monotonic;
	return 0;
}

static void
check_clocks(long sec, long nsec, long long us, long long ms)
{
	struct moment now;

	monotonic = (struct timespec){ sec, nsec };
	now = timing_now();
	CHECK(now.us == us, "%lld us, not %lld", now.us, us);
	CHECK(memcmp(&now.wall, &wall, sizeof(wall)) == 0, "the time of day");
	CHECK(timing_now_us() == us, "%lld us, not %lld", timing_now_us(), us);
	CHECK(timing_now_ms() == ms, "%lld ms, not %lld", timing_now_ms(), ms);
}

static void
check_left(long long deadline, long long left)
{
	CHECK(timing_left_ms(deadline) == left, "until %lld: %lld, not %lld", deadline,
	    timing_left_ms(deadline), left);
}

int
main(void)
{
	check_clocks(0, 0, 0, 1);
	check_clocks(0, 999999, 999, 1);
	check_clocks(0, 1000000, 1000, 2);
	check_clocks(7, 654321987, 7654321, 7655);
	check_clocks(2000000000, 999999999, 2000000000999999, 2000000001000);
	monotonic = (struct timespec){ 5, 0 };
	check_left(0, -1);
	check_left(1, 0);
	check_left(5000, 0);
	check_left(5001, 0);
	check_left(5002, 1);
	check_left(5001 + 86400000LL * 100, 86400000LL * 100);
	monotonic = (struct timespec){ 0, 0 };
	check_left(1, 0);
	check_left(0, -1);
	return unit_end();
}
