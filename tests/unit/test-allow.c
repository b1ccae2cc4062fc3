/* test-allow.c - which words are networks, and which addresses are in them
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <errno.h>
#include <netdb.h>
#include <stdlib.h>

#include "allow.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* Words */

#define NOT_ONE	"not an address"
#define OUT_OF(from, to) "after the slash, not a number from " #from " to " #to
#define LINK_LOCAL	": an interface is for link-local addresses (fe80::/10)"

static const struct {
	const char	*word, *wrong;		/* NULL: nothing is */
} word_rows[] = {
	{ "127.0.0.1", NULL },
	{ "10.0.0.0/8", NULL },
	{ "10.0.0.1/8", NULL },		/* which is 10.0.0.0/8 */
	{ "0.0.0.0/0", NULL },
	{ "192.0.2.1/32", NULL },
	{ "[192.0.2.1]/32", NULL },
	{ "192.0.2.1/033", OUT_OF(0, 32) },
	{ "192.0.2.1/032", NULL },
	{ "192.0.2.1/33", OUT_OF(0, 32) },
	{ "192.0.2.1/0000", OUT_OF(0, 32) },
	{ "192.0.2.1/4294967296", OUT_OF(0, 32) },
	{ "192.0.2.1/", OUT_OF(0, 32) },
	{ "192.0.2.1/-1", OUT_OF(0, 32) },
	{ "192.0.2.1/+1", OUT_OF(0, 32) },
	{ "192.0.2.1/ 1", OUT_OF(0, 32) },
	{ "192.0.2.1/8x", OUT_OF(0, 32) },
	{ "192.0.2.1/8/8", OUT_OF(0, 32) },
	{ "192.0.2.1/255.0.0.0", OUT_OF(0, 32) },
	{ "10", NOT_ONE },
	{ "10/8", NOT_ONE },
	{ "10.1", NOT_ONE },
	{ "192.0.2", NOT_ONE },
	{ "192.0.2.256", NOT_ONE },
	{ "192.0.2.1.", NOT_ONE },
	{ ".", NOT_ONE },
	{ "", NOT_ONE },
	{ "/8", NOT_ONE },
	{ "[]", NOT_ONE },
	{ "[]/8", NOT_ONE },
	{ "::1", NULL },
	{ "[::1]", NULL },
	{ "[::1]/128", NULL },
	{ "[::1", NOT_ONE },
	{ "::1]", NOT_ONE },
	{ "[[::1]]", NOT_ONE },
	{ "[::1]x", NOT_ONE },
	{ "[::1/128]", NOT_ONE },
	{ "2001:db8::/32", NULL },
	{ "::/0", NULL },
	{ "::/129", OUT_OF(0, 128) },
	{ "::1:80:", NOT_ONE },
	{ "localhost:25", NOT_ONE },
	{ "::ffff:10.0.0.0/104", NULL },
	{ "::ffff:0.0.0.0/96", NULL },
	{ "::ffff:10.0.0.0/95", OUT_OF(96, 128) },
	{ "::ffff:10.0.0.0/8", OUT_OF(96, 128) },
	{ "::ffff:10.0.0.0/129", OUT_OF(96, 128) },
	{ "::fffe:10.0.0.0/8", NULL },
	{ "fe80::1", NULL },
	{ "fe80::1%eth0", NULL },
	{ "fe80::%eth0/10", NULL },
	{ "[fe80::1%eth0]/64", NULL },
	{ "febf::1%1", NULL },
	{ "fe80::1%", "%" LINK_LOCAL },
	{ "fec0::1%eth0", "%eth0" LINK_LOCAL },
	{ "::1%lo", "%lo" LINK_LOCAL },
	{ "::1%lo/128", "%lo" LINK_LOCAL },
	{ "127.0.0.1%lo", NOT_ONE },
	{ "localhost%lo", NOT_ONE },
	{ "localhost", NULL },
	{ "a", NULL },
	{ "[a]", NULL },
	{ "x192.0.2.1]", NOT_ONE },
	{ "[192.0.2.1x", NOT_ONE },
	{ "1and1.example", NULL },
	{ "localhost/32", NOT_ONE ", before the slash" },
	{ "localhost/", NOT_ONE ", before the slash" },
};

