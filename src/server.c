/* server.c - the parent: listens, forks a child for each session, and reaps it
 *
 * Owns the listening sockets and the table of children; sees no byte of traffic.
 * Signals are blocked except inside pselect(), so none is missed between test
 * and wait, and nothing wakes it that is not an event.
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "names.h"
#include "priv.h"
#include "process.h"
#include "relay.h"
#include "server.h"
#include "session.h"
#include "shared.h"
#include "signals.h"

#define PAUSE_MS	1000	/* after a failed accept() or fork() */
#define RETRY_MOST_MS	60000	/* between two tries to connect (-c) */
#define ORPHANS_MS	2000	/* for helpers of sessions to end, at exit */

/* Whether clients, or servers, are accepted at all. */
static bool
listens(const struct options *opt, enum side side)
{
	return side == CLIENT ? !opt->connects : opt->listens;
}

int
server_resolve(struct server *sv, const struct options *opt, struct cause *why)
{
	enum side s;

	memset(sv, 0, sizeof(*sv));
	sv->opt = opt;
	sv->waiting[CLIENT] = sv->waiting[SERVER] = -1;
	for (s = CLIENT; s < SIDES; s++)
		if (endpoint_resolve(&sv->ep[s], opt->protocol[s], opt->host[s], opt->service[s],
		    listens(opt, s) ? TO_LISTEN : TO_CONNECT, opt->daemon, why) == -1)
			return -1;
	return 0;
}

int
server_listen(struct server *sv, struct cause *why)
{
	enum side s;
	bool raise;
	int error;

	/* Shared: what the parent notes after a fork is not to leave a copy in each session. */
	sv->child = shared_alloc(sv->opt->max_open * sizeof(*sv->child));
	if (sv->child == NULL)
		return cause_errno(why, "-F: table of sessions", NULL);
	if (names_setup(why) == -1)
		return -1;
	for (s = CLIENT; s < SIDES; s++) {
		if (!listens(sv->opt, s))
			continue;
		sv->listener[s] = calloc(sv->ep[s].n, sizeof(*sv->listener[s]));
		if (sv->listener[s] == NULL)
			return cause_errno(why, "listening sockets", NULL);
		raise = sv->opt->protocol[s]->family != AF_UNIX;	/* a port, but no path */
		if (raise)
			priv_raise();
		error = endpoint_listen(&sv->ep[s], sv->listener[s], &sv->nlisteners[s], why);
		if (raise)
			priv_lower();
		if (error == -1)
			return -1;
	}
	return 0;
}

void
server_announce(const struct server *sv)
{
	enum side s;
	size_t i;

	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; i < sv->nlisteners[s]; i++)
			announce("Listening %s%s", s == CLIENT ? "on " : "for the server on ",
			    sv->listener[s][i].where.text);
}

/* Stops listening; in the parent, a Unix socket's path goes, too. */
static void
stop_listening(struct server *sv, bool remove)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		while (sv->nlisteners[s] > 0)
			listener_close(&sv->listener[s][--sv->nlisteners[s]], remove);
}

static bool
limit_reached(const struct server *sv)
{
	return sv->opt->max_sessions > 0 && sv->sessions >= sv->opt->max_sessions;
}

/* Children */

static size_t
find_child(const struct server *sv, pid_t pid)
{
	size_t i;

	for (i = 0; i < sv->open && sv->child[i].pid != pid; i++)
		;
	return i;
}

/* -c: one more try failed. The next one is made after a pause, which doubles. */
static void
back_off(struct server *sv)
{
	long long now = timing_now_ms();

	if (!sv->opt->connects || sv->opt->listens || now < sv->next_ms || limit_reached(sv))
		return;
	sv->retry_ms = sv->retry_ms == 0 ? 1000 : 2 * sv->retry_ms;
	if (sv->retry_ms > RETRY_MOST_MS)
		sv->retry_ms = RETRY_MOST_MS;
	sv->next_ms = now + sv->retry_ms;
	verbose(1, "trying again in %lld s", sv->retry_ms / 1000);
}

