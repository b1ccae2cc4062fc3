/* priv.c - whose rights tcpreen runs with
 *
 * Runs in: parent. Root listens and nothing more: what speaks to peers and opens logs has the
 * rights of the user. Never sees anything that a peer sent.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/types.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "priv.h"

static uid_t	privileged;	/* what a set-UID program was given */

int
priv_begin(struct cause *why)
{
	privileged = geteuid();
	if (setegid(getgid()) == -1 || seteuid(getuid()) == -1)
		return cause_errno(why, "cannot use the rights of the real user", NULL);
	return 0;
}

/* The account of a name or, when nobody has that name, of a user number; NULL: none. */
static const struct passwd *
find_account(const char *user)
{
	const struct passwd *pw = getpwnam(user);
	char *end;
	unsigned long uid;

	if (pw != NULL || user[strspn(user, "0123456789")] != '\0' || user[0] == '\0')
		return pw;
	errno = 0;
	uid = strtoul(user, &end, 10);
	if (errno != 0 || (uid_t)uid != uid)
		return NULL;
	return getpwuid((uid_t)uid);
}

int
priv_check(const char *user, struct cause *why)
{
	if (user != NULL && getuid() != 0)
		return cause_set(why, "-u %.200s: only root can change the user", user);
	if (user != NULL && find_account(user) == NULL)
		return cause_usage(why, "-u %.200s: no such user", user);
	if (user == NULL && getuid() == 0)
		return cause_set(why, "root: refusing to run with all rights: "
		    "use -u nobody, or -u root to insist");
	return 0;
}

void
priv_raise(void)
{
	if (privileged != getuid() && seteuid(privileged) == -1)
		verbose(1, "privileges: %s", strerror(errno));
}

void
priv_lower(void)
{
	if (privileged != getuid() && seteuid(getuid()) == -1)
		complain("privileges: %s", strerror(errno));	/* priv_drop() will look again */
}

/* Whether the rights of before are gone for good, those of a set-UID program's owner, too. */
static int
prove(uid_t uid, gid_t gid, struct cause *why)
{
	if (uid == 0)
		return 0;
	if (setuid(0) == 0 || seteuid(0) == 0)
		return cause_set(why, "privileges: root could be regained");
	if (privileged != uid && seteuid(privileged) == 0)
		return cause_set(why, "privileges: those of before could be regained");
	if (getuid() != uid || geteuid() != uid || getgid() != gid || getegid() != gid)
		return cause_set(why, "privileges: not those of the user");
#ifdef HAVE_GETRESUID
	uid_t saved, ignored;

	if (getresuid(&ignored, &ignored, &saved) == -1 || saved != uid)
		return cause_set(why, "privileges: the saved user is not the user");
#endif
#ifdef HAVE_GETRESGID
	gid_t saved_group, ignored_group;

	if (getresgid(&ignored_group, &ignored_group, &saved_group) == -1 || saved_group != gid)
		return cause_set(why, "privileges: the saved group is not the user's");
#endif
	return 0;
}

/* The supplementary groups of an account in place of root's. 0, or -1 with why. */
static int
take_groups(const struct passwd *pw, struct cause *why)
{
#ifdef HAVE_INITGROUPS
	if (initgroups(pw->pw_name, pw->pw_gid) == -1)
		return cause_errno(why, "cannot take the groups of", pw->pw_name);
	return 0;
#else
	if (pw->pw_uid == 0)	/* -u root keeps what root has */
		return 0;
	return cause_set(why, "-u %.200s: this system has no way to give up root's groups",
	    pw->pw_name);
#endif
}

int
priv_drop(const char *user, struct cause *why)
{
	const struct passwd *pw = user != NULL ? find_account(user) : NULL;
	uid_t uid = pw != NULL ? pw->pw_uid : getuid();
	gid_t gid = pw != NULL ? pw->pw_gid : getgid();

	if (user != NULL && pw == NULL)
		return cause_set(why, "-u %.200s: no such user", user);
	priv_raise();
	if (setgid(gid) == -1)
		return cause_errno(why, "cannot take the group of the user", NULL);
	if (pw != NULL && take_groups(pw, why) == -1)
		return -1;
	if (setuid(uid) == -1)
		return cause_errno(why, "cannot become the user", NULL);
#if defined(HAVE_SETRESUID) && defined(HAVE_SETRESGID)
	/* Without root's rights, setgid() and setuid() leave the saved ids as they were. */
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return cause_errno(why, "cannot become the user", NULL);
#endif
	return prove(uid, gid, why);
}
