/* fuzz-options.c - command lines: the words after the program's, each ended by a NUL byte
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <getopt.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define WORDS	64

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* What was accepted keeps the promises of options.h; what was not has a reason. */
static void
check(int result, const struct options *opt, const struct cause *why)
{
	size_t i;

	if (result == -1) {
		if (memchr(why->text, '\0', sizeof(why->text)) == NULL || why->text[0] == '\0')
			__builtin_trap();
		return;
	}
	if (opt->help || opt->version)
		return;
	if (opt->service[CLIENT] == NULL || opt->service[SERVER] == NULL ||
	    opt->protocol[CLIENT] == NULL || opt->protocol[SERVER] == NULL ||
	    opt->max_open == 0 || opt->snap == 0 || opt->idle_ms < 0 || opt->connect_ms < 0)
		__builtin_trap();
	if (opt->quiet ? opt->console != NULL : opt->console == NULL)
		__builtin_trap();
	for (i = 0; i < opt->nlogs; i++)
		if (opt->log[i].name[0] == '\0' || opt->log[i].format == NULL)
			__builtin_trap();
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	char *text = malloc(size + 1), *at, *argv[WORDS + 2] = { "tcpreen" };
	struct options opt;
	struct cause why;
	int argc = 1;

	if (text == NULL)
		return 0;
	if (size > 0)
		memcpy(text, data, size);
	text[size] = '\0';
	for (at = text; at < text + size && argc <= WORDS; at += strlen(at) + 1)
		argv[argc++] = at;
#if HAVE_DECL_OPTRESET
	optreset = 1;
	optind = 1;
#else
	optind = 0;
#endif
	memset(&why, 0x55, sizeof(why));
	check(options_parse(&opt, argc, argv, &why), &opt, &why);
	options_free(&opt);
	free(text);
	return 0;
}
