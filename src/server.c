/* server.c - the parent: listens, forks a child for each session, and reaps it
 *
 * Runs in: parent; run_session() in the session that was just forked.
 *
 * Owns the listening sockets and the table of children; sees no byte of traffic.
 * Signals are blocked except inside pselect(), so none is missed between test
 * and wait, and nothing wakes it that is not an event.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <sys/socket.h>
#include <sys/wait.h>
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "lookup.h"
#include "manager.h"
#include "pidfile.h"
#include "process.h"
#include "server.h"
#include "session.h"
#include "signals.h"
#include "status.h"

#define PAUSE_MS	1000	/* after a failed accept(), fork() or pselect() */
#define RETRY_MOST_MS	60000	/* between two tries to connect (-c) */
#define ANSWERS_MS	100	/* for sessions to say what they are doing */
#define ORPHANS_MS	2000	/* for helpers of sessions to end, at exit */

static const char *
no_source(const char *to, const char *source, struct cause *why)
{
	cause_set(why, "%s: --source %.200s has no address of that family", to, source);
	return why->text;
}

/*
 * Looks up --source, and leaves of the server's addresses those that can be connected to from
 * there. 0, or -1 with why: there is none.
 */
static int
resolve_source(struct server *sv, struct cause *why)
{
	const struct options *opt = sv->opt;
	struct endpoint *to = &sv->ep[SERVER];
	struct cause reason;
	size_t i, n = 0;

	if (endpoint_resolve(&sv->source, opt->protocol[SERVER], opt->source, "0", TO_LISTEN, false,
	    &reason) == -1)
		return cause_set(why, "--source %s", reason.text);
	for (i = 0; i < to->n; i++)
		if (endpoint_source(&sv->source, &to->address[i]) != NULL)
			to->address[n++] = to->address[i];
		else
			verbose(1, "%s", no_source(to->address[i].text, opt->source, why));
	to->n = n;
	return n > 0 ? 0 : -1;
}

int
server_resolve(struct server *sv, const struct options *opt, struct cause *why)
{
	enum side s;
	size_t i;

	memset(sv, 0, sizeof(*sv));
	sv->opt = opt;
	sv->waiting[CLIENT] = sv->waiting[SERVER] = -1;
	for (s = CLIENT; s < SIDES; s++)
		if (opt->handed[s] == 0 && endpoint_resolve(&sv->ep[s], opt->protocol[s],
		    opt->host[s], opt->service[s], options_listens(opt, s) ? TO_LISTEN : TO_CONNECT,
		    opt->daemon, why) == -1)
			return -1;
	if (opt->source != NULL && resolve_source(sv, why) == -1)
		return -1;
	for (i = 0; i < opt->nallow; i++)
		if (allow_add(&sv->allow, opt->allow[i], why) == -1)
			return -1;
	return 0;
}

int
server_listen(struct server *sv, struct cause *why)
{
	/* Memory of the parent alone: no session can write whom the parent signals. */
	sv->child = calloc(sv->opt->max_open, sizeof(*sv->child));
	if (sv->child == NULL)
		return cause_errno(why, "-F: table of sessions", NULL);
	sv->total = process_shared(sizeof(*sv->total));
	if (sv->total == NULL)
		return cause_errno(why, "totals of sessions", NULL);
	return listeners_open(&sv->at, sv->opt, sv->ep, why);
}

/* Whether no session may begin any more. */
static bool
limit_reached(const struct server *sv)
{
	if (sv->command_ended)
		return true;
	return sv->opt->max_sessions > 0 && sv->sessions >= sv->opt->max_sessions;
}

/* Whether as many sessions are open as may be. */
static bool
full(const struct server *sv)
{
	return sv->open >= sv->opt->max_open;
}

/* What an operator asks about a service is said with -d, else with -v only. */
static int
operator_level(const struct server *sv)
{
	return sv->opt->daemon ? 0 : 1;
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

/*
 * -c: a session reached nobody, or carried nothing. The next one begins after a pause,
 * which doubles. Several that fail at the same time (-F) count as one failure.
 */
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
	sv->crashed++;
	if (WIFSIGNALED(status))
		complain("session %lu: killed by signal %d (%s)", c->session, WTERMSIG(status),
		    strsignal(WTERMSIG(status)));
	else
		complain("session %lu: ended with status %d", c->session, WEXITSTATUS(status));
}

static void
child_ended(struct server *sv, const struct child *c, int status)
{
	int how = WIFEXITED(status) ? WEXITSTATUS(status) : -1;

	verbose(2, "session %lu: process %ld has ended", c->session, (long)c->pid);
	if (how == SESSION_DONE || how == SESSION_EMPTY || how == SESSION_UNREACHED)
		sv->retrying = how == SESSION_UNREACHED;
	if (how == SESSION_DONE) {
		sv->retry_ms = sv->next_ms = 0;
	} else if (how == SESSION_EMPTY) {
		back_off(sv);
	} else if (how == SESSION_UNREACHED) {
		sv->unreached++;
		back_off(sv);
	} else if (!sv->sent_kill) {
		child_crashed(sv, c, status);
	}
}

