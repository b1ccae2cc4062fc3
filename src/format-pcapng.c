/* format-pcapng.c - the conversation as a capture that Wireshark opens
 *
 * Runs in: session, lookup helper. Nothing was captured: each session is written as
 * the TCP conversation that client and server would have had without tcpreen, under
 * their own addresses, from handshake to FIN or RST. Sources:
 * draft-ietf-opsawg-pcapng (blocks, options), RFC 9293 (TCP), RFC 791 (IPv4), RFC
 * 8200 (IPv6).
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <netinet/in.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "format.h"

#define LINKTYPE_RAW	101		/* a packet begins with its IP header */
#define SEGMENT		64000		/* bytes of payload in a packet, at most */
#define WINDOW_SCALE	7		/* with the window of 65535: 8 MiB */
#define ACK_AFTER	(1 << 20)	/* bytes of one side before the other says something */
#define BLOCK_LEAST	12		/* bytes: type, length, and the length again */
#define HEADERS		(40 + 20 + 8)	/* IPv6, TCP, options of a SYN */

enum { FIN = 0x01, SYN = 0x02, RST = 0x04, PSH = 0x08, ACK = 0x10, URG = 0x20 };

/* One side's address, and its place in the sequence. */
struct end {
	unsigned char	ip[16];		/* as IPv6; IPv4 is mapped (RFC 4291, 2.5.5.2) */
	uint16_t	port;
	uint32_t	seq;		/* of the next byte */
	uint32_t	acked;		/* of the other side's, what this side has said it has */
	uint32_t	unacked;	/* bytes since the other side sent anything */
	bool		ended;		/* its FIN is out */
};

/* What is known of a session between its events. */
struct capture {
	bool		v6;
	struct end	end[SIDES];
	enum side	last_ended;	/* whose FIN came last */
	struct timespec	last;		/* the time of the last packet */
	char		error[128];	/* the text of EV_ERROR, for the last packet's comment */
};

/* A packet to be written. */
struct packet {
	enum side		 from;
	unsigned int		 flags;
	struct timespec		 time;
	uint32_t		 missing;	/* of what the other side has sent: not acknowledged */
	const unsigned char	*data;
	size_t			 len, shown;	/* of data: on the wire, kept */
	const struct buf	*comment;	/* or NULL */
};

/* Blocks: little-endian, as the section header says */

static void
put16(struct buf *out, unsigned int v)
{
	const unsigned char b[] = { v & 0xff, v >> 8 & 0xff };

	buf_add(out, b, sizeof(b));
}

static void
put32(struct buf *out, uint32_t v)
{
	put16(out, v & 0xffff);
	put16(out, v >> 16);
}

static void
pad(struct buf *out, size_t len)
{
	buf_add(out, "\0\0\0", (4 - len % 4) % 4);
}

static void
option(struct buf *out, unsigned int code, const void *value, size_t len)
{
	if (len > 0xffff)
		len = 0xffff;
	put16(out, code);
	put16(out, (unsigned int)len);
	buf_add(out, value, len);
	pad(out, len);
}

/* Opens a block; its length is filled in when it is closed. Returns where it began. */
static size_t
block_open(struct buf *out, uint32_t type)
{
	put32(out, type);
	put32(out, 0);
	return out->len - 8;
}

static void
block_close(struct buf *out, size_t start)
{
	uint32_t len = (uint32_t)(out->len - start + 4);
	size_t i;

	put32(out, len);
	for (i = 0; i < 4 && !out->failed; i++)
		out->data[start + 4 + i] = (unsigned char)(len >> 8 * i);
}

static void
pcapng_head(struct buf *out)
{
	static const unsigned char nanoseconds = 9;
	size_t start = block_open(out, 0x0a0d0d0a);		/* section header */

	put32(out, 0x1a2b3c4d);
	put16(out, 1);						/* version 1.0 */
	put16(out, 0);
	put32(out, 0xffffffff);					/* length of the section: unknown */
	put32(out, 0xffffffff);
	option(out, 4, PACKAGE_STRING, strlen(PACKAGE_STRING));	/* shb_userappl */
	option(out, 0, NULL, 0);
	block_close(out, start);

	start = block_open(out, 1);				/* interface description */
	put16(out, LINKTYPE_RAW);
	put16(out, 0);
	put32(out, 0);						/* no limit to a packet */
	option(out, 2, PACKAGE_NAME, strlen(PACKAGE_NAME));	/* if_name */
	option(out, 9, &nanoseconds, 1);			/* if_tsresol */
	option(out, 0, NULL, 0);
	block_close(out, start);
}

