/* names.c - helper processes that look up names beside the sessions
 *
 * A slow name server is to delay no byte, no record and no client, so a helper
 * outlives a short session. What bounds them: their number, and their time.
 */
#include <config.h>

#include <sys/wait.h>
#include <signal.h>
#include <unistd.h>

#include "names.h"
#include "process.h"
#include "shared.h"
#include "signals.h"

#define HELPERS	64		/* at the same time */

static pid_t	*helper;	/* [HELPERS]: who works for every 64th session; 0 nobody */
static pid_t	*mine;		/* in a helper: its place */

int
names_setup(struct cause *why)
{
	helper = shared_alloc(HELPERS * sizeof(*helper));
	return helper != NULL ? 0 : cause_errno(why, "memory for helpers", NULL);
}

static void
on_alarm(int sig)
{
	(void)sig;
	names_done();
}

bool
names_helper(unsigned long session)
{
	pid_t *place = &helper[session % HELPERS];

	if (*place != 0 && kill(*place, 0) == 0)
		return false;
	signals_no_zombies();
	if (process_fork() != 0)
		return false;
	mine = place;
	*mine = getpid();
	signals_default();
	signal(SIGALRM, on_alarm);
	alarm(NAMES_S);
	return true;
}

void
names_done(void)
{
	*mine = 0;
	_exit(0);
}

/* Only a child of ours is ended: the pid of any other may be somebody else's by now. */
void
names_end(void)
{
	size_t i;

	for (i = 0; i < HELPERS; i++)
		if (helper[i] > 0 && waitpid(helper[i], NULL, WNOHANG) == 0) {
			kill(helper[i], SIGKILL);
			waitpid(helper[i], NULL, 0);
		}
}
