/* format-json.c - JSON Lines: one event a line, for programs to read
 *
 * Runs in: session, lookup helper. What comes out is UTF-8 without control
 * characters, whatever the peers sent (RFC 8259, RFC 4648). The schema stands in the
 * manual page.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <errno.h>
#include <string.h>

#include "format.h"
#include "printable.h"

/*
 * The bytes of a character that has come in part, until the rest comes: text is
 * cut between characters, whatever the chunks are.
 */
struct json {
	struct held {
		unsigned char	bytes[4];
		size_t		n;
		uintmax_t	offset;		/* in what that side has sent */
	} held[SIDES];
};

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

/*
 * How many bytes at the start of s are in words of eight bytes for which all() holds. Text
 * is looked at a word at a time first, since most of it needs no closer look.
 */
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

/* Whether eight bytes are ASCII other than NUL. */
static bool
all_ascii(uint64_t word)
{
	return ((word | ~(word + EACH_BYTE(0x7f))) & EACH_BYTE(0x80)) == 0;
}

/* Whether eight bytes stand for themselves in a string. */
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

/* How many bytes, of n at s, are the beginning of a character whose end has not come. */
static size_t
cut_character(const unsigned char *s, size_t n)
{
	static const unsigned char least = 0x80, most = 0xbf;
	unsigned char whole[4];
	unsigned long code;
	size_t k, len;

	for (k = 1; k < sizeof(whole) && k <= n; k++) {
		if ((s[n - k] & 0xc0) == 0x80)
			continue;
		/* Of the bytes that may come, the least or the most make it one, or none does. */
		for (len = k + 1; len <= sizeof(whole); len++) {
			memset(whole, least, sizeof(whole));
			memcpy(whole, s + n - k, k);
			if (utf8(whole, len, &code) == len)
				return k;
			memset(whole + k, most, sizeof(whole) - k);
			if (utf8(whole, len, &code) == len)
				return k;
		}
		break;
	}
	return 0;
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

	for (i = words(s, n, all_plain); i < n && s[i] >= 0x20 && s[i] < 0x7f &&
	    s[i] != '"' && s[i] != '\\'; i++)
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
base64(struct buf *out, const void *bytes, size_t n)
{
	const unsigned char *s = bytes;
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

/* "127.0.0.1:25", "[::1]:25" or "me.example:smtp" in two: the host without its brackets. */
struct place {
	const char	*host, *service;
	size_t		 host_len;
};

static struct place
place_of(const char *text)
{
	const char *colon = strrchr(text, ':');
	struct place p = { text, "", strlen(text) };

	if (colon != NULL) {
		p.service = colon + 1;
		p.host_len = (size_t)(colon - text);
	}
	if (p.host_len >= 2 && text[0] == '[') {
		p.host++;
		p.host_len -= 2;
	}
	return p;
}

/* Who is behind a Unix socket, as far as that is known. */
static void
owner_members(struct buf *out, const struct peer *peer)
{
	if (peer->has_owner && peer->pid > 0)
		buf_printf(out, ",\"pid\":%ld", (long)peer->pid);
	if (peer->has_owner)
		buf_printf(out, ",\"uid\":%lu", (unsigned long)peer->uid);
}

/* The members of a side's object that say where it is. */
static void
address_members(struct buf *out, const struct peer *peer)
{
	const char *text = peer->text;
	struct place p = place_of(text);

	if (strncmp(text, "unix:", 5) == 0) {
		buf_puts(out, "\"path\":");
		if (text[5] == '\0')
			buf_puts(out, "null");
		else
			string(out, text + 5, strlen(text + 5));
		owner_members(out, peer);
		return;
	}
	buf_puts(out, "\"address\":");
	string(out, p.host, p.host_len);
	buf_printf(out, ",\"port\":%s", p.service);
}

/* The user of an owner, "(pid 4711, user dave)", or null: see address_names(). */
static void
user_member(struct buf *out, const char *owner)
{
	static const char before[] = "user ";
	const char *user = strstr(owner, before);

	buf_puts(out, ",\"user\":");
	if (user != NULL)
		string(out, user + strlen(before), strlen(user + strlen(before)) - 1);
	else
		buf_puts(out, "null");
}

/* The members of a side's object with its names; null for what has none. */
static void
name_members(struct buf *out, const char *text, const char *name)
{
	struct place address = place_of(text), p = place_of(name);

	if (strncmp(text, "unix:", 5) == 0) {
		user_member(out, name + strlen(text));
		return;
	}
	buf_puts(out, ",\"name\":");
	if (p.host_len == address.host_len && memcmp(p.host, address.host, p.host_len) == 0)
		buf_puts(out, "null");
	else
		string(out, p.host, p.host_len);
	buf_puts(out, ",\"service\":");
	if (strcmp(p.service, address.service) == 0)
		buf_puts(out, "null");
	else
		string(out, p.service, strlen(p.service));
}

static void
peers_add(struct buf *out, const struct event *ev)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++) {
		buf_printf(out, ",\"%s\":{", SIDE_NAME(s));
		address_members(out, &ev->peer[s]);
		if (ev->type == EV_NAMES)
			name_members(out, ev->peer[s].text, ev->name[s]);
		buf_putc(out, '}');
	}
}

