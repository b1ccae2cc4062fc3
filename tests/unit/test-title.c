/* test-title.c - titles over a command line and an environment that are made up
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <limits.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "title.h"
#include "unit.h"

#if defined(PR_SET_NAME) && !defined(HAVE_SETPROCTITLE)

extern char	**environ;

/* As the kernel lays it out: "./tcpreen" "-n" "25" and "A=b" "LANG=C", end to end. */
#define WORDS	"./tcpreen\0-n\0" "25\0"
#define ROOM	WORDS "A=b\0LANG=C\0"
#define BEHIND	"behind"

static char	memory[] = ROOM BEHIND;

/* Titles in turn, each over what the one before it has left. */
static const struct {
	const char	*what;
	unsigned long	 session;
	const char	*who;
	const char	*name;
	char		 memory[sizeof(memory)];
} titles[] = {
	{ "", 0, "",		"tcpreen 0",	"tcpreen: 0\0\0\0\0\0\0A=b\0LANG=C\0" BEHIND },
	{ "s ", 9, "ab",	"tcpreen 9",	"tcpreen: s 9 ab\0A=b\0LANG=C\0" BEHIND },	/* just within the words */
	{ "s ", 10, "ab",	"tcpreen 10",	"tcpreen: s 10 ab\0=b\0LANG=C\0" BEHIND },	/* their last NUL is gone */
	{ "s ", 109, "ab",	"tcpreen 109",	"tcpreen: s 109 ab\0b\0LANG=C\0" BEHIND },
	{ "", 7, "",		"tcpreen 7",	"tcpreen: 7\0\0\0\0\0\0" "b\0b\0LANG=C\0" BEHIND },	/* behind a NUL nothing shows */
	{ "", 1234567, "a long on",	"tcpreen 1234567",	"tcpreen: 1234567 a long on\0" BEHIND },	/* all there is */
	{ "", 12345678, "a long one",	"tcpreen 1234567",	"tcpreen: 12345678 a long o\0" BEHIND },	/* cut */
};

#ifdef WRAPPED

#define CANARY	16		/* bytes behind each piece of memory */

static int	 mallocs = -1;	/* that many work, and then none; -1: all do */
static struct {
	unsigned char	*at;
	size_t		 n;
}		 pieces[16];
static size_t	 npieces;

void	*__real_malloc(size_t n);
void	*__wrap_malloc(size_t n);

/* Never zeroed, as it may be. */
void *
__wrap_malloc(size_t n)
{
	void *p = mallocs == 0 ? NULL : __real_malloc(n + CANARY);

	if (mallocs > 0)
		mallocs--;
	if (p == NULL)
		return NULL;
	if (npieces < sizeof(pieces) / sizeof(*pieces)) {
		pieces[npieces].at = p;
		pieces[npieces++].n = n;
	}
	return memset(p, 0xff, n + CANARY);
}

/* Whether nothing was written behind the memory that there was. */
static bool
within_memory(void)
{
	size_t i, j;

	for (i = 0; i < npieces; i++)
		for (j = 0; j < CANARY; j++)
			if (pieces[i].at[pieces[i].n + j] != 0xff)
				return false;
	return true;
}

static void
test_no_memory(void)
{
	char word[] = "w", variable[] = "A=b";
	char *argv[] = { word, NULL }, *list[] = { variable, NULL }, **saved = environ;
	int works;

	environ = list;
	for (works = 0; works < 2; works++) {
		mallocs = works;
		CHECK(title_begin(argv) == argv && environ == list, "%d works: nothing is moved", works);
	}
	mallocs = -1;
	environ = saved;
}

#endif

static void
test_room(void)
{
	char *argv[] = { memory, memory + 10, memory + 13, NULL };
	char *variables[] = { memory + 16, memory + 20, NULL };
	char **moved, name[16], **saved = environ;
	size_t i;

	environ = variables;
	moved = title_begin(argv);
	CHECK(moved != argv && environ != variables, "both are moved");
#ifdef WRAPPED
	CHECK(npieces > 0 && within_memory(), "to where there is room for them");
#endif
	for (i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		title_set(titles[i].what, titles[i].session, titles[i].who);
		CHECK_BYTES(memory, sizeof(memory), titles[i].memory, sizeof(memory), titles[i].name);
		CHECK(prctl(PR_GET_NAME, name, 0, 0, 0) == 0, "a short name");
		CHECK_TEXT(name, titles[i].name, "the short name");
	}
	CHECK_TEXT(moved[0], "./tcpreen", "the words are as they were");
	CHECK_TEXT(moved[1], "-n", "the words are as they were");
	CHECK_TEXT(moved[2], "25", "the words are as they were");
	CHECK(moved[3] == NULL, "and no more");
	CHECK_TEXT(getenv("A"), "b", "so is the environment");
	CHECK_TEXT(getenv("LANG"), "C", "so is the environment");
	CHECK(environ[2] == NULL, "and no more");
	environ = saved;
}

/* What does not lie end to end is not touched. */
static void
test_gaps(void)
{
	char words[] = "tcpreen\0-n\0#25\0", variables[] = "A=b";
	char *argv[] = { words, words + 8, words + 12, NULL }, *list[] = { variables, NULL };
	char **saved = environ;

	environ = list;
	CHECK_TEXT(title_begin(argv)[2], "25", "moved all the same");
	title_set("session ", 12, "a long title");
	CHECK_BYTES(words, sizeof(words), "tcpreen: s\0#25\0", 16, "only what is known to be ours");
	CHECK_TEXT(variables, "A=b", "an environment that is elsewhere");
	environ = saved;
}

/* Nobody's text is as long as that, but it would be cut. */
static void
test_long(void)
{
	static char words[2000], who[1000];
	char start[64];
	char *argv[] = { words, NULL }, *list[] = { NULL }, **saved = environ;

	memset(words, 'w', sizeof(words) - 1);
	memset(who, 'x', sizeof(who) - 1);
	environ = list;
	title_begin(argv);
	title_set("session ", ULONG_MAX, who);
	CHECK(strlen(words) == 511 && words[510] == 'x', "%zu bytes", strlen(words));
	snprintf(start, sizeof(start), "tcpreen: session %lu xx", ULONG_MAX);
	CHECK(strncmp(words, start, strlen(start)) == 0, "%.60s", words);
	CHECK(words[sizeof(words) - 2] == '\0', "nothing is left of the words");
	title_set(who, 3, who);
	CHECK(strlen(words) == 511 && words[510] == 'x', "%zu bytes", strlen(words));
	environ = saved;
}

static void
test_nothing(void)
{
	char *argv[] = { NULL }, **saved = environ;
	char word[] = "w", *one[] = { word, NULL };

	CHECK(title_begin(argv) == argv && environ == saved, "no words");
	environ = NULL;
	CHECK(title_begin(one) == one && environ == NULL, "no environment");
	environ = saved;
	title_set("x", 5, "y");
	CHECK_TEXT(word, "w", "no room, no title");
}

int
main(void)
{
	test_nothing();
	test_room();
	test_gaps();
	test_long();
#ifdef WRAPPED
	test_no_memory();
#endif
	return unit_end();
}

#else

int
main(void)
{
	char *argv[] = { NULL };

	CHECK(title_begin(argv) == argv, "nothing is moved");
	title_set("nothing to see from here", 1, "");
	return unit_end();
}

#endif
