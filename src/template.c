/* template.c - file names with % letters, a file for each session or direction
 *
 * Runs in: all. Pure: a name in, a name out. What a peer is called comes from a
 * stranger, so nothing in it may lead to another folder.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "template.h"

#define PEER_MOST	96	/* bytes of %c and %s: both, and all other letters, fit in 255 */
#define HASH		17	/* of these, where a peer's name is cut */

static void
add_session(const struct template_values *values, enum side from, struct buf *path)
{
	(void)from;
	buf_printf(path, "%04lu", values->session);
}

/* The hash FNV-1a of a text, which two names that begin alike do not share by chance. */
static uint64_t
hash(const char *text)
{
	uint64_t h = 0xcbf29ce484222325;

	for (; *text != '\0'; text++)
		h = (h ^ (unsigned char)*text) * 0x100000001b3;
	return h;
}

/*
 * "127.0.0.1-25": what is no letter, digit, point or dash becomes a _. The path of a
 * Unix socket may be longer than a file name; it is cut, and a hash tells it apart.
 */
static void
add_peer(const char *text, struct buf *path)
{
	const char *whole = text, *colon = strrchr(text, ':'), *end;
	bool is_long = strlen(text) > PEER_MOST;

	for (end = text + (is_long ? PEER_MOST - HASH : strlen(text)); text < end; text++)
		if (text == colon)
			buf_putc(path, '-');
		else if (strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-",
		    *text) != NULL)
			buf_putc(path, *text);
		else
			buf_putc(path, '_');
	if (is_long)
		buf_printf(path, "-%016jx", (uintmax_t)hash(whole));
}

static void
add_client(const struct template_values *values, enum side from, struct buf *path)
{
	(void)from;
	add_peer(values->peer[CLIENT], path);
}

static void
add_server(const struct template_values *values, enum side from, struct buf *path)
{
	(void)from;
	add_peer(values->peer[SERVER], path);
}

static void
add_start(const struct template_values *values, enum side from, struct buf *path)
{
	char start[sizeof("20261123T034210Z") + 8];
	struct tm tm;

	(void)from;
	if (gmtime_r(&values->start, &tm) != NULL &&
	    strftime(start, sizeof(start), "%Y%m%dT%H%M%SZ", &tm) > 0)
		buf_puts(path, start);
}

static void
add_side(const struct template_values *values, enum side from, struct buf *path)
{
	(void)values;
	buf_puts(path, from == CLIENT ? "client" : "server");
}

static void
add_process(const struct template_values *values, enum side from, struct buf *path)
{
	(void)values, (void)from;
	buf_printf(path, "%ld", (long)getpid());
}

static void
add_percent(const struct template_values *values, enum side from, struct buf *path)
{
	(void)values, (void)from;
	buf_putc(path, '%');
}

/* Which names a letter tells apart. */
enum scope { NONE = 0, SOME = 1, EACH_SESSION = 2, EACH_SIDE = 4 };

static const struct letter {
	char		 letter;
	enum scope	 scope;
	void		(*add)(const struct template_values *, enum side from, struct buf *path);
} letters[] = {
	{ 'n', EACH_SESSION, add_session },
	{ 'c', SOME, add_client },
	{ 's', SOME, add_server },
	{ 't', SOME, add_start },
	{ 'd', EACH_SIDE, add_side },
	{ 'p', EACH_SESSION, add_process },
	{ '%', NONE, add_percent },
};

static const struct letter *
letter_find(char letter)
{
	size_t i;

	for (i = 0; i < sizeof(letters) / sizeof(letters[0]); i++)
		if (letters[i].letter == letter)
			return &letters[i];
	return NULL;
}

int
template_bad_letter(const char *name)
{
	for (; (name = strchr(name, '%')) != NULL; name += 2)
		if (letter_find(name[1]) == NULL)
			return name[1] == '\0' ? '%' : (unsigned char)name[1];
	return 0;
}

/* The scopes of all letters in name, one of which may be unknown. */
static int
scopes(const char *name)
{
	const struct letter *letter;
	int all = NONE;

	for (; (name = strchr(name, '%')) != NULL && name[1] != '\0'; name += 2)
		if ((letter = letter_find(name[1])) != NULL)
			all |= (int)letter->scope;
	return all;
}

bool
template_varies(const char *name)
{
	return scopes(name) != NONE;
}

bool
template_per_session(const char *name)
{
	return (scopes(name) & EACH_SESSION) != 0;
}

bool
template_per_side(const char *name)
{
	return (scopes(name) & EACH_SIDE) != 0;
}

void
template_expand(const char *name, const struct template_values *values, enum side from,
    struct buf *path)
{
	const struct letter *letter;

	for (; *name != '\0'; name++) {
		letter = *name == '%' ? letter_find(name[1]) : NULL;
		if (letter == NULL) {
			buf_putc(path, *name);
			continue;
		}
		letter->add(values, from, path);
		name++;
	}
}