static void
check_words(void)
{
	char longest[257];
	struct cause why;
	size_t i;
	int got;

	for (i = 0; i < COUNT(word_rows); i++) {
		why.text[0] = '\0';
		got = allow_check(word_rows[i].word, &why);
		CHECK(got == (word_rows[i].wrong != NULL ? -1 : 0), "%s: %d", word_rows[i].word, got);
		CHECK_TEXT(why.text, word_rows[i].wrong != NULL ? word_rows[i].wrong : "",
		    word_rows[i].word);
		CHECK(got == 0 || why.usage, "%s: a usage error", word_rows[i].word);
	}
	memset(longest, 'a', sizeof(longest));
	longest[256] = '\0';
	CHECK(allow_check(longest, &why) == -1 && why.usage, "256 bytes");
	CHECK_TEXT(why.text, "too long for an address or a name", "256 bytes");
	longest[255] = '\0';
	CHECK(allow_check(longest, &why) == 0, "255 bytes: %s", why.text);
}

/* Addresses */

#define MOST	4

static const struct {
	const char	*nets[MOST];
	const char	*in[MOST], *out[MOST + 2];
} net_rows[] = {
	{ { "192.0.2.1" }, { "192.0.2.1", "::ffff:192.0.2.1" },
	    { "192.0.2.0", "192.0.2.2", "::192.0.2.1", "::1", "128.0.2.1", "::ffff:192.0.2.0" } },
	{ { "10.0.0.1/8" }, { "10.0.0.0", "10.255.255.255", "10.0.0.1", "::ffff:10.9.8.7" },
	    { "9.255.255.255", "11.0.0.0", "0.0.0.0", "a00::", "::a00:0" } },
	{ { "172.16.0.0/12" }, { "172.16.0.0", "172.31.255.255" }, { "172.15.255.255", "172.32.0.0" } },
	{ { "192.0.2.128/25" }, { "192.0.2.128", "192.0.2.255" }, { "192.0.2.127", "192.0.3.128" } },
	{ { "192.0.2.6/31" }, { "192.0.2.6", "192.0.2.7" }, { "192.0.2.5", "192.0.2.8" } },
	{ { "192.0.2.7/31" }, { "192.0.2.6", "192.0.2.7" }, { "192.0.2.5", "192.0.2.8" } },
	{ { "192.0.2.6/32" }, { "192.0.2.6" }, { "192.0.2.7" } },
	{ { "128.0.0.0/1" }, { "128.0.0.0", "255.255.255.255" }, { "127.255.255.255", "8000::" } },
	{ { "0.0.0.0/0" }, { "0.0.0.0", "255.255.255.255", "::ffff:8.8.8.8" },
	    { "::", "::1", "2001:db8::1", "::fffe:8.8.8.8", "fe80::1" } },
	{ { "::ffff:10.0.0.0/104" }, { "10.0.0.0", "10.255.255.255", "::ffff:10.1.2.3" },
	    { "9.255.255.255", "11.0.0.0", "::10.0.0.0" } },
	{ { "::ffff:192.0.2.1" }, { "192.0.2.1" }, { "192.0.2.0" } },
	{ { "::/0" }, { "::", "::1", "2001:db8::1", "::fffe:192.0.2.1" },
	    { "192.0.2.1", "::ffff:192.0.2.1", "0.0.0.0" } },
	{ { "::/64" }, { "::1" }, { "192.0.2.1", "::ffff:192.0.2.1", "0:0:0:1::" } },
	{ { "2001:db8::/32" }, { "2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff" },
	    { "2001:db7:ffff::", "2001:db9::", "32.1.13.184" } },
	{ { "2001:db8::8000/113" }, { "2001:db8::8000", "2001:db8::ffff" },
	    { "2001:db8::7fff", "2001:db8::1:8000" } },
	{ { "[::1]" }, { "::1" }, { "::", "::2", "127.0.0.1" } },
	{ { "::1", "192.0.2.0/30", "10.0.0.1" }, { "::1", "192.0.2.3", "10.0.0.1" },
	    { "::2", "192.0.2.4", "10.0.0.2", "127.0.0.1" } },
	{ { "fe80::1" }, { "fe80::1", "fe80::1%7" }, { "fe80::2", "fe80::2%7" } },
	{ { "fe80::1%7" }, { "fe80::1%7" }, { "fe80::1", "fe80::1%8", "fe80::2%7", "fe80::1%6" } },
	{ { "fe80::%7/64" }, { "fe80::1%7", "fe80::abcd%7" }, { "fe80::1%8", "fe80:0:0:1::1%7" } },
	{ { NULL }, { NULL }, { "127.0.0.1", "::1", "0.0.0.0", "::" } },
};

