/* test-buf.c - the growing byte string, and that nobody writes past what it gave
 *
 * Memory comes from here: each piece has a fence behind it, and can be refused.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>
#include <stdlib.h>

#include "format.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define BYTES(text)	text, sizeof(text) - 1

#define FENCE		256	/* bytes behind each piece */

/* What is before the bytes that are given. */
struct piece {
	size_t	size;
	size_t	magic;
};

#define MAGIC	((size_t)0x5a5a1234)

static unsigned int taken, broken, left = UINT32_MAX;
static size_t last_size;
static int pieces;		/* that were not given back */

void	*__real_realloc(void *old, size_t size);
void	__real_free(void *old);
void	*__wrap_realloc(void *old, size_t size);
void	__wrap_free(void *old);

static struct piece *
piece_of(void *bytes)
{
	struct piece *p = bytes != NULL ? (struct piece *)bytes - 1 : NULL;

	return p != NULL && p->magic == MAGIC ? p : NULL;
}

/* Whether what is behind the bytes is as it was. */
static void
look_at_fence(void *bytes)
{
	const struct piece *p = piece_of(bytes);
	size_t i;

	for (i = 0; p != NULL && i < FENCE; i++)
		if (((unsigned char *)bytes)[p->size + i] != 0xfe) {
			broken++;
			return;
		}
}

void *
__wrap_realloc(void *old, size_t size)
{
	struct piece *p;

	look_at_fence(old);
	last_size = size;
	pieces += old == NULL && left > 0;
	if (left == 0)
		return NULL;
	left--;
	taken++;
	p = __real_realloc(old != NULL ? (struct piece *)old - 1 : NULL, sizeof(*p) + size + FENCE);
	if (p == NULL)
		return NULL;
	p->size = size;
	p->magic = MAGIC;
	memset((unsigned char *)(p + 1) + size, 0xfe, FENCE);
	return p + 1;
}

void
__wrap_free(void *old)
{
	struct piece *p = piece_of(old);

	look_at_fence(old);
	if (p != NULL) {
		p->magic = 0;
		pieces--;
	}
	__real_free(p != NULL ? (void *)p : old);
}

static void
check_growth(void)
{
	struct buf b = { 0 };
	unsigned int i;

	taken = 0;
	buf_putc(&b, 'a');
	CHECK(taken == 1 && b.len == 1 && b.size == 512, "%u, %zu of %zu", taken, b.len, b.size);
	for (i = 1; i < 512; i++)
		buf_putc(&b, 'a');
	CHECK(taken == 1 && b.len == b.size, "%u: full, and no more than that", taken);
	buf_putc(&b, 'b');
	CHECK(taken == 2 && b.size == 1024 && b.len == 513, "%u, %zu of %zu", taken, b.len, b.size);
	CHECK(b.data[0] == 'a' && b.data[511] == 'a' && b.data[512] == 'b', "what there was stays");
	CHECK(buf_reserve(&b, 511) == b.data + 513 && taken == 2, "there is room");
	CHECK(buf_reserve(&b, 512) == b.data + 513 && b.size == 2048, "there was not");
	CHECK(b.len == 513, "room is no content: %zu", b.len);
	CHECK(buf_reserve(&b, 5000) != NULL && b.size == 8192, "%zu", b.size);
	buf_clear(&b);
	CHECK(b.len == 0 && b.size == 8192, "the memory is kept");
	CHECK(buf_reserve(&b, 8192) == b.data && taken == 4, "all of it");
	buf_free(&b);
	CHECK(b.data == NULL && b.len == 0 && b.size == 0, "nothing is left");
	CHECK(pieces == 0, "%d pieces are kept", pieces);
	CHECK(buf_reserve(&b, 512) != NULL && b.size == 512, "%zu", b.size);
	buf_free(&b);
	buf_add(&b, NULL, 0);
	CHECK(b.data == NULL, "nothing added, nothing taken");
	buf_free(&b);
}

