/* test-output.c - records on their way to files: whole, repaired, counted
 *
 * write(2) goes through a wrapper that can fail, do half, or die with it; the locks, the
 * rights to folders, syslogd and memory are made up, too.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <syslog.h>
#include <unistd.h>

#include "output.h"
#include "process.h"
#include "signals.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define HEAD	"HEAD"

/* What the next writes to another descriptor than stderr do. */
static enum { PLAIN, SHORT, FULL, INTERRUPTED, AGAIN, BROKEN, NOTHING, STALE,
    SHORT_THEN_OTHERS, DIE_HALF, DIE_AFTER, DIE_BEFORE } how;
static size_t part;		/* SHORT, DIE_HALF: bytes that are written first */
static int writes;
static int held;		/* locks */
static bool written_locked;	/* the last write was under one */
static bool listens;		/* for what asks for the status, */
static int lets;		/* and how often it began to */
static bool written_listening;	/* during the last write */
static bool asked_by_write;	/* a write that is interrupted is so by that */
static char said[4096];		/* what went to stderr */

static void	write_as_others(void);

ssize_t	__real_write(int fd, const void *data, size_t n);
ssize_t	__wrap_write(int fd, const void *data, size_t n);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	int now = (int)how;

	if (fd == STDERR_FILENO) {
		size_t used = strlen(said);

		if (n > sizeof(said) - 1 - used)
			n = sizeof(said) - 1 - used;
		memcpy(said + used, data, n);
		said[used + n] = '\0';
		return (ssize_t)n;
	}
	writes++;
	written_listening = listens;
	written_locked = held > 0;
	switch (now) {
	case SHORT:
		how = FULL;
		return __real_write(fd, data, part);
	case FULL:
		errno = ENOSPC;
		return -1;
	case SHORT_THEN_OTHERS:
		how = FULL;
		n = (size_t)__real_write(fd, data, part);
		write_as_others();
		return (ssize_t)n;
	case NOTHING:
		errno = 0;
		return 0;
	case STALE:		/* goes well; errno is what an earlier call left */
		n = (size_t)__real_write(fd, data, n < 2 ? n : 2);
		errno = EAGAIN;
		return (ssize_t)n;
	case INTERRUPTED:
	case AGAIN:
		how = PLAIN;
		if (asked_by_write)
			signals_status = 1;
		errno = now == AGAIN ? EAGAIN : EINTR;
		return -1;
	case BROKEN:
		errno = EPIPE;
		return -1;
	case DIE_HALF:
	case DIE_AFTER:
		__real_write(fd, data, now == DIE_HALF ? part : n);
		/* fall through */
	case DIE_BEFORE:
		kill(getpid(), SIGKILL);
	}
	return __real_write(fd, data, n);
}

/* The rest of the system */

static int	waits, waited_fd;	/* how often a descriptor was waited for, and which */
static int	looks;			/* how often it was looked at, */
static bool	reader_slow;		/* and whether it took nothing then */
static char	answered[256];		/* the names of outputs that waited */
static int	locks, unlocks;		/* how often a lock was taken, given back */
static int	in_memory;		/* blocks that were taken and not given back */
static bool	no_memory;
static int	access_error;		/* what access() fails with, or 0 */
static char	accessed[4096];		/* the path that it was asked for */
static int	rights;
static int	ftruncates;
static int	ftruncate_error;	/* the same of ftruncate(), if it is wrapped here */
static int	syslogd_error;		/* of systemlog_open() and systemlog_send() */
static int	priority;
static char	sent[8192];		/* messages to syslogd, each in brackets */

int	__wrap_writable_wait(int, int);
int
__wrap_writable_wait(int fd, int ms)
{
	if (fd == STDERR_FILENO)
		return 1;		/* complain() */
	if (ms == 0) {
		looks++;
		return !reader_slow;
	}
	waits++;
	waited_fd = fd;
	CHECK(ms == -1, "%d", ms);
	return 1;
}

void	__wrap_signals_let_status(bool in);
void
__wrap_signals_let_status(bool in)
{
	CHECK(in != listens, "%s again", in ? "in" : "out");
	listens = in;
	lets += in;
	errno = EINVAL;		/* which nobody is to see */
}

void	__real_lock_take(struct lock *), __wrap_lock_take(struct lock *);
void	__real_lock_give(struct lock *), __wrap_lock_give(struct lock *);

void
__wrap_lock_take(struct lock *l)
{
	locks++;
	held++;
	__real_lock_take(l);
}

void
__wrap_lock_give(struct lock *l)
{
	unlocks++;
	held--;
	__real_lock_give(l);
}

void	*__real_realloc(void *, size_t), *__wrap_realloc(void *, size_t);
char	*__real_strdup(const char *), *__wrap_strdup(const char *);
void	__real_free(void *), __wrap_free(void *);

void *
__wrap_realloc(void *p, size_t n)
{
	void *to = no_memory ? NULL : __real_realloc(p, n);

	if (to == NULL) {
		errno = ENOMEM;
	} else if (p == NULL) {
		memset(to, 0xa5, n);
		in_memory++;
	}
	return to;
}

char *
__wrap_strdup(const char *text)
{
	errno = ENOMEM;
	in_memory += !no_memory;
	return no_memory ? NULL : __real_strdup(text);
}

void
__wrap_free(void *p)
{
	in_memory -= p != NULL;
	__real_free(p);
}

int	__wrap_access(const char *, int);
int
__wrap_access(const char *name, int wanted)
{
	snprintf(accessed, sizeof(accessed), "%s", name);
	rights = wanted;
	errno = access_error;
	return access_error != 0 ? -1 : 0;
}

int	__real_ftruncate(int, off_t), __wrap_ftruncate(int, off_t);
int
__wrap_ftruncate(int fd, off_t size)
{
	ftruncates++;
	if (ftruncate_error == 0)
		return __real_ftruncate(fd, size);
	errno = ftruncate_error;
	return -1;
}

int	__wrap_systemlog_open(const char *);
int
__wrap_systemlog_open(const char *name)
{
	CHECK(name == NULL, "%s", name);
	errno = syslogd_error;
	return syslogd_error != 0 ? -1 : 0;
}

int	__wrap_systemlog_send(int, const char *, size_t);
int
__wrap_systemlog_send(int wanted, const char *text, size_t len)
{
	size_t n = strlen(sent);

	priority = wanted;
	snprintf(sent + n, sizeof(sent) - n, "[%.*s]", (int)len, text);
	errno = syslogd_error;
	return syslogd_error != 0 ? -1 : 0;
}

