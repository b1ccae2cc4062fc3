/* test-password.c - what the password format finds in dialogs, however they are cut
 *
 * Each dialog goes through the format as the program drives it: line by line,
 * in single bytes, cut at every place, with the lines of one side together, and
 * (where the row says so) with all that the client says before the answers.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdlib.h>

#include "format.h"
#include "password.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static struct peer peers[SIDES];
static const struct frame plain = { 0 };

/* A session in this format, with bytes behind its memory that must stay as they are. */
#define GUARD		64
static union {
	struct password	 pw;
	unsigned char	 bytes[sizeof(struct password) + GUARD];
} memory;
static struct writer writer;
static struct buf out;

static void
session_begin(void)
{
	memset(&memory, 0, sizeof(struct password));
	memset(memory.bytes + sizeof(struct password), 0xa5, GUARD);
	writer = (struct writer){ .format = &format_password, .frame = &plain,
	    .memory = &memory };
	buf_clear(&out);
}

static void
say(enum side from, const void *bytes, size_t len)
{
	struct chunk c = { from, false, bytes, len, len, 0 };
	struct event ev = { .type = EV_DATA, .session = 1, .peer = peers, .chunk = &c };

	if (len > 0)
		format_event(&writer, &ev, &out);
}

static void
say_text(enum side from, const char *text)
{
	say(from, text, strlen(text));
}

/* The end: returns what was found, without the session line. */
static const char *
session_end(void)
{
	struct ending ending = { .how = END_CLOSED };
	struct event ev = { .type = EV_CLOSE, .session = 1, .peer = peers, .ending = &ending };
	char *line;
	size_t i;

	format_event(&writer, &ev, &out);
	buf_putc(&out, '\0');
	for (i = 0; i < GUARD && memory.bytes[sizeof(struct password) + i] == 0xa5; i++)
		;
	CHECK(i == GUARD, "byte %zu behind the memory was written", i);
	CHECK(memory.pw.ended, "the end is not known");
	line = strstr((char *)out.data, "# session 1 close ");
	CHECK(line != NULL && strchr(line, '\n') == line + strlen(line) - 1, "%s",
	    (char *)out.data);
	if (line != NULL)
		*line = '\0';
	return (const char *)out.data;
}

static void
check_found(const char *want, const char *title)
{
	const char *found = session_end();

	CHECK_TEXT(found, want, title);
}

/* Dialogs */

/*
 * A line of a dialog: "C: text" or "S: text" with CR LF at its end, "C; text"
 * with LF alone, "C- text" without an end; ` stands for NUL. AT_ONCE: the client
 * need not wait for answers.
 */
enum { AT_ONCE = 1 };

