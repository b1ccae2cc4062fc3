/* format-null.c - nothing of the data: session lines only
 *
 * Runs in: session, lookup helper.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "format.h"

const struct format format_null = {
	.name	= "null",
	.about	= "session lines only",
};