/* The file under test */

static char path[256] = "/tmp/test-output-XXXXXX/log", got[1 << 20];
static char folder[64];

static size_t
contents(void)
{
	FILE *f = fopen(path, "rb");
	size_t n = f != NULL ? fread(got, 1, sizeof(got) - 1, f) : 0;

	if (f != NULL)
		fclose(f);
	got[n] = '\0';
	return n;
}

static int
free_fd(void)
{
	int fd = dup(STDERR_FILENO);

	close(fd);
	return fd;
}

static void
put(const char *text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		abort();
}

static void
write_as_others(void)
{
	int fd = open(path, O_WRONLY | O_APPEND);

	CHECK(__real_write(fd, "++", 2) == 2, "%s", strerror(errno));
	close(fd);
}

#define HOLDS(wanted, title) \
	do { \
		size_t n_ = contents(); \
		CHECK_BYTES(got, n_, wanted, strlen(wanted), title); \
	} while (0)

static void
start(struct output *o, const char *name, bool blocks, bool append, bool many)
{
	struct cause why;
	int status;

	*o = (struct output){ .name = name, .whole_records = blocks, .lines = !blocks, .append = append,
	    .head = blocks ? HEAD : NULL, .head_len = blocks ? strlen(HEAD) : 0 };
	said[0] = '\0';
	how = PLAIN;
	status = output_open(o, process_shared(sizeof(*o->tally)), many, &why);
	if (status == 0)
		status = output_start(o, &why);
	CHECK(status == 0, "%s: %s", name, why.text);
}

static void
stop(struct output *o)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (o->fd[s] > STDERR_FILENO)
			close(o->fd[s]);
	how = PLAIN;
}

static void
say(struct output *o, const char *record)
{
	output_write(o, CLIENT, record, strlen(record));
}

/* Another process writes that record, and dies of it. */
static void
die_writing(struct output *o, const char *record, int way, size_t bytes)
{
	pid_t pid = fork();
	int status;

	if (pid == 0) {
		how = way;
		part = bytes;
		say(o, record);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "status %d", status);
}

/* Death in the middle of a record */

static const struct death {
	const char	*title;
	bool		 blocks, many;
	int		 way;
	size_t		 bytes;
	const char	*want;
	uintmax_t	 lost;
} deaths[] = {
	{ "text: half a line is ended", 0, 0, DIE_HALF, 3, "one\nabc\ntwo\nthree\n", 4 },
	{ "the same, many writers", 0, 1, DIE_HALF, 3, "one\nabc\ntwo\nthree\n", 4 },
	{ "all but a byte", 0, 1, DIE_HALF, 6, "one\nabcdef\ntwo\nthree\n", 1 },
	{ "a byte", 0, 0, DIE_HALF, 1, "one\na\ntwo\nthree\n", 6 },
	{ "text: the line was out", 0, 1, DIE_AFTER, 0, "one\nabcdef\ntwo\nthree\n", 0 },
	{ "text: nothing was out", 0, 1, DIE_BEFORE, 0, "one\ntwo\nthree\n", 7 },
	{ "blocks: taken back", 1, 0, DIE_HALF, 3, HEAD "one\ntwo\nthree\n", 7 },
	{ "the same, many writers", 1, 1, DIE_HALF, 6, HEAD "one\ntwo\nthree\n", 7 },
	{ "blocks: the block was out", 1, 1, DIE_AFTER, 0, HEAD "one\nabcdef\ntwo\nthree\n", 0 },
	{ "blocks: nothing was out", 1, 1, DIE_BEFORE, 0, HEAD "one\ntwo\nthree\n", 7 },
};

static void
check_deaths(void)
{
	struct output o;
	size_t i;

	for (i = 0; i < sizeof(deaths) / sizeof(deaths[0]); i++) {
		const struct death *d = &deaths[i];

		start(&o, path, d->blocks, false, d->many);
		say(&o, "one\n");
		die_writing(&o, "abcdef\n", d->way, d->bytes);
		say(&o, "two\n");
		say(&o, "three\n");
		HOLDS(d->want, d->title);
		CHECK(o.tally->lost == d->lost, "%s: lost %ju", d->title, o.tally->lost);
		CHECK(o.lost == 0, "%s: this session lost nothing", d->title);
		CHECK(output_report(&o) == (d->lost > 0), "%s", d->title);
		stop(&o);
	}
}

/* The shortest record there is. */
static void
check_death_of_a_byte(void)
{
	struct output o;

	start(&o, path, false, false, true);
	die_writing(&o, "\n", DIE_BEFORE, 0);
	say(&o, "one\n");
	CHECK(o.tally->lost == 1, "lost %ju", o.tally->lost);
	HOLDS("one\n", "after a byte that was not written");
	stop(&o);
}

/* The file changed between the death and the next record. */
static void
check_death_and_change(void)
{
	struct output o;

	start(&o, path, false, false, true);
	say(&o, "one\n");
	die_writing(&o, "abcdef\n", DIE_HALF, 3);
	put("");
	say(&o, "two\n");
	HOLDS("\ntwo\n", "emptied by others: a fresh line, to be safe");
	CHECK(o.tally->lost == 0, "nobody knows: %ju", o.tally->lost);
	stop(&o);

	start(&o, path, true, false, true);
	say(&o, "one");
	die_writing(&o, "abcdef", DIE_HALF, 3);
	put("");
	say(&o, "two");
	HOLDS(HEAD "two", "emptied by others: begins anew");
	stop(&o);
}

/* A death in the old file is nothing to the new one, and still known to the old. */
static void
check_death_and_reopen(void)
{
	struct output o, old;
	char aside[sizeof(path) + 2];

	snprintf(aside, sizeof(aside), "%s.1", path);
	start(&o, path, false, false, true);
	say(&o, "one\n");
	old = o;
	old.fd[CLIENT] = dup(o.fd[CLIENT]);
	CHECK(rename(path, aside) == 0, "%s", strerror(errno));
	die_writing(&old, "abcdef\n", DIE_HALF, 3);
	output_reopen(&o);
	CHECK(fcntl(o.fd[CLIENT], F_GETFL) & O_APPEND, "opened again for appending");
	say(&o, "new\n");
	HOLDS("new\n", "the new file has a record of its own");
	say(&old, "two\n");
	CHECK(rename(aside, path) == 0, "%s", strerror(errno));
	HOLDS("one\nabc\ntwo\n", "the old one is repaired");
	close(old.fd[CLIENT]);
	stop(&o);
}

