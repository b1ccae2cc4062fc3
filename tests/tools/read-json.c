/* read-json.c - reads what -f json wrote, strictly, for scripts that have no jq
 *
 *	read-json FILE			checks it
 *	read-json FILE MEMBER...	and prints these of every event ("-": not there)
 *	read-json -b SIDE FILE		and the bytes of that side, of all sessions
 *
 * A member is a path such as bytes.client; event=data before them takes only events
 * of that kind. Besides each line, it checks what holds between them: that the data
 * of a side follow each other without a gap, that the close counts them, that a
 * session opens first and closes last, that all lines are of one run.
 * Exit status: 0, or 1 with the reason on stderr.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <unistd.h>

#include "read-json.h"

#define SESSIONS	4096	/* at most, of one log */

struct session {
	bool			opened, closed, cut;	/* cut: by --snap, so bytes are missing */
	unsigned long long	bytes[2];
};

static struct session sessions[SESSIONS];
static char run[100];

static unsigned long long
number(struct json_object *o, const char *path)
{
	return strtoull(json_value(o, path), NULL, 10);
}

/* What holds between the events of a session. NULL, or what does not. */
static const char *
follow(struct json_object *o)
{
	unsigned long long n = number(o, "session");
	const char *event = json_value(o, "event");
	struct session *s = &sessions[n < SESSIONS ? n : 0];
	int side = strcmp(json_value(o, "from"), "server") == 0;

	if (n == 0 || n >= SESSIONS)
		return "a number that no session has here";
	if (run[0] == '\0')
		snprintf(run, sizeof(run), "%s", json_value(o, "run"));
	if (strcmp(run, json_value(o, "run")) != 0)
		return "another run";
	if (s->closed && strcmp(event, "names") != 0)
		return "an event after the last";
	if (s->opened == (strcmp(event, "open") == 0 || strcmp(json_value(o, "final"), "true") == 0))
		return "an open that is not the first, or is missing";
	s->opened = true;
	if (strcmp(event, "data") == 0) {
		if (number(o, "offset") != s->bytes[side])
			return "a gap between two data";
		s->bytes[side] += number(o, "length");
	}
	if (strcmp(event, "close") == 0 && (number(o, "bytes.client") != s->bytes[0] ||
	    number(o, "bytes.server") != s->bytes[1]))
		return "a close that does not count what there was";
	s->closed = s->closed || strcmp(event, "close") == 0 || strcmp(json_value(o, "final"), "true") == 0;
	return NULL;
}

static void
print_members(struct json_object *o, char *const *path)
{
	int i, first = 0;

	if (path[0] != NULL && strncmp(path[0], "event=", 6) == 0) {
		if (strcmp(path[0] + 6, json_value(o, "event")) != 0)
			return;
		first = 1;
	}
	for (i = first; path[i] != NULL; i++)
		printf("%s%s", i > first ? "\t" : "", json_value(o, path[i]));
	if (path[0] != NULL)
		putchar('\n');
}

static void
print_bytes(struct json_object *o, const char *side)
{
	const unsigned char *bytes;
	size_t n;

	if (strcmp(json_value(o, "event"), "data") == 0 && strcmp(json_value(o, "from"), side) == 0 &&
	    (bytes = json_bytes(o, &n)) != NULL)
		fwrite(bytes, 1, n, stdout);
}

int
main(int argc, char *argv[])
{
	const char *side = NULL, *why;
	struct json_object o;
	unsigned long count = 0;
	size_t size = 0;
	char *line = NULL;
	ssize_t len;
	FILE *f;

	if (argc == 4 && strcmp(argv[1], "-b") == 0) {
		side = argv[2];
		argv += 2;
	}
	if (argc < 2 || (f = fopen(argv[1], "r")) == NULL) {
		fprintf(stderr, "usage: read-json [-b SIDE] FILE [MEMBER...]\n");
		return 1;
	}
	while ((len = getline(&line, &size, f)) > 0) {
		count++;
		why = line[len - 1] == '\n' ? json_read(line, (size_t)len - 1, &o) : "no line end";
		if (why == NULL)
			why = follow(&o);
		if (why != NULL) {
			fprintf(stderr, "%s:%lu: %s: %.300s\n", argv[1], count, why, line);
			return 1;
		}
		if (side != NULL)
			print_bytes(&o, side);
		else
			print_members(&o, argv + 2);
		json_free(&o);
	}
	free(line);
	fclose(f);
	return fflush(stdout) == 0 ? 0 : 1;
}
