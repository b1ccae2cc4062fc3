/* password-sasl.c - what a client sends in answer to AUTH and its like
 *
 * Runs in: session. PLAIN is one response, "authzid NUL user NUL password" (RFC
 * 4616); LOGIN is two, the user and the password. Both in base64. Of other
 * mechanisms only the end is waited for.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <string.h>

#include "password.h"

/* The value of a base64 digit, or -1. */
static int
digit(unsigned char c)
{
	if (c >= 'A' && c <= 'Z')
		return c - 'A';
	if (c >= 'a' && c <= 'z')
		return c - 'a' + 26;
	if (c >= '0' && c <= '9')
		return c - '0' + 52;
	return c == '+' ? 62 : c == '/' ? 63 : -1;
}

bool
pw_base64(const unsigned char *text, size_t len, struct pw_value *v)
{
	unsigned long bits = 0;
	size_t i, n;

	v->len = 0;
	for (n = len; n > 0 && len - n < 2 && text[n - 1] == '='; n--)
		;
	/* Some clients leave the padding out; where there is some, it is whole. */
	if (n % 4 == 1 || (n < len && len % 4 != 0))
		return false;
	for (i = 0; i < n; i++) {
		if (digit(text[i]) == -1)
			return false;
		bits = (bits << 6 | (unsigned long)digit(text[i])) & 0xffffff;
		if (i % 4 != 0 && v->len < PW_VALUE)
			v->bytes[v->len++] = (unsigned char)(bits >> (6 - i % 4 * 2));
	}
	return true;
}

/* Takes "authzid NUL user NUL password" apart. */
static bool
plain(struct pw_login *l, const struct pw_value *v)
{
	const unsigned char *end = v->bytes + v->len, *user, *password;

	if ((user = memchr(v->bytes, '\0', v->len)) == NULL)
		return false;
	user++;
	if ((password = memchr(user, '\0', (size_t)(end - user))) == NULL)
		return false;
	pw_set(&l->user, user, (size_t)(password - user));
	pw_set(&l->password, password + 1, (size_t)(end - password - 1));
	return true;
}

void
pw_sasl_end(struct password *pw)
{
	pw_login_end(pw, pw->sasl.login, PW_UNKNOWN);	/* incomplete: nothing to write */
	pw->sasl.next = PW_SASL_NONE;
}

void
pw_sasl_line(struct password *pw, const unsigned char *text, size_t len)
{
	struct pw_login *l = pw->sasl.login != -1 ? &pw->login[pw->sasl.login] : NULL;
	struct pw_value v;

	if (pw->sasl.next == PW_SASL_OTHER)
		return;
	if (l == NULL || !pw_base64(text, len, &v)) {	/* "*" gives up, too */
		pw_sasl_end(pw);
		return;
	}
	switch (pw->sasl.next) {
	case PW_SASL_PLAIN:
		l->complete = plain(l, &v);
		pw->sasl.next = PW_SASL_NONE;
		break;
	case PW_SASL_USER:
		l->user = v;
		pw->sasl.next = PW_SASL_PASSWORD;
		break;
	default:
		l->password = v;
		l->complete = true;
		pw->sasl.next = PW_SASL_NONE;
	}
}

int
pw_sasl_start(struct password *pw, const unsigned char *mechanism, size_t len,
    const unsigned char *initial)
{
	bool is_plain = pw_is(mechanism, len, "PLAIN");

	pw->sasl.login = -1;
	pw->sasl.next = PW_SASL_OTHER;
	if (!is_plain && !pw_is(mechanism, len, "LOGIN"))
		return -1;
	pw->sasl.login = pw_login_new(pw);
	pw->sasl.next = is_plain ? PW_SASL_PLAIN : PW_SASL_USER;
	if (initial[0] == '=' && initial[1] == '\0')		/* it is there, and empty */
		pw_sasl_line(pw, initial, 0);
	else if (initial[0] != '\0')
		pw_sasl_line(pw, initial, strlen((const char *)initial));
	return pw->sasl.login;
}
