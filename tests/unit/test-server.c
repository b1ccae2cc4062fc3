/* test-server.c - what the parent decides, with a clock, clients and processes that are made up
 *
 * The test has its own process and session in place of the program's, and its own
 * clock_gettime(), pselect(), accept(), recv(), waitpid() and kill(). Each wait of the
 * server is one step of a script: what it should be waiting for, and what happens then.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "lookup.h"
#include "priv.h"
#include "process.h"
#include "server.h"
#include "session.h"
#include "signals.h"
#include "timing.h"
#include "unit.h"

#define FOREVER		(-1)
#define FIRST_PID	50001
#define STATUS(n)	((n) << 8)	/* of a process that has exited; a signal is itself */

/* One wait of the server. */
struct step {
	const char	*watched;	/* the listeners it waits for: "c", "s", "cs", "" (second ones: "C", "S") */
	long long	 wait_ms;	/* at most so long; FOREVER */
	const char	*happens;	/* see happen() */
	const char	*says;		/* what it has said since the last wait: a part of it, or NULL */
};

static const struct step	*step;	/* the next one; a NULL watched ends it */
static struct server		 sv;
static long long		 now_ms;
static const char		*title;
static int			 stderr_pipe;
static sigjmp_buf		 in_child;

static int	 accept_error, fork_error, recv_error;
static bool	 reset_second;		/* recv() fails the second time */
static unsigned	 accepts, forks, receives;
static pid_t	 next_pid;		/* 0: the child's side of fork() */
static struct {
	pid_t	pid;
	int	status;
}		 ended[8];
static const char *from;		/* whose address clients have */
static bool	 terminal;		/* what isatty() says */
static size_t	 nended;
static unsigned	 orphans;		/* other processes of ours that there are */
static bool	 orphans_are_others;	/* and none of them is a lookup helper */
static bool	 wait_interrupted;	/* the next waitpid() is */
static unsigned	 waits;
static char	 told[512];		/* "PID SIGNAL " for each kill() */
static struct session seen;		/* by the child */
static enum session_exit	child_exit;
static pid_t	 command;
static bool	 second[SIDES];		/* a second listener there */
static int	 accepted[16];		/* descriptors */
static int	 reset[4];		/* those that were reset */
static size_t	 nreset;
static unsigned	 let_in, reloads, lookups, adoptions, raised;
static bool	 logs_want, lookup_fails, reader_gone;
static unsigned	 texts_freed;
static char	 managed[1024];		/* what a service manager was told, and "reopen" */
static void	*to_free[6];		/* memory, until it is given back */

/* In place of the program's */

pid_t
process_fork(void)
{
	forks++;
	if (fork_error != 0) {
		errno = fork_error;
		return -1;
	}
	return next_pid == 0 ? 0 : next_pid++;
}

void *
process_shared(size_t n)
{
	static uintmax_t memory[64];	/* one server at a time: its totals */

	CHECK(n > 0 && n <= sizeof(memory), "%zu bytes", n);
	return memset(memory, 0, sizeof(memory));
}

void
process_add(uintmax_t *n, uintmax_t more)
{
	*n += more;
}

enum session_exit
session_run(struct session *s)
{
	seen = *s;
	return child_exit;
}

static void
tell_manager(const char *what, const char *status)
{
	size_t len = strlen(managed);

	snprintf(managed + len, sizeof(managed) - len, "%s%s%s\n", what, status != NULL ? " " : "",
	    status != NULL ? status : "");
}

void	__wrap_manager_ready(const char *status);
void	__wrap_manager_reloading(void);
void	__wrap_manager_reloaded(void);
void	__wrap_manager_stopping(const char *status);
void	__wrap_manager_status(const char *status);

void
__wrap_manager_ready(const char *status)
{
	tell_manager("ready", status);
}

void
__wrap_manager_reloading(void)
{
	tell_manager("reloading", NULL);
}

void
__wrap_manager_reloaded(void)
{
	tell_manager("reloaded", NULL);
}

void
__wrap_manager_stopping(const char *status)
{
	tell_manager("stopping", status);
}

void
__wrap_manager_status(const char *status)
{
	tell_manager("status", status);
}

int	__wrap_prctl(int option, unsigned long value, unsigned long b, unsigned long c, unsigned long d);
int	__wrap_isatty(int fd);
void	__wrap_signals_let_in(void);
void	__wrap_sock_reset(int fd);
void	__wrap_logs_reopen(struct logs *l);
bool	__wrap_logs_want_names(const struct logs *l);
bool	__wrap_logs_reader_gone(const struct logs *l);
int	__wrap_lookup_setup(struct cause *why);
bool	__wrap_lookup_at_work(void);
void	__real_buf_free(struct buf *b);
void	__wrap_buf_free(struct buf *b);
void	__real_free(void *p);
void	__wrap_free(void *p);
void	__wrap_priv_raise(void);
void	__wrap_priv_lower(void);

int
__wrap_prctl(int option, unsigned long value, unsigned long b, unsigned long c, unsigned long d)
{
#ifdef PR_SET_CHILD_SUBREAPER
	adoptions += option == PR_SET_CHILD_SUBREAPER && value == 1 && b + c + d == 0;
#else
	(void)option, (void)value, (void)b, (void)c, (void)d;
#endif
	return 0;
}

int
__wrap_isatty(int fd)
{
	CHECK(fd == STDERR_FILENO, "%d", fd);
	return terminal;
}

void
__wrap_signals_let_in(void)
{
	let_in++;
}

void
__wrap_sock_reset(int fd)
{
	reset[nreset++] = fd;
	close(fd);
}

void
__wrap_logs_reopen(struct logs *l)
{
	CHECK(l == sv.logs, "%s: other logs", title);
	reloads++;
	tell_manager("reopen", NULL);
}

bool
__wrap_logs_reader_gone(const struct logs *l)
{
	CHECK(l == sv.logs, "%s: other logs", title);
	return reader_gone;
}

bool
__wrap_logs_want_names(const struct logs *l)
{
	CHECK(l == sv.logs, "%s: other logs", title);
	return logs_want;
}

int
__wrap_lookup_setup(struct cause *why)
{
	lookups++;
	return lookup_fails ? cause_set(why, "no memory to look up") : 0;
}

bool
__wrap_lookup_at_work(void)
{
	return orphans > 0 && !orphans_are_others;
}

void
__wrap_buf_free(struct buf *b)
{
	texts_freed++;
	__real_buf_free(b);
}

void
__wrap_free(void *p)
{
	size_t i;

	for (i = 0; i < sizeof(to_free) / sizeof(*to_free); i++)
		if (to_free[i] == p)
			to_free[i] = NULL;
	__real_free(p);
}

void
__wrap_priv_raise(void)
{
	raised += 1;
}

void
__wrap_priv_lower(void)
{
	raised += 100;
}

void
_exit(int status)
{
	siglongjmp(in_child, status + 1);
}

static int
made_up_accept(struct sockaddr *addr, socklen_t *len)
{
	struct sockaddr_in in = { .sin_family = AF_INET };
	int fd;

	accepts++;
	if (accept_error != 0) {
		errno = accept_error;
		return -1;
	}
	inet_pton(AF_INET, from, &in.sin_addr);
	in.sin_port = htons((uint16_t)accepts);		/* so that they can be told apart */
	memcpy(addr, &in, sizeof(in));
	*len = sizeof(in);
	fd = open("/dev/null", O_RDONLY);
	accepted[(accepts - 1) % 16] = fd;
	return fd;
}

