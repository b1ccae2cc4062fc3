/* template.c - file names with % letters, a file for each session or direction
 *
 * Runs in: all. Pure: a name in, a name out. What a peer is called comes from a
 * stranger, so nothing in it may lead to another folder.
 */
#include <config.h>

#include <string.h>
#include <unistd.h>

#include "template.h"

static void
add_session(const struct template_values *values, enum side from, struct buf *path)
{
	(void)from;
	buf_printf(path, "%04lu", values->session);
}

/* "127.0.0.1-25": what is no letter, digit, point or dash becomes a _. */
static void
add_peer(const char *text, struct buf *path)
{
	const char *colon = strrchr(text, ':');

	for (; *text != '\0'; text++)
		if (text == colon)
			buf_putc(path, '-');
		else if (strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-",
		    *text) != NULL)
			buf_putc(path, *text);
		else
			buf_putc(path, '_');
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
