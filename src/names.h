/* names.h - helper processes that look up names beside the sessions */
#ifndef NAMES_H
#define NAMES_H

#include <stdbool.h>

#include "diag.h"

/*
 * Before the first session, in the parent: makes room for what all processes know
 * of the helpers; wanted: there will be some. 0, or -1 with why.
 */
int	names_setup(bool wanted, struct cause *why);

/*
 * Forks a helper for that session. Returns true in the helper, which has signals
 * as usual, is ended by SIGALRM after NAMES_S seconds and, on Linux, with the process
 * that called names_setup(), and calls names_done(); false in the session, also when
 * there is none: too many are still at work.
 *
 * The session need not know of its helper, nor wait for it: it leaves no zombie.
 */
#define NAMES_S		30
bool	names_helper(unsigned long session);
void	names_done(void);

#endif