int
clock_gettime(clockid_t which, struct timespec *t)
{
	(void)which;
	*t = (struct timespec){ (time_t)(now_ms / 1000), (long)(now_ms % 1000 * 1000000) };
	return 0;
}

/* glibc declares the address as a union of pointers, which ISO C would not take for this. */
#pragma GCC diagnostic ignored "-Wpedantic"
int
accept(int fd, struct sockaddr *restrict addr, socklen_t *restrict len)
{
	(void)fd;
	return made_up_accept(addr, len);
}

#ifdef HAVE_ACCEPT4
int
accept4(int fd, struct sockaddr *restrict addr, socklen_t *restrict len, int flags)
{
	(void)fd, (void)flags;
	return made_up_accept(addr, len);
}
#endif

ssize_t
recv(int fd, void *to, size_t n, int flags)
{
	if ((flags & MSG_PEEK) == 0)	/* a static libc's own: getifaddrs() of musl */
		return recvfrom(fd, to, n, flags, NULL, NULL);
	CHECK(flags == (MSG_PEEK | MSG_DONTWAIT), "%s: %x", title, flags);
	receives++;
	if (recv_error == 0)
		return 1;
	errno = recv_error;
	recv_error = reset_second ? ECONNRESET : EAGAIN;	/* one of those that are looked at */
	reset_second = false;
	return -1;
}

pid_t
waitpid(pid_t pid, int *status, int flags)
{
	CHECK(pid == -1 && flags == WNOHANG, "%s: %ld, %x", title, (long)pid, flags);
	waits++;
	if (wait_interrupted) {
		wait_interrupted = false;
		errno = EINTR;
		return -1;
	}
	if (nended > 0) {
		*status = ended[--nended].status;
		return ended[nended].pid;
	}
	if (sv.open + orphans > 0)
		return 0;
	errno = ECHILD;
	return -1;
}

int
kill(pid_t pid, int sig)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%ld %s ", (long)pid, sig == SIGTERM ? "TERM" :
	    sig == SIGINT ? "INT" : sig == SIGKILL ? "KILL" : sig == SIGCONT ? "CONT" :
	    sig == SIGUSR1 ? "USR1" : "?");
	return 0;
}

#pragma GCC diagnostic warning "-Wpedantic"

/* The script */

/* What was written to stderr since the last time. */
static const char *
heard(void)
{
	static char text[4096];
	ssize_t n = read(stderr_pipe, text, sizeof(text) - 1);

	text[n > 0 ? n : 0] = '\0';
	return text;
}

static void
child_ends(unsigned long nth, int status)
{
	if (nth == 0)		/* an orphan */
		orphans--;
	ended[nended].pid = FIRST_PID + (pid_t)nth - 1;
	ended[nended++].status = status;
	raise(SIGCHLD);
}

/*
 * Words: "c", "C", "s", "S": a client, a server is at that listener; "+500": so many ms
 * pass; "=1:0": the first session's process ends with that status of wait(2), "=0:0" an
 * orphan; "O": there is one; "I": waitpid() is interrupted; "TERM", "HUP": that signal;
 * "INT": SIGINT; "USR1"; "answer": a session has answered that; "A24", "F!", "R*": from now on accept, fork, recv fail
 * with that errno, EAGAIN, ECONNRESET; 0: they work. "R+": the second recv() fails, "P9":
 * pselect() does, this once. "@192.0.2.1": clients are from there from now on. "total": sessions have added to that. "fresh", "retrying":
 * what sv.retrying should be. "gone": nobody reads stdout any more. Returns what pselect() does.
 */
static int
happen(const char *words, fd_set *rd)
{
	static const char listeners[] = "cCsS";
	static char address[16];
	char *list = strdup(words), *word, *end;
	const char *at;
	fd_set ready;
	int error = 0, n = 0;

	FD_ZERO(&ready);
	for (word = strtok(list, " "); word != NULL; word = strtok(NULL, " ")) {
		if (word[1] == '\0' && (at = strchr(listeners, word[0])) != NULL) {
			FD_SET(sv.at.list[(at - listeners) / 2][(at - listeners) % 2].fd, &ready);
			n++;
		} else if (word[0] == '+') {
			now_ms += atoi(word + 1);
		} else if (word[0] == '=') {
			unsigned long nth = strtoul(word + 1, &end, 10);

			child_ends(nth, atoi(end + 1));
			error = EINTR;
		} else if (strcmp(word, "TERM") == 0 || strcmp(word, "HUP") == 0) {
			raise(word[0] == 'T' ? SIGTERM : SIGHUP);
			error = EINTR;
		} else if (strcmp(word, "INT") == 0) {
			raise(SIGINT);
			error = EINTR;
		} else if (strcmp(word, "USR1") == 0) {
			raise(SIGUSR1);
			error = EINTR;
		} else if (strcmp(word, "answer") == 0) {
			sv.total->answers++;
		} else if (strcmp(word, "total") == 0) {
			sv.total->bytes[CLIENT] += 11;
			sv.total->bytes[SERVER] += UINTMAX_C(5000000000);
		} else if (strcmp(word, "fresh") == 0 || strcmp(word, "retrying") == 0) {
			CHECK(sv.retrying == (word[0] == 'r'), "%s, \"%s\"", title, words);
		} else if (word[0] == '@') {
			snprintf(address, sizeof(address), "%s", word + 1);
			from = address;
		} else if (strcmp(word, "gone") == 0) {
			reader_gone = true;
		} else if (word[0] == 'O') {
			orphans++;
		} else if (word[0] == 'I') {
			wait_interrupted = true;
		} else if (strcmp(word, "R+") == 0) {
			reset_second = true;
		} else if (word[0] == 'P') {
			error = atoi(word + 1);
		} else {
			*(word[0] == 'A' ? &accept_error : word[0] == 'F' ? &fork_error :
			    &recv_error) = word[1] == '!' ? EAGAIN : word[1] == '*' ? ECONNRESET :
			    atoi(word + 1);
		}
	}
	free(list);
	if (error != 0) {		/* the set is as it was, and says nothing */
		errno = error;
		return -1;
	}
	if (rd != NULL)
		*rd = ready;
	return n;
}

static const char *
watched(int nfds, const fd_set *rd)
{
	static char text[5];
	enum side s;
	size_t i;
	int top = -1;
	char *to = text;

	for (s = CLIENT; rd != NULL && s < SIDES; s++)
		for (i = 0; i < sv.at.n[s]; i++)
			if (FD_ISSET(sv.at.list[s][i].fd, rd)) {
				*to++ = "cCsS"[2 * s + i];
				if (sv.at.list[s][i].fd > top)
					top = sv.at.list[s][i].fd;
			}
	*to = '\0';
	CHECK(nfds == top + 1, "%s: %d descriptors, the highest is %d", title, nfds, top);
	return text;
}

int
pselect(int nfds, fd_set *restrict rd, fd_set *restrict wr, fd_set *restrict ex,
    const struct timespec *restrict most, const sigset_t *restrict mask)
{
	long long ms = most == NULL ? FOREVER :
	    (long long)most->tv_sec * 1000 + most->tv_nsec / 1000000;
	const char *words = heard(), *sides = watched(nfds, rd);

	CHECK(wr == NULL && ex == NULL && mask == &signals_wait_mask, "%s", title);
	if (step->watched == NULL) {
		CHECK(false, "%s: waits for \"%s\", %lld ms, after the last step", title, sides, ms);
		exit(unit_end());
	}
	CHECK(strcmp(sides, step->watched) == 0, "%s, \"%s\": got \"%s\", expected \"%s\"", title,
	    step->happens, sides, step->watched);
	CHECK(ms == step->wait_ms, "%s, \"%s\": %lld", title, step->happens, ms);
	CHECK(step->says == NULL ? *words == '\0' : strstr(words, step->says) != NULL,
	    "%s, \"%s\": said \"%s\", not \"%s\"", title, step->happens, words,
	    step->says == NULL ? "" : step->says);
	return happen((step++)->happens, rd);
}

