/* lookup.h - helper processes that look up names beside the sessions
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LOOKUP_H
#define LOOKUP_H

#include <stdbool.h>

#include "diag.h"

/*
 * Before the first session, in the parent, when names are wanted: makes room for what
 * all processes know of the helpers. 0, or -1 with why.
 */
int	lookup_setup(struct cause *why);

/*
 * Forks a helper for that session. Returns true in the helper, which has signals
 * as usual, is ended by SIGALRM after LOOKUP_S seconds and, on Linux, with the process
 * that called lookup_setup(), and calls lookup_done(); false in the session, also when
 * there is none: too many are still at work.
 *
 * The session need not know of its helper, nor wait for it: it leaves no zombie.
 */
#define LOOKUP_S		30
bool	lookup_fork(unsigned long session);
void	lookup_done(void);

/* Whether a helper of any session may still be at work. */
bool	lookup_at_work(void);

#endif
