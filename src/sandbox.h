/* sandbox.h - gives up what a process will not need any more
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef SANDBOX_H
#define SANDBOX_H

#include <stdbool.h>

/*
 * In the parent, once it has forked whoever is to keep the way to more rights (the
 * command of --run): from now on no program that this process or its children execute
 * has rights that they do not have (Linux: no_new_privs). Never fails.
 */
void	sandbox_parent(void);

/*
 * In a session that has its connections, its files and its helper: the process goes on
 * with the descriptors that it has, which poll(2) may refuse from now on, and select(2)
 * does not. It can neither
 *
 *	make a descriptor, which even root would first have to allow itself again
 *	(RLIMIT_NOFILE; skipped where systemlog_opens());
 *	make a process (RLIMIT_NPROC, which does not bind root), nor leave a core file
 *	with what was said in it (RLIMIT_CORE);
 *	use a file by its name, execute one, bind or connect TCP sockets, signal or trace
 *	processes from before (Linux: Landlock, as much of it as the kernel has).
 *
 * What the system does not have, or refuses, is left out. say: one line at -vv tells
 * what is in force, and what is not.
 */
void	sandbox_session(unsigned long session, bool say);

#endif
