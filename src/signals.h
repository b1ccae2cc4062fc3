/* signals.h - signals become flags; everything else happens in the loops
 *
 * From signals_block() on, signals are let in only inside pselect() with
 * signals_wait_mask, so that none comes between a look at a flag and the wait; and
 * by signals_let_in(). What asks for the status is blocked from the start: it ends nothing,
 * interrupts nothing, and is answered as soon as somebody can.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <sys/select.h>
#include <signal.h>
#include <stdbool.h>

extern volatile sig_atomic_t	signals_term;	/* how many signals came that end the program */
extern volatile sig_atomic_t	signals_last;	/* the last of them */
extern volatile sig_atomic_t	signals_hup;	/* SIGHUP came, to reload; whoever reloads clears it */
extern volatile sig_atomic_t	signals_status;	/* SIGUSR1, SIGINFO; whoever answers clears it */
extern volatile sig_atomic_t	signals_child;	/* SIGCHLD came; whoever calls waitpid() clears it */

/* "SIGTERM" ... for the signals that end the program. */
const char	*signals_name(int sig);

/* The mask for pselect(): lets in what signals_block() keeps out. */
extern sigset_t	signals_wait_mask;

/* First of all, since the default of SIGUSR1 ends a process: blocks what asks for the status. */
void	signals_begin(void);

/*
 * Installs the parent's handlers, before anything listens: a SIGTERM that came between
 * the bind() of a Unix socket and its handler would leave the socket's path behind, and
 * one while the start waits (for the reader of a FIFO) ends the start in an orderly way.
 *
 * SIGTERM and SIGINT count in signals_term, and so does SIGIO: see daemon.h. One of them that
 * is ignored stays so (nohup, a shell's "&"), as does what asks for the status; SIGHUP, too,
 * unless it RELOADS_ALWAYS: a daemon has no terminal that could hang up. Signals that end
 * nothing are blocked until signals_block(), since they would interrupt the start. SIGPIPE and
 * SIGXFSZ are ignored: the error of write(2) tells the same. SIGALRM is let in, whatever the
 * starter blocked: alarm() has to end a lookup helper.
 */
enum signals_hangup { HANGUP_ENDS, HANGUP_RELOADS, HANGUP_RELOADS_ALWAYS };
void	signals_catch(enum signals_hangup hangup);

/* Blocks all that have a handler above and fills signals_wait_mask. */
void	signals_block(void);

/*
 * pselect(2) with signals_wait_mask, for at most ms milliseconds (-1: no limit), and at
 * most a month: some systems refuse more than 10^8 seconds. Returns what pselect() does.
 */
int	signals_select(int nfds, fd_set *rd, fd_set *wr, fd_set *ex, long long ms);

/*
 * A pselect() that finds a descriptor ready may leave a pending signal pending
 * (POSIX leaves that open; Linux does). Where one may always be ready, call this
 * every SIGNALS_TURNS turns, or before each that may take long.
 */
#define SIGNALS_TURNS	16
void	signals_let_in(void);

/*
 * Lets in what asks for the status, or keeps it out: around a call that may wait long, so
 * that it is interrupted (EINTR).
 */
void	signals_let_status(bool in);

/* In a session: it hears of SIGUSR1. What is typed (SIGINFO) is the parent's to pass on. */
void	signals_in_session(void);

/* From now on the children of this process leave no zombies and send no SIGCHLD. */
void	signals_no_zombies(void);

/*
 * From now on what the terminal sends (^C) ends nothing, here and in the children: it is
 * for another program in the foreground, which gets it, too.
 */
void	signals_leave_typed(void);

/* In a child that will be another program: signals as that expects them to be. */
void	signals_before_exec(void);

/*
 * In a helper process: signals end it as they end any program, so that one that waits
 * for a name server can be ended. What asks for the status is ignored.
 */
void	signals_default(void);

#endif
