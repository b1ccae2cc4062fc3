/* password-text.c - the protocols of command and reply: FTP, SMTP, POP3, NNTP
 *
 * Runs in: session. A table says what each command's reply will mean; replies come
 * in the order of the commands (RFC 959, 5321 and 4954, 1939 and 5034, 3977 and
 * 4643).
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <ctype.h>
#include <string.h>

#include "password.h"

/* Commands */

#define BLANKS	" \t"

static void
take_user(struct password *pw, const unsigned char *at)
{
	const unsigned char *name = at + strspn((const char *)at, BLANKS);

	pw_set(&pw->user, name, strlen((const char *)name));
	pw->has_user = true;
	pw_push(pw, PW_USER, -1);
}

/* All that follows the one blank after the word: a password may begin with blanks, too. */
static void
take_password(struct password *pw, const unsigned char *at)
{
	const unsigned char *password = *at != '\0' ? at + 1 : at;
	int login = -1;

	if (pw->has_user) {
		login = pw_login_new(pw);
		pw->login[login].user = pw->user;
		pw_set(&pw->login[login].password, password, strlen((const char *)password));
		pw->login[login].complete = true;
	}
	pw_push(pw, PW_LOGIN, login);
}

/* AUTH MECHANISM [RESPONSE]; of NNTP, AUTHINFO USER X, PASS X or SASL MECHANISM [RESPONSE]. */
static void
take_auth(struct password *pw, const unsigned char *at)
{
	const unsigned char *word, *next = at + strspn((const char *)at, BLANKS);
	size_t len = pw_word(&next, &word);
	bool nntp = pw->protocol == &pw_nntp;

	if (nntp && pw_is(word, len, "USER")) {
		take_user(pw, next);
	} else if (nntp && pw_is(word, len, "PASS")) {
		take_password(pw, word + len);
	} else if (nntp && !pw_is(word, len, "SASL")) {
		pw_push(pw, PW_OTHER, -1);
	} else {
		if (nntp)
			len = pw_word(&next, &word);
		pw_push(pw, PW_LOGIN, pw_sasl_start(pw, word, len, next));
	}
}

/* BDAT SIZE [LAST]: so many bytes follow the line (RFC 3030). */
static void
take_block(struct password *pw, const unsigned char *at)
{
	const unsigned char *size = at + strspn((const char *)at, BLANKS);

	for (pw->skip[CLIENT] = 0; isdigit(*size) && pw->skip[CLIENT] < UINTMAX_MAX / 20; size++)
		pw->skip[CLIENT] = pw->skip[CLIENT] * 10 + (uintmax_t)(*size - '0');
	pw_push(pw, PW_OTHER, -1);
}

/* What a command does; of two rows for one word, the first that fits. */
static const struct verb {
	const struct pw_protocol *of;
	const char	*name;
	bool		 bare;		/* only when nothing follows the word */
	/* Takes what follows the word, and remembers the command; or NULL, and: */
	void		(*take)(struct password *pw, const unsigned char *at);
	enum pw_kind	 kind;		/* what its reply will mean */
} verbs[] = {
	{ &pw_ftp,  "USER",       false, take_user,     PW_OTHER },
	{ &pw_ftp,  "PASS",       false, take_password, PW_OTHER },
	{ &pw_ftp,  "AUTH",       false, NULL,          PW_TLS },
	{ &pw_smtp, "AUTH",       false, take_auth,     PW_OTHER },
	{ &pw_smtp, "STARTTLS",   false, NULL,          PW_TLS },
	{ &pw_smtp, "DATA",       true,  NULL,          PW_BODY },
	{ &pw_smtp, "BDAT",       false, take_block,    PW_OTHER },
	{ &pw_pop3, "USER",       false, take_user,     PW_OTHER },
	{ &pw_pop3, "PASS",       false, take_password, PW_OTHER },
	{ &pw_pop3, "AUTH",       true,  NULL,          PW_TEXT },
	{ &pw_pop3, "AUTH",       false, take_auth,     PW_OTHER },
	{ &pw_pop3, "STLS",       false, NULL,          PW_TLS },
	{ &pw_pop3, "CAPA",       false, NULL,          PW_TEXT },
	{ &pw_pop3, "LIST",       true,  NULL,          PW_TEXT },
	{ &pw_pop3, "UIDL",       true,  NULL,          PW_TEXT },
	{ &pw_pop3, "RETR",       false, NULL,          PW_TEXT },
	{ &pw_pop3, "TOP",        false, NULL,          PW_TEXT },
	{ &pw_nntp, "AUTHINFO",   false, take_auth,     PW_OTHER },
	{ &pw_nntp, "LISTGROUP",  false, NULL,          PW_TEXT },
	{ &pw_nntp, "POST",       false, NULL,          PW_BODY },
	{ &pw_nntp, "IHAVE",      false, NULL,          PW_BODY },
	{ &pw_nntp, "STARTTLS",   false, NULL,          PW_TLS },
	{ &pw_nntp, "COMPRESS",   false, NULL,          PW_TLS },
	{ NULL, NULL, false, NULL, PW_OTHER }
};

