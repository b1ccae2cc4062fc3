/* test-priv.c - whose rights it takes and gives up, in a made-up system of users
 *
 * Every call that asks for ids or changes them is wrapped (the linker's --wrap) and
 * follows the rules of POSIX and Linux on the ids below, so that no root is needed.
 * A call can be made to fail, or to claim that it worked.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/types.h>
#include <errno.h>
#include <pwd.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "priv.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

struct ids {
	uid_t	 ruid, euid, suid;
	gid_t	 rgid, egid, sgid;
	char	 groups;		/* whose supplementary groups: the first letter */
};

static struct ids	 now;
static const char	*fails;		/* the call that fails with EPERM */
static const char	*lies;		/* the call that says 0 and does nothing */
static char		 calls[400];	/* what was called, in order */
static char		 said[300];	/* by complain() or verbose() */
static int		 said_level;	/* 0: complain() */

static struct passwd accounts[] = {
	{ .pw_name = (char *)"root", .pw_uid = 0, .pw_gid = 0 },
	{ .pw_name = (char *)"nobody", .pw_uid = 65534, .pw_gid = 65533 },
	{ .pw_name = (char *)"dave", .pw_uid = 1000, .pw_gid = 100 },
	{ .pw_name = (char *)"1000", .pw_uid = 7, .pw_gid = 7 },	/* a name before a number */
	{ .pw_name = (char *)"max", .pw_uid = 4294967294U, .pw_gid = 8 },
};

/* Notes a call. Whether it is to do its work: else *result is what it returns. */
static bool
works(const char *name, int *result)
{
	strncat(calls, " ", sizeof(calls) - strlen(calls) - 1);
	strncat(calls, name, sizeof(calls) - strlen(calls) - 1);
	*result = 0;
	if (fails != NULL && strcmp(fails, name) == 0) {
		errno = EPERM;
		*result = -1;
		return false;
	}
	return lies == NULL || (strcmp(lies, name) != 0 &&
	    (strcmp(lies, "all") != 0 || strcmp(name, "seteuid") == 0));
}

static int
refused(void)
{
	errno = EPERM;
	return -1;
}

uid_t	__wrap_getuid(void);
uid_t	__wrap_geteuid(void);
gid_t	__wrap_getgid(void);
gid_t	__wrap_getegid(void);
int	__wrap_setuid(uid_t uid);
int	__wrap_seteuid(uid_t uid);
int	__wrap_setgid(gid_t gid);
int	__wrap_setegid(gid_t gid);
int	__wrap_setresuid(uid_t r, uid_t e, uid_t s);
int	__wrap_setresgid(gid_t r, gid_t e, gid_t s);
int	__wrap_getresuid(uid_t *r, uid_t *e, uid_t *s);
int	__wrap_getresgid(gid_t *r, gid_t *e, gid_t *s);
int	__wrap_initgroups(const char *user, gid_t gid);
struct passwd	*__wrap_getpwnam(const char *name);
struct passwd	*__wrap_getpwuid(uid_t uid);
void	__wrap_complain(const char *fmt, ...) PRINTF_LIKE(1, 2);
void	__wrap_verbose(int level, const char *fmt, ...) PRINTF_LIKE(2, 3);

uid_t __wrap_getuid(void) { return now.ruid; }
uid_t __wrap_geteuid(void) { return now.euid; }
gid_t __wrap_getgid(void) { return now.rgid; }
gid_t __wrap_getegid(void) { return now.egid; }

int
__wrap_setuid(uid_t uid)
{
	int result;

	if (!works("setuid", &result) && (uid != 0 || result == -1))
		return result;
	if (now.euid == 0)
		now.ruid = now.suid = uid;
	else if (uid != now.ruid && uid != now.suid)
		return refused();
	now.euid = uid;
	return 0;
}

int
__wrap_seteuid(uid_t uid)
{
	int result;

	if (!works("seteuid", &result))
		return result;
	if (now.euid != 0 && uid != now.ruid && uid != now.suid)
		return refused();
	now.euid = uid;
	return 0;
}

int
__wrap_setgid(gid_t gid)
{
	int result;

	if (!works("setgid", &result))
		return result;
	if (now.euid == 0)
		now.rgid = now.sgid = gid;
	else if (gid != now.rgid && gid != now.sgid)
		return refused();
	now.egid = gid;
	return 0;
}

int
__wrap_setegid(gid_t gid)
{
	int result;

	if (!works("setegid", &result))
		return result;
	if (now.euid != 0 && gid != now.rgid && gid != now.sgid)
		return refused();
	now.egid = gid;
	return 0;
}