/* What every object begins with. */
static void
object_open(const struct writer *w, const struct event *ev, const char *word, struct buf *out)
{
	buf_puts(out, "{\"time\":\"");
	format_utc_time(&ev->time, out);
	buf_puts(out, "\",\"run\":");
	string(out, w->frame->run, strlen(w->frame->run));
	buf_printf(out, ",\"session\":%lu,\"event\":\"%s\"", ev->session, word);
}

/* One data object: the first bytes of c that are shown, as text or not. */
static void
data_object(const struct writer *w, const struct event *ev, const struct chunk *c, bool text,
    struct buf *out)
{
	object_open(w, ev, "data", out);
	buf_printf(out, ",\"from\":\"%s\",\"offset\":%ju,\"length\":%zu,\"urgent\":%s",
	    SIDE_NAME(c->from), c->offset, c->len, c->urgent ? "true" : "false");
	buf_puts(out, text ? ",\"text\":" : ",\"base64\":");
	(text ? string : base64)(out, c->data, c->shown);
	if (c->shown < c->len)
		buf_printf(out, ",\"more\":%zu", c->len - c->shown);
	buf_puts(out, "}\n");
}

/* Writes the bytes of a character of that side whose rest will not come any more. */
static void
held_flush(struct writer *w, const struct event *ev, enum side from, struct buf *out)
{
	struct held *held = &((struct json *)w->memory)->held[from];
	struct chunk c = { from, false, held->bytes, held->n, held->n, held->offset };

	if (held->n > 0)
		data_object(w, ev, &c, false, out);
	held->n = 0;
}

/* Writes c: if it is text, up to the end of its last whole character, and holds the rest. */
static void
chunk_write(struct writer *w, const struct event *ev, struct chunk c, struct buf *out)
{
	struct held *held = &((struct json *)w->memory)->held[c.from];
	size_t rest = c.urgent ? 0 : cut_character(c.data, c.len), len = c.len - rest;
	size_t shown = c.shown < len ? c.shown : len;
	bool text;

	if (shown < len)
		shown -= cut_character(c.data, shown);
	if ((text = is_text(c.data, shown))) {
		memcpy(held->bytes, c.data + len, rest);
		held->n = rest;
		held->offset = c.offset + len;
		c.len = len;
		c.shown = shown;
	}
	if (c.len > 0)
		data_object(w, ev, &c, text, out);
}

/* Writes what the chunk adds to the bytes that are held of a character. */
static void
data_write(struct writer *w, const struct event *ev, struct buf *out)
{
	struct held *held = &((struct json *)w->memory)->held[ev->chunk->from];
	struct chunk c = *ev->chunk;
	struct buf both = { 0 };

	if (c.urgent)	/* an object of its own, even within a character */
		held_flush(w, ev, c.from, out);
	if (held->n > 0) {
		buf_add(&both, held->bytes, held->n);
		buf_add(&both, c.data, c.len);
		out->failed = out->failed || both.failed;
		c.data = both.data;
		c.shown = c.shown < c.len ? c.shown : both.len;
		c.len = both.len;
		c.offset = held->offset;
		held->n = 0;
	}
	if (!both.failed)
		chunk_write(w, ev, c, out);
	buf_free(&both);
}

