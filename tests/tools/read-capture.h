/* read-capture.h - a strict reader of what -f pcapng writes
 *
 * Independent of the writer: blocks and options as of the pcapng draft, headers and
 * checksums of IP and TCP, and what holds between the packets of a connection. Shared
 * by unit tests and by read-capture.c.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef READ_CAPTURE_H
#define READ_CAPTURE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>

enum { CAP_FIN = 1, CAP_SYN = 2, CAP_RST = 4, CAP_PSH = 8, CAP_ACK = 16, CAP_URG = 32 };

#define CAP_STREAMS	4096	/* connections, at most */

/* One side of a connection. */
struct cap_end {
	unsigned char	ip[16];
	unsigned int	port;
	uint32_t	first, next;	/* sequence numbers: of the SYN, of what comes next */
	uint32_t	acked;		/* of the other side's */
	bool		fin;
};

struct cap_stream {
	bool		v6;
	struct cap_end	end[2];		/* client, server */
	unsigned int	packets;
	uint64_t	ns;		/* of its last packet */
	uint64_t	began;		/* of its first */
	bool		over;		/* by a reset */
};

/* What a packet was, for whoever reads on. */
struct cap_packet {
	unsigned int		 stream;	/* from 0 */
	const struct cap_stream	*of;
	int			 from;		/* 0 client, 1 server */
	unsigned int		 flags;
	uint32_t		 seq, ack;	/* from 0 with the SYN */
	uint64_t		 ns;
	const unsigned char	*data;
	size_t			 len, kept;
	const char		*comment;	/* not terminated */
	size_t			 comment_len;
};

struct cap_reader {
	void			(*packet)(void *arg, const struct cap_packet *p);
	void			*arg;
	bool			 unfinished;	/* connections may be without beginning or end */
	/* While it reads */
	bool			 interface;
	unsigned int		 heads, names;	/* section headers; names that were looked up */
	struct cap_stream	 stream[CAP_STREAMS];
	unsigned int		 n;
};

static inline unsigned int
cap_le16(const unsigned char *at)
{
	return at[0] | (unsigned int)at[1] << 8;
}

static inline uint32_t
cap_le32(const unsigned char *at)
{
	return cap_le16(at) | (uint32_t)cap_le16(at + 2) << 16;
}

static inline unsigned int
cap_be16(const unsigned char *at)
{
	return (unsigned int)at[0] << 8 | at[1];
}

static inline uint32_t
cap_be32(const unsigned char *at)
{
	return (uint32_t)cap_be16(at) << 16 | cap_be16(at + 2);
}

static inline bool
cap_zeros(const unsigned char *at, size_t n)
{
	for (; n > 0; n--)
		if (*at++ != 0)
			return false;
	return true;
}

/* The next of the options at *at; its code, 0 at their end, -1 when they are none. */
static inline int
cap_option(const unsigned char **at, const unsigned char *end, const unsigned char **value,
    size_t *len)
{
	unsigned int code;
	size_t padded;

	if (end - *at < 4)
		return -1;
	code = cap_le16(*at);
	*len = cap_le16(*at + 2);
	padded = (*len + 3) / 4 * 4;
	*value = *at + 4;
	if ((size_t)(end - *value) < padded || !cap_zeros(*value + *len, padded - *len))
		return -1;
	*at = *value + padded;
	if (code == 0)
		return *len == 0 && *at == end ? 0 : -1;
	return (int)code;
}

/* Printable ASCII only: what tcpreen writes there itself. */
static inline bool
cap_is_text(const unsigned char *at, size_t n)
{
	for (; n > 0; n--, at++)
		if (*at < 0x20 || *at > 0x7e)
			return false;
	return true;
}

