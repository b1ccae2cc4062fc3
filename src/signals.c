/* signals.c - signals become flags; everything else happens in the loops
 *
 * Runs in: all.
 */
#include <config.h>

#include <string.h>

#include "signals.h"

#define WAIT_MOST_MS	(31LL * 24 * 60 * 60 * 1000)	/* what POSIX promises of select() */

volatile sig_atomic_t	signals_term, signals_hup, signals_last, signals_child;
sigset_t		signals_wait_mask;

/* Signals that are let in only where a loop looks at their flags afterwards. */
static const int	blocked[] = { SIGTERM, SIGINT, SIGCHLD, SIGHUP };
#define BLOCKED		(sizeof(blocked) / sizeof(*blocked))

static const struct {
	int		 sig;
	const char	*name;
} names[] = {
	{ SIGTERM, "SIGTERM" }, { SIGINT, "SIGINT" }, { SIGHUP, "SIGHUP" },
#ifdef SIGIO
	{ SIGIO, "the launching process has ended" },
#endif
};

const char *
signals_name(int sig)
{
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(*names); i++)
		if (names[i].sig == sig)
			return names[i].name;
	return "a signal";
}

static void
on_end(int sig)
{
	signals_last = sig;
	signals_term++;
}

static void
on_reload(int sig)
{
	(void)sig;
	signals_hup = 1;
}

static void
on_child(int sig)
{
	(void)sig;
	signals_child = 1;
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

/* Sets a handler, unless the signal was ignored when the program was started (nohup, a shell's "&"). */
static void
handle_unless_ignored(int sig, void (*handler)(int))
{
	struct sigaction old;

	if (sigaction(sig, NULL, &old) == -1 || old.sa_handler != SIG_IGN)
		handle(sig, handler);
}

void
signals_catch(enum signals_hangup hangup)
{
	sigset_t set;

	handle(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
	handle(SIGXFSZ, SIG_IGN);
#endif
	handle_unless_ignored(SIGTERM, on_end);
	handle_unless_ignored(SIGINT, on_end);
	handle(SIGCHLD, on_child);
	if (hangup == HANGUP_RELOADS_ALWAYS)
		handle(SIGHUP, on_reload);
	else
		handle_unless_ignored(SIGHUP, hangup == HANGUP_ENDS ? on_end : on_reload);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
#ifdef SIGIO
	handle(SIGIO, on_end);
	sigaddset(&set, SIGIO);
#endif
	sigprocmask(SIG_UNBLOCK, &set, NULL);
	/* The start may wait for the reader of a FIFO, which these would interrupt. */
	sigemptyset(&set);
	sigaddset(&set, SIGCHLD);
	if (hangup != HANGUP_ENDS)
		sigaddset(&set, SIGHUP);
	sigprocmask(SIG_BLOCK, &set, NULL);
}

void
signals_block(void)
{
	sigset_t block;
	size_t i;

	sigemptyset(&block);
	for (i = 0; i < BLOCKED; i++)
		sigaddset(&block, blocked[i]);
	sigprocmask(SIG_BLOCK, &block, &signals_wait_mask);
	for (i = 0; i < BLOCKED; i++)
		sigdelset(&signals_wait_mask, blocked[i]);
}

int
signals_select(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, long long ms)
{
	struct timespec t;

	if (ms > WAIT_MOST_MS)
		ms = WAIT_MOST_MS;
	t = (struct timespec){ (time_t)(ms / 1000), (long)(ms % 1000 * 1000000) };
	return pselect(nfds, rd, wr, ex, ms >= 0 ? &t : NULL, &signals_wait_mask);
}

void
signals_let_in(void)
{
	sigset_t set;
	size_t i;

	sigpending(&set);
	for (i = 0; i < BLOCKED && sigismember(&set, blocked[i]) != 1; i++)
		;
	if (i == BLOCKED)
		return;
	sigprocmask(SIG_SETMASK, &signals_wait_mask, &set);
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
	handle(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
}