/* A file of blocks, perhaps of another machine, where numbers may be big-endian */

static uint32_t
get32(const unsigned char *b, bool big)
{
	return big ? (uint32_t)b[0] << 24 | (uint32_t)b[1] << 16 | (uint32_t)b[2] << 8 | b[3] :
	    (uint32_t)b[3] << 24 | (uint32_t)b[2] << 16 | (uint32_t)b[1] << 8 | b[0];
}

/* Whether the file ends with a whole block, whose length stands at both its ends. */
static bool
ends_whole(int fd, off_t size)
{
	unsigned char last[4], first[4];
	uint32_t little, big;

	if (size % 4 != 0 || pread(fd, last, 4, size - 4) != 4)
		return false;
	little = get32(last, false);
	big = get32(last, true);
	little = little < big ? little : big;	/* the other one is absurd */
	return little >= BLOCK_LEAST && little % 4 == 0 && little <= size &&
	    pread(fd, first, 4, size - little + 4) == 4 && memcmp(first, last, 4) == 0;
}

static off_t
pcapng_whole(int fd, off_t size)
{
	unsigned char b[BLOCK_LEAST];
	uint32_t len;
	bool big = false;
	off_t at;

	if (pread(fd, b, sizeof(b), 0) != sizeof(b) || memcmp(b, "\n\r\r\n", 4) != 0)
		return -1;
	if (ends_whole(fd, size))
		return size;
	for (at = 0; size - at >= BLOCK_LEAST; at += len) {
		if (pread(fd, b, sizeof(b), at) != sizeof(b))
			return -1;
		if (memcmp(b, "\n\r\r\n", 4) == 0)
			big = b[8] == 0x1a;
		len = get32(b + 4, big);
		if (len < BLOCK_LEAST || len % 4 != 0)
			return -1;
		if (len > size - at)
			break;
	}
	return at;
}

/* Headers: big-endian */

static unsigned char *
be16(unsigned char *to, unsigned int v)
{
	to[0] = (unsigned char)(v >> 8);
	to[1] = (unsigned char)v;
	return to + 2;
}

static unsigned char *
be32(unsigned char *to, uint32_t v)
{
	return be16(be16(to, v >> 16), v & 0xffff);
}

/* The sum of 16-bit words (RFC 1071), in the machine's own byte order, added to sum. */
static uint64_t
sum_add(uint64_t sum, const unsigned char *data, size_t len)
{
	uint32_t word;
	unsigned char last[4] = { 0 };

	for (; len >= 4; data += 4, len -= 4) {
		memcpy(&word, data, 4);
		sum += word;
	}
	memcpy(last, data, len);
	memcpy(&word, last, 4);
	return sum + word;
}

static void
sum_store(uint64_t sum, unsigned char *to)
{
	uint16_t folded;

	while (sum > 0xffff)
		sum = (sum & 0xffff) + (sum >> 16);
	folded = (uint16_t)~sum;
	memcpy(to, &folded, 2);
}

static unsigned char *
ipv4_header(unsigned char *h, const struct end *from, const struct end *to, size_t len)
{
	be32(h, 0x45000000u | (uint32_t)(20 + len));
	be32(h + 4, 0x00004000);		/* not to be fragmented: needs no identification */
	be32(h + 8, 64u << 24 | IPPROTO_TCP << 16);
	memcpy(h + 12, from->ip + 12, 4);
	memcpy(h + 16, to->ip + 12, 4);
	sum_store(sum_add(0, h, 20), h + 10);
	return h + 20;
}

static unsigned char *
ipv6_header(unsigned char *h, const struct end *from, const struct end *to, size_t len)
{
	be32(h, 6u << 28);
	be32(h + 4, (uint32_t)len << 16 | IPPROTO_TCP << 8 | 64);
	memcpy(h + 8, from->ip, 16);
	memcpy(h + 24, to->ip, 16);
	return h + 40;
}

