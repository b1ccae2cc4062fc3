/* test-format.c - each format and the frame, to the byte; and any bytes through C and back */
#include <config.h>

#include <stdlib.h>
#include <string.h>

#include "format.h"
#include "unit.h"

#define PROPERTY_ROUNDS	3000

/* One chunk of the client's, at an offset of 4711, through a format. */
static void
chunk(const struct format *f, const struct frame *frame, const char *data, size_t len,
    size_t shown, bool urgent, struct buf *out)
{
	struct chunk c = { .from = CLIENT, .urgent = urgent, .data = (const unsigned char *)data,
	    .len = len, .shown = shown, .offset = 4711 };
	struct event ev = { .type = EV_DATA, .session = 3, .time = { 12, 500000000 },
	    .opened = { 10, 0 }, .chunk = &c };
	struct writer w = { .format = f, .frame = frame };

	buf_clear(out);
	format_event(&w, &ev, out);
	buf_putc(out, '\0');
}

#define C_ &format_c
static const struct {
	const struct format *format;
	struct frame	frame;
	const char	*data;
	size_t		len, shown;
	bool		urgent;
	const char	*expected;
} records[] = {
	{ C_, { 0 }, "a", 1, 1, false, "client> \"a\"\n" },
	{ C_, { 0 }, "a\nb\r\n", 5, 5, false, "client> \"a\\n\"\n        \"b\\r\\n\"\n" },
	{ C_, { 0 }, "\0" "1\1x\"\\", 6, 6, false, "client> \"\\0001\\001x\\\"\\\\\"\n" },
	{ C_, { 0 }, "?" "?=", 3, 3, false, "client> \"?\\?=\"\n" },
	{ C_, { 0 }, "hello", 5, 2, false, "client> \"he\" /* 3 more bytes */\n" },
	{ C_, { .numbered = true }, "a\nb", 3, 3, false,
	    "[3] client> \"a\\n\"\n            \"b\"\n" },
	{ C_, { .stamp = STAMP_RELATIVE }, "a", 1, 1, true, "2.500000 client! \"a\"\n" },
	{ C_, { .stamp = STAMP_DELTA, .numbered = true }, "a", 1, 1, false,
	    "2.500000 [3] client> \"a\"\n" },
	{ C_, { .color = true }, "a\nb", 3, 3, false,
	    "\033[36mclient> \"a\\n\"\n        \"b\"\033[0m\n" },
	{ &format_count, { 0 }, "x", 1, 1, false, "client> 1 byte\n" },
	{ &format_count, { 0 }, "a\0b", 3, 1, false, "client> 3 bytes\n" },
	{ &format_null, { 0 }, "x", 1, 1, false, "" },
	{ &format_raw, { .numbered = true, .stamp = STAMP_ISO }, "a\nb", 3, 1, false, "a\nb" },
	{ &format_strip, { 0 }, "a\tb\r\nc\rd\n", 9, 9, false, "client> a.b\n        c.d\n" },
	{ &format_strip, { 0 }, "\n\nx", 3, 3, false, "client> \n        \n        x\n" },
	{ &format_hex, { 0 }, "0123456789abcdef\xff", 17, 17, false,
	    "client> (17 bytes at offset 4711)\n"
	    "00000000  30 31 32 33 34 35 36 37  38 39 61 62 63 64 65 66  |0123456789abcdef|\n"
	    "00000010  ff                                                |.|\n" },
};

static void
test_records(void)
{
	struct buf out = { 0 };
	size_t i;

	for (i = 0; i < sizeof(records) / sizeof(records[0]); i++) {
		chunk(records[i].format, &records[i].frame, records[i].data, records[i].len,
		    records[i].shown, records[i].urgent, &out);
		CHECK(strcmp((char *)out.data, records[i].expected) == 0, "%s: got\n%s",
		    records[i].format->name, out.data);
	}
	buf_free(&out);
}

