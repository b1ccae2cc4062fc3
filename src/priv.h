/* priv.h - whose rights tcpreen runs with
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PRIV_H
#define PRIV_H

#include "diag.h"

/*
 * First of all: a set-UID program goes on with the real user's rights. Returns
 * 0, or -1 with why.
 */
int	priv_begin(struct cause *why);

/*
 * Whether this user may run tcpreen, as user (-u, or NULL). 0, or -1 with why, a
 * usage error if there is no such user.
 */
int	priv_check(const char *user, struct cause *why);

/* The privileged rights again, for a bind(2); and away with them. */
void	priv_raise(void);
void	priv_lower(void);

/*
 * Gives up every right but those of user (NULL: the real user) for good: group,
 * supplementary groups, user, and then tries to get root back, which must fail.
 * 0, or -1 with why.
 */
int	priv_drop(const char *user, struct cause *why);

#endif
