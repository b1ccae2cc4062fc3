/* test-pidfile.c - the file with the number of the process: whose it is, and what may go wrong
 *
 * Real files in a folder of the test's own; calls fail, or others come between, where a case
 * says so.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "pidfile.h"
#include "unit.h"

#define NAME	"pid"		/* in the folder that the test is in */
#define OPTION	"--pid-file " NAME ": "
#define FOREVER	1000

static char	 folder[] = "/tmp/test-pidfile.XXXXXX";
static struct cause why;
static char	 said[512];		/* by complain() and verbose(), with their level */

/* The call that fails, how, and how often */
static const char *fails;
static int	 fails_by, fails_times;

/* What others do, or seem to do */
static int	 taken;			/* so many attempts find the file locked, */
static int	 taken_type;		/* and what there is to know then of the lock (-1: the truth), */
static pid_t	 taken_by;		/* and of its holder */
static void	(*meanwhile)(void);	/* happens once, between our lock and the look at the name */
static uid_t	 add_euid, add_uid;	/* ours, and the file's, are that much more */
static unsigned	 opens, lstats;
static char	 calls[256];		/* those that change something, in their order */
static char	*owned;			/* by realpath(), until it is given back */
static size_t	 write_most;		/* bytes that one write() takes; 0: all */

static bool
is_to_fail(const char *name)
{
	if (fails == NULL || strcmp(fails, name) != 0 || fails_times-- <= 0)
		return false;
	errno = fails_by;
	return true;
}

static void
note(const char *name)
{
	if (strlen(calls) + strlen(name) + 2 < sizeof(calls))
		strcat(strcat(calls, name), " ");
}

int	__real_open(const char *, int, ...);
int	__wrap_open(const char *, int, ...);
int
__wrap_open(const char *name, int flags, ...)
{
	CHECK((flags & O_CREAT) == 0 || (flags & O_NONBLOCK) != 0, "%#x", (unsigned)flags);
	opens++;
	return is_to_fail("open") ? -1 : __real_open(name, flags, 0644);
}

int	__real_fcntl(int, int, ...);
int	__wrap_fcntl(int, int, ...);
int
__wrap_fcntl(int fd, int command, ...)
{
	struct flock *lock;
	va_list ap;

	va_start(ap, command);
	lock = va_arg(ap, struct flock *);
	va_end(ap);
	if (command == F_GETLK) {
		if (is_to_fail("getlk"))
			return -1;
		if (taken_type == -1)
			return __real_fcntl(fd, command, lock);
		lock->l_type = (short)taken_type;
		lock->l_pid = taken_by;
		return 0;
	}
	CHECK(command == F_SETLK && lock->l_type == F_WRLCK && lock->l_whence == SEEK_SET &&
	    lock->l_start == 0 && lock->l_len == 0, "%d", command);
	if (is_to_fail("setlk"))
		return -1;
	if (taken > 0) {
		taken--;
		errno = EAGAIN;
		return -1;
	}
	return __real_fcntl(fd, command, lock);
}

int	__real_fstat(int, struct stat *);
int	__wrap_fstat(int, struct stat *);
int
__wrap_fstat(int fd, struct stat *st)
{
	int error = is_to_fail("fstat") ? -1 : __real_fstat(fd, st);

	st->st_uid += add_uid;
	return error;
}

int	__real_lstat(const char *, struct stat *);
int	__wrap_lstat(const char *, struct stat *);
int
__wrap_lstat(const char *name, struct stat *st)
{
	void (*now)(void) = meanwhile;
	int error;

	lstats++;
	meanwhile = NULL;
	if (now != NULL)
		now();
	error = __real_lstat(name, st);
	if (is_to_fail("dev"))
		st->st_dev++;
	if (is_to_fail("ino"))
		st->st_ino++;
	return error;
}

uid_t	__real_geteuid(void);
uid_t	__wrap_geteuid(void);
uid_t
__wrap_geteuid(void)
{
	return __real_geteuid() + add_euid;
}

int	__real_ftruncate(int, off_t);
int	__wrap_ftruncate(int, off_t);
int
__wrap_ftruncate(int fd, off_t size)
{
	CHECK(size == 0, "%ld", (long)size);
	note("ftruncate");
	return is_to_fail("ftruncate") ? -1 : __real_ftruncate(fd, size);
}