/* Pipes: nothing can be taken back. */
static void
check_death_on_pipe(bool blocks, size_t len, size_t written, const char *after)
{
	static char big[PIPE_BUF + 100];
	struct output o;
	size_t skip = written + (blocks ? strlen(HEAD) : 0), n, reads = 0;
	int end[2], saved = dup(STDOUT_FILENO);

	fflush(stdout);
	memset(big, 'x', sizeof(big));
	big[len] = '\0';
	CHECK(pipe(end) == 0 && dup2(end[1], STDOUT_FILENO) != -1, "%s", strerror(errno));
	close(end[1]);
	start(&o, "-", blocks, false, true);
	die_writing(&o, big, DIE_HALF, written);
	say(&o, "two\n");
	dup2(saved, STDOUT_FILENO);
	close(saved);
	while ((n = (size_t)read(end[0], got + reads, sizeof(got) - reads)) > 0)
		reads += n;
	CHECK_BYTES(got + skip, reads - skip, after, strlen(after), blocks ? "blocks" : "text");
	close(end[0]);
	big[len] = 'x';
}

/* Failures that a process survives */

static void
check_failures(void)
{
	struct output o;

	start(&o, path, false, false, false);
	how = SHORT;
	part = 2;
	say(&o, "abcd\n");
	CHECK(o.lost == 3 && o.tally->lost == 3, "lost %ju", o.lost);
	say(&o, "full\n");
	CHECK(o.lost == 8 && o.tally->lost == 8, "lost %ju", o.lost);
	CHECK(strstr(said, ": No space left on device\n") == strchr(said, '\n') - 25, "%s", said);
	CHECK(strchr(said, '\n') == strrchr(said, '\n'), "said once: %s", said);
	how = PLAIN;
	say(&o, "one\n");
	say(&o, "two\n");
	HOLDS("ab\none\ntwo\n", "text: a fresh line after half a record, once");
	how = INTERRUPTED;
	say(&o, "three\n");
	how = AGAIN;
	writes = 0;
	say(&o, "four\n");
	CHECK(writes == 2, "waited, and tried again: %d", writes);
	HOLDS("ab\none\ntwo\nthree\nfour\n", "EINTR, EAGAIN");
	stop(&o);

	start(&o, path, true, false, false);
	say(&o, "one");
	how = SHORT;
	part = 2;
	say(&o, "abcd");
	CHECK(o.lost == 4, "lost %ju", o.lost);
	how = PLAIN;
	say(&o, "two");
	HOLDS(HEAD "onetwo", "blocks: what is torn is taken back");
	stop(&o);
}

/* Whether SIGTERM, which is blocked, waits; it no longer does then. */
static bool
was_told(void)
{
	sigset_t term, pending;
	int sig;

	sigpending(&pending);
	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	return sigismember(&pending, SIGTERM) == 1 && sigwait(&term, &sig) == 0;
}

/* Writes in a child, or in a child of a child. Returns whether that was told to end: 0, 1; or 2. */
static int
child_was_told(struct output *o, bool orphan)
{
	int status = 0, news[2];
	char byte;

	if (pipe(news) == -1)
		return 2;
	if (fork() == 0) {
		if (orphan && fork() != 0)
			_exit(0);
		how = BROKEN;
		say(o, "one\n");
		byte = was_told();
		_exit(__real_write(news[1], &byte, 1) != 1);
	}
	close(news[1]);
	wait(&status);
	if (read(news[0], &byte, 1) != 1)
		byte = 2;
	close(news[0]);
	return byte;
}

/* A console whose reader is gone ends the program, once: whoever sees it tells itself. */
static void
check_console_gone(void)
{
	struct output o;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigset_t term;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGPIPE, &ignore, &before);
	start(&o, "-", false, false, true);
	CHECK(!output_reader_gone(&o), "it reads");
	CHECK(child_was_told(&o, true) == 0 && !output_reader_gone(&o), "no session of this parent");
	CHECK(child_was_told(&o, false) == 1, "a session ends itself");
	CHECK(!was_told(), "and signals nobody else");
	CHECK(output_reader_gone(&o), "but leaves word");
	how = BROKEN;
	say(&o, "two\n");
	CHECK(!was_told(), "once: a second signal would kill sessions");
	stop(&o);
	start(&o, "-", false, false, true);
	how = BROKEN;
	say(&o, "one\n");
	CHECK(was_told() && output_reader_gone(&o), "the parent itself");
	stop(&o);

	start(&o, path, false, false, true);
	how = BROKEN;
	say(&o, "one\n");
	CHECK(!was_told() && !output_reader_gone(&o), "a log that is gone does not");
	o.tally->gone = true;
	CHECK(!output_reader_gone(&o), "whatever a session makes of its memory");
	stop(&o);
	sigaction(SIGPIPE, &before, NULL);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

/* Opening */

static void
check_opening(void)
{
	struct output o;
	int lowest, next;
	struct stat st;

	put("of an earlier run\n");
	start(&o, path, false, false, false);
	CHECK(fcntl(o.fd[CLIENT], F_GETFL) & O_APPEND, "appends");
	CHECK(fcntl(o.fd[CLIENT], F_GETFD) & FD_CLOEXEC, "not for others");
	HOLDS("", "emptied");
	say(&o, "one\n");
	put("");		/* copytruncate */
	say(&o, "two\n");
	HOLDS("two\n", "the next record is at the beginning");
	CHECK(o.fd[SERVER] == -1, "%d", o.fd[SERVER]);
	output_reopen(&o);
	say(&o, "three\n");
	HOLDS("two\nthree\n", "opened again: not emptied");
	stop(&o);
	CHECK(fstat(o.fd[CLIENT], &st) == -1, "closed");

	start(&o, path, false, true, false);
	say(&o, "four\n");
	HOLDS("two\nthree\nfour\n", "--append");
	stop(&o);
	put("half");
	lowest = dup(STDERR_FILENO);
	next = free_fd();
	close(lowest);
	start(&o, path, false, true, false);
	CHECK(o.fd[CLIENT] == lowest && free_fd() == next, "one descriptor: %d", o.fd[CLIENT]);
	say(&o, "one\n");
	say(&o, "two\n");
	HOLDS("half\none\ntwo\n", "--append ends half a line");
	stop(&o);
}

