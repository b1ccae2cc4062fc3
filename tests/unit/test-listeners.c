/* test-listeners.c - whose sockets, with whose rights, and which are given back
 *
 * The sockets are made up, and so is the service manager that hands some over.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "buf.h"
#include "listeners.h"
#include "manager.h"
#include "unit.h"

#define ANY	10	/* the first descriptor that sock_listen() makes up */

static struct buf	 trace;		/* what was called */
static enum side	 named[4];	/* what the manager calls its sockets */
static size_t		 handed;	/* how many there are */
static int		 family[8];	/* of descriptors that are handed over */
static int		 bad_fd;	/* one that cannot be adopted, or listened at */
static int		 own_fd;	/* the listener that would be connected to */
static bool		 no_memory;

size_t		__wrap_manager_sockets(void);
enum side	__wrap_manager_side(size_t i, bool by_name);
int		__wrap_sock_adopt(int fd, struct listener *l, struct cause *why);
int		__wrap_sock_listen(const struct endpoint *ep, struct listener *list, size_t *n,
		    struct cause *why);
void		__wrap_sock_unlisten(struct listener *l, bool remove);
bool		__wrap_sock_is_own(const struct listener *l, const struct peer *a);
void		__wrap_priv_raise(void);
void		__wrap_priv_lower(void);
void		*__real_calloc(size_t n, size_t size);
void		*__wrap_calloc(size_t n, size_t size);

size_t
__wrap_manager_sockets(void)
{
	return handed;
}

enum side
__wrap_manager_side(size_t i, bool by_name)
{
	return by_name ? named[i] : CLIENT;
}

int
__wrap_sock_adopt(int fd, struct listener *l, struct cause *why)
{
	if (fd == bad_fd)
		return cause_set(why, "%d: not a socket", fd);
	buf_printf(&trace, "adopt %d; ", fd);
	l->fd = fd;
	l->where.addr.ss_family = (sa_family_t)family[fd];
	snprintf(l->where.text, sizeof(l->where.text), "place %d", fd);
	return 0;
}

int
__wrap_sock_listen(const struct endpoint *ep, struct listener *list, size_t *n, struct cause *why)
{
	for (*n = 0; *n < ep->n; ++*n)
		list[*n].fd = ANY + (int)*n;
	buf_printf(&trace, "listen at %zu; ", ep->n);
	return bad_fd == ANY ? cause_set(why, "in use") : 0;
}

void
__wrap_sock_unlisten(struct listener *l, bool remove)
{
	buf_printf(&trace, "%s %d; ", remove ? "remove" : "close", l->fd);
}

bool
__wrap_sock_is_own(const struct listener *l, const struct peer *a)
{
	return l->fd == own_fd && strcmp(a->text, "here") == 0;
}

void
__wrap_priv_raise(void)
{
	buf_puts(&trace, "raise; ");
}

void
__wrap_priv_lower(void)
{
	buf_puts(&trace, "lower; ");
}

void *
__wrap_calloc(size_t n, size_t size)
{
	errno = ENOMEM;
	return no_memory ? NULL : __real_calloc(n, size);
}

#define IN	AF_INET
#define UN	AF_UNIX

