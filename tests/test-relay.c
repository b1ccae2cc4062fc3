/* test-relay.c - what waits for one side stays as it is while the other is served */
#include <config.h>

#include <sys/socket.h>
#include <sys/wait.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "relay.h"
#include "unit.h"

#define MESSAGE		10000	/* less than a flow's first read: no buffer of its own */
#define PATIENCE	30	/* seconds; then SIGALRM ends the test */

static void
nobody(void *arg, const struct chunk *c)
{
	(void)arg, (void)c;
}

static void
no_end(void *arg, enum side from)
{
	(void)arg, (void)from;
}

static void
nothing(void *arg)
{
	(void)arg;
}

static int
relay(int client, int server)
{
	const struct relay r = { .fd = { client, server }, .read_max = RELAY_MOST,
	    .saw = nobody, .ended = no_end, .quiet = nothing };
	struct ending e;

	relay_run(&r, &e);
	return e.how != END_CLOSED;
}

/* Writes until there is no room; returns how many bytes. */
static size_t
stuff(int fd)
{
	static const char junk[4096];
	size_t n = 0;
	ssize_t got;

	while ((got = send(fd, junk, sizeof(junk), MSG_DONTWAIT)) > 0)
		n += (size_t)got;
	return n;
}

/* Reads n bytes, of which all must be c, unless that is 0. */
static void
expect(int fd, size_t n, char c, const char *title)
{
	size_t i, seen = 0, wrong = 0;
	char bytes[4096];
	ssize_t got;

	while (seen < n && (got = recv(fd, bytes, n - seen < sizeof(bytes) ? n - seen :
	    sizeof(bytes), 0)) > 0)
		for (i = 0; i < (size_t)got; i++, seen++)
			wrong += c != 0 && bytes[i] != c;
	CHECK(seen == n && wrong == 0, "%s: %zu of %zu bytes, %zu of them wrong", title, seen, n,
	    wrong);
}

int
main(void)
{
	char from_client[MESSAGE], from_server[MESSAGE];
	int client[2], server[2], status;
	size_t junk;
	pid_t pid;

	alarm(PATIENCE);
	memset(from_client, 'c', MESSAGE);
	memset(from_server, 's', MESSAGE);
	if (socketpair(AF_UNIX, SOCK_STREAM, 0, client) == -1 ||
	    socketpair(AF_UNIX, SOCK_STREAM, 0, server) == -1)
		return 1;
	fcntl(client[1], F_SETFL, O_NONBLOCK);
	fcntl(server[1], F_SETFL, O_NONBLOCK);
	junk = stuff(server[1]);	/* the server reads nothing for now */
	CHECK(junk > 0, "nothing could be written");
	CHECK(send(client[0], from_client, MESSAGE, 0) == MESSAGE, "client");
	CHECK(send(server[0], from_server, MESSAGE, 0) == MESSAGE, "server");
	if ((pid = fork()) == 0) {
		close(client[0]);
		close(server[0]);
		_exit(relay(client[1], server[1]));
	}
	close(client[1]);
	close(server[1]);
	expect(client[0], MESSAGE, 's', "the server's, past what waits");
	expect(server[0], junk, 0, "what was there before");
	expect(server[0], MESSAGE, 'c', "the client's, which waited");
	shutdown(client[0], SHUT_WR);
	shutdown(server[0], SHUT_WR);
	CHECK(waitpid(pid, &status, 0) == pid && status == 0, "the relay's status: %d", status);
	return unit_end();
}
