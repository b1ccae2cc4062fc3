/* format-json.c - JSON Lines: one event a line, for programs to read
 *
 * What comes out is UTF-8 without control characters, whatever the peers sent
 * (RFC 8259, RFC 4648). The schema stands in the manual page.
 */
#include <config.h>

#include <string.h>

#include "format.h"
#include "printable.h"

/*
 * The length of the well-formed UTF-8 sequence (RFC 3629) at the start of n
 * bytes, its code point in *code; 0 when there is none.
 */
static size_t
utf8(const unsigned char *s, size_t n, unsigned long *code)
{
	static const unsigned long least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	size_t len = s[0] < 0x80 ? 1 : s[0] < 0xc2 ? 0 : s[0] < 0xe0 ? 2 : s[0] < 0xf0 ? 3 :
	    s[0] < 0xf5 ? 4 : 0;
	size_t i;

	if (len == 0 || len > n)
		return 0;
	*code = len == 1 ? s[0] : s[0] & (0x7fu >> len);
	for (i = 1; i < len; i++) {
		if ((s[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (s[i] & 0x3fu);
	}
	if (*code < least[len] || *code > 0x10ffff || (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return len;
}

/* Bytes at the start of s in whole words of which that is true: a first look, at eight at a time. */
static inline size_t
words(const unsigned char *s, size_t n, bool (*all)(uint64_t word))
{
	uint64_t word;
	size_t i;

	for (i = 0; n - i >= sizeof(word); i += sizeof(word)) {
		memcpy(&word, s + i, sizeof(word));
		if (!all(word))
			break;
	}
	return i;
}

/* ASCII but NUL. */
static bool
all_ascii(uint64_t word)
{
	return ((word | ~(word + EACH_BYTE(0x7f))) & EACH_BYTE(0x80)) == 0;
}

/* What stands for itself in a string. */
static bool
all_plain(uint64_t word)
{
	return (printable_bits(word) & differing_bits(word, '"') & differing_bits(word, '\\')) ==
	    EACH_BYTE(0x80);
}

/* Bytes of ASCII but NUL at the start of s: whole words of them, or one. */
static size_t
ascii(const unsigned char *s, size_t n)
{
	size_t i = words(s, n, all_ascii);

	return i > 0 ? i : *s > 0 && *s < 0x80;
}

static bool
is_text(const unsigned char *s, size_t n)
{
	unsigned long code;
	size_t len;

	while (n > 0) {
		if ((len = ascii(s, n)) == 0 && *s != '\0')
			len = utf8(s, n, &code);
		if (len == 0)
			return false;
		s += len;
		n -= len;
	}
	return true;
}

/* Characters that a terminal or an editor would act upon: they go out as \uXXXX. */
static bool
is_control(unsigned long code)
{
	return code < 0x20 || (code >= 0x7f && code < 0xa0) ||	/* C0, DEL, C1 */
	    code == 0x61c || (code >= 0x200e && code <= 0x200f) ||	/* direction marks */
	    (code >= 0x2028 && code <= 0x202e) ||		/* separators, embeddings */
	    (code >= 0x2066 && code <= 0x2069) ||		/* isolates */
	    code == 0xfeff;					/* byte order mark, not seen */
}

static void
escape(struct buf *out, unsigned long code)
{
	static const char letter[] = "btn\0fr";		/* of 8 to 13 */

	buf_putc(out, '\\');
	if (code == '"' || code == '\\')
		buf_putc(out, (int)code);
	else if (code >= 8 && code <= 13 && code != 11)
		buf_putc(out, letter[code - 8]);
	else
		buf_printf(out, "u%04lx", code);
}

/* Bytes of s that stand for themselves in a string, from its start. */
static size_t
plain(const unsigned char *s, size_t n)
{
	size_t i;

	for (i = words(s, n, all_plain); i < n && s[i] >= 0x20 && s[i] < 0x7f && s[i] != '"' && s[i] != '\\'; i++)
		;
	return i;
}

/* A string of n bytes; what is not UTF-8 becomes U+FFFD. */
static void
string(struct buf *out, const void *bytes, size_t n)
{
	const unsigned char *s = bytes;
	unsigned long code;
	size_t len;

	buf_putc(out, '"');
	while (n > 0) {
		if ((len = plain(s, n)) > 0) {
			buf_add(out, s, len);
		} else if ((len = utf8(s, n, &code)) == 0) {
			buf_puts(out, "\357\277\275");
			len = 1;
		} else if (code < 0x80 || is_control(code)) {
			escape(out, code);
		} else {
			buf_add(out, s, len);
		}
		s += len;
		n -= len;
	}
	buf_putc(out, '"');
}

/* A string of base64 (RFC 4648, section 4). */
static void
base64(struct buf *out, const unsigned char *s, size_t n)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned char *start = buf_reserve(out, (n + 2) / 3 * 4 + 2), *to = start;
	unsigned long v;

	if (to == NULL)
		return;
	*to++ = '"';
	for (; n > 0; s += 3, n -= n < 3 ? n : 3) {
		v = (unsigned long)s[0] << 16 | (n > 1 ? (unsigned long)s[1] << 8 : 0) |
		    (n > 2 ? s[2] : 0);
		*to++ = (unsigned char)digit[v >> 18];
		*to++ = (unsigned char)digit[v >> 12 & 63];
		*to++ = (unsigned char)(n > 1 ? digit[v >> 6 & 63] : '=');
		*to++ = (unsigned char)(n > 2 ? digit[v & 63] : '=');
	}
	*to++ = '"';
	out->len += (size_t)(to - start);
}

static void
member(struct buf *out, const char *name, const char *value)
{
	buf_printf(out, ",\"%s\":", name);
	string(out, value, strlen(value));
}

static void
chunk_members(struct buf *out, const struct chunk *c)
{
	buf_printf(out, ",\"from\":\"%s\",\"offset\":%ju,\"length\":%zu,\"urgent\":%s",
	    SIDE_NAME(c->from), c->offset, c->len, c->urgent ? "true" : "false");
	if (is_text(c->data, c->shown)) {
		buf_puts(out, ",\"text\":");
		string(out, c->data, c->shown);
	} else {
		buf_puts(out, ",\"base64\":");
		base64(out, c->data, c->shown);
	}
	if (c->shown < c->len)
		buf_printf(out, ",\"more\":%zu", c->len - c->shown);
}

static void
counts(struct buf *out, const char *name, const uintmax_t n[SIDES])
{
	buf_printf(out, ",\"%s\":{\"client\":%ju,\"server\":%ju}", name, n[CLIENT], n[SERVER]);
}

static void
close_members(struct buf *out, const struct event *ev)
{
	const struct ending *e = ev->ending;
	long long us = ev->open_us;
	size_t i;

	buf_puts(out, ",\"reason\":\"");
	format_reason(e, out);
	buf_puts(out, "\",\"by\":");
	if (e->how == END_CLOSED || e->how == END_RESET)
		buf_printf(out, "\"%s\"", SIDE_NAME(e->by));
	else
		buf_puts(out, "null");
	buf_printf(out, ",\"duration\":%lld.%06lld", us / 1000000, us % 1000000);
	counts(out, "bytes", e->bytes);
	counts(out, "undelivered", e->undelivered);
	buf_puts(out, ",\"lost\":[");
	for (i = 0; i < ev->nloss; i++) {
		buf_puts(out, i > 0 ? ",{\"output\":" : "{\"output\":");
		string(out, ev->loss[i].name, strlen(ev->loss[i].name));
		buf_printf(out, ",\"bytes\":%ju}", ev->loss[i].bytes);
	}
	buf_putc(out, ']');
}

static void
json_event(struct writer *w, const struct event *ev, struct buf *out)
{
	static const char *const word[] = {
		[EV_OPEN] = "open", [EV_NAMES] = "names", [EV_DATA] = "data",
		[EV_UNREACHED] = "error", [EV_ERROR] = "error", [EV_CLOSE] = "close",
	};

	(void)w;
	if (ev->type == EV_END)
		return;
	buf_puts(out, "{\"time\":\"");
	format_iso_time(&ev->time, out);
	buf_printf(out, "\",\"session\":%lu,\"event\":\"%s\"", ev->session, word[ev->type]);
	if (ev->type == EV_NAMES) {
		member(out, "client", ev->name[CLIENT]);
		member(out, "server", ev->name[SERVER]);
	} else if (ev->type != EV_DATA) {
		member(out, "client", ev->peer[CLIENT].text);
		member(out, "server", ev->peer[SERVER].text);
	}
	if (ev->type == EV_DATA)
		chunk_members(out, ev->chunk);
	if (ev->type == EV_ERROR || ev->type == EV_UNREACHED)
		member(out, "reason", ev->text);
	if (ev->type == EV_CLOSE)
		close_members(out, ev);
	buf_puts(out, "}\n");
}

const struct format format_json = {
	.name	= "json",
	.about	= "JSON Lines, an event a line",
	.growth	= 6,
	.not_syslog = true,
	.event	= json_event,
};
