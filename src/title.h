/* title.h - what ps(1) shows of a process, so that sessions can be told apart
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef TITLE_H
#define TITLE_H

/*
 * At start, before anything keeps a pointer into argv or the environment: where titles
 * are written over them (Linux), moves both, and finds out how much room there is.
 *
 * Returns the argv to use from now on. Without memory it is the same, and there will
 * be no titles.
 */
char	**title_begin(char *argv[]);

/*
 * What ps -f shows from now on: "tcpreen: session 12 127.0.0.1:53156", where "session " is
 * what and the address is who (which may be empty), cut to the room there is. The short
 * name (ps without -f, top) is "tcpreen 12", so that it still begins like the others' do.
 * A system that knows no titles shows neither.
 */
void	title_set(const char *what, unsigned long session, const char *who);

#endif