static const struct {
	const char	*title, *protocol;
	bool		 connects, listens;
	size_t		 handed[SIDES];
	enum side	 named[4];
	int		 family[4];	/* of those that are handed over */
	size_t		 allow;
	int		 bad_fd, own_fd;
	bool		 no_memory;
	const char	*calls, *why;	/* why: NULL, it goes well */
	const char	*ends;		/* what is closed then */
} cases[] = {
	{ "a port", "tcp", false, false, { 0 }, { 0 }, { 0 }, 0, 0, 0, false,
	    "raise; listen at 2; lower; ", NULL, "remove 11; remove 10; " },
	{ "a path", "unix", false, false, { 0 }, { 0 }, { 0 }, 0, 0, 0, false,
	    "listen at 2; ", NULL, "remove 11; remove 10; " },
	{ "-l", "unix", false, true, { 0 }, { 0 }, { 0 }, 0, 0, 0, false,
	    "listen at 2; listen at 2; ", NULL, "remove 11; remove 10; remove 11; remove 10; " },
	{ "-c -l", "unix", true, true, { 0 }, { 0 }, { 0 }, 0, 0, 0, false,
	    "listen at 2; ", NULL, "remove 11; remove 10; " },
	{ "-c", "unix", true, false, { 0 }, { 0 }, { 0 }, 0, 0, 0, false, "", NULL, "" },
	{ "a port in use", "tcp", false, false, { 0 }, { 0 }, { 0 }, 0, ANY, 0, false,
	    "raise; listen at 2; lower; ", "in use", "remove 11; remove 10; " },
	{ "no memory", "tcp", false, false, { 0 }, { 0 }, { 0 }, 0, 0, 0, true,
	    "", "listening sockets: ", "" },
	{ "handed over", "tcp", false, false, { 2, 0 }, { CLIENT, CLIENT }, { IN, UN }, 0, 0, 0, false,
	    "adopt 3; adopt 4; ", NULL, "remove 4; remove 3; " },
	{ "handed over, by name", "tcp", false, true, { 2, 1 }, { SERVER, CLIENT, CLIENT },
	    { IN, IN, IN }, 0, 0, 0, false, "adopt 4; adopt 5; adopt 3; ", NULL,
	    "remove 5; remove 4; remove 3; " },
	{ "the client's only", "unix", false, true, { 1, 0 }, { CLIENT }, { IN }, 0, 0, 0, false,
	    "adopt 3; listen at 2; ", NULL, "remove 3; remove 11; remove 10; " },
	{ "the second is bad", "tcp", false, false, { 3, 0 }, { 0 }, { IN, IN, IN }, 0, 4, 0, false,
	    "adopt 3; ", "4: not a socket", "remove 3; " },
	{ "--allow", "tcp", false, false, { 2, 0 }, { 0 }, { IN, IN }, 1, 0, 0, false,
	    "adopt 3; adopt 4; ", NULL, "remove 4; remove 3; " },
	{ "--allow, of paths", "tcp", false, false, { 2, 0 }, { 0 }, { IN, UN }, 1, 0, 0, false,
	    "adopt 3; adopt 4; ", "--allow: not with place 4: ", "remove 4; remove 3; " },
	{ "--allow, a server's path", "tcp", false, true, { 1, 1 }, { CLIENT, SERVER }, { IN, UN }, 1,
	    0, 0, false, "adopt 3; adopt 4; ", NULL, "remove 3; remove 4; " },
	{ "to itself", "unix", false, false, { 0 }, { 0 }, { 0 }, 0, 0, ANY + 1, false,
	    "listen at 2; ", "here: tcpreen would connect to itself", "remove 11; remove 10; " },
	{ "to what was handed over", "unix", false, false, { 1, 0 }, { 0 }, { IN }, 0, 0, 3, false,
	    "adopt 3; ", "here: tcpreen would connect to itself", "remove 3; " },
	{ "-c -l, to itself", "unix", true, true, { 0 }, { 0 }, { 0 }, 0, 0, ANY, false,
	    "listen at 2; ", "here: tcpreen would connect to itself", "remove 11; remove 10; " },
	{ "-l: connects to nothing", "unix", false, true, { 0 }, { 0 }, { 0 }, 0, 0, ANY, false,
	    "listen at 2; listen at 2; ", NULL, "remove 11; remove 10; remove 11; remove 10; " },
};

/* All that was called since the last time. */
static const char *
called(void)
{
	static char text[256];

	snprintf(text, sizeof(text), "%.*s", (int)trace.len, (const char *)trace.data);
	buf_clear(&trace);
	return text;
}

static void
check(size_t i, const struct endpoint ep[SIDES], struct options *opt)
{
	struct listeners ls = { 0 };
	struct cause why;
	int result;

	buf_clear(&trace);
	result = listeners_open(&ls, opt, ep, &why);
	no_memory = false;
	CHECK_TEXT(called(), cases[i].calls, cases[i].title);
	CHECK((result == 0) == (cases[i].why == NULL), "%s: %d", cases[i].title, result);
	CHECK(result == 0 || strncmp(why.text, cases[i].why, strlen(cases[i].why)) == 0,
	    "%s: %s", cases[i].title, why.text);
	listeners_free(&ls);
	CHECK_TEXT(called(), cases[i].ends, cases[i].title);
	CHECK(ls.n[CLIENT] + ls.n[SERVER] == 0, "%s", cases[i].title);
}

static void
test_open(void)
{
	struct peer address[2] = { { .text = "elsewhere" }, { .text = "here" } };
	struct endpoint ep[SIDES];
	struct options opt;
	enum side s;
	size_t i, j;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		opt = (struct options){ .connects = cases[i].connects, .listens = cases[i].listens,
		    .handed = { cases[i].handed[CLIENT], cases[i].handed[SERVER] },
		    .nallow = cases[i].allow };
		for (s = CLIENT; s < SIDES; s++) {
			opt.protocol[s] = protocol_find(cases[i].protocol, strlen(cases[i].protocol));
			ep[s] = (struct endpoint){ .protocol = opt.protocol[s], .address = address, .n = 2 };
		}
		memcpy(named, cases[i].named, sizeof(named));
		for (j = 0; j < 4; j++)
			family[MANAGER_FIRST + j] = cases[i].family[j];
		handed = cases[i].handed[CLIENT] + cases[i].handed[SERVER];
		bad_fd = cases[i].bad_fd;
		own_fd = cases[i].own_fd;
		no_memory = cases[i].no_memory;
		check(i, ep, &opt);
	}
}

/* A session closes them, and leaves the paths. */
static void
test_close(void)
{
	struct listener list[SIDES][2] = { { { .fd = 7 } }, { { .fd = 8 }, { .fd = 9 } } };
	struct listeners ls = { { list[CLIENT], list[SERVER] }, { 1, 2 } };

	listeners_close(&ls, false);
	CHECK_TEXT(called(), "close 7; close 9; close 8; ", "a session");
	listeners_close(&ls, false);
	CHECK_TEXT(called(), "", "once");
}

int
main(void)
{
	alarm(30);
	test_open();
	test_close();
	buf_free(&trace);
	return unit_end();
}