static const struct verb *
verb_find(const struct pw_protocol *p, const unsigned char *word, size_t len, bool bare)
{
	const struct verb *v;

	for (v = verbs; v->of != NULL; v++)
		if (v->of == p && pw_is(word, len, v->name) && (bare || !v->bare))
			break;
	return v;
}

/* Of a line that is cut nothing is taken, since the rest is not known. */
static void
command(struct password *pw, const struct pw_line *line)
{
	const unsigned char *at = line->text, *word;
	size_t len = pw_word(&at, &word);
	const struct verb *v = verb_find(line->cut ? NULL : pw->protocol, word, len, *at == '\0');

	if (line->cut)
		pw->has_user = false;	/* it may have been another one */
	if (v->take != NULL) {
		v->take(pw, word + len);
	} else {
		pw->body[CLIENT] = v->kind == PW_BODY;
		pw_push(pw, v->kind, -1);
	}
	if (pw->protocol == &pw_nntp && pw_is(word, len, "TAKETHIS"))
		pw->body[CLIENT] = true;	/* one reply, after the article (RFC 4644) */
}

static void
client_line(struct password *pw, struct pw_line *line)
{
	if (pw->body[CLIENT]) {
		if (line->len == 1 && line->text[0] == '.') {
			pw->body[CLIENT] = false;
			if (pw->protocol != &pw_nntp || pw->commands == 0 ||
			    pw->command[(pw->first + pw->commands - 1) % PW_COMMANDS].kind ==
			    PW_BODY)
				pw_push(pw, PW_OTHER, -1);
		}
	} else if (pw->sasl.next != PW_SASL_NONE) {
		pw_sasl_line(pw, line->text, line->cut ? 0 : line->len);
	} else if (line->len > 0) {
		command(pw, line);
	}
}

/* Replies */

/*
 * A USER was refused: a password that follows is not for that user. Not where
 * another USER was sent meanwhile; nor in POP3, whose servers say only to PASS
 * what was wrong.
 */
static void
user_refused(struct password *pw)
{
	size_t i;

	for (i = 0; i < pw->commands; i++)
		if (pw->command[(pw->first + i) % PW_COMMANDS].kind == PW_USER)
			return;
	if (pw->protocol != &pw_pop3)
		pw->has_user = false;
}

/* The oldest command has its final reply; verdict is what that means for a login. */
static void
answered(struct password *pw, bool positive, enum pw_verdict verdict)
{
	struct pw_command c;

	if (!pw_pop(pw, &c))
		return;
	switch ((enum pw_kind)c.kind) {
	case PW_LOGIN:
		if (pw->sasl.next != PW_SASL_NONE && c.login[0] == pw->sasl.login)
			pw_sasl_end(pw);	/* refused before it was over */
		else
			pw_login_end(pw, c.login[0], verdict);
		break;
	case PW_USER:
		if (!positive)
			user_refused(pw);
		break;
	case PW_TLS:
		if (positive)
			pw_give_up(pw);
		break;
	case PW_TEXT:
		pw->body[SERVER] = positive;
		break;
	case PW_BODY:
		if (!positive)
			pw->body[CLIENT] = false;
		break;
	default:
		break;
	}
}

int
pw_reply_code(const struct pw_line *line)
{
	const unsigned char *t = line->text;

	if (line->len < 3 || !isdigit(t[0]) || !isdigit(t[1]) || !isdigit(t[2]) || isdigit(t[3]))
		return 0;
	return (t[0] - '0') * 100 + (t[1] - '0') * 10 + (t[2] - '0');
}

bool
pw_starts(const struct pw_line *line, const char *with)
{
	return strncmp((const char *)line->text, with, strlen(with)) == 0;
}

