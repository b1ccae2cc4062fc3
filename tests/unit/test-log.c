/* test-log.c - the chain of logs: what each is set up as, and what events become of it
 *
 * The outputs are made up: each call of theirs is noted in did, as "open a; start a".
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/resource.h>
#include <sys/select.h>
#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdlib.h>
#include <unistd.h>

#include "log.h"
#include "process.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* What the outputs were asked for, and how they are to answer */

static char		 did[4096];
static const char	*failing;	/* the output that cannot be opened, or started */
static bool		 fails_late;	/* only when it is started */
static const char	*losing;	/* the output that has lost something */

static void did_this(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
did_this(const char *fmt, ...)
{
	size_t n = strlen(did);
	va_list ap;

	va_start(ap, fmt);
	if (n > 0)
		n += (size_t)snprintf(did + n, sizeof(did) - n, "; ");
	vsnprintf(did + n, sizeof(did) - n, fmt, ap);
	va_end(ap);
}

static int
result(const struct output *o, bool late, struct cause *why)
{
	if (failing == NULL || strcmp(o->name, failing) != 0 || fails_late != late)
		return 0;
	return cause_set(why, "cannot");
}

int	__wrap_output_open(struct output *, struct output_tally *, bool, struct cause *);
int	__wrap_output_start(struct output *, struct cause *);
void	__wrap_output_reopen(struct output *);
void	__wrap_output_begin(struct output *, const struct template_values *);
void	__wrap_output_write(struct output *, enum side, const void *, size_t);
void	__wrap_output_lose(struct output *, size_t, const char *);
bool	__wrap_output_report(const struct output *);
bool	__wrap_output_reader_gone(const struct output *);

int
__wrap_output_open(struct output *o, struct output_tally *tally, bool many, struct cause *why)
{
	o->tally = tally;
	o->per_session = strchr(o->name, '%') != NULL;
	o->per_side = strstr(o->name, "%d") != NULL;
	did_this("open %s%s", o->name, many ? " for many" : "");
	return result(o, false, why);
}

int
__wrap_output_start(struct output *o, struct cause *why)
{
	did_this("start %s", o->name);
	return result(o, true, why);
}

void
__wrap_output_reopen(struct output *o)
{
	did_this("reopen %s", o->name);
}

void
__wrap_output_begin(struct output *o, const struct template_values *v)
{
	did_this("begin %s %lu %s %s %ld", o->name, v->session, v->peer[CLIENT], v->peer[SERVER],
	    (long)v->start);
}

void
__wrap_output_write(struct output *o, enum side to, const void *record, size_t len)
{
	did_this("write %s %s '%.*s'", o->name, to == BOTH ? "both" : SIDE_NAME(to), (int)len,
	    (const char *)record);
}

void
__wrap_output_lose(struct output *o, size_t len, const char *reason)
{
	did_this("lose %s %zu %s", o->name, len, reason);
}

bool
__wrap_output_report(const struct output *o)
{
	did_this("report %s", o->name);
	return losing != NULL && strcmp(o->name, losing) == 0;
}

bool
__wrap_output_reader_gone(const struct output *o)
{
	return losing != NULL && strcmp(o->name, losing) == 0;
}

/* A system that is made up */

static bool	terminal;		/* stdout is one */
static int	callocs_left = -1;	/* that go well; -1: all */
static bool	no_shared, no_realloc;
static int	first_free_fd = 3;	/* the lowest descriptor that is free; -1: none */
static rlim_t	limit = RLIM_INFINITY;	/* of descriptors; 0: it cannot be told */
static void	*shared;		/* what was given, of shared_size bytes */
static size_t	 shared_size;
static size_t	calloc_size;		/* of the last */
static int	in_memory;		/* blocks that were taken and not given back */

#define BEHIND	1024			/* bytes behind a block, not zero */

int	__wrap_isatty(int fd);
int
__wrap_isatty(int fd)
{
	return fd == STDOUT_FILENO && terminal;
}

void	*__real_calloc(size_t, size_t);
void	*__wrap_calloc(size_t, size_t);
void *
__wrap_calloc(size_t n, size_t size)
{
	unsigned char *p;

	calloc_size = n * size;
	if (callocs_left == 0)
		return NULL;
	if (callocs_left > 0)
		callocs_left--;
	if ((p = __real_calloc(1, n * size + BEHIND)) != NULL)
		memset(p + n * size, 0xa5, BEHIND);
	in_memory += p != NULL;
	return p;
}

void	__real_free(void *);
void	__wrap_free(void *);
void
__wrap_free(void *p)
{
	in_memory -= p != NULL;
	__real_free(p);
}

void	*__real_realloc(void *, size_t);
void	*__wrap_realloc(void *, size_t);
void *
__wrap_realloc(void *p, size_t size)
{
	in_memory += !no_realloc && p == NULL;
	return no_realloc ? NULL : __real_realloc(p, size);
}

void	*__real_process_shared(size_t);
void	*__wrap_process_shared(size_t);
void *
__wrap_process_shared(size_t n)
{
	shared_size = n;
	errno = ENOMEM;
	return no_shared ? NULL : (shared = __real_process_shared(n));
}

int	__wrap_fcntl(int, int, ...);
int
__wrap_fcntl(int fd, int command, ...)
{
	va_list ap;
	int least;

	va_start(ap, command);
	least = va_arg(ap, int);
	va_end(ap);
	CHECK(fd == STDERR_FILENO && command == F_DUPFD && least == 0, "%d, %d, %d", fd, command,
	    least);
	return first_free_fd;
}

static int closed;

int	__wrap_close(int);
int
__wrap_close(int fd)
{
	closed = fd;
	return 0;
}

int	__real_getrlimit(int, struct rlimit *);
int	__wrap_getrlimit(int, struct rlimit *);
int
__wrap_getrlimit(int what, struct rlimit *to)
{
	if (what != RLIMIT_NOFILE)	/* a sanitizer asks for others */
		return __real_getrlimit(what, to);
	if (limit == 0)
		return -1;
	to->rlim_cur = limit;
	return 0;
}

int	__wrap_clock_gettime(clockid_t, struct timespec *);
int
__wrap_clock_gettime(clockid_t clock, struct timespec *to)
{
	CHECK(clock == CLOCK_REALTIME, "%d", (int)clock);
	*to = (struct timespec){ 1795405330, 123456789 };
	return 0;
}

/* Formats that are made up */

static void
put_head(struct buf *out)
{
	buf_puts(out, "HEAD");
}

/* "name:event" for each event; data in pieces of four bytes; "!" is without memory. */
static size_t
pieces(void *memory, const struct chunk *c, struct buf *body)
{
	size_t n = c->len < 4 ? c->len : 4;

	*(char *)memory = 'm';
	buf_add(body, c->data, n);
	buf_printf(body, " at %ju of %zu, %zu shown", c->offset, c->len, c->shown);
	if (c->data[0] == '!')
		body->failed = true;
	return n;
}

static void
event_type(struct writer *w, const struct event *ev, struct buf *out)
{
	(void)w;
	buf_printf(out, "event %d", (int)ev->type);
	if (ev->type == EV_ERROR)
		out->failed = true;
}

static off_t
whole(int fd, off_t size)
{
	(void)fd;
	return size;
}

static const struct format piecewise = { .name = "pieces", .memory = 1, .growth = 3,
    .chunk = pieces };
static const struct format eventful = { .name = "events", .binary = true, .growth = 2,
    .not_terminal = true, .whole_records = true, .head = put_head, .whole = whole,
    .event = event_type };
static const struct format verbatim = { .name = "verbatim", .binary = true, .verbatim = true,
    .growth = 1 };

/* Opening */

static struct log_option chosen[4];

static struct options
options(size_t n)
{
	return (struct options){ .log = chosen, .nlogs = n, .max_open = 1, .numeric = true,
	    .color = COLOR_NEVER };
}

static int
open_logs(struct logs *logs, const struct options *opt, struct cause *why)
{
	did[0] = '\0';
	why->text[0] = '\0';
	return logs_open(logs, opt, why);
}

/* How each log is set up. */
static void
check_setup(void)
{
	struct options opt = options(2);
	struct logs logs;
	struct cause why;
	char run[80];
	int status;

	chosen[0] = (struct log_option){ "a", &piecewise, true };
	chosen[1] = (struct log_option){ "b", &eventful, false };
	opt.stamp = STAMP_DELTA;
	status = open_logs(&logs, &opt, &why);
	CHECK(status == 0 && logs.n == 2, "%s: %zu", why.text, logs.n);
	CHECK(calloc_size == 3 * sizeof(struct log), "%zu", calloc_size);
	CHECK_TEXT(did, "open a; open b; start a; start b", "none is changed before all are open");
	CHECK(logs.log[0].output.append && !logs.log[1].output.append, "append");
	CHECK(logs.log[0].output.lines && !logs.log[1].output.lines, "lines");
	CHECK(!logs.log[0].output.whole_records && logs.log[1].output.whole_records, "records");
	CHECK(logs.log[0].output.whole == NULL && logs.log[1].output.whole == whole, "whole");
	CHECK(logs.log[0].output.head_len == 0, "%zu", logs.log[0].output.head_len);
	CHECK_BYTES(logs.log[1].output.head, logs.log[1].output.head_len, "HEAD", 4, "head");
	CHECK(logs.log[0].output.user == NULL && !logs.log[0].output.daemon, "user, daemon");
	CHECK(!logs.log[0].output.optional, "asked for");
	CHECK(logs.log[0].writer.format == &piecewise && logs.log[1].writer.format == &eventful,
	    "formats");
	CHECK(logs.log[1].writer.frame == &logs.log[1].frame, "frames");
	CHECK(!logs.log[0].frame.numbered && !logs.log[0].frame.ends, "numbered, ends");
	CHECK(logs.log[0].frame.stamp == STAMP_DELTA, "%d", logs.log[0].frame.stamp);
	snprintf(run, sizeof(run), "2026-11-23T03:42:10.123456Z-%ld", (long)getpid());
	CHECK_TEXT(logs.log[1].frame.run, run, "run");
	CHECK(shared_size == 2 * sizeof(struct output_tally), "%zu", shared_size);
	CHECK(logs.log[0].output.tally == shared &&
	    logs.log[1].output.tally == logs.log[0].output.tally + 1, "a tally for each");
	logs_free(&logs);
	CHECK(logs.n == 0 && logs.log == NULL && logs.run.data == NULL, "nothing is left");

	opt.max_open = 2;
	opt.verbosity = 1;
	opt.user = "nobody";
	opt.daemon = true;
	chosen[1].name = "syslog:mail";
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK_TEXT(did, "open a for many; open syslog:mail for many; start a; start syslog:mail",
	    "the user's syslog is the daemon's");
	CHECK(logs.log[0].frame.numbered && logs.log[0].frame.ends, "numbered, ends");
	CHECK_TEXT(logs.log[0].output.user, "nobody", "user");
	CHECK(logs.log[0].output.daemon, "daemon");
	logs_free(&logs);
}

/* Which logs there are beside those of -o, and who writes to them. */
static const struct console_row {
	const char		*title;
	const struct format	*console;
	bool			 daemon, numeric;
	uintmax_t		 max_open;
	size_t			 nlogs;
	const char		*want;
} console_rows[] = {
	{ "-q", NULL, false, true, 1, 0, "" },
	{ "a console", &format_c, false, true, 1, 0, "open -; start -" },
	{ "both", &format_c, false, true, 1, 1, "open a; open -; start a; start -" },
	{ "-d", NULL, true, true, 1, 0, "open syslog:; start syslog:" },
	{ "-d -o", NULL, true, true, 1, 1, "open a; open syslog:; start a; start syslog:" },
	{ "-F", NULL, false, true, 2, 1, "open a for many; start a" },
	{ "names", NULL, false, false, 1, 1, "open a for many; start a" },
};

static void
check_consoles(void)
{
	struct options opt;
	struct logs logs;
	struct cause why;
	size_t i;

	chosen[0] = (struct log_option){ "a", &piecewise, false };
	for (i = 0; i < COUNT(console_rows); i++) {
		const struct console_row *row = &console_rows[i];

		opt = options(row->nlogs);
		opt.console = row->console;
		opt.daemon = row->daemon;
		opt.numeric = row->numeric;
		opt.max_open = row->max_open;
		CHECK(open_logs(&logs, &opt, &why) == 0, "%s: %s", row->title, why.text);
		CHECK_TEXT(did, row->want, row->title);
		if (row->daemon)
			CHECK(logs.log[logs.n - 1].output.optional &&
			    logs.log[logs.n - 1].writer.format == &format_null, "%s", row->title);
		if (row->console != NULL)
			CHECK(logs.log[logs.n - 1].writer.format == row->console &&
			    !logs.log[logs.n - 1].output.append, "%s", row->title);
		logs_free(&logs);
	}

	/* Nobody looks up names for a verbatim log alone. */
	chosen[0].format = &verbatim;
	opt = options(1);
	opt.numeric = false;
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK_TEXT(did, "open a; start a", "verbatim");
	logs_free(&logs);
}

static const struct color_row {
	const char	*title;
	enum color	 when;
	bool		 terminal;
	const char	*no_color, *term, *name;
	bool		 want;
} color_rows[] = {
	{ "a terminal", COLOR_AUTO, true, NULL, "xterm", "-", true },
	{ "no terminal", COLOR_AUTO, false, NULL, "xterm", "-", false },
	{ "NO_COLOR", COLOR_AUTO, true, "1", "xterm", "-", false },
	{ "NO_COLOR, empty", COLOR_AUTO, true, "", "xterm", "-", true },
	{ "a dumb terminal", COLOR_AUTO, true, NULL, "dumb", "-", false },
	{ "an unknown terminal", COLOR_AUTO, true, NULL, NULL, "-", false },
	{ "never", COLOR_NEVER, true, NULL, "xterm", "-", false },
	{ "always", COLOR_ALWAYS, false, "1", "dumb", "-", true },
	{ "a file", COLOR_ALWAYS, true, NULL, "xterm", "a", false },
};

static void
check_colors(void)
{
	struct options opt = options(1);
	struct logs logs;
	struct cause why;
	size_t i;

	for (i = 0; i < COUNT(color_rows); i++) {
		const struct color_row *row = &color_rows[i];

		row->no_color != NULL ? setenv("NO_COLOR", row->no_color, 1) : unsetenv("NO_COLOR");
		row->term != NULL ? setenv("TERM", row->term, 1) : unsetenv("TERM");
		terminal = row->terminal;
		opt.color = (int)row->when;
		chosen[0] = (struct log_option){ row->name, &format_c, false };
		CHECK(open_logs(&logs, &opt, &why) == 0, "%s: %s", row->title, why.text);
		CHECK(logs.log[0].frame.color == row->want, "%s", row->title);
		CHECK(logs.log[0].frame.terminal == (row->terminal && row->name[0] == '-'), "%s",
		    row->title);
		logs_free(&logs);
	}
	terminal = false;
}

/* What cannot be opened. */
static void
check_refusals(void)
{
	struct options opt = options(2);
	struct logs logs;
	struct cause why;

	chosen[0] = (struct log_option){ "-", &eventful, false };
	chosen[1] = (struct log_option){ "b", &eventful, false };
	terminal = true;
	CHECK(open_logs(&logs, &opt, &why) == -1, "a terminal");
	CHECK_TEXT(why.text, "-o -: events is not for a terminal", "a terminal");
	CHECK_TEXT(did, "", "a terminal");
	logs_free(&logs);
	chosen[0].format = &verbatim;
	CHECK(open_logs(&logs, &opt, &why) == 0, "this may: %s", why.text);
	logs_free(&logs);
	chosen[0] = (struct log_option){ "a", &eventful, false };
	CHECK(open_logs(&logs, &opt, &why) == 0, "a file: %s", why.text);
	logs_free(&logs);
	terminal = false;
	chosen[0].name = "-";
	CHECK(open_logs(&logs, &opt, &why) == 0, "a pipe: %s", why.text);
	logs_free(&logs);

	chosen[0].name = failing = "a";
	CHECK(open_logs(&logs, &opt, &why) == -1, "it cannot be opened");
	CHECK_TEXT(did, "open a", "nothing is done after that");
	CHECK_TEXT(why.text, "cannot", "why");
	logs_free(&logs);
	fails_late = true;
	CHECK(open_logs(&logs, &opt, &why) == -1, "it cannot be started");
	CHECK_TEXT(did, "open a; open b; start a", "nothing is done after that");
	logs_free(&logs);
	failing = NULL;
	fails_late = false;

	callocs_left = 0;
	errno = ENOMEM;
	CHECK(open_logs(&logs, &opt, &why) == -1, "no memory");
	CHECK(strstr(why.text, strerror(ENOMEM)) == why.text + 6, "%s", why.text);
	logs_free(&logs);
	callocs_left = -1;
	no_realloc = true;
	CHECK(open_logs(&logs, &opt, &why) == -1, "no memory");
	logs_free(&logs);
	no_realloc = false;
	no_shared = true;
	CHECK(open_logs(&logs, &opt, &why) == -1, "no shared memory");
	CHECK(strstr(why.text, strerror(ENOMEM)) == why.text + 20, "%s", why.text);
	CHECK_TEXT(did, "", "no shared memory");
	logs_free(&logs);
	opt = options(0);
	CHECK(open_logs(&logs, &opt, &why) == 0, "none is wanted: %s", why.text);
	logs_free(&logs);
	no_shared = false;
}

/* Descriptors for sessions: eight, and the files of their own. */
static const struct descriptors_row {
	int		 first;
	rlim_t		 limit;
	const char	*name, *other;
	bool		 enough;
} descriptors_rows[] = {
	{ 3, RLIM_INFINITY, "a", NULL, true },
	{ 8, 16, "a", NULL, true },
	{ 9, 16, "a", NULL, false },
	{ -1, 16, "a", NULL, false },
	{ 7, 16, "%n", NULL, true },
	{ 8, 16, "%n", NULL, false },
	{ 6, 16, "%n%d", NULL, true },
	{ 7, 16, "%n%d", NULL, false },
	{ FD_SETSIZE - 8, RLIM_INFINITY, "a", NULL, true },
	{ FD_SETSIZE - 7, RLIM_INFINITY, "a", NULL, false },
	{ FD_SETSIZE - 8, FD_SETSIZE + 1, "a", NULL, true },
	{ FD_SETSIZE - 7, FD_SETSIZE + 1, "a", NULL, false },
	{ FD_SETSIZE - 8, 0, "a", NULL, true },
	{ FD_SETSIZE - 7, 0, "a", NULL, false },
	{ 6, 16, "%n", "%c", true },
	{ 7, 16, "%n", "%c", false },
	{ 5, 16, "%n", "%c%d", true },
	{ 6, 16, "%c%d", "%n", false },
	{ 8, 16, "a", "b", true },
};

static void
check_descriptors(void)
{
	struct options opt = options(1);
	struct logs logs;
	struct cause why;
	size_t i;
	int status;

	for (i = 0; i < COUNT(descriptors_rows); i++) {
		const struct descriptors_row *row = &descriptors_rows[i];

		first_free_fd = row->first;
		limit = row->limit;
		closed = -2;
		chosen[0] = (struct log_option){ row->name, &format_c, false };
		chosen[1] = (struct log_option){ row->other, &format_c, false };
		opt.nlogs = row->other != NULL ? 2 : 1;
		opt.console = &format_c;	/* which fills the room that there is */
		status = open_logs(&logs, &opt, &why);
		CHECK(status == (row->enough ? 0 : -1), "%s %d of %ju", row->name, row->first,
		    (uintmax_t)row->limit);
		CHECK(strstr(did, "start") == NULL || row->enough, "nothing is changed");
		CHECK(closed == (row->first != -1 ? row->first : -2), "%d", closed);
		if (!row->enough && row->limit == 16)
			CHECK_TEXT(why.text, "too many logs: with 16 descriptors, none are left for "
			    "sessions", "why");
		logs_free(&logs);
	}
	first_free_fd = 3;
	limit = RLIM_INFINITY;
}

/* All of them */

static void
answer(void *arg, const char *name)
{
	(void)arg, (void)name;
}

static void
check_all(void)
{
	struct options opt = options(2);
	struct logs logs;
	struct cause why;
	struct loss loss[4];
	size_t i;

	chosen[0] = (struct log_option){ "a", &verbatim, false };
	chosen[1] = (struct log_option){ "b", &piecewise, false };
	opt.nlogs = 2;
	opt.console = &eventful;	/* which fills the room that there is */
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK(logs_growth(&logs) == 3, "%zu", logs_growth(&logs));
	CHECK(logs_want_names(&logs), "names");
	CHECK(!logs_on_stdout(&logs), "stdout");
	did[0] = '\0';
	logs_reopen(&logs);
	CHECK_TEXT(did, "reopen a; reopen b; reopen -", "reopened");
	did[0] = '\0';
	logs_on_wait(&logs, answer, &opt);
	for (i = 0; i < logs.n; i++)
		CHECK(logs.log[i].output.on_wait == answer && logs.log[i].output.arg == &opt, "%zu", i);
	losing = "a";
	CHECK(logs_report(&logs), "lost");
	CHECK_TEXT(did, "report a; report b; report -", "all are reported");
	CHECK(logs_reader_gone(&logs), "one of them");
	losing = NULL;
	CHECK(!logs_reader_gone(&logs), "none of them");
	CHECK(!logs_report(&logs), "nothing is lost");
	CHECK(logs_losses(&logs, loss) == 0, "nothing is lost");
	logs.log[0].output.lost = 1;
	logs.log[2].output.lost = 30;
	CHECK(logs_losses(&logs, loss) == 2, "two have lost");
	CHECK_TEXT(loss[0].name, "a", "the first");
	CHECK_TEXT(loss[1].name, "-", "the second");
	CHECK(loss[0].bytes == 1 && loss[1].bytes == 30, "%ju, %ju", loss[0].bytes, loss[1].bytes);
	buf_puts(&logs.record, "x");
	logs_tidy(&logs);
	CHECK(logs.record.data == NULL, "tidied");
	logs_free(&logs);

	opt.nlogs = 1;
	opt.console = NULL;
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK(!logs_want_names(&logs), "a verbatim log has no names");
	CHECK(logs_growth(&logs) == 1, "%zu", logs_growth(&logs));
	logs_free(&logs);
	chosen[0].name = "-";
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK(!logs_on_stdout(&logs), "a binary format shows no session lines");
	logs_free(&logs);
	chosen[0].format = &format_c;
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	CHECK(logs_on_stdout(&logs), "stdout");
	logs_free(&logs);
}

/* Events */

static struct peer peers[SIDES];

/* What the logs are asked for this event; of session lines the last part only. */
static void
happens(struct logs *logs, struct event *ev, const char *want, const char *title)
{
	did[0] = '\0';
	ev->session = 7;
	ev->time.tv_sec = 1795405330;
	ev->peer = peers;
	logs_event(logs, ev);
	CHECK_TEXT(did, want, title);
}

static void
check_events(void)
{
	struct options opt = options(3);
	struct logs logs;
	struct cause why;
	struct chunk c = { .from = SERVER, .data = (const unsigned char *)"abcdefghij", .len = 10,
	    .shown = 9, .offset = 100 };
	struct event open = { .type = EV_OPEN }, data = { .type = EV_DATA, .chunk = &c },
	    names = { .type = EV_NAMES, .name = (const char *const []){ "x", "y" } },
	    error = { .type = EV_ERROR, .text = "z" };

	strcpy(peers[CLIENT].text, "me:1");
	strcpy(peers[SERVER].text, "it:2");
	chosen[0] = (struct log_option){ "a", &piecewise, false };
	chosen[1] = (struct log_option){ "b", &eventful, false };
	chosen[2] = (struct log_option){ "c", &verbatim, false };
	setenv("TZ", "UTC", 1);
	CHECK(open_logs(&logs, &opt, &why) == 0, "%s", why.text);
	happens(&logs, &open, "begin a 7 me:1 it:2 1795405330; write a both '# session 7 open "
	    "2026-11-23T03:42:10.000000+00:00 client me:1 server it:2\n'; "
	    "begin b 7 me:1 it:2 1795405330; write b both 'event 0'; "
	    "begin c 7 me:1 it:2 1795405330; write c both ''", "the first event");
	CHECK(calloc_size == 1, "%zu", calloc_size);
	CHECK(logs.log[0].writer.memory != NULL && logs.log[1].writer.memory == NULL, "memory");
	happens(&logs, &data, "write a server 'server> abcd at 100 of 10, 9 shown\n'; "
	    "write a server 'server> efgh at 104 of 6, 5 shown\n'; "
	    "write a server 'server> ij at 108 of 2, 1 shown\n'; "
	    "write b server 'event 3'; write c server 'abcdefghij'", "data");
	CHECK(*(char *)logs.log[0].writer.memory == 'm', "memory is the format's");
	c.len = c.shown = 5;
	happens(&logs, &data, "write a server 'server> abcd at 100 of 5, 5 shown\n'; "
	    "write a server 'server> e at 104 of 1, 1 shown\n'; "
	    "write b server 'event 3'; write c server 'abcde'", "a byte that is left");
	c = (struct chunk){ .from = CLIENT, .data = (const unsigned char *)"x!yz0", .len = 1,
	    .shown = 1 };
	happens(&logs, &data, "write a client 'client> x at 0 of 1, 1 shown\n'; "
	    "write b client 'event 3'; write c client 'x'", "data of the client");
	c.data++, c.len = c.shown = 4;
	happens(&logs, &data, "lose a 4 out of memory; write b client 'event 3'; "
	    "write c client '!yz0'", "no memory for a record of data");
	c.data = (const unsigned char *)"!yz0and", c.len = c.shown = 6;
	happens(&logs, &data, "lose a 4 out of memory; "
	    "write a client 'client> an at 4 of 2, 2 shown\n'; "
	    "write b client 'event 3'; write c client '!yz0an'", "and more after it");
	happens(&logs, &names, "write a both '# session 7 names client x server y\n'; "
	    "write b both 'event 2'; write c both ''", "names");
	happens(&logs, &error, "write a both '# session 7 error 2026-11-23T03:42:10.000000+00:00 "
	    "client me:1 server it:2: z\n'; "
	    "lose b 0 out of memory; write c both ''", "no memory for another record");

	free(logs.log[0].writer.memory);
	logs.log[0].writer.memory = NULL;
	callocs_left = 0;
	open.type = EV_UNREACHED;
	open.text = "w";
	happens(&logs, &open, "begin a 7 me:1 it:2 1795405330; lose a 0 out of memory; "
	    "begin b 7 me:1 it:2 1795405330; write b both 'event 1'; "
	    "begin c 7 me:1 it:2 1795405330; write c both ''", "no memory for the format");
	happens(&logs, &data, "lose a 6 out of memory; write b client 'event 3'; "
	    "write c client '!yz0an'", "nor later");
	callocs_left = -1;
	logs_tidy(&logs);
	logs_free(&logs);
}

int
main(void)
{
	check_setup();
	check_consoles();
	check_colors();
	check_refusals();
	check_descriptors();
	check_all();
	check_events();
	CHECK(in_memory == 0, "%d blocks of memory are not given back", in_memory);
	return unit_end();
}