int
__wrap_setresuid(uid_t r, uid_t e, uid_t s)
{
	struct ids o = now;
	int result;

	if (!works("setresuid", &result))
		return result;
	if (o.euid != 0 && ((r != o.ruid && r != o.euid && r != o.suid) ||
	    (e != o.ruid && e != o.euid && e != o.suid) ||
	    (s != o.ruid && s != o.euid && s != o.suid)))
		return refused();
	now.ruid = r;
	now.euid = e;
	now.suid = s;
	return 0;
}

int
__wrap_setresgid(gid_t r, gid_t e, gid_t s)
{
	struct ids o = now;
	int result;

	if (!works("setresgid", &result))
		return result;
	if (o.euid != 0 && ((r != o.rgid && r != o.egid && r != o.sgid) ||
	    (e != o.rgid && e != o.egid && e != o.sgid) ||
	    (s != o.rgid && s != o.egid && s != o.sgid)))
		return refused();
	now.rgid = r;
	now.egid = e;
	now.sgid = s;
	return 0;
}

int
__wrap_getresuid(uid_t *r, uid_t *e, uid_t *s)
{
	int result;

	*r = now.ruid;
	*e = now.euid;
	*s = now.suid;
	works("getresuid", &result);
	return result;
}

int
__wrap_getresgid(gid_t *r, gid_t *e, gid_t *s)
{
	int result;

	*r = now.rgid;
	*e = now.egid;
	*s = now.sgid;
	works("getresgid", &result);
	return result;
}

int
__wrap_initgroups(const char *user, gid_t gid)
{
	size_t i;
	int result;

	if (!works("initgroups", &result))
		return result;
	if (now.euid != 0)
		return refused();
	for (i = 0; strcmp(accounts[i].pw_name, user) != 0; i++)
		;
	now.groups = accounts[i].pw_gid == gid ? user[0] : '?';
	return 0;
}

struct passwd *
__wrap_getpwnam(const char *name)
{
	size_t i;

	for (i = 0; i < COUNT(accounts); i++)
		if (strcmp(accounts[i].pw_name, name) == 0)
			return &accounts[i];
	return NULL;
}

struct passwd *
__wrap_getpwuid(uid_t uid)
{
	size_t i;

	for (i = 0; i < COUNT(accounts); i++)
		if (accounts[i].pw_uid == uid)
			return &accounts[i];
	return NULL;
}

void
__wrap_complain(const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	said_level = 0;
}

void
__wrap_verbose(int level, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(said, sizeof(said), fmt, ap);
	va_end(ap);
	said_level = level;
}

/* How it was started */

static const struct ids
	as_root = { 0, 0, 0, 0, 0, 0, 'r' },
	as_dave = { 1000, 1000, 1000, 100, 100, 100, 'd' },
	set_uid = { 1000, 0, 0, 100, 100, 100, 'd' },
	set_gid = { 1000, 1000, 1000, 100, 50, 50, 'd' },
	set_both = { 1000, 0, 0, 100, 0, 0, 'd' },
	set_other = { 1000, 7, 7, 100, 50, 50, 'd' },	/* to a user who is not root */
	root_set_dave = { 0, 1000, 1000, 0, 0, 0, 'r' };

static const char *
ids_text(void)
{
	static char text[120];

	snprintf(text, sizeof(text), "%lu %lu %lu, %lu %lu %lu, %c", (unsigned long)now.ruid,
	    (unsigned long)now.euid, (unsigned long)now.suid, (unsigned long)now.rgid,
	    (unsigned long)now.egid, (unsigned long)now.sgid, now.groups);
	return text;
}

static void
start(const struct ids *ids)
{
	now = *ids;
	fails = lies = NULL;
	said[0] = calls[0] = '\0';
	said_level = -1;
}

