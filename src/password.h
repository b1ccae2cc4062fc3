/* password.h - the search for credentials
 *
 * password.c cuts both directions into lines and keeps the credentials; a protocol
 * (password-*.c) is told of each line and says what it was; password-detect.c finds
 * out which protocol it is. format-password.c writes down what was found. All of it
 * is bounded: struct password is all the memory there is.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PASSWORD_H
#define PASSWORD_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "event.h"

#define PW_LINE		2048	/* bytes of a line that are kept */
#define PW_TAIL		32	/* of them, the last ones */
#define PW_VALUE	2048	/* bytes of a user's name or a password: any that fits in a line */
#define PW_LOGINS	8	/* that wait for their answer; one more, and the oldest goes */
#define PW_COMMANDS	1024	/* that wait for their answer; with more the search ends */
#define PW_TAG		64	/* bytes of an IMAP tag */

/* A line without its end. One that is too long keeps its beginning and its end. */
struct pw_line {
	unsigned char	text[PW_LINE + 1];	/* a NUL follows */
	size_t		len;
	bool		cut;
	bool		more;			/* it goes on: its protocol wants to see it again */
};

struct pw_value {
	unsigned char	bytes[PW_VALUE];
	size_t		len;
};

enum pw_verdict { PW_UNKNOWN, PW_ACCEPTED, PW_REJECTED };

/* What somebody logs in with; complete once both parts are known. */
struct pw_login {
	bool		used, complete;
	bool		proxy;			/* HTTP: for the proxy, not for the server */
	unsigned long	serial;			/* in order of arrival */
	char		tag[PW_TAG];		/* IMAP */
	struct pw_value	user, password;
};

/* What a command's answer will mean. */
enum pw_kind {
	PW_OTHER,
	PW_USER,	/* if negative, there is no user any more */
	PW_LOGIN,	/* it decides on a login, if there still is one */
	PW_TLS,		/* if positive, all that follows is unreadable */
	PW_TEXT,	/* if positive, lines follow it, to a lone dot */
	PW_BODY,	/* if positive, the client sends lines, to a lone dot */
	PW_HEAD,	/* HTTP: no body follows it */
	PW_TUNNEL	/* HTTP CONNECT: if positive, another protocol follows */
};

struct pw_command {
	unsigned char	kind;
	bool		proxied;	/* HTTP: it has credentials for a proxy */
	signed char	login[2];	/* places in login[], or -1 */
};

/* Where a SASL exchange is (RFC 4422). */
struct pw_sasl {
	enum { PW_SASL_NONE, PW_SASL_PLAIN, PW_SASL_USER, PW_SASL_PASSWORD, PW_SASL_OTHER } next;
	int	login;			/* its place in login[], or -1 */
};

/* Where one direction of HTTP is. */
struct pw_http {
	enum { HTTP_START, HTTP_HEADERS, HTTP_CHUNK, HTTP_CHUNK_END, HTTP_TRAILER } at;
	bool		chunked, sized;
	uintmax_t	size;			/* of the body, where sized */
	struct pw_command command;		/* of the request */
	int		status;			/* of the response */
};

struct password;

struct pw_protocol {
	const char	*name;
	void	(*line[SIDES])(struct password *pw, struct pw_line *line);
};

struct password {
	const struct pw_protocol *protocol;	/* NULL at the start */
	const struct pw_protocol *unknown;	/* what to begin with: it detects the protocol */
	bool		ended;			/* nothing more to find */
	bool		greeted;		/* the server has said its first line */
	struct pw_line	line[SIDES];
	uintmax_t	skip[SIDES];		/* bytes that are no lines; UINTMAX_MAX: for ever */
	bool		body[SIDES];		/* lines of a text, to a lone dot */
	int		reply;			/* the code of a reply of several lines, or 0 */
	bool		has_user;
	struct pw_value	user;			/* of the command USER */
	struct pw_login	login[PW_LOGINS];
	unsigned long	serial;
	struct pw_command command[PW_COMMANDS];	/* a ring */
	size_t		first, commands;
	struct pw_sasl	sasl;
	struct pw_http	http[SIDES];
	uintmax_t	literal;		/* IMAP: bytes that belong to the client's line */
	bool		literal_waits;		/* none has come: the server must agree first */
	/* Writes a login down; set while bytes are looked at. */
	void	(*found)(void *arg, const struct pw_login *login, enum pw_verdict verdict);
	void	*found_arg;
};

extern const struct pw_protocol pw_ftp, pw_smtp, pw_pop3, pw_nntp, pw_imap, pw_http, pw_unknown;

/* Looks at bytes of one side, in any portions. */
void	password_bytes(struct password *pw, enum side from, const unsigned char *data, size_t len);

/* The end: what still waits for its answer will have none. */
void	password_end(struct password *pw);

/* For protocols */

/* A place for a login, all empty. */
int	pw_login_new(struct password *pw);

/* The answer to a login (-1: none): writes it down if complete, and gives up its place. */
void	pw_login_end(struct password *pw, int login, enum pw_verdict verdict);

/* Remembers a command that will be answered, in order; login may be -1. */
void	pw_push(struct password *pw, enum pw_kind kind, int login);

/* The oldest command that has no answer yet: answered now. false when there is none. */
bool	pw_pop(struct password *pw, struct pw_command *command);

/* Nothing more can be found in this session. */
void	pw_give_up(struct password *pw);

/* Sets v to n bytes (PW_VALUE at most). */
void	pw_set(struct pw_value *v, const void *bytes, size_t n);

/*
 * The word at *at, of which the length is returned: up to a blank or the end.
 * *at goes on to the next word. Words are compared without regard to case.
 */
size_t	pw_word(const unsigned char **at, const unsigned char **word);
bool	pw_is(const unsigned char *word, size_t len, const char *name);

/*
 * Whether a refusal with that text, which may start with a response code in
 * brackets, says no to the credentials; false when it says "not now", or "not
 * without encryption".
 */
bool	pw_refuses_login(const unsigned char *text);

/* The code of a reply of three digits, or 0. Whether a line starts with a text. */
int	pw_reply_code(const struct pw_line *line);
bool	pw_starts(const struct pw_line *line, const char *with);

/* Whether a first line is of that protocol. */
bool	pw_http_is_request(const struct pw_line *line);
bool	pw_imap_is_command(const struct pw_line *line);

/* base64 (RFC 4648): false where it is none. */
bool	pw_base64(const unsigned char *text, size_t len, struct pw_value *v);

/*
 * SASL (RFC 4616 PLAIN, and the LOGIN that everyone has): starts an exchange
 * for a new login, which is returned (-1 for a mechanism without passwords);
 * initial is the rest of the line, maybe empty. Then pw_sasl_line() is given the
 * client's lines while pw->sasl.next is not NONE; pw_sasl_end() ends it.
 */
int	pw_sasl_start(struct password *pw, const unsigned char *mechanism, size_t len,
	    const unsigned char *initial);
void	pw_sasl_line(struct password *pw, const unsigned char *text, size_t len);
void	pw_sasl_end(struct password *pw);

#endif
