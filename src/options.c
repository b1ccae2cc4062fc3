/* options.c - argv becomes struct options
 *
 * Runs in: parent. One table says what there is; a first pass records what was said, a second
 * settles what depends on it. Touches no file, no network and no name server.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "allow.h"
#include "manager.h"
#include "number.h"
#include "options.h"
#include "systemlog.h"
#include "template.h"

#define MAX_OPEN	1000000		/* -F: more than any system forks */
#define MAX_SECONDS	100000000	/* of a timeout: BSD's pselect() refuses more */
#define LONG_ONLY	256		/* getopt_long()'s values for rows without a letter */

/* Values */

/* A number from 1 with a suffix, perhaps: K, M or G, powers of 1024. */
static bool
size(const char *text, uintmax_t *n)
{
	static const char suffixes[] = "KkMmGg";
	const char *end = number_end(text, 1, UINTMAX_MAX, n), *suffix;
	size_t shift;

	if (end == NULL || *end == '\0')
		return end != NULL;
	if ((suffix = strchr(suffixes, *end)) == NULL || end[1] != '\0')
		return false;
	shift = 10 * ((size_t)(suffix - suffixes) / 2 + 1);
	if (*n > UINTMAX_MAX >> shift)
		return false;
	*n <<= shift;
	return true;
}

/*
 * Seconds above 0, with an optional fraction, as milliseconds (1 at least). Digits
 * and points only: strtod() also knows inf, nan, 0x1p3 and 1e3. The locale is "C".
 */
static bool
milliseconds(const char *text, long long *ms)
{
	size_t len = strspn(text, "0123456789.");
	char *end;
	double seconds = strtod(text, &end);

	if (text[len] != '\0' || *end != '\0' || seconds <= 0 || seconds > MAX_SECONDS)
		return false;
	*ms = (long long)(seconds * 1000 + 0.5);
	if (*ms == 0)
		*ms = 1;
	return true;
}

/* The place of a word in a NULL-ended list, or -1. */
static int
word(const char *text, const char *const *list)
{
	int i;

	for (i = 0; list[i] != NULL; i++)
		if (strcmp(list[i], text) == 0)
			return i;
	return -1;
}

/* Adds a word to "what: these, those"; the text before the first has its blank already. */
static void
cause_add(struct cause *why, const char *name)
{
	size_t len = strlen(why->text);

	snprintf(why->text + len, sizeof(why->text) - len, "%s%s",
	    why->text[len - 1] == ' ' ? "" : ", ", name);
}

#define NO_PORT	"neither a port nor a known service"
#define SHOWN	"%.200s"	/* a user's words are cut, never what is said of them */
#define KNOWN	"unknown; known are "

static int
take_format(struct options *opt, const char *value, struct cause *why)
{
	size_t i;

	opt->last_format_used = false;
	if ((opt->last_format = format_find(value)) != NULL)
		return 0;
	cause_usage(why, KNOWN);
	for (i = 0; formats[i] != NULL; i++)
		cause_add(why, formats[i]->name);
	return -1;
}

static int
check_facility(const char *name, struct cause *why)
{
	const struct systemlog_facility *f;

	if (systemlog_find(name) != -1)
		return 0;
	cause_usage(why, KNOWN);
	for (f = systemlog_facilities; f->name != NULL; f++)
		cause_add(why, f->name);
	return -1;
}

static int
take_output(struct options *opt, const char *value, struct cause *why)
{
	const char *facility = systemlog_name(value);
	size_t i;
	int bad;

	if (facility != NULL && check_facility(facility, why) == -1)
		return -1;
	if ((bad = template_bad_letter(value)) != 0)
		return bad == '%' ? cause_usage(why, "a %% at the end (%%%% stands for one)") :
		    cause_usage(why, "%%%c: unknown letter (%%%% stands for a %%)", bad);
	for (i = 0; i < opt->nlogs; i++)
		if (strcmp(opt->log[i].name, value) == 0)
			return cause_usage(why, "given twice");
	opt->log[opt->nlogs++] = (struct log_option){ value, opt->last_format, opt->append };
	opt->last_format_used = true;
	return 0;
}

static int
take_allow(struct options *opt, const char *value, struct cause *why)
{
	opt->allow[opt->nallow++] = value;
	return allow_check(value, why);
}