static inline const char *
cap_section(struct cap_reader *r, const unsigned char *body, const unsigned char *end)
{
	const unsigned char *value;
	bool application = false;
	size_t len;
	int code;

	if (end - body < 16 || cap_le32(body) != 0x1a2b3c4d)
		return "section header: not in little-endian order";
	if (cap_le16(body + 4) != 1 || cap_le16(body + 6) != 0)
		return "section header: not version 1.0";
	if (cap_le32(body + 8) != 0xffffffff || cap_le32(body + 12) != 0xffffffff)
		return "section header: has a length";
	for (body += 16; (code = cap_option(&body, end, &value, &len)) > 0;)
		if (code == 4)
			application = len > 8 && memcmp(value, "tcpreen ", 8) == 0 && cap_is_text(value, len);
		else
			return "section header: an unknown option";
	r->interface = false;
	r->heads++;
	return code == 0 && application ? NULL : "section header: options";
}

static inline const char *
cap_interface(struct cap_reader *r, const unsigned char *body, const unsigned char *end)
{
	const unsigned char *value;
	bool named = false, exact = false;
	size_t len;
	int code;

	if (r->interface)
		return "interface: a second one";
	if (end - body < 8 || cap_le16(body) != 101 || cap_le16(body + 2) != 0 || cap_le32(body + 4) != 0)
		return "interface: not raw IP of any length";
	for (body += 8; (code = cap_option(&body, end, &value, &len)) > 0;)
		if (code == 2)
			named = len == 7 && memcmp(value, "tcpreen", 7) == 0;
		else if (code == 9)
			exact = len == 1 && *value == 9;
		else
			return "interface: an unknown option";
	r->interface = true;
	return code == 0 && named && exact ? NULL : "interface: options";
}

/* Name resolution: records of an address and its names, then an end. */
static inline const char *
cap_names(struct cap_reader *r, const unsigned char *body, const unsigned char *end)
{
	size_t len, padded, address;
	unsigned int type, found = 0;

	for (;;) {
		if (end - body < 4)
			return "names: no end";
		type = cap_le16(body);
		len = cap_le16(body + 2);
		padded = (len + 3) / 4 * 4;
		body += 4;
		if (type == 0)
			break;
		address = type == 1 ? 4 : 16;
		if (type > 2 || (size_t)(end - body) < padded || len < address + 2 ||
		    body[len - 1] != '\0' || !cap_is_text(body + address, len - address - 1) ||
		    !cap_zeros(body + len, padded - len))
			return "names: a record that is none";
		body += padded;
		found++;
	}
	r->names += found;
	return len == 0 && body == end && found > 0 ? NULL : "names: their end";
}

/* The sum of RFC 1071 over bytes, one at a time. */
static inline uint32_t
cap_sum(const unsigned char *at, size_t n, uint32_t sum)
{
	size_t i;

	for (i = 0; i < n; i++) {
		sum += i % 2 == 0 ? (uint32_t)at[i] << 8 : at[i];
		sum = (sum & 0xffff) + (sum >> 16);
	}
	return sum;
}

/* The IP header of a packet of n bytes on the wire; *h its length, from and to the addresses. */
static inline const char *
cap_ip(const unsigned char *at, size_t kept, size_t n, size_t *h, unsigned char from[16],
    unsigned char to[16])
{
	static const unsigned char mapped[16] = { [10] = 0xff, [11] = 0xff };

	if (kept < 20)
		return "IP: no header";
	memcpy(from, mapped, 16);
	memcpy(to, mapped, 16);
	if (at[0] == 0x45) {
		*h = 20;
		memcpy(from + 12, at + 12, 4);
		memcpy(to + 12, at + 16, 4);
		if (cap_be16(at + 2) != n || cap_be16(at + 6) != 0x4000 || at[8] < 32 || at[9] != 6 ||
		    at[1] != 0)
			return "IPv4: header";
		return cap_sum(at, 20, 0) == 0xffff ? NULL : "IPv4: checksum";
	}
	*h = 40;
	if (kept < 40 || cap_be32(at) != 0x60000000 || cap_be16(at + 4) + 40u != n || at[6] != 6 ||
	    at[7] < 32)
		return "IPv6: header";
	memcpy(from, at + 8, 16);
	memcpy(to, at + 24, 16);
	return NULL;
}

