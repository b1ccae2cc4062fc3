/* number.h - decimal numbers that users and other programs have written
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef NUMBER_H
#define NUMBER_H

#include <ctype.h>
#include <errno.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stddef.h>

/*
 * The decimal number that text begins with, from least to most. Returns where it
 * ends, or NULL when there is none: signs and blanks, which strtoumax() would
 * pass over, are none of ours.
 */
static inline const char *
number_end(const char *text, uintmax_t least, uintmax_t most, uintmax_t *n)
{
	char *end;

	if (!isdigit((unsigned char)*text))
		return NULL;
	errno = 0;
	*n = strtoumax(text, &end, 10);
	return errno == 0 && *n >= least && *n <= most ? end : NULL;
}

/* Whether text is such a number, and nothing else. */
static inline bool
number(const char *text, uintmax_t least, uintmax_t most, uintmax_t *n)
{
	const char *end = number_end(text, least, most, n);

	return end != NULL && *end == '\0';
}

#endif
