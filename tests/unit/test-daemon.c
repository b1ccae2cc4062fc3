/* test-daemon.c - the way into the background: launcher and daemon, and what they owe each other
 *
 * Each case is a process of its own, which notes what it sees in shared memory.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/stat.h>
#include <sys/wait.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/ioctl.h>
#include <termios.h>
#include <unistd.h>

#include "daemon.h"
#include "process.h"
#include "systemlog.h"
#include "unit.h"

#define INHERITED	77	/* a descriptor that nobody asked for */

/* What is seen in another process. */
static struct seen {
	int	launched, status;	/* daemon_launch() in the launcher, and its status */
	int	leads, inherited, detached, sigio_ignored, opens, daemon;
	int	null[3];		/* which of 0 to 2 is /dev/null, for reading and writing */
	int	exec_safe;		/* what is open above 2 closes on exec */
	int	syslog;			/* diag_syslog() was called */
	int	sigio;			/* came when the launcher had ended */
	char	why[512], said[512];
} *seen;

static const char	*fails;		/* the call that does, once */
static int		 fails_after;	/* so many that do not */
static int		 interrupted;	/* reads, writes and waits, each, that a signal interrupts first */
static int		 interrupts[3];	/* so many are left of each */

static bool
is_to_fail(const char *name)
{
	if (fails == NULL || strcmp(name, fails) != 0 || fails_after-- > 0)
		return false;
	fails = NULL;
	errno = EMFILE;
	return true;
}

int	__real_pipe(int [2]);
int	__wrap_pipe(int [2]);
int
__wrap_pipe(int ends[2])
{
	return is_to_fail("pipe") ? -1 : __real_pipe(ends);
}

pid_t	__real_fork(void);
pid_t	__wrap_fork(void);
pid_t
__wrap_fork(void)
{
	return is_to_fail("fork") ? -1 : __real_fork();
}

int	__real_open(const char *, int, ...);
int	__wrap_open(const char *, int, ...);
int
__wrap_open(const char *path, int flags, ...)
{
	return is_to_fail("open") ? -1 : __real_open(path, flags, 0);
}

int	__real_dup2(int, int);
int	__wrap_dup2(int, int);
int
__wrap_dup2(int from, int to)
{
	return is_to_fail("dup2") ? -1 : __real_dup2(from, to);
}

static bool
is_interrupted(int which)
{
	if (interrupts[which] == 0)
		return false;
	interrupts[which]--;
	errno = EINTR;
	return true;
}

ssize_t	__real_read(int, void *, size_t);
ssize_t	__wrap_read(int, void *, size_t);
ssize_t
__wrap_read(int fd, void *to, size_t n)
{
	return is_interrupted(0) ? -1 : __real_read(fd, to, n);
}

ssize_t	__real_write(int, const void *, size_t);
ssize_t	__wrap_write(int, const void *, size_t);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	return is_interrupted(1) ? -1 : __real_write(fd, data, n);
}

pid_t	__real_waitpid(pid_t, int *, int);
pid_t	__wrap_waitpid(pid_t, int *, int);
pid_t
__wrap_waitpid(pid_t pid, int *status, int flags)
{
	return is_interrupted(2) ? -1 : __real_waitpid(pid, status, flags);
}

int	__wrap_systemlog_open(const char *);
int
__wrap_systemlog_open(const char *path)
{
	CHECK(path == NULL, "the usual one");
	return is_to_fail("systemlog_open") ? -1 : 0;
}

void	__wrap_diag_syslog(void);
void
__wrap_diag_syslog(void)
{
	seen->syslog = 1;
}

void	__wrap_complain(const char *, ...);
void
__wrap_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(seen->said, sizeof(seen->said), fmt, ap);
	va_end(ap);
}

/* Whether fd is /dev/null, for both directions. */
static int
is_null(int fd)
{
	struct stat a, b;

	return fstat(fd, &a) == 0 && stat("/dev/null", &b) == 0 && a.st_rdev == b.st_rdev &&
	    (fcntl(fd, F_GETFL) & O_ACCMODE) == O_RDWR;
}

static int
wait_for_child(pid_t pid)
{
	int status;

	while (__real_waitpid(pid, &status, 0) == -1)
		if (errno != EINTR)
			return -1;
	return status;
}

