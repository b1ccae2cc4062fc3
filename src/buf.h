/* buf.h - the growing byte string that records are made in
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef BUF_H
#define BUF_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>

#include "attrib.h"

/*
 * All zero is an empty buffer. When memory runs out the buffer is marked
 * failed, keeps what it holds and swallows the rest: append freely, and look
 * at failed once, at the end.
 */
struct buf {
	unsigned char	*data;
	size_t		 len;		/* bytes in use */
	size_t		 size;		/* bytes allocated */
	size_t		 margin;	/* columns that buf_newline() indents by */
	bool		 failed;
};

/*
 * Makes room for n more bytes and returns where they go, or NULL when there is
 * no memory (and b has failed). The caller writes there up to n bytes and adds
 * what it wrote to b->len. The address is good until the next call.
 */
unsigned char	*buf_reserve(struct buf *b, size_t n);

/* Appends n bytes; a string; one byte; text as of printf(3). */
void	buf_add(struct buf *b, const void *bytes, size_t n);
void	buf_puts(struct buf *b, const char *s);
void	buf_putc(struct buf *b, int c);
void	buf_printf(struct buf *b, const char *fmt, ...) PRINTF_LIKE(2, 3);
void	buf_vprintf(struct buf *b, const char *fmt, va_list ap) PRINTF_LIKE(2, 0);

/*
 * Ends the line and starts the next at the margin, so that it continues the
 * record and cannot be taken for one. The only way for a format to break a line.
 */
void	buf_newline(struct buf *b);

/*
 * Appends n bytes of anybody's as the inside of a C string literal: printable
 * ASCII except " \ and a trigraph's second ? as it is, everything else as an
 * escape sequence. Adds at most 4 bytes for each (ISO C99, 6.4.4.4).
 * What comes out has no line end, no control byte, and reads back exactly.
 */
void	buf_escape(struct buf *b, const void *bytes, size_t n);

/* Empties the buffer and forgets a failure; keeps the memory. */
void	buf_clear(struct buf *b);

/* Gives the memory back; the buffer is empty and usable. */
void	buf_free(struct buf *b);

#endif