static int
take_protocol(struct options *opt, const char *value, struct cause *why)
{
	const struct protocol *p;
	size_t first = strcspn(value, "/");
	const char *second = value[first] == '/' ? value + first + 1 : value;

	opt->protocol[SERVER] = protocol_find(value, first);
	opt->protocol[CLIENT] = protocol_find(second, second == value ? first : strlen(second));
	if (opt->protocol[SERVER] != NULL && opt->protocol[CLIENT] != NULL)
		return 0;
	cause_usage(why, KNOWN);
	for (p = protocols; p->name != NULL; p++)
		cause_add(why, p->name);
	return -1;
}

static const char *const colors[] = { "auto", "always", "never", NULL };
static const char *const stamps[] = { "clock", "iso", "relative", "delta", NULL };

#define AT(member)	.at = offsetof(struct options, member)

const struct option_row options_table[] = {
	{ 'a', "bind", "accept", "ADDR", "listen on this address or interface only",
	    TEXT, AT(host[CLIENT]) },
	{ 0, "allow", NULL, "NET[/BITS]", "serve clients of this network only; repeatable",
	    OWN, .take = take_allow },
	{ 0, "append", NULL, NULL, "add to the files of the -o after it", FLAG, AT(append) },
	{ 'b', "bytes", NULL, "N", "end a session after the chunk that passes N bytes",
	    SIZE, AT(max_bytes) },
	{ 'c', "connect", NULL, NULL, "connect to the client (-a, localport)",
	    FLAG, AT(connects) },
	{ 0, "color", NULL, "[=WHEN]", "colour the console: auto, always, never",
	    WORD, AT(color), .words = colors, .first = COLOR_AUTO },
	{ 0, "connect-timeout", NULL, "S", "give up an address after S seconds",
	    SECONDS, AT(connect_ms) },
	{ 'd', "daemon", NULL, NULL, "run in the background, tell syslog; implies -q",
	    FLAG, AT(daemon) },
	{ 'f', "format", NULL, "FORMAT", "format of the -o after it, and of the console",
	    OWN, .take = take_format },
	{ 'F', "fork", NULL, "N", "sessions at the same time: 1, or 64 with -d",
	    NUMBER, AT(max_open), .most = MAX_OPEN },
	{ 'l', "listen", NULL, NULL, "listen for the server too (-s, serverport)",
	    FLAG, AT(listens) },
	{ 'm', "maxconn", NULL, "N", "exit after N sessions",
	    NUMBER, AT(max_sessions), .most = UINT32_MAX },
	{ 'n', "numeric", NULL, NULL, "look up no names of addresses and ports",
	    FLAG, AT(numeric) },
	{ 0, "no-sandbox", NULL, NULL, "let sessions keep rights that they do not need",
	    FLAG, AT(no_sandbox) },
	{ 'o', "output", NULL, "FILE", "log to FILE; - is stdout; or syslog:[FACILITY]",
	    OWN, .take = take_output },
	{ 0, "pid-file", NULL, "FILE", "keep the number of the process in FILE, locked",
	    TEXT, AT(pid_file) },
	{ 'p', "protocol", NULL, "P[/Q]", "P to the server, Q to the client",
	    OWN, .take = take_protocol },
	{ 'q', "quiet", NULL, NULL, "nothing on stdout", FLAG, AT(quiet) },
	{ 0, "run", NULL, "COMMAND", "run COMMAND, and end with it (TCPREEN_PORT)",
	    TEXT, AT(run) },
	{ 's', "server", NULL, "HOST", "the server: the local host unless given",
	    TEXT, AT(host[SERVER]) },
	{ 0, "source", NULL, "ADDR", "connect to the server from this address",
	    TEXT, AT(source) },
	{ 0, "snap", NULL, "N", "show the first N bytes of a chunk", SIZE, AT(snap) },
	{ 't', "timestamps", NULL, "[=STYLE]", "times: clock, iso, relative or delta",
	    WORD, AT(stamp), .words = stamps, .first = STAMP_CLOCK },
	{ 0, "timeout", NULL, "S", "end a session that is idle for S seconds",
	    SECONDS, AT(idle_ms) },
	{ 'u', "user", NULL, "USER", "as root: become USER once it listens", TEXT, AT(user) },
	{ 'v', "verbose", NULL, NULL, "say more on stderr; twice: even more",
	    TIMES, AT(verbosity) },
	{ 'V', "version", NULL, NULL, "version and licence", FLAG, AT(version) },
	{ 'h', "help", NULL, NULL, "this help", FLAG, AT(help) },
	{ .name = NULL },
};

