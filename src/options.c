/* options.c - argv becomes struct options
 *
 * One table says what there is; a first pass records what was said, a second
 * settles what depends on it. Touches no file, no network and no name server.
 */
#include <config.h>

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "output.h"

#define MAX_OPEN	1000000		/* -F: more than any system forks */
#define MAX_SECONDS	1000000000	/* of a timeout */
#define LONG_ONLY	256		/* getopt_long()'s values for rows without a letter */

/* Values */

/*
 * The decimal number that is the whole of text, from least to most. Returns
 * whether there was one.
 */
static bool
number(const char *text, uintmax_t least, uintmax_t most, uintmax_t *n)
{
	size_t digits = strspn(text, "0123456789");

	if (digits == 0 || text[digits] != '\0')
		return false;
	errno = 0;
	*n = strtoumax(text, NULL, 10);
	return errno == 0 && *n >= least && *n <= most;
}

/* The same with a suffix: K, M or G, powers of 1024. */
static bool
size(const char *text, uintmax_t *n)
{
	static const char suffix[] = "KkMmGg";
	size_t digits = strspn(text, "0123456789");
	char plain[32];
	const char *found;
	unsigned int shift = 0;

	if (digits == 0 || digits >= sizeof(plain))
		return false;
	if (text[digits] != '\0') {
		if (text[digits + 1] != '\0' || (found = strchr(suffix, text[digits])) == NULL)
			return false;
		shift = 10 * (unsigned int)((found - suffix) / 2 + 1);
	}
	memcpy(plain, text, digits);
	plain[digits] = '\0';
	if (!number(plain, 1, UINTMAX_MAX >> shift, n))
		return false;
	*n <<= shift;
	return true;
}

