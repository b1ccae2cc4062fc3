/* help.c - --help and --version, from the tables of options, protocols and formats
 *
 * Runs in: parent. Keeps no list of its own: what the program takes is what this prints.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdio.h>

#include "endpoint.h"
#include "format.h"
#include "help.h"
#include "options.h"

/* Where the explanations start: of options; of protocols and formats. */
#define COLUMN		30
#define WORD_COLUMN	12

static void
print_row(const struct option_row *row)
{
	char left[64];
	int n;

	n = snprintf(left, sizeof(left), row->letter != 0 ? "  -%c, " : "      ", row->letter);
	n += snprintf(left + n, sizeof(left) - (size_t)n, "--%s", row->name);
	if (row->argument != NULL)
		snprintf(left + n, sizeof(left) - (size_t)n, "%s%s",
		    row->argument[0] == '[' ? "" : "=", row->argument);
	printf("%-*s%s\n", COLUMN, left, row->about);
	if (row->other != NULL)
		printf("      --%-*sthe same\n", COLUMN - 8, row->other);
}

int
help_print(void)
{
	const struct option_row *row;
	const struct protocol *p;
	size_t i;

	puts("Usage: tcpreen [options] [host:]serverport [[addr:]localport]\n"
	    "Stands between a TCP client and a server, and shows what they say.\n");
	for (row = options_table; row->name != NULL; row++)
		print_row(row);
	puts("\nProtocols (-p), tcp unless given:");
	for (p = protocols; p->name != NULL; p++)
		printf("  %-*s%s\n", WORD_COLUMN - 2, p->name, p->about);
	printf("\nFormats (-f), %s unless given:\n", format_c.name);
	for (i = 0; formats[i] != NULL; i++)
		printf("  %-*s%s\n", WORD_COLUMN - 2, formats[i]->name, formats[i]->about);
	puts("\nExample: tcpreen -f hex -o dump.log mail.example:25 2525");
	return fflush(stdout) == 0 ? 0 : -1;
}

int
help_version(void)
{
	puts(PACKAGE_STRING "\n"
	    "Licence: GNU General Public License, version 2 or (at your choice) later.\n"
	    "This is free software: you may change it and pass it on.\n"
	    "There is NO WARRANTY, to the extent permitted by law.");
	return fflush(stdout) == 0 ? 0 : -1;
}
