/* test-output.c - records on their way to files: whole, repaired, counted
 *
 * write(2) goes through a wrapper that can fail, do half, or die with it.
 */
#include <config.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "output.h"
#include "process.h"
#include "unit.h"

#define HEAD	"HEAD"

/* What the next writes to another descriptor than stderr do. */
static enum { PLAIN, SHORT, FULL, INTERRUPTED, AGAIN, BROKEN, DIE_HALF, DIE_AFTER, DIE_BEFORE } how;
static size_t part;		/* SHORT, DIE_HALF: bytes that are written first */
static int writes;
static char said[4096];		/* what went to stderr */

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
	switch (now) {
	case SHORT:
		how = FULL;
		return __real_write(fd, data, part);
	case FULL:
		errno = ENOSPC;
		return -1;
	case INTERRUPTED:
	case AGAIN:
		how = PLAIN;
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

/* The file under test */

static char path[] = "/tmp/test-output-XXXXXX/log", got[1 << 20];
static char folder[sizeof(path)];

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

static void
put(const char *text)
{
	FILE *f = fopen(path, "wb");

	if (f == NULL || fputs(text, f) == EOF || fclose(f) == EOF)
		abort();
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

/* A console whose reader is gone ends the program: the parent, once. */
static void
check_console_gone(void)
{
	struct output o;
	struct sigaction ignore = { .sa_handler = SIG_IGN }, before;
	sigset_t term, pending;
	int sig;

	sigemptyset(&term);
	sigaddset(&term, SIGTERM);
	sigprocmask(SIG_BLOCK, &term, NULL);
	sigaction(SIGPIPE, &ignore, &before);
	start(&o, "-", false, false, true);
	if (fork() == 0) {
		how = BROKEN;
		say(&o, "one\n");
		_exit(0);
	}
	wait(NULL);
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGTERM) == 1, "the parent is told");
	if (sigismember(&pending, SIGTERM))
		sigwait(&term, &sig);
	how = BROKEN;
	say(&o, "two\n");
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGTERM) == 0, "once: a second signal would kill sessions");
	stop(&o);

	start(&o, path, false, false, true);
	how = BROKEN;
	say(&o, "one\n");
	sigpending(&pending);
	CHECK(sigismember(&pending, SIGTERM) == 0, "a log that is gone does not");
	stop(&o);
	sigaction(SIGPIPE, &before, NULL);
	sigprocmask(SIG_UNBLOCK, &term, NULL);
}

/* Opening */

static void
check_opening(void)
{
	struct output o;
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
	start(&o, path, false, true, false);
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

int
main(void)
{
	strcpy(folder, path);
	*strrchr(folder, '/') = '\0';
	if (mkdtemp(folder) == NULL)
		return 99;
	memcpy(path, folder, strlen(folder));
	check_deaths();
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
	unlink(path);
	rmdir(folder);
	return unit_end();
}
