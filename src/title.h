/* title.h - what ps(1) shows of a process, so that sessions can be told apart */
#ifndef TITLE_H
#define TITLE_H

#include "attrib.h"

/*
 * At start, before anything keeps a pointer into argv or the environment: where titles
 * are written over them (Linux), moves both, and finds out how much room there is.
 *
 * Returns the argv to use from now on. Without memory it is the same, and there will
 * be no titles.
 */
char	**title_begin(char *argv[]);

/*
 * What ps -f shows from now on: "tcpreen: " and that text, cut to the room there is. The
 * short name (ps without -f, top) is "tcpreen " and the number of the session, so that
 * it still begins like the others' do. A system that knows no titles shows neither.
 */
void	title_set(unsigned long session, const char *fmt, ...) PRINTF_LIKE(2, 3);

#endif
