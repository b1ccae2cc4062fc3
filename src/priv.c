/* priv.c - whose rights tcpreen runs with
 *
 * Root listens and nothing more: what speaks to peers and opens logs has the
 * rights of the user. Never sees anything that a peer sent.
 */
#include <config.h>

#include <sys/types.h>
#include <errno.h>
#include <grp.h>
#include <pwd.h>
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

int
priv_check(const char *user, struct cause *why)
{
	if (user != NULL && getuid() != 0) {
		cause_set(why, "-u %s: only root can change the user", user);
		return 1;
	}
	if (user != NULL && getpwnam(user) == NULL) {
		cause_set(why, "-u %s: no such user", user);
		return 2;
	}
	if (user == NULL && getuid() == 0) {
		cause_set(why, "root: refusing to run with all rights: "
		    "use -u nobody, or -u root to insist");
		return 1;
	}
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

/* Whether root is gone for good. */
static int
prove(uid_t uid, gid_t gid, struct cause *why)
{
	if (uid == 0)
		return 0;
	if (setuid(0) == 0 || seteuid(0) == 0)
		return cause_set(why, "privileges: root could be regained");
	if (getuid() != uid || geteuid() != uid || getgid() != gid || getegid() != gid)
		return cause_set(why, "privileges: not those of the user");
#ifdef HAVE_GETRESUID
	uid_t saved, ignored;

	if (getresuid(&ignored, &ignored, &saved) == -1 || saved != uid)
		return cause_set(why, "privileges: the saved user is not the user");
#endif
	return 0;
}

int
priv_drop(const char *user, struct cause *why)
{
	const struct passwd *pw = user != NULL ? getpwnam(user) : NULL;
	uid_t uid = pw != NULL ? pw->pw_uid : getuid();
	gid_t gid = pw != NULL ? pw->pw_gid : getgid();

	if (user != NULL && pw == NULL)
		return cause_set(why, "-u %s: no such user", user);
	priv_raise();
	if (setgid(gid) == -1)
		return cause_errno(why, "cannot take the group of the user", NULL);
#ifdef HAVE_INITGROUPS
	if (pw != NULL && initgroups(user, gid) == -1)
		return cause_errno(why, "cannot take the groups of", user);
#endif
	if (setuid(uid) == -1)
		return cause_errno(why, "cannot become the user", NULL);
#if defined(HAVE_SETRESUID) && defined(HAVE_SETRESGID)
	/* Without root's rights, setgid() and setuid() leave the saved ids as they were. */
	if (setresgid(gid, gid, gid) == -1 || setresuid(uid, uid, uid) == -1)
		return cause_errno(why, "cannot become the user", NULL);
#endif
	return prove(uid, gid, why);
}
