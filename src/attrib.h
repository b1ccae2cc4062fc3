/* attrib.h - what the compiler may check at each call; nothing where it can't
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef ATTRIB_H
#define ATTRIB_H

#ifdef __GNUC__
# define PRINTF_LIKE(f, a)	__attribute__((format(printf, f, a)))
#else
# define PRINTF_LIKE(f, a)
#endif

#endif
