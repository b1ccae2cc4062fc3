/* signals.c - signals become flags; everything else happens in the loops */
#include <config.h>

#include <string.h>

#include "shared.h"
#include "signals.h"

volatile sig_atomic_t	signals_term, signals_hup;
sigset_t		signals_calm;

static volatile sig_atomic_t	own_child;	/* where there is no shared memory */
volatile sig_atomic_t	*signals_child = &own_child;

/* Those that are let in only where somebody looks at what they say. */
static const int	ours[] = { SIGTERM, SIGINT, SIGCHLD, SIGHUP };
#define OURS		(sizeof(ours) / sizeof(*ours))

static void
on_signal(int sig)
{
	if (sig == SIGHUP)
		signals_hup = 1;
	else
		signals_term++;
}

static void
on_hangup(int sig)
{
	(void)sig;
	signals_term++;
}

static void
on_child(int sig)
{
	(void)sig;
	*signals_child = 1;
}

static void
handle(int sig, void (*handler)(int))
{
	struct sigaction sa;

	memset(&sa, 0, sizeof(sa));
	sa.sa_handler = handler;
	sigfillset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

void
signals_catch(bool hup)
{
	void *shared = shared_alloc(sizeof(*signals_child));

	if (shared != NULL)
		signals_child = shared;
	handle(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
	handle(SIGXFSZ, SIG_IGN);
#endif
	handle(SIGTERM, on_signal);
	handle(SIGINT, on_signal);
	handle(SIGCHLD, on_child);
	handle(SIGHUP, hup ? on_signal : on_hangup);
}

void
signals_block(void)
{
	sigset_t block;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < OURS; i++)
		sigaddset(&block, ours[i]);
	sigprocmask(SIG_BLOCK, &block, &signals_calm);
	for (i = 0; i < OURS; i++)
		sigdelset(&signals_calm, ours[i]);
}

void
signals_let_in(void)
{
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < OURS && sigismember(&set, ours[i]) != 1; i++)
		;
	if (i == OURS)
		return;
	sigprocmask(SIG_SETMASK, &signals_calm, &set);
	sigprocmask(SIG_SETMASK, &set, NULL);
}

void
signals_no_zombies(void)
{
	handle(SIGCHLD, SIG_IGN);
}

void
signals_default(void)
{
	handle(SIGTERM, SIG_DFL);
	handle(SIGINT, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals_calm, NULL);
}
