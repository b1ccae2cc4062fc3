/* test-lookup.c - helpers are bounded in number, and none outlives the parent
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/mman.h>
#include <sys/types.h>
#include <sys/wait.h>
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <errno.h>
#include <netdb.h>
#include <signal.h>
#include <stdlib.h>
#include <poll.h>
#include <unistd.h>

#include "lookup.h"
#include "process.h"
#include "signals.h"
#include "timing.h"
#include "unit.h"

#define PATIENCE	30	/* seconds; then SIGALRM ends the test */

static bool	no_processes;	/* fork() fails */
static long long now_ms = 1000000;
static pid_t	helper[2];	/* those that stay */
static size_t	nhelpers;
static bool	stays_next;
static int	go[2];	/* who reads of it goes on when something is written */
static pid_t	late;	/* a helper begins to work when this process has ended */
static int	news[2];	/* what helpers say; at its end when all of them have ended */

/* In place of the program's: */

long long
timing_now_ms(void)
{
	return now_ms;
}

pid_t
process_fork(void)
{
	pid_t pid;

	if (no_processes) {
		errno = EAGAIN;
		return -1;
	}
	if ((pid = fork()) > 0 && stays_next && nhelpers < 2)
		helper[nhelpers++] = pid;
	while (pid == 0 && late != 0 && kill(late, 0) == 0)
		poll(NULL, 0, 1);
	return pid;
}

static unsigned	 hosts, services;	/* how often their configuration was opened and closed */

void
sethostent(int stays)
{
	hosts += stays ? 1000 : 1;
}

void
endhostent(void)
{
	hosts += 100;
}

void
setservent(int stays)
{
	services += stays ? 1000 : 1;
}

void
endservent(void)
{
	services += 100;
}

static bool	no_memory;