/* The first failure is kept, and what was there. */
static void
check_failure(void)
{
	struct buf b = { 0 };

	buf_puts(&b, "kept");
	left = 0;
	b.margin = 2;
	CHECK(buf_reserve(&b, 512) == NULL && b.failed, "there is no memory");
	CHECK(buf_reserve(&b, 1) == NULL, "though there is room for this");
	left = UINT32_MAX;
	buf_putc(&b, 'x');
	buf_puts(&b, "x");
	buf_printf(&b, "%d", 1);
	buf_newline(&b);
	buf_escape(&b, "x", 1);
	CHECK_BYTES(b.data, b.len, "kept", 4, "swallowed");
	buf_clear(&b);
	CHECK(!b.failed && b.margin == 0, "forgotten");
	buf_puts(&b, "again");
	CHECK_BYTES(b.data, b.len, "again", 5, "usable");
	last_size = 0;
	CHECK(buf_reserve(&b, SIZE_MAX / 2) == NULL && b.failed && last_size == 0, "more than there is");
	buf_clear(&b);
	CHECK(buf_reserve(&b, SIZE_MAX / 2 + 1) == NULL && b.failed && last_size == 0, "and one more");
	buf_clear(&b);
	left = 0;
	CHECK(buf_reserve(&b, SIZE_MAX / 2) == NULL && last_size > SIZE_MAX / 2, "the most that is asked for");
	left = UINT32_MAX;
	buf_free(&b);

	/* A long text needs memory twice: the second time it may be refused. */
	left = 1;
	buf_printf(&b, "%0600d", 1);
	CHECK(b.failed && b.len == 0, "%zu of a text", b.len);
	left = UINT32_MAX;
	buf_free(&b);
}

static bool printf_fails;

int	__real_vsnprintf(char *to, size_t size, const char *fmt, va_list ap);
int	__wrap_vsnprintf(char *to, size_t size, const char *fmt, va_list ap);

int
__wrap_vsnprintf(char *to, size_t size, const char *fmt, va_list ap)
{
	return printf_fails ? -1 : __real_vsnprintf(to, size, fmt, ap);
}

/* Text of every length around what is guessed first. */
static void
check_printf(void)
{
	static char want[2000];
	struct buf b = { 0 };
	int n, before;

	buf_puts(&b, "x");
	buf_printf(&b, "%s", "");
	CHECK(b.len == 1 && !b.failed, "an empty text is one");
	printf_fails = true;
	buf_printf(&b, "%d", 1);
	printf_fails = false;
	CHECK(b.len == 1 && b.failed, "a text that cannot be made");
	memset(want, ' ', sizeof(want));
	for (before = 0; before < 400; before += 399)
		for (n = 1; n < 1500; n++) {
			buf_clear(&b);
			buf_add(&b, want, (size_t)before);
			buf_printf(&b, "%*s%d", n, "", 7);
			want[before + n] = '7';
			CHECK(b.len == (size_t)(before + n + 1) && memcmp(b.data, want, b.len) == 0 &&
			    !b.failed, "%d + %d", before, n);
			want[before + n] = ' ';
		}
	buf_free(&b);
	CHECK(broken == 0, "%u wrote behind the memory", broken);
}

static void
check_lines(void)
{
	struct buf b = { 0 };

	buf_newline(&b);
	memset(buf_reserve(&b, 100), 'x', 100);
	b.margin = 3;
	buf_puts(&b, "a");
	buf_newline(&b);
	buf_putc(&b, 0x1ff);
	CHECK_BYTES(b.data, b.len, "\na\n   \377", 7, "lines");
	buf_free(&b);
	/* A margin that just fits, and one that just does not. */
	buf_reserve(&b, 1);
	b.len = 512 - 9;
	b.margin = 8;
	taken = 0;
	buf_newline(&b);
	CHECK(b.len == 512 && taken == 0, "%zu", b.len);
	b.len = 512 - 8;
	buf_newline(&b);
	CHECK(b.len == 513 && taken == 1, "%zu", b.len);
	buf_free(&b);
}

