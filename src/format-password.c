/* format-password.c - nothing but credentials, and whether they were accepted
 *
 * Runs in: session. Writes down what the search finds; the search itself is
 * password.c, which begins with password-detect.c: what protocol is it?
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "format.h"
#include "password.h"

/* What login_write() needs of the event that a login was found in. */
struct found_in {
	struct writer		*w;
	const struct event	*ev;
	struct buf		*out;
	struct password		*pw;
};

static void
login_write(void *arg, const struct pw_login *l, enum pw_verdict verdict)
{
	static const char *const word[] = {
		[PW_UNKNOWN] = "unknown", [PW_ACCEPTED] = "accepted", [PW_REJECTED] = "rejected",
	};
	struct found_in *p = arg;

	format_record_open(p->w, p->ev, CLIENT, false, p->out);
	buf_printf(p->out, "%s%s user \"", p->pw->protocol->name, l->proxy ? "-proxy" : "");
	buf_escape(p->out, l->user.bytes, l->user.len);
	buf_puts(p->out, "\" password \"");
	buf_escape(p->out, l->password.bytes, l->password.len);
	buf_printf(p->out, "\" %s", word[verdict]);
	format_record_close(p->w, p->out);
}

static void
password_event(struct writer *w, const struct event *ev, struct buf *out)
{
	struct password *pw = w->memory;
	struct found_in in = { w, ev, out, pw };

	pw->unknown = &pw_unknown;
	pw->found = login_write;
	pw->found_arg = &in;
	if (ev->type == EV_DATA)
		password_bytes(pw, ev->chunk->from, ev->chunk->data, ev->chunk->len);
	if (ev->type == EV_CLOSE)
		password_end(pw);
	if (ev->type != EV_DATA)
		format_session_line(w, ev, out);
}

const struct format format_password = {
	.name	= "password",
	.about	= "credentials of FTP, mail, news and HTTP, and how it went",
	.memory	= sizeof(struct password),
	.event	= password_event,
};
