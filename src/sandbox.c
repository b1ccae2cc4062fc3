/* sandbox.c - gives up what a process will not need any more
 *
 * Runs in: parent (sandbox_parent), session (sandbox_session). Nothing is asked of the
 * system that could fail the traffic: each part that is not to be had is left out.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/resource.h>
#ifdef HAVE_LANDLOCK
# include <sys/syscall.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <errno.h>
#include <stdint.h>
#include <string.h>
#include <unistd.h>

#include "buf.h"
#include "diag.h"
#include "sandbox.h"
#include "systemlog.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

/* The parts. Each returns NULL, or why it is not in force. */

static const char *
no_new_privs(void)
{
#ifdef PR_SET_NO_NEW_PRIVS
	if (prctl(PR_SET_NO_NEW_PRIVS, 1UL, 0UL, 0UL, 0UL) == 0)
		return NULL;
#else
	errno = ENOSYS;
#endif
	return strerror(errno);
}

#ifdef HAVE_LANDLOCK

/* What a domain denies: a bit for each right; struct landlock_ruleset_attr of the kernel. */
struct rights {
	uint64_t	files;
	uint64_t	tcp;
	uint64_t	scopes;
};

/*
 * By the version of Landlock that knows it first, see landlock(7). A kernel that does
 * not know a right refuses all; one that knows more is not asked for more.
 */
static const struct {
	long		since;
	struct rights	rights;
} known[] = {
	{ 1, { .files = 0x1fff } },	/* execute, write, read, list, remove (2), make (7) */
	{ 2, { .files = 1 << 13 } },	/* link and rename across folders */
	{ 3, { .files = 1 << 14 } },	/* truncate */
	{ 4, { .tcp = 3 } },		/* bind, connect */
	{ 5, { .files = 1 << 15 } },	/* ioctl() of a device */
	{ 6, { .scopes = 3 } },		/* abstract Unix sockets, signals */
};

#define ASK_VERSION	1U		/* LANDLOCK_CREATE_RULESET_VERSION */

static long
landlock_version(void)
{
	return syscall(SYS_landlock_create_ruleset, NULL, (size_t)0, ASK_VERSION);
}

/* A domain without a rule, which would allow something, denies all that it knows. */
static const char *
landlock(void)
{
	struct rights all = { 0 };
	long version = landlock_version(), result;
	const char *why = NULL;
	size_t i;
	int fd;

	if (version == -1)
		return strerror(errno);
	for (i = 0; i < COUNT(known) && known[i].since <= version; i++) {
		all.files |= known[i].rights.files;
		all.tcp |= known[i].rights.tcp;
		all.scopes |= known[i].rights.scopes;
	}
	fd = (int)syscall(SYS_landlock_create_ruleset, &all, sizeof(all), 0U);
	if (fd == -1)
		return strerror(errno);
	result = syscall(SYS_landlock_restrict_self, fd, 0U);
	if (result == -1)
		why = strerror(errno);
	close(fd);
	return why;
}

#else

static long
landlock_version(void)
{
	return -1;
}

static const char *
landlock(void)
{
	return strerror(ENOSYS);
}

#endif

/* Descriptors that are open stay so, whatever their number is. */
static const char *
no_descriptors(void)
{
	if (systemlog_opens())
		return "syslogd's stream may need one";
	return setrlimit(RLIMIT_NOFILE, &(struct rlimit){ 0, 0 }) == 0 ? NULL : strerror(errno);
}

static const char *
no_processes(void)
{
#ifdef RLIMIT_NPROC
	if (setrlimit(RLIMIT_NPROC, &(struct rlimit){ 0, 0 }) == 0)
		return getuid() != 0 ? NULL : "does not bind root";
#else
	errno = ENOSYS;
#endif
	return strerror(errno);
}

static const char *
no_core(void)
{
	return setrlimit(RLIMIT_CORE, &(struct rlimit){ 0, 0 }) == 0 ? NULL : strerror(errno);
}

/* In this order: Landlock needs a descriptor for a moment, and no_new_privs. */
static const struct {
	const char	*name;
	const char	*(*enter)(void);
} parts[] = {
	{ "no_new_privs", no_new_privs },
	{ "Landlock", landlock },
	{ "RLIMIT_NOFILE", no_descriptors },
	{ "RLIMIT_NPROC", no_processes },
	{ "RLIMIT_CORE", no_core },
};

/* Adds a part to what is in force, or to what is not. */
static void
note(struct buf *in, struct buf *out, size_t part, const char *why)
{
	struct buf *list = why == NULL ? in : out;

	buf_printf(list, "%s%s", list->len == 0 ? "" : ", ", parts[part].name);
	if (why != NULL)
		buf_printf(list, " (%s)", why);
	else if (parts[part].enter == landlock)
		buf_printf(list, " %ld", landlock_version());
}

void
sandbox_parent(void)
{
	no_new_privs();
}

void
sandbox_session(unsigned long session, bool say)
{
	struct buf in = { 0 }, out = { 0 };
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(parts); i++) {
		why = parts[i].enter();
		if (say)
			note(&in, &out, i, why);
	}
	if (say)
		verbose(2, "session %lu: sandbox: %.*s%s%.*s", session, (int)in.len,
		    (const char *)in.data, out.len > 0 ? "; without " : "", (int)out.len,
		    (const char *)out.data);
	buf_free(&in);
	buf_free(&out);
}
