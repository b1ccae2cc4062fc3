/* help.h - what tcpreen tells about itself when asked
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef HELP_H
#define HELP_H

/* Print on stdout; 0, or -1 with errno when that failed. */
int	help_print(void);
int	help_version(void);

#endif
