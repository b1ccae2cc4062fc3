/* test-sandbox.c - what is asked of a kernel, whichever version of Landlock it has
 *
 * The system is made up: the calls are noted, can fail, and change nothing.
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
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdlib.h>
#include <unistd.h>

#include "diag.h"
#include "sandbox.h"
#include "systemlog.h"
#include "unit.h"

#define RULES_FD	77

static char		 did[1024];
static const char	*fails;		/* the call that does, with EOVERFLOW; NULL: none */
static long		 version;	/* of Landlock; 0: there is none */
static bool		 stream;	/* syslogd may need a descriptor */
static uid_t		 uid;
static bool		 running;	/* main() is */

static void did_this(const char *fmt, ...) PRINTF_LIKE(1, 2);

static void
did_this(const char *fmt, ...)
{
	size_t n = strlen(did);
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(did + n, sizeof(did) - n, fmt, ap);
	va_end(ap);
}

static int
result(const char *call, int good)
{
	if (fails == NULL || strcmp(fails, call) != 0)
		return good;
	errno = EOVERFLOW;
	return -1;
}

int	__wrap_prctl(int what, ...);
long	__wrap_syscall(long number, ...);
int	__wrap_setrlimit(int what, const struct rlimit *limit);
int	__real_setrlimit(int what, const struct rlimit *limit);
int	__wrap_close(int fd);
uid_t	__wrap_getuid(void);
bool	__wrap_systemlog_opens(void);
void	__wrap_verbose(int level, const char *fmt, ...) PRINTF_LIKE(2, 3);

#ifdef PR_SET_NO_NEW_PRIVS

int
__wrap_prctl(int what, ...)
{
	unsigned long arg[4];
	va_list ap;
	int i;

	va_start(ap, what);
	for (i = 0; i < 4; i++)
		arg[i] = va_arg(ap, unsigned long);
	va_end(ap);
	CHECK(what == PR_SET_NO_NEW_PRIVS && arg[0] == 1 && arg[1] == 0 && arg[2] == 0 && arg[3] == 0,
	    "prctl %d %lu", what, arg[0]);
	did_this("privs ");
	return result("privs", 0);
}

#endif
#ifdef HAVE_LANDLOCK

long
__wrap_syscall(long number, ...)
{
	const uint64_t *rights;
	unsigned int flags;
	size_t size;
	va_list ap;

	va_start(ap, number);
	if (number == SYS_landlock_restrict_self) {
		int fd = va_arg(ap, int);

		flags = va_arg(ap, unsigned int);
		va_end(ap);
		did_this("restrict %d %u ", fd, flags);
		return result("restrict", 0);
	}
	rights = va_arg(ap, const uint64_t *);
	size = va_arg(ap, size_t);
	flags = va_arg(ap, unsigned int);
	va_end(ap);
	CHECK(number == SYS_landlock_create_ruleset, "%ld", number);
	if (rights == NULL) {
		CHECK(size == 0 && flags == 1, "%zu, %u: the version is asked for", size, flags);
		errno = ENOSYS;
		return version > 0 ? version : -1;
	}
	CHECK(size == 3 * sizeof(*rights) && flags == 0, "%zu, %u", size, flags);
	did_this("rules %jx %jx %jx ", (uintmax_t)rights[0], (uintmax_t)rights[1], (uintmax_t)rights[2]);
	return result("rules", RULES_FD);
}

#endif

static int
made_up_setrlimit(int what, const struct rlimit *limit)
{
	const char *name = what == RLIMIT_NOFILE ? "files" : what == RLIMIT_CORE ? "core" :
#ifdef RLIMIT_NPROC
	    what == RLIMIT_NPROC ? "processes" :
#endif
	    "another";

	CHECK(limit->rlim_cur == 0 && limit->rlim_max == 0, "%s", name);
	did_this("%s ", name);
	return result(name, 0);
}

/* A sanitizer calls it, too, before anything that it has put into functions can work. */
#ifdef __GNUC__
__attribute__((no_sanitize_address))
#endif
int
__wrap_setrlimit(int what, const struct rlimit *limit)
{
	return running ? made_up_setrlimit(what, limit) : __real_setrlimit(what, limit);
}

int
__wrap_close(int fd)
{
	did_this("close %d ", fd);
	errno = EBADF;		/* whoever wants an older errno has to keep it */
	return 0;
}

uid_t
__wrap_getuid(void)
{
	return uid;
}

bool
__wrap_systemlog_opens(void)
{
	return stream;
}

void
__wrap_verbose(int level, const char *fmt, ...)
{
	char text[512];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	did_this("-v%d %s", level, text);
}

#if defined HAVE_LANDLOCK && defined PR_SET_NO_NEW_PRIVS && defined RLIMIT_NPROC

#define LIMITS	"files processes core "
#define SEVEN	"rules ffff 3 3 "
#define DOMAIN	SEVEN "restrict 77 0 close 77 "

