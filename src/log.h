/* log.h - the chain of formats bound to outputs, the console among them
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef LOG_H
#define LOG_H

#include <stdbool.h>
#include <stddef.h>

#include "diag.h"
#include "event.h"
#include "options.h"
#include "output.h"

/* A format, and where its records go. */
struct log {
	struct frame	frame;
	struct writer	writer;		/* of this process's session */
	struct buf	head;		/* what a file starts with */
	struct output	output;
};

struct logs {
	struct log	*log;		/* owned, n of them */
	size_t		 n;
	struct buf	 run;		/* for the frames: a text */
	struct buf	 record;	/* the records of one event, reused */
};

/*
 * Opens everything that the options name, and the console. The parent calls
 * this, once. 0, or -1 with why.
 */
int	logs_open(struct logs *logs, const struct options *opt, struct cause *why);

/* Gives back what logs_open() took; the outputs stay open. */
void	logs_free(struct logs *logs);

/* SIGHUP: opens the files again by name, for the sessions to come. */
void	logs_reopen(struct logs *logs);

/* Says what was lost in all; returns whether anything was. */
bool	logs_report(const struct logs *logs);

/* Whether nobody reads stdout any more, which the program is to end for. */
bool	logs_reader_gone(const struct logs *logs);

/* Whether somebody reads the names of the peers. */
bool	logs_want_names(const struct logs *logs);

/* Whether stdout shows the session lines. */
bool	logs_on_stdout(const struct logs *logs);

/* The most bytes of record that are made of a byte of payload. */
size_t	logs_growth(const struct logs *logs);

/* In the session's process: passes an event to every format, the records on. */
void	logs_event(struct logs *logs, const struct event *ev);

/* What each output has lost in this session: fills loss (room for n), returns how many have. */
size_t	logs_losses(const struct logs *logs, struct loss *loss);

/* In the session's process: who answers while a log waits for its reader: see struct output. */
void	logs_on_wait(struct logs *logs, void (*on_wait)(void *arg, const char *name), void *arg);

/* Gives memory back that only a busy session needs. */
void	logs_tidy(struct logs *logs);

#endif
