/* lookup.c - helper processes that look up names beside the sessions
 *
 * Runs in: parent (lookup_setup, lookup_at_work), session (lookup_fork), lookup helper (the
 * rest).
 *
 * A slow name server is to delay no byte, no record and no client, so a helper
 * outlives a short session. What bounds them: their number, and their time.
 * What the processes share are times, not processes: nothing that one of them
 * could write there makes another one send a signal.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <netdb.h>
#include <signal.h>
#include <unistd.h>

#include "lookup.h"
#include "process.h"
#include "signals.h"
#include "timing.h"

#define HELPERS	64		/* at the same time */

/* [HELPERS]: until when a helper of every 64th session may be at work; 0: there is none. */
static long long	*busy_until;
static long long	*mine;		/* in a helper: its place in busy_until */
static pid_t		 parent;	/* of the sessions */

int
lookup_setup(struct cause *why)
{
	parent = getpid();
	if ((busy_until = process_shared(HELPERS * sizeof(*busy_until))) == NULL)
		return cause_errno(why, "names are not looked up: memory for helpers", NULL);
	/* The C library reads its configuration now, not in each helper; asks no server. */
	sethostent(0);
	endhostent();
	setservent(0);
	endservent();
	return 0;
}

/* Takes the place before there is a process for it, so that no two have the same. */
static bool
take(long long *place, long long now)
{
	long long old = *place;

	if (old >= now)
		return false;
#ifdef HAVE_SYNC_FETCH_AND_ADD
	return __sync_bool_compare_and_swap(place, old, now + LOOKUP_S * 1000);
#else
	*place = now + LOOKUP_S * 1000;
	return true;
#endif
}

/*
 * The process that this helper is a child of has ended: the session, which is as it
 * should be, and then the helper is a child of the parent; or the parent, which nothing
 * of tcpreen is to outlive.
 */
static void
on_parent_ended(int sig)
{
	(void)sig;
	if (getppid() != parent)
		_exit(0);
}

/* Linux: a helper whose session has ended is adopted by the parent, and ends with it. */
static void
end_with_parent(pid_t session)
{
#if defined(PR_SET_PDEATHSIG) && defined(PR_SET_CHILD_SUBREAPER)
	signal(SIGUSR2, on_parent_ended);
	prctl(PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0);
	if (getppid() != session)	/* it ended before the line above */
		on_parent_ended(SIGUSR2);
#else
	(void)session, (void)on_parent_ended;
#endif
}

bool
lookup_fork(unsigned long session)
{
	long long *place = &busy_until[session % HELPERS];
	pid_t self = getpid(), pid;

	if (!take(place, timing_now_ms()))
		return false;
	signals_no_zombies();
	if ((pid = process_fork()) == -1)
		*place = 0;
	if (pid != 0)
		return false;
	mine = place;
	signals_default();
	alarm(LOOKUP_S);
	end_with_parent(self);
	return true;
}

void
lookup_done(void)
{
	*mine = 0;
	_exit(0);
}

bool
lookup_at_work(void)
{
	long long now = timing_now_ms();
	size_t i;

	for (i = 0; busy_until != NULL && i < HELPERS; i++)
		if (busy_until[i] >= now)
			return true;
	return false;
}