static void
check_reopen_closes(void)
{
	struct output o;
	int i, before, after;

	start(&o, path, false, false, false);
	before = dup(0);
	close(before);
	for (i = 0; i < 3; i++)
		output_reopen(&o);
	output_reopen(&o);
	after = dup(0);
	close(after);
	CHECK(before == after, "%d descriptors stay open", after - before);
	stop(&o);
}

/* Two processes, records above PIPE_BUF: none is mixed with another's. */
static void
check_lock(void)
{
	static char record[3 * PIPE_BUF];
	struct output o;
	int end[2], saved = dup(STDOUT_FILENO), i, who;
	size_t n, at, reads = 0;

	fflush(stdout);
	CHECK(pipe(end) == 0 && dup2(end[1], STDOUT_FILENO) != -1, "%s", strerror(errno));
	close(end[1]);
	start(&o, "-", false, false, true);
	for (who = 0; who < 2; who++)
		if (fork() == 0) {
			memset(record, 'a' + who, sizeof(record));
			for (i = 0; i < 20; i++)
				output_write(&o, CLIENT, record, sizeof(record));
			_exit(0);
		}
	dup2(saved, STDOUT_FILENO);
	close(saved);
	while ((n = (size_t)read(end[0], got + reads, sizeof(got) - reads)) > 0)
		reads += n;
	close(end[0]);
	while (wait(NULL) != -1)
		;
	CHECK(reads == 40 * sizeof(record), "%zu bytes", reads);
	for (at = 0; at + sizeof(record) <= reads; at += sizeof(record))
		for (n = 1; n < sizeof(record); n++)
			if (got[at + n] != got[at]) {
				CHECK(false, "mixed at %zu", at + n);
				return;
			}
}

/* Failures of all kinds, and that each is said in the system's words */

static void
check_writes(void)
{
	struct output o;

	start(&o, path, false, false, false);
	how = STALE;
	waits = 0;
	say(&o, "one\n");
	HOLDS("one\n", "in pieces");
	CHECK(waits == 0, "waited %d times", waits);
	how = AGAIN;
	say(&o, "two\n");
	CHECK(waits == 1 && waited_fd == o.fd[CLIENT], "waited %d times, for %d", waits, waited_fd);
	how = NOTHING;
	say(&o, "three\n");
	CHECK(strstr(said, strerror(ENOSPC)) != NULL, "%s", said);
	CHECK(o.lost == 6, "%ju", o.lost);
	how = PLAIN;
	said[0] = '\0';
	say(&o, "four\n");
	HOLDS("one\ntwo\nfour\n", "nothing was torn");
	output_write(&o, CLIENT, "", 0);
	CHECK(o.lost == 6 && said[0] == '\0', "no record at all");
	CHECK(output_report(&o), "it has lost something");
	CHECK(strstr(said, ": lost 6 bytes\n") != NULL, "%s", said);
	o.tally->lost = 1;
	said[0] = '\0';
	CHECK(output_report(&o) && strstr(said, ": lost 1 byte\n") != NULL, "%s", said);
	o.tally->lost = 0;
	said[0] = '\0';
	CHECK(!output_report(&o) && said[0] == '\0', "%s", said);
	output_lose(&o, 3, "no reason");
	CHECK(said[0] == '\0' && o.lost == 9 && o.tally->lost == 3, "said before: %s", said);
	output_reopen(&o);
	output_lose(&o, 3, "no reason");
	CHECK(strstr(said, ": no reason\n") != NULL, "said again after SIGHUP: %s", said);
	stop(&o);
	o.tally = NULL;
	CHECK(!output_report(&o), "it was never opened");

	/* Half a record that stays, and the line end that cannot be written. */
	start(&o, path, false, false, false);
	how = SHORT;
	part = 2;
	say(&o, "abcd\n");
	say(&o, "efgh\n");
	how = FULL;
	say(&o, "ijkl\n");
	CHECK(o.lost == 13, "%ju", o.lost);
	how = PLAIN;
	say(&o, "one\n");
	HOLDS("ab\none\n", "the line end comes when it can");
	stop(&o);
	start(&o, path, false, false, false);
	o.lines = false;
	how = SHORT;
	part = 2;
	say(&o, "abcd");
	how = PLAIN;
	say(&o, "one");
	HOLDS("abone", "raw bytes have no lines");
	stop(&o);
	start(&o, path, false, false, false);
	how = SHORT;
	part = 1;
	say(&o, "abcd\n");
	how = PLAIN;
	say(&o, "one\n");
	HOLDS("a\none\n", "a byte of a record is half of one, too");
	stop(&o);
}

/* Half a block is taken back from the place where it began, or nothing follows it. */
static void
check_blocks(void)
{
	struct output o;

	start(&o, path, true, false, false);
	say(&o, "one");
	how = SHORT;
	part = 2;
	said[0] = '\0';
	say(&o, "abcd");
	HOLDS(HEAD "one", "taken back at once");
	how = PLAIN;
	if (ftruncate_error = EIO, ftruncate(o.fd[CLIENT], 7) == -1) {	/* it is wrapped */
		how = SHORT;
		say(&o, "abcd");
		HOLDS(HEAD "oneab", "it cannot be taken back");
		CHECK(o.lost == 4 + 2, "%ju", o.lost);
		how = PLAIN;
		o.tally->said = false;
		say(&o, "two");
		HOLDS(HEAD "oneab", "nothing follows");
		CHECK(o.lost == 4 + 2 + 3, "%ju", o.lost);
		CHECK(strstr(said, "it ends in half a record") != NULL, "%s", said);
		stop(&o);

		ftruncate_error = 0;
		start(&o, path, true, false, false);
		ftruncate_error = EIO;
		die_writing(&o, "abcdef", DIE_HALF, 4);
		say(&o, "one");
		say(&o, "two");
		HOLDS(HEAD "abcd", "what a death left stays, and nothing follows");
		CHECK(o.tally->lost == 2 + 3 + 3, "counted once: %ju", o.tally->lost);
	}
	ftruncate_error = 0;
	stop(&o);

	/* Others have written behind it, who must not lose what they wrote. */
	start(&o, path, true, false, false);
	how = SHORT_THEN_OTHERS;
	part = 2;
	say(&o, "abcd");
	HOLDS(HEAD "ab++", "what others wrote stays");
	stop(&o);

	/* A head that cannot be written, and can later. */
	start(&o, path, true, false, false);
	put("");
	how = FULL;
	o.tally->said = false;
	say(&o, "one");
	CHECK(o.lost == strlen(HEAD) + 3, "%ju", o.lost);
	how = PLAIN;
	HOLDS("", "no record without a head");
	say(&o, "two");
	say(&o, "three");
	HOLDS(HEAD "twothree", "one head");
	output_reopen(&o);
	say(&o, "four");
	HOLDS(HEAD "twothreefour", "opened again: no second head");
	unlink(path);
	output_reopen(&o);
	HOLDS(HEAD, "opened again: a new file has its head at once");
	stop(&o);
}