/* One more listener beside each that "second" says. */
static void
add_listeners(void)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (second[s]) {
			sv.at.list[s] = realloc(sv.at.list[s], 2 * sizeof(*sv.at.list[s]));
			sv.at.list[s][1] = sv.at.list[s][0];
			sv.at.list[s][1].fd = open("/dev/null", O_RDONLY);
			sv.at.n[s] = 2;
		}
}

/* Everything that it owns is given back. */
static void
close_server(void)
{
	void *owned[] = { sv.child, sv.at.list[CLIENT], sv.at.list[SERVER], sv.ep[CLIENT].address,
	    sv.ep[SERVER].address, NULL };
	size_t i;

	memcpy(to_free, owned, sizeof(owned));
	server_close(&sv);
	for (i = 0; i < sizeof(owned) / sizeof(*owned); i++)
		CHECK(to_free[i] == NULL, "%s: %zu is not given back", title, i);
}

/* Runs a server to its end. Returns what server_run() does. */
static int
run(const char *name, const struct options *opt, const struct step *script)
{
	struct logs none = { 0 };
	struct cause why;
	int status;
	size_t i;

	title = name;
	step = script;
	now_ms = 1000000;
	next_pid = FIRST_PID;
	accept_error = fork_error = 0;
	recv_error = EAGAIN;
	accepts = forks = receives = waits = 0;
	let_in = reloads = lookups = adoptions = 0;
	nended = nreset = 0;
	orphans = 0;
	told[0] = managed[0] = '\0';
	signals_term = signals_hup = signals_status = 0;
	from = "0.0.0.0";
	if (server_resolve(&sv, opt, &why) == -1 || server_listen(&sv, &why) == -1) {
		CHECK(false, "%s: %s", name, why.text);
		return -2;
	}
	add_listeners();
	heard();
	sv.command = command;
	status = server_run(&sv, &none);
	CHECK(step->watched == NULL, "%s: ended before \"%s\"", name, step->happens);
	CHECK(sv.open == 0 && sv.at.n[CLIENT] + sv.at.n[SERVER] == 0, "%s: left", name);
#ifdef PR_SET_CHILD_SUBREAPER
	CHECK(adoptions == 1, "%s: orphans are %u times ours", name, adoptions);
#endif
	close_server();
	for (i = 0; i < accepts && i < 16; i++)
		CHECK(accept_error != 0 || fcntl(accepted[i], F_GETFD) == -1, "%s: %zu is open", name, i);
	return status;
}

static struct options
bridge(unsigned long max_open, unsigned long max_sessions)
{
	struct options opt = { .host = { "127.0.0.1", "127.0.0.1" }, .service = { "0", "9" },
	    .max_open = max_open, .max_sessions = max_sessions, .numeric = true };

	opt.protocol[CLIENT] = opt.protocol[SERVER] = protocol_find("tcp", 3);
	return opt;
}

/* Accepting */

