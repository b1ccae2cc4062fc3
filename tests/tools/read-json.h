/* read-json.h - a strict reader of what -f json writes
 *
 * Knows nothing of the writer but what the manual promises: an object of RFC 8259 in
 * a line, UTF-8 without control characters, the members of each event, their types,
 * and no others. Shared by unit tests and by read-json.c.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef READ_JSON_H
#define READ_JSON_H

#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum json_type { JSON_NULL, JSON_BOOL, JSON_NUMBER, JSON_STRING, JSON_OBJECT, JSON_ARRAY };

/* A value, by its path: "close.bytes.client" is bytes.client, the first of lost is lost.0. */
struct json_member {
	char		 path[64];
	enum json_type	 type;
	const char	*value;		/* a text, but for objects and arrays; strings decoded */
	size_t		 len;
};

struct json_object {
	struct json_member	 member[64];
	size_t			 n;
	char			*store;		/* owned: of the values */
	/* While it is read */
	const unsigned char	*at, *end;
	char			*free;
	int			 depth;
};

static inline const char *json_value(struct json_object *o, const char *path);

/* The UTF-8 sequence at s (RFC 3629, the table of section 4): its length, or 0. */
static inline size_t
json_utf8(const unsigned char *s, size_t n)
{
	static const struct { unsigned char lead[2], second[2]; size_t len; } rows[] = {
		{ { 0x00, 0x7f }, { 0, 0 }, 1 }, { { 0xc2, 0xdf }, { 0x80, 0xbf }, 2 },
		{ { 0xe0, 0xe0 }, { 0xa0, 0xbf }, 3 }, { { 0xe1, 0xec }, { 0x80, 0xbf }, 3 },
		{ { 0xed, 0xed }, { 0x80, 0x9f }, 3 }, { { 0xee, 0xef }, { 0x80, 0xbf }, 3 },
		{ { 0xf0, 0xf0 }, { 0x90, 0xbf }, 4 }, { { 0xf1, 0xf3 }, { 0x80, 0xbf }, 4 },
		{ { 0xf4, 0xf4 }, { 0x80, 0x8f }, 4 },
	};
	size_t i, k;

	for (i = 0; i < sizeof(rows) / sizeof(rows[0]); i++)
		if (n > 0 && s[0] >= rows[i].lead[0] && s[0] <= rows[i].lead[1])
			break;
	if (i == sizeof(rows) / sizeof(rows[0]) || rows[i].len > n)
		return 0;
	if (rows[i].len > 1 && (s[1] < rows[i].second[0] || s[1] > rows[i].second[1]))
		return 0;
	for (k = 2; k < rows[i].len; k++)
		if ((s[k] & 0xc0) != 0x80)
			return 0;
	return rows[i].len;
}

/* What a terminal or an editor acts upon may not stand there as it is. */
static inline bool
json_acts(const unsigned char *s, size_t len)
{
	unsigned long c = len == 1 ? s[0] : len == 2 ? (s[0] & 0x1fu) << 6 | (s[1] & 0x3fu) :
	    len == 3 ? (s[0] & 0x0fu) << 12 | (s[1] & 0x3fu) << 6 | (s[2] & 0x3fu) : 0x10000;

	return c < 0x20 || (c >= 0x7f && c <= 0x9f) || c == 0x61c || c == 0x200e || c == 0x200f ||
	    (c >= 0x2028 && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069) || c == 0xfeff;
}

/* Four hex digits; -1 if there are none. */
static inline long
json_hex(struct json_object *o)
{
	long v = 0;
	int i, c;

	for (i = 0; i < 4; i++, o->at++) {
		c = o->at < o->end ? *o->at : 0;
		if (c >= '0' && c <= '9')
			v = v * 16 + (c - '0');
		else if (c >= 'a' && c <= 'f')
			v = v * 16 + (c - 'a' + 10);
		else
			return -1;
	}
	return v;
}

