/* password-http.c - HTTP/1 (RFC 9112) as far as Basic credentials need it (RFC 7617)
 *
 * Runs in: session. Follows both directions from message to message, so that nothing
 * in a body is taken for a header, and each request gets its own response.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "password.h"

bool
pw_http_is_request(const struct pw_line *line)
{
	const unsigned char *at = line->text, *word;
	size_t i, len = pw_word(&at, &word);

	for (i = 0; i < len && isupper(word[i]); i++)
		;
	if (len == 0 || i < len)
		return false;
	/* Where the line is cut, its end is there all the same. */
	return line->len > 9 &&
	    strncmp((const char *)line->text + line->len - 9, " HTTP/1.", 8) == 0;
}

/* The value of a header field of that name, as far as it was kept; or NULL. */
static const unsigned char *
field(const struct pw_line *line, const char *name)
{
	size_t len = strlen(name);

	if (strncasecmp((const char *)line->text, name, len) != 0 || line->text[len] != ':')
		return NULL;
	return line->text + len + 1 + strspn((const char *)line->text + len + 1, " \t");
}

static void
take_basic(struct password *pw, const unsigned char *at, bool proxy)
{
	struct pw_http *h = &pw->http[CLIENT];
	const unsigned char *word, *colon;
	size_t len = pw_word(&at, &word);
	struct pw_value v;
	int login;

	if (!pw_is(word, len, "Basic"))
		return;
	len = pw_word(&at, &word);
	if (!pw_base64(word, len, &v) || (colon = memchr(v.bytes, ':', v.len)) == NULL)
		return;
	login = pw_login_new(pw);
	pw_set(&pw->login[login].user, v.bytes, (size_t)(colon - v.bytes));
	pw_set(&pw->login[login].password, colon + 1, v.len - (size_t)(colon + 1 - v.bytes));
	pw->login[login].complete = true;
	pw->login[login].proxy = proxy;
	if (h->command.login[proxy] != -1)
		pw_login_end(pw, h->command.login[proxy], PW_UNKNOWN);
	h->command.login[proxy] = (signed char)login;
}

/* The number at the start of text, in that base. */
static uintmax_t
size_of(const unsigned char *text, unsigned int base)
{
	static const char digits[] = "0123456789abcdef";
	uintmax_t n = 0;
	const char *d;

	for (; *text != '\0' && n < UINTMAX_MAX / 32; text++) {
		d = strchr(digits, tolower(*text));
		if (d == NULL || (unsigned int)(d - digits) >= base)
			break;
		n = n * base + (unsigned int)(d - digits);
	}
	return n;
}

/*
 * What of a header concerns the body. Where it is cut, it tells nothing, and
 * where the body ends is not known.
 */
static void
framing(struct password *pw, enum side from, const struct pw_line *line)
{
	struct pw_http *h = &pw->http[from];
	const unsigned char *size = field(line, "Content-Length");
	const unsigned char *coding = field(line, "Transfer-Encoding");
	size_t len;

	if (line->cut && (size != NULL || coding != NULL)) {
		pw_give_up(pw);
	} else if (size != NULL) {
		h->sized = true;
		h->size = size_of(size, 10);
	} else if (coding != NULL) {
		len = strlen((const char *)coding);
		while (len > 0 && isblank(coding[len - 1]))
			len--;
		h->chunked = len >= 7 &&
		    strncasecmp((const char *)coding + len - 7, "chunked", 7) == 0;
	}
}

/* The head is over: a body may follow. */
static void
body_begins(struct password *pw, enum side from, bool none, bool to_the_end)
{
	struct pw_http *h = &pw->http[from];

	h->at = HTTP_START;
	if (none)
		return;
	if (h->chunked)
		h->at = HTTP_CHUNK;
	else if (h->sized)
		pw->skip[from] = h->size;
	else if (to_the_end)
		pw->skip[from] = UINTMAX_MAX;
}

/* Lines between chunks (RFC 9112, 7.1). Returns whether it was one. */
static bool
chunk_line(struct password *pw, enum side from, const struct pw_line *line)
{
	struct pw_http *h = &pw->http[from];

	switch (h->at) {
	case HTTP_CHUNK:
		pw->skip[from] = size_of(line->text, 16);
		h->at = pw->skip[from] > 0 ? HTTP_CHUNK_END : HTTP_TRAILER;
		return true;
	case HTTP_CHUNK_END:
		h->at = HTTP_CHUNK;
		return true;
	case HTTP_TRAILER:
		if (line->len == 0)
			h->at = HTTP_START;
		return true;
	default:
		return false;
	}
}