ssize_t	__real_pread(int, void *, size_t, off_t);
ssize_t	__wrap_pread(int, void *, size_t, off_t);
ssize_t
__wrap_pread(int fd, void *to, size_t n, off_t at)
{
	return is_to_fail("pread") ? -1 : __real_pread(fd, to, n, at);
}

char	*__real_realpath(const char *, char *);
char	*__wrap_realpath(const char *, char *);
char *
__wrap_realpath(const char *name, char *to)
{
	return is_to_fail("realpath") ? NULL : (owned = __real_realpath(name, to));
}

void	__real_free(void *);
void	__wrap_free(void *);
void
__wrap_free(void *p)
{
	if (p == owned)
		owned = NULL;
	__real_free(p);
}

ssize_t	__real_write(int, const void *, size_t);
ssize_t	__wrap_write(int, const void *, size_t);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	CHECK(n == strlen(data), "%zu bytes of \"%s\"", n, (const char *)data);
	if (is_to_fail("write"))
		return -1;
	return __real_write(fd, data, write_most > 0 && n > write_most ? write_most : n);
}

int	__real_unlink(const char *);
int	__wrap_unlink(const char *);
int
__wrap_unlink(const char *name)
{
	note("unlink");
	return is_to_fail("unlink") ? -1 : __real_unlink(name);
}

int	__real_close(int);
int	__wrap_close(int);
int
__wrap_close(int fd)
{
	note("close");
	return __real_close(fd);
}

void	__wrap_complain(const char *, ...);
void
__wrap_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
}

void	__wrap_verbose(int, const char *, ...);
void
__wrap_verbose(int level, const char *fmt, ...)
{
	va_list ap;

	snprintf(said, sizeof(said), "%d ", level);
	va_start(ap, fmt);
	vsnprintf(said + 2, sizeof(said) - 2, fmt, ap);
	va_end(ap);
}

/* The file's text; "none" where there is no file. */
static const char *
content(const char *name)
{
	static char text[64];
	int fd = __real_open(name, O_RDONLY, 0);
	ssize_t n;

	if (fd == -1)
		return "none";
	n = read(fd, text, sizeof(text) - 1);
	text[n > 0 ? n : 0] = '\0';
	__real_close(fd);	/* which gives a lock of this process back, if there is one */
	return text;
}

static void
put(const char *name, const char *text)
{
	int fd = __real_open(name, O_WRONLY | O_CREAT | O_TRUNC, 0600);

	CHECK(fd != -1 && __real_write(fd, text, strlen(text)) == (ssize_t)strlen(text), "%s", name);
	__real_close(fd);
}

/* The next free descriptor: the same before and after where nothing stays open. */
static int
next_fd(void)
{
	int fd = dup(0);

	__real_close(fd);
	return fd;
}

/* Who holds a lock on the file, asked by another process; 0: nobody. */
static int
holder(void)
{
	struct flock whole = { .l_type = F_RDLCK, .l_whence = SEEK_SET };
	int status, ends[2], pid = -1;
	pid_t child;

	if (pipe(ends) == -1 || (child = fork()) == -1)
		return -1;
	if (child == 0) {
		int fd = __real_open(NAME, O_RDONLY, 0);

		if (fd == -1 || __real_fcntl(fd, F_GETLK, &whole) == -1)
			_exit(1);
		pid = whole.l_type == F_UNLCK ? 0 : whole.l_pid;
		_exit(__real_write(ends[1], &pid, sizeof(pid)) != sizeof(pid));
	}
	__real_close(ends[1]);
	if (read(ends[0], &pid, sizeof(pid)) != sizeof(pid))
		pid = -1;
	__real_close(ends[0]);
	waitpid(child, &status, 0);
	return pid;
}

static void
clean(void)
{
	__real_unlink(NAME);
	fails = NULL;
	fails_times = 1;
	taken = 0;
	taken_type = -1;
	opens = lstats = 0;
	add_uid = add_euid = 0;
	said[0] = calls[0] = why.text[0] = '\0';
	why.usage = true;
}