/* Fills in the checksum of a TCP header of n bytes and its payload, pseudo-header included. */
static void
tcp_checksum(const struct capture *c, unsigned char *tcp, size_t n, const struct packet *p)
{
	const struct end *from = &c->end[p->from], *to = &c->end[OTHER(p->from)];
	size_t skip = c->v6 ? 0 : 12;
	unsigned char tail[8];
	uint64_t sum;

	be32(be32(tail, (uint32_t)(n + p->len)), IPPROTO_TCP);
	sum = sum_add(0, from->ip + skip, 16 - skip);
	sum = sum_add(sum, to->ip + skip, 16 - skip);
	sum = sum_add(sum, tail, sizeof(tail));
	sum = sum_add(sum, tcp, n);
	sum_store(sum_add(sum, p->data, p->len), tcp + 16);
}

/* Writes the IP and TCP headers of p to h, which has room for HEADERS; returns their length. */
static size_t
headers(const struct capture *c, const struct packet *p, unsigned char *h)
{
	const struct end *from = &c->end[p->from], *to = &c->end[OTHER(p->from)];
	size_t n = p->flags & SYN ? 28 : 20;
	unsigned char *tcp, *at;

	tcp = (c->v6 ? ipv6_header : ipv4_header)(h, from, to, n + p->len);
	at = be16(be16(tcp, from->port), to->port);
	at = be32(be32(at, from->seq), p->flags & ACK ? to->seq - p->missing : 0);
	at = be16(at, (unsigned int)(n / 4) << 12 | p->flags);
	at = be16(at, 65535);
	at = be32(at, p->flags & URG ? 1 : 0);		/* checksum to come; urgent pointer */
	if (p->flags & SYN) {
		at = be32(at, 2u << 24 | 4 << 16 | SEGMENT);			/* MSS */
		at = be32(at, 1u << 24 | 3 << 16 | 3 << 8 | WINDOW_SCALE);
	}
	tcp_checksum(c, tcp, n, p);
	return (size_t)(at - h);
}

/* Packets */

/* The comment, if any, and the direction: in is what the client sends, out what the server does. */
static void
packet_options(const struct packet *p, struct buf *out)
{
	const unsigned char flags[4] = { p->from == CLIENT ? 1 : 2 };

	if (p->comment != NULL && p->comment->len > 0)
		option(out, 1, p->comment->data, p->comment->len);
	option(out, 2, flags, sizeof(flags));		/* epb_flags */
	option(out, 0, NULL, 0);
}

static void
packet_add(struct capture *c, const struct packet *p, struct buf *out)
{
	uint64_t ns = (uint64_t)p->time.tv_sec * 1000000000 + (uint64_t)p->time.tv_nsec;
	struct end *from = &c->end[p->from], *to = &c->end[OTHER(p->from)];
	unsigned char h[HEADERS];
	size_t n = headers(c, p, h), start = block_open(out, 6);	/* enhanced packet */

	put32(out, 0);							/* the interface */
	put32(out, (uint32_t)(ns >> 32));
	put32(out, (uint32_t)ns);
	put32(out, (uint32_t)(n + p->shown));
	put32(out, (uint32_t)(n + p->len));
	buf_add(out, h, n);
	buf_add(out, p->data, p->shown);
	pad(out, n + p->shown);
	packet_options(p, out);
	block_close(out, start);
	from->seq += (uint32_t)p->len + ((p->flags & (SYN | FIN)) != 0);
	from->unacked += (uint32_t)p->len;
	from->acked = to->seq - p->missing;
	to->unacked = 0;
	c->last = p->time;
}

/* A packet without payload. */
static void
signal_add(struct capture *c, struct timespec time, enum side from, unsigned int flags,
    const struct buf *comment, struct buf *out)
{
	struct packet p = { .from = from, .flags = flags, .time = time,
	    .data = (const unsigned char *)"", .comment = comment };

	packet_add(c, &p, out);
}

/* Sessions */

/*
 * The address of one side. A Unix socket has none: it gets one of the loopback
 * net by the session's number, so that sessions stay apart.
 */