static inline void
json_put_utf8(struct json_object *o, long c)
{
	if (c < 0x80) {
		*o->free++ = (char)c;
	} else if (c < 0x800) {
		*o->free++ = (char)(0xc0 | c >> 6);
		*o->free++ = (char)(0x80 | (c & 0x3f));
	} else if (c < 0x10000) {
		*o->free++ = (char)(0xe0 | c >> 12);
		*o->free++ = (char)(0x80 | (c >> 6 & 0x3f));
		*o->free++ = (char)(0x80 | (c & 0x3f));
	} else {
		*o->free++ = (char)(0xf0 | c >> 18);
		*o->free++ = (char)(0x80 | (c >> 12 & 0x3f));
		*o->free++ = (char)(0x80 | (c >> 6 & 0x3f));
		*o->free++ = (char)(0x80 | (c & 0x3f));
	}
}

/* What follows a backslash. */
static inline const char *
json_escape(struct json_object *o)
{
	static const char letter[] = "\"\\/bfnrt", means[] = "\"\\/\b\f\n\r\t";
	const char *found;
	long c, low;

	if (o->at >= o->end)
		return "an escape without its end";
	if (*o->at != 'u') {
		found = *o->at != '\0' ? strchr(letter, *o->at) : NULL;
		if (found == NULL)
			return "an unknown escape";
		*o->free++ = means[found - letter];
		o->at++;
		return NULL;
	}
	o->at++;
	if ((c = json_hex(o)) == -1)
		return "\\u without four hex digits";
	if (c >= 0xdc00 && c <= 0xdfff)
		return "half a pair of surrogates";
	if (c >= 0xd800 && c <= 0xdbff) {
		if (o->end - o->at < 2 || o->at[0] != '\\' || o->at[1] != 'u')
			return "half a pair of surrogates";
		o->at += 2;
		if ((low = json_hex(o)) < 0xdc00 || low > 0xdfff)
			return "half a pair of surrogates";
		c = 0x10000 + ((c & 0x3ff) << 10) + (low & 0x3ff);
	}
	json_put_utf8(o, c);
	return NULL;
}

/* A string, decoded into the store. */
static inline const char *
json_string(struct json_object *o, const char **text, size_t *len)
{
	const char *why;
	size_t n;

	if (o->at >= o->end || *o->at != '"')
		return "no string where one has to be";
	o->at++;
	*text = o->free;
	while (o->at < o->end && *o->at != '"') {
		if (*o->at == '\\') {
			o->at++;
			if ((why = json_escape(o)) != NULL)
				return why;
			continue;
		}
		if ((n = json_utf8(o->at, (size_t)(o->end - o->at))) == 0)
			return "not UTF-8";
		if (json_acts(o->at, n))
			return "a control character";
		memcpy(o->free, o->at, n);
		o->free += n;
		o->at += n;
	}
	if (o->at >= o->end)
		return "a string without its end";
	o->at++;
	*len = (size_t)(o->free - *text);
	*o->free++ = '\0';
	return NULL;
}

static inline size_t
json_digits(struct json_object *o)
{
	size_t n = 0;

	while (o->at < o->end && *o->at >= '0' && *o->at <= '9')
		o->at++, n++;
	return n;
}

static inline const char *
json_number(struct json_object *o, struct json_member *m)
{
	const unsigned char *start = o->at;

	if (*o->at == '-')
		o->at++;
	if (o->at < o->end && *o->at == '0')
		o->at++;
	else if (json_digits(o) == 0)
		return "a number without digits";
	if (o->at < o->end && *o->at == '.') {
		o->at++;
		if (json_digits(o) == 0)
			return "a point without digits";
	}
	m->value = o->free;
	m->len = (size_t)(o->at - start);
	memcpy(o->free, start, m->len);
	o->free += m->len;
	*o->free++ = '\0';
	return NULL;
}

static inline const char *
json_word(struct json_object *o, struct json_member *m, const char *word, enum json_type type)
{
	size_t n = strlen(word);

	if ((size_t)(o->end - o->at) < n || memcmp(o->at, word, n) != 0)
		return "a value that is none";
	o->at += n;
	m->type = type;
	m->value = word;
	m->len = n;
	return NULL;
}

