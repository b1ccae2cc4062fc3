/* flow.c - one direction of a session: bytes on their way from one side to the other
 *
 * Runs in: session. Mechanism only: one system call a step, and where in the buffer
 * the bytes are that wait. When to read and when to write is the relay's business.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "flow.h"

bool
flow_waits(const struct flow *f)
{
	return f->start < f->end;
}

const unsigned char *
flow_data(const struct flow *f)
{
	return f->big != NULL ? f->big : f->in_kept ? f->kept : f->read_buf;
}

ssize_t
flow_fill(struct flow *f, bool exceptional)
{
	unsigned char *data = f->big != NULL ? f->big : f->read_buf;
	size_t room = f->big != NULL ? f->big_size : FLOW_FIRST;
	ssize_t n;

	f->urgent = exceptional && sockatmark(f->in) == 1;
	while ((n = recv(f->in, data, f->urgent ? 1 : room, 0)) == -1 && errno == EINTR)
		;
	f->start = 0;
	f->end = n > 0 ? (size_t)n : 0;
	f->in_kept = false;
	return n;
}

int
flow_drain(struct flow *f)
{
	const unsigned char *data = flow_data(f);
	ssize_t n;

	while (f->start < f->end) {
		n = send(f->out, data + f->start, f->end - f->start, f->urgent ? MSG_OOB : 0);
		if (n != -1)
			f->start += (size_t)n;
		else if (errno == EAGAIN || errno == EWOULDBLOCK)
			return 0;
		else if (f->urgent && (errno == EOPNOTSUPP || errno == EINVAL))
			f->urgent = false;	/* the other side has no such thing */
		else if (errno != EINTR)
			return -1;
	}
	return 0;
}

void
flow_keep(struct flow *f)
{
	if (f->big != NULL || f->in_kept || !flow_waits(f))
		return;
	memcpy(f->kept + f->start, f->read_buf + f->start, f->end - f->start);
	f->in_kept = true;
}

size_t
flow_drop(struct flow *f)
{
	size_t n = f->end - f->start;

	f->start = f->end = 0;
	return n;
}

void
flow_grow(struct flow *f, size_t n, size_t most)
{
	if (flow_waits(f) || n < (f->big != NULL ? f->big_size : FLOW_FIRST))
		return;
	if (f->big == NULL) {
		if ((f->big = malloc(most)) != NULL)
			f->big_size = FLOW_SECOND < most ? FLOW_SECOND : most;
	} else if (++f->full_reads == FLOW_FULL) {
		f->big_size = f->big_size < most / 2 ? f->big_size * 2 : most;
		f->full_reads = 0;
	}
}

bool
flow_is_big(const struct flow *f)
{
	return f->big != NULL;
}

void
flow_shrink(struct flow *f)
{
	if (flow_waits(f))
		return;
	free(f->big);
	f->big = NULL;
	f->full_reads = 0;
}
