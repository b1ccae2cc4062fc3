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

/* How often SIGTERM or SIGINT came; whether SIGHUP did (the reader clears it). */
extern volatile sig_atomic_t	signals_term, signals_hup;

/* Set by SIGCHLD; in shared memory, since a page of the parent's own would be copied each time. */
extern volatile sig_atomic_t	*signals_child;

/* The mask to wait with. */
extern sigset_t	signals_calm;

/*
 * The parent's handlers. hup: whether SIGHUP sets signals_hup (else it counts
 * as SIGTERM). SIGPIPE and SIGXFSZ are ignored: write(2) says it all.
 */
void	signals_catch(bool hup);
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