/* Seconds with an optional fraction, above 0, as milliseconds (1 at least). */
static bool
milliseconds(const char *text, long long *ms)
{
	size_t digits = strspn(text, "0123456789"), fraction = 0;
	char whole[16] = "0";
	uintmax_t s;
	long long scale = 100;
	size_t i;

	if (digits >= sizeof(whole) || (text[digits] != '\0' && text[digits] != '.'))
		return false;
	if (text[digits] == '.')
		fraction = strspn(text + digits + 1, "0123456789");
	if (digits + fraction == 0 || (fraction > 0 && text[digits + 1 + fraction] != '\0') ||
	    (text[digits] == '.' && fraction == 0))
		return false;
	if (digits > 0)
		snprintf(whole, sizeof(whole), "%.*s", (int)digits, text);
	if (!number(whole, 0, MAX_SECONDS, &s))
		return false;
	*ms = (long long)s * 1000;
	for (i = 0; i < fraction && scale > 0; i++, scale /= 10)
		*ms += (text[digits + 1 + i] - '0') * scale;
	if (*ms == 0 && strspn(text, "0.") < strlen(text))
		*ms = 1;
	return *ms > 0;
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

static int
take_client_host(struct options *opt, const char *value, struct cause *why)
{
	opt->host[CLIENT] = value;
	return *value != '\0' ? 0 : cause_set(why, "empty address");
}

static int
take_server_host(struct options *opt, const char *value, struct cause *why)
{
	opt->host[SERVER] = value;
	return *value != '\0' ? 0 : cause_set(why, "empty address");
}

static int
take_bytes(struct options *opt, const char *value, struct cause *why)
{
	if (size(value, &opt->max_bytes))
		return 0;
	return cause_set(why, "not a number of bytes from 1 (K, M or G may follow)");
}

static int
take_snap(struct options *opt, const char *value, struct cause *why)
{
	uintmax_t n;

	if (!size(value, &n))
		return cause_set(why, "not a number of bytes from 1 (K, M or G may follow)");
	opt->snap = n < SIZE_MAX ? (size_t)n : SIZE_MAX;
	return 0;
}

static int
take_format(struct options *opt, const char *value, struct cause *why)
{
	opt->console = format_find(value);
	return opt->console != NULL ? 0 : cause_set(why, "unknown format");
}

static int
take_fork(struct options *opt, const char *value, struct cause *why)
{
	uintmax_t n;

	if (!number(value, 1, MAX_OPEN, &n))
		return cause_set(why, "not a number from 1 to %d", MAX_OPEN);
	opt->max_open = (unsigned long)n;
	return 0;
}

static int
take_maxconn(struct options *opt, const char *value, struct cause *why)
{
	uintmax_t n;

	if (!number(value, 1, UINT32_MAX, &n))
		return cause_set(why, "not a number from 1 to %" PRIu32, UINT32_MAX);
	opt->max_sessions = (unsigned long)n;
	return 0;
}

static int
take_output(struct options *opt, const char *value, struct cause *why)
{
	size_t i;
	int bad;

	if (*value == '\0')
		return cause_set(why, "empty file name");
	if ((bad = output_bad_letter(value)) != 0)
		return bad == '%' ? cause_set(why, "a %% at the end (%%%% stands for one)") :
		    cause_set(why, "%%%c: unknown letter (%%%% stands for a %%)", bad);
	for (i = 0; i < opt->nlogs; i++)
		if (strcmp(opt->log[i].name, value) == 0)
			return cause_set(why, "given twice");
	opt->log[opt->nlogs++] = (struct log_option){ value, opt->console };
	return 0;
}

static int
take_protocol(struct options *opt, const char *value, struct cause *why)
{
	size_t first = strcspn(value, "/");
	const char *second = value[first] == '/' ? value + first + 1 : value;
	size_t rest = second == value ? first : strlen(second);

	opt->protocol[SERVER] = protocol_find(value, first);
	opt->protocol[CLIENT] = protocol_find(second, rest);
	if (opt->protocol[SERVER] == NULL)
		return cause_set(why, "unknown protocol");
	return opt->protocol[CLIENT] != NULL ? 0 : cause_set(why, "unknown protocol after the /");
}

static int
take_timestamps(struct options *opt, const char *value, struct cause *why)
{
	static const char *const list[] = { "clock", "iso", "relative", "delta", NULL };
	int i = value != NULL ? word(value, list) : 0;

	if (i == -1)
		return cause_set(why, "not clock, iso, relative or delta");
	opt->stamp = (enum stamp)(STAMP_CLOCK + i);
	return 0;
}

static int
take_color(struct options *opt, const char *value, struct cause *why)
{
	static const char *const list[] = { "auto", "always", "never", NULL };
	int i = value != NULL ? word(value, list) : COLOR_AUTO;

	if (i == -1)
		return cause_set(why, "not auto, always or never");
	opt->color = (enum color)i;
	return 0;
}

static int
take_timeout(struct options *opt, const char *value, struct cause *why)
{
	return milliseconds(value, &opt->idle_ms) ? 0 : cause_set(why, "not a number of seconds");
}

static int
take_connect_timeout(struct options *opt, const char *value, struct cause *why)
{
	return milliseconds(value, &opt->connect_ms) ? 0 :
	    cause_set(why, "not a number of seconds");
}

static int
take_user(struct options *opt, const char *value, struct cause *why)
{
	opt->user = value;
	return *value != '\0' ? 0 : cause_set(why, "empty user name");
}

static int
take_verbose(struct options *opt, const char *value, struct cause *why)
{
	(void)value, (void)why;
	opt->verbosity++;
	return 0;
}

static int
take_help(struct options *opt, const char *value, struct cause *why)
{
	(void)value, (void)why;
	opt->run = RUN_HELP;
	return 0;
}

static int
take_version(struct options *opt, const char *value, struct cause *why)
{
	(void)value, (void)why;
	opt->run = RUN_VERSION;
	return 0;
}

#define FLAG(member)	NULL, offsetof(struct options, member)

const struct option_row options_table[] = {
	{ 'a', "bind", "accept", "ADDR", "listen on this address, name or interface only",
	    take_client_host, 0 },
	{ 'b', "bytes", NULL, "N", "end a session after the chunk that passes N bytes",
	    take_bytes, 0 },
	{ 'c', "connect", NULL, NULL, "connect to the client (-a, localport)", FLAG(connects) },
	{ 0, "color", NULL, "[=WHEN]", "colour the console: auto, always or never",
	    take_color, 0 },
	{ 0, "connect-timeout", NULL, "S", "give up an address after S seconds",
	    take_connect_timeout, 0 },
	{ 'd', "daemon", NULL, NULL, "run in the background, tell syslog; implies -q",
	    FLAG(daemon) },
	{ 'f', "format", NULL, "FORMAT", "format of the -o after it, and of the console",
	    take_format, 0 },
	{ 'F', "fork", NULL, "N", "sessions at the same time: 1, or 64 with -d", take_fork, 0 },
	{ 'l', "listen", NULL, NULL, "listen for the server too (-s, serverport)", FLAG(listens) },
	{ 'm', "maxconn", NULL, "N", "exit after N sessions", take_maxconn, 0 },
	{ 'n', "numeric", NULL, NULL, "look up no names of addresses and ports", FLAG(numeric) },
	{ 'o', "output", NULL, "FILE", "log to FILE; - is stdout, syslog: is syslog",
	    take_output, 0 },
	{ 'p', "protocol", NULL, "P[/Q]", "P to the server, Q to the client", take_protocol, 0 },
	{ 'q', "quiet", NULL, NULL, "nothing on stdout", FLAG(quiet) },
	{ 's', "server", NULL, "HOST", "the server: the local host unless given",
	    take_server_host, 0 },
	{ 0, "snap", NULL, "N", "show the first N bytes of a chunk", take_snap, 0 },
	{ 't', "timestamps", NULL, "[=STYLE]", "time of each record: clock, iso, relative, delta",
	    take_timestamps, 0 },
	{ 0, "timeout", NULL, "S", "end a session that is idle for S seconds", take_timeout, 0 },
	{ 'u', "user", NULL, "USER", "as root: become USER once it listens", take_user, 0 },
	{ 'v', "verbose", NULL, NULL, "say more on stderr; twice: even more", take_verbose, 0 },
	{ 'V', "version", NULL, NULL, "version and licence", take_version, 0 },
	{ 'h', "help", NULL, NULL, "this help", take_help, 0 },
	{ 0, NULL, NULL, NULL, NULL, NULL, 0 },
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
take(struct options *opt, const struct option_row *row, const char *value, struct cause *why)
{
	struct cause reason;
	char name[32];

	if (row->take == NULL) {
		*(bool *)((char *)opt + row->flag) = true;
		return 0;
	}
	if (row->take(opt, value, &reason) == 0)
		return 0;
	return cause_set(why, "%s %s: %s", row_name(row, name), value, reason.text);
}

/* What getopt_long() did not like: c is '?' or ':', at is the argument it read last. */
static int
complaint(int c, const char *at, struct cause *why)
{
	const struct option_row *row = optopt != 0 ? row_of(optopt) : NULL;
	char name[32];

	if (c == ':' && row != NULL)
		return cause_set(why, "%s: needs a value: %s", row_name(row, name), row->argument);
	if (row != NULL)
		return cause_set(why, "%s: takes no value", at);
	if (optopt != 0 && optopt < LONG_ONLY)
		return cause_set(why, "-%c: unknown option", optopt);
	return cause_set(why, "%s: unknown or ambiguous option", at);
}

/* Second pass */

static int
check_port(const char *what, const char *text, uintmax_t least, struct cause *why)
{
	uintmax_t port;

	if (number(text, least, 65535, &port))
		return 0;
	if (text[strspn(text, "0123456789")] == '\0')
		return cause_set(why, "%s %s: not a port from %ju to 65535", what, text, least);
	if (!isalpha((unsigned char)text[0]) && !endpoint_service_known(text))
		return cause_set(why, "%s %s: neither a port nor a known service", what, text);
	return 0;
}

static int
settle_ports(struct options *opt, char *const *operands, int n, struct cause *why)
{
	if (n < 1)
		return cause_set(why, "serverport: missing");
	if (n > 2)
		return cause_set(why, "%s: one argument too many", operands[2]);
	opt->service[SERVER] = operands[0];
	opt->service[CLIENT] = n == 2 ? operands[1] : NULL;
	if (opt->service[CLIENT] == NULL && opt->connects)
		return cause_set(why, "localport: missing (-c: where is the client?)");
	if (opt->service[CLIENT] == NULL && opt->protocol[CLIENT]->family == AF_UNIX)
		return cause_set(why, "localport: missing (-p %s: a path to listen on)",
		    opt->protocol[CLIENT]->name);
	if (opt->service[CLIENT] == NULL)
		opt->service[CLIENT] = "0";
	if (*opt->service[SERVER] == '\0' || *opt->service[CLIENT] == '\0')
		return cause_set(why, "%s: empty",
		    *opt->service[SERVER] == '\0' ? "serverport" : "localport");
	if (opt->protocol[SERVER]->family != AF_UNIX &&
	    check_port("serverport", opt->service[SERVER], opt->listens ? 0 : 1, why) == -1)
		return -1;
	if (opt->protocol[CLIENT]->family != AF_UNIX &&
	    check_port("localport", opt->service[CLIENT], opt->connects ? 1 : 0, why) == -1)
		return -1;
	return 0;
}

static int
settle_logs(struct options *opt, struct cause *why)
{
	size_t i;

	if (opt->console == NULL)
		opt->console = &format_c;
	if (opt->console->console != NULL)
		opt->console = opt->console->console;
	for (i = 0; i < opt->nlogs; i++) {
		struct log_option *log = &opt->log[i];

		if (log->format == NULL)
			log->format = &format_c;
		if (strcmp(log->name, "syslog:") == 0 && log->format->binary)
			return cause_set(why, "-o syslog: takes lines of text, not -f %s",
			    log->format->name);
		if (strcmp(log->name, "-") != 0)
			continue;
		if (opt->daemon)
			return cause_set(why, "-o -: a daemon (-d) has no stdout");
		opt->quiet = true;	/* the console shows nothing beside it */
	}
	if (opt->quiet)
		opt->console = NULL;
	return 0;
}

static int
settle(struct options *opt, char *const *operands, int n, struct cause *why)
{
	if (opt->daemon)
		opt->quiet = true;
	if (opt->max_open == 0)
		opt->max_open = opt->daemon && !opt->connects ? 64 : 1;
	if (settle_ports(opt, operands, n, why) == -1)
		return -1;
	return settle_logs(opt, why);
}

int
options_parse(struct options *opt, int argc, char *const argv[], struct cause *why)
{
	struct getopt_view view;
	int c;

	*opt = (struct options){ .snap = SIZE_MAX };
	if ((opt->log = calloc((size_t)argc + 1, sizeof(*opt->log))) == NULL) {
		cause_errno(why, "options", NULL);
		return 1;
	}
	opt->protocol[CLIENT] = opt->protocol[SERVER] = protocol_find("tcp", 3);
	view_make(&view);
	opterr = 0;
	while ((c = getopt_long(argc, argv, view.letters, view.longs, NULL)) != -1) {
		if (c == '?' || c == ':')
			return complaint(c, argv[optind - 1], why);
		if (take(opt, row_of(c), optarg, why) == -1)
			return -1;
		if (opt->run != RUN_BRIDGE)
			return 0;
	}
	return settle(opt, argv + optind, argc - optind, why);
}

void
options_free(struct options *opt)
{
	free(opt->log);
	opt->log = NULL;
	opt->nlogs = 0;
}
