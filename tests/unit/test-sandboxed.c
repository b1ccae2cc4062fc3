/* test-sandboxed.c - what a session that was taken over can do, with the sandbox and without
 *
 * A real session runs, in a process of its own, up to the point where it would carry bytes:
 * there (the linker's --wrap) it does what an intruder would. All that fails in the sandbox
 * has to succeed without it, or the test would show nothing.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "unit.h"

#ifndef __linux__
int
main(void)
{
	printf("skipped: not Linux\n");
	return 77;
}
#else

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/ptrace.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "guard.h"
#include "log.h"
#include "relay.h"
#include "session.h"

#define NOBODY	65534
#define BECAME	9		/* the exit status of another program in its place */
#define NEVER	99		/* an act was not tried */

static char			 folder[] = "/tmp/test-sandboxed.XXXXXX";
static char			 file[64], target[64];	/* in there: one that exists, a name for another */
static struct sockaddr_in	 tcp;		/* where somebody listens */
static struct sockaddr_un	 abstract;	/* the same */
static socklen_t		 abstract_len;
static int			 spare[5];	/* sockets that the session has got hold of */
static int			 log_fd;
static pid_t			 victim;	/* of a signal, of a trace */

/* What an intruder does. Each returns 0, or an errno value. */

static int
errno_if(bool failed)
{
	return failed ? errno : 0;
}

static int
give_back(int fd)
{
	if (fd == -1)
		return errno;
	close(fd);
	return 0;
}

static int
do_open(void)
{
	return give_back(open(file, O_RDONLY));
}

static int
do_creat(void)
{
	int error = give_back(creat(target, 0600));

	unlink(target);
	return error;
}

static int
do_mkdir(void)
{
	return errno_if(mkdir(target, 0700) == -1 || rmdir(target) == -1);
}

static int
do_truncate(void)
{
	return errno_if(truncate(file, 0) == -1);
}

static int
do_rename(void)
{
	return errno_if(rename(file, target) == -1 || rename(target, file) == -1);
}

static int
do_unlink(void)
{
	return errno_if(unlink(file) == -1);
}

static int
do_socket(void)
{
	return give_back(socket(AF_INET, SOCK_STREAM, 0));
}

static int
do_dup_low(void)	/* where a descriptor was closed, there is room for another one */
{
	close(STDIN_FILENO);
	return errno_if(dup(STDOUT_FILENO) == -1);
}

static int
do_connect(void)
{
	return errno_if(connect(spare[0], (struct sockaddr *)&tcp, sizeof(tcp)) == -1);
}

static int
do_bind(void)
{
	struct sockaddr_in any = { .sin_family = AF_INET };

	return errno_if(bind(spare[1], (struct sockaddr *)&any, sizeof(any)) == -1);
}

static int
do_connect_abstract(void)
{
	return errno_if(connect(spare[2], (struct sockaddr *)&abstract, abstract_len) == -1);
}

static int
do_bind_path(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };

	snprintf(un.sun_path, sizeof(un.sun_path), "%s.socket", file);
	return errno_if(bind(spare[3], (struct sockaddr *)&un, sizeof(un)) == -1 ||
	    unlink(un.sun_path) == -1);
}

static int
do_fork(void)
{
	pid_t pid = fork();

	if (pid == 0)
		_exit(0);
	return errno_if(pid == -1 || waitpid(pid, NULL, 0) == -1);
}

static int
do_kill(void)
{
	return errno_if(kill(victim, 0) == -1);
}

static int
do_ptrace(void)
{
	return errno_if(ptrace(PTRACE_ATTACH, victim, NULL, NULL) == -1 ||
	    waitpid(victim, NULL, __WALL) == -1 || ptrace(PTRACE_DETACH, victim, NULL, NULL) == -1);
}

static int
do_raise_limit(void)
{
	struct rlimit more;

	getrlimit(RLIMIT_NOFILE, &more);
	if (more.rlim_max == 0)
		more.rlim_cur = more.rlim_max = 1;
	return errno_if(setrlimit(RLIMIT_NOFILE, &more) == -1);
}

static int
do_core(void)
{
	struct rlimit core;

	getrlimit(RLIMIT_CORE, &core);
	return core.rlim_max == 0 ? E2BIG : 0;
}

