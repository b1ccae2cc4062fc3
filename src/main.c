/* main.c - start-up, step by step, and the exit status
 *
 * Runs in: launcher, parent. Options, resolve, pid file, listen, drop privileges,
 * open logs, detach, serve: each step may fail, says why once, and nothing is left half-started.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "command.h"
#include "daemon.h"
#include "diag.h"
#include "help.h"
#include "log.h"
#include "manager.h"
#include "options.h"
#include "pidfile.h"
#include "priv.h"
#include "sandbox.h"
#include "server.h"
#include "signals.h"
#include "title.h"

enum { DONE = 0, FAILED = 1, USAGE = 2 };

/* Says why nothing came of it. Returns the exit status. */
static int
failed(const struct cause *why)
{
	complain("%s", why->text);
	if (!why->usage)
		return FAILED;
	announce("Try 'tcpreen --help'.");
	return USAGE;
}

/* The steps after which it listens, with the rights it will keep. */
static int
start(struct server *sv, struct logs *logs, const struct options *opt, struct cause *why)
{
	if (server_resolve(sv, opt, why) == -1)
		return -1;
	/* Before there is a file of ours, or a Unix socket: both go however the program ends. */
	signals_catch(opt->daemon ? HANGUP_RELOADS_ALWAYS :
	    daemon_has_terminal() ? HANGUP_ENDS : HANGUP_RELOADS);
	/* Before the port, which says of another one of us only that it is in use. */
	if (opt->pid_file != NULL && pidfile_open(opt->pid_file, why) == -1)
		return -1;
	if (server_listen(sv, why) == -1 || priv_drop(opt->user, why) == -1)
		return -1;
	if (opt->daemon && chdir("/") == -1)
		return cause_errno(why, "/", NULL);
	if (opt->run != NULL && command_keep_stdout(why) == -1)
		return -1;
	if (logs_open(logs, opt, why) == -1 || pidfile_write(why) == -1)
		return -1;
	return opt->daemon ? daemon_detach(why) : 0;
}

/* Serves to the end. Returns the exit status: the command's, unless that went well. */
static int
serve_all(struct server *sv, struct logs *logs, const struct options *opt, struct cause *why)
{
	int status = DONE;

	signals_block();
	listeners_announce(&sv->at, sv->opt, &sv->ep[SERVER]);
	if (opt->run != NULL) {
		sv->command = command_start(opt->run, &sv->at.list[CLIENT][0].where, why);
		if (sv->command == -1)
			return failed(why);
	}
	if (!opt->no_sandbox)
		sandbox_parent();
	if (server_run(sv, logs) == -1)
		status = FAILED;
	if (logs_report(logs))
		status = FAILED;
	if (sv->command_ended && sv->command_status != 0)
		status = command_exit_status(sv->command_status);
	return status;
}

static int
serve(const struct options *opt)
{
	struct server sv;
	struct logs logs = { 0 };
	struct cause why;
	int status;

	tzset();		/* once, not in each session */
	if (start(&sv, &logs, opt, &why) == -1)
		status = signals_term > 0 ? DONE : failed(&why);	/* SIGTERM, waiting for a FIFO */
	else
		status = serve_all(&sv, &logs, opt, &why);
	server_close(&sv);
	pidfile_remove();
	logs_free(&logs);
	return status;
}

static int
run(const struct options *opt)
{
	struct cause why;
	int status;

	if (priv_check(opt->user, &why) == -1)
		return failed(&why);
	diag_verbosity(opt->verbosity);
	if (opt->daemon)
		switch (daemon_launch(&status, &why)) {
		case -1:
			return failed(&why);
		case 1:
			return status;
		}
	return serve(opt);
}

int
main(int argc, char *argv[])
{
	struct options opt;
	struct cause why;
	int status;

	signals_begin();
	argv = title_begin(argv);
	if (daemon_stdio(&why) == -1 || priv_begin(&why) == -1 || manager_begin(&why) == -1)
		return failed(&why);
	if (options_parse(&opt, argc, argv, &why) == -1)
		status = failed(&why);
	else if (opt.help)
		status = help_print() == 0 ? DONE : FAILED;
	else if (opt.version)
		status = help_version() == 0 ? DONE : FAILED;
	else
		status = run(&opt);
	options_free(&opt);
	exit(status);
}
