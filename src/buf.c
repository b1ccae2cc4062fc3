/* buf.c - the growing byte string that records are made in
 *
 * Runs in: all. Owns its memory and nothing else. The only place with raw buffer
 * arithmetic that is not a format's inner loop.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "buf.h"

#define BUF_LEAST	512	/* bytes of a first allocation */
#define PRINTF_GUESS	128	/* bytes that formatted text hardly ever exceeds */

unsigned char *
buf_reserve(struct buf *b, size_t n)
{
	unsigned char *data;
	size_t size;

	if (b->failed)
		return NULL;
	if (n <= b->size - b->len)
		return b->data + b->len;
	if (n > SIZE_MAX / 2 - b->len) {
		b->failed = true;
		return NULL;
	}
	for (size = b->size > BUF_LEAST ? b->size : BUF_LEAST; size < b->len + n; size *= 2)
		;
	if ((data = realloc(b->data, size)) == NULL) {
		b->failed = true;
		return NULL;
	}
	b->data = data;
	b->size = size;
	return b->data + b->len;
}

void
buf_add(struct buf *b, const void *bytes, size_t n)
{
	unsigned char *to;

	if (n > 0 && (to = buf_reserve(b, n)) != NULL) {
		memcpy(to, bytes, n);
		b->len += n;
	}
}

void
buf_puts(struct buf *b, const char *s)
{
	buf_add(b, s, strlen(s));
}

void
buf_putc(struct buf *b, int c)
{
	unsigned char byte = (unsigned char)c;

	buf_add(b, &byte, 1);
}

void
buf_vprintf(struct buf *b, const char *fmt, va_list ap)
{
	size_t room = PRINTF_GUESS;
	unsigned char *to;
	va_list again;
	int n = 0;

	va_copy(again, ap);
	if ((to = buf_reserve(b, room)) != NULL)
		n = vsnprintf((char *)to, room, fmt, ap);
	if (n >= (int)room && (to = buf_reserve(b, (size_t)n + 1)) != NULL)	/* with a NUL */
		n = vsnprintf((char *)to, (size_t)n + 1, fmt, again);
	va_end(again);
	if (n < 0)
		b->failed = true;
	else if (to != NULL)
		b->len += (size_t)n;
}

void
buf_printf(struct buf *b, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	buf_vprintf(b, fmt, ap);
	va_end(ap);
}

void
buf_newline(struct buf *b)
{
	unsigned char *to = buf_reserve(b, 1 + b->margin);

	if (to == NULL)
		return;
	*to = '\n';
	memset(to + 1, ' ', b->margin);
	b->len += 1 + b->margin;
}

/*
 * How each byte stands in a C literal: always three octal digits, so that no digit
 * after it can join in.
 */
static void
escape_entry(unsigned char c, unsigned char text[4], unsigned char *len)
{
	static const char named[] = "\aa\bb\tt\nn\vv\ff\rr\"\"\\\\";
	size_t i;

	for (i = 0; i + 1 < sizeof(named); i += 2)
		if ((unsigned char)named[i] == c) {
			text[0] = '\\';
			text[1] = (unsigned char)named[i + 1];
			*len = 2;
			return;
		}
	if (c >= 0x20 && c < 0x7f) {
		text[0] = c;
		*len = 1;
		return;
	}
	text[0] = '\\';
	text[1] = (unsigned char)('0' + (c >> 6));
	text[2] = (unsigned char)('0' + (c >> 3 & 7));
	text[3] = (unsigned char)('0' + (c & 7));
	*len = 4;
}

void
buf_escape(struct buf *b, const void *bytes, size_t n)
{
	static struct { unsigned char text[4], len; } table[256];
	const unsigned char *in = bytes, *end = in + n;
	unsigned char *to, before;
	int c;

	if (table[0].len == 0)
		for (c = 0; c < 256; c++)
			escape_entry((unsigned char)c, table[c].text, &table[c].len);
	if ((to = buf_reserve(b, 4 * n + 1)) == NULL)
		return;
	before = b->len > 0 ? to[-1] : 0;
	for (; in < end; in++) {
		if (*in == '?' && before == '?')	/* ??x could be a trigraph */
			*to++ = '\\';
		memcpy(to, table[*in].text, 4);
		to += table[*in].len;
		before = *in;
	}
	b->len = (size_t)(to - b->data);
}

void
buf_clear(struct buf *b)
{
	b->len = b->margin = 0;
	b->failed = false;
}

void
buf_free(struct buf *b)
{
	free(b->data);
	memset(b, 0, sizeof(*b));
}
