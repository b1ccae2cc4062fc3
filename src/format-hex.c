/* format-hex.c - rows of sixteen bytes, as hexdump -Cv prints them
 *
 * Runs in: session. Rows stand at column 0, where other tools look for them. No
 * payload can forge a record: a row begins with its offset, and the bytes at its end
 * are masked.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "format.h"
#include "printable.h"

#define ROW		16
#define TEXT_COLUMN	(8 + 2 + ROW * 3 + 2)	/* where the "|" stands */
#define ROW_TEXT	(1 + TEXT_COLUMN + 1 + ROW + 1)	/* bytes, with the line end before it */

/* Each byte as two digits and a blank; the second blank is there to copy four at once. */
#define LOW(a, b)	{ a, b, ' ', ' ' }
#define HIGH(a) \
	LOW(a, '0'), LOW(a, '1'), LOW(a, '2'), LOW(a, '3'), LOW(a, '4'), LOW(a, '5'), \
	LOW(a, '6'), LOW(a, '7'), LOW(a, '8'), LOW(a, '9'), LOW(a, 'a'), LOW(a, 'b'), \
	LOW(a, 'c'), LOW(a, 'd'), LOW(a, 'e'), LOW(a, 'f')

static const unsigned char digits[256][4] = {
	HIGH('0'), HIGH('1'), HIGH('2'), HIGH('3'), HIGH('4'), HIGH('5'), HIGH('6'), HIGH('7'),
	HIGH('8'), HIGH('9'), HIGH('a'), HIGH('b'), HIGH('c'), HIGH('d'), HIGH('e'), HIGH('f'),
};

/* "\n00000010  ": a line end and where the row is in its record. */
static unsigned char *
offset_put(unsigned char *to, size_t offset)
{
	int shift;

	*to++ = '\n';
	for (shift = 24; shift >= 0; shift -= 8, to += 2)
		memcpy(to, digits[offset >> shift & 0xff], sizeof(digits[0]));
	return to + 2;
}

/* Writes the row of n bytes at in; returns the end of what it wrote: at most ROW_TEXT. */
static unsigned char *
row_put(unsigned char *to, const unsigned char *in, size_t n, size_t offset)
{
	unsigned char *text = to + 1 + TEXT_COLUMN;
	size_t i;

	to = offset_put(to, offset);
	memset(to, ' ', (size_t)(text - to));
	for (i = 0; i < n; i++, to += 3) {
		if (i == ROW / 2)
			to++;
		memcpy(to, digits[in[i]], sizeof(digits[0]));
	}
	*text++ = '|';
	printable_copy(text, in, n);
	text[n] = '|';
	return text + n + 1;
}

/* Eight bytes as digits: 24 bytes, and a blank. */
static void
eight_put(unsigned char *to, const unsigned char *in)
{
	memcpy(to, digits[in[0]], sizeof(digits[0]));
	memcpy(to + 3, digits[in[1]], sizeof(digits[0]));
	memcpy(to + 6, digits[in[2]], sizeof(digits[0]));
	memcpy(to + 9, digits[in[3]], sizeof(digits[0]));
	memcpy(to + 12, digits[in[4]], sizeof(digits[0]));
	memcpy(to + 15, digits[in[5]], sizeof(digits[0]));
	memcpy(to + 18, digits[in[6]], sizeof(digits[0]));
	memcpy(to + 21, digits[in[7]], sizeof(digits[0]));
}

/* Writes what row_put() would for a row of ROW bytes, without deciding anything for each. */
static unsigned char *
whole_row_put(unsigned char *to, const unsigned char *in, size_t offset)
{
	to = offset_put(to, offset);
	eight_put(to, in);
	eight_put(to + 25, in + ROW / 2);
	to += TEXT_COLUMN - 10;
	to[0] = '|';
	printable_copy(to + 1, in, ROW);
	to[1 + ROW] = '|';
	return to + 1 + ROW + 1;
}

static size_t
hex_chunk(void *memory, const struct chunk *c, struct buf *body)
{
	unsigned char *to;
	size_t at;

	(void)memory;
	buf_printf(body, "(%zu byte%s at offset %ju", c->len, c->len == 1 ? "" : "s", c->offset);
	if (c->shown < c->len)
		buf_printf(body, ", not shown: %zu", c->len - c->shown);
	buf_putc(body, ')');
	if ((to = buf_reserve(body, (c->shown / ROW + 1) * ROW_TEXT)) == NULL)
		return c->len;
	for (at = 0; c->shown - at >= ROW; at += ROW)
		to = whole_row_put(to, c->data + at, at);
	if (at < c->shown)
		to = row_put(to, c->data + at, c->shown - at, at);
	body->len = (size_t)(to - body->data);
	return c->len;
}

const struct format format_hex = {
	.name	= "hex",
	.about	= "rows as of hexdump -C, for eyes and for text2pcap",
	.growth	= 5,
	.chunk	= hex_chunk,
};