static int
do_gain(void)	/* rights, by executing what has more */
{
	return prctl(PR_GET_NO_NEW_PRIVS, 0UL, 0UL, 0UL, 0UL) == 1 ? EPERM : 0;
}

/* And what a session has to be able to do. */

static int
do_write(void)
{
	return errno_if(write(log_fd, "x", 1) != 1 || ftruncate(log_fd, 0) == -1);
}

static int
do_select(void)
{
	struct timeval now = { 0, 0 };
	fd_set set;

	FD_ZERO(&set);
	FD_SET(spare[4], &set);
	return errno_if(select(spare[4] + 1, NULL, &set, NULL, &now) != 1);
}

static int
do_guard(void)	/* of which one was made ready; spare[4] is as good as a side */
{
	struct guard g = GUARD_NONE;

	guard_add(&g, spare[4]);
#ifdef HAVE_EPOLL_CREATE1
	return g.fd != -1 ? 0 : EMFILE;
#else
	return 0;
#endif
}

static int
do_exec(void)	/* last, since it does not come back */
{
	execl("/bin/sh", "sh", "-c", "exit 9", (char *)NULL);
	return errno;
}

static const struct act {
	const char	*name;
	int		(*act)(void);
	int		 error;		/* in the sandbox; 0: none */
	long		 since;		/* the first version of Landlock that has it; 0: not by that */
} acts[] = {
	{ "write to the log", do_write, 0, 0 },
	{ "select", do_select, 0, 0 },
	{ "guard", do_guard, 0, 0 },
	{ "gain rights", do_gain, EPERM, 0 },
	{ "open", do_open, EMFILE, 0 },
	{ "creat", do_creat, EMFILE, 0 },
	{ "socket", do_socket, EMFILE, 0 },
	{ "dup, in place of another", do_dup_low, EMFILE, 0 },
	{ "fork", do_fork, EAGAIN, 0 },
	{ "core", do_core, E2BIG, 0 },
	{ "mkdir", do_mkdir, EACCES, 1 },
	{ "truncate", do_truncate, EACCES, 3 },
	{ "rename", do_rename, EACCES, 1 },
	{ "unlink", do_unlink, EACCES, 1 },
	{ "connect", do_connect, EACCES, 4 },
	{ "bind", do_bind, EACCES, 4 },
	{ "connect to an abstract socket", do_connect_abstract, EPERM, 6 },
	{ "bind a path", do_bind_path, EACCES, 1 },
	{ "kill", do_kill, EPERM, 6 },
	{ "ptrace", do_ptrace, EPERM, 1 },
	{ "raise the limit", do_raise_limit, EPERM, 0 },
	{ "execve", do_exec, EACCES, 1 },
};
#define ACTS	(sizeof(acts) / sizeof(*acts))

static int	*got;		/* [ACTS], shared: what came of each */

void	__wrap_relay_run(const struct relay *r, struct ending *e);

void
__wrap_relay_run(const struct relay *r, struct ending *e)
{
	size_t i;

	(void)r;
	for (i = 0; i < ACTS; i++) {
		got[i] = acts[i].act == do_exec ? 0 : NEVER;
		got[i] = acts[i].act();
	}
	memset(e, 0, sizeof(*e));
}

