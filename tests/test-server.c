/* test-server.c - what the parent decides, with a clock, clients and processes that are made up
 *
 * The test has its own process and session in place of the program's, and its own
 * clock_gettime(), pselect(), accept(), recv(), waitpid() and kill(). Each wait of the
 * server is one step of a script: what it should be waiting for, and what happens then.
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <setjmp.h>
#include <signal.h>
#include <stdlib.h>
#include <unistd.h>

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
	const char	*watched;	/* sides whose listeners it waits for: "c", "s", "cs", "" */
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
static unsigned	 accepts, forks, receives;
static pid_t	 next_pid;		/* 0: the child's side of fork() */
static struct {
	pid_t	pid;
	int	status;
}		 ended[8];
static size_t	 nended;
static char	 told[512];		/* "PID SIGNAL " for each kill() */
static struct session seen;		/* by the child */
static enum session_exit	child_exit;
static pid_t	 command;

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
	return calloc(1, n);
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

void
_exit(int status)
{
	siglongjmp(in_child, status + 1);
}

static int
made_up_accept(struct sockaddr *addr, socklen_t *len)
{
	accepts++;
	if (accept_error != 0) {
		errno = accept_error;
		return -1;
	}
	memset(addr, 0, *len);
	addr->sa_family = AF_INET;
	*len = sizeof(struct sockaddr_in);
	return open("/dev/null", O_RDONLY);
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
	recv_error = EAGAIN;		/* only the first one that is looked at */
	return -1;
}

pid_t
waitpid(pid_t pid, int *status, int flags)
{
	(void)pid;
	CHECK(flags == WNOHANG, "%s: %x", title, flags);
	if (nended > 0) {
		*status = ended[--nended].status;
		return ended[nended].pid;
	}
	if (sv.open > 0)
		return 0;
	errno = ECHILD;
	return -1;
}

int
kill(pid_t pid, int sig)
{
	size_t n = strlen(told);

	snprintf(told + n, sizeof(told) - n, "%ld %s ", (long)pid, sig == SIGTERM ? "TERM" :
	    sig == SIGINT ? "INT" : sig == SIGKILL ? "KILL" : sig == SIGCONT ? "CONT" : "?");
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
	ended[nended].pid = FIRST_PID + (pid_t)nth - 1;
	ended[nended++].status = status;
	raise(SIGCHLD);
}

/*
 * Words: "c", "s": a client, a server is at that listener; "+500": so many ms pass;
 * "=1:0": the first session's process ends with that status of wait(2);
 * "TERM", "HUP": that signal; "TYPED": SIGINT of the terminal; "A24", "F!", "R*": from now on accept, fork, recv
 * fail with that errno, EAGAIN, ECONNRESET; 0: they work. Returns what pselect() does.
 */
static int
happen(const char *words, fd_set *rd)
{
	char *list = strdup(words), *word, *end;
	bool interrupted = false;
	enum side s;
	int n = 0;

	for (word = strtok(list, " "); word != NULL; word = strtok(NULL, " ")) {
		s = word[0] == 'c' ? CLIENT : SERVER;
		if (strcmp(word, "c") == 0 || strcmp(word, "s") == 0) {
			FD_SET(sv.listener[s][0].fd, rd);
			n++;
		} else if (word[0] == '+') {
			now_ms += atoi(word + 1);
		} else if (word[0] == '=') {
			unsigned long nth = strtoul(word + 1, &end, 10);

			child_ends(nth, atoi(end + 1));
			interrupted = true;
		} else if (strcmp(word, "TERM") == 0 || strcmp(word, "HUP") == 0) {
			raise(word[0] == 'T' ? SIGTERM : SIGHUP);
			interrupted = true;
		} else if (strcmp(word, "TYPED") == 0) {
			raise(SIGINT);
			signals_typed = 1;
			interrupted = true;
		} else {
			*(word[0] == 'A' ? &accept_error : word[0] == 'F' ? &fork_error :
			    &recv_error) = word[1] == '!' ? EAGAIN : word[1] == '*' ? ECONNRESET :
			    atoi(word + 1);
		}
	}
	free(list);
	if (!interrupted)
		return n;
	errno = EINTR;
	return -1;
}

static const char *
watched(int nfds, const fd_set *rd)
{
	static char text[3];
	enum side s;
	char *to = text;

	for (s = CLIENT; rd != NULL && s < SIDES; s++)
		if (sv.nlisteners[s] > 0 && FD_ISSET(sv.listener[s][0].fd, rd)) {
			*to++ = "cs"[s];
			CHECK(sv.listener[s][0].fd < nfds, "%s: %d", title, nfds);
		}
	*to = '\0';
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
	if (rd != NULL)
		FD_ZERO(rd);
	return happen((step++)->happens, rd);
}