static const struct {
	const char	*title;
	int		 flags;
	const char	*dialog;
	const char	*found;		/* lines without their "client> " */
} rows[] = {
	{ "FTP", AT_ONCE,
	    "S: 220-Welcome\n"
	    "S: 220 ready\n"
	    "C: user dave\n"
	    "S: 331 Password required for dave\n"
	    "C: PASS d4ve !\n"
	    "S: 230-Hello\n"
	    "S: 421 is not a code here\n"
	    "S: 230 Logged in\n"
	    "C: PWD\n"
	    "S: 257 \"/\"\n"
	    "C: QUIT\n"
	    "S: 221 bye\n",
	    "ftp user \"dave\" password \"d4ve !\" accepted\n" },
	{ "FTP, refused, then not", AT_ONCE,
	    "S: 220 ready\n"
	    "C: USER a\n"
	    "S: 331 Password\n"
	    "C: PASS \"\\\303\274\n"
	    "S: 530 no\n"
	    "C: USER b\n"
	    "S: 331 Password\n"
	    "C: PASS\n"
	    "S: 230 Logged in\n",
	    "ftp user \"a\" password \"\\\"\\\\\\303\\274\" rejected\n"
	    "ftp user \"b\" password \"\" accepted\n" },
	{ "FTP with TLS", 0,
	    "S: 220 ready\n"
	    "C: AUTH TLS\n"
	    "S: 234 go on\n"
	    "C: USER not\n"
	    "S: 331 it is\n"
	    "C: PASS really\n"
	    "S: 230 noise\n",
	    "" },
	{ "FTP with TLS refused, and a free greeting", AT_ONCE,
	    "S: 220-Welcome\n"
	    "S: to this host\n"
	    "S: 220 ready\n"
	    "C: AUTH TLS\n"
	    "S: 502 no\n"
	    "C: USER dave\n"
	    "S: 331 Password\n"
	    "C: PASS x\n"
	    "S: 332 account, too\n",
	    "ftp user \"dave\" password \"x\" unknown\n" },
	{ "FTP without an answer", AT_ONCE,
	    "S: 220 ready\n"
	    "C: USER dave\n"
	    "S: 331 Password\n"
	    "C: PASS x\n",
	    "ftp user \"dave\" password \"x\" unknown\n" },
	{ "POP3", AT_ONCE,
	    "S: +OK ready <1.2@host>\n"
	    "C: CAPA\n"
	    "S: +OK\n"
	    "S: USER\n"
	    "S: -ERR is but a line\n"
	    "S: .\n"
	    "C: USER dave\n"
	    "S: +OK\n"
	    "C: PASS p w\n"
	    "S: +OK\n"
	    "C: RETR 1\n"
	    "S: +OK 20 octets\n"
	    "S: USER eve\n"
	    "S: PASS never\n"
	    "S: .\n"
	    "C: QUIT\n"
	    "S: +OK\n",
	    "pop3 user \"dave\" password \"p w\" accepted\n" },
	{ "POP3 AUTH", 0,
	    "S: +OK\n"
	    "C: AUTH\n"
	    "S: +OK\n"
	    "S: PLAIN\n"
	    "S: .\n"
	    "C: AUTH PLAIN AHRlc3QAc2VjcmV0\n"
	    "S: -ERR\n"
	    "C: auth plain\n"
	    "S: + \n"
	    "C: AHRlc3QAc2VjcmV0\n"
	    "S: -ERR\n"
	    "C: AUTH LOGIN\n"
	    "S: + VXNlcm5hbWU6\n"
	    "C: dGVzdA==\n"
	    "S: + UGFzc3dvcmQ6\n"
	    "C: c2VjcmV0\n"
	    "S: +OK\n",
	    "pop3 user \"test\" password \"secret\" rejected\n"
	    "pop3 user \"test\" password \"secret\" rejected\n"
	    "pop3 user \"test\" password \"secret\" accepted\n" },
	{ "IMAP", AT_ONCE,
	    "S: * OK ready\n"
	    "C: x1 CAPABILITY\n"
	    "S: * CAPABILITY IMAP4rev1\n"
	    "S: x1 OK\n"
	    "C: x2 login \"a b\" \"c\\\"d\\\\\"\n"
	    "S: x2 OK\n"
	    "C: x3 FETCH 1 BODY[]\n"
	    "S: * 1 FETCH (BODY[] {25}\n"
	    "S: x9 NO this is in a mail\n"
	    "S: )\n"
	    "S: x3 OK\n",
	    "imap user \"a b\" password \"c\\\"d\\\\\" accepted\n" },
	{ "IMAP, literals", 0,
	    "S: * OK ready\n"
	    "C: 1 LOGIN {4}\n"
	    "S: + go on\n"
	    "C: dave {3+}\n"
	    "C: {3}\n"
	    "S: 1 OK\n"
	    "C: 2 APPEND INBOX {22+}\n"
	    "C: 3 LOGIN not this one\n"
	    "C: \n"
	    "S: 2 OK\n",
	    "imap user \"dave\" password \"{3}\" accepted\n" },
	{ "IMAP, a literal refused", 0,
	    "S: * OK ready\n"
	    "C: 1 LOGIN {4000000}\n"
	    "S: 1 NO too long\n"
	    "C: 2 LOGIN b c\n"
	    "S: 2 NO\n",
	    "imap user \"b\" password \"c\" rejected\n" },
	{ "IMAP, answers to what came before a literal", 0,
	    "S: * OK ready\n"
	    "C: 7c8d9f8e-1b3a-4c55-9d1e-000000000001 CAPABILITY\n"
	    "C: 7c8d9f8e-1b3a-4c55-9d1e-000000000002 LOGIN {0000000000000000000004}\n"
	    "S: 7c8d9f8e-1b3a-4c55-9d1e-000000000001 OK done\n"
	    "S: + go on\n"
	    "C: dave d4ve\n"
	    "S: 7c8d9f8e-1b3a-4c55-9d1e-000000000002 OK done\n",
	    "imap user \"dave\" password \"d4ve\" accepted\n" },
	{ "IMAP AUTHENTICATE", 0,
	    "S: * OK ready\n"
	    "C: a AUTHENTICATE PLAIN\n"
	    "S: + \n"
	    "C: AHRlc3QAc2VjcmV0\n"
	    "S: * CAPABILITY IMAP4rev1\n"
	    "S: a NO\n"
	    "C: b AUTHENTICATE CRAM-MD5\n"
	    "S: + PDE4OTYuNjk3MTcwOTUyQHBvc3RvZmZpY2U+\n"
	    "C: dGltIGI5MTNhNjAyYzdlZGE3YTQ5NWI0ZTZlNzMzNGQzODkw\n"
	    "S: b NO\n"
	    "C: c AUTHENTICATE LOGIN\n"
	    "S: + VXNlcm5hbWU6\n"
	    "C: dGVzdA==\n"
	    "S: + UGFzc3dvcmQ6\n"
	    "C: c2VjcmV0\n"
	    "S: c OK\n",
	    "imap user \"test\" password \"secret\" rejected\n"
	    "imap user \"test\" password \"secret\" accepted\n" },
	{ "IMAP with TLS", 0,
	    "S: * OK ready\n"
	    "C: a STARTTLS\n"
	    "S: a OK\n"
	    "C: b LOGIN not this\n"
	    "S: b OK\n",
	    "" },
	{ "SMTP", AT_ONCE,
	    "S: 220 mail ESMTP\n"
	    "C: EHLO me\n"
	    "S: 250-mail\n"
	    "S: 250 AUTH PLAIN LOGIN\n"
	    "C: AUTH PLAIN AHRlc3QAc2VjcmV0\n"
	    "S: 235 ok\n"
	    "C: MAIL FROM:<a@b>\n"
	    "S: 250 ok\n"
	    "C: RCPT TO:<c@d>\n"
	    "S: 250 ok\n"
	    "C: DATA\n"
	    "S: 354 go on\n"
	    "C: AUTH PLAIN AGZhbHNlAGNhcHR1cmU=\n"
	    "C: AUTH LOGIN ZmFsc2U=\n"
	    "C: Y2FwdHVyZQ==\n"
	    "C: ..\n"
	    "C: .\n"
	    "S: 250 ok\n"
	    "C: BDAT 47 LAST\n"
	    "C: AUTH PLAIN AGZhbHNlAGNhcHR1cmU=\n"
	    "C: 123456789012\n"
	    "S: 250 ok\n"
	    "C: QUIT\n"
	    "S: 221 bye\n",
	    "smtp user \"test\" password \"secret\" accepted\n" },
	{ "SMTP, all ways of AUTH", 0,
	    "S: 220 mail ESMTP\n"
	    "C: ehlo me\n"
	    "S: 250 mail\n"
	    "C: Auth Plain\n"
	    "S: 334 \n"
	    "C: AHRlc3QAc2VjcmV0\n"
	    "S: 535 no\n"
	    "C: AUTH LOGIN\n"
	    "S: 334 VXNlcm5hbWU6\n"
	    "C: dGVzdA==\n"
	    "S: 334 UGFzc3dvcmQ6\n"
	    "C: *\n"
	    "S: 501 as you like\n"
	    "C: AUTH LOGIN\n"
	    "S: 504 unknown\n"
	    "C: AUTH LOGIN\n"
	    "S: 334 VXNlcm5hbWU6\n"
	    "C: dGVzdA==\n"
	    "S: 334 UGFzc3dvcmQ6\n"
	    "C: c2VjcmV0\n"
	    "S: 535 no\n"
	    "C: DATA\n"
	    "S: 503 not now\n"
	    "C: AUTH LOGIN dGVzdA==\n"
	    "S: 334 UGFzc3dvcmQ6\n"
	    "C: c2VjcmV0\n"
	    "S: 235 ok\n",
	    "smtp user \"test\" password \"secret\" rejected\n"
	    "smtp user \"test\" password \"secret\" rejected\n"
	    "smtp user \"test\" password \"secret\" accepted\n" },
	{ "SMTP, not now", AT_ONCE,
	    "S: 220 mail\n"
	    "C: EHLO me\n"
	    "S: 250 AUTH PLAIN\n"
	    "C: AUTH PLAIN AHRlc3QAc2VjcmV0\n"
	    "S: 454 4.7.0 temporary failure\n",
	    "smtp user \"test\" password \"secret\" unknown\n" },
	{ "SMTP with TLS", 0,
	    "S: 220 mail\n"
	    "C: STARTTLS\n"
	    "S: 220 go on\n"
	    "C: AUTH PLAIN AHRlc3QAc2VjcmV0\n"
	    "S: 235 ok\n",
	    "" },
	{ "SMTP, TLS refused", AT_ONCE,
	    "S: 220 mail\n"
	    "C: STARTTLS\n"
	    "S: 454 not now\n"
	    "C: AUTH PLAIN AHRlc3QAc2VjcmV0\n"
	    "S: 235 ok\n",
	    "smtp user \"test\" password \"secret\" accepted\n" },
	{ "NNTP", AT_ONCE,
	    "S: 200 news\n"
	    "C: MODE READER\n"
	    "S: 200 ok\n"
	    "C: authinfo user dave\n"
	    "S: 381 more\n"
	    "C: AUTHINFO PASS pw\n"
	    "S: 481 no\n"
	    "C: AUTHINFO USER dave\n"
	    "S: 381 more\n"
	    "C: AUTHINFO PASS pw2\n"
	    "S: 281 ok\n"
	    "C: ARTICLE 1\n"
	    "S: 220 1 <a@b>\n"
	    "S: 481 is in the article\n"
	    "S: .\n"
	    "C: POST\n"
	    "S: 340 go on\n"
	    "C: AUTHINFO USER eve\n"
	    "C: AUTHINFO PASS never\n"
	    "C: .\n"
	    "S: 240 ok\n",
	    "nntp user \"dave\" password \"pw\" rejected\n"
	    "nntp user \"dave\" password \"pw2\" accepted\n" },
	{ "HTTP", AT_ONCE,
	    "C: GET / HTTP/1.1\n"
	    "C: authorization: basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"
	    "C: \n"
	    "S: HTTP/1.1 401 Unauthorized\n"
	    "S: Content-Length: 27\n"
	    "S: \n"
	    "S: HTTP/1.1 200 not a status\n"
	    "C: GET http://x/ HTTP/1.1\n"
	    "C: Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"
	    "C: \n"
	    "S: HTTP/1.1 407 Proxy Authentication Required\n"
	    "S: Transfer-Encoding: chunked\n"
	    "S: \n"
	    "S: 1d\n"
	    "S: HTTP/1.1 200 not a status\n"
	    "S: \n"
	    "S: \n"
	    "S: 0\n"
	    "S: \n"
	    "C: POST / HTTP/1.1\n"
	    "C: Content-Length: 59\n"
	    "C: Authorization: Basic YTpiOmM=\n"
	    "C: Proxy-Authorization: Basic QWxhZGRpbjpvcGVuIHNlc2FtZQ==\n"
	    "C: \n"
	    "S: HTTP/1.1 100 Continue\n"
	    "S: \n"
	    "C: GET / HTTP/1.1\n"
	    "C: Authorization: Basic ZmFsc2U6Y2FwdHVyZQ==\n"
	    "S: HTTP/1.1 204 No Content\n"
	    "S: \n"
	    "C: HEAD / HTTP/1.1\n"
	    "C: \n"
	    "S: HTTP/1.1 200 OK\n"
	    "S: Content-Length: 1000\n"
	    "S: \n"
	    "C: GET / HTTP/1.1\n"
	    "C: Authorization: Bearer YTpiOmM=\n"
	    "C: \n"
	    "S: HTTP/1.1 200 OK\n"
	    "S: Content-Length: 0\n"
	    "S: \n",
	    "http user \"Aladdin\" password \"open sesame\" rejected\n"
	    "http-proxy user \"Aladdin\" password \"open sesame\" rejected\n"
	    "http user \"a\" password \"b:c\" accepted\n"
	    "http-proxy user \"Aladdin\" password \"open sesame\" accepted\n" },
	{ "HTTP, verdicts", AT_ONCE,
	    "C: GET / HTTP/1.1\n"
	    "C: Authorization: Basic YTpiOmM=\n"
	    "C: \n"
	    "S: HTTP/1.1 301 elsewhere\n"
	    "S: Content-Length: 0\n"
	    "S: \n"
	    "C: POST / HTTP/1.1\n"
	    "C: Authorization: Basic YTpiOmM=\n"
	    "C: Transfer-Encoding: gzip, chunked \n"
	    "C: \n"
	    "C: 0\n"
	    "C: \n"
	    "S: HTTP/1.1  401 no\n"
	    "S: Transfer-Encoding: chunked\t\n"
	    "S: \n"
	    "S: 0\n"
	    "S: \n"
	    "C: GET / HTTP/1.1\n"
	    "C: Authorization: Basic YTpiOmM=\n"
	    "C: \n"
	    "S: HTTP/1.1 200 OK\n"
	    "S: Content-Length: 0\n"
	    "S: \n",
	    "http user \"a\" password \"b:c\" unknown\n"
	    "http user \"a\" password \"b:c\" rejected\n"
	    "http user \"a\" password \"b:c\" accepted\n" },
	{ "an unknown protocol", AT_ONCE,
	    "S: hello\n"
	    "C: USER dave\n"
	    "C: PASS secret\n"
	    "S: 230 ok\n",
	    "" },

	/* Verdicts */
	{ "FTP codes", AT_ONCE, "S: 220 x\nC: USER a\nC: PASS 1\nC: PASS 2\nC: PASS 3\nC: PASS 4\n"
	    "C: PASS 5\nC: PASS 6\nC: PASS 7\nC: PASS 8\nS: 331 x\nS: 430 x\nS: 530 x\nS: 421 x\n"
	    "S: 332 x\nS: 503 x\nS: 202 x\nS: 399 x\nS: 535 x\n",
	    "ftp user \"a\" password \"1\" rejected\nftp user \"a\" password \"2\" rejected\n"
	    "ftp user \"a\" password \"3\" unknown\nftp user \"a\" password \"4\" unknown\n"
	    "ftp user \"a\" password \"5\" unknown\nftp user \"a\" password \"6\" accepted\n"
	    "ftp user \"a\" password \"7\" unknown\nftp user \"a\" password \"8\" unknown\n" },
	{ "FTP, a refused USER is forgotten", 0, "S: 220 x\nC: USER a\nS: 530 must encrypt\n"
	    "C: PASS 1\nS: 530 no\nC: USER b\nS: 331 x\nC: PASS 2\nS: 230 x\n",
	    "ftp user \"b\" password \"2\" accepted\n" },
	{ "FTP, a refused USER before another", AT_ONCE, "S: 220 x\nC: USER a\nC: USER b\n"
	    "S: 530 no\nS: 331 x\nC: PASS 2\nS: 230 x\n",
	    "ftp user \"b\" password \"2\" accepted\n" },
	{ "FTP, a refused USER after another, and one with no need of a password", 0,
	    "S: 220 x\nC: USER a\nS: 230 x\nC: PASS 1\nS: 202 x\nC: USER b\nS: 421 x\n"
	    "C: PASS 2\nS: 503 no\n", "ftp user \"a\" password \"1\" accepted\n" },
	{ "SMTP: 535 alone rejects", AT_ONCE, "S: 220 x\nC: EHLO x\n"
	    "C: AUTH PLAIN AGEAMQ==\nC: AUTH PLAIN AGEAMg==\nC: AUTH PLAIN AGEAMw==\n"
	    "C: AUTH PLAIN AGEANA==\nC: AUTH PLAIN AGEANQ==\nC: AUTH PLAIN AGEANg==\n"
	    "C: AUTH PLAIN AGEANw==\nS: 250 x\nS: 503 x\nS: 538 x\nS: 454 x\nS: 535 x\nS: 534 x\n"
	    "S: 530 x\nS: 235 x\n",
	    "smtp user \"a\" password \"1\" unknown\nsmtp user \"a\" password \"2\" unknown\n"
	    "smtp user \"a\" password \"3\" unknown\nsmtp user \"a\" password \"4\" rejected\n"
	    "smtp user \"a\" password \"5\" unknown\nsmtp user \"a\" password \"6\" unknown\n"
	    "smtp user \"a\" password \"7\" accepted\n" },
	{ "IMAP: what is no no", AT_ONCE, "S: * OK\nC: a LOGIN u 1\nC: b LOGIN u 2\n"
	    "C: c LOGIN u 3\n"
	    "C: d LOGIN u 4\nC: e LOGIN u 5\nC: f LOGIN u 6\nC: g LOGIN u 7\nC: h LOGIN u 8\n"
	    "S: a BAD syntax\nS: b NO [PRIVACYREQUIRED] not so\nS: c NO [unavailable] x\n"
	    "S: d NO [AUTHENTICATIONFAILED] x\nS: e NO x [UNAVAILABLE]\n"
	    "S: f NO [PRIVACYREQUIREDX] x\nS: g NO\nS: h no Plaintext authentication disallowed\n",
	    "imap user \"u\" password \"1\" unknown\nimap user \"u\" password \"2\" unknown\n"
	    "imap user \"u\" password \"3\" unknown\nimap user \"u\" password \"4\" rejected\n"
	    "imap user \"u\" password \"5\" rejected\nimap user \"u\" password \"6\" rejected\n"
	    "imap user \"u\" password \"7\" rejected\nimap user \"u\" password \"8\" unknown\n" },
	{ "IMAP: other codes that are no no", AT_ONCE, "S: * OK\nC: a LOGIN u 1\nC: b LOGIN u 2\n"
	    "C: c LOGIN u 3\nC: d LOGIN u 4\nC: e LOGIN u 5\nS: a NO [INUSE] x\n"
	    "S: b NO [LIMIT] x\nS: c NO [SERVERBUG] x\nS: d NO [CLIENTBUG] x\nS: e OK [LIMIT] x\n",
	    "imap user \"u\" password \"1\" unknown\nimap user \"u\" password \"2\" unknown\n"
	    "imap user \"u\" password \"3\" unknown\nimap user \"u\" password \"4\" unknown\n"
	    "imap user \"u\" password \"5\" accepted\n" },
	{ "POP3: what is no no", AT_ONCE, "S: +OK\nC: USER u\nC: PASS 1\nC: PASS 2\nC: PASS 3\n"
	    "C: PASS 4\nC: PASS 5\nC: PASS 6\nC: PASS 7\nS: -ERR no such user\n"
	    "S: -ERR [SYS/TEMP] x\nS: -ERR [IN-USE] x\nS: -ERR [AUTH] no\n"
	    "S: -ERR [AUTH] Plaintext authentication disallowed on non-secure connections.\n"
	    "S: -ERR [LOGIN-DELAY 5] x\nS: -ERR [sys/perm] x\nS: -ERR\n",
	    "pop3 user \"u\" password \"1\" unknown\npop3 user \"u\" password \"2\" unknown\n"
	    "pop3 user \"u\" password \"3\" rejected\npop3 user \"u\" password \"4\" unknown\n"
	    "pop3 user \"u\" password \"5\" unknown\npop3 user \"u\" password \"6\" unknown\n"
	    "pop3 user \"u\" password \"7\" rejected\n" },
	{ "NNTP codes", AT_ONCE, "S: 201 x\nC: AUTHINFO USER u\nC: AUTHINFO PASS 1\n"
	    "C: AUTHINFO PASS 2\nC: AUTHINFO PASS 3\nC: AUTHINFO PASS 4\nC: AUTHINFO PASS 5\n"
	    "S: 381 x\nS: 481 x\nS: 482 x\nS: 483 x\nS: 403 x\nS: 281 x\n",
	    "nntp user \"u\" password \"1\" rejected\nnntp user \"u\" password \"2\" rejected\n"
	    "nntp user \"u\" password \"3\" unknown\nnntp user \"u\" password \"4\" unknown\n"
	    "nntp user \"u\" password \"5\" accepted\n" },
	{ "HTTP through a proxy", 0,
#define BOTH(method, origin, proxy) "C: " method " x HTTP/1.1\nC: Authorization: Basic " origin \
	"\nC: Proxy-Authorization: Basic " proxy "\nC: \n"
#define ANSWER(status) "S: HTTP/1.1 " status " x\nS: Content-Length: 0\nS: \n"
	    BOTH("GET", "YTox", "cDox") ANSWER("401") BOTH("GET", "YToy", "cDoy") ANSWER("407")
	    BOTH("GET", "YToz", "cDoz") ANSWER("302") BOTH("GET", "YTo0", "cDo0") ANSWER("400")
	    BOTH("GET", "YTo1", "cDo1") ANSWER("500") BOTH("GET", "YTo2", "cDo2") ANSWER("200"),
	    "http user \"a\" password \"1\" unknown\nhttp-proxy user \"p\" password \"1\" unknown\n"
	    "http user \"a\" password \"2\" unknown\n"
	    "http-proxy user \"p\" password \"2\" rejected\n"
	    "http user \"a\" password \"3\" unknown\n"
	    "http-proxy user \"p\" password \"3\" accepted\n"
	    "http user \"a\" password \"4\" unknown\nhttp-proxy user \"p\" password \"4\" unknown\n"
	    "http user \"a\" password \"5\" unknown\nhttp-proxy user \"p\" password \"5\" unknown\n"
	    "http user \"a\" password \"6\" accepted\n"
	    "http-proxy user \"p\" password \"6\" accepted\n" },
	{ "HTTP: credentials of a proxy that are not Basic", AT_ONCE, "C: GET http://x/ HTTP/1.1\n"
	    "C: Authorization: Basic YTox\nC: Proxy-Authorization: Digest x\nC: \n" ANSWER("401")
	    "C: GET http://x/ HTTP/1.1\nC: Authorization: Basic YToy\nC: \n" ANSWER("401"),
	    "http user \"a\" password \"1\" unknown\nhttp user \"a\" password \"2\" rejected\n" },
	{ "HTTP CONNECT refused", AT_ONCE, BOTH("CONNECT", "YTox", "cDox") ANSWER("401")
	    BOTH("CONNECT", "YToy", "cDoy") ANSWER("407") BOTH("CONNECT", "YToz", "cDoz")
	    ANSWER("502"),
	    "http user \"a\" password \"1\" unknown\n"
	    "http-proxy user \"p\" password \"1\" rejected\n"
	    "http user \"a\" password \"2\" unknown\n"
	    "http-proxy user \"p\" password \"2\" rejected\n"
	    "http user \"a\" password \"3\" unknown\n"
	    "http-proxy user \"p\" password \"3\" unknown\n" },
	{ "SMTP in a tunnel", 0, BOTH("CONNECT", "YTox", "cDox") "S: HTTP/1.1 200 x\n"
	    "S: Content-Length: 50\nS: \n"
	    "S: 220 mail\nC: EHLO me\nS: 250-x\nS: 250 x\nC: AUTH PLAIN AGEAYg\nS: 235 x\n",
	    "http user \"a\" password \"1\" unknown\n"
	    "http-proxy user \"p\" password \"1\" accepted\n"
	    "smtp user \"a\" password \"b\" accepted\n" },
	{ "POP3, IMAP in a tunnel in a tunnel", 0, "C: CONNECT x:1 HTTP/1.1\nC: \n"
	    "S: HTTP/1.1 299 x\nS: \nC: CONNECT y:2 HTTP/1.1\nC: Host: y\nC: \n"
	    "S: HTTP/1.0 200 x\nS: \n"
	    "S: * OK\nC: a LOGIN u p\nS: a NO x\n", "imap user \"u\" password \"p\" rejected\n" },
	{ "HTTP in a tunnel", 0, "C: CONNECT x:80 HTTP/1.1\nC: \nS: HTTP/1.1 200 x\n"
	    "S: Transfer-Encoding: chunked\nS: \nC: GET / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 401 x\nS: \n", "http user \"a\" password \"b\" rejected\n" },
	{ "HTTP in a tunnel, before the proxy has agreed", AT_ONCE, "C: CONNECT x:80 HTTP/1.1\n"
	    "C: \n"
	    "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \nS: HTTP/1.1 200 x\nS: \n"
	    "S: HTTP/1.1 200 x\nS: Content-Length: 0\nS: \n",
	    "http user \"a\" password \"b\" accepted\n" },
	{ "TLS in a tunnel", 0, "C: CONNECT x:443 HTTP/1.1\nC: \nS: HTTP/1.1 200 x\nS: \n"
	    "C; \026\003\001\nC: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 200 x\n",
	    "" },
	{ "HTTP, another protocol", 0, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 101 x\nS: \nC: GET / HTTP/1.1\nC: Authorization: Basic YTpj\nC: \n"
	    "S: HTTP/1.1 200 x\nS: \n", "http user \"a\" password \"b\" accepted\n" },

	/* HTTP: messages */
	{ "HTTP bodies of every kind", AT_ONCE, "C: \nC: POST / HTTP/1.1\n"
	    "C: content-length: \t3\nC: \n"
	    "C- xyz\nC: POST / HTTP/1.1\nC: Transfer-Encoding:gzip, Chunked\nC: \nC: 1A;x=\"1\"\n"
	    "C: GET / HTTP/1.1 abcdefghijk\nC: 0\nC: Authorization: Basic YTpi\nC: \n"
	    "C: GET / HTTP/1.1\nC: Authorization:Basic YTpi\nC: Authorization: \t Basic YTpj\nC: \n"
	    "C: GET / HTTP/1.1\nC: Authorization: Basic YTpk\nC: \n"
	    "S: HTTP/1.1 204 x\nS: Content-Length: 7\nS: \nS: HTTP/1.1 200 x\n"
	    "S: Transfer-Encoding: chunked\nS: \nS: a\nS: HTTP/1.1 4\nS: 0\nS: HTTP/1.1 401 x\n"
	    "S: \n"
	    "S: HTTP/1.1 304 x\nS: Content-Length: 9\nS: \n" ANSWER("401"),
	    "http user \"a\" password \"b\" unknown\nhttp user \"a\" password \"c\" accepted\n"
	    "http user \"a\" password \"d\" rejected\n" },
	{ "HTTP without credentials that can be read", AT_ONCE, "C: GET / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi*\nC: Authorization: Basic YWI=\n"
	    "C: Authorizations: Basic YTpi\n"
	    "C: X-Authorization: Basic YTpi\nC: Authorization : Basic YTpi\n"
	    "C: Authorization  Basic YTpi\nC: \n" ANSWER("200"),
	    "" },
	{ "HTTP, what is no request", AT_ONCE, "C: GET / HTTP/1.1\nC: \nC: get / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi\nC: \n" ANSWER("200") ANSWER("200"), "" },
	{ "HTTP, what is no response", 0, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 600 x\nS: \nS: HTTP/1.1 200 x\nS: \n",
	    "http user \"a\" password \"b\" unknown\n" },
	{ "HTTP, a status that is too small", 0, "C: GET / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 099 x\nS: \nS: HTTP/1.1 200 x\nS: \n",
	    "http user \"a\" password \"b\" unknown\n" },
	{ "HTTP, another version", 0, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/2.0 200 x\nS: \nS: HTTP/1.1 200 x\nS: \n",
	    "http user \"a\" password \"b\" unknown\n" },
	{ "HTTP, bodies to the end", 0, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 200 x\nS: \nC: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    ANSWER("401"),
	    "http user \"a\" password \"b\" accepted\nhttp user \"a\" password \"b\" unknown\n" },
	{ "HTTP, answers 1xx", AT_ONCE, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n"
	    "S: HTTP/1.1 100 x\nS: A: b\nS: \nS: HTTP/1.1 103 x\nS: \n" ANSWER("401"),
	    "http user \"a\" password \"b\" rejected\n" },

	/* Texts */
#define NEWS_TEXT(code) "C: X\nC: AUTHINFO PASS " code "\nS: " code " x\nS: 481 in a text\n" \
	"S: 281\nS: .\nS: 281 ok\n"
#define NEWS_FOUND(code) "nntp user \"u\" password \"" code "\" accepted\n"
	{ "NNTP texts", 0, "S: 200 x\nC: AUTHINFO USER u\nS: 381\n" NEWS_TEXT("100")
	    NEWS_TEXT("101")
	    NEWS_TEXT("215") NEWS_TEXT("220") NEWS_TEXT("221") NEWS_TEXT("222") NEWS_TEXT("224")
	    NEWS_TEXT("225") NEWS_TEXT("230") NEWS_TEXT("231") NEWS_TEXT("282") NEWS_TEXT("288"),
	    NEWS_FOUND("100") NEWS_FOUND("101") NEWS_FOUND("215") NEWS_FOUND("220")
	    NEWS_FOUND("221")
	    NEWS_FOUND("222") NEWS_FOUND("224") NEWS_FOUND("225") NEWS_FOUND("230")
	    NEWS_FOUND("231") NEWS_FOUND("282") NEWS_FOUND("288") },
	{ "NNTP, LISTGROUP, and one that is refused", 0, "S: 200 x\nC: AUTHINFO USER u\nS: 381\n"
	    "C: LISTGROUP x\nC: AUTHINFO PASS 1\nS: 211 x\nS: 481 x\nS: .\nS: 281\n"
	    "C: LISTGROUP x\nC: AUTHINFO PASS 2\nS: 411 x\nS: 481 x\n"
	    "C: GROUP x\nC: AUTHINFO PASS 3\nS: 211 x\nS: 281 x\n",
	    NEWS_FOUND("1") "nntp user \"u\" password \"2\" rejected\n" NEWS_FOUND("3") },
	{ "NNTP, articles that are sent", 0, "S: 200 x\nC: AUTHINFO USER u\nS: 381\n"
	    "C: IHAVE <x>\nS: 335\nC: AUTHINFO PASS 1\nC: .\nC: AUTHINFO PASS 2\nS: 235\nS: 481\n"
	    "C: POST\nS: 440 no\nC: AUTHINFO PASS 3\nS: 281\n"
	    "C: TAKETHIS <x>\nC: AUTHINFO PASS 4\nC: .\nC: AUTHINFO PASS 5\nS: 239\nS: 281\n",
	    "nntp user \"u\" password \"2\" rejected\n" NEWS_FOUND("3") NEWS_FOUND("5") },
	{ "NNTP, SASL", 0, "S: 200 x\nC: AUTHINFO SASL PLAIN AGEAYg==\nS: 281\n"
	    "C: AUTHINFO SASL LOGIN\nS: 383 x\nC: YQ\nS: 383 x\nC: Yw\nS: 481\n"
	    "C: AUTHINFO GENERIC x\nC: AUTHINFO SASL PLAIN AGEAZA\nS: 501\nS: 281\n",
	    "nntp user \"a\" password \"b\" accepted\nnntp user \"a\" password \"c\" rejected\n"
	    "nntp user \"a\" password \"d\" accepted\n" },
	{ "NNTP, STARTTLS", 0, "S: 200 x\nC: STARTTLS\nS: 382\nC: AUTHINFO USER u\n"
	    "C: AUTHINFO PASS x\nS: 381\nS: 281\n", "" },
	{ "NNTP, COMPRESS", 0, "S: 200 x\nC: COMPRESS X\nS: 206\nC: AUTHINFO USER u\n"
	    "C: AUTHINFO PASS x\nS: 381\nS: 281\n", "" },
#define MAIL_TEXT(command) "C: " command "\nC: PASS " command "\nS: +OK\nS: x\nS: .x\n" \
	"S: -ERR in a text\nS: .\nS: +OK\n"
#define MAIL_FOUND(command) "pop3 user \"u\" password \"" command "\" accepted\n"
	{ "POP3 texts", 0, "S: +OK\nC: USER u\nS: +OK\n" MAIL_TEXT("CAPA") MAIL_TEXT("LIST")
	    MAIL_TEXT("UIDL") MAIL_TEXT("RETR 1") MAIL_TEXT("TOP 1 0") MAIL_TEXT("AUTH")
	    "C: LIST 1\nC: PASS a\nS: +OK\nS: +OK\nC: UIDL 1\nC: PASS b\nS: +OK\nS: -ERR\n"
	    "C: RETR 9\nC: PASS c\nS: -ERR\nS: +OK\n",
	    MAIL_FOUND("CAPA") MAIL_FOUND("LIST") MAIL_FOUND("UIDL") MAIL_FOUND("RETR 1")
	    MAIL_FOUND("TOP 1 0") MAIL_FOUND("AUTH") MAIL_FOUND("a")
	    "pop3 user \"u\" password \"b\" rejected\n" MAIL_FOUND("c") },
	{ "POP3 with TLS", 0, "S: +OK\nC: STLS\nS: +OK\nC: USER u\nC: PASS x\nS: +OK\nS: +OK\n",
	    "" },
	{ "POP3 with TLS refused, lines that are none", 0, "S: +OK\nC: STLS\nS: -ERR\nC: USER u\n"
	    "C: PASS  x \nS: noise\nS: + 1\nS: +\nS: +OK\nS: +OK\n",
	    "pop3 user \"u\" password \" x \" accepted\n" },
	{ "PASS without USER", AT_ONCE, "S: +OK\nC: PASS x\nC: USER u\nS: -ERR\nS: +OK\n", "" },
	{ "SMTP, bodies", 0, "S: 220 x\nC: EHLO x\nS: 250 x\nC: DATA\nS: 451 no\n"
	    "C: AUTH PLAIN AGEAMQ==\nS: 235\nC: BDAT 21\nC: AUTH PLAIN AGEAMg==\n"
	    "C: AUTH PLAIN AGEAMw==\nC: BDAT 0 LAST\nC: AUTH PLAIN AGEANA==\nS: 250\nS: 535\n"
	    "S: 250\nS: 235\n"
	    "C: DATA\nS: 354\nC: AUTH PLAIN AGEANA==\nC: .\nC: AUTH PLAIN AGEANQ==\nS: 250\n"
	    "S: 535\n",
	    "smtp user \"a\" password \"1\" accepted\nsmtp user \"a\" password \"3\" rejected\n"
	    "smtp user \"a\" password \"4\" accepted\nsmtp user \"a\" password \"5\" rejected\n" },
	{ "SASL, odd", 0, "S: 220 x\nC: EHLO x\nS: 250 x\nC: AUTH PLAIN YQ==\nS: 235\n"
	    "C: AUTH PLAIN YQBi\nS: 235\nC: AUTH PLAIN YQBiAGM=\nS: 235\nC: AUTH CRAM-MD5\n"
	    "S: 334 x\n"
	    "C: AGEAYg==\nS: 535\nC: AUTH LOGIN =\nS: 334\nC: =\nS: 535\n"
	    "C: AUTH LOGIN =\nS: 334\nC: \nS: 535\nC: auth login YQ==\nS: 334\nC: Yg==\nS: 235\n",
	    "smtp user \"b\" password \"c\" accepted\nsmtp user \"\" password \"\" rejected\n"
	    "smtp user \"a\" password \"b\" accepted\n" },
	{ "FTP, replies of several lines", 0, "S: 220-x\nS: 220x\nS: 220-y\nS: 220 z\nC: USER a\n"
	    "S: 331 \n"
	    "C: PASS b\nS: 150 wait\nS: 2301 x\nS: 230-x\nS: 530 x\nS: 230-y\nS: 230\n"
	    "C: AUTH SSL\nS: 234\nC: PASS c\n"
	    "S: 230\n", "ftp user \"a\" password \"b\" accepted\n" },

	/* Which protocol it is */
#define FIRST(word, reply) "S: 220 x\nC: " word "\nS: " reply " x\nC: AUTH PLAIN AGEAYg==\n" \
	"S: 235 x\n"
#define FIRST_FOUND "smtp user \"a\" password \"b\" accepted\n"
	{ "HELO", 0, FIRST("helo x", "250"), FIRST_FOUND }, { "LHLO", 0, FIRST("LHLO x", "250"),
	    FIRST_FOUND },
	{ "MAIL", 0, FIRST("MAIL FROM:<>", "250"), FIRST_FOUND },
	{ "STARTTLS", 0, FIRST("STARTTLS", "454"), FIRST_FOUND },
	{ "AUTH", 0, "S: 220 x\nC: AUTH PLAIN AGEAYg==\nS: 235 x\n", FIRST_FOUND },
	{ "a word of no protocol before", 0, FIRST("NOOP", "250"), FIRST_FOUND },
	{ "FEAT", 0, "S: 220 x\nC: FEAT\nC: AUTH x\nC: USER a\nC: PASS b\nS: 211 x\nS: 500 x\n"
	    "S: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
	{ "SYST", 0, "S: 220 x\nC: SYST\nC: AUTH x\nC: USER a\nC: PASS b\nS: 215 x\nS: 500 x\n"
	    "S: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
#define FTP_TLS(word) "S: 220 x\nC: AUTH " word "\nC: USER a\nC: PASS b\nS: 502 x\nS: 331\nS: 230\n"
	{ "TLS", 0, FTP_TLS("tls"), "ftp user \"a\" password \"b\" accepted\n" },
	{ "TLS-C", 0, FTP_TLS("TLS-C"), "ftp user \"a\" password \"b\" accepted\n" },
	{ "TLS-P", 0, FTP_TLS("TLS-P"), "ftp user \"a\" password \"b\" accepted\n" },
	{ "SSL", 0, FTP_TLS("SSL"), "ftp user \"a\" password \"b\" accepted\n" },
	{ "CAPA", 0, "C: CAPA\nC: USER a\nC: PASS b\nS: +OK x\nS: +OK\nS: -ERR\nS: .\nS: +OK\n"
	    "S: +OK\n",
	    "pop3 user \"a\" password \"b\" accepted\n" },
	{ "MODE", 0, "C: MODE READER\nC: AUTHINFO USER a\nC: AUTHINFO PASS b\nS: 201 x\nS: 200\n"
	    "S: 381\nS: 281\n",
	    "nntp user \"a\" password \"b\" accepted\n" },
	{ "CAPABILITIES", 0, "C: CAPABILITIES\nC: AUTHINFO USER a\nC: AUTHINFO PASS b\nS: 201 x\n"
	    "S: 101\n"
	    "S: 481\nS: .\nS: 381\nS: 281\n", "nntp user \"a\" password \"b\" accepted\n" },
	{ "AUTHINFO", 0, "C: AUTHINFO USER a\nC: AUTHINFO PASS b\nS: 201 x\nS: 381\nS: 281\n",
	    "nntp user \"a\" password \"b\" accepted\n" },
#define IMAP_FIRST(word) "C: a " word "\nC: b LOGIN x y\nS: a BAD\nS: b OK\n"
#define IMAP_FOUND "imap user \"x\" password \"y\" accepted\n"
	{ "NOOP", 0, IMAP_FIRST("NOOP"), IMAP_FOUND }, { "ID", 0, IMAP_FIRST("id NIL"),
	    IMAP_FOUND },
	{ "ENABLE", 0, IMAP_FIRST("ENABLE x"), IMAP_FOUND },
	{ "CAPABILITY", 0, IMAP_FIRST("CAPABILITY"), IMAP_FOUND },
	{ "STARTTLS", 0, IMAP_FIRST("STARTTLS"), IMAP_FOUND },
	{ "LOGIN", 0, IMAP_FIRST("LOGIN"), IMAP_FOUND },
	{ "AUTHENTICATE", 0, "C: a AUTHENTICATE PLAIN AHgAeQ\nS: a OK\n", IMAP_FOUND },
	{ "COMPRESS", 0, "S: * OK\nC: a COMPRESS DEFLATE\nS: a OK\nC: b LOGIN x y\nS: b OK\n", "" },
	{ "a control byte", 0, "C: x\001\nC: USER a\nC: PASS b\nS: 220\nS: 331\nS: 230\n", "" },
	{ "FTP without a greeting of its own", 0, "S: 120 wait\nS: 220 x\nC: USER a\nC: PASS b\n"
	    "S: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
	{ "LF alone, an empty line", AT_ONCE, "S: 220 x\nC; USER a\nC: \nC; PASS b\r\nS: 331\n"
	    "S: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },

	{ "FTP without a greeting", AT_ONCE, "C: USER a\nC: REIN\nC: PASS b\nS: 331\nS: 220 x\n"
	    "S: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
	{ "a greeting of 421", 0, "S: 421 x\nC: USER a\nC: PASS b\nS: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
	{ "a greeting of 500", 0, "S: 500 x\nC: USER a\nC: PASS b\nS: 331\nS: 230\n", "" },
	{ "lines without a code", 0, "S: 220 x\nC: USER a\nC: PASS b\nS: x31 x\nS: 3x1 x\n"
	    "S: 33x x\n"
	    "S: 3311 x\nS: 33\nS: 331\nS: 230 \n", "ftp user \"a\" password \"b\" accepted\n" },
	{ "400 is not positive", 0, "S: 220 x\nC: AUTH TLS\nS: 400\nC: USER a\nS: 400\nC: PASS x\n"
	    "S: 530\nC: USER b\nS: 331\nC: PASS c\nS: 230\n",
	    "ftp user \"b\" password \"c\" accepted\n" },
	{ "400 of NNTP", 0, "S: 200 x\nC: STARTTLS\nS: 400\nC: AUTHINFO USER a\n"
	    "C: AUTHINFO PASS b\n"
	    "S: 381\nS: 281\n", "nntp user \"a\" password \"b\" accepted\n" },
	{ "NNTP, a refused USER", 0, "S: 200 x\nC: AUTHINFO USER a\nS: 483\nC: AUTHINFO PASS b\n"
	    "S: 482\n",
	    "" },
	{ "HTTP, a short method, and 599", AT_ONCE, "C: A / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi\nC: \n"
	    "C: GET / HTTP/1.1\nC: Authorization: Basic YTpj\nC: \n" ANSWER("599") ANSWER("401"),
	    "http user \"a\" password \"b\" unknown\nhttp user \"a\" password \"c\" rejected\n" },
	{ "HTTP, headers begun before the proxy has agreed", 0, "C: CONNECT x:80 HTTP/1.1\nC: \n"
	    "C: GET / HTTP/1.1\nS: HTTP/1.1 200 x\nS: \nC: Authorization: Basic YTpi\nC: \n"
	    ANSWER("401"), "http user \"a\" password \"b\" rejected\n" },
	{ "a tunnel after a reply of several lines", 0, "S: 220-x\nC: CONNECT x:25 HTTP/1.1\nC: \n"
	    "S: HTTP/1.1 200 x\nS: \nS: 220 x\nC: USER a\nC: PASS b\nS: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },

	{ "AUTH USER is NNTP's", 0, "S: +OK\nC: AUTH USER a\nS: -ERR\nC: PASS b\nS: +OK\n", "" },
	{ "a line of one letter", AT_ONCE, "S: 220 x\nC: x\nC: USER a\nC: PASS b\nS: 500 x\n"
	    "S: 331\nS: 530\n",
	    "ftp user \"a\" password \"b\" rejected\n" },
	{ "a TAB", 0, FIRST("NOOP\tx", "250"), FIRST_FOUND },
	{ "300", 0, "S: 220 x\nC: USER a\nS: 331\nC: PASS b\nS: 300\n",
	    "ftp user \"a\" password \"b\" unknown\n" },
	{ "300 of HTTP", 0, "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n" ANSWER("300"),
	    "http user \"a\" password \"b\" unknown\n" },
	{ "421 as a greeting that comes late", 0, "C: USER a\nC: PASS b\nS: 421\nS: 331\nS: 230\n",
	    "ftp user \"a\" password \"b\" accepted\n" },
	{ "lines of a message", AT_ONCE, "S: 220 x\nC: EHLO x\nC: DATA\nC: x\nC: .x\n"
	    "C: AUTH PLAIN AGEAMQ==\n"
	    "C: .\nC: AUTH PLAIN AGEAMg==\nS: 250 x\nS: 354\nS: 250\nS: 535\n",
	    "smtp user \"a\" password \"2\" rejected\n" },
	{ "NNTP, an article that is sent at once", AT_ONCE, "S: 200 x\nC: AUTHINFO USER a\n"
	    "C: POST\nC: x\n"
	    "C: .\nC: AUTHINFO PASS b\nS: 381\nS: 340\nS: 240\nS: 481\n",
	    "nntp user \"a\" password \"b\" rejected\n" },
	{ "HTTP, a length with something behind it", AT_ONCE, "C: POST / HTTP/1.1\n"
	    "C: Content-Length: 2a\n"
	    "C: \nC- xyGET / HTTP/1.1\nC: \nC: Authorization: Basic YTpi\nC: \n" ANSWER("200"),
	    "http user \"a\" password \"b\" unknown\n" },
#define TWO "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n" \
	"C: GET / HTTP/1.1\nC: Authorization: Basic YTpj\nC: \n"
#define TWO_FOUND "http user \"a\" password \"b\" unknown\nhttp user \"a\" password \"c\" unknown\n"
	{ "HTTP, 600", AT_ONCE, TWO ANSWER("600") ANSWER("200"), TWO_FOUND },
	{ "HTTP, 99", AT_ONCE, TWO ANSWER("099") ANSWER("200"), TWO_FOUND },
	{ "HTTP, 199 and 100 are not the last", AT_ONCE, TWO ANSWER("100") ANSWER("199")
	    ANSWER("401")
	    ANSWER("200"), "http user \"a\" password \"b\" rejected\n"
	    "http user \"a\" password \"c\" accepted\n" },

	{ "HTTP, an empty line before a request", AT_ONCE, "C: GET / HTTP/1.1\nC: \nC: \n"
	    "C: GET / HTTP/1.1\nC: Authorization: Basic YTpi\nC: \n" ANSWER("200") ANSWER("401"),
	    "http user \"a\" password \"b\" rejected\n" },
	{ "HTTP, a request without a method", AT_ONCE, "C: GET / HTTP/1.1\nC: \nC:  / HTTP/1.1\n"
	    "C: Authorization: Basic YTpi\nC: \n" ANSWER("200") ANSWER("401"), "" },
	{ "it only looked like FTP", AT_ONCE, "C: USER a\nC: PASS b\nS: hello\nS: 220 x\nS: 331\n"
	    "S: 230\n",
	    "" },
	{ "NNTP, a line without a code", 0, "S: 200 x\nC: AUTHINFO USER a\nS: noise\nS: 381\n"
	    "C: AUTHINFO PASS b\nS: noise\nS: 481\n", "nntp user \"a\" password \"b\" rejected\n" },
	{ "NNTP without a greeting", AT_ONCE, "C: AUTHINFO USER a\nC: AUTHINFO PASS b\nS: 381\n"
	    "S: 281\n",
	    "nntp user \"a\" password \"b\" accepted\n" },
	{ "FTP, +OK is not one of its replies", 0, "S: 220 x\nC: USER a\nS: 331\nC: PASS b\n"
	    "S: +OK\n"
	    "S: -ERR\nS: 230\n", "ftp user \"a\" password \"b\" accepted\n" },

	{ "a reply too many", 0, "S: 220 x\nC: USER a\nS: 331\nS: 230\nS: 230\nC: PASS b\nS: 530\n",
	    "ftp user \"a\" password \"b\" rejected\n" },
	{ "a tunnel after half a reply", 0, "S: 220-x\nC: CONNECT x:25 HTTP/1.1\nC: \n"
	    "S: HTTP/1.1 200 x\nS: \nC: USER a\nC: PASS b\nS: 331\nS: 530\n",
	    "ftp user \"a\" password \"b\" rejected\n" },
	{ "SMTP, an answer in the middle of SASL", 0, "S: 220 x\nC: EHLO x\nS: 250\n"
	    "C: AUTH PLAIN AGEAMQ==\nC: AUTH LOGIN\nS: 235\nS: 334\nC: YQ==\nS: 334\nC: Yg==\n"
	    "S: 535\n",
	    "smtp user \"a\" password \"1\" accepted\nsmtp user \"a\" password \"b\" rejected\n" },
	{ "200 after the greeting", 0, "S: 220 x\nC: NOOP\nS: 200\nC: USER a\nC: PASS b\nS: 331\n"
	    "S: 530\n",
	    "ftp user \"a\" password \"b\" rejected\n" },
	{ "a user named login", AT_ONCE, "S: 220 x\nC: USER login\nC: PASS b\nS: 331\nS: 230\n",
	    "ftp user \"login\" password \"b\" accepted\n" },
	{ "a resource named login", AT_ONCE, "C: GET LOGIN HTTP/1.1\nC: Authorization: Basic YTpi\n"
	    "C: \n" ANSWER("200"), "http user \"a\" password \"b\" accepted\n" },

	{ "POP3 in a tunnel after a greeting", 0, "S: 220 x\nC: CONNECT x:110 HTTP/1.1\nC: \n"
	    "S: HTTP/1.1 200 x\nS: \nS: +OK\nC: USER a\nC: PASS b\nS: +OK\nS: -ERR\n",
	    "pop3 user \"a\" password \"b\" rejected\n" },
	{ "+OK after another greeting", 0, "S: 220 x\nC: NOOP\nS: +OK\nS: 200\nC: USER a\n"
	    "C: PASS b\n"
	    "S: 331\nS: 530\n", "ftp user \"a\" password \"b\" rejected\n" },
	{ "POP3, known late", AT_ONCE, "C: USER a\nC: PASS b\nS: -ERR\nS: +OK\nS: +OK\n",
	    "pop3 user \"a\" password \"b\" accepted\n" },

	/* IMAP */
	{ "IMAP, an answer behind a literal is none", 0, "S: * OK\nC: a LOGIN u p\n"
	    "S: * 1 FETCH {3}\n"
	    "S- abc\nS: a OK\nS: a NO\n", "imap user \"u\" password \"p\" rejected\n" },
	{ "IMAP, a tag twice", AT_ONCE, "S: * OK\nC: a LOGIN u 1\nC: a LOGIN u 2\nS: a OK\n"
	    "S: a NO\n",
	    "imap user \"u\" password \"1\" accepted\nimap user \"u\" password \"2\" rejected\n" },
	{ "IMAP, a backslash in an atom", AT_ONCE, "S: * OK\nC: a LOGIN a\\b c\\\"d\nS: a OK\n",
	    "imap user \"a\\\\b\" password \"c\\\\\\\"d\" accepted\n" },
	{ "IMAP, a tag that is too long has not the one before it", 0, "S: * OK\nC: a LOGIN u 1\n"
	    "S: a OK\n"
	    "C: 0123456789012345678901234567890123456789012345678901234567890123 LOGIN u 2\n"
	    "S: a NO\n",
	    "imap user \"u\" password \"1\" accepted\nimap user \"u\" password \"2\" unknown\n" },
	{ "IMAP, a tag that starts like another", AT_ONCE, "S: * OK\nC: ab LOGIN u 1\n"
	    "C: a LOGIN u 2\nS: a NO\n"
	    "S: ab OK\n", "imap user \"u\" password \"2\" rejected\n"
	    "imap user \"u\" password \"1\" accepted\n" },
	{ "IMAP, an answer in the middle of SASL", 0, "S: * OK\nC: a LOGIN u 1\n"
	    "C: b AUTHENTICATE LOGIN\n"
	    "S: a OK\nS: +\nC: YQ==\nS: +\nC: Yg==\nS: b NO\n",
	    "imap user \"u\" password \"1\" accepted\nimap user \"a\" password \"b\" rejected\n" },
	{ "IMAP, a quote that does not end", 0, "S: * OK\nC: 0123456789 NOOP 0123456 789 0123\n"
	    "C: a LOGIN \"u\n"
	    "S: a OK\n", "" },
	{ "IMAP, STARTTLS refused", 0, "S: * OK\nC: a STARTTLS\nS: a NO\nC: b LOGIN u p\nS: b OK\n",
	    "imap user \"u\" password \"p\" accepted\n" },
	{ "IMAP, tags that are none", AT_ONCE, "S: * OK\nC: * LOGIN u 1\nC: + LOGIN u 2\n"
	    "C:  LOGIN u 3\n"
	    "S: * OK\nS: + OK\nS:  OK\n", "imap user \"u\" password \"1\" unknown\n"
	    "imap user \"u\" password \"2\" unknown\nimap user \"u\" password \"3\" unknown\n" },
	{ "IMAP, literals that are none", AT_ONCE, "S: * OK\nC: a LOGIN u {}\nC: b LOGIN u {+}\n"
	    "C: c LOGIN u 1}\nC: d LOGIN u {1\nC: e LOGIN u {x1}\nC: f LOGIN u {1*}\nS: a OK\n"
	    "S: b OK\n"
	    "S: c OK\nS: d OK\nS: e OK\nS: f OK\n",
	    "imap user \"u\" password \"{}\" accepted\nimap user \"u\" password \"{+}\" accepted\n"
	    "imap user \"u\" password \"1}\" accepted\nimap user \"u\" password \"{1\" accepted\n"
	    "imap user \"u\" password \"{x1}\" accepted\n"
	    "imap user \"u\" password \"{1*}\" accepted\n" },
	{ "IMAP, literals of every kind", 0, "S: * OK\nC: a LOGIN {0+}\nC:  {3-}\nC- \"\\x\nC: \n"
	    "S: a OK\n"
	    "C: b LOGIN {1+}\nC- x\nC:  y\n"
	    "S: b OK\n", "imap user \"\" password \"\\\"\\\\x\" accepted\n"
	    "imap user \"x\" password \"y\" accepted\n" },
	{ "IMAP, an answer that a literal is in is none", 0, "S: * OK\nC: a LOGIN u p\n"
	    "S: a X {3}\nS- abc\nS:  OK\nS: a NO\n", "imap user \"u\" password \"p\" rejected\n" },
	{ "IMAP, a line that is a literal's size alone", 0, "S: * OK\nC: a LOGIN u p\n"
	    "S: {6}\nS: a OK\nS: \nS: a NO\n", "imap user \"u\" password \"p\" rejected\n" },
	{ "IMAP, a backslash at the end", 0, "S: * OK\nC: a NOOP ........................\n"
	    "S: a OK\nC: a LOGIN u \"p\\\nS: a OK\n",
	    "imap user \"u\" password \"p\\\\\" accepted\n" },
	{ "IMAP, a tag that is shorter than the one before it", 0, "S: * OK\nC: a0001 LOGIN u 1\n"
	    "S: a0001 OK\nC: b LOGIN u 2\nS: b NO\n",
	    "imap user \"u\" password \"1\" accepted\nimap user \"u\" password \"2\" rejected\n" },
	{ "IMAP, a user alone is no STARTTLS", 0, "S: * OK\nC: a LOGIN u\nS: a OK\n"
	    "C: b LOGIN u p\nS: b OK\n", "imap user \"u\" password \"p\" accepted\n" },
	{ "IMAP, a literal that was refused, and one that was not", 0, "S: * OK\n"
	    "C: a LOGIN {1}\nS: a NO\nC: b LOGIN {1}\nS: +\nC- u\nC:  p\nS: b OK\n",
	    "imap user \"u\" password \"p\" accepted\n" },
	{ "IMAP, tags and their answers out of order", AT_ONCE, "S: * OK\nC: a LOGIN u 1\n"
	    "C: ab LOGIN u 2\n"
	    "C: b LOGIN u 3\nS: * NO x\nS: + NO x\nS: abc NO\nS: b OK\nS: ab NO\nS: a OK\n"
	    "S: a NO\n",
	    "imap user \"u\" password \"3\" accepted\nimap user \"u\" password \"2\" rejected\n"
	    "imap user \"u\" password \"1\" accepted\n" },
};

struct part {
	enum side	 from;
	unsigned char	 bytes[256];
	size_t		 len;
};

static struct part part[192];
static size_t parts;

static void
parts_read(const char *dialog, const char *title)
{
	const char *end;
	struct part *p;

	parts = 0;
	for (; *dialog != '\0'; dialog = end + 1) {
		end = strchr(dialog, '\n');
		if (end == NULL || strchr("CS", dialog[0]) == NULL ||
		    strchr(":;-", dialog[1]) == NULL || dialog[2] != ' ' ||
		    (size_t)(end - dialog) > sizeof(p->bytes) || parts == COUNT(part)) {
			CHECK(0, "%s: cannot be read at: %s", title, dialog);
			return;
		}
		p = &part[parts++];
		p->from = dialog[0] == 'C' ? CLIENT : SERVER;
		p->len = 0;
		for (const char *at = dialog + 3; at < end; at++)
			p->bytes[p->len++] = (unsigned char)(*at == '`' ? '\0' : *at);
		if (dialog[1] == ':')
			p->bytes[p->len++] = '\r';
		if (dialog[1] != '-')
			p->bytes[p->len++] = '\n';
	}
}

enum way { LINES, BYTES, TOGETHER, FIRST_CLIENT, CUT };

/* The dialog, cut that way; CUT: line by line, and cut before the byte of that number. */
static void
play(enum way way, size_t cut)
{
	static unsigned char together[COUNT(part) * sizeof(part[0].bytes)];
	size_t i, j, len;

	for (i = 0; i < parts; i++) {
		const struct part *p = &part[i];

		if (way == CUT && cut < p->len) {
			say(p->from, p->bytes, cut);
			say(p->from, p->bytes + cut, p->len - cut);
			cut = (size_t)-1;
		} else if (way == BYTES) {
			for (j = 0; j < p->len; j++)
				say(p->from, p->bytes + j, 1);
		} else if (way == TOGETHER) {
			for (len = 0; i < parts && part[i].from == p->from; i++) {
				memcpy(together + len, part[i].bytes, part[i].len);
				len += part[i].len;
			}
			i--;
			say(p->from, together, len);
		} else if (way != FIRST_CLIENT) {
			say(p->from, p->bytes, p->len);
		}
		if (cut != (size_t)-1)
			cut -= p->len;
	}
}

static void
play_first_client(void)
{
	enum side s;
	size_t i, first = parts > 0 && part[0].from == SERVER;

	for (i = 0; i < first; i++)
		say(part[i].from, part[i].bytes, part[i].len);
	for (s = CLIENT; s < SIDES; s++)
		for (i = first; i < parts; i++)
			if (part[i].from == s)
				say(s, part[i].bytes, part[i].len);
}

static void
check_way(size_t row, const char *want, enum way way, size_t cut)
{
	static const char *const names[] = { "lines", "bytes", "together", "client first", "cut" };
	char title[200];

	session_begin();
	if (way == FIRST_CLIENT)
		play_first_client();
	else
		play(way, cut);
	snprintf(title, sizeof(title), "%s (%s %zu)", rows[row].title, names[way],
	    way == CUT ? cut : 0);
	check_found(want, title);
}

static void
check_dialogs(void)
{
	unsigned int before;
	const char *at, *lf;
	char want[8192], *to;
	size_t i, j, len;

	for (i = 0; i < COUNT(rows); i++) {
		to = want;
		for (at = rows[i].found; *at != '\0'; at = lf + 1) {
			lf = strchr(at, '\n');
			to += sprintf(to, "client> %.*s\n", (int)(lf - at), at);
		}
		*to = '\0';
		before = unit_failures;
		parts_read(rows[i].dialog, rows[i].title);
		check_way(i, want, LINES, (size_t)-1);
		check_way(i, want, BYTES, (size_t)-1);
		check_way(i, want, TOGETHER, (size_t)-1);
		if (rows[i].flags & AT_ONCE)
			check_way(i, want, FIRST_CLIENT, (size_t)-1);
		for (j = len = 0; j < parts; j++)
			len += part[j].len;
		for (j = 1; j < len && unit_failures == before; j++)
			check_way(i, want, CUT, j);
	}
}

/* Bounds */

static char big[3 * PW_LINE];

/* One too many logins without an answer: the oldest of them goes, as unknown. */
static void
check_oldest_login(void)
{
	char want[2000], line[64], *to = want;
	int i;

	session_begin();
	say_text(SERVER, "+OK\r\n");
	for (i = 0; i < PW_LOGINS + 2; i++) {
		snprintf(line, sizeof(line), "USER u%d\r\nPASS p%d\r\n", i, i);
		say_text(CLIENT, line);
	}
	to += sprintf(to, "client> pop3 user \"u0\" password \"p0\" unknown\n");
	to += sprintf(to, "client> pop3 user \"u1\" password \"p1\" unknown\n");
	CHECK((size_t)(to - want) == out.len && memcmp(out.data, want, out.len) == 0,
	    "before any answer: %s", unit_show(0, out.data, out.len));
	/* The answers to those two concern nobody else; all others have their own. */
	for (i = 0; i < PW_LOGINS + 2; i++) {
		say_text(SERVER, "+OK\r\n");
		say_text(SERVER, i % 2 ? "-ERR\r\n" : "+OK\r\n");
		if (i >= 2)
			to += sprintf(to, "client> pop3 user \"u%d\" password \"p%d\" %s\n", i, i,
			    i % 2 ? "rejected" : "accepted");
	}
	check_found(want, "the oldest login goes");

	/* What has no answer at the end is unknown, in order of arrival,
	    though places are reused. */
	session_begin();
	say_text(SERVER, "+OK\r\n");
	say_text(CLIENT, "USER u\r\nPASS 1\r\nPASS 2\r\n");
	say_text(SERVER, "+OK\r\n+OK\r\n");
	say_text(CLIENT, "PASS 3\r\nPASS 4\r\n");
	check_found("client> pop3 user \"u\" password \"1\" accepted\n"
	    "client> pop3 user \"u\" password \"2\" unknown\n"
	    "client> pop3 user \"u\" password \"3\" unknown\n"
	    "client> pop3 user \"u\" password \"4\" unknown\n", "order at the end");
}

/* HTTP: a request with two logins, of which the oldest, then both, were pushed out. */
static void
check_oldest_http(void)
{
	char want[4000], *to = want;
	int i;

	session_begin();
	for (i = 0; i < PW_LOGINS / 2 + 1; i++)
		say_text(CLIENT, "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n"
		    "Proxy-Authorization: Basic YzpkCg==\r\n\r\n");
	to += sprintf(to, "client> http user \"a\" password \"b\" unknown\n"
	    "client> http-proxy user \"c\" password \"d\\n\" unknown\n");
	for (i = 0; i < PW_LOGINS / 2 + 1; i++) {
		say_text(SERVER, "HTTP/1.1 204 x\r\n\r\n");
		if (i > 0)
			to += sprintf(to, "client> http user \"a\" password \"b\" accepted\n"
			    "client> http-proxy user \"c\" password \"d\\n\" accepted\n");
	}
	check_found(want, "HTTP: the oldest logins go");
}

/* A SASL exchange whose login was pushed out goes on without it. */
static void
check_oldest_sasl(void)
{
	int i;

	session_begin();
	say_text(SERVER, "* OK\r\n");
	say_text(CLIENT, "s AUTHENTICATE LOGIN\r\n");
	for (i = 0; i < PW_LOGINS; i++)
		pw_login_new(&memory.pw);
	CHECK(memory.pw.sasl.login == -1, "%d", memory.pw.sasl.login);
	say_text(CLIENT, "dGVzdA==\r\n");
	CHECK(memory.pw.sasl.next == PW_SASL_NONE, "%d", (int)memory.pw.sasl.next);
	say_text(CLIENT, "c2VjcmV0\r\n");
	say_text(SERVER, "s OK\r\n");
	check_found("", "SASL without a place");
}

/* A login whose SASL exchange is given up has no place any more. */
static void
check_sasl_place(void)
{
	session_begin();
	say_text(SERVER, "220 x\r\n");
	say_text(CLIENT, "EHLO x\r\nAUTH LOGIN\r\n");
	CHECK(memory.pw.login[0].used, "it has none");
	say_text(CLIENT, "*\r\n");
	CHECK(!memory.pw.login[0].used, "it keeps it");
	check_found("", "given up");
}

/* So many commands may wait for their answers; with one more the search ends. */
static void
check_full_ring(int commands, const char *verdict)
{
	char want[200];
	int i;

	session_begin();
	say_text(SERVER, "+OK\r\n");
	for (i = 0; i < PW_COMMANDS / 2; i++) {		/* the ring goes round */
		say_text(CLIENT, "NOOP\r\n");
		say_text(SERVER, "+OK\r\n");
	}
	for (i = 0; i < commands - 2; i++)
		say_text(CLIENT, "NOOP\r\n");
	say_text(CLIENT, "USER dave\r\nPASS x\r\n");
	CHECK(memory.pw.ended == (commands > PW_COMMANDS), "%d commands", commands);
	for (i = 0; i < commands - 2; i++)
		say_text(SERVER, "-ERR\r\n");
	say_text(SERVER, "-ERR\r\n+OK\r\n");
	sprintf(want, "client> pop3 user \"dave\" password \"x\" %s\n", verdict);
	check_found(want, "full ring");
}

/* A ring that is full when an HTTP request ends, with its login. */
static void
check_full_ring_http(void)
{
	int i;

	session_begin();
	for (i = 0; i < PW_COMMANDS; i++)
		say_text(CLIENT, "GET / HTTP/1.1\r\n\r\n");
	CHECK(!memory.pw.ended, "with %d requests", PW_COMMANDS);
	say_text(CLIENT, "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n");
	CHECK(memory.pw.ended, "with one more");
	check_found("client> http user \"a\" password \"b\" unknown\n", "full ring");
}

/* A line of that many bytes, whose end is kept however it comes. */
static void
check_line(size_t len, bool found)
{
	char want[3000];
	size_t piece, i, n;

	for (piece = 1; piece <= len; piece = piece * 3 + 1) {
		session_begin();
		say_text(SERVER, "220 \r\n");
		say_text(CLIENT, "USER dave\r\n");
		memset(big, 'x', len);
		memcpy(big, "PASS ", 5);
		for (i = 0; i < len; i += n) {
			n = len - i < piece ? len - i : piece;
			say(CLIENT, big + i, n);
		}
		/* The line is as long as it may be: its line end is a lone LF. */
		say_text(CLIENT, "\nPASS second\r\n");
		say_text(SERVER, "331 \r\n230 \r\n530 \r\n");
		sprintf(want, "client> ftp user \"dave\" password \"%.*s\" accepted\n"
		    "client> ftp user \"dave\" password \"second\" rejected\n", (int)len - 5,
	    big + 5);
		if (!found)
			want[0] = '\0';
		check_found(want, "long line");
	}
}

/* Of a line that is cut the end is there: an HTTP request with a long target, a literal. */
static void
check_cut_lines(void)
{
	size_t over, piece, i, n, len;

	for (over = 0; over < 2 * PW_TAIL + 3; over++) {
		for (piece = 1; piece < 3 * PW_LINE; piece = piece * 5 + over) {
			session_begin();
			len = (size_t)sprintf(big, "GET /");
			memset(big + len, 'x', PW_LINE - 14 + over - len + 1);
			len = PW_LINE - 14 + over + 1;
			len += (size_t)sprintf(big + len, " HTTP/1.1\r\n"
	    "Authorization: Basic YTpi\r\n\r\n");
			for (i = 0; i < len; i += n) {
				n = len - i < piece ? len - i : piece;
				say(CLIENT, big + i, n);
			}
			say_text(SERVER, "HTTP/1.1 200 x\r\n\r\n");
			check_found("client> http user \"a\" password \"b\" accepted\n",
			    "long target");
		}
	}
	session_begin();
	say_text(SERVER, "* OK\r\na ");
	memset(big, 'x', sizeof(big));
	say(SERVER, big, sizeof(big));
	say_text(SERVER, " {6}\r\na OK\r\nrest of it\r\n");
	say_text(CLIENT, "a LOGIN b c\r\n");
	say_text(SERVER, "* FETCH ");
	say(SERVER, big, sizeof(big));
	say_text(SERVER, "{8}\r\n\na NO x\r rest\r\na OK\r\n");
	check_found("client> imap user \"b\" password \"c\" accepted\n",
	    "a literal behind a long line");
}

/* A client's literal, and what follows it, that fills the line; and a login after that. */
static void
check_long_literal(size_t len, bool found)
{
	char want[3000], line[100];

	session_begin();
	say_text(SERVER, "* OK\r\n");
	memset(big, 'y', len);
	sprintf(line, "a LOGIN {%zu+}\r\n", len);
	say_text(CLIENT, line);
	say(CLIENT, big, len);
	say_text(CLIENT, " pw\n");
	say_text(SERVER, "a OK\r\n");
	say_text(CLIENT, "b LOGIN u p\r\n");
	say_text(SERVER, "b NO\r\n");
	sprintf(want, "client> imap user \"%.*s\" password \"pw\" accepted\n%s", (int)len, big,
	    "client> imap user \"u\" password \"p\" rejected\n");
	check_found(found ? want : strchr(want, '\n') + 1, "long literal");
}

/* A cut line in the middle: of USER (the name is not known then), and of SASL. */
static void
check_cut_commands(void)
{
	memset(big, 'x', sizeof(big));
	session_begin();
	say_text(SERVER, "220 \r\n");
	say_text(CLIENT, "USER dave\r\nUSER ");
	say(CLIENT, big, sizeof(big));
	say_text(CLIENT, "\r\nPASS x\r\n");
	say_text(SERVER, "331 \r\n331 \r\n230 \r\n");
	check_found("", "the name was in a line that was cut");

	session_begin();
	say_text(SERVER, "220 \r\n");
	say_text(CLIENT, "EHLO x\r\nAUTH LOGIN\r\n");
	memset(big, 'A', sizeof(big));
	say(CLIENT, big, sizeof(big));
	say_text(CLIENT, "\r\nAUTH LOGIN dGVzdA==\r\nc2VjcmV0\r\n");
	say_text(SERVER, "250 \r\n334 \r\n500 too long\r\n334 \r\n235 \r\n");
	check_found("", "a cut user is empty, and the password none");

	/* IMAP: a literal at the end of a line that is cut, refused; the next line is whole. */
	session_begin();
	memset(big, 'x', sizeof(big));
	say_text(SERVER, "* OK\r\n");
	say_text(CLIENT, "a LOGIN ");
	say(CLIENT, big, sizeof(big));
	say_text(CLIENT, " {4}\r\n");
	say_text(SERVER, "a NO\r\n");
	say_text(CLIENT, "b LOGIN u p\r\n");
	say_text(SERVER, "b OK\r\n");
	check_found("client> imap user \"u\" password \"p\" accepted\n", "after a cut literal");
	memset(big, 'A', sizeof(big));

	/* No protocol, and a first line that is cut: over. */
	session_begin();
	say(CLIENT, big, sizeof(big));
	CHECK(!memory.pw.ended, "before its end");
	say_text(CLIENT, "\nUSER dave\r\nPASS x\r\n");
	CHECK(memory.pw.ended, "after it");
	say_text(SERVER, "220 \r\n331 \r\n230 \r\n");
	check_found("", "a first line that is cut");

	/* A header that is cut: credentials are not taken, framing is not known. */
	session_begin();
	say_text(CLIENT, "GET / HTTP/1.1\r\nAuthorization: Basic YTpi");
	say(CLIENT, big, sizeof(big));
	say_text(CLIENT, "\r\nAuthorization: Basic YTpj\r\nContent-Length: 1");
	memset(big, ' ', sizeof(big));
	CHECK(!memory.pw.ended, "before the length");
	say(CLIENT, big, sizeof(big));
	say_text(CLIENT, "\r\n");
	CHECK(memory.pw.ended, "after it");
	check_found("client> http user \"a\" password \"c\" unknown\n", "cut headers");
	session_begin();
	say_text(CLIENT, "GET / HTTP/1.1\r\n\r\n");
	say_text(SERVER, "HTTP/1.1 200\r\nTransfer-Encoding: gzip");
	say(SERVER, big, sizeof(big));
	say_text(SERVER, "\r\n");
	CHECK(memory.pw.ended, "a coding that was cut");
	session_end();
}

/* Tags of IMAP: one that is too long belongs to nothing. */
static void
check_tag(size_t len, bool answered)
{
	char want[200];

	session_begin();
	say_text(SERVER, "* OK\r\n");
	memset(big, 't', len);
	say(CLIENT, big, len);
	say_text(CLIENT, " LOGIN a b\r\n");
	say(SERVER, big, len);
	say_text(SERVER, " OK\r\n");
	sprintf(want, "client> imap user \"a\" password \"b\" %s\n",
	    answered ? "accepted" : "unknown");
	check_found(want, "tag");
}

/* Sizes that no number holds do not wrap to small ones. */
static void
check_huge_sizes(void)
{
	static const char *const head[] = {
		"220 x\r\n", "EHLO x\r\nBDAT 18446744073709551621\r\n",
		"", "POST / HTTP/1.1\r\nContent-Length: 18446744073709551621\r\n\r\n",
		"", "POST / HTTP/1.1\r\nTransfer-Encoding: chunked\r\n\r\n10000000000000005\r\n",
		"* OK\r\n", "a APPEND {18446744073709551621+}\r\n",
	};
	static const char *const then[] = { "AUTH PLAIN AGEAYg==\r\n",
	    "GET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n",
	    "0\r\n\r\nGET / HTTP/1.1\r\nAuthorization: Basic YTpi\r\n\r\n", "b LOGIN a b\r\n" };
	size_t i;

	for (i = 0; i < COUNT(then); i++) {
		session_begin();
		say_text(SERVER, head[2 * i]);
		say_text(CLIENT, head[2 * i + 1]);
		say_text(CLIENT, "12345");
		say_text(CLIENT, then[i]);
		check_found("", head[2 * i + 1]);
		CHECK(memory.pw.skip[CLIENT] > 1u << 30 || memory.pw.literal > 1u << 30,
		    "%s", head[2 * i + 1]);
	}
}

/* A session line in any other event is everyone's; nothing is found by it. */
static void
check_other_events(void)
{
	static const struct frame numbered = { .numbered = true };
	struct event ev = { .type = EV_OPEN, .session = 1, .peer = peers };
	size_t len;

	session_begin();
	writer.frame = &numbered;
	say_text(SERVER, "+OK\r\n");
	say_text(CLIENT, "USER a\r\nPASS b\r\n");
	format_event(&writer, &ev, &out);
	CHECK(strncmp((char *)out.data, "# session 1 open ", 17) == 0, "%s",
	    unit_show(0, out.data, out.len));
	len = out.len;
	CHECK(!memory.pw.ended, "the session goes on");
	say_text(SERVER, "+OK\r\n+OK\r\n");
	CHECK(out.len > len && strncmp((char *)out.data + len, "[1] client> pop3 user", 21) == 0,
	    "%s", unit_show(0, out.data, out.len));
	session_end();
}

/* Pure functions */

static void
check_values(void)
{
	static struct pw_value v;
	size_t n;

	memset(big, 'v', sizeof(big));
	for (n = PW_VALUE - 1; n <= PW_VALUE + 1; n++) {
		memset(&v, 0, sizeof(v));
		pw_set(&v, big, n);
		CHECK(v.len == (n < PW_VALUE ? n : PW_VALUE), "%zu: %zu", n, v.len);
		CHECK(v.bytes[v.len - 1] == 'v' && memcmp(v.bytes, big, v.len) == 0, "%zu", n);
	}
}

static const struct {
	const char	*text;
	int		 len;		/* -1: it is none */
	const char	*bytes;
} base64_rows[] = {
	{ "", 0, "" }, { "AA==", 1, "\0" }, { "Zg==", 1, "f" }, { "Zm8=", 2, "fo" },
	{ "Zm9v", 3, "foo" }, { "Zm9vYg==", 4, "foob" }, { "Zm9vYmE=", 5, "fooba" },
	{ "Zm9vYmFy", 6, "foobar" }, { "+/+/", 3, "\373\377\277" }, { "AZaz", 3, "\001\226\263" },
	{ "09BY", 3, "\323\320\130" }, { "ZZZZ", 3, "\145\226\131" }, { "zzzz", 3, "\317\074\363" },
	{ "9999", 3, "\367\337\175" }, { "////", 3, "\377\377\377" }, { "AAAA", 3, "\0\0\0" },
	{ "aaaa", 3, "\151\246\232" }, { "0000", 3, "\323\115\064" },
	{ "/w==", 1, "\377" }, { "//8=", 2, "\377\377" },
	/* The padding may be missing (RFC 4648, 3.2). */
	{ "Zg", 1, "f" }, { "Zm8", 2, "fo" }, { "Zm9vYg", 4, "foob" }, { "Zm9vYmE", 5, "fooba" },
	/* But where there is some, it is whole. */
	{ "Zg=", -1, "" }, { "Zm9v=", -1, "" }, { "Zm9v==", -1, "" }, { "Zm9vY", -1, "" },
	{ "Z", -1, "" }, { "=", -1, "" }, { "==", -1, "" }, { "===", -1, "" }, { "====", -1, "" },
	{ "Z===", -1, "" }, { "Zm9v====", -1, "" }, { "Zg==Zg==", -1, "" }, { "Zm8=Zg==", -1, "" },
	{ "Zm 8", -1, "" }, { "*", -1, "" }, { "Zm9@", -1, "" }, { "Zm9[", -1, "" },
	{ "Zm9`", -1, "" }, { "Zm9{", -1, "" }, { "Zm9:", -1, "" }, { "Zm9.", -1, "" },
	{ "Zm9-", -1, "" }, { "Zm9_", -1, "" }, { "Zm9,", -1, "" }, { "Zm9\377", -1, "" },
};

static void
check_base64(void)
{
	static struct pw_value v;
	size_t i;
	bool is;

	for (i = 0; i < COUNT(base64_rows); i++) {
		const char *text = base64_rows[i].text;

		memset(&v, 0xee, sizeof(v));
		is = pw_base64((const unsigned char *)text, strlen(text), &v);
		CHECK(is == (base64_rows[i].len >= 0), "%s", text);
		if (is)
			CHECK_BYTES(v.bytes, v.len, base64_rows[i].bytes,
			    (size_t)base64_rows[i].len, text);
	}
	/* The length counts, not a NUL; and a value has its bound. */
	CHECK(pw_base64((const unsigned char *)"Zm9vYmFy", 4, &v) && v.len == 3, "%zu", v.len);
	memset(big, 'A', sizeof(big));
	CHECK(pw_base64((const unsigned char *)big, PW_VALUE / 3 * 4 + 8, &v) &&
	    v.len == PW_VALUE, "%zu", v.len);
}

int
main(void)
{
	strcpy(peers[CLIENT].text, "127.0.0.1:53156");
	strcpy(peers[SERVER].text, "127.0.0.1:25");
	check_base64();
	check_values();
	check_dialogs();
	check_oldest_login();
	check_oldest_http();
	check_oldest_sasl();
	check_sasl_place();
	check_full_ring(PW_COMMANDS, "accepted");
	check_full_ring(PW_COMMANDS + 1, "unknown");
	check_full_ring_http();
	check_line(PW_LINE - 1, true);
	check_line(PW_LINE, true);
	check_line(PW_LINE + 1, false);
	check_cut_lines();
	check_long_literal(PW_LINE - sizeof("a LOGIN \"\" pw") + 1, true);
	check_long_literal(PW_LINE - sizeof("a LOGIN \"\" pw") + 2, false);
	check_long_literal(PW_LINE, false);
	check_cut_commands();
	check_tag(1, true);
	check_tag(PW_TAG - 1, true);
	check_tag(PW_TAG, false);
	check_huge_sizes();
	check_other_events();
	buf_free(&out);
	return unit_end();
}
