/* format-raw.c - exactly the bytes, both directions in order of arrival
 *
 * Runs in: session. No frame, no session lines, no --snap: what comes out is what
 * passed. Since nothing is made of it, no copy is made of it either.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "format.h"

const struct format format_raw = {
	.name	= "raw",
	.about	= "exactly the bytes, and nothing else",
	.binary	= true,
	.not_syslog = true,
	.growth	= 1,
	.verbatim = true,
};