/* Opens it, which must fail like this; text must still be in it, and nothing open. */
static void
refused(const char *title, const char *reason, const char *text)
{
	int fd = next_fd();

	CHECK(pidfile_open(NAME, &why) == -1, "%s", title);
	CHECK_TEXT(why.text, reason, title);
	CHECK(!why.usage, "%s", title);
	CHECK(next_fd() == fd, "%s: stays open", title);
	if (text != NULL)
		CHECK_TEXT(content(NAME), text, title);
	CHECK(pidfile_write(&why) == 0, "%s: there is none to write to", title);
	pidfile_remove();
}

static void
test_life(void)
{
	char number[32];
	struct stat st;
	int fd = next_fd();

	snprintf(number, sizeof(number), "%ld\n", (long)getpid());
	clean();
	CHECK(pidfile_write(&why) == 0, "none");
	pidfile_leave();
	pidfile_remove();
	CHECK_TEXT(calls, "", "none: nothing to do");
	umask(077);
	CHECK(pidfile_open(NAME, &why) == 0, "%s", why.text);
	umask(022);
	CHECK(stat(NAME, &st) == 0 && (st.st_mode & 07777) == 0644, "mode %o", (unsigned)st.st_mode);
	CHECK(st.st_size == 0, "empty until it is written");
	CHECK((__real_fcntl(fd, F_GETFD, 0) & FD_CLOEXEC) != 0, "close-on-exec");
	CHECK(holder() == (int)getpid(), "%d", holder());
	CHECK(pidfile_write(&why) == 0, "%s", why.text);
	CHECK(holder() == (int)getpid(), "%d", holder());
	calls[0] = '\0';
	CHECK(chdir("/") == 0, "away");
	pidfile_remove();
	CHECK(chdir(folder) == 0, "back");
	CHECK_TEXT(calls, "ftruncate unlink close ", "in this order");
	CHECK_TEXT(said, "", "nothing is said");
	CHECK_TEXT(content(NAME), "none", "removed");
	CHECK(next_fd() == fd && owned == NULL, "closed, and its memory given back");
	CHECK(pidfile_open(NAME, &why) == 0 && pidfile_write(&why) == 0, "%s", why.text);
	CHECK_TEXT(content(NAME), number, "written");
	pidfile_remove();
	calls[0] = '\0';
	pidfile_remove();
	CHECK_TEXT(calls, "", "only once");
}

static void
test_stale(void)
{
	static const char *const stale[] = { "", "1\n", "12345678901234567890\n", " 42", "0123456789 \n" };
	static const char *const others[] = { "root:x:0:0\n", "-1\n", "1234567890123456789012345678901",
	    "12345678901234567890123456789012345\n", "12\tx\n" };
	size_t i;

	for (i = 0; i < sizeof(stale) / sizeof(*stale); i++) {
		clean();
		put(NAME, stale[i]);
		CHECK(pidfile_open(NAME, &why) == 0, "%s: %s", stale[i], why.text);
		CHECK(holder() == (int)getpid(), "%s", stale[i]);
		CHECK_TEXT(content(NAME), "", "a stale one is emptied");
		pidfile_remove();
		CHECK_TEXT(content(NAME), "none", "and removed");
	}
	for (i = 0; i < sizeof(others) / sizeof(*others); i++) {
		clean();
		put(NAME, others[i]);
		refused(others[i], OPTION "not a pid file: it holds something else than a number", others[i]);
	}
	clean();
	put(NAME, "1\n");
	fails = "pread";
	refused("pread", OPTION "not a pid file: it holds something else than a number", "1\n");
}

static void
test_kinds(void)
{
	char reason[128];

	clean();
	put("target", "1\n");
	CHECK(symlink("target", NAME) == 0, "a link");
	refused("a symbolic link", OPTION "a symbolic link", "1\n");
	clean();
	CHECK(symlink("missing", NAME) == 0, "a link");
	refused("a link to nothing", OPTION "a symbolic link", "none");
	CHECK_TEXT(content("missing"), "none", "it is not followed");
	clean();
	CHECK(link("target", NAME) == 0, "a hard link");
	refused("a hard link", OPTION "the file has another name, too", "1\n");
	clean();
	CHECK(mkfifo(NAME, 0600) == 0, "a FIFO");
	refused("a FIFO", OPTION "not a regular file", NULL);
	clean();
	CHECK(mkdir(NAME, 0700) == 0, "a folder");
	snprintf(reason, sizeof(reason), OPTION "%s", strerror(EISDIR));
	refused("a folder", reason, NULL);
	rmdir(NAME);
	__real_unlink("target");

	/* Owners, as they would look to other users */
	clean();
	put(NAME, "1\n");
	add_uid = 4711;
	refused("another user's", OPTION "the file belongs to another user", "1\n");
	add_uid = 0 - __real_geteuid();
	add_euid = 4711;
	CHECK(pidfile_open(NAME, &why) == 0, "root's: %s", why.text);
	pidfile_remove();
	clean();
	put(NAME, "1\n");
	add_uid = add_euid = 4711;
	CHECK(pidfile_open(NAME, &why) == 0, "one's own: %s", why.text);
	pidfile_remove();
}