static const struct {
	const char	*before;	/* what is in the buffer already */
	const char	*bytes;
	size_t		 len;
	const char	*want;
} escape_rows[] = {
	{ "", BYTES("a ~"), "a ~" },
	{ "", BYTES("\"\\'"), "\\\"\\\\'" },
	{ "", BYTES("\a\b\t\n\v\f\r"), "\\a\\b\\t\\n\\v\\f\\r" },
	{ "", BYTES("\0\1\037\177\200\377"), "\\000\\001\\037\\177\\200\\377" },
	{ "", BYTES("\0337"), "\\0337" },
	{ "", BYTES("?"), "?" },
	{ "", BYTES("?" "?="), "?\\?=" },
	{ "", BYTES("?" "?" "?"), "?\\?\\?" },
	{ "a?", BYTES("?/"), "a?\\?/" },
	{ "a?", BYTES("/?"), "a?/?" },
	{ "a", BYTES("?"), "a?" },
	{ "?", BYTES("?"), "?\\?" },
};

static void
check_escape(void)
{
	struct buf b = { 0 };
	unsigned char all[256];
	size_t i;

	for (i = 0; i < COUNT(escape_rows); i++) {
		buf_clear(&b);
		buf_puts(&b, escape_rows[i].before);
		buf_escape(&b, escape_rows[i].bytes, escape_rows[i].len);
		CHECK_BYTES(b.data, b.len, escape_rows[i].want, strlen(escape_rows[i].want), "escape");
	}
	buf_clear(&b);
	for (i = 0; i < 256; i++)
		all[i] = (unsigned char)i;
	buf_escape(&b, all, 256);
	for (i = 0; i < b.len; i++)
		CHECK(b.data[i] >= 0x20 && b.data[i] < 0x7f, "byte %d", b.data[i]);
	CHECK(b.len == 7 * 2 + 2 * 2 + 93 + (256 - 7 - 95) * 4, "%zu", b.len);
	buf_free(&b);
}

/* A chunk of n bytes after before bytes of something else: the fence stands. */
static void
check_fence(const struct format *format, size_t before, const unsigned char *data, size_t n)
{
	static struct peer peers[SIDES] = { { .text = "192.0.2.1:53156" }, { .text = "[::1]:25" } };
	static const struct frame frame = { .run = "then-7" };
	static unsigned char memory[1 << 18];
	struct writer w = { .format = format, .frame = &frame, .memory = memory };
	struct chunk c = { CLIENT, false, data, n, n, 0 };
	struct event ev = { .type = EV_DATA, .session = 1, .peer = peers, .chunk = &c };
	struct buf b = { 0 };

	memset(memory, 0, format->memory);
	buf_reserve(&b, 1);
	memset(b.data, 'x', 512);
	b.len = before;
	broken = 0;
	format_event(&w, &ev, &b);
	CHECK(!b.failed, "%s: no memory", format->name);
	buf_free(&b);
	CHECK(broken == 0, "%s: %zu bytes after %zu: past the end", format->name, n, before);
}

static void
check_formats(void)
{
	static const size_t sizes[] = { 1, 2, 3, 4, 7, 8, 15, 16, 17, 31, 32, 33, 47, 48, 90 };
	static const unsigned char zeros[100] = { 0 }, lines[100] = { '\n', '\n', '\n', '\n', '\n' };
	static unsigned char text[100];
	const unsigned char *const kinds[] = { zeros, lines, text };
	size_t i, k, size, before;

	memset(text, 'a', sizeof(text));
	for (i = 0; formats[i] != NULL; i++)
		for (k = 0; k < COUNT(kinds); k++)
			for (size = 0; size < COUNT(sizes); size++)
				for (before = 0; before <= 512; before += 3 + (size + k) % 2)
					check_fence(formats[i], before, kinds[k], sizes[size]);
}

int
main(void)
{
	check_growth();
	check_failure();
	check_printf();
	check_lines();
	check_escape();
	check_formats();
	return unit_end();
}