/* Runs f in a process of its own. Returns how that ended, as wait(2) has it. */
static int
apart(void (*f)(void))
{
	pid_t pid;

	memset(seen, 0, sizeof(*seen));
	fflush(stdout);
	if ((pid = __real_fork()) == 0) {
		f();
		_exit(unit_failures > 0 ? 98 : 0);
	}
	return wait_for_child(pid);
}

/* Descriptors 0 to 2 */

static int	closed[3];

static void
call_stdio(void)
{
	struct cause why;
	int fd;

	for (fd = 0; fd < 3; fd++)
		if (closed[fd])
			close(fd);
	close(INHERITED);
	if (daemon_stdio(&why) == -1)
		snprintf(seen->why, sizeof(seen->why), "%s", why.text);
	for (fd = 0; fd < 3; fd++)
		seen->null[fd] = is_null(fd);
	seen->opens = dup(0);
}

static void
check_stdio(void)
{
	int i, fd, first = dup(0);

	close(first);
	for (i = 0; i < 8; i++) {
		for (fd = 0; fd < 3; fd++)
			closed[fd] = i >> fd & 1;
		CHECK(apart(call_stdio) == 0, "case %d", i);
		for (fd = 0; fd < 3; fd++)
			CHECK(!closed[fd] || seen->null[fd], "case %d: descriptor %d", i, fd);
		CHECK(seen->opens == first, "case %d: %d is free, not %d", i, first, seen->opens);
		CHECK_TEXT(seen->why, "", "why");
	}
	fails = "open";
	apart(call_stdio);
	CHECK_TEXT(seen->why, "/dev/null: Too many open files", "no /dev/null");
	fails = NULL;
}

/* Launching */

static enum { STATUS_3, STATUS_0, KILLED, DETACHES } daemon_does;

/* What the daemon does; it notes what it is. */
static void
be_daemon(void)
{
	struct cause why;
	struct sigaction sa;
	int fd;

	seen->daemon = (int)getpid();
	seen->leads = getsid(0) == getpid();
	seen->inherited = fcntl(INHERITED, F_GETFD) != -1;
	seen->exec_safe = 1;
	for (fd = 3; fd < 20; fd++)
		if (fcntl(fd, F_GETFD) == 0)
			seen->exec_safe = 0;
	if (daemon_does == STATUS_3)
		_exit(3);
	if (daemon_does == STATUS_0)
		_exit(0);
	if (daemon_does == KILLED)
		kill(getpid(), SIGKILL);
	seen->detached = daemon_detach(&why) == 0 ? 1 : -1;
	if (seen->detached == -1) {
		snprintf(seen->why, sizeof(seen->why), "%s", why.text);
		_exit(5);
	}
	for (fd = 0; fd < 3; fd++)
		seen->null[fd] = is_null(fd);
	fd = dup(0);
	seen->opens = fd;
	sigaction(SIGIO, NULL, &sa);
	seen->sigio_ignored = sa.sa_handler == SIG_IGN;
	_exit(0);
}

static void
call_launch(void)
{
	struct cause why;
	int status = -7;

	dup2(0, INHERITED);
	seen->launched = daemon_launch(&status, &why);
	if (seen->launched == 0)
		be_daemon();
	seen->status = status;
	if (seen->launched == -1)
		snprintf(seen->why, sizeof(seen->why), "%s", why.text);
	while (wait(NULL) != -1)	/* for what the daemon has noted */
		;
	seen->launched = seen->launched == -1 ? -1 : 1;
}

