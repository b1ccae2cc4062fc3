/* password-imap.c - IMAP (RFC 9051): commands and answers belong together by a tag
 *
 * Runs in: session. LOGIN with atoms, quoted strings and literals, AUTHENTICATE, and
 * what comes between the lines: literals of either side are no lines.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "password.h"

/*
 * A literal that follows the line, "{12}" or "{12+}" at its end: takes that
 * away and returns true, with its size.
 */
static bool
literal(struct pw_line *line, uintmax_t *size, bool *waits)
{
	size_t at = line->len, digits;

	if (at < 3 || line->text[--at] != '}')
		return false;
	*waits = line->text[at - 1] != '+' && line->text[at - 1] != '-';
	if (!*waits)
		at--;
	for (digits = 0; at > 0 && isdigit(line->text[at - 1]); digits++)
		at--;
	if (digits == 0 || at == 0 || line->text[at - 1] != '{')
		return false;
	for (*size = 0; digits > 0 && *size < UINTMAX_MAX / 20; digits--)
		*size = *size * 10 + (uintmax_t)(line->text[at++] - '0');
	while (line->text[line->len - 1] != '{')
		line->len--;
	line->len--;
	return true;
}

bool
pw_imap_is_command(const struct pw_line *line)
{
	static const char *const verb[] = { "LOGIN", "AUTHENTICATE", "CAPABILITY", "STARTTLS",
	    "NOOP", "ID", "ENABLE", NULL };
	const unsigned char *at = line->text, *word;
	size_t i, len;

	pw_word(&at, &word);
	len = pw_word(&at, &word);
	for (i = 0; verb[i] != NULL; i++)
		if (pw_is(word, len, verb[i]))
			return true;
	return false;
}

/* A string at *at, an atom or quoted, into v, which is empty. */
static void
string(const unsigned char **at, struct pw_value *v)
{
	const unsigned char *s = *at;
	bool quoted = *s == '"';

	for (s += quoted; *s != '\0' && *s != (quoted ? '"' : ' '); s++) {
		if (quoted && *s == '\\' && s[1] != '\0')
			s++;
		if (v->len < PW_VALUE)
			v->bytes[v->len++] = *s;
	}
	if (quoted && *s == '"')
		s++;
	*at = s + strspn((const char *)s, " ");
}

static void
set_tag(struct password *pw, int login, const unsigned char *tag, size_t len)
{
	if (login == -1 || len >= PW_TAG)
		return;
	memcpy(pw->login[login].tag, tag, len);
	pw->login[login].tag[len] = '\0';
}

static void
take_login(struct password *pw, const unsigned char *at, const unsigned char *tag, size_t len)
{
	int login = pw_login_new(pw);
	struct pw_login *l = &pw->login[login];

	string(&at, &l->user);
	l->complete = *at != '\0';
	string(&at, &l->password);
	set_tag(pw, login, tag, len);
}

static void
command(struct password *pw, const struct pw_line *line)
{
	const unsigned char *at = line->text, *tag, *word;
	size_t tag_len = pw_word(&at, &tag), len = pw_word(&at, &word);

	if (pw_is(word, len, "LOGIN")) {
		take_login(pw, at, tag, tag_len);
	} else if (pw_is(word, len, "AUTHENTICATE")) {
		len = pw_word(&at, &word);
		set_tag(pw, pw_sasl_start(pw, word, len, at), tag, tag_len);
	} else if (pw_is(word, len, "STARTTLS") || pw_is(word, len, "COMPRESS")) {
		set_tag(pw, pw_login_new(pw), tag, tag_len);	/* never complete: only a tag */
	}
}

static void
client_line(struct password *pw, struct pw_line *line)
{
	if (pw->sasl.next != PW_SASL_NONE) {
		pw_sasl_line(pw, line->text, line->cut ? 0 : line->len);
	} else if (literal(line, &pw->literal, &pw->literal_waits)) {
		line->text[line->len++] = '"';		/* it becomes a quoted string */
		line->more = true;
		if (pw->literal == 0)
			line->text[line->len++] = '"';
	} else if (!line->cut) {
		command(pw, line);
	}
}

/* The answer to the command of that tag. */
static void
answer(struct password *pw, const unsigned char *tag, size_t len, enum pw_verdict verdict)
{
	struct pw_line *waiting = &pw->line[CLIENT];
	int i;

	if (pw->literal_waits && waiting->len > len && memcmp(waiting->text, tag, len) == 0 &&
	    waiting->text[len] == ' ') {		/* it will not come */
		pw->literal = 0;
		pw->literal_waits = false;
		waiting->len = 0;
		waiting->cut = false;
	}
	if (pw->sasl.next == PW_SASL_OTHER)
		pw_sasl_end(pw);
	for (i = 0; i < PW_LOGINS; i++) {
		struct pw_login *l = &pw->login[i];

		if (!l->used || strlen(l->tag) != len || memcmp(l->tag, tag, len) != 0)
			continue;
		if (pw->sasl.login == i && pw->sasl.next != PW_SASL_NONE)
			pw_sasl_end(pw);
		else if (!l->complete && l->user.len == 0 && verdict == PW_ACCEPTED)
			pw_give_up(pw);		/* STARTTLS, COMPRESS */
		else
			pw_login_end(pw, i, verdict);
		break;
	}
}

static void
server_line(struct password *pw, struct pw_line *line)
{
	const unsigned char *at = line->text, *tag, *word;
	size_t tag_len, len;
	bool ignored;

	if (literal(line, &pw->skip[SERVER], &ignored)) {
		line->text[0] = '*';		/* what comes after it is no answer */
		line->len = 1;
		line->more = true;
		return;
	}
	tag_len = pw_word(&at, &tag);
	len = pw_word(&at, &word);
	if (tag_len == 0 || tag[0] == '*' || tag[0] == '+')
		return;
	if (pw_is(word, len, "OK"))
		answer(pw, tag, tag_len, PW_ACCEPTED);
	else if (pw_is(word, len, "NO"))
		answer(pw, tag, tag_len, pw_refuses_login(at) ? PW_REJECTED : PW_UNKNOWN);
	else if (pw_is(word, len, "BAD"))
		answer(pw, tag, tag_len, PW_UNKNOWN);	/* it was not understood */
}

const struct pw_protocol pw_imap = { "imap", { client_line, server_line } };
