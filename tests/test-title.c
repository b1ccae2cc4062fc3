/* test-title.c - titles over a command line and an environment that are made up */
#include <config.h>

#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
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
	const char	*text;
	char		 memory[sizeof(memory)];
} titles[] = {
	{ "a",		"tcpreen: a\0\0\0\0\0\0A=b\0LANG=C\0" BEHIND },
	{ "123456",	"tcpreen: 123456\0A=b\0LANG=C\0" BEHIND },	/* just within the words */
	{ "1234567",	"tcpreen: 1234567\0=b\0LANG=C\0" BEHIND },	/* their last NUL is gone */
	{ "12345678",	"tcpreen: 12345678\0b\0LANG=C\0" BEHIND },
	{ "x",		"tcpreen: x\0\0\0\0\0\0" "8\0b\0LANG=C\0" BEHIND },	/* behind a NUL nothing shows */
	{ "12345678901234567",	"tcpreen: 12345678901234567\0" BEHIND },	/* all there is */
	{ "123456789012345678",	"tcpreen: 12345678901234567\0" BEHIND },	/* cut */
};

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
	for (i = 0; i < sizeof(titles) / sizeof(*titles); i++) {
		title_set(1234567 + i, "%s", titles[i].text);
		CHECK_BYTES(memory, sizeof(memory), titles[i].memory, sizeof(memory), titles[i].text);
	}
	CHECK(prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strcmp(name, "tcpreen 1234573") == 0, "%s", name);
	CHECK_TEXT(moved[0], "./tcpreen", "the words are as they were");
	CHECK_TEXT(moved[1], "-n", "the words are as they were");
	CHECK_TEXT(moved[2], "25", "the words are as they were");
	CHECK(moved[3] == NULL, "and no more");
	CHECK_TEXT(getenv("A"), "b", "so is the environment");
	CHECK_TEXT(getenv("LANG"), "C", "so is the environment");
	CHECK(environ[2] == NULL, "and no more");
	environ = saved;
}

/* A number that is too long for the short name is cut; what does not lie end to end is not touched. */
static void
test_gaps(void)
{
	char words[] = "tcpreen\0-n\0#25\0", variables[] = "A=b";
	char *argv[] = { words, words + 8, words + 12, NULL }, *list[] = { variables, NULL };
	char name[16], **saved = environ;

	environ = list;
	CHECK_TEXT(title_begin(argv)[2], "25", "moved all the same");
	title_set(123456789, "a long title");
	CHECK(prctl(PR_GET_NAME, name, 0, 0, 0) == 0 && strcmp(name, "tcpreen 1234567") == 0, "%s", name);
	CHECK_BYTES(words, sizeof(words), "tcpreen: a\0#25\0", 16, "only what is known to be ours");
	CHECK_TEXT(variables, "A=b", "an environment that is elsewhere");
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
	title_set(5, "x");
	CHECK_TEXT(word, "w", "no room, no title");
}

int
main(void)
{
	test_nothing();
	test_room();
	test_gaps();
	return unit_end();
}

#else

int
main(void)
{
	char *argv[] = { NULL };

	CHECK(title_begin(argv) == argv, "nothing is moved");
	title_set(1, "%s", "nothing to see from here");
	return unit_end();
}

#endif