/* A copy of stdout that goes on where a file ended. */
static void
check_stdout(void)
{
	struct output o;
	int saved = dup(STDOUT_FILENO), fd;

	fflush(stdout);
	put("of others\n");
	fd = open(path, O_WRONLY | O_APPEND);
	dup2(fd, STDOUT_FILENO);
	close(fd);
	start(&o, "-", false, false, true);
	die_writing(&o, "abcdef\n", DIE_HALF, 3);
	say(&o, "two\n");
	dup2(saved, STDOUT_FILENO);
	close(saved);
	HOLDS("of others\nabc\ntwo\n", "not emptied, and repaired");
	CHECK(o.tally->lost == 4, "%ju", o.tally->lost);
}

/* Who takes the lock */

static const struct lock_row {
	const char	*name;		/* in the folder; "-": stdout */
	bool		 many, fifo, locked;
} lock_rows[] = {
	{ "log", false, false, false },
	{ "log", true, false, true },
	{ "-", true, false, true },
	{ "%c", true, false, true },
	{ "%n", true, false, false },
	{ "%n", false, false, false },
	{ "fifo%n", true, true, true },
};

static const struct template_values values = { 7, { "me:1", "it:2" }, 1795405330 };

static void
check_locks(void)
{
	char name[256], fifo[256];
	struct output o;
	int reader = -1, saved = dup(STDOUT_FILENO);
	size_t i;

	fflush(stdout);
	for (i = 0; i < COUNT(lock_rows); i++) {
		const struct lock_row *row = &lock_rows[i];

		snprintf(name, sizeof(name), "%s/%s", folder, row->name);
		snprintf(fifo, sizeof(fifo), "%s/fifo0007", folder);
		if (row->fifo) {
			CHECK(mkfifo(fifo, 0600) == 0, "%s", strerror(errno));
			reader = open(fifo, O_RDONLY | O_NONBLOCK);
		}
		if (row->name[0] == '-')
			dup2(open("/dev/null", O_WRONLY | O_CLOEXEC), STDOUT_FILENO);
		start(&o, row->name[0] == '-' ? "-" : name, false, false, row->many);
		output_begin(&o, &values);
		locks = unlocks = 0;
		say(&o, "one\n");
		dup2(saved, STDOUT_FILENO);
		CHECK(locks == row->locked && unlocks == locks && held == 0, "%s: %d, %d",
		    row->name, locks, unlocks);
		CHECK(written_locked == row->locked, "%s", row->name);
		stop(&o);
	}
	close(reader);
	close(saved);
	unlink(fifo);
	snprintf(name, sizeof(name), "%s/0007", folder);
	unlink(name);
	snprintf(name, sizeof(name), "%s/me-1", folder);
	unlink(name);
}

/* What cannot be opened: where it was looked for, and as whom */

static const struct folder_row {
	const char	*name, *user;
	bool		 daemon;
	int		 error;
	const char	*asked;
	int		 rights;
	const char	*shown;		/* of the message, before the reason */
} folder_rows[] = {
	{ "%n", NULL, false, 0, ".", W_OK | X_OK, NULL },
	{ "%n", NULL, false, EACCES, ".", W_OK | X_OK, "." },
	{ "%n", NULL, true, EACCES, ".", W_OK | X_OK, "/" },
	{ "log-%n", "nobody", true, EACCES, ".", W_OK | X_OK, "/ as user nobody" },
	{ "a/%n", NULL, false, ENOENT, "a/", W_OK | X_OK, "a/" },
	{ "a/b/%n", NULL, true, ENOENT, "a/b/", W_OK | X_OK, "/a/b/" },
	{ "/a/%n", NULL, true, ENOENT, "/a/", W_OK | X_OK, "/a/" },
	{ "/a/%n", "nobody", false, EPERM, "/a/", W_OK | X_OK, "/a/ as user nobody" },
	{ "/a/%n", "nobody", false, EACCES, "/a/", W_OK | X_OK, "/a/ as user nobody" },
	{ "/a/%n", "nobody", false, ENOENT, "/a/", W_OK | X_OK, "/a/" },
	{ "/%n", NULL, false, EACCES, "/", W_OK | X_OK, "/" },
	{ "a%%/%n", NULL, false, ENOENT, "a%/", W_OK | X_OK, "a%%/" },
	{ "a/%c/%n", NULL, false, ENOENT, "a/", X_OK, "a/" },
	{ "a/%c/b/%n", NULL, false, ENOENT, "a/", X_OK, "a/" },
	{ "%c/%n", NULL, false, ENOENT, ".", X_OK, "." },
	{ "/%c/%n", NULL, false, ENOENT, "/", X_OK, "/" },
};

static void
check_folders(void)
{
	char want[200];
	struct output o;
	struct cause why;
	size_t i;
	int result;

	for (i = 0; i < COUNT(folder_rows); i++) {
		const struct folder_row *row = &folder_rows[i];

		access_error = row->error;
		o = (struct output){ .name = row->name, .user = row->user, .daemon = row->daemon };
		result = output_open(&o, process_shared(sizeof(*o.tally)), false, &why);
		CHECK(result == (row->error != 0 ? -1 : 0), "%s: %d", row->name, result);
		CHECK_TEXT(accessed, row->asked, row->name);
		CHECK(rights == row->rights, "%s: %d", row->name, rights);
		CHECK(o.fd[CLIENT] == -1 && o.fd[SERVER] == -1, "%s: it has no file", row->name);
		if (row->error == 0) {
			CHECK(output_start(&o, &why) == 0, "%s", row->name);
			continue;
		}
		snprintf(want, sizeof(want), "cannot create files in %s: %s", row->shown,
		    strerror(row->error));
		CHECK_TEXT(why.text, want, row->name);
	}
	access_error = 0;

	snprintf(want, sizeof(want), "%s/missing/log", folder);
	o = (struct output){ .name = want };
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == -1, "missing");
	CHECK(strncmp(why.text, "cannot open /tmp/", 17) == 0, "%s", why.text);
	CHECK(strstr(why.text, strerror(ENOENT)) != NULL, "%s", why.text);
	no_memory = true;
	o = (struct output){ .name = "a/%n" };
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == -1, "no memory");
	CHECK(strstr(why.text, strerror(ENOMEM)) != NULL, "%s", why.text);
	o = (struct output){ .name = "log" };
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == -1, "no memory");
	CHECK(strstr(why.text, strerror(ENOMEM)) != NULL, "%s", why.text);
	CHECK(o.fd[CLIENT] == -1, "%d", o.fd[CLIENT]);
	no_memory = false;
}