/* First pass */

#define ROWS	(sizeof(options_table) / sizeof(options_table[0]) - 1)

/* getopt_long()'s view of the table: the short letters, and all long names. */
struct getopt_view {
	char		letters[3 * ROWS + 2];
	struct option	longs[2 * ROWS + 1];
};

static void
view_make(struct getopt_view *view)
{
	struct option *to = view->longs;
	char *letter = view->letters;
	size_t i;

	memset(view, 0, sizeof(*view));
	*letter++ = ':';	/* a missing argument is told apart from an unknown option */
	for (i = 0; i < ROWS; i++) {
		const struct option_row *row = &options_table[i];
		int has = row->argument == NULL ? no_argument :
		    row->argument[0] == '[' ? optional_argument : required_argument;
		int value = row->letter != 0 ? row->letter : LONG_ONLY + (int)i;

		if (row->letter != 0) {
			*letter++ = (char)row->letter;
			if (has == required_argument)
				*letter++ = ':';
		}
		*to++ = (struct option){ row->name, has, NULL, value };
		if (row->other != NULL)
			*to++ = (struct option){ row->other, has, NULL, value };
	}
}

static const struct option_row *
row_of(int value)
{
	const struct option_row *row;

	if (value >= LONG_ONLY)
		return &options_table[value - LONG_ONLY];
	for (row = options_table; row->name != NULL; row++)
		if (row->letter == value)
			return row;
	return NULL;
}

/* How the user knows an option: "-b" or "--snap". */
static const char *
row_name(const struct option_row *row, char name[32])
{
	if (row->letter != 0)
		snprintf(name, 32, "-%c", row->letter);
	else
		snprintf(name, 32, "--%s", row->name);
	return name;
}

static int
take_word(const struct option_row *row, const char *value, int *to, struct cause *why)
{
	int i = value != NULL ? word(value, row->words) : 0;

	*to = row->first + i;
	if (i != -1)
		return 0;
	cause_usage(why, KNOWN);
	for (i = 0; row->words[i] != NULL; i++)
		cause_add(why, row->words[i]);
	return -1;
}

/* Checks a value and keeps it; -1 with why, which does not name the option. */
static int
take_value(struct options *opt, const struct option_row *row, const char *value,
    struct cause *why)
{
	void *to = (char *)opt + row->at;

	switch (row->kind) {
	case SIZE:
		if (!size(value, to))
			return cause_usage(why, "not a number of bytes from 1 "
			    "(K, M or G may follow)");
		break;
	case TIMES:
		++*(int *)to;
		break;
	case TEXT:
		*(const char **)to = value;
		break;
	case NUMBER:
		if (!number(value, 1, row->most, to))
			return cause_usage(why, "not a number from 1 to %ju", row->most);
		break;
	case SECONDS:
		if (!milliseconds(value, to))
			return cause_usage(why, "not a number of seconds above 0, up to %d "
			    "(0.5 is one)", MAX_SECONDS);
		break;
	case FLAG:
		*(bool *)to = true;
		break;
	case WORD:
		return take_word(row, value, to, why);
	case OWN:
		return row->take(opt, value, why);
	}
	return 0;
}

static int
needs_value(const struct option_row *row, struct cause *why)
{
	char name[32];

	return cause_usage(why, "%s: needs a value: %s", row_name(row, name), row->argument);
}

static int
take(struct options *opt, const struct option_row *row, const char *value, struct cause *why)
{
	struct cause reason;
	char name[32];

	if ((row->kind == TEXT || row->take == take_output || row->take == take_allow) &&
	    *value == '\0')
		return needs_value(row, why);
	if (take_value(opt, row, value, &reason) == 0)
		return 0;
	return cause_usage(why, "%s " SHOWN ": %s", row_name(row, name), value, reason.text);
}