/* What the world around the session has in it. */
static void
prepare(void)
{
	static const int family[] = { AF_INET, AF_INET, AF_UNIX, AF_UNIX };
	socklen_t len = sizeof(tcp);
	int fd, life[2];
	char byte;
	size_t i;

	close(creat(file, 0600));
	log_fd = open("log", O_WRONLY | O_CREAT | O_APPEND, 0600);
	for (i = 0; i < 4; i++)
		spare[i] = socket(family[i], SOCK_STREAM, 0);
	tcp = (struct sockaddr_in){ .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	fd = socket(AF_INET, SOCK_STREAM, 0);
	if (bind(fd, (struct sockaddr *)&tcp, len) == -1 || listen(fd, 5) == -1 ||
	    getsockname(fd, (struct sockaddr *)&tcp, &len) == -1)
		perror("listen");
	spare[4] = socket(AF_INET, SOCK_STREAM, 0);
	if (connect(spare[4], (struct sockaddr *)&tcp, sizeof(tcp)) == -1)
		perror("connect");
	if (pipe(life) == -1)
		_exit(98);
	if ((victim = fork()) == 0) {
		alarm(60);
		close(life[1]);
		_exit(read(life[0], &byte, 1) != 0);	/* until the session has ended */
	}
	close(life[0]);
}

/* Runs a session as it is meant to be, or without a sandbox; what came of it is in got[]. */
static void
run(bool sandbox)
{
	struct options opt = { .no_sandbox = !sandbox };
	struct logs none = { 0 };
	struct session s = { .opt = &opt, .logs = &none, .number = 1 };
	int status = 0, fd[2];
	pid_t pid;
	size_t i;

	for (i = 0; i < ACTS; i++)
		got[i] = NEVER;
	if ((pid = fork()) == 0) {
		alarm(60);
		prepare();
		if (socketpair(AF_UNIX, SOCK_STREAM, 0, fd) == -1)
			_exit(98);
		s.fd[CLIENT] = fd[0];
		s.fd[SERVER] = fd[1];
		s.peer[CLIENT].addr.ss_family = AF_INET;	/* so that a guard is made ready */
		s.peer[CLIENT].len = sizeof(tcp);
		s.peer[SERVER].addr.ss_family = AF_UNIX;
		_exit(session_run(&s));
	}
	waitpid(pid, &status, 0);
	if (sandbox && got[ACTS - 1] == 0)	/* without Landlock: a program that can open nothing */
		return;
	CHECK(WIFEXITED(status) && WEXITSTATUS(status) == (got[ACTS - 1] == 0 ? BECAME : SESSION_EMPTY),
	    "%s the sandbox: it ended with %x", sandbox ? "in" : "without", (unsigned int)status);
}

static long
landlock_version(void)
{
#ifdef HAVE_LANDLOCK
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, 1U);
#else
	errno = ENOSYS;
	return -1;
#endif
}

/* As an ordinary user, whom the limits bind. */
static void
be_nobody(void)
{
	if (getuid() != 0)
		return;
	if (setgid(NOBODY) == -1 || setuid(NOBODY) == -1) {
		perror("nobody");
		exit(99);
	}
	prctl(PR_SET_DUMPABLE, 1UL, 0UL, 0UL, 0UL);	/* else nobody could be traced */
}

static void
listen_abstract(void)
{
	int fd = socket(AF_UNIX, SOCK_STREAM, 0);

	abstract.sun_family = AF_UNIX;
	snprintf(abstract.sun_path + 1, sizeof(abstract.sun_path) - 1, "%s", folder);
	abstract_len = (socklen_t)(sizeof(abstract.sun_family) + 1 + strlen(folder));
	if (bind(fd, (struct sockaddr *)&abstract, abstract_len) == -1 || listen(fd, 5) == -1)
		perror("abstract socket");
}

int
main(void)
{
	int without[ACTS];
	long version = landlock_version();
	bool skipped = version == -1;
	size_t i;

	if (skipped)
		printf("skipped: no Landlock: %s\n", strerror(errno));
	be_nobody();
	got = mmap(NULL, ACTS * sizeof(*got), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (mkdtemp(folder) == NULL || chdir(folder) == -1 || got == MAP_FAILED)
		return 99;
	snprintf(file, sizeof(file), "%s/file", folder);
	snprintf(target, sizeof(target), "%s/target", folder);
	listen_abstract();
	run(false);
	memcpy(without, got, sizeof(without));
	run(true);
	for (i = 0; i < ACTS; i++) {
		if (acts[i].act == do_ptrace && without[i] == EPERM) {
			printf("skipped: nobody may trace here\n");
			continue;
		}
		CHECK(without[i] == 0, "%s, without the sandbox: %s", acts[i].name, strerror(without[i]));
		if (acts[i].since > version && version != -1)
			printf("skipped: %s: Landlock %ld has it, not %ld\n", acts[i].name, acts[i].since, version);
#ifndef HAVE_SYS_PRCTL_H
		if (acts[i].act == do_gain)
			continue;
#endif
		if (acts[i].since <= version || acts[i].since == 0)
			CHECK(got[i] == acts[i].error, "%s, in the sandbox: %s, expected: %s", acts[i].name,
			    strerror(got[i]), strerror(acts[i].error));
	}
	unlink(file);
	unlink(target);
	unlink("log");
	if (chdir("/") == -1 || rmdir(folder) == -1)
		perror(folder);
	return unit_end() != 0 ? 1 : skipped ? 77 : 0;
}

#endif
