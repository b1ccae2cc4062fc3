/* password.c - the engine of the search for credentials
 *
 * Runs in: session. Cuts both directions into lines, hands each to the protocol
 * that it belongs to, and keeps the logins until their answers come. Knows no
 * protocol itself: they are in password-*.c, and build on this. Touches no memory
 * but struct password.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <string.h>
#include <strings.h>

#include "password.h"

/* Logins */

/* The oldest of the logins, or -1. */
static int
login_oldest(const struct password *pw)
{
	int i, oldest = -1;

	for (i = 0; i < PW_LOGINS; i++)
		if (pw->login[i].used &&
		    (oldest == -1 || pw->login[i].serial < pw->login[oldest].serial))
			oldest = i;
	return oldest;
}

/* Makes every command forget that login. */
static void
login_forget(struct password *pw, int login)
{
	struct pw_command *c;
	size_t i;

	for (i = 0; i < pw->commands; i++) {
		c = &pw->command[(pw->first + i) % PW_COMMANDS];
		if (c->login[0] == login)
			c->login[0] = -1;
		if (c->login[1] == login)
			c->login[1] = -1;
	}
	if (pw->sasl.login == login)
		pw->sasl.login = -1;
}

void
pw_login_end(struct password *pw, int login, enum pw_verdict verdict)
{
	if (login == -1)
		return;
	if (pw->login[login].complete)
		pw->found(pw->found_arg, &pw->login[login], verdict);
	pw->login[login].used = false;
	login_forget(pw, login);
}

int
pw_login_new(struct password *pw)
{
	struct pw_login *l;
	int i;

	for (i = 0; i < PW_LOGINS && pw->login[i].used; i++)
		;
	if (i == PW_LOGINS) {
		i = login_oldest(pw);
		pw_login_end(pw, i, PW_UNKNOWN);
	}
	l = &pw->login[i];
	l->used = true;
	l->complete = l->proxy = false;
	l->serial = ++pw->serial;
	l->tag[0] = '\0';
	l->user.len = l->password.len = 0;
	return i;
}

void
pw_set(struct pw_value *v, const void *bytes, size_t n)
{
	v->len = n < PW_VALUE ? n : PW_VALUE;
	memcpy(v->bytes, bytes, v->len);
}

/* Commands */

void
pw_push(struct password *pw, enum pw_kind kind, int login)
{
	if (pw->commands == PW_COMMANDS) {
		pw_give_up(pw);
		return;
	}
	pw->command[(pw->first + pw->commands++) % PW_COMMANDS] =
	    (struct pw_command){ .kind = (unsigned char)kind, .login = { (signed char)login, -1 } };
}

bool
pw_pop(struct password *pw, struct pw_command *command)
{
	if (pw->commands == 0)
		return false;
	*command = pw->command[pw->first];
	pw->first = (pw->first + 1) % PW_COMMANDS;
	pw->commands--;
	return true;
}

void
pw_give_up(struct password *pw)
{
	int oldest;

	while ((oldest = login_oldest(pw)) != -1)
		pw_login_end(pw, oldest, PW_UNKNOWN);
	pw->ended = true;
}

/* Lines */

static void
line_done(struct password *pw, enum side from)
{
	struct pw_line *line = &pw->line[from];

	if (line->len > 0 && line->text[line->len - 1] == '\r')
		line->len--;
	line->text[line->len] = '\0';
	pw->protocol->line[from](pw, line);
	if (!line->more) {
		line->len = 0;
		line->cut = false;
	}
	line->more = false;
}

static void
line_add(struct pw_line *line, const unsigned char *data, size_t len)
{
	unsigned char *end = line->text + PW_LINE;
	size_t room = PW_LINE - line->len, n = len < room ? len : room;

	memcpy(line->text + line->len, data, n);
	line->len += n;
	data += n;
	len -= n;
	if (len == 0)
		return;
	line->cut = true;
	n = len < PW_TAIL ? len : PW_TAIL;
	memmove(end - PW_TAIL, end - PW_TAIL + n, PW_TAIL - n);
	memcpy(end - n, data + len - n, n);
}

/* The bytes of a literal become a quoted string of the line they belong to. */
static size_t
literal_add(struct password *pw, const unsigned char *data, size_t len)
{
	struct pw_line *line = &pw->line[CLIENT];
	size_t i, n = len < pw->literal ? len : (size_t)pw->literal;

	pw->literal_waits = false;
	for (i = 0; i < n && !line->cut; i++) {
		if (data[i] == '"' || data[i] == '\\')
			line_add(line, (const unsigned char *)"\\", 1);
		line_add(line, &data[i], 1);
	}
	pw->literal -= n;
	if (pw->literal == 0)
		line_add(line, (const unsigned char *)"\"", 1);
	return n;
}

/* What is neither a literal nor to be skipped: up to a line end. */
static size_t
line_bytes(struct password *pw, enum side from, const unsigned char *data, size_t len)
{
	const unsigned char *lf = memchr(data, '\n', len);
	size_t n = lf != NULL ? (size_t)(lf - data) : len;

	line_add(&pw->line[from], data, n);
	if (lf == NULL)
		return n;
	line_done(pw, from);
	return n + 1;
}

void
password_bytes(struct password *pw, enum side from, const unsigned char *data, size_t len)
{
	size_t n;

	if (pw->protocol == NULL)
		pw->protocol = pw->unknown;
	for (; len > 0 && !pw->ended; data += n, len -= n) {
		if (pw->skip[from] > 0) {
			n = len < pw->skip[from] ? len : (size_t)pw->skip[from];
			if (pw->skip[from] != UINTMAX_MAX)
				pw->skip[from] -= n;
		} else if (from == CLIENT && pw->literal > 0) {
			n = literal_add(pw, data, len);
		} else {
			n = line_bytes(pw, from, data, len);
		}
	}
}

void
password_end(struct password *pw)
{
	pw_give_up(pw);
}

/* Words */

size_t
pw_word(const unsigned char **at, const unsigned char **word)
{
	size_t len;

	*word = *at;
	len = strcspn((const char *)*at, " \t");
	*at += len;
	*at += strspn((const char *)*at, " \t");
	return len;
}

bool
pw_is(const unsigned char *word, size_t len, const char *name)
{
	return strlen(name) == len && strncasecmp((const char *)word, name, len) == 0;
}

/* Codes that tell nothing of credentials: RFC 2449, 3206 (POP3), RFC 5530 (IMAP). */
static const char *const other_refusals[] = { "[IN-USE", "[LOGIN-DELAY", "[SYS/TEMP", "[SYS/PERM",
    "[PRIVACYREQUIRED", "[UNAVAILABLE", "[INUSE", "[LIMIT", "[SERVERBUG", "[CLIENTBUG", NULL };

bool
pw_refuses_login(const unsigned char *text)
{
	static const char plaintext[] = "plaintext";
	size_t i, len = strcspn((const char *)text, " ]");

	for (i = 0; other_refusals[i] != NULL; i++)
		if (pw_is(text, len, other_refusals[i]))
			return false;
	/* "Plaintext authentication disallowed", with a code for a wrong password or none */
	for (; *text != '\0'; text++)
		if (strncasecmp((const char *)text, plaintext, strlen(plaintext)) == 0)
			return false;
	return true;
}