static inline const char *json_any(struct json_object *o, const char *path);

static inline const char *
json_path(char path[64], const char *above, const char *name)
{
	int n = snprintf(path, 64, "%s%s%s", above, *above != '\0' ? "." : "", name);

	return n < 64 && strchr(name, '.') == NULL ? NULL : "a member with an odd name";
}

/* The inside of an object or array, up to the bracket that closes it. */
static inline const char *
json_inside(struct json_object *o, const char *above, bool is_object)
{
	char path[64], number[24];
	const char *name = number, *why;
	unsigned int i;
	size_t len;

	o->at++;
	for (i = 0; o->at < o->end && *o->at != (is_object ? '}' : ']'); i++) {
		if (i > 0 && *o->at++ != ',')
			return "no comma between two members";
		snprintf(number, sizeof(number), "%u", i);
		if (is_object && (why = json_string(o, &name, &len)) != NULL)
			return why;
		if (is_object && (o->at >= o->end || *o->at++ != ':'))
			return "a name without a value";
		if ((why = json_path(path, above, name)) != NULL || (why = json_any(o, path)) != NULL)
			return why;
		if (o->at < o->end && *o->at == ',' && o->end - o->at > 1 &&
		    (o->at[1] == '}' || o->at[1] == ']'))
			return "a comma and nothing after it";
	}
	if (o->at >= o->end)
		return "an object or array without its end";
	o->at++;
	return NULL;
}

static inline const char *
json_any(struct json_object *o, const char *path)
{
	struct json_member *m = &o->member[o->n];
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->member[i].path, path) == 0)
			return "a name twice";
	if (o->n == sizeof(o->member) / sizeof(o->member[0]) || o->depth > 3)
		return "too much of it";
	if (o->at >= o->end)
		return "no value";
	o->n++;
	memset(m, 0, sizeof(*m));
	snprintf(m->path, sizeof(m->path), "%s", path);
	switch (*o->at) {
	case '{':
	case '[': {
		const char *why;

		m->type = *o->at == '{' ? JSON_OBJECT : JSON_ARRAY;
		o->depth++;
		why = json_inside(o, path, *o->at == '{');
		o->depth--;
		return why;
	}
	case '"':
		m->type = JSON_STRING;
		return json_string(o, &m->value, &m->len);
	case 't':
		return json_word(o, m, "true", JSON_BOOL);
	case 'f':
		return json_word(o, m, "false", JSON_BOOL);
	case 'n':
		return json_word(o, m, "null", JSON_NULL);
	default:
		m->type = JSON_NUMBER;
		return json_number(o, m);
	}
}

static inline struct json_member *
json_get(struct json_object *o, const char *path)
{
	size_t i;

	for (i = 0; i < o->n; i++)
		if (strcmp(o->member[i].path, path) == 0)
			return &o->member[i];
	return NULL;
}

/* The text of a value; "-" where there is none. */
static inline const char *
json_value(struct json_object *o, const char *path)
{
	const struct json_member *m = json_get(o, path);

	return m != NULL && m->value != NULL ? m->value : "-";
}

/* What the members of each event are. */

enum { N = 1 << JSON_NULL, B = 1 << JSON_BOOL, NUM = 1 << JSON_NUMBER, S = 1 << JSON_STRING,
    O = 1 << JSON_OBJECT, A = 1 << JSON_ARRAY, MAY = 1 << 10 };