static void
request_starts(struct password *pw, const struct pw_line *line)
{
	struct pw_http *h = &pw->http[CLIENT];
	const unsigned char *at = line->text, *word;
	size_t len = pw_word(&at, &word);

	if (line->len == 0)
		return;			/* allowed before a request */
	if (!pw_http_is_request(line)) {
		pw_give_up(pw);
		return;
	}
	*h = (struct pw_http){ .at = HTTP_HEADERS, .command = { .login = { -1, -1 } } };
	if (pw_is(word, len, "HEAD"))
		h->command.kind = PW_HEAD;
	if (pw_is(word, len, "CONNECT"))
		h->command.kind = PW_TUNNEL;
}

static void
request_line(struct password *pw, struct pw_line *line)
{
	struct pw_http *h = &pw->http[CLIENT];
	const unsigned char *value;

	if (chunk_line(pw, CLIENT, line))
		return;
	if (h->at == HTTP_START) {
		request_starts(pw, line);
	} else if (line->len == 0) {
		pw_push(pw, (enum pw_kind)h->command.kind, h->command.login[0]);
		if (pw->ended)
			return;
		pw->command[(pw->first + pw->commands - 1) % PW_COMMANDS] = h->command;
		body_begins(pw, CLIENT, false, false);
	} else {
		framing(pw, CLIENT, line);
		if (line->cut)
			return;
		if ((value = field(line, "Authorization")) != NULL)
			take_basic(pw, value, false);
		if ((value = field(line, "Proxy-Authorization")) != NULL) {
			h->command.proxied = true;
			take_basic(pw, value, true);
		}
	}
}

/*
 * What a status says of credentials for the server. One that redirects, or
 * fails, need not have looked at them; no server sees those of a CONNECT. A 401
 * is the server's own word (RFC 9110, 15.5.2), but some proxies answer so, too.
 */
static enum pw_verdict
server_verdict(int status, const struct pw_command *request)
{
	if (request->kind == PW_TUNNEL)
		return PW_UNKNOWN;
	if (status == 401)
		return request->proxied ? PW_UNKNOWN : PW_REJECTED;
	return status < 300 || status == 304 ? PW_ACCEPTED : PW_UNKNOWN;
}

/* What it says of credentials for the proxy (RFC 9110, 15.5.8), which alone answers a CONNECT. */
static enum pw_verdict
proxy_verdict(int status, const struct pw_command *request)
{
	if (status == 407 || (status == 401 && request->kind == PW_TUNNEL))
		return PW_REJECTED;
	return status < 400 ? PW_ACCEPTED : PW_UNKNOWN;
}

/*
 * The proxy has agreed to a CONNECT: what follows may be any protocol. A client
 * that did not wait for this has already said something, which was taken for
 * HTTP, and goes on as that.
 */
static void
tunnel_begins(struct password *pw)
{
	if (pw->commands > 0 || pw->http[CLIENT].at != HTTP_START)
		return;
	pw->protocol = pw->unknown;
	pw->greeted = false;
	pw->reply = 0;
}

static void
response_ends(struct password *pw)
{
	struct pw_http *h = &pw->http[SERVER];
	struct pw_command c = { .login = { -1, -1 } };
	bool tunnel;

	if (h->status / 100 == 1 && h->status != 101) {
		h->at = HTTP_START;	/* the response proper is still to come */
		return;
	}
	pw_pop(pw, &c);
	pw_login_end(pw, c.login[0], server_verdict(h->status, &c));
	pw_login_end(pw, c.login[1], proxy_verdict(h->status, &c));
	if (h->status == 101)
		pw_give_up(pw);
	tunnel = c.kind == PW_TUNNEL && h->status / 100 == 2;
	body_begins(pw, SERVER, tunnel || c.kind == PW_HEAD || h->status == 204 ||
	    h->status == 304, true);
	if (tunnel)
		tunnel_begins(pw);
}

static void
response_starts(struct password *pw, const struct pw_line *line)
{
	const unsigned char *at = line->text, *word;
	bool ours = pw_word(&at, &word) == 8 && strncmp((const char *)word, "HTTP/1.", 7) == 0;
	uintmax_t status = size_of(at, 10);

	if (!ours || status < 100 || status > 599) {
		pw_give_up(pw);
		return;
	}
	pw->http[SERVER] = (struct pw_http){ .at = HTTP_HEADERS, .status = (int)status };
}

static void
response_line(struct password *pw, struct pw_line *line)
{
	struct pw_http *h = &pw->http[SERVER];

	if (chunk_line(pw, SERVER, line))
		return;
	if (h->at == HTTP_START) {
		response_starts(pw, line);
	} else if (line->len == 0) {
		response_ends(pw);
	} else {
		framing(pw, SERVER, line);
	}
}

const struct pw_protocol pw_http = { "http", { request_line, response_line } };