static void
check_versions(void)
{
	static const char *const wanted[] = { "",
		"rules 1fff 0 0 ", "rules 3fff 0 0 ", "rules 7fff 0 0 ", "rules 7fff 3 0 ",
		"rules ffff 3 0 ", SEVEN, SEVEN, SEVEN, SEVEN };
	char all[128], title[32];

	for (version = 0; version < (long)(sizeof(wanted) / sizeof(*wanted)); version++) {
		did[0] = '\0';
		sandbox_session(3, false);
		snprintf(title, sizeof(title), "Landlock %ld", version);
		snprintf(all, sizeof(all), "privs %s%s" LIMITS, wanted[version],
		    version > 0 ? "restrict 77 0 close 77 " : "");
		CHECK_TEXT(did, all, title);
	}
	version = 7;
}

/* What is not to be had is left out, and told at -vv. */
static void
check_failures(void)
{
	static const struct {
		const char	*fails;
		bool		 stream;
		uid_t		 uid;
		const char	*wanted;
		const char	*in, *out, *why;
	} cases[] = {
		{ NULL, false, 1000, "privs " DOMAIN LIMITS,
		    "no_new_privs, Landlock 7, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE", "", "" },
		{ "privs", false, 1000, "privs " DOMAIN LIMITS,
		    "Landlock 7, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE", "no_new_privs", NULL },
		{ "rules", false, 1000, "privs " SEVEN LIMITS,
		    "no_new_privs, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE", "Landlock", NULL },
		{ "restrict", false, 1000, "privs " DOMAIN LIMITS,
		    "no_new_privs, RLIMIT_NOFILE, RLIMIT_NPROC, RLIMIT_CORE", "Landlock", NULL },
		{ "files", false, 1000, "privs " DOMAIN LIMITS,
		    "no_new_privs, Landlock 7, RLIMIT_NPROC, RLIMIT_CORE", "RLIMIT_NOFILE", NULL },
		{ "processes", false, 0, "privs " DOMAIN LIMITS,
		    "no_new_privs, Landlock 7, RLIMIT_NOFILE, RLIMIT_CORE", "RLIMIT_NPROC", NULL },
		{ "core", false, 1000, "privs " DOMAIN LIMITS,
		    "no_new_privs, Landlock 7, RLIMIT_NOFILE, RLIMIT_NPROC", "RLIMIT_CORE", NULL },
		{ NULL, true, 1000, "privs " DOMAIN "processes core ",
		    "no_new_privs, Landlock 7, RLIMIT_NPROC, RLIMIT_CORE", "RLIMIT_NOFILE",
		    "syslogd's stream may need one" },
		{ NULL, false, 0, "privs " DOMAIN LIMITS,
		    "no_new_privs, Landlock 7, RLIMIT_NOFILE, RLIMIT_CORE", "RLIMIT_NPROC",
		    "does not bind root" },
	};
	char wanted[512];
	size_t i;

	for (i = 0; i < sizeof(cases) / sizeof(*cases); i++) {
		fails = cases[i].fails;
		stream = cases[i].stream;
		uid = cases[i].uid;
		did[0] = '\0';
		sandbox_session(3, false);
		CHECK_TEXT(did, cases[i].wanted, "what is done");
		did[0] = '\0';
		sandbox_session(12, true);
		snprintf(wanted, sizeof(wanted), "%s-v2 session 12: sandbox: %s", cases[i].wanted, cases[i].in);
		if (*cases[i].out != '\0')
			snprintf(wanted + strlen(wanted), sizeof(wanted) - strlen(wanted), "; without %s (%s)",
			    cases[i].out, cases[i].why != NULL ? cases[i].why : strerror(EOVERFLOW));
		CHECK_TEXT(did, wanted, "what is told");
	}
	fails = "privs";
	version = 0;
	did[0] = '\0';
	sandbox_session(1, true);
	CHECK(strstr(did, "; without no_new_privs (") != NULL && strstr(did, "), Landlock (") != NULL,
	    "two: %s", did);
	fails = NULL;
	version = 7;
	stream = false;
	uid = 1000;
}

int
main(void)
{
	running = true;
	uid = 1000;
	sandbox_parent();
	CHECK_TEXT(did, "privs ", "the parent");
	fails = "privs";
	sandbox_parent();
	check_versions();
	fails = NULL;
	check_versions();
	check_failures();
	running = false;
	return unit_end();
}

#else

int
main(void)
{
	running = true;
	sandbox_parent();
	sandbox_session(3, false);
	CHECK(strstr(did, "files ") != NULL && strstr(did, "core ") != NULL, "%s", did);
	did[0] = '\0';
	sandbox_session(3, true);
	CHECK(strstr(did, "-v2 session 3: sandbox: ") != NULL &&
	    strstr(did, "; without no_new_privs (") != NULL &&
	    strstr(did, "Landlock (") != NULL, "%s", did);
	running = false;
	return unit_end();
}

#endif
