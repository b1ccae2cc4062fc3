/* test-process.c - what a child writes to memory in common, its parent sees; nothing else
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/mman.h>
#include <sys/wait.h>
#include <stdlib.h>
#include <unistd.h>

#include "process.h"
#include "unit.h"

#define TURNS	20000

int
main(void)
{
	volatile uintmax_t own = 1;
	uintmax_t *common = process_shared(3 * sizeof(*common));
	pid_t pid;
	int i, status;

	alarm(30);
	CHECK(common != NULL, "memory");
	CHECK(common[0] == 0 && common[1] == 0 && common[2] == 0, "zeroed");
	pid = process_fork();
	if (pid == 0) {
		own++;
		common[2] = own;
	}
	for (i = 0; i < TURNS; i++)
		process_add(&common[0], 3);
	process_add(&common[1], UINTMAX_C(1) << 40);
	if (pid == 0)
		_exit(0);
	CHECK(pid > 0 && waitpid(pid, &status, 0) == pid && status == 0, "a child");
	CHECK(own == 1 && common[2] == 2, "%ju %ju", (uintmax_t)own, common[2]);
	CHECK(common[1] == UINTMAX_C(1) << 41, "%ju", common[1]);
#ifdef HAVE_SYNC_FETCH_AND_ADD
	CHECK(common[0] == 6 * TURNS, "%ju: what both add counts", common[0]);
#endif
	CHECK(process_shared((size_t)-1 - 65535) == NULL, "more than there is");
	return unit_end();
}