static void
note_command_end(struct server *sv, int status)
{
	sv->command = 0;
	sv->command_ended = true;
	sv->command_status = status;
}

/* Takes note of every child that has ended. Returns false when none is left. */
static bool
reap(struct server *sv)
{
	pid_t pid;
	size_t i;
	int status;

	signals_child = 0;	/* before waitpid(): a child that ends from now on sets it again */
	while ((pid = waitpid(-1, &status, WNOHANG)) > 0 || (pid == -1 && errno == EINTR)) {
		if (pid == sv->command)
			note_command_end(sv, status);
		if ((i = find_child(sv, pid)) == sv->open)
			continue;	/* no session: interrupted, the command, an orphaned lookup helper */
		child_ended(sv, &sv->child[i], status);
		sv->child[i] = sv->child[--sv->open];
	}
	if (signals_term == 0 && logs_reader_gone(sv->logs))
		raise(SIGTERM);
	return pid == 0;
}

/* A stopped process (SIGSTOP, ^Z) acts on a signal only when it runs again. */
static void
signal_children(const struct server *sv, int sig)
{
	size_t i;

	for (i = 0; i < sv->open; i++) {
		kill(sv->child[i].pid, sig);
		kill(sv->child[i].pid, SIGCONT);
	}
}

/* What it is doing */

static struct status_totals
totals(const struct server *sv)
{
	return (struct status_totals){ sv->sessions, sv->unreached, sv->crashed, sv->refused,
	    { sv->total->bytes[CLIENT], sv->total->bytes[SERVER] }, sv->since };
}

/*
 * Has each session say what it is doing, and add its bytes to the totals. Who asks again
 * before the answer to the last question gets the same: no flood of questions makes one
 * of answers. A stopped process is left as it is.
 */
static void
ask_sessions(struct server *sv)
{
	size_t i;

	signals_status = 0;
	if (sv->status_ms != 0)
		return;
	for (i = 0; i < sv->open; i++)
		kill(sv->child[i].pid, SIGUSR1);
	sv->asked = sv->open;
	sv->answers = sv->total->answers;
	sv->status_ms = timing_now_ms() + ANSWERS_MS;
}

/* How many sessions were asked, and have neither answered nor ended. */
static size_t
silent(const struct server *sv)
{
	uintmax_t answers = sv->total->answers - sv->answers;
	size_t left = answers < sv->asked ? sv->asked - (size_t)answers : 0;

	return left < sv->open ? left : sv->open;
}

static void
report_status(struct server *sv)
{
	struct status_totals t = totals(sv);
	struct buf text = { 0 };

	sv->status_ms = 0;
	status_parent(sv->open, sv->opt->max_open, silent(sv), &t, &text);
	if (!text.failed)
		verbose(0, "%.*s", (int)text.len, (const char *)text.data);
	buf_free(&text);
}

/* Sessions */

/* What failed (errno) may last: nothing is accepted for PAUSE_MS, and that is said once. */
static void
pause_after(struct server *sv, const char *what)
{
	if (!sv->complained)
		complain("%s: %s; trying again", what, strerror(errno));
	sv->complained = sv->pause = true;
}

/* In the child. It keeps none of the parent's sockets, and not its pid file. */
static enum session_exit
run_session(struct server *sv)
{
	struct session s = { .opt = sv->opt, .logs = sv->logs, .to = sv->ep, .source = &sv->source,
	    .number = sv->sessions + 1, .retrying = sv->retrying, .names = sv->names,
	    .total = sv->total,
	    .arrived = sv->waiting[CLIENT] != -1 ? sv->arrived : timing_now(),
	    .fd = { sv->waiting[CLIENT], sv->waiting[SERVER] },
	    .peer = { sv->waiting_peer[CLIENT], sv->waiting_peer[SERVER] } };

	listeners_close(&sv->at, false);
	pidfile_leave();
	signals_in_session();
	return session_run(&s);
}

/* Begins a session with the peers in sv->waiting. When fork() fails, they stay there. */
static void
begin_session(struct server *sv)
{
	enum side s;
	pid_t pid = process_fork();

	if (pid == 0)
		_exit(run_session(sv));	/* exit() would run what belongs to the parent */
	if (pid == -1) {
		pause_after(sv, "fork");
		return;
	}
	sv->complained = false;
	sv->child[sv->open++] = (struct child){ pid, ++sv->sessions };
	verbose(2, "session %lu: process %ld", sv->sessions, (long)pid);
	for (s = CLIENT; s < SIDES; s++)
		if (sv->waiting[s] != -1) {
			verbose(1, "session %lu: %s %s", sv->sessions,
			    s == CLIENT ? "client" : "server", sv->waiting_peer[s].text);
			close(sv->waiting[s]);
			sv->waiting[s] = -1;
		}
}

