/* format-hex.c - rows of sixteen bytes, as hexdump -Cv prints them
 *
 * Rows stand at column 0, where other tools look for them. No payload can forge
 * a record: a row begins with its offset, and the bytes at its end are masked.
 */
#include <config.h>

#include <inttypes.h>
#include <string.h>

#include "format.h"

#define ROW	16
#define TEXT_COLUMN	(8 + 2 + ROW * 3 + 2)	/* where the "|" stands */
#define ROW_TEXT	(1 + TEXT_COLUMN + 1 + ROW + 1)	/* bytes, with the line end before it */

static const char digits[] = "0123456789abcdef";

/*
 * Writes one row of n bytes (1 to ROW) after a line end; returns the end of
 * what it wrote, ROW_TEXT bytes at most.
 */
static unsigned char *
row_put(unsigned char *to, const unsigned char *in, size_t n, size_t offset)
{
	unsigned char *text = to + 1 + TEXT_COLUMN;
	size_t i;
	int shift;

	*to++ = '\n';
	for (shift = 28; shift >= 0; shift -= 4)
		*to++ = (unsigned char)digits[offset >> shift & 0xf];
	memset(to, ' ', (size_t)(text - to));
	*text++ = '|';
	to++;
	for (i = 0; i < n; i++) {
		to += i == ROW / 2 ? 2 : 1;
		to[0] = (unsigned char)digits[in[i] >> 4];
		to[1] = (unsigned char)digits[in[i] & 0xf];
		to += 2;
		*text++ = in[i] >= 0x20 && in[i] <= 0x7e ? in[i] : '.';
	}
	*text++ = '|';
	return text;
}

static void
hex_chunk(void *memory, const struct chunk *c, struct buf *body)
{
	unsigned char *to;
	size_t at, n;

	(void)memory;
	buf_printf(body, "(%zu byte%s at offset %ju", c->len, c->len == 1 ? "" : "s", c->offset);
	if (c->shown < c->len)
		buf_printf(body, ", %zu more not shown", c->len - c->shown);
	buf_putc(body, ')');
	if ((to = buf_reserve(body, (c->shown / ROW + 1) * ROW_TEXT)) == NULL)
		return;
	for (at = 0; at < c->shown; at += n) {
		n = c->shown - at < ROW ? c->shown - at : ROW;
		to = row_put(to, c->data + at, n, at);
	}
	body->len = (size_t)(to - body->data);
}

const struct format format_hex = {
	.name	= "hex",
	.about	= "rows as of hexdump -C, for eyes and for text2pcap",
	.growth	= 5,
	.chunk	= hex_chunk,
};
