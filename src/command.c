/* command.c - the command of --run, which uses the bridge and ends it
 *
 * Runs in: parent, once it listens and has the rights that it keeps. The command has
 * the parent's standard input, output and error, and nothing else of it: all other
 * descriptors are close-on-exec.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/socket.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <arpa/inet.h>
#include <netinet/in.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "address.h"
#include "command.h"
#include "signals.h"

static int	own_stdout = -1;	/* of the command */

int
command_keep_stdout(struct cause *why)
{
	own_stdout = fcntl(STDOUT_FILENO, F_DUPFD_CLOEXEC, STDERR_FILENO + 1);
	if (own_stdout == -1 || dup2(STDERR_FILENO, STDOUT_FILENO) == -1)
		return cause_errno(why, "--run: standard output", NULL);
	return 0;
}

/* The path of a Unix socket; or its abstract name as a text, for which there is room. */
static const char *
unix_address(const struct peer *where, struct sockaddr_storage *room)
{
	struct sockaddr_un *un = (struct sockaddr_un *)room;

	if (address_path(where) != NULL)
		return address_path(where);
	*room = where->addr;
	un->sun_path[0] = '@';
	return un->sun_path;
}

/* Into the environment, where it can be connected to. 0, or -1 with errno. */
static int
export_where(const struct peer *where)
{
	struct sockaddr_storage at;
	const struct sockaddr_in *in = (const struct sockaddr_in *)&at;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&at;
	char address[INET6_ADDRSTRLEN], port[8];

	if (where->addr.ss_family == AF_UNIX) {
		unsetenv("TCPREEN_PORT");
		return setenv("TCPREEN_ADDRESS", unix_address(where, &at), 1);
	}
	at = address_reached(&where->addr);
	inet_ntop(at.ss_family, at.ss_family == AF_INET ? (const void *)&in->sin_addr :
	    (const void *)&in6->sin6_addr, address, sizeof(address));
	snprintf(port, sizeof(port), "%u", ntohs(*address_port(&at)));
	return setenv("TCPREEN_PORT", port, 1) == 0 ? setenv("TCPREEN_ADDRESS", address, 1) : -1;
}

pid_t
command_start(const char *command, const struct peer *where, struct cause *why)
{
	pid_t pid;

	signals_leave_typed();
	pid = fork();
	if (pid == -1)
		cause_errno(why, "--run", NULL);
	if (pid != 0)
		return pid;
	signals_before_exec();
	if (dup2(own_stdout, STDOUT_FILENO) != -1 && export_where(where) == 0)
		execl("/bin/sh", "sh", "-c", command, (char *)NULL);
	complain("--run: /bin/sh: %s", strerror(errno));
	_exit(126);
}

int
command_exit_status(int status)
{
	return WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
}