static void
check_launch(void)
{
	static const struct {
		int		 does;
		int		 status;
		const char	*fails;
		int		 after, interrupted;
		const char	*why;
	} cases[] = {
		{ STATUS_3, 3, NULL, 0, 0, "" },
		{ STATUS_0, 1, NULL, 0, 0, "" },	/* it has ended: nobody is there */
		{ KILLED, 1, NULL, 0, 0, "" },
		{ DETACHES, 0, NULL, 0, 0, "" },
		{ DETACHES, 0, NULL, 0, 2, "" },
		{ STATUS_3, 3, NULL, 0, 3, "" },
		{ DETACHES, 0, "systemlog_open", 0, 0, "" },
		{ DETACHES, 5, "open", 0, 0, "/dev/null: Too many open files" },
		{ DETACHES, 5, "dup2", 1, 0, "/dev/null: Too many open files" },
		{ DETACHES, 5, "dup2", 3, 0, "/dev/null: Too many open files" },
	};
	size_t i, k;

	for (i = 0; i < sizeof(cases) / sizeof(cases[0]); i++) {
		daemon_does = cases[i].does;
		fails = cases[i].fails;
		fails_after = cases[i].after;
		interrupted = cases[i].interrupted;
		for (k = 0; k < 3; k++)
			interrupts[k] = interrupted;
		apart(call_launch);
		CHECK(seen->launched == 1 && seen->status == cases[i].status, "case %zu: %d", i, seen->status);
		CHECK(seen->leads && !seen->inherited, "case %zu: %d %d", i, seen->leads, seen->inherited);
		CHECK_TEXT(seen->why, cases[i].why, "why");
		CHECK(seen->exec_safe, "case %zu: a descriptor that a command would inherit", i);
		CHECK(cases[i].status != 0 || seen->detached == 1, "case %zu: detached", i);
		CHECK(seen->detached != 1 || (seen->null[0] && seen->null[1] && seen->null[2] &&
		    seen->syslog && seen->sigio_ignored && seen->opens == 3), "case %zu: detached", i);
		CHECK_TEXT(seen->said, cases[i].fails != NULL && strcmp(cases[i].fails, "systemlog_open") == 0 ?
		    "syslog: Too many open files: what happens is told to nobody until that is there" : "", "said");
	}
	fails = NULL;
	memset(interrupts, 0, sizeof(interrupts));
}

static void
check_launch_fails(void)
{
	static const char *const calls[] = { "pipe", "fork" };
	size_t i;

	for (i = 0; i < 2; i++) {
		fails = calls[i];
		fails_after = 0;
		apart(call_launch);
		CHECK(seen->launched == -1, "%s", calls[i]);
		CHECK_TEXT(seen->why, "cannot go into the background: Too many open files", calls[i]);
	}
	fails = NULL;
}

/* A launcher that is killed before its daemon is ready: that gets SIGIO. */
static void
die_launching(void)
{
	struct cause why;
	sigset_t io;
	int status, sig;

	sigemptyset(&io);
	sigaddset(&io, SIGIO);
	sigprocmask(SIG_BLOCK, &io, NULL);
	if (daemon_launch(&status, &why) != 0)
		return;
	kill(getppid(), SIGKILL);
	alarm(10);
	seen->sigio = sigwait(&io, &sig) == 0 && sig == SIGIO ? 1 : -1;
	_exit(0);
}

static void
check_orphan(void)
{
	struct pollfd nothing = { .fd = -1 };
	int status = apart(die_launching), tries;

	CHECK(WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL, "%x", (unsigned)status);
	for (tries = 0; tries < 1000 && seen->sigio == 0; tries++)
		poll(&nothing, 0, 10);
	CHECK(seen->sigio == 1, "%d", seen->sigio);
}

/* Terminals */

static void
look_for_terminal(void)
{
	int master = posix_openpt(O_RDWR | O_NOCTTY), fd = dup(0);

	close(fd);
	setsid();
	seen->opens = daemon_has_terminal();
	if (master == -1 || grantpt(master) == -1 || unlockpt(master) == -1 ||
	    (fd = __real_open(ptsname(master), O_RDWR, 0)) == -1) {
		seen->launched = -1;
		return;
	}
#ifdef TIOCSCTTY
	ioctl(fd, TIOCSCTTY, 0);
#endif
	signal(SIGHUP, SIG_IGN);
	seen->launched = daemon_has_terminal();
	seen->status = dup(0) - fd;
}

static void
check_terminal(void)
{
	apart(look_for_terminal);
	CHECK(seen->opens == 0, "a session of its own has no terminal");
	if (seen->launched == -1)
		return;			/* no pseudo-terminals here */
	CHECK(seen->launched == 1, "a terminal controls it");
	CHECK(seen->status == 1, "a descriptor stays open");
}

int
main(void)
{
	alarm(20);
	if ((seen = process_shared(sizeof(*seen))) == NULL)
		return 99;
	check_stdio();
	check_launch();
	check_launch_fails();
	check_orphan();
	check_terminal();
	return unit_end();
}