static inline bool
cap_checksum_fits(const unsigned char *ip, size_t h, const unsigned char *tcp, size_t n)
{
	unsigned char pseudo[4] = { (unsigned char)(n >> 8), (unsigned char)n, 0, 6 };
	uint32_t sum = h == 20 ? cap_sum(ip + 12, 8, 0) : cap_sum(ip + 8, 32, 0);

	return cap_sum(tcp, n, cap_sum(pseudo, sizeof(pseudo), sum)) == 0xffff;
}

/* Which stream, and which side of it: a SYN alone makes a new one. */
static inline struct cap_stream *
cap_find(struct cap_reader *r, const unsigned char from[16], unsigned int from_port,
    const unsigned char to[16], unsigned int to_port, bool fresh, int *side)
{
	struct cap_stream *s;
	int i;

	for (s = r->stream + r->n; !fresh && s-- > r->stream;)
		for (i = 0; i < 2; i++)
			if (memcmp(s->end[i].ip, from, 16) == 0 && s->end[i].port == from_port &&
			    memcmp(s->end[!i].ip, to, 16) == 0 && s->end[!i].port == to_port) {
				*side = i;
				return s;
			}
	if (!fresh || r->n == CAP_STREAMS)
		return NULL;
	s = &r->stream[r->n++];
	memset(s, 0, sizeof(*s));
	memcpy(s->end[0].ip, from, 16);
	memcpy(s->end[1].ip, to, 16);
	s->end[0].port = from_port;
	s->end[1].port = to_port;
	*side = 0;
	return s;
}

/* The order of a handshake: SYN, then SYN and ACK or a reset, then ACK. */
static inline const char *
cap_handshake(const struct cap_stream *s, int side, unsigned int flags, size_t len)
{
	if (s->packets == 0)
		return flags == CAP_SYN && side == 0 && len == 0 ? NULL : "no SYN first";
	if (s->packets == 1) {
		if (flags == (CAP_SYN | CAP_ACK) && side == 1 && len == 0)
			return NULL;
		return len == 0 && ((flags == (CAP_RST | CAP_ACK) && side == 1) ||
		    (flags == CAP_RST && side == 0)) ? NULL : "neither SYN and ACK nor a reset second";
	}
	if (flags & CAP_SYN)
		return "a SYN that is not at the start";
	if (s->packets == 2 && (flags != CAP_ACK || side != 0 || len > 0))
		return "no ACK third";
	return flags & CAP_ACK ? NULL : "no ACK";
}

/* What a packet has to be in its connection; takes note of it. */
static inline const char *
cap_follow(struct cap_stream *s, const struct cap_packet *p, uint32_t seq, uint32_t ack)
{
	struct cap_end *from = &s->end[p->from], *to = &s->end[!p->from];
	const char *why = cap_handshake(s, p->from, p->flags, p->len);

	if (why != NULL)
		return why;
	if (s->over)
		return "a packet after a reset";
	if (p->ns < s->ns)
		return "time goes back";
	if (p->flags & CAP_SYN)
		from->first = from->next = to->acked = seq;
	if (s->packets == 0)
		s->began = p->ns;
	if (seq != from->next)
		return "a sequence number that does not follow";
	if (!(p->flags & CAP_ACK) && ack != 0)
		return "an acknowledgement without ACK";
	if ((p->flags & CAP_ACK) && (ack - from->acked > 0x7fffffff || to->next - ack > 0x7fffffff))
		return "an acknowledgement of what was not sent, or taken back";
	if ((p->flags & (CAP_ACK | CAP_RST)) == CAP_ACK && ack != to->next)
		return "an acknowledgement that is not of all";
	if (from->fin && (p->len > 0 || (p->flags & CAP_FIN)))
		return "something after a FIN";
	if ((p->flags & CAP_FIN) && (p->flags & (CAP_RST | CAP_SYN)))
		return "a FIN with something else";
	if (p->flags & CAP_RST && p->len > 0)
		return "a reset with data";
	if (p->len > 0 && !(p->flags & CAP_ACK))
		return "data without ACK";
	from->next += (uint32_t)p->len + ((p->flags & (CAP_SYN | CAP_FIN)) != 0);
	from->acked = ack;
	from->fin = from->fin || (p->flags & CAP_FIN) != 0;
	s->over = (p->flags & CAP_RST) != 0;
	s->packets++;
	s->ns = p->ns;
	return NULL;
}