void *
process_shared(size_t n)
{
	void *p;

	if (no_memory) {
		errno = ENOMEM;
		return NULL;
	}
	p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

static void
word_if(bool condition, char word)
{
	if (condition && write(news[1], &word, 1) != 1)
		_exit(1);
}

/* A helper for that session that says so, and then ends, or stays for good. */
static void
help(unsigned long session, char word, bool stays)
{
	pid_t self = getpid();

	stays_next = stays;
	if (!lookup_fork(session))
		return;
	if (getpid() == self) {
		printf("the session takes itself for its helper\n");
		_exit(1);
	}
	if (write(news[1], &word, 1) != 1)
		_exit(1);
	while (stays)
		pause();
	lookup_done();
}

static char
heard(void)
{
	char word = 0;

	return read(news[0], &word, 1) == 1 ? word : 0;
}

/*
 * The parent of sessions: one has a helper that stays. First its session ends, then the
 * parent; or both before the helper begins.
 */
static void
parent(bool begins_late)
{
	struct cause why;
	char byte;

	signal(SIGCHLD, SIG_DFL);
#ifdef PR_SET_CHILD_SUBREAPER
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	if (lookup_setup(&why) == -1)
		_exit(1);
	late = begins_late ? getpid() : 0;
	if (fork() == 0) {
		help(3, 'e', true);
		_exit(!begins_late && read(go[0], &byte, 1) != 1);
	}
	while (wait(NULL) == -1)
		;
	_exit(!begins_late && read(go[0], &byte, 1) != 1);
}

static void
test_end(bool begins_late)
{
	pid_t pid;
#ifdef PR_SET_CHILD_SUBREAPER
	struct pollfd ended = { .fd = news[0], .events = POLLIN };
#endif

	if (pipe(go) == -1 || (pid = fork()) == -1)
		exit(99);
	if (pid == 0)
		parent(begins_late);
	if (!begins_late) {
		CHECK(heard() == 'e', "a helper of a session");
		CHECK(write(go[1], "", 1) == 1, "the session ends");
#ifdef PR_SET_CHILD_SUBREAPER
		CHECK(poll(&ended, 1, 50) == 0, "the helper outlives its session");
#endif
		CHECK(write(go[1], "", 1) == 1, "the parent ends");
	}
	close(news[1]);
	waitpid(pid, NULL, 0);
#ifdef PR_SET_CHILD_SUBREAPER
	CHECK(poll(&ended, 1, 20000) == 1 && heard() == 0, "it does not outlive the parent");
#endif
}

/* What a helper has of signals and time. */
static void
test_helper(void)
{
	struct sigaction sa;
	sigset_t mask;
	pid_t pid;
	int status;

	if ((pid = fork()) == 0) {
		signals_block();
		signals_catch(HANGUP_RELOADS);
		if (!lookup_fork(4))
			_exit(0);
		sigprocmask(SIG_BLOCK, NULL, &mask);
		word_if(!sigismember(&mask, SIGTERM) && alarm(0) == LOOKUP_S, 'f');
		alarm(1);
		raise(SIGALRM);
		word_if(true, 'g');	/* not reached: it has ended */
		lookup_done();
	}
	waitpid(pid, &status, 0);
	CHECK(heard() == 'f', "signals as usual, and a limit of time");
	help(68, 'h', false);
	help(5, 'i', false);
	CHECK(heard() == 'i', "one that was ended by its time keeps its place until then");
	signal(SIGCHLD, SIG_DFL);
	pid = fork();
	if (pid == 0) {
		no_processes = true;
		if (lookup_fork(6))
			_exit(1);
		no_processes = false;
		if (sigaction(SIGCHLD, NULL, &sa) == -1 || sa.sa_handler != SIG_IGN)
			_exit(2);	/* it would have to wait for its helper */
		help(6, 'j', false);
		_exit(0);
	}
	CHECK(heard() == 'j', "a place is free again when fork() fails");
	waitpid(pid, &status, 0);
	CHECK(status == 0, "%d", status);
}

static void
test_setup(void)
{
	struct cause why;

	CHECK(!lookup_at_work(), "none, before there is a place for any");
	no_memory = true;
	CHECK(lookup_setup(&why) == -1 && strstr(why.text, "memory for helpers") != NULL, "no memory");
	no_memory = false;
	CHECK(lookup_setup(&why) == 0, "memory");
	CHECK(!lookup_at_work(), "no helper");
	CHECK(hosts == 101 && services == 101, "%u %u: the configuration is read once", hosts, services);
}

int
main(void)
{
	struct pollfd more = { .events = POLLIN };
	char word;

	alarm(PATIENCE);
	if (pipe(news) == -1)
		return 99;
	test_setup();
#ifdef PR_SET_CHILD_SUBREAPER
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	test_helper();
	help(1, 'a', true);
	more.fd = news[0];
	CHECK(heard() == 'a', "a helper at work");
	CHECK(lookup_at_work(), "it is");
	help(65, 'b', true);	/* has the same place */
	help(2, 'c', false);
	CHECK((word = heard()) == 'c', "'%c': one that finds its place taken is not started", word);
	do
		help(66, 'd', true);
	while (poll(&more, 1, 10) == 0);
	CHECK(heard() == 'd', "a place that was given back");
	now_ms += LOOKUP_S * 1000;
	CHECK(lookup_at_work(), "to the end of its time");
	help(65, 'k', false);
	help(7, 'l', false);
	CHECK((word = heard()) == 'l', "'%c': it may be there until its time is over", word);
	now_ms++;
	while (lookup_at_work())	/* the helper of 7 is ending; else the alarm says so */
		poll(NULL, 0, 1);
	help(65, 'm', false);
	CHECK((word = heard()) == 'm', "'%c': but no longer", word);
	kill(helper[0], SIGKILL);
	kill(helper[1], SIGKILL);
	signal(SIGCHLD, SIG_DFL);
	test_end(false);
	if (pipe(news) == -1)
		return 99;
	test_end(true);
	return unit_end();
}