static void
test_held(void)
{
	char reason[128];
	int ends[2], fd = next_fd();
	pid_t child;
	char word;

	/* By a process that is there */
	clean();
	put(NAME, "1\n");
	if (pipe(ends) == -1 || (child = fork()) == -1)
		exit(99);
	if (child == 0) {
		__real_close(ends[0]);
		if (pidfile_open(NAME, &why) == -1 || pidfile_write(&why) == -1 ||
		    __real_write(ends[1], "", 1) != 1)
			_exit(1);
		for (;;)
			pause();
	}
	CHECK(read(ends[0], &word, 1) == 1, "the other one");
	__real_close(ends[0]);
	__real_close(ends[1]);
	snprintf(reason, sizeof(reason), OPTION "process %ld holds it", (long)child);
	CHECK(pidfile_open(NAME, &why) == -1, "held");
	CHECK_TEXT(why.text, reason, "who holds it");
	CHECK(next_fd() == fd && opens == 1, "%u opens", opens);
	CHECK(atol(content(NAME)) == (long)child, "it stays as it was");
	kill(child, SIGKILL);
	waitpid(child, NULL, 0);
	CHECK(pidfile_open(NAME, &why) == 0, "the lock goes with its holder: %s", why.text);
	pidfile_remove();

	/* By one that is in another place */
	clean();
	taken = 1;
	taken_type = F_RDLCK;
	taken_by = 0;
	refused("nobody here", OPTION "another process holds it", "");
	clean();
	taken = 1;
	taken_type = F_WRLCK;
	taken_by = -1;
	refused("nobody here", OPTION "another process holds it", "");
	clean();
	taken = 1;
	taken_type = F_WRLCK;
	taken_by = 1;
	refused("init", OPTION "process 1 holds it", "");

	/* By one that has just given it back */
	clean();
	taken = 3;
	taken_type = F_UNLCK;
	CHECK(pidfile_open(NAME, &why) == 0 && opens == 4, "%u opens: %s", opens, why.text);
	pidfile_remove();
	CHECK(next_fd() == fd, "closed each time");
	clean();
	fails = "setlk";
	fails_by = EACCES;
	CHECK(pidfile_open(NAME, &why) == 0 && opens == 2, "%u opens: %s", opens, why.text);
	pidfile_remove();
	clean();
	taken = FOREVER;
	taken_type = F_UNLCK;
	refused("again and again", OPTION "others remove it, again and again", "");
	CHECK(opens == 100, "%u opens", opens);
}

static void
remove_it(void)
{
	__real_unlink(NAME);
}

static void
replace_it(void)
{
	CHECK(rename(NAME, "old") == 0, "away");
	put(NAME, "5\n");
}

static void
test_removed_meanwhile(void)
{
	static void (*const what[])(void) = { remove_it, replace_it };
	int fd = next_fd();
	size_t i;

	for (i = 0; i < 2; i++) {
		clean();
		put(NAME, "1\n");
		meanwhile = what[i];
		CHECK(pidfile_open(NAME, &why) == 0 && opens == 2, "%u opens: %s", opens, why.text);
		CHECK(holder() == (int)getpid(), "case %zu: the lock is on what is there", i);
		if (i == 1)
			CHECK_TEXT(content("old"), "1\n", "the other one is not touched");
		pidfile_remove();
		CHECK(next_fd() == fd, "closed");
		CHECK_TEXT(content(NAME), "none", "removed");
	}
	__real_unlink("old");
	for (i = 0; i < 2; i++) {
		clean();
		fails = i == 0 ? "dev" : "ino";
		CHECK(pidfile_open(NAME, &why) == 0 && opens == 2, "%s: %u opens", fails, opens);
		pidfile_remove();
	}

	/* What is there at the end is another one's */
	for (i = 0; i < 2; i++) {
		clean();
		CHECK(pidfile_open(NAME, &why) == 0 && pidfile_write(&why) == 0, "%s", why.text);
		what[i]();
		calls[0] = '\0';
		pidfile_remove();
		CHECK_TEXT(content(NAME), i == 0 ? "none" : "5\n", "not ours");
		CHECK_TEXT(calls, "ftruncate close ", "it is left alone");
		CHECK_TEXT(said, "", "and nothing is said");
	}
	CHECK_TEXT(content("old"), "", "ours is empty");
	__real_unlink("old");
}

