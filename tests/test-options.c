/* test-options.c - command lines, and what is made of them */
#include <config.h>

#include <getopt.h>
#include <string.h>

#include "options.h"
#include "unit.h"

#define WORDS	12

static int
parse(struct options *opt, struct cause *why, const char *const *words)
{
	char *argv[WORDS + 2] = { (char *)"tcpreen" };
	int argc = 1;

	while (argc <= WORDS && words[argc - 1] != NULL) {
		argv[argc] = (char *)words[argc - 1];
		argc++;
	}
	optind = 0;
	why->text[0] = '\0';
	return options_parse(opt, argc, argv, why);
}

/* What is wrong: the whole line, and the words that it comes from. */
static const struct {
	const char *line;
	const char *words[WORDS];
} errors[] = {
	{ "serverport: missing", { NULL } },
	{ "c: one argument too many", { "a", "b", "c" } },
	{ "serverport 25x: neither a port nor a known service", { "25x" } },
	{ "serverport 70000: not a port from 1 to 65535", { "70000" } },
	{ "serverport 0: not a port from 1 to 65535", { "0" } },
	{ "serverport: empty", { "" } },
	{ "localport 65536: not a port from 0 to 65535", { "25", "65536" } },
	{ "-b 0: not a number of bytes from 1 (K, M or G may follow)", { "-b", "0", "25" } },
	{ "-b 1KB: not a number of bytes from 1 (K, M or G may follow)", { "-b1KB", "25" } },
	{ "-b -1: not a number of bytes from 1 (K, M or G may follow)", { "-b", "-1", "25" } },
	{ "-b 99999999999999999999: not a number of bytes from 1 (K, M or G may follow)",
	    { "--bytes=99999999999999999999", "25" } },
	{ "-b 17179869184G: not a number of bytes from 1 (K, M or G may follow)",
	    { "-b17179869184G", "25" } },
	{ "-F 0: not a number from 1 to 1000000", { "-F0", "25" } },
	{ "-F : not a number from 1 to 1000000", { "-F", "", "25" } },
	{ "-m 0: not a number from 1 to 4294967295", { "-m0", "25" } },
	{ "-m 0x10: not a number from 1 to 4294967295", { "-m0x10", "25" } },
	{ "-f x: unknown format", { "-f", "x", "25" } },
	{ "-f HEX: unknown format", { "-f", "HEX", "25" } },
	{ "-p udp: unknown protocol", { "-p", "udp", "25" } },
	{ "-p tcp/: unknown protocol after the /", { "-p", "tcp/", "25" } },
	{ "-o : empty file name", { "-o", "", "25" } },
	{ "-o a: given twice", { "-oa", "-fhex", "-oa", "25" } },
	{ "-o a%x: %x: unknown letter (%% stands for a %)", { "-oa%x", "25" } },
	{ "-o -: a daemon (-d) has no stdout", { "-d", "-o-", "25" } },
	{ "-o syslog: takes lines of text, not -f raw", { "-fraw", "-osyslog:", "25" } },
	{ "--timeout 0: not a number of seconds", { "--timeout=0", "25" } },
	{ "--timeout 1.: not a number of seconds", { "--timeout=1.", "25" } },
	{ "--snap 0: not a number of bytes from 1 (K, M or G may follow)", { "--snap=0", "25" } },
	{ "-t noon: not clock, iso, relative or delta", { "--timestamps=noon", "25" } },
	{ "-x: unknown option", { "-x", "25" } },
	{ "-b: needs a value: N", { "-b" } },
	{ "--quiet=yes: takes no value", { "--quiet=yes", "25" } },
};

static void
test_errors(void)
{
	struct options opt;
	struct cause why;
	size_t i;

	for (i = 0; i < sizeof(errors) / sizeof(errors[0]); i++) {
		CHECK(parse(&opt, &why, errors[i].words) == -1, "%s", errors[i].line);
		CHECK(strcmp(why.text, errors[i].line) == 0, "\"%s\", not \"%s\"", why.text,
		    errors[i].line);
		options_free(&opt);
	}
}

static void
test_defaults(void)
{
	static const char *const words[] = { "25", NULL };
	struct options opt;
	struct cause why;

	CHECK(parse(&opt, &why, words) == 0, "%s", why.text);
	CHECK(opt.max_open == 1 && opt.max_sessions == 0 && opt.max_bytes == 0, "no limits");
	CHECK(opt.console == &format_c && opt.nlogs == 0, "the console shows C");
	CHECK(strcmp(opt.protocol[CLIENT]->name, "tcp") == 0, "tcp");
	CHECK(opt.service[CLIENT] == NULL && strcmp(opt.service[SERVER], "25") == 0, "ports");
	options_free(&opt);
}

static void
test_all(void)
{
	static const char *const words[] = { "-qnF7", "-b1k", "--maxconn=3", "-fhex", "-oa", "-f",
	    "strip", "-ob", "-pany/unix", "--timeout=0.5", "smtp", "/s", NULL };
	struct options opt;
	struct cause why;

	CHECK(parse(&opt, &why, words) == 0, "%s", why.text);
	CHECK(opt.quiet && opt.numeric && opt.max_open == 7, "-q -n -F");
	CHECK(opt.max_bytes == 1024 && opt.max_sessions == 3, "-b -m");
	CHECK(opt.nlogs == 2 && opt.log[0].format == &format_hex &&
	    opt.log[1].format == &format_strip, "each -o has the -f before it");
	CHECK(opt.console == NULL, "-q: no console");
	CHECK(opt.idle_ms == 500, "%lld", opt.idle_ms);
	CHECK(strcmp(opt.protocol[SERVER]->name, "any") == 0 &&
	    strcmp(opt.protocol[CLIENT]->name, "unix") == 0, "-p P/Q");
	options_free(&opt);
}

static void
test_settled(void)
{
	static const char *const daemon[] = { "-d", "25", NULL };
	static const char *const caller[] = { "-dc", "25", "2525", NULL };
	static const char *const capture[] = { "-f", "pcapng", "-oa", "25", NULL };
	struct options opt;
	struct cause why;

	CHECK(parse(&opt, &why, daemon) == 0 && opt.quiet && opt.max_open == 64, "%s", why.text);
	options_free(&opt);
	CHECK(parse(&opt, &why, caller) == 0 && opt.max_open == 1, "%s", why.text);
	options_free(&opt);
	CHECK(parse(&opt, &why, capture) == 0 && opt.console == &format_null, "%s", why.text);
	options_free(&opt);
}

int
main(void)
{
	test_errors();
	test_defaults();
	test_all();
	test_settled();
	return unit_end();
}