static void
check_empty_error(void)
{
	struct output o = { .name = path, .lines = true };
	struct cause why;

	put("precious");
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == 0, "%s", why.text);
	HOLDS("precious", "opened, and not emptied");
	ftruncate_error = EINVAL;
	if (ftruncate(o.fd[CLIENT], 8) == -1) {		/* it is wrapped */
		CHECK(output_start(&o, &why) == 0, "a FIFO cannot be emptied: %s", why.text);
		ftruncate_error = EIO;
		CHECK(output_start(&o, &why) == -1, "it cannot be emptied");
		CHECK(strncmp(why.text, "cannot empty /tmp/", 18) == 0, "%s", why.text);
		HOLDS("precious", "and is not changed");
	}
	ftruncate_error = 0;
	stop(&o);
}

/* Again, by name */

static void
check_reopen_fails(void)
{
	struct output o;
	int fd;

	start(&o, path, false, false, false);
	fd = o.fd[CLIENT];
	said[0] = '\0';
	no_memory = true;
	output_reopen(&o);
	no_memory = false;
	CHECK(strstr(said, strerror(ENOMEM)) != NULL, "%s", said);
	CHECK(o.fd[CLIENT] == fd, "the old one is kept");
	unlink(path);
	CHECK(mkdir(path, 0700) == 0, "%s", strerror(errno));
	said[0] = '\0';
	output_reopen(&o);
	CHECK(strstr(said, "cannot open ") != NULL && strstr(said, strerror(EISDIR)) != NULL, "%s",
	    said);
	CHECK(o.fd[CLIENT] == fd && fcntl(fd, F_GETFD) != -1, "the old one is kept");
	rmdir(path);
	CHECK(mkfifo(path, 0600) == 0, "%s", strerror(errno));
	said[0] = '\0';
	output_reopen(&o);
	CHECK(strstr(said, strerror(ENXIO)) != NULL, "nobody reads: %s", said);
	unlink(path);
	stop(&o);

	start(&o, "-", false, false, false);
	output_reopen(&o);
	CHECK(o.fd[CLIENT] == STDOUT_FILENO && fcntl(STDOUT_FILENO, F_GETFD) != -1, "stdout stays");
	start(&o, "%n", false, false, false);
	said[0] = '\0';
	output_reopen(&o);
	CHECK(o.fd[CLIENT] == -1 && said[0] == '\0', "files of sessions are theirs: %s", said);
}

/* Files of a session */

static void
file_of_session(struct output *o, const char *name, bool blocks, bool append)
{
	start(o, name, blocks, append, true);
	locks = unlocks = 0;
	said[0] = '\0';
	output_begin(o, &values);
}

static off_t	whole_is;
static off_t	whole_asked;

static off_t
whole(int fd, off_t size)
{
	CHECK(fcntl(fd, F_GETFD) != -1, "%s", strerror(errno));
	whole_asked = size;
	return whole_is;
}

static void
check_session_files(void)
{
	char unique[256], common[256], sides[256], own[sizeof(path)];
	struct output o;
	int flags, lowest;

	snprintf(unique, sizeof(unique), "%s/%%n", folder);
	snprintf(common, sizeof(common), "%s/%%s%%%%", folder);
	snprintf(sides, sizeof(sides), "%s/%%n.%%d", folder);
	memcpy(own, path, sizeof(own));

	/* A name of its own begins anew; --append adds to it, and ends half a line. */
	snprintf(path, sizeof(path), "%s/0007", folder);
	put("of an earlier run");
	file_of_session(&o, unique, false, false);
	say(&o, "one\n");
	HOLDS("one\n", "begun anew");
	flags = fcntl(o.fd[CLIENT], F_GETFL);
	CHECK((flags & O_APPEND) && !(flags & O_NONBLOCK), "%x", (unsigned int)flags);
	CHECK(fcntl(o.fd[CLIENT], F_GETFD) & FD_CLOEXEC, "not for others");
	CHECK(o.fd[SERVER] == -1, "one file");
	stop(&o);
	put("half");
	file_of_session(&o, unique, false, true);
	say(&o, "one\n");
	HOLDS("half\none\n", "--append");
	stop(&o);
	unlink(path);

	/* A name that others may have grows. */
	snprintf(path, sizeof(path), "%s/it-2%%", folder);
	put("half");
	file_of_session(&o, common, false, false);
	CHECK(locks == 1 && unlocks == 1, "its end is looked at under the lock: %d, %d", locks,
	    unlocks);
	say(&o, "one\n");
	HOLDS("half\none\n", "a line that was half is ended");
	stop(&o);
	put("whole\n");
	file_of_session(&o, common, false, false);
	say(&o, "one\n");
	HOLDS("whole\none\n", "one that was whole is not");
	stop(&o);

	/* The same of blocks. */
	put("BLOCKhalf");
	start(&o, common, true, false, true);
	o.whole = whole;
	whole_is = 5;
	output_begin(&o, &values);
	CHECK(whole_asked == 9, "%jd", (intmax_t)whole_asked);
	say(&o, "one");
	HOLDS("BLOCKone", "half a block is taken back");
	stop(&o);
	put("other");
	lowest = free_fd();
	start(&o, common, true, false, true);
	o.whole = whole;
	whole_is = -1;
	output_begin(&o, &values);
	CHECK(strstr(said, "session 7: cannot add to ") != NULL, "%s", said);
	CHECK(o.fd[CLIENT] == -1, "%d", o.fd[CLIENT]);
	CHECK(free_fd() == lowest, "and closed");
	say(&o, "one");
	HOLDS("other", "another kind of file is left alone");
	CHECK(o.lost == 3, "and it is counted: %ju", o.lost);
	put("BLOCKhalf");
	ftruncate_error = EIO;
	whole_is = 5;
	output_begin(&o, &values);
	if (ftruncate(-1, 0) == -1 && errno == EIO)	/* it is wrapped */
		CHECK(strstr(said, "cannot take back half a record in ") != NULL, "%s", said);
	ftruncate_error = 0;
	stop(&o);
	unlink(path);
	file_of_session(&o, common, true, false);
	say(&o, "one");
	HOLDS(HEAD "one", "a new one begins with a head");
	stop(&o);
	unlink(path);

	/* Nothing that can be opened. */
	CHECK(mkdir(path, 0700) == 0, "%s", strerror(errno));
	file_of_session(&o, common, false, false);
	CHECK(strstr(said, "session 7: cannot open /tmp/") != NULL &&
	    strstr(said, strerror(EISDIR)) != NULL, "%s", said);
	say(&o, "one\n");
	CHECK(o.lost == 4, "%ju", o.lost);
	rmdir(path);
	start(&o, common, false, false, true);
	no_memory = true;
	output_begin(&o, &values);
	no_memory = false;
	CHECK(strstr(said, "session 7: cannot open ") != NULL && strstr(said, strerror(ENOMEM)) !=
	    NULL, "%s", said);
	CHECK(o.fd[CLIENT] == -1, "%d", o.fd[CLIENT]);

	/* A file for each direction. */
	file_of_session(&o, sides, false, false);
	output_write(&o, CLIENT, "c\n", 2);
	output_write(&o, SERVER, "s\n", 2);
	output_write(&o, BOTH, "b\n", 2);
	snprintf(path, sizeof(path), "%s/0007.client", folder);
	HOLDS("c\nb\n", "what the client sent");
	unlink(path);
	snprintf(path, sizeof(path), "%s/0007.server", folder);
	HOLDS("s\nb\n", "what the server sent");
	unlink(path);
	stop(&o);

	/* No file of sessions, nothing to begin. */
	memcpy(path, own, sizeof(own));
	start(&o, path, false, false, true);
	say(&o, "one\n");
	output_begin(&o, &values);
	output_write(&o, SERVER, "two\n", 4);
	output_write(&o, BOTH, "three\n", 6);
	HOLDS("one\ntwo\nthree\n", "one file for all");
	stop(&o);
}