static void
test_failures(void)
{
	static const struct {
		const char	*call;
		int		 error;
		const char	*what;
	} cases[] = {
		{ "open", EACCES, "" },
		{ "fstat", EIO, "" },
		{ "setlk", ENOLCK, "cannot be locked: " },
		{ "ftruncate", EIO, "" },
		{ "realpath", ENOMEM, "" },
	};
	char end[128];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		clean();
		fails = cases[i].call;
		fails_by = cases[i].error;
		snprintf(end, sizeof(end), OPTION "%s%s", cases[i].what, strerror(fails_by));
		refused(fails, end, NULL);
	}
	clean();
	taken = 1;
	fails = "getlk";
	fails_by = EIO;
	snprintf(end, sizeof(end), OPTION "cannot be locked: %s", strerror(EIO));
	refused("getlk", end, "");

	/* Writing */
	clean();
	CHECK(pidfile_open(NAME, &why) == 0, "%s", why.text);
	fails = "write";
	fails_by = ENOSPC;
	CHECK(pidfile_write(&why) == -1, "a full disk");
	snprintf(end, sizeof(end), "/" NAME ": %s", strerror(ENOSPC));
	CHECK(strncmp(why.text, "--pid-file /", 12) == 0 && strlen(why.text) > strlen(end) &&
	    strcmp(why.text + strlen(why.text) - strlen(end), end) == 0, "%s", why.text);
	fails_times = 2;
	fails_by = EINTR;
	write_most = 1;
	CHECK(pidfile_write(&why) == 0, "interrupted, byte by byte");
	write_most = 0;
	snprintf(end, sizeof(end), "%ld\n", (long)getpid());
	CHECK_TEXT(content(NAME), end, "whole");

	/* At the end */
	fails = "unlink";
	fails_times = 1;
	fails_by = EACCES;
	calls[0] = '\0';
	pidfile_remove();
	snprintf(end, sizeof(end), "/" NAME ": stays behind: %s", strerror(EACCES));
	CHECK(strncmp(said, "1 --pid-file /", 14) == 0 && strstr(said, end) != NULL, "%s", said);
	CHECK_TEXT(calls, "ftruncate unlink close ", "it is closed");
	CHECK_TEXT(content(NAME), "", "empty");
	clean();
	CHECK(pidfile_open(NAME, &why) == 0, "%s", why.text);
	fails = "ftruncate";
	fails_by = EIO;
	pidfile_remove();
	snprintf(end, sizeof(end), "/" NAME ": cannot be emptied: %s", strerror(EIO));
	CHECK(strncmp(said, "--pid-file /", 12) == 0 && strstr(said, end) != NULL, "%s", said);
	CHECK_TEXT(content(NAME), "none", "removed all the same");
}

/* A child closes its descriptor, and the parent keeps its lock. */
static void
test_leave(void)
{
	int status, fd = next_fd();
	pid_t child;

	clean();
	CHECK(pidfile_open(NAME, &why) == 0, "%s", why.text);
	if ((child = fork()) == 0) {
		pidfile_leave();
		pidfile_remove();
		_exit(next_fd() != fd);
	}
	CHECK(waitpid(child, &status, 0) == child && status == 0, "%x", (unsigned)status);
	CHECK(holder() == (int)getpid(), "%d", holder());
	pidfile_remove();
}

int
main(void)
{
	alarm(20);
	if (mkdtemp(folder) == NULL || chdir(folder) == -1)
		return 99;
	test_life();
	test_stale();
	test_kinds();
	test_held();
	test_removed_meanwhile();
	test_failures();
	test_leave();
	clean();
	if (chdir("/") == 0)
		rmdir(folder);
	return unit_end();
}