static void
end_init(struct end *end, const struct peer *who, unsigned long session, enum side side)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&who->addr;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&who->addr;
	static const unsigned char mapped[12] = { [10] = 0xff, [11] = 0xff };

	/* Any number will do to begin with, but not the same for two sessions. */
	end->seq = (uint32_t)(session * 2 + (side == SERVER)) * 0x9e3779b1u;
	memcpy(end->ip, mapped, sizeof(mapped));
	if (who->len > 0 && who->addr.ss_family == AF_INET6) {
		memcpy(end->ip, &in6->sin6_addr, 16);
		end->port = ntohs(in6->sin6_port);
	} else if (who->len > 0 && who->addr.ss_family == AF_INET) {
		memcpy(end->ip + 12, &in->sin_addr, 4);
		end->port = ntohs(in->sin_port);
	} else {
		be32(end->ip + 12, 127u << 24 | (1 + session % 0x7ffffe) | (side == SERVER) << 23);
		end->port = side == CLIENT ? (uint16_t)(32768 + session % 28232) : 1;
	}
}

static bool
is_mapped(const struct peer *who)
{
	return who->len == 0 || who->addr.ss_family != AF_INET6;
}

static void
capture_init(struct capture *c, const struct event *ev)
{
	enum side s;

	for (s = CLIENT; s < SIDES; s++)
		end_init(&c->end[s], &ev->peer[s], ev->session, s);
	c->v6 = !is_mapped(&ev->peer[CLIENT]) || !is_mapped(&ev->peer[SERVER]);
}

/* The client's SYN; its comment says which session this is, and whose. */
static void
client_arrives(struct capture *c, const struct event *ev, struct buf *out)
{
	struct buf comment = { 0 };

	capture_init(c, ev);
	buf_printf(&comment, "session %lu: client ", ev->session);
	format_peer(&ev->peer[CLIENT], &comment);
	buf_puts(&comment, ", server ");
	format_peer(&ev->peer[SERVER], &comment);
	out->failed = out->failed || comment.failed;
	signal_add(c, ev->arrived, CLIENT, SYN, &comment, out);
	buf_free(&comment);
}

/*
 * No server was found: a reset whose comment says why, as if the server had refused,
 * or by the client where it gave up.
 */
static void
unreached(struct capture *c, const struct event *ev, struct buf *out)
{
	struct buf comment = { 0 };

	c->end[SERVER].seq = 0;		/* it has not begun to count */
	buf_puts(&comment, ev->text);
	out->failed = out->failed || comment.failed;
	if (ev->error == ECONNRESET)
		signal_add(c, ev->time, CLIENT, RST, &comment, out);
	else
		signal_add(c, ev->time, SERVER, RST | ACK, &comment, out);
	buf_free(&comment);
}

static void
chunk_packets(struct capture *c, const struct event *ev, struct buf *out)
{
	const struct chunk *chunk = ev->chunk;
	struct packet p = { .from = chunk->from, .time = ev->time };
	size_t at, shown;

	for (at = 0; at < chunk->len; at += p.len) {
		shown = chunk->shown > at ? chunk->shown - at : 0;
		p.data = chunk->data + at;
		p.len = chunk->len - at < SEGMENT ? chunk->len - at : SEGMENT;
		p.shown = shown < p.len ? shown : p.len;
		p.flags = ACK | (chunk->urgent ? URG : 0) | (at + p.len == chunk->len ? PSH : 0);
		packet_add(c, &p, out);
	}
	if (c->end[p.from].unacked >= ACK_AFTER)
		signal_add(c, ev->time, OTHER(p.from), ACK, NULL, out);
}

static void
stream_ends(struct capture *c, const struct event *ev, struct buf *out)
{
	signal_add(c, ev->time, ev->from, FIN | ACK, NULL, out);
	c->end[ev->from].ended = true;
	c->last_ended = ev->from;
}

/* What the last packet has to say: who ended it, if it was tcpreen, and what went wrong. */
static void
last_comment(const struct capture *c, const struct ending *e, struct buf *out)
{
	if (e->how != END_CLOSED && e->how != END_RESET) {
		buf_puts(out, ", ended by tcpreen: ");
		format_reason(e, out);
	}
	format_undelivered(e, out);
	if (c->error[0] != '\0')
		buf_printf(out, ", %s", c->error);
	if (out->len == 0)
		return;
	out->len -= 2;			/* without the first comma */
	memmove(out->data, out->data + 2, out->len);
}

