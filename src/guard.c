/* guard.c - notices that a TCP connection has died while select() is not looking
 *
 * Runs in: session.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#ifdef HAVE_EPOLL_CREATE1
# include <sys/epoll.h>
# include <sys/select.h>
#endif
#include <unistd.h>

#include "guard.h"

#ifdef HAVE_EPOLL_CREATE1

static int	prepared = -1;

void
guard_prepare(void)
{
	if (prepared == -1)
		prepared = epoll_create1(EPOLL_CLOEXEC);
}

/* What was prepared, or else a new one; -1: there is none. */
static int
take_descriptor(void)
{
	int fd = prepared != -1 ? prepared : epoll_create1(EPOLL_CLOEXEC);

	prepared = -1;
	return fd;
}

void
guard_add(struct guard *g, int fd)
{
	struct epoll_event none = { .events = 0, .data = { .fd = fd } };	/* but errors */

	if (g->fd == -1)
		g->fd = take_descriptor();
	if (g->fd >= FD_SETSIZE)
		guard_close(g);
	if (g->fd != -1)
		epoll_ctl(g->fd, EPOLL_CTL_ADD, fd, &none);
}

void
guard_remove(struct guard *g, int fd)
{
	struct epoll_event ignored;

	if (g->fd != -1)
		epoll_ctl(g->fd, EPOLL_CTL_DEL, fd, &ignored);
}

void
guard_put_back(struct guard *g)
{
	if (prepared != -1)
		guard_close(g);
	else
		prepared = g->fd;
	g->fd = -1;
}

int
guard_dead(const struct guard *g)
{
	struct epoll_event ev;

	return g->fd != -1 && epoll_wait(g->fd, &ev, 1, 0) == 1 ? ev.data.fd : -1;
}

#else

void
guard_prepare(void)
{
}

void
guard_add(struct guard *g, int fd)
{
	(void)g, (void)fd;
}

void
guard_remove(struct guard *g, int fd)
{
	(void)g, (void)fd;
}

void
guard_put_back(struct guard *g)
{
	(void)g;
}

int
guard_dead(const struct guard *g)
{
	(void)g;
	return -1;
}

#endif

void
guard_close(struct guard *g)
{
	if (g->fd != -1)
		close(g->fd);
	g->fd = -1;
}