static void
child_crashed(struct server *sv, const struct child *c, int status)
{
	sv->failed = true;
	if (WIFSIGNALED(status))
		complain("session %lu: killed by signal %d (%s)", c->session, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		complain("session %lu: ended with status %d", c->session, WEXITSTATUS(status));
}

static void
child_ended(struct server *sv, const struct child *c, int status)
{
	verbose(2, "session %lu: process %ld has ended", c->session, (long)c->pid);
	if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_DONE) {
		sv->retry_ms = sv->next_ms = 0;
	} else if (WIFEXITED(status) && WEXITSTATUS(status) == SESSION_ALONE) {
		sv->failed = true;
		back_off(sv);
	} else if (!sv->killing) {
		child_crashed(sv, c, status);
	}
}

/* Takes note of every child that has ended. Returns false when none is left. */
static bool
reap(struct server *sv)
{
	pid_t pid;
	size_t i;
	int status;

	*signals_child = 0;
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid == -1 && errno == EINTR)) {
		if (pid == -1 || (i = find_child(sv, pid)) == sv->open)
			continue;	/* a session's helper, left to us */
		child_ended(sv, &sv->child[i], status);
		sv->child[i] = sv->child[--sv->open];
	}
	return pid == 0;
}

static void
tell_children(const struct server *sv, int sig)
{
	size_t i;

	for (i = 0; i < sv->open; i++) {
		kill(sv->child[i].pid, sig);
		kill(sv->child[i].pid, SIGCONT);
	}
}

/* Sessions */

static void
rest(struct server *sv, const char *what)
{
	if (!sv->said)
		complain("%s: %s; trying again", what, strerror(errno));
	sv->said = sv->pause = true;
}

/* In the child. It keeps none of the parent's sockets. */
static enum session_exit
run_session(struct server *sv)
{
	struct session s = { .opt = sv->opt, .logs = sv->logs, .to = sv->ep,
	    .number = sv->sessions + 1, .again = sv->retry_ms > 0,
	    .arrived = sv->waiting[CLIENT] != -1 ? sv->arrived : timing_now(),
	    .fd = { sv->waiting[CLIENT], sv->waiting[SERVER] },
	    .peer = { sv->who[CLIENT], sv->who[SERVER] } };

	stop_listening(sv, false);
	return session_run(&s);
}

/* Begins a session with those who wait. When that fails, they wait on. */
static void
begin_session(struct server *sv)
{
	enum side s;
	pid_t pid = process_fork();

	if (pid == 0)
		_exit(run_session(sv));		/* no atexit: paths are the parent's */
	if (pid == -1) {
		rest(sv, "fork");
		return;
	}
	sv->said = false;
	sv->child[sv->open++] = (struct child){ pid, ++sv->sessions };
	for (s = CLIENT; s < SIDES; s++)
		if (sv->waiting[s] != -1) {
			verbose(1, "session %lu: %s %s", sv->sessions,
			    s == CLIENT ? "client" : "server", sv->who[s].text);
			close(sv->waiting[s]);
			sv->waiting[s] = -1;
		}
}

/* Somebody who waited for a partner and was reset meanwhile is no partner. */
static void
drop_the_gone(struct server *sv)
{
	char byte;
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (sv->waiting[s] != -1 &&
		    recv(sv->waiting[s], &byte, 1, MSG_PEEK | MSG_DONTWAIT) == -1 &&
		    errno != EAGAIN && errno != EWOULDBLOCK && errno != EINTR) {
			verbose(1, "%s left before its partner came", sv->who[s].text);
			close(sv->waiting[s]);
			sv->waiting[s] = -1;
		}
}

/* Whether everyone is there, and it is time. */
static bool
ready(struct server *sv)
{
	enum side s;

	if (sv->pause || sv->open >= sv->opt->max_open || limit_reached(sv))
		return false;
	if (listens(sv->opt, CLIENT) && listens(sv->opt, SERVER) &&
	    sv->waiting[CLIENT] != -1 && sv->waiting[SERVER] != -1)
		drop_the_gone(sv);
	for (s = CLIENT; s < SIDES; s++)
		if (listens(sv->opt, s) && sv->waiting[s] == -1)
			return false;
	return sv->next_ms == 0 || timing_now_ms() >= sv->next_ms;
}

