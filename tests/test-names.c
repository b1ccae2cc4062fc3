/* test-names.c - helpers are bounded in number, and none outlives the parent */
#include <config.h>

#include <sys/types.h>
#include <poll.h>
#include <unistd.h>

#include "names.h"
#include "unit.h"

#define PATIENCE	30	/* seconds; then SIGALRM ends the test */

static int	news[2];	/* what helpers say; at its end when all of them have ended */

/* A helper for that session that says so, and then ends, or stays for good. */
static void
help(unsigned long session, char word, bool stays)
{
	if (!names_helper(session))
		return;
	if (write(news[1], &word, 1) != 1)
		_exit(1);
	while (stays)
		pause();
	names_done();
}

static char
heard(void)
{
	char word = 0;

	return read(news[0], &word, 1) == 1 ? word : 0;
}

int
main(void)
{
	struct pollfd more = { .events = POLLIN };
	struct cause why;
	char word;

	alarm(PATIENCE);
	if (pipe(news) == -1 || names_setup(&why) == -1)
		return 99;
	help(1, 'a', true);
	more.fd = news[0];
	CHECK(heard() == 'a', "a helper at work");
	help(65, 'b', true);	/* has the same place */
	help(2, 'c', false);
	CHECK((word = heard()) == 'c', "'%c': one that finds its place taken is not started", word);
	do
		help(66, 'd', true);
	while (poll(&more, 1, 10) == 0);
	CHECK(heard() == 'd', "a place that was given back");
	names_end();
	close(news[1]);
	CHECK(heard() == 0, "none is left");
	return unit_end();
}