/* What an unknown long option, of which "--" is left out, might have meant. */
static int
unknown_name(const char *at, struct cause *why)
{
	size_t len = strcspn(at + 2, "="), i;
	bool any = false;

	cause_usage(why, SHOWN ": could be ", at);
	for (i = 0; len > 0 && i < ROWS; i++)
		if (strncmp(options_table[i].name, at + 2, len) == 0) {
			char name[32];

			snprintf(name, sizeof(name), "--%s", options_table[i].name);
			cause_add(why, name);
			any = true;
		}
	return any ? -1 : cause_usage(why, SHOWN ": unknown option", at);
}

/*
 * The first word like "-t=iso", which getopt_long() takes for the letters t, =, i...;
 * sets row to the option that was meant. NULL if there is none.
 */
static const char *
letter_with_equals(int argc, char *const argv[], const struct option_row **row)
{
	const char *equals;
	int i;

	for (i = 1; i < argc; i++)
		if (argv[i][0] == '-' && argv[i][1] != '-' &&
		    (equals = strchr(argv[i], '=')) != NULL &&
		    (*row = row_of(equals[-1])) != NULL && (*row)->kind == WORD)
			return argv[i];
	return NULL;
}

/* What getopt_long() did not like: c is '?' or ':'. */
static int
complaint(int c, int argc, char *const argv[], struct cause *why)
{
	const struct option_row *row = optopt != 0 ? row_of(optopt) : NULL;
	const char *at = argv[optind - 1];

	if (c == ':' && row != NULL)
		return needs_value(row, why);
	if (row != NULL)
		return cause_usage(why, SHOWN ": takes no value", at);
	if (optopt == '=' && (at = letter_with_equals(argc, argv, &row)) != NULL)
		return cause_usage(why, SHOWN ": write --%s" SHOWN, at, row->name, strchr(at, '='));
	if (optopt != 0)
		return cause_usage(why, "-%c: unknown option", optopt);
	return unknown_name(at, why);
}

/* Second pass */

static const char *const operand_name[SIDES] = { [CLIENT] = "localport", [SERVER] = "serverport" };

/*
 * Takes "host:port" apart, as if -a or -s had said the host. A path stays as it is.
 */
static int
take_operand(struct options *opt, enum side side, const char *text, struct cause *why)
{
	char *colon;

	if (*text == '\0')
		return cause_usage(why, "%s: empty", operand_name[side]);
	opt->service[side] = text;
	if (opt->protocol[side]->family == AF_UNIX || strchr(text, ':') == NULL ||
	    strchr(text, '/') != NULL)
		return 0;
	if ((opt->operand[side] = strdup(text)) == NULL)
		return cause_errno(why, operand_name[side], NULL);
	text = opt->operand[side];
	colon = strrchr(text, ':');
	if (colon == text || colon[1] == '\0' ||
	    (*text == '[' ? colon[-1] != ']' : strchr(text, ':') != colon))
		return cause_usage(why, "%s " SHOWN ": neither port nor host:port "
		    "(IPv6 in brackets: [::1]:25)", operand_name[side], text);
	if (opt->host[side] != NULL)
		return cause_usage(why, "%s " SHOWN ": %s " SHOWN " names a host, too; say it once",
		    operand_name[side], text, side == CLIENT ? "-a" : "-s", opt->host[side]);
	*colon = '\0';
	opt->host[side] = text;
	opt->service[side] = colon + 1;
	return 0;
}

/* Whether an operand is the value that an option takes after a = only. */
static const struct option_row *
row_of_word(const char *text)
{
	const struct option_row *row;

	for (row = options_table; row->name != NULL; row++)
		if (row->kind == WORD && word(text, row->words) != -1)
			return row;
	return NULL;
}

