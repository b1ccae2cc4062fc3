/* read-capture.c - reads what -f pcapng wrote, strictly, for scripts that have no tshark
 *
 *	read-capture [-u] FILE			checks it, and prints a line for each packet
 *	read-capture [-u] -b SIDE N FILE	prints the bytes of a side of the Nth connection
 *	read-capture [-u] -s FILE		prints how many heads, names, connections it has
 *
 * -u: connections may be without beginning or end. FILE may be "-". A line is
 *
 *	N SECONDS client|server FLAGS SEQ ACK LENGTH [KEPT] [; COMMENT]
 *
 * with N from 0, SECONDS since the connection's first packet, FLAGS as letters (SA),
 * SEQ and ACK from 0 with the SYN, and KEPT where it is less than LENGTH. A first
 * packet has the addresses, too: "127.0.0.1:53156 > [::1]:25".
 * Exit status: 0, or 1 with the reason on stderr.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <arpa/inet.h>
#include <stdio.h>
#include <stdlib.h>
#include <unistd.h>

#include "read-capture.h"

struct wanted {
	bool		bytes, summary;
	int		side;
	unsigned int	stream;
};

static const char *
place(const struct cap_stream *s, int side, char text[64])
{
	char ip[INET6_ADDRSTRLEN] = "?";

	inet_ntop(s->v6 ? AF_INET6 : AF_INET, s->end[side].ip + (s->v6 ? 0 : 12), ip, sizeof(ip));
	snprintf(text, 64, s->v6 ? "[%s]:%u" : "%s:%u", ip, s->end[side].port);
	return text;
}

static void
print_packet(void *arg, const struct cap_packet *p)
{
	const struct wanted *w = arg;
	uint64_t us = (p->ns - p->of->began) / 1000;
	char flags[8], client[64], server[64];

	if (w->bytes && p->stream == w->stream && p->from == w->side)
		fwrite(p->data, 1, p->kept, stdout);
	if (w->bytes || w->summary)
		return;
	printf("%u %llu.%06llu %s %s %lu %lu %zu", p->stream, (unsigned long long)(us / 1000000),
	    (unsigned long long)(us % 1000000), p->from == 0 ? "client" : "server",
	    cap_flags(p->flags, flags), (unsigned long)p->seq, (unsigned long)p->ack, p->len);
	if (p->kept < p->len)
		printf(" %zu", p->kept);
	if (p->flags == CAP_SYN)
		printf(" %s > %s", place(p->of, 0, client), place(p->of, 1, server));
	if (p->comment != NULL)
		printf(" ; %.*s", (int)p->comment_len, p->comment);
	putchar('\n');
}

/* The whole of a file; NULL where there is none. */
static unsigned char *
whole(const char *name, size_t *len)
{
	FILE *f = strcmp(name, "-") == 0 ? stdin : fopen(name, "rb");
	unsigned char *data = NULL, *more;
	size_t size = 0;

	*len = 0;
	while (f != NULL && !feof(f) && !ferror(f)) {
		if (*len == size) {
			size = size > 0 ? 2 * size : 65536;
			if ((more = realloc(data, size)) == NULL)
				return NULL;
			data = more;
		}
		*len += fread(data + *len, 1, size - *len, f);
	}
	if (f != NULL && f != stdin)
		fclose(f);
	return data;
}

int
main(int argc, char *argv[])
{
	static struct cap_reader r;
	struct wanted w = { 0 };
	unsigned char *data;
	const char *why;
	size_t len, at;
	int c;

	r.packet = print_packet;
	r.arg = &w;
	while ((c = getopt(argc, argv, "ub:s")) != -1)
		if (c == 'u') {
			r.unfinished = true;
		} else if (c == 's') {
			w.summary = true;
		} else if (c == 'b' && optind < argc) {
			w.bytes = true;
			w.side = strcmp(optarg, "server") == 0;
			w.stream = (unsigned int)strtoul(argv[optind++], NULL, 10);
		} else {
			return 1;
		}
	if (optind >= argc || (data = whole(argv[optind], &len)) == NULL) {
		fprintf(stderr, "read-capture: no file\n");
		return 1;
	}
	if ((why = cap_read(&r, data, len, &at)) != NULL) {
		fflush(stdout);
		fprintf(stderr, "%s: at byte %zu: %s\n", argv[optind], at, why);
		return 1;
	}
	if (w.summary)
		printf("heads %u, names %u, connections %u\n", r.heads, r.names, r.n);
	free(data);
	return fflush(stdout) == 0 ? 0 : 1;
}
