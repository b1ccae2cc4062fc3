/* names.c - helper processes that look up names beside the sessions
 *
 * A slow name server is to delay no byte, no record and no client, so a helper
 * outlives a short session. What bounds them: their number, and their time.
 * What the processes share are times, not processes: nothing that one of them
 * could write there makes another one send a signal.
 */
#include <config.h>

#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <netdb.h>
#include <signal.h>
#include <unistd.h>

#include "names.h"
#include "process.h"
#include "shared.h"
#include "signals.h"
#include "timing.h"

#define HELPERS	64		/* at the same time */

/* [HELPERS]: until when somebody may be at work for every 64th session; 0 nobody. */
static long long	*busy_until;
static long long	*mine;		/* in a helper: its place */
static pid_t		 parent;	/* of the sessions */

int
names_setup(bool wanted, struct cause *why)
{
	parent = getpid();
	if ((busy_until = shared_alloc(HELPERS * sizeof(*busy_until))) == NULL)
		return cause_errno(why, "memory for helpers", NULL);
	if (wanted) {
		/* The C library reads its configuration now, not in each helper; asks no server. */
		sethostent(0);
		endhostent();
		setservent(0);
		endservent();
	}
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
	return __sync_bool_compare_and_swap(place, old, now + NAMES_S * 1000);
#else
	*place = now + NAMES_S * 1000;
	return true;
#endif
}

/* The session has ended, which is as it should be, or the parent, whom nobody is to outlive. */
static void
on_parent_ended(int sig)
{
	(void)sig;
	if (getppid() != parent)
		_exit(0);
}

/* Linux: an orphan is the child of the parent of all, and ends with it. */
static void
end_with_parent(pid_t session)
{
#if defined(PR_SET_PDEATHSIG) && defined(PR_SET_CHILD_SUBREAPER)
	signal(SIGUSR2, on_parent_ended);
	prctl(PR_SET_PDEATHSIG, SIGUSR2, 0, 0, 0);
	if (getppid() != session)
		on_parent_ended(SIGUSR2);
#else
	(void)session, (void)on_parent_ended;
#endif
}

bool
names_helper(unsigned long session)
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
	alarm(NAMES_S);
	end_with_parent(self);
	return true;
}

void
names_done(void)
{
	*mine = 0;
	_exit(0);
}