static int
check_port(const struct options *opt, enum side side, struct cause *why)
{
	const char *text = opt->service[side], *what = operand_name[side];
	bool may_be_any = options_listens(opt, side);
	const struct option_row *row;
	uintmax_t port;

	if (opt->protocol[side]->family == AF_UNIX ||
	    number(text, may_be_any ? 0 : 1, 65535, &port))
		return 0;
	if (text[strspn(text, "0123456789")] == '\0')
		return cause_usage(why, "%s " SHOWN ": not a port from %d to 65535", what, text,
		    may_be_any ? 0 : 1);
	if (endpoint_service_known(text))
		return 0;
	if ((row = row_of_word(text)) != NULL)
		return cause_usage(why, "%s: not a port; write --%s=%s", text, row->name, text);
	if (strchr(text, '/') != NULL || *text == '@')
		return cause_usage(why, "%s " SHOWN ": " NO_PORT " (a path needs -p %s/%s)", what, text,
		    side == SERVER ? "unix" : opt->protocol[SERVER]->name,
		    side == CLIENT ? "unix" : opt->protocol[CLIENT]->name);
	if (opt->host[side] == NULL && isalpha((unsigned char)*text))
		return cause_usage(why, "%s " SHOWN ": " NO_PORT " (a host comes with its port: "
		    SHOWN ":25)", what, text, text);
	return cause_usage(why, "%s " SHOWN ": " NO_PORT, what, text);
}

#define BY_MANAGER	"a service manager (LISTEN_FDS)"

/* Sockets of a service manager stand in for what would be listened on: says for which sides. */
static int
settle_handed(struct options *opt, struct cause *why)
{
	size_t n = manager_sockets(), i;
	enum side s;

	if (n > 0 && opt->daemon)
		return cause_usage(why, "-d: would close the sockets of " BY_MANAGER);
	if (n > 0 && opt->connects)
		return cause_usage(why, "-c: not with the sockets of " BY_MANAGER);
	for (i = 0; i < n; i++) {
		if ((s = manager_side(i, opt->listens)) == SIDES)
			return cause_usage(why, "-l: LISTEN_FDNAMES has to call each socket "
			    "client or server");
		opt->handed[s]++;
	}
	if (n > 0 && opt->handed[CLIENT] == 0)
		return cause_usage(why, "-l: LISTEN_FDNAMES calls no socket client");
	for (s = CLIENT; s < SIDES; s++)
		if (opt->handed[s] > 0 && opt->host[s] != NULL)
			return cause_usage(why, "%s " SHOWN ": not with the sockets of " BY_MANAGER,
			    s == CLIENT ? "-a" : "-s", opt->host[s]);
	return 0;
}

static int
settle_server_port(struct options *opt, const char *text, struct cause *why)
{
	if (text == NULL)
		return cause_usage(why, "serverport: missing");
	return take_operand(opt, SERVER, text, why) == -1 ? -1 : check_port(opt, SERVER, why);
}

static int
settle_local_port(struct options *opt, const char *text, struct cause *why)
{
	const struct protocol *client = opt->protocol[CLIENT];

	if (text == NULL && opt->connects)
		return cause_usage(why, "localport: missing (-c: where is the client?)");
	if (text == NULL && client->family == AF_UNIX)
		return cause_usage(why, "localport: missing (-p %s: a path to listen on)",
		    client->name);
	if (take_operand(opt, CLIENT, text != NULL ? text : "0", why) == -1)
		return -1;
	return check_port(opt, CLIENT, why);
}

/* n operands, and a NULL behind them */
static int
settle_ports(struct options *opt, char *const *operands, int n, struct cause *why)
{
	int most = opt->handed[SERVER] > 0 ? 0 : opt->handed[CLIENT] > 0 ? 1 : 2;

	if (most > 0 && settle_server_port(opt, operands[0], why) == -1)
		return -1;
	if (n > most && most < 2)
		return cause_usage(why, "%s " SHOWN ": not with the sockets of " BY_MANAGER,
		    operand_name[most == 0 ? SERVER : CLIENT], operands[most]);
	if (n > most)
		return cause_usage(why, SHOWN ": one argument too many", operands[most]);
	return most < 2 ? 0 : settle_local_port(opt, operands[1], why);
}

static int
settle_logs(struct options *opt, struct cause *why)
{
	size_t i;

	for (i = 0; i < opt->nlogs; i++) {
		struct log_option *log = &opt->log[i];

		if (log->format == NULL)
			log->format = &format_c;
		if (systemlog_name(log->name) != NULL && log->format->not_syslog)
			return cause_usage(why, "-o %s takes lines of text, not -f %s",
			    log->name, log->format->name);
		if (log->format->not_per_side && template_per_side(log->name))
			return cause_usage(why, "-o %s: %s holds both directions: without %%d", log->name,
			    log->format->name);
		if (opt->pid_file != NULL && strcmp(log->name, opt->pid_file) == 0)
			return cause_usage(why, "-o %s: that is the --pid-file", log->name);
		if (strcmp(log->name, "-") != 0)
			continue;
		if (opt->daemon)
			return cause_usage(why, "-o -: a daemon (-d) has no stdout");
		opt->quiet = true;	/* the console shows nothing beside it */
	}
	return 0;
}