/* Whether the line belongs to a text that ends with a lone dot. */
static bool
in_text(struct password *pw, const struct pw_line *line)
{
	if (!pw->body[SERVER])
		return false;
	if (line->len == 1 && line->text[0] == '.')
		pw->body[SERVER] = false;
	return true;
}

/* FTP and SMTP: "220-one", "220 two". Returns the code once the reply is whole, else 0. */
static int
whole_reply(struct password *pw, const struct pw_line *line)
{
	int code = pw_reply_code(line);

	if (pw->reply != 0 && (code != pw->reply || line->text[3] == '-'))
		return 0;
	pw->reply = code != 0 && line->text[3] == '-' ? code : 0;
	return pw->reply == 0 ? code : 0;
}

/*
 * What the final reply to a login says. Only these codes say no to the
 * credentials; others say "not now", "not so" or "not understood" (RFC 959, 5.4;
 * RFC 4954, 4 and 6; RFC 4643, 2.3, where RFC 2980 had 482). 430 is what some
 * servers of FTP say.
 */
static enum pw_verdict
verdict(const struct pw_protocol *p, int code)
{
	static const struct {
		const struct pw_protocol *of;
		int	code;
	} refusals[] = {
		{ &pw_ftp, 430 }, { &pw_ftp, 530 }, { &pw_smtp, 535 },
		{ &pw_nntp, 481 }, { &pw_nntp, 482 },
	};
	size_t i;

	for (i = 0; i < sizeof(refusals) / sizeof(refusals[0]); i++)
		if (refusals[i].of == p && refusals[i].code == code)
			return PW_REJECTED;
	return code < 300 ? PW_ACCEPTED : PW_UNKNOWN;
}

static void
number_line(struct password *pw, struct pw_line *line)
{
	int code;

	if (!pw->greeted && (pw_starts(line, "+OK") || pw_starts(line, "-ERR"))) {
		pw->protocol = &pw_pop3;	/* whose USER and PASS are those of FTP */
		pw_pop3.line[SERVER](pw, line);
		return;
	}
	code = whole_reply(pw, line);
	if (!pw->greeted && code == 0 && pw->reply == 0) {
		memset(pw->login, 0, sizeof(pw->login));	/* it only looked like one */
		pw->ended = true;
		return;
	}
	if (!pw->greeted && (code == 220 || code == 421)) {
		pw->greeted = true;
		return;
	}
	if (code < 200 || code == 334)		/* 1xx of FTP, and SASL: more is to come */
		return;
	pw->greeted = true;
	answered(pw, code < 400, verdict(pw->protocol, code));
}

static void
pop3_line(struct password *pw, struct pw_line *line)
{
	const unsigned char *at = line->text, *word;

	if (in_text(pw, line) || (!pw_starts(line, "+OK") && !pw_starts(line, "-ERR")))
		return;		/* "+" alone asks for more of a SASL exchange */
	pw_word(&at, &word);
	if (!pw->greeted)
		;
	else if (word[0] == '+')
		answered(pw, true, PW_ACCEPTED);
	else
		answered(pw, false, pw_refuses_login(at) ? PW_REJECTED : PW_UNKNOWN);
	pw->greeted = true;
}

/* Whether a text follows the reply of that code (RFC 3977, 3.2.1; RFC 2980). */
static bool
has_text(int code)
{
	static const int codes[] = { 100, 101, 215, 220, 221, 222, 224, 225, 230, 231, 282, 288 };
	size_t i;

	for (i = 0; i < sizeof(codes) / sizeof(codes[0]) && codes[i] != code; i++)
		;
	return i < sizeof(codes) / sizeof(codes[0]);
}

static void
nntp_line(struct password *pw, struct pw_line *line)
{
	int code = pw_reply_code(line);

	if (in_text(pw, line) || code == 0 || code == 383)
		return;
	if (!pw->greeted && code != 381) {
		pw->greeted = true;
		return;
	}
	pw->greeted = true;
	answered(pw, code < 400, verdict(&pw_nntp, code));
	if (has_text(code))
		pw->body[SERVER] = true;
}

const struct pw_protocol pw_ftp = { "ftp", { client_line, number_line } };
const struct pw_protocol pw_smtp = { "smtp", { client_line, number_line } };
const struct pw_protocol pw_pop3 = { "pop3", { client_line, pop3_line } };
const struct pw_protocol pw_nntp = { "nntp", { client_line, nntp_line } };