static const struct {
	const struct ids	*start;
	const char		*user;		/* -u */
	const char		*begun;		/* user and group ids, groups: after priv_begin() */
	const char		*raised;	/* after priv_raise() */
	const char		*dropped;	/* after priv_drop() */
} rows[] = {
	{ &as_root, "nobody", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r",
	    "65534 65534 65534, 65533 65533 65533, n" },
	{ &as_root, "65534", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r",
	    "65534 65534 65534, 65533 65533 65533, n" },
	{ &as_root, "1000", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r", "7 7 7, 7 7 7, 1" },
	{ &as_root, "root", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r" },
	{ &as_root, "0", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r", "0 0 0, 0 0 0, r" },
	{ &root_set_dave, "nobody", "0 0 1000, 0 0 0, r", "0 1000 1000, 0 0 0, r", NULL },
	{ &as_dave, NULL, "1000 1000 1000, 100 100 100, d", "1000 1000 1000, 100 100 100, d",
	    "1000 1000 1000, 100 100 100, d" },
	{ &set_uid, NULL, "1000 1000 0, 100 100 100, d", "1000 0 0, 100 100 100, d",
	    "1000 1000 1000, 100 100 100, d" },
	{ &set_gid, NULL, "1000 1000 1000, 100 100 50, d", "1000 1000 1000, 100 100 50, d",
	    "1000 1000 1000, 100 100 100, d" },
	{ &set_both, NULL, "1000 1000 0, 100 100 0, d", "1000 0 0, 100 100 0, d",
	    "1000 1000 1000, 100 100 100, d" },
	{ &set_other, NULL, "1000 1000 7, 100 100 50, d", "1000 7 7, 100 100 50, d",
	    "1000 1000 1000, 100 100 100, d" },
};

static void
check_ids(void)
{
	struct cause why;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		start(rows[i].start);
		CHECK(priv_begin(&why) == 0, "row %zu", i);
		CHECK_TEXT(ids_text(), rows[i].begun, "begun");
		priv_raise();
		CHECK_TEXT(ids_text(), rows[i].raised, "raised");
		priv_lower();
		CHECK_TEXT(ids_text(), rows[i].begun, "lowered");
		CHECK_TEXT(said, "", "nothing to say");
		if (rows[i].dropped == NULL)
			continue;
		why.text[0] = '\0';
		CHECK(priv_drop(rows[i].user, &why) == 0, "row %zu: %s", i, why.text);
		CHECK_TEXT(ids_text(), rows[i].dropped, "dropped");
	}
}

/* Faults: what must not pass unnoticed */

static const struct {
	const struct ids	*start;
	const char		*user;
	const char		*call;
	bool			 lie;		/* else it fails */
	const char		*why;
} fault_rows[] = {
	{ &as_root, "nobody", "setgid", false,
	    "cannot take the group of the user: Operation not permitted" },
	{ &as_root, "nobody", "initgroups", false,
	    "cannot take the groups of nobody: Operation not permitted" },
	{ &as_root, "65534", "initgroups", false,
	    "cannot take the groups of nobody: Operation not permitted" },
	{ &as_root, "nobody", "setuid", false,
	    "cannot become the user: Operation not permitted" },
	{ &as_root, "no-such-user", "", false, "-u no-such-user: no such user" },
#if defined(HAVE_SETRESUID) && defined(HAVE_SETRESGID)
	{ &as_root, "nobody", "setresgid", false,
	    "cannot become the user: Operation not permitted" },
	{ &as_root, "nobody", "setresuid", false,
	    "cannot become the user: Operation not permitted" },
	{ &set_other, NULL, "setresuid", true,
	    "privileges: those of before could be regained" },
#endif
#ifdef HAVE_GETRESUID
	{ &as_root, "nobody", "getresuid", false,
	    "privileges: the saved user is not the user" },
#endif
#ifdef HAVE_GETRESGID
	{ &as_root, "nobody", "getresgid", false,
	    "privileges: the saved group is not the user's" },
	{ &set_gid, NULL, "setresgid", true, "privileges: the saved group is not the user's" },
#endif
};

static void
check_faults(void)
{
	struct cause why;
	size_t i;

	for (i = 0; i < COUNT(fault_rows); i++) {
		start(fault_rows[i].start);
		priv_begin(&why);
		*(fault_rows[i].lie ? &lies : &fails) = fault_rows[i].call;
		why.text[0] = '\0';
		CHECK(priv_drop(fault_rows[i].user, &why) == -1, "row %zu", i);
		CHECK_TEXT(why.text, fault_rows[i].why, fault_rows[i].call);
	}
}

/* Ids that a broken system leaves after every call has claimed to have worked. */
static const struct {
	struct ids	 left;
	const char	*why;		/* NULL: they are those of the user */
} left_rows[] = {
	{ { 1000, 1000, 1000, 100, 100, 100, 'd' }, NULL },
	{ { 1000, 1000, 0, 100, 100, 100, 'd' }, "privileges: root could be regained" },
	{ { 0, 1000, 1000, 100, 100, 100, 'd' }, "privileges: root could be regained" },
	{ { 1000, 0, 1000, 100, 100, 100, 'd' }, "privileges: root could be regained" },
	{ { 3, 1000, 1000, 100, 100, 100, 'd' }, "privileges: not those of the user" },
	{ { 1000, 3, 1000, 100, 100, 100, 'd' }, "privileges: not those of the user" },
	{ { 1000, 1000, 1000, 3, 100, 100, 'd' }, "privileges: not those of the user" },
	{ { 1000, 1000, 1000, 100, 3, 100, 'd' }, "privileges: not those of the user" },
#ifdef HAVE_GETRESUID
	{ { 1000, 1000, 3, 100, 100, 100, 'd' }, "privileges: the saved user is not the user" },
#endif
#ifdef HAVE_GETRESGID
	{ { 1000, 1000, 1000, 100, 100, 3, 'd' },
	    "privileges: the saved group is not the user's" },
#endif
};

/* From here on, calls claim to work and do nothing, but those that try to get root back. */
static void
check_proof(void)
{
	struct cause why;
	size_t i;
	int got;

	for (i = 0; i < COUNT(left_rows); i++) {
		start(&as_dave);
		priv_begin(&why);
		start(&left_rows[i].left);
		lies = "all";
		why.text[0] = '\0';
		got = priv_drop("dave", &why);
		CHECK(got == (left_rows[i].why != NULL ? -1 : 0), "row %zu: %s", i, why.text);
		CHECK_TEXT(why.text, left_rows[i].why != NULL ? left_rows[i].why : "", "proof");
	}
}

/* What is said where ids cannot be changed for a bind(2) and back. */
static void
check_begin_and_back(void)
{
	static const char *const calls_of_begin[] = { "setegid", "seteuid" };
	struct cause why;
	size_t i;

	for (i = 0; i < COUNT(calls_of_begin); i++) {
		start(&set_both);
		fails = calls_of_begin[i];
		CHECK(priv_begin(&why) == -1, "%s failed, and nothing was said", fails);
		CHECK_TEXT(why.text, "cannot use the rights of the real user: "
		    "Operation not permitted", fails);
	}
	start(&set_uid);
	priv_begin(&why);
	fails = "seteuid";
	priv_raise();
	CHECK_TEXT(said, "privileges: Operation not permitted", "raise");
	CHECK(said_level == 1, "at level %d", said_level);
	priv_lower();
	CHECK_TEXT(said, "privileges: Operation not permitted", "lower");
	CHECK(said_level == 0, "at level %d", said_level);
	start(&as_dave);
	priv_begin(&why);
	calls[0] = '\0';
	priv_raise();
	priv_lower();
	CHECK_TEXT(calls, "", "an ordinary start has nothing to raise");
}

/* The groups go while root's rights are there; the user goes last. */
static void
check_order(void)
{
	struct cause why;

	start(&as_root);
	priv_begin(&why);
	calls[0] = '\0';
	priv_drop("nobody", &why);
	CHECK(strncmp(calls, " setgid initgroups setuid", 25) == 0, "%s", calls);
	CHECK(strstr(calls, " setuid seteuid") != NULL, "root is not asked for again: %s", calls);
}

static const struct {
	const struct ids	*start;
	const char		*user;
	int			 status;		/* that the program would exit with */
	const char		*why;
} check_rows[] = {
	{ &as_dave, NULL, 0, "" },
	{ &as_root, "nobody", 0, "" },
	{ &as_root, "root", 0, "" },
	{ &as_root, "65534", 0, "" },
	{ &as_root, "4294967294", 0, "" },
	{ &as_root, "0", 0, "" },
	{ &as_root, NULL, 1, "root: refusing to run with all rights: "
	    "use -u nobody, or -u root to insist" },
	{ &as_dave, "nobody", 1, "-u nobody: only root can change the user" },
	{ &set_uid, "nobody", 1, "-u nobody: only root can change the user" },
	{ &as_root, "no-such-user", 2, "-u no-such-user: no such user" },
	{ &as_root, "65533", 2, "-u 65533: no such user" },
	{ &as_root, "", 2, "-u : no such user" },
	{ &as_root, "-1", 2, "-u -1: no such user" },
	{ &as_root, "+0", 2, "-u +0: no such user" },
	{ &as_root, "65534x", 2, "-u 65534x: no such user" },
	{ &as_root, "4294967296", 2, "-u 4294967296: no such user" },	/* not 0 */
	{ &as_root, "18446744073709551616", 2, "-u 18446744073709551616: no such user" },
};

static void
check_check(void)
{
	struct cause why;
	size_t i;
	int got;

	for (i = 0; i < COUNT(check_rows); i++) {
		start(check_rows[i].start);
		why.text[0] = '\0';
		got = priv_check(check_rows[i].user, &why);
		CHECK(got == (check_rows[i].status == 0 ? 0 : -1), "row %zu: %d", i, got);
		CHECK(got == 0 || why.usage == (check_rows[i].status == 2), "row %zu", i);
		CHECK_TEXT(why.text, check_rows[i].why, "why");
	}
}

int
main(void)
{
#if !defined(HAVE_INITGROUPS) || !defined(HAVE_SETRESUID) || !defined(HAVE_SETRESGID)
	return 77;	/* its tables are those of a system that has them */
#endif
	check_ids();
	check_faults();
	check_proof();
	check_begin_and_back();
	check_order();
	check_check();
	return unit_end();
}