/* The head of blocks on a FIFO of a session. */
static void
check_session_fifo(void)
{
	char name[256], fifo[256];
	struct output o;
	ssize_t n;
	int reader;

	snprintf(name, sizeof(name), "%s/%%n", folder);
	snprintf(fifo, sizeof(fifo), "%s/0007", folder);
	CHECK(mkfifo(fifo, 0600) == 0, "%s", strerror(errno));
	reader = open(fifo, O_RDONLY | O_NONBLOCK);
	file_of_session(&o, name, true, false);
	say(&o, "one");
	n = read(reader, got, sizeof(got));
	CHECK_BYTES(got, (size_t)n, HEAD "one", strlen(HEAD "one"), "a FIFO of a session");
	stop(&o);

	start(&o, fifo, true, true, false);
	output_reopen(&o);
	n = read(reader, got, sizeof(got));
	CHECK_BYTES(got, (size_t)n, HEAD HEAD, 2 * strlen(HEAD), "a FIFO that is opened again");
	stop(&o);
	close(reader);
	unlink(fifo);
}

static void
on_wait(void *arg, const char *name)
{
	size_t used = strlen(answered);

	CHECK(arg == answered, "another argument");
	signals_status = 0;
	snprintf(answered + used, sizeof(answered) - used, "%s;", name);
}

/* Who asks for the status while a reader is slow gets an answer, if the file has readers at all. */
static void
check_waits(void)
{
	char name[256], file[256], fifo[256];
	struct output o;
	int reader;

	snprintf(name, sizeof(name), "%s/%%n-%%d", folder);
	snprintf(file, sizeof(file), "%s/0007-client", folder);
	snprintf(fifo, sizeof(fifo), "%s/0007-server", folder);
	CHECK(mkfifo(fifo, 0600) == 0, "%s", strerror(errno));
	reader = open(fifo, O_RDONLY | O_NONBLOCK);
	file_of_session(&o, name, false, false);
	lets = looks = 0;
	output_write(&o, CLIENT, "x", 1);
	CHECK(lets == 0 && !written_listening, "a file: %d", lets);
	output_write(&o, SERVER, "x", 1);
	CHECK(lets == 1 && written_listening && !listens && looks == 0, "a FIFO: %d, %d", lets, looks);

	signals_status = 1;
	reader_slow = true;
	output_write(&o, SERVER, "x", 1);
	CHECK(looks == 0 && signals_status == 1, "nobody there to answer");
	o.on_wait = on_wait;
	o.arg = answered;
	output_write(&o, SERVER, "x", 1);
	CHECK_TEXT(answered, strcat(strcpy(file, name), ";"), "before the write");
	CHECK(looks == 1, "%d", looks);

	answered[0] = '\0';
	signals_status = 1;
	reader_slow = false;
	output_write(&o, SERVER, "x", 1);
	CHECK(answered[0] == '\0' && signals_status == 1 && looks == 2, "a quick reader");

	signals_status = 0;
	reader_slow = asked_by_write = true;
	how = INTERRUPTED;
	writes = 0;
	output_write(&o, SERVER, "x", 1);
	CHECK_TEXT(answered, file, "in the middle");
	CHECK(writes == 2 && looks == 3, "%d, %d", writes, looks);
	reader_slow = asked_by_write = false;

	said[0] = '\0';
	how = BROKEN;
	output_write(&o, SERVER, "x", 1);
	CHECK(strstr(said, strerror(EPIPE)) != NULL && !listens, "said %s", said);
	stop(&o);
	close(reader);
	snprintf(file, sizeof(file), "%s/0007-client", folder);
	unlink(file);
	unlink(fifo);
}