static const struct json_rule {
	const char	*events;	/* letters: open, names, data, end, error (x), close */
	const char	*path;
	int		 types;		/* MAY: need not be there */
} json_rules[] = {
	{ "ondexc", "time", S }, { "ondexc", "run", S }, { "ondexc", "session", NUM },
	{ "ondexc", "event", S },
	{ "onxc", "client", O }, { "onxc", "server", O },
	{ "onxc", "client.address", S | MAY }, { "onxc", "client.port", NUM | MAY },
	{ "onxc", "client.path", S | N | MAY },
	{ "onxc", "server.address", S | MAY }, { "onxc", "server.port", NUM | MAY },
	{ "onxc", "server.path", S | N | MAY },
	{ "n", "client.name", S | N | MAY }, { "n", "client.service", S | N | MAY },
	{ "n", "server.name", S | N | MAY }, { "n", "server.service", S | N | MAY },
	{ "de", "from", S },
	{ "d", "offset", NUM }, { "d", "length", NUM }, { "d", "urgent", B },
	{ "d", "text", S | MAY }, { "d", "base64", S | MAY }, { "d", "more", NUM | MAY },
	{ "xc", "reason", S }, { "x", "code", S | N }, { "x", "final", B },
	{ "c", "by", S | N }, { "c", "duration", NUM }, { "c", "bytes", O },
	{ "c", "bytes.client", NUM }, { "c", "bytes.server", NUM },
	{ "c", "undelivered", O }, { "c", "undelivered.client", NUM },
	{ "c", "undelivered.server", NUM }, { "c", "lost", A },
};

/* The letter of an event, or 0. */
static inline char
json_event_letter(const char *event)
{
	static const char *const words[] = { "open", "names", "data", "end", "error", "close" };
	size_t i;

	for (i = 0; i < 6; i++)
		if (strcmp(event, words[i]) == 0)
			return "ondexc"[i];
	return '\0';
}

/* "2026-11-23T03:42:10.123456Z" */
static inline bool
json_is_time(const char *t)
{
	static const char like[] = "0000-00-00T00:00:00.000000Z";
	size_t i;

	for (i = 0; i < sizeof(like); i++)
		if (like[i] == '0' ? t[i] < '0' || t[i] > '9' : t[i] != like[i])
			return false;
	return true;
}

static inline bool
json_is_side(const char *s)
{
	return strcmp(s, "client") == 0 || strcmp(s, "server") == 0;
}

/* Of base64 (RFC 4648, section 4), the bytes; or -1. Room for len / 4 * 3. */
static inline long
json_base64(const char *s, size_t len, unsigned char *to)
{
	static const char digit[] =
	    "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/";
	unsigned long v = 0;
	size_t i, fill = 0;
	long n = 0;
	const char *found;

	if (len % 4 != 0)
		return -1;
	for (i = 0; i < len; i++) {
		found = s[i] != '\0' ? strchr(digit, s[i]) : NULL;
		if (s[i] == '=' && i >= len - 2)
			fill++;
		else if (found == NULL || fill > 0)
			return -1;
		v = v << 6 | (s[i] == '=' ? 0 : (unsigned long)(found - digit));
		if (i % 4 == 3) {
			to[n++] = (unsigned char)(v >> 16);
			to[n++] = (unsigned char)(v >> 8);
			to[n++] = (unsigned char)v;
			v = 0;
		}
	}
	while (fill > 0) {
		if (to[--n] != 0)
			return -1;	/* bits that mean nothing are zero */
		fill--;
	}
	return n;
}

/* The bytes of a data event, decoded in place; *n of them. NULL if they are none. */
static inline const unsigned char *
json_bytes(struct json_object *o, size_t *n)
{
	struct json_member *text = json_get(o, "text"), *coded = json_get(o, "base64");
	long len;

	if (text != NULL) {
		*n = text->len;
		return (const unsigned char *)text->value;
	}
	len = json_base64(coded->value, coded->len, (unsigned char *)(uintptr_t)coded->value);
	*n = len >= 0 ? (size_t)len : 0;
	return len >= 0 ? (const unsigned char *)coded->value : NULL;
}