/* Both sides wait (-l): whoever was reset while waiting for a partner is not given one. */
static void
drop_reset_peers(struct server *sv)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		if (sock_peek(sv->waiting[s]) == PEEK_DEAD) {
			verbose(1, "%s left before its partner came", sv->waiting_peer[s].text);
			close(sv->waiting[s]);
			sv->waiting[s] = -1;
		}
}

/* Whether a session can begin: all who are accepted have come, and no pause is left. */
static bool
ready(struct server *sv)
{
	enum side s;

	if (sv->pause || full(sv) || limit_reached(sv))
		return false;
	if (sv->waiting[CLIENT] != -1 && sv->waiting[SERVER] != -1)
		drop_reset_peers(sv);
	for (s = CLIENT; s < SIDES; s++)
		if (options_listens(sv->opt, s) && sv->waiting[s] == -1)
			return false;
	return sv->next_ms == 0 || timing_now_ms() >= sv->next_ms;
}

/* Whether whoever came may not be served: clients of networks that --allow does not name. */
static bool
is_refused(const struct server *sv, enum side side)
{
	return side == CLIENT && sv->opt->nallow > 0 &&
	    !allow_has(&sv->allow, &sv->waiting_peer[side].addr);
}

static void
accept_one(struct server *sv, enum side side, struct listener *l)
{
	int fd = sock_accept(l, &sv->waiting_peer[side]);

	if (fd != -1 && is_refused(sv, side)) {
		sock_reset(fd);
		sv->refused++;
		verbose(1, "refused: %s is not in --allow", sv->waiting_peer[side].text);
	} else if (fd != -1) {
		sv->waiting[side] = fd;
		if (side == CLIENT)
			sv->arrived = timing_now();
	} else if (errno == ECONNABORTED || errno == EINTR) {
		verbose(1, "accept: %s", strerror(errno));	/* the client has left: no failure */
	} else if (errno != EAGAIN && errno != EWOULDBLOCK) {
		pause_after(sv, "accept");
	}
}

/*
 * Fills rd with the listeners from which a session could begin; returns the highest
 * descriptor, or -1. At the limit of -F nothing is accepted, but the listeners are
 * watched until a client waits there and that was said.
 */
static int
watch_listeners(const struct server *sv, fd_set *rd)
{
	enum side s;
	size_t i;
	int top = -1;

	FD_ZERO(rd);
	if (sv->pause || (full(sv) && sv->full_announced) || limit_reached(sv))
		return top;
	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; sv->waiting[s] == -1 && i < sv->at.n[s]; i++) {
			FD_SET(sv->at.list[s][i].fd, rd);
			if (sv->at.list[s][i].fd > top)
				top = sv->at.list[s][i].fd;
		}
	return top;
}

static void
accept_ready(struct server *sv, const fd_set *rd)
{
	enum side s;
	size_t i;

	for (s = CLIENT; s < SIDES; s++)
		for (i = 0; i < sv->at.n[s]; i++)
			if (sv->waiting[s] == -1 && FD_ISSET(sv->at.list[s][i].fd, rd))
				accept_one(sv, s, &sv->at.list[s][i]);
}

/* any: somebody waits at a listener in rd; else nobody came within the time of due_ms(). */
static void
listeners_seen(struct server *sv, bool any, const fd_set *rd)
{
	if (!full(sv) && any) {
		accept_ready(sv, rd);
	} else if (any) {
		complain("-F %ju: that many sessions are open, and a client waits",
		    sv->opt->max_open);
		sv->full_announced = true;
	} else if (!full(sv)) {
		sv->full_announced = false;
	}
}

/* Milliseconds until a session may begin that no descriptor tells of; -1: there is none. */
static long long
session_due_ms(const struct server *sv)
{
	if (sv->pause)
		return PAUSE_MS;
	if (sv->full_announced && !full(sv))
		return 0;	/* a place is free: looks whether a client still waits */
	return full(sv) || limit_reached(sv) ? -1 : timing_left_ms(sv->next_ms);
}

/* Milliseconds until something is to be done that no descriptor tells; -1: nothing is. */
static long long
due_ms(const struct server *sv)
{
	long long session = session_due_ms(sv), status = timing_left_ms(sv->status_ms);

	return session == -1 || (status != -1 && status < session) ? status : session;
}