/* Runs a server to its end. Returns what server_run() does. */
static int
run(const char *name, const struct options *opt, const struct step *script)
{
	struct logs none = { 0 };
	struct cause why;
	int status;

	title = name;
	step = script;
	now_ms = 1000000;
	next_pid = FIRST_PID;
	accept_error = fork_error = 0;
	recv_error = EAGAIN;
	accepts = forks = receives = 0;
	nended = 0;
	told[0] = '\0';
	signals_term = signals_hup = 0;
	if (server_resolve(&sv, opt, &why) == -1 || server_listen(&sv, &why) == -1) {
		CHECK(false, "%s: %s", name, why.text);
		return -2;
	}
	heard();
	sv.command = command;
	status = server_run(&sv, &none);
	CHECK(step->watched == NULL, "%s: ended before \"%s\"", name, step->happens);
	server_close(&sv);
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
	CHECK(run("found no server, without -m", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "=1:768", NULL },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
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
		{ "cs", FOREVER, "TERM", "session 1: client 0.0.0.0:0\n"
		    "tcpreen: session 1: server 0.0.0.0:0\n" },
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
	CHECK(run("-l: ended while one waits", &opt, (const struct step[]){
		{ "cs", FOREVER, "c", NULL },
		{ "s", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == 0, "status");
}

/* -c: pauses between tries */

static void
test_back_off(void)
{
	struct options opt = bridge(1, 0);

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

/* An end, and how it is hurried */

static void
test_stop(void)
{
	struct options opt = bridge(3, 9);
	const char *words;

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
	opt.daemon = true;
	CHECK(run("-m 9 -d", &opt, (const struct step[]){
		{ "c", FOREVER, "c", NULL },
		{ "c", FOREVER, "HUP", NULL },
		{ "c", FOREVER, "=1:768", "reload" },
		{ "c", FOREVER, "TERM", NULL },
		{ .watched = NULL } }) == -1, "status");
	words = heard();
	CHECK(strstr(words, "stopping: SIGTERM") != NULL && strstr(words, "ended: 1 session "
	    "(1 without a server, 0 crashed), 0 bytes from clients, 0 bytes from servers\n") != NULL,
	    "%s", words);
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
	CHECK(run("SIGINT of the terminal, which the command gets as we do", &opt, (const struct step[]){
		{ "c", FOREVER, "TYPED", NULL },
		{ "", FOREVER, "TERM", NULL },
		{ "", FOREVER, "=-49223:2", NULL },
		{ .watched = NULL } }) == 0, "status");
	CHECK_TEXT(told, "777 KILL ", "who was told");
	command = 0;
}

/* The child's side of fork() */

static void
test_child(void)
{
	struct options opt = bridge(2, 0);
	struct logs none = { 0 };
	struct cause why;
	int got, listener;

	title = "child";
	next_pid = 0;
	accept_error = 0;
	child_exit = SESSION_EMPTY;
	signals_term = 0;
	CHECK(server_resolve(&sv, &opt, &why) == 0 && server_listen(&sv, &why) == 0, "listens");
	listener = sv.listener[CLIENT][0].fd;
	step = (const struct step[]){ { "c", FOREVER, "c", NULL }, { .watched = NULL } };
	if ((got = sigsetjmp(in_child, 1)) == 0)
		server_run(&sv, &none);
	CHECK(got == SESSION_EMPTY + 1, "status %d", got - 1);
	CHECK(fcntl(listener, F_GETFD) == -1, "the child has a listener");
	CHECK(seen.number == 1 && seen.fd[CLIENT] >= 0 && seen.fd[SERVER] == -1 && !seen.retrying &&
	    seen.to == sv.ep && seen.opt == &opt && seen.logs == &none &&
	    seen.arrived.us == now_ms * 1000, "session %lu", seen.number);
	CHECK_TEXT(seen.peer[CLIENT].text, "0.0.0.0:0", "its client");
	server_close(&sv);
}

/* What it says at start */

static void
test_announce(void)
{
	static const struct {
		bool		 listens, connects, daemon;
		const char	*says;
	} cases[] = {
		{ false, false, false, "Forwarding to 127.0.0.1:9\nListening on %1$s\n" },
		{ true,  false, false, "Listening on %1$s\nListening for the server on %2$s\n" },
		{ false, true,  false, "Forwarding to 127.0.0.1:9\n" },
		{ false, true,  true,  "started: tcpreen " PACKAGE_VERSION
		    "\nForwarding to 127.0.0.1:9\n" },
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
			at[s] = sv.nlisteners[s] > 0 ? sv.listener[s][0].where.text : "";
		server_announce(&sv);
		snprintf(text, sizeof(text), cases[i].says, at[CLIENT], at[SERVER]);
		CHECK_TEXT(heard(), text, "said at start");
		server_close(&sv);
	}
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
	signals_catch(HANGUP_RELOADS_ALWAYS);
	signals_block();
	sigprocmask(SIG_SETMASK, &signals_wait_mask, NULL);
	test_limits();
	test_accept_fails();
	test_pairs();
	test_back_off();
	test_stop();
	test_command();
	test_child();
	test_announce();
	return unit_end();
}