/* What the other side of from has sent and from never had: neither has it the FIN after that. */
static uint32_t
missing(const struct capture *c, const struct ending *e, enum side from)
{
	const struct end *other = &c->end[OTHER(from)];
	uintmax_t n = e->undelivered[OTHER(from)];
	uint32_t most = other->seq - c->end[from].acked;	/* nothing is taken back */

	if (n > 0 && other->ended)
		n++;
	return n < most ? (uint32_t)n : most;
}

static bool
is_before(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec < b->tv_sec || (a->tv_sec == b->tv_sec && a->tv_nsec < b->tv_nsec);
}

/*
 * The last packet: after two FINs the ACK of the second one, else a reset, by the
 * side that did it. Where tcpreen ended the session, by one whose stream had not ended.
 */
static void
last_packet(struct capture *c, const struct event *ev, struct buf *out)
{
	const struct ending *e = ev->ending;
	struct buf comment = { 0 };
	struct packet p = { .from = OTHER(c->last_ended), .flags = ACK, .time = ev->time,
	    .data = (const unsigned char *)"", .comment = &comment };

	if (e->how == END_RESET || !c->end[SERVER].ended || !c->end[CLIENT].ended) {
		p.from = e->how == END_RESET ? e->by : c->end[SERVER].ended ? CLIENT : SERVER;
		p.flags = RST | ACK;
		p.time = is_before(&e->time, &c->last) ? c->last : e->time;
		p.missing = missing(c, e, p.from);
	}
	last_comment(c, e, &comment);
	out->failed = out->failed || comment.failed;
	packet_add(c, &p, out);
	buf_free(&comment);
}

/* One name, "host:service", as a record of a name resolution block. */
static void
name_record(const struct capture *c, const struct event *ev, enum side s, struct buf *out)
{
	const char *name = ev->name[s], *colon = strrchr(name, ':');
	size_t skip = c->v6 ? 0 : 12, len = colon != NULL ? (size_t)(colon - name) : 0;

	if (len == 0 || name[0] == '[' || ev->peer[s].len == 0 ||
	    strspn(name, "0123456789.") >= len || ev->peer[s].addr.ss_family == AF_UNIX)
		return;
	put16(out, c->v6 ? 2 : 1);
	put16(out, (unsigned int)(16 - skip + len + 1));
	buf_add(out, c->end[s].ip + skip, 16 - skip);
	buf_add(out, name, len);
	buf_putc(out, '\0');
	pad(out, 16 - skip + len + 1);
}

static void
names(const struct capture *c, const struct event *ev, struct buf *out)
{
	size_t start = block_open(out, 4);	/* name resolution */

	name_record(c, ev, CLIENT, out);
	name_record(c, ev, SERVER, out);
	put32(out, 0);				/* no more records; no options */
	if (out->len - start == 12)
		out->len = start;		/* no names but of services */
	else
		block_close(out, start);
}

static void
pcapng_event(struct writer *w, const struct event *ev, struct buf *out)
{
	struct capture *c = w->memory;

	switch (ev->type) {
	case EV_OPEN:
		client_arrives(c, ev, out);
		signal_add(c, ev->time, SERVER, SYN | ACK, NULL, out);
		signal_add(c, ev->time, CLIENT, ACK, NULL, out);
		break;
	case EV_UNREACHED:
		client_arrives(c, ev, out);
		unreached(c, ev, out);
		break;
	case EV_NAMES:
		names(c, ev, out);
		break;
	case EV_DATA:
		chunk_packets(c, ev, out);
		break;
	case EV_END:
		stream_ends(c, ev, out);
		break;
	case EV_ERROR:
		snprintf(c->error, sizeof(c->error), "%s", ev->text);
		break;
	case EV_CLOSE:
		last_packet(c, ev, out);
		break;
	}
}

const struct format format_pcapng = {
	.name	= "pcapng",
	.about	= "a capture for Wireshark and tshark; for files and pipes",
	.memory	= sizeof(struct capture),
	.growth	= 2,
	.binary	= true,
	.not_syslog = true,
	.not_terminal = true,
	.not_per_side = true,
	.whole_records = true,
	.console = &format_null,
	.head	= pcapng_head,
	.whole	= pcapng_whole,
	.event	= pcapng_event,
};
