/* flow.c - one direction of a session: bytes on their way from one side to the other
 *
 * Mechanism only: one system call a step, the position kept. When to read and
 * when to write is the relay's business.
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
	return f->more != NULL ? f->more : f->shelved ? f->shelf : f->desk;
}

ssize_t
flow_fill(struct flow *f, bool exceptional)
{
	unsigned char *data = f->more != NULL ? f->more : f->desk;
	size_t room = f->more != NULL ? f->room : FLOW_FIRST;
	ssize_t n;

	f->urgent = exceptional && sockatmark(f->in) == 1;
	while ((n = recv(f->in, data, f->urgent ? 1 : room, 0)) == -1 && errno == EINTR)
		;
	f->start = 0;
	f->end = n > 0 ? (size_t)n : 0;
	f->shelved = false;
	return n;
}

int
flow_drain(struct flow *f)
{
	const unsigned char *data = flow_data(f);
	ssize_t n;

	while (f->start < f->end) {
		n = send(f->out, data + f->start, f->end - f->start, f->urgent ? MSG_OOB : 0);
		if (n >= 0)
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
	if (f->more != NULL || f->shelved || !flow_waits(f))
		return;
	memcpy(f->shelf + f->start, f->desk + f->start, f->end - f->start);
	f->shelved = true;
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
	if (flow_waits(f) || n < (f->more != NULL ? f->room : FLOW_FIRST))
		return;
	if (f->more == NULL) {
		if ((f->more = malloc(most)) != NULL)
			f->room = FLOW_SECOND < most ? FLOW_SECOND : most;
	} else if (f->room < most && ++f->full == FLOW_FULL) {
		f->room = f->room < most / 2 ? f->room * 2 : most;
		f->full = 0;
	}
}

bool
flow_is_big(const struct flow *f)
{
	return f->more != NULL;
}

void
flow_shrink(struct flow *f)
{
	if (f->more == NULL || flow_waits(f))
		return;
	free(f->more);
	f->more = NULL;
	f->full = 0;
}
