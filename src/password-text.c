/* password-text.c - the protocols of command and reply: FTP, SMTP, POP3, NNTP
 *
 * A table says what each command's reply will mean; replies come in the order
 * of the commands (RFC 959, 5321 and 4954, 1939 and 5034, 3977 and 4643). Until
 * it is known which protocol this is, the first words of either side decide.
 */
#include <config.h>

#include <ctype.h>
#include <string.h>
#include <strings.h>

#include "password.h"

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

/* The text of a refusal */

/* Codes that tell nothing of credentials: RFC 2449, 3206 (POP3), RFC 5530 (IMAP). */
static const char *const excuses[] = { "[IN-USE", "[LOGIN-DELAY", "[SYS/TEMP", "[SYS/PERM",
    "[PRIVACYREQUIRED", "[UNAVAILABLE", "[INUSE", "[LIMIT", "[SERVERBUG", "[CLIENTBUG", NULL };

bool
pw_refuses_login(const unsigned char *text)
{
	static const char plaintext[] = "plaintext";
	size_t i, len = strcspn((const char *)text, " ]");

	for (i = 0; excuses[i] != NULL; i++)
		if (pw_is(text, len, excuses[i]))
			return false;
	/* "Plaintext authentication disallowed", with a code for a wrong password or none */
	for (; *text != '\0'; text++)
		if (strncasecmp((const char *)text, plaintext, strlen(plaintext)) == 0)
			return false;
	return true;
}

/* Commands */

/* What a command does beyond waiting for its reply. */
enum effect { USER = -4, PASSWORD, AUTH, BLOCK };

struct verb {
	const struct pw_protocol *of;
	const char	*name;
	int		 means;		/* enum effect, or enum pw_kind */
	bool		 bare;		/* only when nothing follows the word */
};

static const struct verb verbs[] = {
	{ &pw_ftp,  "USER",       USER,     false },
	{ &pw_ftp,  "PASS",       PASSWORD, false },
	{ &pw_ftp,  "AUTH",       PW_TLS,   false },
	{ &pw_smtp, "AUTH",       AUTH,     false },
	{ &pw_smtp, "STARTTLS",   PW_TLS,   false },
	{ &pw_smtp, "DATA",       PW_BODY,  true },
	{ &pw_smtp, "BDAT",       BLOCK,    false },
	{ &pw_pop3, "USER",       USER,     false },
	{ &pw_pop3, "PASS",       PASSWORD, false },
	{ &pw_pop3, "AUTH",       PW_TEXT,  true },
	{ &pw_pop3, "AUTH",       AUTH,     false },
	{ &pw_pop3, "STLS",       PW_TLS,   false },
	{ &pw_pop3, "CAPA",       PW_TEXT,  false },
	{ &pw_pop3, "LIST",       PW_TEXT,  true },
	{ &pw_pop3, "UIDL",       PW_TEXT,  true },
	{ &pw_pop3, "RETR",       PW_TEXT,  false },
	{ &pw_pop3, "TOP",        PW_TEXT,  false },
	{ &pw_nntp, "AUTHINFO",   AUTH,     false },
	{ &pw_nntp, "LISTGROUP",  PW_TEXT,  false },
	{ &pw_nntp, "POST",       PW_BODY,  false },
	{ &pw_nntp, "IHAVE",      PW_BODY,  false },
	{ &pw_nntp, "STARTTLS",   PW_TLS,   false },
	{ &pw_nntp, "COMPRESS",   PW_TLS,   false },
	{ NULL,     NULL,         PW_OTHER, false },
};

static int
meaning(const struct pw_protocol *p, const unsigned char *word, size_t len, bool bare)
{
	const struct verb *v;

	for (v = verbs; v->of != NULL; v++)
		if (v->of == p && pw_is(word, len, v->name) && (bare || !v->bare))
			break;
	return v->means;
}

static void
take_user(struct password *pw, const unsigned char *name)
{
	pw_set(&pw->user, name, strlen((const char *)name));
	pw->has_user = true;
	pw_push(pw, PW_USER, -1);
}

static void
take_password(struct password *pw, const unsigned char *password)
{
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
	const unsigned char *word;
	size_t len = pw_word(&at, &word);
	bool nntp = pw->protocol == &pw_nntp;

	if (nntp && pw_is(word, len, "USER")) {
		take_user(pw, at);
	} else if (nntp && pw_is(word, len, "PASS")) {
		take_password(pw, at);
	} else if (nntp && !pw_is(word, len, "SASL")) {
		pw_push(pw, PW_OTHER, -1);
	} else {
		if (nntp)
			len = pw_word(&at, &word);
		pw_push(pw, PW_LOGIN, pw_sasl_start(pw, word, len, at));
	}
}

/* BDAT SIZE [LAST]: so many bytes follow the line (RFC 3030). */
static void
take_block(struct password *pw, const unsigned char *size)
{
	for (pw->skip[CLIENT] = 0; isdigit(*size) && pw->skip[CLIENT] < UINTMAX_MAX / 20; size++)
		pw->skip[CLIENT] = pw->skip[CLIENT] * 10 + (uintmax_t)(*size - '0');
	pw_push(pw, PW_OTHER, -1);
}

