/* password-detect.c - which protocol of text a session speaks
 *
 * Runs in: session. A protocol like the others, for as long as it is not known which
 * one it is: the first words of either side decide, and the line goes on to the
 * protocol that it was found to be of.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <ctype.h>

#include "password.h"

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
	int code = pw_reply_code(line);

	if (!pw->greeted && pw_starts(line, "+OK")) {
		pw->protocol = &pw_pop3;
		pw_pop3.line[SERVER](pw, line);
	} else if (!pw->greeted && pw_starts(line, "* ")) {
		pw->protocol = &pw_imap;
	} else if (!pw->greeted && (code == 200 || code == 201)) {
		pw->protocol = &pw_nntp;
		pw->greeted = true;
	} else if (pw->greeted || pw->reply != 0 || code == 220 || code == 120 || code == 421) {
		pw_smtp.line[SERVER](pw, line);		/* or FTP's, which counts the same way */
	} else {
		pw->ended = true;
	}
}

const struct pw_protocol pw_unknown = { "", { unknown_client, unknown_server } };
