/* title.c - what ps(1) shows of a process, so that sessions can be told apart
 *
 * Runs in: parent (title_begin), session and lookup helper (title_set).
 *
 * BSD has setproctitle(3). Linux shows the memory in which the kernel put the words of
 * the command line; where their last byte is not NUL any more, it goes on with what
 * follows them, the environment, to the first NUL. POSIX has nothing of the kind.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "title.h"

#define TITLE_MOST	512	/* bytes; the texts of peers are shorter */
#define DIGITS_MOST	21	/* of a number of 64 bits, and the NUL */

#if defined(PR_SET_NAME) && !defined(HAVE_SETPROCTITLE)

extern char	**environ;

static char	*room;		/* where the kernel put the words of the command line */
static size_t	 words_size;	/* bytes of them there, their NULs included */
static size_t	 room_size;	/* and with the environment behind them */

/* Follows the strings of a list as long as they lie end to end from there. Returns the end. */
static char *
end_of(char *const *list, char *from)
{
	for (; *list == from; list++)
		from += strlen(from) + 1;
	return from;
}

/* A copy of a list and its strings, in one piece of memory that stays. NULL with errno. */
static char **
copy_list(char *const *list)
{
	size_t n, bytes = 0;
	char **copy, *to;

	for (n = 0; list[n] != NULL; n++)
		bytes += strlen(list[n]) + 1;
	if ((copy = malloc((n + 1) * sizeof(*copy) + bytes)) == NULL)
		return NULL;
	to = (char *)&copy[n + 1];
	for (n = 0; list[n] != NULL; n++) {
		copy[n] = strcpy(to, list[n]);
		to += strlen(to) + 1;
	}
	copy[n] = NULL;
	return copy;
}

char **
title_begin(char *argv[])
{
	static char **words, **variables;	/* what is reachable is no leak */

	if (argv[0] == NULL || environ == NULL || (words = copy_list(argv)) == NULL)
		return argv;
	if ((variables = copy_list(environ)) == NULL) {
		free(words);
		return argv;
	}
	room = argv[0];
	words_size = (size_t)(end_of(argv, room) - room);
	room_size = (size_t)(end_of(environ, room + words_size) - room);
	environ = variables;
	return words;
}

static void
show(const char *name, const char *text)
{
	size_t n = strlen(text);

	prctl(PR_SET_NAME, name, 0, 0, 0);	/* of which Linux keeps 15 bytes */
	if (room == NULL)
		return;
	if (n > room_size - 1)
		n = room_size - 1;
	memcpy(room, text, n);
	memset(room + n, '\0', n < words_size ? words_size - n : 1);
}

#else

char **
title_begin(char *argv[])
{
	return argv;
}

static void
show(const char *name, const char *text)
{
	(void)name;
#ifdef HAVE_SETPROCTITLE
	setproctitle("%s", text + strlen("tcpreen: "));		/* which it puts there itself */
#else
	(void)text;
#endif
}

#endif

/* A number in the last bytes of text. Returns its first digit. */
static const char *
digits(unsigned long n, char text[DIGITS_MOST])
{
	char *to = &text[DIGITS_MOST - 1];

	*to = '\0';
	do
		*--to = (char)('0' + n % 10);
	while ((n /= 10) > 0);
	return to;
}

/* Adds to a text of that length, as far as there is room. Returns its new length. */
static size_t
append(char text[TITLE_MOST], size_t len, const char *more)
{
	size_t n = strlen(more);

	if (n > TITLE_MOST - 1 - len)
		n = TITLE_MOST - 1 - len;
	memcpy(text + len, more, n);
	text[len + n] = '\0';
	return len + n;
}

/* Without printf(3): touching its pages first would cost each session a tenth of all it does. */
void
title_set(const char *what, unsigned long session, const char *who)
{
	char number[DIGITS_MOST], name[TITLE_MOST], text[TITLE_MOST];
	const char *n = digits(session, number);
	size_t len = append(text, 0, "tcpreen: ");

	len = append(text, len, what);
	len = append(text, len, n);
	if (*who != '\0') {
		len = append(text, len, " ");
		append(text, len, who);
	}
	append(name, append(name, 0, "tcpreen "), n);
	show(name, text);
}