/* A SYN has a largest segment and a window scale; no other packet has options. */
static inline const char *
cap_tcp(const unsigned char *tcp, size_t n, unsigned int flags, size_t *h)
{
	static const unsigned char options[] = { 2, 4, 0xfa, 0x00, 1, 3, 3, 7 };

	if (n < 20)
		return "TCP: no header";
	*h = (size_t)(tcp[12] >> 4) * 4;
	if (*h != (flags & CAP_SYN ? 28 : 20) || n < *h || (tcp[12] & 0x0f) != 0 || flags > 63)
		return "TCP: header";
	if ((flags & CAP_SYN) && memcmp(tcp + 20, options, sizeof(options)) != 0)
		return "TCP: options";
	if (cap_be16(tcp + 14) != 65535)
		return "TCP: window";
	return cap_be16(tcp + 18) == (flags & CAP_URG ? 1 : 0) ? NULL : "TCP: urgent pointer";
}

/* Options of a packet: at most one comment, and its direction. */
static inline const char *
cap_packet_options(const unsigned char *at, const unsigned char *end, struct cap_packet *p,
    unsigned int *direction)
{
	const unsigned char *value;
	size_t len;
	int code;

	*direction = 0;
	while ((code = cap_option(&at, end, &value, &len)) > 0) {
		if (code == 1 && p->comment == NULL && len > 0 && cap_is_text(value, len)) {
			p->comment = (const char *)value;
			p->comment_len = len;
		} else if (code == 2 && *direction == 0 && len == 4) {
			*direction = cap_le32(value);
		} else {
			return "packet: an option that is unknown, or there twice";
		}
	}
	return code == 0 ? NULL : "packet: options";
}

/* A connection whose beginning is not there: what this packet says is taken for it. */
static inline struct cap_stream *
cap_join(struct cap_reader *r, const unsigned char from[16], const unsigned char to[16],
    const unsigned char *tcp, int side)
{
	int unused;
	struct cap_stream *s = side == 0 ?
	    cap_find(r, from, cap_be16(tcp), to, cap_be16(tcp + 2), true, &unused) :
	    cap_find(r, to, cap_be16(tcp + 2), from, cap_be16(tcp), true, &unused);

	if (s == NULL)
		return NULL;
	s->packets = 3;
	s->end[side].first = s->end[side].next = s->end[!side].acked = cap_be32(tcp + 4);
	s->end[!side].first = s->end[!side].next = s->end[side].acked = cap_be32(tcp + 8);
	return s;
}