static const struct {
	struct ending	ending;
	const char	*expected;
} endings[] = {
	{ { END_CLOSED, CLIENT, { 1, 0 }, { 0, 0 } },
	    "closed by client, client 1 byte, server 0 bytes" },
	{ { END_RESET, SERVER, { 12, 2 }, { 12, 1 } }, "reset by server, client 12 bytes, server 2 "
	    "bytes, 12 bytes to server not delivered, 1 byte to client not delivered" },
	{ { END_LIMIT, CLIENT, { 0, 0 }, { 0, 0 } },
	    "closed by byte limit, client 0 bytes, server 0 bytes" },
	{ { END_TIMEOUT, CLIENT, { 0, 0 }, { 0, 0 } },
	    "closed by timeout, client 0 bytes, server 0 bytes" },
	{ { END_SIGNAL, CLIENT, { 0, 0 }, { 0, 0 } },
	    "closed by signal, client 0 bytes, server 0 bytes" },
};

static void
test_endings(void)
{
	static const struct frame frame = { .numbered = true, .stamp = STAMP_CLOCK };
	const struct loss loss = { "a\nb", 4096 };
	struct writer w = { .format = &format_null, .frame = &frame };
	struct event ev = { .type = EV_CLOSE, .session = 9, .time = { 12, 1000 },
	    .opened = { 10, 0 }, .loss = &loss, .nloss = 1 };
	struct buf out = { 0 };
	char expected[512];
	size_t i;

	for (i = 0; i < sizeof(endings) / sizeof(endings[0]); i++) {
		ev.ending = &endings[i].ending;
		buf_clear(&out);
		format_event(&w, &ev, &out);
		buf_putc(&out, '\0');
		snprintf(expected, sizeof(expected), "# session 9 close 1970-01-01T00:00:12.000001"
		    "+00:00 after 2.000001 s, %s, a\\012b lost 4096 bytes\n", endings[i].expected);
		CHECK(strcmp((char *)out.data, expected) == 0, "got %s", out.data);
	}
	buf_free(&out);
}

/* What a C compiler reads in a string's inside, from *at to the closing quote. */
static size_t
unescape(const char **at, unsigned char *to)
{
	static const char letters[] = "ntrabfv", values[] = "\n\t\r\a\b\f\v";
	const char *s = *at, *letter;
	size_t n = 0;
	int i, v;

	while (*s != '"') {
		if (*s != '\\') {
			to[n++] = (unsigned char)*s++;
		} else if (s[1] >= '0' && s[1] <= '7') {
			for (v = 0, i = 0, s++; i < 3 && *s >= '0' && *s <= '7'; i++)
				v = v * 8 + *s++ - '0';
			to[n++] = (unsigned char)v;
		} else {
			letter = strchr(letters, s[1]);
			to[n++] = (unsigned char)(letter != NULL ? values[letter - letters] : s[1]);
			s += 2;
		}
	}
	*at = s + 1;
	return n;
}

/* Any bytes, in any chunks: what C says is what was sent. */
static void
test_property(unsigned int seed)
{
	static const struct frame frame = { 0 };
	static const char likely[] = "\n\r\"\\?x70\0\033= #>c";
	unsigned char got[256];
	char data[64];
	struct buf out = { 0 };
	size_t i, len, n;
	const char *at;
	int round;

	srand(seed);
	for (round = 0; round < PROPERTY_ROUNDS; round++) {
		len = (size_t)rand() % sizeof(data) + 1;
		for (i = 0; i < len; i++)
			data[i] = (char)(rand() % 2 ? rand() : likely[(size_t)rand() % sizeof(likely)]);
		chunk(&format_c, &frame, data, len, len, false, &out);
		at = (char *)out.data + strlen("client> ");
		for (n = 0; *at == '"'; at += strspn(at, "\n "))
			at++, n += unescape(&at, got + n);
		CHECK(*at == '\0' && n == len && memcmp(got, data, len) == 0, "seed %u, round %d: %s",
		    seed, round, out.data);
		CHECK(strstr((char *)out.data, "??") == NULL, "a trigraph: %s", out.data);
	}
	buf_free(&out);
}

int
main(void)
{
	setenv("TZ", "UTC0", 1);
	test_records();
	test_endings();
	test_property(1);
	test_property((unsigned int)time(NULL));
	return unit_end();
}
