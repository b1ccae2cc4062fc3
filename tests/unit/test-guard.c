/* test-guard.c - a connection that dies is noticed, one that ends in an orderly way is none
 *
 * On loopback, with the system's epoll; its calls are counted, and can be made to fail.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include "unit.h"

#ifndef HAVE_EPOLL_CREATE1
int
main(void)
{
	printf("skipped: there is no epoll\n");
	return 77;
}
#else

#include <sys/epoll.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include "guard.h"
#include "sock.h"

static unsigned int	calls, created;
static int		create_as;	/* as which fd; -1: it fails; 0: as the system does */
static int		asked, asked_fd;	/* what of epoll_ctl(), about which fd */

int	__wrap_epoll_create1(int);
int	__real_epoll_create1(int);
int	__wrap_epoll_ctl(int, int, int, struct epoll_event *);
int	__real_epoll_ctl(int, int, int, struct epoll_event *);
int	__wrap_epoll_wait(int, struct epoll_event *, int, int);
int	__real_epoll_wait(int, struct epoll_event *, int, int);
int	__wrap_close(int);
int	__real_close(int);

static int	closed = -7;	/* which was closed last; -7: none */

int
__wrap_epoll_create1(int flags)
{
	created++;
	if (create_as > 0)
		return create_as;
	if (create_as == 0)
		return __real_epoll_create1(flags);
	errno = EMFILE;
	return -1;
}

int
__wrap_epoll_ctl(int ep, int op, int fd, struct epoll_event *ev)
{
	calls++;
	asked = op;
	asked_fd = fd;
	return create_as != 0 ? 0 : __real_epoll_ctl(ep, op, fd, ev);
}

int
__wrap_epoll_wait(int ep, struct epoll_event *ev, int n, int ms)
{
	calls++;
	CHECK(n == 1 && ms == 0, "%d events, %d ms", n, ms);
	return create_as != 0 ? 0 : __real_epoll_wait(ep, ev, n, ms);
}

int
__wrap_close(int fd)
{
	closed = fd;
	return create_as != 0 ? 0 : __real_close(fd);
}

/* A TCP connection: fd[0] is the peer's. */
static void
connection(int fd[2])
{
	struct sockaddr_in a = { .sin_family = AF_INET, .sin_addr = { htonl(INADDR_LOOPBACK) } };
	socklen_t len = sizeof(a);
	int l = socket(AF_INET, SOCK_STREAM, 0);

	fd[0] = socket(AF_INET, SOCK_STREAM, 0);
	fd[1] = -1;
	if (listen(l, 1) == 0 && getsockname(l, (struct sockaddr *)&a, &len) == 0 &&
	    connect(fd[0], (struct sockaddr *)&a, len) == 0)
		fd[1] = accept(l, NULL, NULL);
	CHECK(fd[1] != -1, "connection");
	close(l);
}

/* Whether the guard's descriptor becomes readable, which is waited for. */
static bool
tells(const struct guard *g)
{
	struct pollfd p = { .fd = g->fd, .events = POLLIN };

	return poll(&p, 1, 10000) == 1 && (p.revents & POLLIN) != 0;
}

static void
check_life(void)
{
	struct guard g = GUARD_NONE;
	int a[2], b[2], c[2];
	char byte;

	CHECK(guard_dead(&g) == -1 && calls == 0, "not in use: %u calls", calls);
	guard_remove(&g, 0);
	guard_close(&g);
	CHECK(calls == 0 && closed == -7 && g.fd == -1, "not in use: %u calls", calls);
	connection(a);
	connection(b);
	connection(c);
	guard_add(&g, a[1]);
	CHECK(g.fd >= 0 && created == 1 && fcntl(g.fd, F_GETFD) == FD_CLOEXEC, "created");
	guard_add(&g, b[1]);
	guard_add(&g, c[1]);
	CHECK(created == 1, "created once: %u", created);
	CHECK(guard_dead(&g) == -1, "all live");
	CHECK(send(a[0], "x", 1, 0) == 1 && shutdown(a[0], SHUT_WR) == 0 &&
	    recv(a[1], &byte, 1, MSG_WAITALL) == 1 && recv(a[1], &byte, 1, 0) == 0 &&
	    guard_dead(&g) == -1, "bytes and an orderly end are not its business");
	sock_reset(b[0]);
	CHECK(tells(&g) && guard_dead(&g) == b[1] && guard_dead(&g) == b[1], "b has died");
	guard_remove(&g, b[1]);
	CHECK(asked == EPOLL_CTL_DEL && asked_fd == b[1], "%d about %d", asked, asked_fd);
	CHECK(guard_dead(&g) == -1, "no more guarded");
	sock_reset(a[0]);
	CHECK(tells(&g) && guard_dead(&g) == a[1], "a has died after its orderly end");
	guard_close(&g);
	CHECK(g.fd == -1 && guard_dead(&g) == -1, "closed");
	close(a[1]);
	close(b[1]);
	close(c[0]);
	close(c[1]);
}

static void
check_failures(void)
{
	struct guard g = GUARD_NONE;

	calls = created = 0;
	create_as = -1;
	guard_add(&g, 0);
	CHECK(g.fd == -1 && created == 1 && calls == 0, "no descriptor: %u calls", calls);
	create_as = FD_SETSIZE - 1;
	guard_add(&g, 0);
	CHECK(g.fd == FD_SETSIZE - 1 && calls == 1 && asked == EPOLL_CTL_ADD, "the highest");
	g.fd = closed = -1;
	create_as = FD_SETSIZE;
	guard_add(&g, 0);
	CHECK(g.fd == -1 && closed == FD_SETSIZE && calls == 1, "too high for select()");
	create_as = 0;
}

/* What was made before is used once, by whichever guard comes into use first. */
static void
check_prepared(void)
{
	struct guard g = GUARD_NONE, h = GUARD_NONE;

	created = 0;
	create_as = 5;
	guard_prepare();
	CHECK(created == 1, "%u made", created);
	create_as = 6;
	guard_add(&g, 0);
	CHECK(g.fd == 5 && created == 1, "as %d, %u made", g.fd, created);
	guard_add(&g, 1);
	guard_add(&h, 0);
	CHECK(g.fd == 5 && h.fd == 6 && created == 2, "another one: %d, %u made", h.fd, created);
	create_as = -1;
	guard_prepare();
	g.fd = -1;
	guard_add(&g, 0);
	CHECK(g.fd == -1 && created == 4, "nothing was to be had: %u asked for", created);
	create_as = 0;
}

/* What a guard is put back with is what the next one comes into use with. */
static void
check_put_back(void)
{
	struct guard g = { 5 }, h = { 6 }, none = GUARD_NONE;

	created = 0;
	create_as = 7;
	closed = -1;
	guard_put_back(&none);
	guard_put_back(&g);
	CHECK(g.fd == -1 && closed == -1, "%d is closed", closed);
	guard_prepare();
	CHECK(created == 0, "there is one");
	guard_put_back(&h);
	CHECK(h.fd == -1 && closed == 6, "a second one is not kept: %d", closed);
	closed = -1;
	guard_put_back(&none);
	CHECK(closed == -1, "%d is closed", closed);
	guard_add(&h, 0);
	guard_add(&g, 0);
	CHECK(h.fd == 5 && g.fd == 7 && created == 1, "%d, then %d", h.fd, g.fd);
	create_as = 0;
}

int
main(void)
{
	check_life();
	check_prepared();
	check_put_back();
	check_failures();
	return unit_end();
}

#endif