static inline const char *
cap_enhanced(struct cap_reader *r, const unsigned char *body, const unsigned char *end)
{
	struct cap_packet p = { 0 };
	unsigned char from[16], to[16];
	const unsigned char *ip = body + 20, *tcp;
	struct cap_stream *s;
	unsigned int direction;
	size_t kept, n, padded, h, tcp_h;
	const char *why;

	if (!r->interface || end - body < 20 || cap_le32(body) != 0)
		return "packet: of no interface";
	p.ns = (uint64_t)cap_le32(body + 4) << 32 | cap_le32(body + 8);
	kept = cap_le32(body + 12);
	n = cap_le32(body + 16);
	padded = (kept + 3) / 4 * 4;
	if (kept > n || padded > (size_t)(end - ip) || !cap_zeros(ip + kept, padded - kept))
		return "packet: its length";
	if ((why = cap_packet_options(ip + padded, end, &p, &direction)) != NULL ||
	    (why = cap_ip(ip, kept, n, &h, from, to)) != NULL)
		return why;
	tcp = ip + h;
	p.flags = kept >= h + 14 ? tcp[13] : 0;
	if ((why = cap_tcp(tcp, kept - h, p.flags, &tcp_h)) != NULL)
		return why;
	if (kept == n && !cap_checksum_fits(ip, h, tcp, n - h))
		return "TCP: checksum";
	p.data = tcp + tcp_h;
	p.len = n - h - tcp_h;
	p.kept = kept - h - tcp_h;
	s = cap_find(r, from, cap_be16(tcp), to, cap_be16(tcp + 2), p.flags == CAP_SYN, &p.from);
	if (s == NULL && r->unfinished) {
		p.from = direction == 2;
		s = cap_join(r, from, to, tcp, p.from);
	}
	if (s == NULL)
		return "packet: of no connection";
	if (s->ns == 0)
		s->v6 = h == 40;
	if (s->v6 != (h == 40))
		return "packet: of another family than its connection";
	if (direction != (p.from == 0 ? 1 : 2))
		return "packet: its direction";
	if ((why = cap_follow(s, &p, cap_be32(tcp + 4), cap_be32(tcp + 8))) != NULL)
		return why;
	p.of = s;
	p.stream = (unsigned int)(s - r->stream);
	p.seq = cap_be32(tcp + 4) - s->end[p.from].first;
	p.ack = p.flags & CAP_ACK ? cap_be32(tcp + 8) - s->end[!p.from].first : 0;
	if (r->packet != NULL)
		r->packet(r->arg, &p);
	return NULL;
}

/* Whether every connection has its end: a reset, or two FINs that were acknowledged. */
static inline bool
cap_finished(const struct cap_reader *r)
{
	const struct cap_stream *s;
	int i;

	for (s = r->stream; s < r->stream + r->n; s++)
		for (i = 0; i < 2; i++)
			if (!s->over && (!s->end[i].fin || s->end[i].acked != s->end[!i].next))
				return false;
	return true;
}

/* Reads a capture, or a piece of one that begins at a block. NULL, or what is wrong at *at. */
static inline const char *
cap_read(struct cap_reader *r, const unsigned char *data, size_t len, size_t *at)
{
	const unsigned char *body, *end;
	const char *why = NULL;
	uint32_t size;

	for (*at = 0; *at < len; *at += size) {
		if (len - *at < 12)
			return "half a block";
		size = cap_le32(data + *at + 4);
		if (size < 12 || size % 4 != 0 || size > len - *at)
			return "a block's length";
		if (cap_le32(data + *at + size - 4) != size)
			return "a block's second length";
		body = data + *at + 8;
		end = data + *at + size - 4;
		switch (cap_le32(data + *at)) {
		case 0x0a0d0d0a:
			why = cap_section(r, body, end);
			break;
		case 1:
			why = cap_interface(r, body, end);
			break;
		case 4:
			why = cap_names(r, body, end);
			break;
		case 6:
			why = cap_enhanced(r, body, end);
			break;
		default:
			why = "an unknown block";
		}
		if (why != NULL)
			return why;
	}
	return r->unfinished || cap_finished(r) ? NULL : "a connection without an end";
}

/* "SA" for SYN and ACK. */
static inline const char *
cap_flags(unsigned int flags, char text[8])
{
	static const char letter[] = "FSRPAU";
	size_t i, n = 0;

	for (i = 0; i < 6; i++)
		if (flags & 1u << i)
			text[n++] = letter[i];
	text[n] = '\0';
	return text;
}

#endif