/* Goes once round: begins a session that can begin, or waits for news, accepts and reaps. */
static void
turn(struct server *sv)
{
	fd_set rd;
	bool paused;
	int top, n;

	if (signals_hup) {
		signals_hup = 0;
		verbose(operator_level(sv), "reload: opening the logs again");
		manager_reloading();
		logs_reopen(sv->logs);
		manager_reloaded();
	}
	if (signals_status)
		ask_sessions(sv);
	if (timing_left_ms(sv->status_ms) == 0)
		report_status(sv);
	if (ready(sv)) {
		begin_session(sv);
		return;
	}
	top = watch_listeners(sv, &rd);
	n = signals_select(top + 1, &rd, NULL, NULL, due_ms(sv));
	paused = sv->pause;
	sv->pause = false;
	if (n == -1 && errno != EINTR)
		pause_after(sv, "pselect");
	else if (n >= 0 && !paused)
		listeners_seen(sv, n > 0, &rd);
	if (++sv->turns % SIGNALS_TURNS == 0)
		signals_let_in();
	if (signals_child)	/* waitpid() for nothing takes long when there are many children */
		reap(sv);
}

/* Whether something runs that the end of the program waits for. */
static bool
busy(const struct server *sv)
{
	return sv->open > 0 || sv->command > 0;
}

/* The command of --run gets what ends the program. */
static void
signal_command(const struct server *sv, int sig)
{
	if (sv->command > 0)
		kill(sv->command, sig);
}

/* SIGTERM, SIGINT: the sessions get SIGTERM and are waited for; a second one kills them. */
static void
stop(struct server *sv)
{
	signal_children(sv, SIGTERM);
	signal_command(sv, signals_last);
	while (busy(sv)) {
		if (signals_term > 1 && !sv->sent_kill) {
			sv->sent_kill = true;
			signal_children(sv, SIGKILL);
			signal_command(sv, SIGKILL);
		}
		signals_select(0, NULL, NULL, NULL, -1);
		reap(sv);
	}
}

/*
 * Gives lookup helpers that are left a moment: they end with this process (see below).
 * What a command of --run has left is nobody to wait for.
 */
static void
wait_for_orphans(struct server *sv)
{
	long long end = timing_now_ms() + ORPHANS_MS, left;

	while (reap(sv) && lookup_at_work() && signals_term == 0 &&
	    (left = timing_left_ms(end)) > 0)
		signals_select(0, NULL, NULL, NULL, left);
}

static void
report_stop(const struct server *sv)
{
	char text[64];

	snprintf(text, sizeof(text), "stopping: %s", signals_term > 0 ? signals_name(signals_last) :
	    sv->command_ended ? "the command has ended" : "all sessions of -m have begun");
	verbose(operator_level(sv), "%s", text);
	manager_stopping(text);
}

static void
report_end(const struct server *sv)
{
	struct status_totals t = totals(sv);
	struct buf text = { 0 };

	buf_puts(&text, "ended: ");
	status_totals(&t, &text);
	buf_putc(&text, '\0');
	if (!text.failed) {
		verbose(operator_level(sv), "%s", (const char *)text.data);
		manager_status((const char *)text.data);
	}
	buf_free(&text);
}

int
server_run(struct server *sv, struct logs *logs)
{
	struct cause why;
	enum side s;

	sv->logs = logs;
	sv->since = timing_now().wall;
#ifdef PR_SET_CHILD_SUBREAPER
	/*
	 * A lookup helper may outlive its session. It then becomes a child of this process
	 * and not of init: so wait_for_orphans() sees it, and it is signalled when the
	 * parent ends (PR_SET_PDEATHSIG), so that nothing of tcpreen is left behind.
	 */
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
#endif
	sv->names = !sv->opt->numeric && logs_want_names(logs);
	if (sv->names && lookup_setup(&why) == -1) {
		complain("%s", why.text);
		sv->names = false;
	}
	while (signals_term == 0 && !limit_reached(sv))
		turn(sv);
	listeners_close(&sv->at, true);
	report_stop(sv);
	for (s = CLIENT; s < SIDES; s++)
		if (sv->waiting[s] != -1)
			sock_reset(sv->waiting[s]);
	while (signals_term == 0 && busy(sv))
		turn(sv);
	if (signals_term > 0)
		stop(sv);
	else
		wait_for_orphans(sv);
	report_end(sv);
	return sv->opt->max_sessions > 0 && sv->unreached + sv->crashed > 0 ? -1 : 0;
}

void
server_close(struct server *sv)
{
	enum side s;

	listeners_free(&sv->at);
	for (s = CLIENT; s < SIDES; s++)
		endpoint_free(&sv->ep[s]);
	endpoint_free(&sv->source);
	allow_free(&sv->allow);
	free(sv->child);
}
