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

static int
export_ipv4(const struct sockaddr_in *in)
{
	struct in_addr loopback = { htonl(INADDR_LOOPBACK) };
	char address[INET_ADDRSTRLEN], port[8];

	inet_ntop(AF_INET, in->sin_addr.s_addr == htonl(INADDR_ANY) ? &loopback : &in->sin_addr,
	    address, sizeof(address));
	snprintf(port, sizeof(port), "%u", ntohs(in->sin_port));
	return setenv("TCPREEN_PORT", port, 1) == 0 ? setenv("TCPREEN_ADDRESS", address, 1) : -1;
}

static int
export_ipv6(const struct sockaddr_in6 *in6)
{
	char address[INET6_ADDRSTRLEN], port[8];

	inet_ntop(AF_INET6, IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr) ? &in6addr_loopback :
	    &in6->sin6_addr, address, sizeof(address));
	snprintf(port, sizeof(port), "%u", ntohs(in6->sin6_port));
	return setenv("TCPREEN_PORT", port, 1) == 0 ? setenv("TCPREEN_ADDRESS", address, 1) : -1;
}

static int
export_where(const struct peer *where)
{
	const void *addr = &where->addr;

	if (where->addr.ss_family == AF_INET)
		return export_ipv4(addr);
	if (where->addr.ss_family == AF_INET6)
		return export_ipv6(addr);
	unsetenv("TCPREEN_PORT");
	return setenv("TCPREEN_ADDRESS", ((const struct sockaddr_un *)addr)->sun_path, 1);
}

pid_t
command_start(const char *command, const struct peer *where, struct cause *why)
{
	pid_t pid = fork();

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