/* Two files that have one place: what is torn in the first is nothing to the second. */
static void
check_places(void)
{
	char name[256], text[20], own[sizeof(path)];
	struct template_values of = { 7, { text, "it:2" }, 1795405330 };
	struct output first, second;
	int i;

	memcpy(own, path, sizeof(own));
	snprintf(name, sizeof(name), "%s/%%c", folder);
	strcpy(text, "0");
	start(&first, name, false, false, true);
	output_begin(&first, &of);
	second = first;
	for (i = 1; i < 10 * OUTPUT_PLACES; i++) {
		snprintf(text, sizeof(text), "%d", i);
		output_begin(&second, &of);
		if (second.place[CLIENT] == first.place[CLIENT])
			break;
		stop(&second);
	}
	CHECK(i < 10 * OUTPUT_PLACES, "no two files have one place");
	how = SHORT;
	part = 2;
	say(&first, "abcd\n");
	how = PLAIN;
	say(&second, "one\n");
	snprintf(path, sizeof(path), "%s/%d", folder, i);
	HOLDS("one\n", "another file");
	how = SHORT;
	say(&second, "efgh\n");
	how = PLAIN;
	say(&second, "two\n");
	HOLDS("one\nef\ntwo\n", "the place is that file's now");
	stop(&first);
	stop(&second);
	for (; i >= 0; i--) {
		snprintf(path, sizeof(path), "%s/%d", folder, i);
		unlink(path);
	}
	memcpy(path, own, sizeof(own));
}

/* --append, of blocks */
static void
check_append(void)
{
	struct output o = { .name = path, .whole_records = true, .append = true, .whole = whole,
	    .head = HEAD, .head_len = strlen(HEAD) };
	struct cause why;
	int i;

	for (i = 0; i < 3; i++) {
		put(i < 2 ? "BLOCKhalf" : "");
		whole_is = i == 0 ? 5 : -1;
		CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == 0, "%s",
		    why.text);
		CHECK(output_start(&o, &why) == (i != 1 ? 0 : -1), "%d: %s", i, why.text);
		if (i == 1)
			HOLDS("BLOCKhalf", "another kind of file is left alone");
		say(&o, "one");
		if (i == 0)
			HOLDS("BLOCK" HEAD "one", "half a block is taken back, a section begun");
		if (i == 1)
			CHECK(strncmp(why.text, "cannot add to /tmp/", 19) == 0, "%s", why.text);
		if (i == 2)
			HOLDS(HEAD "one", "an empty file");
		stop(&o);
	}
	put("whole");
	whole_is = 5;
	ftruncates = 0;
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == 0 &&
	    output_start(&o, &why) == 0, "%s", why.text);
	say(&o, "one");
	HOLDS("whole" HEAD "one", "a file that is whole");
	CHECK(ftruncates == 0, "which is not to be cut: it may be one that can only grow");
	die_writing(&o, "abcdef", DIE_HALF, 3);
	say(&o, "two");
	HOLDS("whole" HEAD "onetwo", "a death after that");
	stop(&o);
	no_memory = false;
	o.name = path;
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == 0, "%s", why.text);
	no_memory = true;
	CHECK(output_start(&o, &why) == -1, "no memory");
	CHECK(strstr(why.text, strerror(ENOMEM)) != NULL, "%s", why.text);
	no_memory = false;
	stop(&o);
}

/* syslog */

#define MESSAGE	900

static void
check_syslog(void)
{
	static char line[3 * MESSAGE + 2], want[4 * MESSAGE];
	struct output o;
	struct cause why;
	int n;

	start(&o, "syslog:", false, false, true);
	output_begin(&o, &values);
	output_reopen(&o);
	sent[0] = '\0';
	output_write(&o, BOTH, "one\ntwo\nthree", 13);
	CHECK_TEXT(sent, "[one][two][three]", "a message for each line");
	CHECK(priority == (LOG_DAEMON | LOG_INFO), "%d", priority);
	for (n = MESSAGE - 1; n <= 2 * MESSAGE + 1; n++) {
		if (n == MESSAGE + 2)
			n = 2 * MESSAGE;
		memset(line, 'x', sizeof(line));
		line[MESSAGE] = 'y';
		line[n] = '\n';
		sent[0] = '\0';
		output_write(&o, CLIENT, line, (size_t)n + 1);
		if (n <= MESSAGE)
			snprintf(want, sizeof(want), "[%.*s]", n, line);
		else if (n <= 2 * MESSAGE)
			snprintf(want, sizeof(want), "[%.*s][    %.*s]", MESSAGE, line, n - MESSAGE,
			    line + MESSAGE);
		else
			snprintf(want, sizeof(want), "[%.*s][    %.*s][    x]", MESSAGE, line, MESSAGE,
			    line + MESSAGE);
		CHECK(strcmp(sent, want) == 0, "%d bytes: %zu\n%s", n, strlen(sent), sent);
	}
	said[0] = '\0';
	syslogd_error = EAGAIN;
	output_write(&o, BOTH, "one\nthree\n", 10);
	CHECK(o.lost == 8 && o.tally->lost == 8, "%ju", o.lost);
	CHECK(strstr(said, strerror(EAGAIN)) != NULL, "%s", said);
	o.optional = true;
	output_write(&o, BOTH, "one\n", 4);
	CHECK(o.lost == 8, "nobody asked for it: %ju", o.lost);

	syslogd_error = ENOENT;
	o = (struct output){ .name = "syslog:local3" };
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == -1, "no syslogd");
	CHECK(strncmp(why.text, "no syslogd for -o syslog:local3: ", 33) == 0, "%s", why.text);
	o.optional = true;
	CHECK(output_open(&o, process_shared(sizeof(*o.tally)), false, &why) == 0, "%s", why.text);
	syslogd_error = 0;
	output_write(&o, BOTH, "one\n", 4);
	CHECK(priority == (LOG_LOCAL3 | LOG_INFO), "%d", priority);
	CHECK(o.fd[CLIENT] == -1 && output_start(&o, &why) == 0, "nothing to start");
}

int
main(void)
{
	strcpy(folder, path);
	*strrchr(folder, '/') = '\0';
	if (mkdtemp(folder) == NULL)
		return 99;
	memcpy(path, folder, strlen(folder));
	check_deaths();
	check_death_of_a_byte();
	check_death_and_change();
	check_death_and_reopen();
	check_death_on_pipe(false, PIPE_BUF + 50, 100, "\ntwo\n");
	check_death_on_pipe(true, PIPE_BUF + 50, 100, "");
	check_death_on_pipe(false, 100, 100, "two\n");
	check_failures();
	check_console_gone();
	check_opening();
	check_reopen_closes();
	check_lock();
	check_writes();
	check_blocks();
	check_stdout();
	check_locks();
	check_folders();
	check_empty_error();
	check_reopen_fails();
	check_session_files();
	check_session_fifo();
	check_waits();
	check_places();
	check_append();
	check_syslog();
	CHECK(in_memory == 0, "%d blocks of memory are not given back", in_memory);
	unlink(path);
	rmdir(folder);
	return unit_end();
}