static void
accept_one(struct server *sv, enum side side, const struct listener *l)
{
	int fd = endpoint_accept(l->fd, &sv->who[side]);

	if (fd != -1) {
		sv->waiting[side] = fd;
		if (side == CLIENT)
			sv->arrived = timing_now();
	} else if (errno == EMFILE || errno == ENFILE || errno == ENOBUFS || errno == ENOMEM)
		rest(sv, "accept");
	else if (errno != EAGAIN && errno != EWOULDBLOCK)
		verbose(1, "accept: %s", strerror(errno));	/* a client that has left */
}

/* Adds the listeners that a session could begin with. At the limit, clients wait in the backlog. */
static int
watch_listeners(const struct server *sv, fd_set *rd)
{
	enum side s;
	size_t i;
	int top = -1;

	FD_ZERO(rd);
	if (sv->pause || sv->open >= sv->opt->max_open || limit_reached(sv))
		return top;
	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; sv->waiting[s] == -1 && i < sv->nlisteners[s]; i++) {
			FD_SET(sv->listener[s][i].fd, rd);
			if (sv->listener[s][i].fd > top)
				top = sv->listener[s][i].fd;
		}
	return top;
}

static void
accept_ready(struct server *sv, const fd_set *rd)
{
	enum side s;
	size_t i;

	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; i < sv->nlisteners[s]; i++)
			if (sv->waiting[s] == -1 && FD_ISSET(sv->listener[s][i].fd, rd))
				accept_one(sv, s, &sv->listener[s][i]);
}

/* Milliseconds until something is due that no descriptor tells; -1: nothing is. */
static long long
due_ms(const struct server *sv)
{
	long long ms;

	if (sv->pause)
		return PAUSE_MS;
	if (sv->next_ms == 0 || sv->open >= sv->opt->max_open || limit_reached(sv))
		return -1;
	ms = sv->next_ms - timing_now_ms();
	return ms > 0 ? ms : 0;
}

/* One turn: begins what can begin, or waits, accepts, and reaps. */
static void
turn(struct server *sv)
{
	fd_set rd;
	int top, n;

	if (signals_hup) {
		signals_hup = 0;
		logs_reopen(sv->logs);
	}
	if (ready(sv)) {
		begin_session(sv);
		return;
	}
	top = watch_listeners(sv, &rd);
	n = timing_select(top + 1, &rd, NULL, NULL, due_ms(sv));
	sv->pause = false;
	if (n > 0)
		accept_ready(sv, &rd);
	if (++sv->turns % SIGNALS_TURNS == 0)
		signals_let_in();
	if (*signals_child)		/* asking takes long among many */
		reap(sv);
}

/* SIGTERM, SIGINT: the sessions are told, and waited for; a second one kills them. */
static void
stop(struct server *sv)
{
	tell_children(sv, SIGTERM);
	while (sv->open > 0) {
		if (signals_term > 1 && !sv->killing) {
			sv->killing = true;
			tell_children(sv, SIGKILL);
		}
		timing_select(0, NULL, NULL, NULL, -1);
		reap(sv);
	}
}

/* Session helpers may still look up a name: a moment for them. */
static void
wait_for_orphans(struct server *sv)
{
	long long end = timing_now_ms() + ORPHANS_MS, left;

	while (reap(sv) && signals_term == 0 && (left = end - timing_now_ms()) > 0)
		timing_select(0, NULL, NULL, NULL, left);
}

int
server_run(struct server *sv, struct logs *logs)
{
	enum side s;

	sv->logs = logs;
#ifdef PR_SET_CHILD_SUBREAPER
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	while (signals_term == 0 && !limit_reached(sv))
		turn(sv);
	stop_listening(sv, true);
	for (s = CLIENT; s < SIDES; s++)
		if (sv->waiting[s] != -1)
			relay_reset(sv->waiting[s]);
	while (signals_term == 0 && sv->open > 0)
		turn(sv);
	if (signals_term > 0)
		stop(sv);
	else
		wait_for_orphans(sv);
	names_end();
	return sv->opt->max_sessions > 0 && sv->failed;
}

void
server_close(struct server *sv)
{
	enum side s;

	stop_listening(sv, true);
	for (s = CLIENT; s < SIDES; s++) {
		endpoint_free(&sv->ep[s]);
		free(sv->listener[s]);
	}
}