static void
command(struct password *pw, const struct pw_line *line)
{
	const unsigned char *at = line->text, *word;
	size_t len = pw_word(&at, &word);
	int means = line->cut ? PW_OTHER : meaning(pw->protocol, word, len, *at == '\0');

	if (line->cut)
		pw->has_user = false;	/* it may have been another one */
	switch (means) {
	case USER:
		take_user(pw, at);
		break;
	case PASSWORD:		/* may have blanks, in front too */
		take_password(pw, word[len] != '\0' ? word + len + 1 : word + len);
		break;
	case AUTH:
		take_auth(pw, at);
		break;
	case BLOCK:
		take_block(pw, at);
		break;
	default:
		pw->body[CLIENT] = means == PW_BODY;
		pw_push(pw, (enum pw_kind)means, -1);
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

/* The code of a reply of three digits, or 0. */
static int
reply_code(const struct pw_line *line)
{
	const unsigned char *t = line->text;

	if (line->len < 3 || !isdigit(t[0]) || !isdigit(t[1]) || !isdigit(t[2]) || isdigit(t[3]))
		return 0;
	return (t[0] - '0') * 100 + (t[1] - '0') * 10 + (t[2] - '0');
}

static bool
starts(const struct pw_line *line, const char *with)
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
	int code = reply_code(line);

	if (pw->reply != 0 && (code != pw->reply || line->text[3] == '-'))
		return 0;
	pw->reply = code != 0 && line->text[3] == '-' ? code : 0;
	return pw->reply == 0 ? code : 0;
}

/* A server that we took for one that answers with numbers speaks POP3. */
static void
is_pop3(struct password *pw, struct pw_line *line)
{
	pw->protocol = &pw_pop3;
	pw->protocol->line[SERVER](pw, line);
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

	if (!pw->greeted && (starts(line, "+OK") || starts(line, "-ERR"))) {
		is_pop3(pw, line);
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

	if (in_text(pw, line) || (!starts(line, "+OK") && !starts(line, "-ERR")))
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
	int code = reply_code(line);

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

/* Which protocol it is */

static const struct {
	const char	*word;
	const struct pw_protocol *means;
} first_words[] = {
	{ "EHLO", &pw_smtp }, { "HELO", &pw_smtp }, { "LHLO", &pw_smtp }, { "MAIL", &pw_smtp },
	{ "AUTH", &pw_smtp }, { "STARTTLS", &pw_smtp }, { "USER", &pw_ftp }, { "PASS", &pw_ftp },
	{ "FEAT", &pw_ftp }, { "SYST", &pw_ftp }, { "CAPA", &pw_pop3 }, { "STLS", &pw_pop3 },
	{ "APOP", &pw_pop3 }, { "AUTHINFO", &pw_nntp }, { "MODE", &pw_nntp },
	{ "CAPABILITIES", &pw_nntp }, { NULL, NULL },
};

/* What FTP's AUTH asks for (RFC 4217, and older drafts). */
static bool
names_tls(const unsigned char *word, size_t len)
{
	return pw_is(word, len, "TLS") || pw_is(word, len, "TLS-C") ||
	    pw_is(word, len, "TLS-P") || pw_is(word, len, "SSL");
}

static void
unknown_client(struct password *pw, struct pw_line *line)
{
	const unsigned char *at = line->text, *word;
	size_t i, len = pw_word(&at, &word);

	for (i = 0; i < line->len; i++)
		if (iscntrl(line->text[i]) && line->text[i] != '\t')
			pw->ended = true;	/* no protocol of text */
	for (i = 0; first_words[i].word != NULL && pw->protocol == &pw_unknown; i++)
		if (pw_is(word, len, first_words[i].word))
			pw->protocol = first_words[i].means;
	if (pw_is(word, len, "AUTH")) {
		len = pw_word(&at, &word);
		if (names_tls(word, len))
			pw->protocol = &pw_ftp;
	}
	if (pw->protocol == &pw_unknown && pw_http_is_request(line))
		pw->protocol = &pw_http;
	if (pw->protocol == &pw_unknown && pw_imap_is_command(line))
		pw->protocol = &pw_imap;
	if (pw->protocol != &pw_unknown)
		pw->protocol->line[CLIENT](pw, line);
	else if (line->cut)
		pw->ended = true;
	else if (line->len > 0)
		pw_push(pw, PW_OTHER, -1);
}

static void
unknown_server(struct password *pw, struct pw_line *line)
{
	int code = reply_code(line);

	if (!pw->greeted && starts(line, "+OK"))
		is_pop3(pw, line);
	else if (!pw->greeted && starts(line, "* "))
		pw->protocol = &pw_imap;
	else if (!pw->greeted && (code == 200 || code == 201)) {
		pw->protocol = &pw_nntp;
		pw->greeted = true;
	} else if (pw->greeted || pw->reply != 0 || code == 220 || code == 120 || code == 421)
		number_line(pw, line);
	else
		pw->ended = true;
}

const struct pw_protocol pw_unknown = { "", { unknown_client, unknown_server } };
const struct pw_protocol pw_ftp = { "ftp", { client_line, number_line } };
const struct pw_protocol pw_smtp = { "smtp", { client_line, number_line } };
const struct pw_protocol pw_pop3 = { "pop3", { client_line, pop3_line } };
const struct pw_protocol pw_nntp = { "nntp", { client_line, nntp_line } };
