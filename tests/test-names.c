/* test-names.c - addresses as people read them, what -a and -s mean, and names of logs */
#include <config.h>

#include <sys/un.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>

#include "endpoint.h"
#include "output.h"
#include "unit.h"

/* What becomes of a host and a port; NULL: an error. */
static const struct {
	const char *protocol, *host, *service, *text;
} resolved[] = {
	{ "tcp", "127.0.0.1", "25", "127.0.0.1:25" },
	{ "tcp", "[127.0.0.1]", "0", "127.0.0.1:0" },
	{ "tcp6", "::1", "25", "[::1]:25" },
	{ "tcp6", "[::1]", "25", "[::1]:25" },
	{ "any", "::1", "65535", "[::1]:65535" },
	{ "tcp", "::1", "25", NULL },
	{ "tcp", "127.0.0.1", "no-such-service", NULL },
	{ "unix", NULL, "/a b", "unix:/a\\040b" },
	{ "local", NULL, "/a\n\033\\", "unix:/a\\012\\033\\134" },
	{ "unix", NULL, "", NULL },
};

static void
test_resolve(void)
{
	struct endpoint ep;
	struct cause why;
	size_t i;
	int error;

	for (i = 0; i < sizeof(resolved) / sizeof(resolved[0]); i++) {
		error = endpoint_resolve(&ep, protocol_find(resolved[i].protocol,
		    strlen(resolved[i].protocol)), resolved[i].host, resolved[i].service, TO_CONNECT,
		    false, &why);
		CHECK((error == -1) == (resolved[i].text == NULL), "%s %s", resolved[i].protocol,
		    resolved[i].service);
		if (error == 0)
			CHECK(ep.n == 1 && strcmp(ep.address[0].text, resolved[i].text) == 0, "%s",
			    ep.address[0].text);
		if (error == 0)
			endpoint_free(&ep);
	}
	CHECK(protocol_find("tcpx", 3) != NULL && protocol_find("tcpx", 4) == NULL, "by length");
}

static void
test_long_path(void)
{
	char path[300];
	struct endpoint ep;
	struct cause why;

	memset(path, 'x', sizeof(path) - 1);
	path[sizeof(path) - 1] = '\0';
	CHECK(endpoint_resolve(&ep, protocol_find("unix", 4), NULL, path, TO_LISTEN, false,
	    &why) == -1, "too long");
}

static void
test_unnamed(void)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	struct peer who;

	endpoint_peer(&who, (struct sockaddr *)&un, sizeof(un.sun_family));
	CHECK(strcmp(who.text, "unix:") == 0, "%s", who.text);
}

static const struct {
	const char *name, *expanded;
	int bad;
	bool template;
} names[] = {
	{ "a", "a", 0, false },
	{ "a%%b", "a%b", 0, false },
	{ "cap-%n.%d", "cap-0007.server", 0, true },
	{ "%c_%s", "127.0.0.1-53156_unix-_etc_.._x", 0, true },
	{ "%t", "19700101T000010Z", 0, true },
	{ "%x", NULL, 'x', false },
	{ "a%", NULL, '%', false },
};

static void
test_templates(void)
{
	const struct naming of = { 7, { "127.0.0.1:53156", "unix:/etc/../x" }, 10 };
	struct buf path = { 0 };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		CHECK(output_bad_letter(names[i].name) == names[i].bad, "%s", names[i].name);
		if (names[i].bad != 0)
			continue;
		CHECK(output_is_template(names[i].name) == names[i].template, "%s", names[i].name);
		buf_clear(&path);
		output_expand(names[i].name, &of, SERVER, &path);
		buf_putc(&path, '\0');
		CHECK(strcmp((char *)path.data, names[i].expanded) == 0, "%s: %s", names[i].name,
		    path.data);
	}
	buf_free(&path);
}

int
main(void)
{
	test_resolve();
	test_long_path();
	test_unnamed();
	test_templates();
	return unit_end();
}