static inline const char *
json_check_data(struct json_object *o)
{
	struct json_member *text = json_get(o, "text"), *coded = json_get(o, "base64");
	struct json_member *more = json_get(o, "more");
	unsigned long long length = strtoull(json_value(o, "length"), NULL, 10), left;
	size_t n;

	if ((text != NULL) == (coded != NULL))
		return "data: text, or else base64";
	if (text != NULL && memchr(text->value, '\0', text->len) != NULL)
		return "data: a NUL in the text";
	left = more != NULL ? strtoull(more->value, NULL, 10) : 0;
	if (more != NULL && left == 0)
		return "data: no more bytes";
	n = text != NULL ? text->len : coded->len / 4 * 3;
	if (coded != NULL && coded->len > 0)
		n -= (size_t)(coded->value[coded->len - 1] == '=') +
		    (size_t)(coded->value[coded->len - 2] == '=');
	return length == 0 || n + left != length ? "data: not as long as it says" : NULL;
}

static inline const char *
json_check_places(struct json_object *o, const char *side)
{
	char address[32], port[32], path[32];
	bool has_path;

	snprintf(address, sizeof(address), "%s.address", side);
	snprintf(port, sizeof(port), "%s.port", side);
	snprintf(path, sizeof(path), "%s.path", side);
	has_path = json_get(o, path) != NULL;
	return (json_get(o, address) != NULL) == has_path || (json_get(o, port) != NULL) == has_path ?
	    "an address and a port, or else a path" : NULL;
}

static inline const char *
json_check_close(struct json_object *o)
{
	const char *reason = json_value(o, "reason");
	bool by = strcmp(reason, "closed") == 0 || strcmp(reason, "reset") == 0;

	if (!by && strcmp(reason, "byte limit") != 0 && strcmp(reason, "timeout") != 0 &&
	    strcmp(reason, "signal") != 0)
		return "close: an unknown reason";
	if (by != json_is_side(json_value(o, "by")))
		return "close: by whom?";
	return NULL;
}

static inline const char *
json_check(struct json_object *o)
{
	struct json_member *event = json_get(o, "event"), *m;
	char letter = event != NULL && event->value != NULL ? json_event_letter(event->value) : 0;
	size_t i, k;

	if (letter == '\0')
		return "an unknown event";
	for (i = 0; i < o->n; i++) {
		m = &o->member[i];
		for (k = 0; k < sizeof(json_rules) / sizeof(json_rules[0]); k++)
			if (strcmp(json_rules[k].path, m->path) == 0 &&
			    strchr(json_rules[k].events, letter) != NULL &&
			    (json_rules[k].types & 1 << m->type) != 0)
				break;
		if (k == sizeof(json_rules) / sizeof(json_rules[0]) && *m->path != '\0' &&
		    !(letter == 'c' && strncmp(m->path, "lost.", 5) == 0))
			return "a member that it does not have, or of another type";
	}
	for (k = 0; k < sizeof(json_rules) / sizeof(json_rules[0]); k++)
		if (strchr(json_rules[k].events, letter) != NULL && !(json_rules[k].types & MAY) &&
		    json_get(o, json_rules[k].path) == NULL)
			return "a member is missing";
	if (!json_is_time(json_value(o, "time")))
		return "no time";
	if (strchr("de", letter) != NULL && !json_is_side(json_value(o, "from")))
		return "from whom?";
	if (strchr("onxc", letter) != NULL && (json_check_places(o, "client") != NULL ||
	    json_check_places(o, "server") != NULL))
		return "an address and a port, or else a path";
	return letter == 'd' ? json_check_data(o) : letter == 'c' ? json_check_close(o) : NULL;
}

/*
 * Reads a line, without its end. Returns NULL, or what is wrong. Free with
 * json_free() in any case.
 */
static inline const char *
json_read(const void *line, size_t len, struct json_object *o)
{
	const char *why;

	memset(o, 0, sizeof(*o));
	o->at = line;
	o->end = o->at + len;
	if ((o->free = o->store = malloc(2 * len + 64)) == NULL)
		return "out of memory";
	if (len == 0 || *o->at != '{')
		return "no object";
	if ((why = json_any(o, "")) != NULL)
		return why;
	if (o->at != o->end)
		return "something after the object";
	return json_check(o);
}

static inline void
json_free(struct json_object *o)
{
	free(o->store);
	memset(o, 0, sizeof(*o));
}

#endif