/* Whether there are clients that have an address. */
static int
check_allow(const struct options *opt, struct cause *why)
{
	if (opt->nallow > 0 && opt->connects)
		return cause_usage(why, "--allow: not with -c, which waits for no client");
	if (opt->nallow > 0 && opt->protocol[CLIENT]->family == AF_UNIX)
		return cause_usage(why, "--allow: not with -p %s/%s: clients of a Unix socket have no "
		    "network", opt->protocol[SERVER]->name, opt->protocol[CLIENT]->name);
	return 0;
}

/* Whether a server is connected to, and by an address. */
static int
check_source(const struct options *opt, struct cause *why)
{
	if (opt->source != NULL && opt->listens)
		return cause_usage(why, "--source: not with -l, which waits for the server");
	if (opt->source != NULL && opt->protocol[SERVER]->family == AF_UNIX)
		return cause_usage(why, "--source: not with -p %s: a Unix socket is at no address",
		    opt->protocol[SERVER]->name);
	return 0;
}

/* What the console shows; an -f that nothing would be written in is a mistake. */
static int
settle_console(struct options *opt, struct cause *why)
{
	const struct format *format = opt->last_format != NULL ? opt->last_format : &format_c;
	bool idle = opt->last_format != NULL && !opt->last_format_used;

	if (idle && opt->quiet)
		return cause_usage(why, "-f %s: nothing is written in it; "
		    "an -o must come after it", format->name);
	if (idle && format->console != NULL)
		return cause_usage(why, "-f %s: not for the console; "
		    "an -o FILE must come after it", format->name);
	if (format->console != NULL)
		format = format->console;
	opt->console = opt->quiet ? NULL : format;
	return 0;
}

static int
settle(struct options *opt, char *const *operands, int n, struct cause *why)
{
	if (opt->run != NULL && (opt->daemon || opt->connects))
		return cause_usage(why, "--run: not with %s", opt->daemon ? "-d" : "-c");
	if (opt->daemon)
		opt->quiet = true;
	if (opt->max_open == 0)
		opt->max_open = (opt->daemon && !opt->connects) || opt->run != NULL ? 64 : 1;
	if (settle_handed(opt, why) == -1 || settle_ports(opt, operands, n, why) == -1 ||
	    check_allow(opt, why) == -1 || check_source(opt, why) == -1 ||
	    settle_logs(opt, why) == -1)
		return -1;
	return settle_console(opt, why);
}

int
options_parse(struct options *opt, int argc, char *const argv[], struct cause *why)
{
	struct getopt_view view;
	int c;

	*opt = (struct options){ .snap = UINTMAX_MAX };
	if ((opt->log = calloc((size_t)argc + 1, sizeof(*opt->log))) == NULL ||
	    (opt->allow = calloc((size_t)argc + 1, sizeof(*opt->allow))) == NULL)
		return cause_errno(why, "options", NULL);
	opt->protocol[CLIENT] = opt->protocol[SERVER] = protocol_find("tcp", 3);
	view_make(&view);
	opterr = 0;
	while ((c = getopt_long(argc, argv, view.letters, view.longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return complaint(c, argc, argv, why);
		if (take(opt, row_of(c), optarg, why) == -1)
			return -1;
		if (opt->help || opt->version)
			return 0;
	}
	return settle(opt, argv + optind, argc - optind, why);
}

void
options_free(struct options *opt)
{
	free(opt->operand[CLIENT]);
	free(opt->operand[SERVER]);
	free(opt->log);
	free(opt->allow);
	opt->operand[CLIENT] = opt->operand[SERVER] = NULL;
	opt->log = NULL;
	opt->allow = NULL;
	opt->nlogs = opt->nallow = 0;
}

bool
options_listens(const struct options *opt, enum side side)
{
	return side == CLIENT ? !opt->connects : opt->listens;
}