/* The name of an errno value that a connection may end with, or NULL. */
static const char *
error_name(int error)
{
#define NAMED(code)	{ code, #code }
	static const struct { int error; const char *name; } names[] = {
		NAMED(EACCES), NAMED(EADDRINUSE), NAMED(EADDRNOTAVAIL), NAMED(EAFNOSUPPORT),
		NAMED(EAGAIN), NAMED(EBADF), NAMED(ECONNABORTED), NAMED(ECONNREFUSED),
		NAMED(ECONNRESET), NAMED(EHOSTUNREACH), NAMED(EINTR), NAMED(EINVAL), NAMED(EIO),
		NAMED(ELOOP), NAMED(EMFILE), NAMED(ENAMETOOLONG), NAMED(ENETDOWN),
		NAMED(ENETRESET), NAMED(ENETUNREACH), NAMED(ENFILE), NAMED(ENOBUFS), NAMED(ENOENT),
		NAMED(ENOMEM), NAMED(ENOPROTOOPT), NAMED(ENOTCONN), NAMED(ENOTDIR), NAMED(ENOTSOCK),
		NAMED(EOPNOTSUPP), NAMED(EPERM), NAMED(EPIPE), NAMED(EPROTO),
		NAMED(EPROTONOSUPPORT), NAMED(EPROTOTYPE), NAMED(ETIMEDOUT),
#ifdef EHOSTDOWN
		NAMED(EHOSTDOWN),
#endif
	};
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (names[i].error == error)
			return names[i].name;
	return NULL;
}

static void
error_members(struct buf *out, const struct event *ev)
{
	const char *name = error_name(ev->error);

	buf_puts(out, ",\"reason\":");
	string(out, ev->text, strlen(ev->text));
	if (name != NULL)
		buf_printf(out, ",\"code\":\"%s\"", name);
	else
		buf_puts(out, ",\"code\":null");
	buf_printf(out, ",\"final\":%s", ev->type == EV_UNREACHED ? "true" : "false");
}

static void
counts(struct buf *out, const char *name, const uintmax_t n[SIDES])
{
	buf_printf(out, ",\"%s\":{\"client\":%ju,\"server\":%ju}", name, n[CLIENT], n[SERVER]);
}

static void
close_members(struct buf *out, const struct event *ev)
{
	static const char *const reason[] = {
		[END_CLOSED] = "closed", [END_RESET] = "reset", [END_LIMIT] = "byte limit",
		[END_TIMEOUT] = "timeout", [END_SIGNAL] = "signal",
	};
	const struct ending *e = ev->ending;
	size_t i;

	buf_printf(out, ",\"reason\":\"%s\",\"by\":", reason[e->how]);
	if (e->how == END_CLOSED || e->how == END_RESET)
		buf_printf(out, "\"%s\"", SIDE_NAME(e->by));
	else
		buf_puts(out, "null");
	buf_puts(out, ",\"duration\":");
	format_seconds(ev->open_us, out);
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

/* The object of any event but EV_DATA. */
static void
event_object(const struct writer *w, const struct event *ev, struct buf *out)
{
	static const char *const word[] = {
		[EV_OPEN] = "open", [EV_UNREACHED] = "error", [EV_NAMES] = "names",
		[EV_END] = "end", [EV_ERROR] = "error", [EV_CLOSE] = "close",
	};

	object_open(w, ev, word[ev->type], out);
	if (ev->type == EV_END)
		buf_printf(out, ",\"from\":\"%s\"", SIDE_NAME(ev->from));
	else
		peers_add(out, ev);
	if (ev->type == EV_ERROR || ev->type == EV_UNREACHED)
		error_members(out, ev);
	if (ev->type == EV_CLOSE)
		close_members(out, ev);
	buf_puts(out, "}\n");
}

static void
json_event(struct writer *w, const struct event *ev, struct buf *out)
{
	enum side s;

	if (ev->type == EV_DATA) {
		data_write(w, ev, out);
		return;
	}
	for (s = CLIENT; s < SIDES; s++)
		if (ev->type == EV_CLOSE || (ev->type == EV_END && ev->from == s))
			held_flush(w, ev, s, out);
	event_object(w, ev, out);
}

const struct format format_json = {
	.name	= "json",
	.about	= "JSON Lines, an event a line",
	.memory	= sizeof(struct json),
	.growth	= 6,
	.not_syslog = true,
	.event	= json_event,
};