static void
test_limits(void)
{
	struct options opt = bridge(2, 0);

	CHECK(run("-F 2", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },	/* full: looks once whether anybody waits, */
		{ "", FOREVER, "=1:0", "-F 2" },	/* says so, */
		{ "c", 0, "c", NULL },
		{ "", FOREVER, "=2:0", NULL },	/* and not again while there is always one */
		{ "c", 0, "", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "TERM", "-F 2" },
		{ "", FOREVER, "=3:0", NULL },
		{ "", FOREVER, "=4:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 4 && accepts == 4, "%u forks, %u accepts", forks, accepts);
	CHECK_TEXT(told, "50003 TERM 50003 CONT 50004 TERM 50004 CONT ", "-F 2: who was told");
	opt = bridge(2, 3);
	CHECK(run("-m 3", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=2:0", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ "", FOREVER, "=3:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(sv.sessions == 3 && told[0] == '\0', "%lu sessions, told %s", sv.sessions, told);
	CHECK(run("-m 3: one found no server", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=2:768 =1:0", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "=3:0", NULL },
		{ .watched = NULL } }) == -1, "status");
	opt = bridge(2, 0);
	opt = bridge(2, 2);
	CHECK(run("-m 2: one found no server, and one crashed", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "=1:768 =2:11", NULL },
		{ .watched = NULL } }) == -1, "status");
	heard();
	opt = bridge(2, 0);
	CHECK(run("found no server, without -m", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=1:768", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* Several listeners: no more is accepted than a session can begin with. */
static void
test_listeners(void)
{
	struct options opt = bridge(2, 0);

	second[CLIENT] = true;
	CHECK(run("-F 2, two listeners", &opt, (const struct step[]){
		{ "cC", FOREVER, "C", NULL },
		{ "cC", FOREVER, "c C", NULL },		/* one of them is accepted */
		{ "cC", FOREVER, "C", NULL },
		{ "", FOREVER, "=1:0", "-F 2: that many sessions are open, and a client waits\n" },
		{ "cC", 0, "C", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=2:0 =3:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 3 && accepts == 3, "%u forks, %u accepts", forks, accepts);
	opt = bridge(9, 2);
	CHECK(run("-m 2, two listeners", &opt, (const struct step[]){
		{ "cC", FOREVER, "c C", NULL },
		{ "cC", FOREVER, "c C", NULL },
		{ "", FOREVER, "=1:0 =2:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 2 && accepts == 2, "%u forks, %u accepts", forks, accepts);
	opt = bridge(1, 0);
	CHECK(run("EMFILE: both wait", &opt, (const struct step[]){
		{ "cC", FOREVER, "A24 C", NULL },
		{ "", 1000, "+1000", "accept: " },
		{ "cC", FOREVER, "A0 C", NULL },
		{ "cC", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	opt.listens = true;
	opt.service[SERVER] = "0";
	second[SERVER] = true;
	CHECK(run("-l, two listeners for each side", &opt, (const struct step[]){
		{ "cCsS", FOREVER, "s S", NULL },
		{ "cC", FOREVER, "C", NULL },
		{ "cCsS", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 1 && accepts == 2, "%u forks, %u accepts", forks, accepts);
	second[CLIENT] = second[SERVER] = false;
}

/* A place that was free while it could not be filled: that somebody waits is news no more. */
static void
test_pause_when_full(void)
{
	struct options opt = bridge(1, 0);

	CHECK(run("fork() fails at the limit", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "=1:0", "-F 1: that many sessions are open, and a client waits\n" },
		{ "c", 0, "F! c", NULL },
		{ "", 1000, "F0 +1000", "fork: " },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=2:0 =1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* What fails, and is not accept(): it rests, and nothing that select() left is believed. */
static void
test_pselect_fails(void)
{
	struct options opt = bridge(1, 0);
	char fails[16];

	snprintf(fails, sizeof(fails), "P%d", EBADF);
	CHECK(run("pselect() fails", &opt, (const struct step[]){
		{ "c", FOREVER, fails, NULL },
		{ "", 1000, "+1000", "pselect: " },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "HUP", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(accepts == 1 && reloads == 1, "%u accepts, %u reloads", accepts, reloads);
}

/* A loop that always finds something to do lets signals in now and then; waitpid() is asked when there is news. */
static void
test_busy(void)
{
	struct step script[36];
	struct options opt = bridge(2, 0);
	size_t i;

	for (i = 0; i < 33; i++)
		script[i] = (struct step){ "c", FOREVER, "+1", NULL };
	script[33] = (struct step){ "c", FOREVER, "TERM", NULL };
	script[34] = (struct step){ .watched = NULL };
	CHECK(run("34 turns", &opt, script) == 0, "status");
	CHECK(let_in == 2, "%u times", let_in);
	CHECK(run("children that end together, and a waitpid() that is interrupted", &opt,
	    (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "I =1:0 =2:0", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "+1", NULL },
		{ "c", FOREVER, "=3:0", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(waits == 6, "%u times", waits);	/* EINTR, 2, 1, none, 3, none */
	CHECK_TEXT(told, "", "nobody is left to be told");
}

/* Errors of accept(): one complaint, a rest of a second, and on it goes; but for a client that left. */
static void
test_accept_fails(void)
{
	static const int rests[] = { EMFILE, ENFILE, ENOBUFS, ENOMEM, EACCES, EPERM, EPROTO, EIO };
	static const int leaves[] = { EAGAIN, ECONNABORTED, EINTR };
	struct options opt = bridge(2, 0);
	char first[16];
	size_t i;

	for (i = 0; i < sizeof(rests) / sizeof(*rests); i++) {
		snprintf(first, sizeof(first), "A%d c", rests[i]);
		CHECK(run(strerror(rests[i]), &opt, (const struct step[]){
			{ "c", FOREVER, first, NULL },
			{ "", 1000, "+1000", strerror(rests[i]) },
			{ "c", FOREVER, "c", NULL },
			{ "", 1000, "+1000", NULL },		/* said once */
			{ "c", FOREVER, "A0 c", NULL },
			{ "c", FOREVER, first, NULL },
			{ "", 1000, "+1000", "accept: " },	/* said again, after one that worked */
			{ "c", FOREVER, "TERM", NULL },
			{ "", FOREVER, "=1:0", NULL },
			{ .watched = NULL } }) == 0, "status");
		CHECK(accepts == 4, "%u", accepts);
	}
	for (i = 0; i < sizeof(leaves) / sizeof(*leaves); i++) {
		snprintf(first, sizeof(first), "A%d c", leaves[i]);
		CHECK(run(strerror(leaves[i]), &opt, (const struct step[]){
			{ "c", FOREVER, first, NULL },
			{ "c", FOREVER, "TERM", NULL },
			{ .watched = NULL } }) == 0, "status");
	}
	CHECK(run("fork", &opt, (const struct step[]){
		{ "c", FOREVER, "F! c", NULL },
		{ "", 1000, "", "fork: " },
		{ "", 1000, "F0", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 3 && accepts == 1, "%u forks, %u accepts: it waited on", forks, accepts);
}

/* --allow */

static void
test_refused(void)
{
	static const char *allow[] = { "192.0.2.0/24", "10.0.0.1" };
	struct options opt = bridge(1, 2);
	const char *words;

	opt.allow = allow;
	opt.nallow = 2;
	diag_verbosity(1);
	CHECK(run("-F 1 -m 2: those that are refused do not count", &opt, (const struct step[]){
		{ "c", FOREVER, "@192.0.3.1 c", NULL },
		{ "c", FOREVER, "c", "refused: 192.0.3.1:1 is not in --allow\n" },
		{ "c", FOREVER, "@192.0.2.7 c", "refused: 192.0.3.1:2 is not in --allow\n" },
		{ "c", FOREVER, "=1:0", "session 1: client 192.0.2.7:3\n" },
		{ "c", FOREVER, "@10.0.0.2 c", NULL },
		{ "c", FOREVER, "@10.0.0.1 c", "refused: 10.0.0.2:4 is not in --allow\n" },
		{ "", FOREVER, "=2:0", "session 2: client 10.0.0.1:5\n" },
		{ .watched = NULL } }) == 0, "status");
	words = heard();
	CHECK(strstr(words, "ended: 2 sessions (0 without a server, 0 crashed), 3 refused, ") != NULL,
	    "%s", words);
	CHECK(forks == 2 && accepts == 5 && nreset == 3 && reset[0] == accepted[0] &&
	    reset[1] == accepted[1] && reset[2] == accepted[3], "%u %u %zu", forks, accepts, nreset);
	diag_verbosity(0);
	second[CLIENT] = true;
	CHECK(run("without -v nothing is said; both listeners are looked at", &opt,
	    (const struct step[]){
		{ "cC", FOREVER, "@192.0.3.1 c C", NULL },
		{ "cC", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(nreset == 2 && accepts == 2 && forks == 0, "%zu %u %u", nreset, accepts, forks);
	second[CLIENT] = false;
	opt.listens = true;
	opt.service[SERVER] = "0";
	CHECK(run("-l: a server is not asked, and has no partner in a client that is refused", &opt,
	    (const struct step[]){
		{ "cs", FOREVER, "@192.0.3.1 s", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "@192.0.2.1 c", NULL },
		{ "cs", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(nreset == 1 && reset[0] == accepted[1] && forks == 1, "%zu, %u", nreset, forks);
}

/* What is said of it at start: where it fails, nothing listens. */
static void
test_allow_fails(void)
{
	static const char *allow[] = { "::1", "10/8" };
	struct options opt = bridge(1, 0);
	struct cause why;

	opt.allow = allow;
	opt.nallow = 2;
	CHECK(server_resolve(&sv, &opt, &why) == -1 && sv.allow.n == 1, "%zu", sv.allow.n);
	CHECK_TEXT(why.text, "not an address", "10/8");
	server_close(&sv);
	CHECK(sv.allow.net == NULL, "not freed");
}

/* --source: which of the server's addresses are left. */
static void
test_source(void)
{
	struct options opt = bridge(1, 0);
	struct cause why;
	const char *words;
	void *list;

	diag_verbosity(1);
	opt.source = "127.0.0.1";
	opt.protocol[SERVER] = protocol_find("any", 3);
	CHECK(server_resolve(&sv, &opt, &why) == 0 && sv.ep[SERVER].n == 1, "%s", why.text);
	CHECK_TEXT(sv.source.address[0].text, "127.0.0.1:0", "from where");
	words = heard();
	CHECK_TEXT(words, "", "nothing is passed over");
	list = sv.source.address;
	to_free[0] = list;
	server_close(&sv);
	CHECK(to_free[0] == NULL, "not freed");

	opt.host[SERVER] = NULL;	/* the local host, perhaps by both families */
	CHECK(server_resolve(&sv, &opt, &why) == 0 && sv.ep[SERVER].n == 1, "%zu", sv.ep[SERVER].n);
	CHECK_TEXT(sv.ep[SERVER].address[0].text, "127.0.0.1:9", "what is left");
	words = heard();
	CHECK(*words == '\0' || strcmp(words, "tcpreen: [::1]:9: --source 127.0.0.1 has no address of that "
	    "family\n") == 0, "%s", words);
	server_close(&sv);
	opt.host[SERVER] = "::1";
	CHECK(server_resolve(&sv, &opt, &why) == -1 && !why.usage, "%zu", sv.ep[SERVER].n);
	CHECK_TEXT(why.text, "[::1]:9: --source 127.0.0.1 has no address of that family", "none is left");
	server_close(&sv);
	heard();
	diag_verbosity(0);
	opt.source = "192.0.2.1x";
	CHECK(server_resolve(&sv, &opt, &why) == -1 &&
	    strncmp(why.text, "--source 192.0.2.1x: ", 21) == 0, "%s", why.text);
	server_close(&sv);
}

/* Pairs with -l */

static void
test_pairs(void)
{
	struct options opt = bridge(1, 0);

	opt.listens = true;
	opt.service[SERVER] = "0";
	CHECK(run("-l", &opt, (const struct step[]){
		{ "cs", FOREVER, "s", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "cs", FOREVER, "c", NULL },
		{ "", FOREVER, "=1:0", "-F 1" },
		{ "cs", 0, "", NULL },
		{ "cs", FOREVER, "c s", NULL },
		{ "cs", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=2:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 2 && accepts == 4 && receives == 4, "%u %u %u", forks, accepts, receives);
	opt.verbosity = 1;
	diag_verbosity(1);
	CHECK(run("-l: the client was reset meanwhile", &opt, (const struct step[]){
		{ "cs", FOREVER, "c R*", NULL },
		{ "s", FOREVER, "s", NULL },
		{ "c", FOREVER, "R! c", "left before its partner came" },
		{ "cs", FOREVER, "TERM", "session 1: client 0.0.0.0:3\n"
		    "tcpreen: session 1: server 0.0.0.0:2\n" },
		{ "", FOREVER, "=1:0", "SIGTERM" },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 1, "%u", forks);
	diag_verbosity(0);
	CHECK(run("-l: early bytes are no reason to leave", &opt, (const struct step[]){
		{ "cs", FOREVER, "c R0", NULL },
		{ "s", FOREVER, "s R0", NULL },
		{ "cs", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 1, "%u", forks);
	CHECK(run("-l: ended while a client waits", &opt, (const struct step[]){
		{ "cs", FOREVER, "c", NULL },
		{ "s", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(nreset == 1 && reset[0] == accepted[0], "%zu were reset", nreset);
	CHECK(run("-l: ended while a server waits", &opt, (const struct step[]){
		{ "cs", FOREVER, "s", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(nreset == 1 && reset[0] == accepted[0], "%zu were reset", nreset);
	CHECK(run("-l: the server was reset meanwhile", &opt, (const struct step[]){
		{ "cs", FOREVER, "s", NULL },
		{ "c", FOREVER, "c R+", NULL },
		{ "s", FOREVER, "s", NULL },
		{ "cs", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 1 && accepts == 3, "%u forks, %u accepts", forks, accepts);
}

/* -c: pauses between tries */

static void
test_back_off(void)
{
	struct options opt = bridge(1, 0);
	const char *words;

	opt.connects = true;
	opt.service[CLIENT] = "9";
	CHECK(run("-c", &opt, (const struct step[]){
		{ "", FOREVER, "=1:768", NULL },	/* SESSION_UNREACHED */
		{ "", 1000, "+999", NULL },
		{ "", 1, "+1", NULL },
		{ "", FOREVER, "=2:768", NULL },
		{ "", 2000, "+2000", NULL },
		{ "", FOREVER, "=3:768", NULL },
		{ "", 4000, "+4000", NULL },
		{ "", FOREVER, "=4:768", NULL },
		{ "", 8000, "+8000", NULL },
		{ "", FOREVER, "=5:768", NULL },
		{ "", 16000, "+16000", NULL },
		{ "", FOREVER, "=6:768", NULL },
		{ "", 32000, "+32000", NULL },
		{ "", FOREVER, "=7:768", NULL },
		{ "", 60000, "+60000", NULL },
		{ "", FOREVER, "=8:768", NULL },
		{ "", 60000, "+60000", NULL },
		{ "", FOREVER, "=9:0", NULL },		/* one that worked: from the beginning */
		{ "", FOREVER, "=10:1024", NULL },	/* SESSION_EMPTY: so has one without bytes */
		{ "", 1000, "+1000", NULL },
		{ "", FOREVER, "=11:1024", NULL },
		{ "", 2000, "+2000", NULL },
		{ "", FOREVER, "=12:0", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=13:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 13, "%u", forks);
	opt.max_sessions = 2;
	CHECK(run("-c -m 2: nothing is tried, nor waited for, after the last", &opt, (const struct step[]){
		{ "", FOREVER, "=1:768", NULL },
		{ "", 1000, "+1000", NULL },
		{ "", FOREVER, "=2:768", NULL },
		{ .watched = NULL } }) == -1, "status");
	opt.max_open = 3;
	CHECK(run("-c -F 3 -m 2", &opt, (const struct step[]){
		{ "", FOREVER, "=1:0", NULL },
		{ "", FOREVER, "=2:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(forks == 2, "%u", forks);
	opt.max_sessions = 1;
	diag_verbosity(1);
	CHECK(run("-c -m 1: no promise to try again", &opt, (const struct step[]){
		{ "", FOREVER, "=1:768", "all sessions of -m have begun" },
		{ .watched = NULL } }) == -1, "status");
	words = heard();
	CHECK(strstr(words, "trying again") == NULL, "%s", words);
	diag_verbosity(0);
	opt.max_open = 2;
	opt.max_sessions = 0;
	diag_verbosity(1);
	CHECK(run("-c -F 2: two that fail at the same time are one failure", &opt, (const struct step[]){
		{ "", FOREVER, "=1:768 =2:768", NULL },
		{ "", 1000, "+1000", "trying again in 1 s" },
		{ "", FOREVER, "=3:768", NULL },
		{ "", 2000, "+2000", "trying again in 2 s" },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=4:0 =5:0", "SIGTERM" },
		{ .watched = NULL } }) == 0, "status");
	diag_verbosity(0);
}

/* -c -l: the pauses are the server's, who has to come first. And what of a failure was said. */
static void
test_retrying(void)
{
	struct options opt = bridge(1, 0);

	opt.connects = true;
	opt.service[CLIENT] = "9";
	CHECK(run("-c: a crash says nothing of the client", &opt, (const struct step[]){
		{ "", FOREVER, "fresh =1:768", NULL },
		{ "", 1000, "retrying +1000", NULL },
		{ "", FOREVER, "retrying =2:11", NULL },
		{ "", FOREVER, "retrying =3:768", "session 2: killed by signal 11" },
		{ "", 2000, "retrying +2000", NULL },
		{ "", FOREVER, "=4:1024", NULL },		/* there was one, who said nothing */
		{ "", 4000, "fresh +4000", NULL },
		{ "", FOREVER, "=5:768", NULL },
		{ "", 8000, "retrying +8000", NULL },
		{ "", FOREVER, "=6:0", NULL },
		{ "", FOREVER, "fresh TERM", NULL },
		{ "", FOREVER, "=7:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(accepts == 0 && sv.unreached == 3 && sv.crashed == 1, "%lu, %lu", sv.unreached, sv.crashed);
	opt.listens = true;
	opt.service[SERVER] = "0";
	CHECK(run("-c -l", &opt, (const struct step[]){
		{ "s", FOREVER, "s", NULL },
		{ "s", FOREVER, "=1:768", NULL },
		{ "s", FOREVER, "s", NULL },
		{ "s", FOREVER, "=2:1024", NULL },
		{ "s", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* An end, and how it is hurried */

/* What a service manager was told begins like this, and is one line more. */
static void
check_managed(const char *wanted)
{
	size_t len = strlen(wanted);
	const char *end = strchr(managed, '\0');

	CHECK(strncmp(managed, wanted, len) == 0 && strchr(managed + len, '\n') == end - 1, "%s:\n%s",
	    title, managed);
}

static void
test_stop(void)
{
	struct options opt = bridge(3, 9);
	const char *words;
	char aborts[16];

	CHECK(run("SIGTERM twice", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "TERM", NULL },		/* a third one adds nothing */
		{ "", FOREVER, "=1:9 =2:9", NULL },	/* killed by us: no crash */
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "50001 TERM 50001 CONT 50002 TERM 50002 CONT "
	    "50001 KILL 50001 CONT 50002 KILL 50002 CONT ", "who was told");
	CHECK(run("nobody reads stdout, as the end of a session tells", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "gone =1:0", NULL },
		{ "", FOREVER, "=2:0", NULL },
		{ "", FOREVER, "=3:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(strstr(told, "50002 TERM ") != NULL && strstr(told, "50003 TERM ") != NULL &&
	    strstr(told, "KILL") == NULL, "the others end, too, and in peace: %s", told);
	reader_gone = false;
	CHECK(run("SIGTERM, and once more", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:9", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "50001 TERM 50001 CONT 50001 KILL 50001 CONT ", "a second one kills");
	CHECK(run("crashes", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=1:11", NULL },
		{ "c", FOREVER, "c", "session 1: killed by signal 11" },
		{ "c", FOREVER, "=2:1280", NULL },
		{ "c", FOREVER, "=77:0", "session 2: ended with status 5" },	/* a helper */
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == -1, "status: -m was given");
	CHECK(run("a crash after SIGTERM is one", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:11", NULL },
		{ .watched = NULL } }) == -1, "status");
	CHECK(strstr(heard(), "session 1: killed by signal 11") != NULL, "is said");
	opt.daemon = true;
	CHECK(run("-m 9 -d", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "HUP", NULL },
		{ "c", FOREVER, "=1:768", "reload" },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == -1, "status");
	words = heard();
	CHECK(strstr(words, "stopping: SIGTERM") != NULL && strstr(words, "ended: 1 session "
	    "(1 without a server, 0 crashed), 0 refused, 0 bytes from clients, 0 bytes from servers, since "
	    "1970-01-01T") != NULL, "%s", words);
	CHECK(reloads == 1, "%u reloads", reloads);
	check_managed("reloading\nreopen\nreloaded\nstopping stopping: SIGTERM\n"
	    "status ended: 1 session (1 without a server, 0 crashed), 0 refused, 0 bytes from clients, "
	    "0 bytes from servers, since ");
	opt.max_sessions = 2;
	CHECK(run("-m 2 -d", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "total c", NULL },
		{ "", FOREVER, "total =1:11 =2:0", "stopping: all sessions of -m have begun\n" },
		{ .watched = NULL } }) == -1, "status");
	words = heard();
	CHECK(strstr(words, "ended: 2 sessions (0 without a server, 1 crashed), 0 refused, 22 bytes from clients, "
	    "10000000000 bytes from servers, since 1970-01-01T") != NULL, "%s", words);
	opt = bridge(1, 0);
	snprintf(aborts, sizeof(aborts), "A%d c", ECONNABORTED);
	diag_verbosity(2);
	CHECK(run("-v -v", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=1:0", "session 1: process 50001\n" },
		{ "c", FOREVER, aborts, "session 1: process 50001 has ended\n" },
		{ "c", FOREVER, "HUP", "accept: " },
		{ "c", FOREVER, "TERM", "reload: opening the logs again\n" },
		{ .watched = NULL } }) == 0, "status");
	words = heard();
	CHECK(strstr(words, "stopping: SIGTERM\n") != NULL &&
	    strstr(words, "ended: 1 session ") != NULL, "%s", words);
	diag_verbosity(0);
	CHECK(run("without -v", &opt, (const struct step[]){
		{ "c", FOREVER, "HUP", NULL },
		{ "c", FOREVER, "INT", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(heard(), "", "nothing is said");
	check_managed("reloading\nreopen\nreloaded\nstopping stopping: SIGINT\n"
	    "status ended: 0 sessions (0 without a server, 0 crashed), 0 refused, 0 bytes from clients, "
	    "0 bytes from servers, since ");
}

/* SIGUSR1: the sessions are asked, and have a tenth of a second to add what they know. */
static void
test_status(void)
{
	struct options opt = bridge(2, 0);
	const char *at;

	setenv("TZ", "UTC", 1);
	CHECK(run("nobody to be asked", &opt, (const struct step[]){
		{ "c", FOREVER, "USR1", NULL },
		{ "c", 100, "+100", NULL },
		{ "c", FOREVER, "TERM", "tcpreen: status: 0 of 2 sessions open; 0 sessions "
		    "(0 without a server, 0 crashed), 0 refused, 0 bytes from clients, 0 bytes from servers, "
		    "since 1970-01-01T00:16:40.000000+00:00\n" },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "", "nobody is told");
	CHECK(run("two sessions, one does not answer; who asks again meanwhile", &opt,
	    (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "USR1", NULL },
		{ "c", 100, "+60 USR1", NULL },
		{ "c", 40, "total answer +39 USR1", NULL },
		{ "c", 1, "+1", NULL },
		{ "c", FOREVER, "+1", "tcpreen: status: 2 of 2 sessions open (1 without an answer "
		    "yet); 2 sessions (0 without a server, 0 crashed), 0 refused, 11 bytes from clients, "
		    "5000000000 bytes from servers, since " },
		{ "c", FOREVER, "USR1", NULL },		/* and later on */
		{ "c", 100, "answer answer answer +100", NULL },
		{ "c", FOREVER, "TERM", "status: 2 of 2 sessions open; 2 sessions" },
		{ "", FOREVER, "=1:0 =2:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK((at = strstr(told, "50001 USR1 50002 USR1 50001 USR1 50002 USR1 50001 TERM")) == told,
	    "told %s", at == NULL ? told : at);
	CHECK(run("one ends before it answers", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "USR1", NULL },
		{ "c", 100, "=1:0", NULL },
		{ "c", 100, "+100", NULL },
		{ "c", FOREVER, "TERM", "status: 0 of 2 sessions open; 1 session (" },
		{ .watched = NULL } }) == 0, "status");
	CHECK(run("a pause is due earlier, or later", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "A24 c", NULL },
		{ "", 1000, "USR1", "accept: " },
		{ "c", 100, "+1 c", NULL },
		{ "", 99, "+99", NULL },
		{ "c", FOREVER, "TERM", "status: 1 of 2 sessions open (1 without an answer yet)" },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	opt = bridge(1, 1);
	CHECK(run("-m is reached", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "USR1", NULL },
		{ "", 100, "+50 answer", NULL },
		{ "", 50, "+50", NULL },
		{ "", FOREVER, "=1:0", "status: 1 of 1 session open; 1 session (" },
		{ .watched = NULL } }) == 0, "status");
	opt = bridge(1, 0);
	opt.connects = true;
	opt.service[CLIENT] = "9";
	CHECK(run("-c: the next try is due earlier", &opt, (const struct step[]){
		{ "", FOREVER, "=1:768 +950", NULL },
		{ "", 1000, "+950", NULL },
		{ "", 50, "+45 USR1", NULL },
		{ "", 5, "+5", NULL },
		{ "", 95, "+95", NULL },
		{ "", FOREVER, "TERM", "status: 1 of 1 session open; 2 sessions (1 " },
		{ "", FOREVER, "=2:0", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* Lookup helpers that are left when all sessions of -m have ended: two seconds, but no longer. */
static void
test_orphans(void)
{
	struct options opt = bridge(1, 1);

	CHECK(run("an orphan that ends", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "O =1:0", NULL },
		{ "", 2000, "+700", NULL },
		{ "", 1300, "=0:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(run("one that does not", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "O =1:0", NULL },
		{ "", 2000, "+1999", NULL },
		{ "", 1, "+1", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(run("SIGTERM meanwhile", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "O =1:0", NULL },
		{ "", 2000, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
	orphans_are_others = true;
	CHECK(run("what the command has left is not waited for", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "O =1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	orphans_are_others = false;
	CHECK_TEXT(told, "", "an orphan is not told: it is no session");
	CHECK(run("SIGTERM before: it ends with the parent", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "O TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* Whether names are looked up is settled once. */
static void
test_names(void)
{
	static const struct {
		bool	 numeric, logs_want, fails, names;
		unsigned lookups;
	} cases[] = {
		{ false, true, false, true, 1 },
		{ true, true, false, false, 0 },
		{ false, false, false, false, 0 },
		{ false, true, true, false, 1 },
	};
	struct options opt = bridge(1, 0);
	const char *words;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		opt.numeric = cases[i].numeric;
		logs_want = cases[i].logs_want;
		lookup_fails = cases[i].fails;
		CHECK(run("names", &opt, (const struct step[]){
			{ "c", FOREVER, "TERM", cases[i].fails ? "no memory to look up\n" : NULL },
			{ .watched = NULL } }) == 0, "status");
		CHECK(sv.names == cases[i].names && lookups == cases[i].lookups, "case %zu: %d, %u",
		    i, (int)sv.names, lookups);
		words = heard();
		CHECK(*words == '\0', "%s", words);
	}
	logs_want = lookup_fails = false;
}

/* The command of --run: its end is that of new sessions, and it is waited for. */
static void
test_command(void)
{
	struct options opt = bridge(2, 0);

	command = 777;
	CHECK(run("the command ends", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=-49223:768", NULL },	/* FIRST_PID - 49224 is 777 */
		{ "", FOREVER, "=1:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK(sv.command_ended && sv.command == 0 && sv.command_status == 768, "%d", sv.command_status);
	CHECK(forks == 1 && told[0] == '\0', "told %s", told);
	opt = bridge(2, 1);
	CHECK(run("-m is reached before", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ "", FOREVER, "=-49223:0", NULL },
		{ .watched = NULL } }) == 0, "status");
	opt = bridge(2, 0);
	CHECK(run("SIGTERM by a process", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=1:0", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=-49223:9", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "50001 TERM 50001 CONT 777 TERM 777 KILL ", "who was told");
	CHECK(run("SIGINT, which the command gets as it is", &opt, (const struct step[]){
		{ "c", FOREVER, "INT", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=-49223:2", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "777 INT 777 KILL ", "who was told");
	command = 0;
}

/* The child's side of fork() */

/* Runs a server until a child ends, whose session is in "seen". Returns its status. */
static int
run_child(const char *name, const struct options *opt, const struct step *script)
{
	static struct logs none;
	struct cause why;
	int got;

	title = name;
	now_ms = 1000000;
	next_pid = 0;
	accepts = 0;
	accept_error = 0;
	recv_error = EAGAIN;
	child_exit = SESSION_EMPTY;
	from = "0.0.0.0";
	signals_term = 0;
	step = script;
	CHECK(server_resolve(&sv, opt, &why) == 0 && server_listen(&sv, &why) == 0, "listens");
	if ((got = sigsetjmp(in_child, 1)) == 0)
		server_run(&sv, &none);
	CHECK(sv.at.n[CLIENT] + sv.at.n[SERVER] == 0, "%s: listens", name);
	CHECK(seen.to == sv.ep && seen.source == &sv.source && seen.opt == opt && seen.logs == &none && seen.total == sv.total &&
	    seen.retrying == sv.retrying && seen.names == sv.names, "%s", name);
	return got - 1;
}

static void
test_child(void)
{
	struct options opt = bridge(2, 0);

	logs_want = true;
	opt.numeric = false;
	CHECK(run_child("a client", &opt, (const struct step[]){
		{ "c", FOREVER, "+5 c", NULL }, { .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(seen.number == 1 && seen.fd[CLIENT] >= 0 && seen.fd[SERVER] == -1 && !seen.retrying &&
	    seen.names && seen.arrived.us == 1000005 * 1000LL, "session %lu", seen.number);
	CHECK_TEXT(seen.peer[CLIENT].text, "0.0.0.0:1", "its client");
	CHECK(sv.source.n == 0, "it connects from anywhere");
	close(seen.fd[CLIENT]);
	server_close(&sv);
	logs_want = false;

	opt.source = "127.0.0.1";
	CHECK(run_child("--source", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL }, { .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(sv.source.n == 1, "%zu", sv.source.n);
	close(seen.fd[CLIENT]);
	server_close(&sv);
	opt.source = NULL;

	opt.listens = true;
	opt.service[SERVER] = "0";
	CHECK(run_child("-l", &opt, (const struct step[]){
		{ "cs", FOREVER, "+1 c", NULL }, { "s", FOREVER, "+6 s", NULL },
		{ .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(seen.fd[CLIENT] == accepted[0] && seen.fd[SERVER] == accepted[1] && !seen.names &&
	    seen.arrived.us == 1000001 * 1000LL, "the time is when the client came");
	CHECK_TEXT(seen.peer[CLIENT].text, "0.0.0.0:1", "its client");
	CHECK_TEXT(seen.peer[SERVER].text, "0.0.0.0:2", "its server");
	close(accepted[0]);
	close(accepted[1]);
	server_close(&sv);
	CHECK(run_child("-l, the server first", &opt, (const struct step[]){
		{ "cs", FOREVER, "+1 s", NULL }, { "c", FOREVER, "+6 c", NULL },
		{ .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(seen.arrived.us == 1000007 * 1000LL, "the time is when the client came");
	close(accepted[0]);
	close(accepted[1]);
	server_close(&sv);

	opt.connects = true;
	opt.service[CLIENT] = "9";
	CHECK(run_child("-c -l", &opt, (const struct step[]){
		{ "s", FOREVER, "+3 s", NULL }, { .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(seen.fd[CLIENT] == -1 && seen.fd[SERVER] == accepted[0] &&
	    seen.arrived.us == 1000003 * 1000LL, "the time is when it began");
	close(accepted[0]);
	server_close(&sv);
}

/* Unix sockets: whose path goes when, and whose rights it is made with */

/* One more address, the same as the first. */
static void
add_address(enum side s)
{
	struct endpoint *ep = &sv.ep[s];

	ep->address = realloc(ep->address, 2 * sizeof(*ep->address));
	ep->address[ep->n++] = ep->address[0];
}

static void
test_unix(void)
{
	char folder[] = "/tmp/test-server.XXXXXX", path[64], other[64];
	struct options opt = bridge(1, 0);
	struct cause why;
	struct stat st;

	if (mkdtemp(folder) == NULL)
		exit(99);
	snprintf(path, sizeof(path), "%s/socket", folder);
	snprintf(other, sizeof(other), "%s/other", folder);
	raised = 0;
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "a port");
	CHECK(raised == 101, "%u: rights are taken, and given back", raised);
	server_close(&sv);
	opt.protocol[CLIENT] = protocol_find("unix", 4);
	opt.host[CLIENT] = NULL;
	opt.service[CLIENT] = path;
	raised = 0;
	CHECK(run_child("a path", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL }, { .watched = NULL } }) == SESSION_EMPTY, "status");
	CHECK(raised == 0, "%u: made with the user's own rights", raised);
	CHECK(stat(path, &st) == 0, "a child leaves it");
	close(seen.fd[CLIENT]);
	server_close(&sv);
	unlink(path);
	CHECK(run("a path", &opt, (const struct step[]){
		{ "c", FOREVER, "TERM", NULL }, { .watched = NULL } }) == 0, "status");
	CHECK(stat(path, &st) == -1, "the parent removes it");
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "a path");
	server_close(&sv);
	CHECK(stat(path, &st) == -1, "the parent removes it, without having served, too");

	opt.protocol[SERVER] = opt.protocol[CLIENT];
	opt.host[SERVER] = NULL;
	opt.service[SERVER] = other;
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "another path");
	server_close(&sv);
	opt.service[SERVER] = path;
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == -1, "itself");
	CHECK(strstr(why.text, "connect to itself") != NULL && strstr(why.text, path) != NULL,
	    "%s", why.text);
	server_close(&sv);
	CHECK(server_resolve(&sv, &opt, &why) == 0, "the second of two addresses");
	add_address(SERVER);
	strcpy(((struct sockaddr_un *)&sv.ep[SERVER].address[0].addr)->sun_path, other);
	CHECK(server_listen(&sv, &why) == -1, "the second of two addresses is itself");
	server_close(&sv);
	CHECK(server_resolve(&sv, &opt, &why) == 0, "the second of two listeners");
	add_address(CLIENT);
	strcpy(((struct sockaddr_un *)&sv.ep[CLIENT].address[0].addr)->sun_path, other);
	CHECK(server_listen(&sv, &why) == -1 && strstr(why.text, "itself") != NULL,
	    "the second of two listeners is meant: %s", why.text);
	server_close(&sv);
	opt.listens = opt.connects = true;
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == -1, "-c -l: itself");
	server_close(&sv);
	opt.service[SERVER] = "/dev/null/x";
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == -1 &&
	    strstr(why.text, "/dev/null/x") != NULL, "no path: %s", why.text);
	server_close(&sv);
	opt = bridge(1, 0);
	opt.service[SERVER] = "no such service";
	CHECK(server_resolve(&sv, &opt, &why) == -1, "no service");
	server_close(&sv);
	rmdir(folder);
}

/* What it says at start */

static void
test_announce(void)
{
	static const struct {
		bool		 listens, connects, daemon;
		const char	*says, *tells;	/* the user, a service manager */
	} cases[] = {
		{ false, false, false, "Forwarding to 127.0.0.1:9\nListening on %1$s\n",
		    "ready Forwarding to 127.0.0.1:9; Listening on %1$s\n" },
		{ true,  false, false, "Listening on %1$s\nListening for the server on %2$s\n",
		    "ready Listening on %1$s; Listening for the server on %2$s\n" },
		{ false, true,  false, "Forwarding to 127.0.0.1:9\n",
		    "ready Forwarding to 127.0.0.1:9\n" },
		{ false, true,  true,  "started: tcpreen " PACKAGE_VERSION
		    "\nForwarding to 127.0.0.1:9\n", "ready Forwarding to 127.0.0.1:9\n" },
	};
	struct options opt;
	struct cause why;
	const char *at[SIDES];
	char text[512];
	enum side s;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		opt = bridge(1, 0);
		opt.listens = cases[i].listens;
		opt.connects = cases[i].connects;
		opt.daemon = cases[i].daemon;
		opt.service[CLIENT] = opt.connects ? "9" : "0";
		opt.service[SERVER] = opt.listens ? "0" : "9";
		CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "listens");
		for (s = CLIENT; s < SIDES; s++)
			at[s] = sv.at.n[s] > 0 ? sv.at.list[s][0].where.text : "";
		texts_freed = 0;
		managed[0] = '\0';
		listeners_announce(&sv.at, sv.opt, &sv.ep[SERVER]);
		CHECK(texts_freed == (opt.listens ? 1 : 2), "case %zu: %u texts are given back", i, texts_freed);
		snprintf(text, sizeof(text), cases[i].says, at[CLIENT], at[SERVER]);
		CHECK_TEXT(heard(), text, "said at start");
		snprintf(text, sizeof(text), cases[i].tells, at[CLIENT], at[SERVER]);
		CHECK_TEXT(managed, text, "told at start");
		server_close(&sv);
	}
}

/* That it listens on every address is said on a terminal, unless --allow says who may come. */
static void
test_notice(void)
{
#define NOTICE	"tcpreen: listens on every address of this host: -a 127.0.0.1 or --allow limits " \
	"who may use it\n"
	static const char *allow[] = { "::1" };
	static const struct {
		const char	*host;
		bool		 terminal, daemon, connects, allow, notice;
	} cases[] = {
		{ NULL, true, false, false, false, true },
		{ "0.0.0.0", true, false, false, false, true },
		{ "127.0.0.1", true, false, false, false, false },
		{ NULL, false, false, false, false, false },
		{ NULL, true, true, false, false, false },
		{ NULL, true, false, true, false, false },
		{ NULL, true, false, false, true, false },
	};
	struct sockaddr_storage *addr;
	struct options opt;
	struct cause why;
	const char *words;
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		opt = bridge(1, 0);
		opt.host[CLIENT] = cases[i].host;
		opt.connects = cases[i].connects;
		opt.service[CLIENT] = opt.connects ? "9" : "0";
		opt.daemon = cases[i].daemon;
		opt.allow = allow;
		opt.nallow = cases[i].allow;
		terminal = cases[i].terminal;
		CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "listens");
		listeners_announce(&sv.at, sv.opt, &sv.ep[SERVER]);
		words = heard();
		CHECK((strstr(words, "9\n" NOTICE "Listening on 0.0.0.0:") != NULL) == cases[i].notice &&
		    (strstr(words, "every") != NULL) == cases[i].notice, "case %zu: %s", i, words);
		server_close(&sv);
	}
	opt = bridge(1, 0);
	CHECK(server_resolve(&sv, &opt, &why) == 0, "is found");
	add_address(SERVER);
	CHECK(server_listen(&sv, &why) == 0, "listens");
	second[CLIENT] = true;
	add_listeners();
	second[CLIENT] = false;
	addr = &sv.at.list[CLIENT][1].where.addr;
	((struct sockaddr_in *)addr)->sin_addr.s_addr = htonl(INADDR_ANY);
	listeners_announce(&sv.at, sv.opt, &sv.ep[SERVER]);
	words = heard();
	CHECK(strstr(words, NOTICE) != NULL, "the second listener: %s", words);
	CHECK(strncmp(words, "Forwarding to 127.0.0.1:9, 127.0.0.1:9\n", 39) == 0 &&
	    strstr(strstr(words, "Listening on ") + 1, "Listening on ") != NULL,
	    "each address is named: %s", words);
	memset(addr, 0, sizeof(*addr));
	addr->ss_family = AF_UNIX;
	listeners_announce(&sv.at, sv.opt, &sv.ep[SERVER]);
	words = heard();
	CHECK(strstr(words, "every") == NULL, "a short path: %s", words);
	sv.at.list[CLIENT][1].where = sv.at.list[CLIENT][0].where;
	server_close(&sv);
	terminal = false;
}

int
main(void)
{
	int ends[2], said = dup(STDOUT_FILENO);

	alarm(30);
	if (said == -1 || pipe(ends) == -1 || dup2(ends[1], STDERR_FILENO) == -1)
		return 99;
	stderr_pipe = ends[0];
	fcntl(stderr_pipe, F_SETFL, O_NONBLOCK);
	signal(SIGINT, SIG_DFL);	/* whoever runs this in the background has it ignored */
	signal(SIGTERM, SIG_DFL);
	signals_catch(HANGUP_RELOADS_ALWAYS);
	signals_block();
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
	test_limits();
	test_listeners();
	test_pause_when_full();
	test_pselect_fails();
	test_busy();
	test_accept_fails();
	test_refused();
	test_allow_fails();
	test_source();
	test_pairs();
	test_back_off();
	test_retrying();
	test_stop();
	test_command();
	test_status();
	test_orphans();
	test_names();
	test_child();
	test_unix();
	test_announce();
	test_notice();
	return unit_end();
}