/* An address from its text, link-local ones perhaps with the number of an interface. */
static struct sockaddr_storage
address_of(const char *text)
{
	struct sockaddr_storage addr;
	struct sockaddr_in *in = (struct sockaddr_in *)&addr;
	struct sockaddr_in6 *in6 = (struct sockaddr_in6 *)&addr;
	char host[64];
	size_t len = strcspn(text, "%");

	snprintf(host, sizeof(host), "%.*s", (int)len, text);
	memset(&addr, 0, sizeof(addr));
	in->sin_port = htons(25);
	if (inet_pton(AF_INET, host, &in->sin_addr) == 1) {
		addr.ss_family = AF_INET;
		memset(in->sin_zero, 0xff, sizeof(in->sin_zero));
		return addr;
	}
	addr.ss_family = AF_INET6;
	CHECK(inet_pton(AF_INET6, host, &in6->sin6_addr) == 1, "%s", text);
	in6->sin6_scope_id = text[len] == '%' ? (uint32_t)atoi(text + len + 1) : 0;
	return addr;
}

static void
check_in(const struct allow *a, const char *const *list, size_t most, bool in, size_t row)
{
	struct sockaddr_storage addr;
	size_t i;

	for (i = 0; i < most && list[i] != NULL; i++) {
		addr = address_of(list[i]);
		CHECK(allow_has(a, &addr) == in, "row %zu: %s is %s", row, list[i], in ? "out" : "in");
	}
}

static void
check_nets(void)
{
	struct sockaddr_storage addr;
	struct cause why;
	size_t i, j;

	for (i = 0; i < COUNT(net_rows); i++) {
		struct allow a = { 0 };

		for (j = 0; j < MOST && net_rows[i].nets[j] != NULL; j++)
			CHECK(allow_add(&a, net_rows[i].nets[j], &why) == 0, "%s", why.text);
		CHECK(a.n == j, "row %zu: %zu networks", i, a.n);
		check_in(&a, net_rows[i].in, MOST, true, i);
		check_in(&a, net_rows[i].out, MOST + 2, false, i);
		addr = address_of("::1");
		addr.ss_family = AF_UNIX;
		CHECK(!allow_has(&a, &addr), "row %zu: a path is in", i);
		addr.ss_family = AF_UNSPEC;
		CHECK(!allow_has(&a, &addr), "row %zu: no address is in", i);
		allow_free(&a);
		CHECK(a.net == NULL && a.n == 0, "row %zu: not freed", i);
	}
}

/* The interface of an address that is not link-local says nothing. */
static void
check_scope(void)
{
	struct sockaddr_storage addr = address_of("2001:db8::1%7");
	struct allow a = { 0 };
	struct cause why;

	CHECK(allow_add(&a, "2001:db8::1", &why) == 0 && allow_has(&a, &addr), "%s", why.text);
	CHECK(a.net[0].scope == 0, "%u", (unsigned int)a.net[0].scope);
	CHECK(allow_add(&a, "fe80::1%no-such-if", &why) == -1 && !why.usage &&
	    strncmp(why.text, "--allow fe80::1%no-such-if: ", 28) == 0, "%s", why.text);
	CHECK(allow_add(&a, "10/8", &why) == -1 && why.usage && a.n == 1, "%s", why.text);
	allow_free(&a);
}

#ifdef WRAPPED
/* A name server that is made up: many.example has three addresses, one written twice. */
static const char *const	many[] = { "192.0.2.1", "2001:db8::1", "192.0.2.1", "::ffff:10.0.0.7" };
static struct addrinfo	made_list[COUNT(many)];
static bool	made_up;
static int	lists;		/* that were given and not taken back */
static bool	no_memory;	/* for the list of networks */
static size_t	network_bytes;	/* of it */
static void	*block[8];	/* of realloc(3), not freed; live of them */
static unsigned	live;

int	__real_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	    struct addrinfo **found);
int	__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
	    struct addrinfo **found);
