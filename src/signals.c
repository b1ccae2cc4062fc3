/* signals.c - signals become flags; everything else happens in the loops
 *
 * Runs in: all.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <string.h>

#include "signals.h"

#define WAIT_MOST_MS	(31LL * 24 * 60 * 60 * 1000)	/* what POSIX promises of select() */

volatile sig_atomic_t	signals_term, signals_hup, signals_last, signals_child, signals_status;
sigset_t		signals_wait_mask;

static bool		typed_is_ours = true;

/* Signals that are let in only where a loop looks at their flags afterwards. */
static const int	blocked[] = { SIGTERM, SIGINT, SIGCHLD, SIGHUP, SIGUSR1,
#ifdef SIGINFO
	SIGINFO,
#endif
};
#define BLOCKED		(sizeof(blocked) / sizeof(*blocked))

/* Those of them that ask what the program is doing: BSD has a key for the second, ^T. */
static const int	asking[] = {
	SIGUSR1,
#ifdef SIGINFO
	SIGINFO,
#endif
};
#define ASKING		(sizeof(asking) / sizeof(*asking))

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

/* What a process has sent, with kill() for instance, has no si_code above 0 (POSIX, <signal.h>). */
static void
on_end(int sig, siginfo_t *info, void *context)
{
	(void)context;
	if (info->si_code > 0 && !typed_is_ours)
		return;
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
on_status(int sig)
{
	(void)sig;
	signals_status = 1;
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

static bool
is_ignored(int sig)
{
	struct sigaction old;

	return sigaction(sig, NULL, &old) == 0 && old.sa_handler == SIG_IGN;
}

/* The signal ends the program, unless that was started with it ignored (nohup, a shell's "&"). */
static void
end_by(int sig)
{
	struct sigaction sa;

	if (is_ignored(sig))
		return;
	memset(&sa, 0, sizeof(sa));
	sa.sa_sigaction = on_end;
	sa.sa_flags = SA_SIGINFO;
	sigfillset(&sa.sa_mask);
	sigaction(sig, &sa, NULL);
}

void
signals_let_status(bool in)
{
	sigset_t set;
	size_t i;

	sigemptyset(&set);
	for (i = 0; i < ASKING; i++)
		sigaddset(&set, asking[i]);
	sigprocmask(in ? SIG_UNBLOCK : SIG_BLOCK, &set, NULL);
}

void
signals_begin(void)
{
	signals_let_status(false);
}

void
signals_catch(enum signals_hangup hangup)
{
	sigset_t set;
	size_t i;

	handle(SIGPIPE, SIG_IGN);
#ifdef SIGXFSZ
	handle(SIGXFSZ, SIG_IGN);
#endif
	end_by(SIGTERM);
	end_by(SIGINT);
	handle(SIGCHLD, on_child);
	if (hangup == HANGUP_ENDS)
		end_by(SIGHUP);
	else if (hangup == HANGUP_RELOADS_ALWAYS || !is_ignored(SIGHUP))
		handle(SIGHUP, on_reload);
	for (i = 0; i < ASKING; i++)
		if (!is_ignored(asking[i]))
			handle(asking[i], on_status);
	sigemptyset(&set);
	sigaddset(&set, SIGALRM);
#ifdef SIGIO
	end_by(SIGIO);
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
signals_in_session(void)
{
#ifdef SIGINFO
	handle(SIGINFO, SIG_IGN);
#endif
}

void
signals_no_zombies(void)
{
	handle(SIGCHLD, SIG_IGN);
}

void
signals_leave_typed(void)
{
	typed_is_ours = false;
}

void
signals_before_exec(void)
{
	handle(SIGPIPE, SIG_DFL);
#ifdef SIGXFSZ
	handle(SIGXFSZ, SIG_DFL);
#endif
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
}

void
signals_default(void)
{
	size_t i;

	for (i = 0; i < ASKING; i++)
		handle(asking[i], SIG_IGN);
	handle(SIGTERM, SIG_DFL);
	handle(SIGINT, SIG_DFL);
	handle(SIGALRM, SIG_DFL);
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
}
