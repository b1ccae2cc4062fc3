/* signals.h - signals become flags; everything else happens in the loops
 *
 * From signals_block() on they are let in only inside pselect() with
 * signals_calm, so that none comes between a look at a flag and the wait; and
 * by signals_let_in().
 */
#ifndef SIGNALS_H
#define SIGNALS_H

#include <signal.h>
#include <stdbool.h>

/* How often a signal came that ends the program; whether SIGHUP did (the reader clears it). */
extern volatile sig_atomic_t	signals_term, signals_hup;

/* Which one it was that counted last; set by SIGCHLD. */
extern volatile sig_atomic_t	signals_last, signals_child;

/* "SIGTERM" ... */
const char	*signals_name(int sig);

/* The mask to wait with. */
extern sigset_t	signals_calm;

/*
 * The parent's handlers. SIGTERM and SIGINT count in signals_term, and so does SIGIO:
 * see daemon.h. One of them that is ignored stays so (nohup, a shell's "&"); SIGHUP, too,
 * unless it RELOADS_ALWAYS: a daemon has no terminal that could hang up. Until
 * signals_block(), those that end nothing wait, since they would interrupt the start.
 * SIGPIPE and SIGXFSZ are ignored: write(2) says it all. SIGALRM is let in.
 */
enum signals_hangup { HANGUP_ENDS, HANGUP_RELOADS, HANGUP_RELOADS_ALWAYS };
void	signals_catch(enum signals_hangup hangup);
void	signals_block(void);

/*
 * A pselect() that finds a descriptor ready may leave a pending signal pending
 * (POSIX leaves that open; Linux does). Where one may always be ready, call this
 * every SIGNALS_TURNS turns, or before each that may take long.
 */
#define SIGNALS_TURNS	16
void	signals_let_in(void);

/* The children of this process leave no zombies, and say nothing when they end. */
void	signals_no_zombies(void);

/* What a helper process needs before it waits for others: everything as usual. */
void	signals_default(void);

#endif