void	__real_freeaddrinfo(struct addrinfo *list);
void	__wrap_freeaddrinfo(struct addrinfo *list);
void	*__real_realloc(void *old, size_t size);
void	*__wrap_realloc(void *old, size_t size);
void	__real_free(void *p);
void	__wrap_free(void *p);

int
__wrap_getaddrinfo(const char *host, const char *service, const struct addrinfo *hints,
    struct addrinfo **found)
{
	static struct sockaddr_storage addr[COUNT(many)];
	struct addrinfo *list = made_list;
	size_t i;

	if (!made_up || host == NULL)
		return __real_getaddrinfo(host, service, hints, found);
	CHECK(hints->ai_family == AF_UNSPEC, "only family %d", hints->ai_family);
	if (strcmp(host, "many.example") != 0)
		return EAI_NONAME;
	for (i = 0; i < COUNT(many); i++) {
		addr[i] = address_of(many[i]);
		memset(&list[i], 0, sizeof(list[i]));
		list[i].ai_family = addr[i].ss_family;
		list[i].ai_addr = (struct sockaddr *)&addr[i];
		list[i].ai_addrlen = addr[i].ss_family == AF_INET ? sizeof(struct sockaddr_in) :
		    sizeof(struct sockaddr_in6);
		list[i].ai_next = i + 1 < COUNT(many) ? &list[i + 1] : NULL;
	}
	*found = list;
	lists++;
	return 0;
}

void
__wrap_freeaddrinfo(struct addrinfo *list)
{
	if (list == made_list)
		lists--;
	else
		__real_freeaddrinfo(list);
}

static void
forget(void *p)
{
	size_t i;

	for (i = 0; p != NULL && i < COUNT(block); i++)
		if (block[i] == p) {
			block[i] = NULL;
			live--;
			return;
		}
}

static void *
remember(void *p)
{
	size_t i;

	for (i = 0; i < COUNT(block) && block[i] != NULL; i++)
		;
	if (i < COUNT(block)) {
		block[i] = p;
		live++;
	}
	return p;
}

void *
__wrap_realloc(void *old, size_t size)
{
	if (no_memory && size == network_bytes) {
		errno = ENOMEM;
		return NULL;
	}
	forget(old);
	return remember(__real_realloc(old, size));
}

void
__wrap_free(void *p)
{
	forget(p);
	__real_free(p);
}

static void
check_names(void)
{
	static const char *const in[] = { "192.0.2.1", "2001:db8::1", "10.0.0.7" };
	static const char *const out[] = { "192.0.2.2", "2001:db8::", "10.0.0.6", "::1", "127.0.0.1" };
	struct allow a = { 0 };
	struct cause why, want;

	CHECK(allow_add(&a, "::1", &why) == 0 && live == 1, "%s, %u", why.text, live);
	made_up = true;
	network_bytes = 4 * sizeof(struct network);
	no_memory = true;
	CHECK(allow_add(&a, "many.example", &why) == -1 && a.n == 1, "%zu", a.n);
	CHECK_TEXT(why.text, "--allow many.example: no memory", "no memory");
	no_memory = false;
	CHECK(live == 1, "%u blocks", live);
	allow_free(&a);
	CHECK(live == 0, "%u blocks stay", live);
	made_up = false;
	CHECK(allow_add(&a, "0.0.0.0/0", &why) == 0, "%s", why.text);	/* other bits than a name's */
	allow_free(&a);
	made_up = true;
	CHECK(allow_add(&a, "many.example", &why) == 0 && a.n == 3, "%zu", a.n);
	CHECK(lists == 0, "%d lists stay", lists);
	check_in(&a, in, COUNT(in), true, 0);
	check_in(&a, out, COUNT(out), false, 0);
	CHECK(allow_add(&a, "no.example", &why) == -1 && !why.usage && a.n == 3, "it has an address");
	cause_set(&want, "--allow no.example: %s", gai_strerror(EAI_NONAME));
	CHECK_TEXT(why.text, want.text, "no address");
	made_up = false;
	allow_free(&a);
	CHECK(live == 0, "%u blocks stay", live);
}
#endif

int
main(void)
{
	check_words();
	check_nets();
	check_scope();
#ifdef WRAPPED
	check_names();
#endif
	return unit_end();
}
