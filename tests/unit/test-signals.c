/* test-signals.c - which signals are heard, when, and what they leave in the flags
 *
 * The test has its own sigprocmask(), which counts, and its own pselect().
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/select.h>
#include <errno.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "signals.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))

static unsigned	 mask_calls;
static struct {
	int		 nfds;
	fd_set		*rd, *wr, *ex;
	bool		 forever;
	struct timespec	 t;
	const sigset_t	*mask;
}		 waited;

/* In place of the system's */

int
sigprocmask(int how, const sigset_t *restrict set, sigset_t *restrict old)
{
	mask_calls++;
	return pthread_sigmask(how, set, old);
}

int
pselect(int nfds, fd_set *restrict rd, fd_set *restrict wr, fd_set *restrict ex,
    const struct timespec *restrict t, const sigset_t *restrict mask)
{
	waited.nfds = nfds;
	waited.rd = rd;
	waited.wr = wr;
	waited.ex = ex;
	waited.forever = t == NULL;
	if (t != NULL)
		waited.t = *t;
	waited.mask = mask;
	return 7;
}

/* All signals that are spoken of, by a letter. */
static const struct {
	int	sig;
	char	letter;
} all[] = {
	{ SIGTERM, 't' }, { SIGINT, 'i' }, { SIGHUP, 'h' }, { SIGCHLD, 'c' }, { SIGPIPE, 'p' },
	{ SIGALRM, 'a' }, { SIGUSR1, 'u' },
#ifdef SIGINFO
	{ SIGINFO, 'f' },
#endif
	{ SIGUSR2, 'v' },
#ifdef SIGXFSZ
	{ SIGXFSZ, 'x' },
#endif
#ifdef SIGIO
	{ SIGIO, 'o' },
#endif
};

static int
signal_of(char letter)
{
	size_t i;

	for (i = 0; i < COUNT(all) && all[i].letter != letter; i++)
		;
	return i < COUNT(all) ? all[i].sig : 0;
}

/* A process as it is after exec: those signals ignored, those blocked, all others as usual. */
static void
start(const char *ignored, const char *blocked)
{
	struct sigaction sa = { .sa_flags = 0 };
	sigset_t set;
	size_t i;

	sigfillset(&set);
	pthread_sigmask(SIG_BLOCK, &set, NULL);
	sigemptyset(&sa.sa_mask);
	for (i = 0; i < COUNT(all); i++) {
		sa.sa_handler = SIG_IGN;	/* forgets one that is pending */
		sigaction(all[i].sig, &sa, NULL);
		sa.sa_handler = strchr(ignored, all[i].letter) != NULL ? SIG_IGN : SIG_DFL;
		sigaction(all[i].sig, &sa, NULL);
	}
	sigemptyset(&set);
	for (; *blocked != '\0'; blocked++)
		sigaddset(&set, signal_of(*blocked));
	pthread_sigmask(SIG_SETMASK, &set, NULL);
	signals_term = signals_hup = signals_last = signals_child = signals_status = 0;
	signals_begin();
}

static const char *
letters(const sigset_t *set)
{
	static char text[COUNT(all) + 1];
	char *to = text;
	size_t i;

	for (i = 0; i < COUNT(all); i++)
		if (sigismember(set, all[i].sig) == 1)
			*to++ = all[i].letter;
	*to = '\0';
	return text;
}

/* Those that are blocked. */
static const char *
blocked_now(void)
{
	sigset_t set;

	pthread_sigmask(SIG_BLOCK, NULL, &set);
	return letters(&set);
}

/* Those that are ignored; handler: those that have one, or (SIG_DFL) none. */
static const char *
with_handler(void (*handler)(int))
{
	static char text[COUNT(all) + 1];
	struct sigaction sa;
	char *to = text;
	size_t i;

	for (i = 0; i < COUNT(all); i++) {
		sigaction(all[i].sig, NULL, &sa);
		if (sa.sa_handler == handler)
			*to++ = all[i].letter;
	}
	*to = '\0';
	return text;
}

#ifdef SIGXFSZ
# define X	"x"
#else
# define X	""
#endif
#ifdef SIGINFO
# define F	"f"
#else
# define F	""
#endif

static void
test_catch(void)
{
	static const struct {
		enum signals_hangup hangup;
		const char	*ignored_before, *blocked_before;
		const char	*ignored, *usual, *blocked;	/* after */
		int		 terms;		/* SIGTERM, SIGINT, SIGHUP: how many count as ends */
		int		 hups, status;
	} cases[] = {
		{ HANGUP_ENDS,	"", "",		"p" X, "av", "cu" F,	3, 0, 1 },
		{ HANGUP_RELOADS, "", "",	"p" X, "av", "hcu" F,	2, 1, 1 },
		{ HANGUP_RELOADS_ALWAYS, "", "", "p" X, "av", "hcu" F,	2, 1, 1 },
		{ HANGUP_ENDS,	"h", "",	"hp" X, "av", "cu" F,	2, 0, 1 },
		{ HANGUP_RELOADS, "h", "",	"hp" X, "av", "hcu" F,	2, 0, 1 },
		{ HANGUP_RELOADS_ALWAYS, "h", "", "p" X, "av", "hcu" F,	2, 1, 1 },
		{ HANGUP_ENDS,	"i", "",	"ip" X, "av", "cu" F,	2, 0, 1 },
		{ HANGUP_ENDS,	"t", "",	"tp" X, "av", "cu" F,	2, 0, 1 },
		{ HANGUP_RELOADS, "tihcpa", "ao", "tihpa" X, "v", "hcu" F, 0, 0, 1 },
		{ HANGUP_RELOADS_ALWAYS, "", "aov", "p" X, "av", "hcu" F "v", 2, 1, 1 },
		{ HANGUP_ENDS,	"u" F, "",	"pu" F X, "av", "cu" F,	3, 0, 0 },
	};
	struct sigaction sa;
	char title[32];
	sigset_t none, pending;
	size_t i, j;

	sigemptyset(&none);
	for (i = 0; i < COUNT(cases); i++) {
		start(cases[i].ignored_before, cases[i].blocked_before);
		signals_catch(cases[i].hangup);
		snprintf(title, sizeof(title), "case %zu", i);
		CHECK_TEXT(with_handler(SIG_IGN), cases[i].ignored, title);
		CHECK_TEXT(with_handler(SIG_DFL), cases[i].usual, title);
		CHECK_TEXT(blocked_now(), cases[i].blocked, title);
		for (j = 0; j < COUNT(all); j++) {
			sigaction(all[j].sig, NULL, &sa);
			if (sa.sa_handler == SIG_DFL)
				continue;
			CHECK(sa.sa_handler == SIG_IGN || (sa.sa_flags & SA_RESTART) == 0,
			    "%s: %c does not interrupt", title, all[j].letter);
			CHECK(sa.sa_handler == SIG_IGN || sigismember(&sa.sa_mask, SIGUSR2) == 1,
			    "%s: %c can be interrupted itself", title, all[j].letter);
		}
		raise(SIGHUP);
		raise(SIGINT);
		raise(SIGTERM);
		raise(SIGCHLD);
		raise(SIGUSR1);
		CHECK(signals_child == 0 && signals_status == 0 && signals_hup == 0, "%s: they wait", title);
		sigpending(&pending);
		CHECK(sigismember(&pending, SIGCHLD) == 1, "%s: SIGCHLD is pending", title);
		pthread_sigmask(SIG_SETMASK, &none, NULL);
		CHECK(signals_term == cases[i].terms && signals_hup == cases[i].hups &&
		    signals_child == 1 && signals_status == cases[i].status,
		    "%s: %d ends, %d reloads, %d children, %d questions", title, (int)signals_term,
		    (int)signals_hup, (int)signals_child, (int)signals_status);
#ifdef SIGINFO
		signals_status = 0;
		raise(SIGINFO);
		CHECK(signals_status == cases[i].status, "%s: SIGINFO", title);
#endif
	}
}

static void
test_last(void)
{
	static const struct {
		int		 sig;
		const char	*name;
	} ends[] = {
		{ SIGTERM, "SIGTERM" }, { SIGINT, "SIGINT" }, { SIGHUP, "SIGHUP" },
#ifdef SIGIO
		{ SIGIO, "the launching process has ended" },
#endif
	};
	size_t i;

	start("", "");
	signals_catch(HANGUP_ENDS);
	for (i = 0; i < COUNT(ends); i++) {
		raise(ends[i].sig);
		CHECK(signals_term == (int)i + 1 && signals_last == ends[i].sig, "%d", (int)signals_last);
		CHECK_TEXT(signals_name(ends[i].sig), ends[i].name, "its name");
	}
	CHECK_TEXT(signals_name(SIGUSR2), "a signal", "another one");
}

/* What the kernel sends for a terminal has a code above 0, what processes send has not. */
static void
test_typed(void)
{
	static const struct { int code, typed; } cases[] = {
		{ 1, 1 }, { 128, 1 }, { 0, 0 }, { -1, 0 }, { -6, 0 }, { 2, 1 },
	};
	struct sigaction sa;
	siginfo_t info;
	int round, ends = 0;
	size_t i;

	start("", "");
	signals_catch(HANGUP_RELOADS);
	sigaction(SIGINT, NULL, &sa);
	memset(&info, 0, sizeof(info));
	CHECK((sa.sa_flags & SA_SIGINFO) != 0, "flags %x", (unsigned)sa.sa_flags);
	for (round = 0; round < 2; round++) {
		for (i = 0; i < COUNT(cases); i++) {
			info.si_code = cases[i].code;
			sa.sa_sigaction(SIGINT, &info, NULL);
			ends += round == 0 || !cases[i].typed;
			CHECK(signals_term == ends, "round %d, code %d: %d", round, cases[i].code,
			    (int)signals_term);
		}
		signals_leave_typed();	/* for another program: they count no more */
	}
	raise(SIGINT);
	CHECK(signals_term == ends + 1, "raise()");
}

static void
test_block(void)
{
	start("", "tv");
	signals_catch(HANGUP_RELOADS);
	signals_block();
	CHECK_TEXT(blocked_now(), "tihcu" F "v", "all of ours, and what was");
	CHECK_TEXT(letters(&signals_wait_mask), "v", "while it waits: what was, but none of ours");
}

static void
test_let_in(void)
{
	static const char ours[] = "tihcu" F;
	size_t i;

	for (i = 0; ours[i] != '\0'; i++) {
		start("", "v");
		signals_catch(HANGUP_RELOADS);
		signals_block();
		raise(SIGUSR2);
		mask_calls = 0;
		signals_let_in();
		CHECK(mask_calls == 0, "none of ours is pending: %u calls", mask_calls);
		raise(signal_of(ours[i]));
		CHECK(signals_term + signals_hup + signals_child + signals_status == 0, "%c waits", ours[i]);
		signals_let_in();
		CHECK(mask_calls == 2, "%u calls", mask_calls);
		CHECK(signals_term == (i < 2) && signals_hup == (i == 2) && signals_child == (i == 3) &&
		    signals_status == (i >= 4),
		    "%c: %d %d %d", ours[i], (int)signals_term, (int)signals_hup, (int)signals_child);
		CHECK_TEXT(blocked_now(), "tihcu" F "v", "afterwards, as before");
	}
	CHECK(SIGNALS_TURNS >= 2 && SIGNALS_TURNS <= 64, "%d", SIGNALS_TURNS);
}

/* A lookup helper, and the session that forks it. */
static void
test_helper(void)
{
	start("a", "");
	signals_catch(HANGUP_RELOADS);
	signals_block();
	signals_no_zombies();
	CHECK_TEXT(with_handler(SIG_IGN), "cpa" X, "SIGCHLD is ignored");
	signals_default();
	CHECK_TEXT(with_handler(SIG_DFL), "tiav", "what can end a helper does");
	CHECK_TEXT(with_handler(SIG_IGN), "cpu" F X, "what asks is not heard");
	CHECK_TEXT(blocked_now(), "", "and is let in");
}

/* What another program is started with: as this one was, but for those that are ignored here only. */
static void
test_before_exec(void)
{
	start("i", "v");
	signals_catch(HANGUP_RELOADS);
	signals_block();
	signals_before_exec();
	CHECK_TEXT(with_handler(SIG_IGN), "i", "what the user ignores stays so");
	CHECK_TEXT(with_handler(SIG_DFL), "pav" X, "as usual");
	CHECK_TEXT(blocked_now(), "v", "nothing of ours is blocked");
}

/* What asks for the status: kept out from the start, and let in where a call may wait long. */
static void
test_status(void)
{
	start("", "");
	CHECK_TEXT(blocked_now(), "u" F, "before there is a handler");
	signals_catch(HANGUP_RELOADS);
	signals_block();
	raise(SIGUSR1);
	raise(SIGTERM);
	CHECK(signals_status == 0, "it waits");
	signals_let_status(true);
	CHECK(signals_status == 1 && signals_term == 0, "it alone is let in");
	CHECK_TEXT(blocked_now(), "tihc", "all others are not");
	signals_let_status(false);
	CHECK_TEXT(blocked_now(), "tihcu" F, "as before");
	signals_in_session();
	CHECK_TEXT(with_handler(SIG_IGN), "p" F X, "a session leaves ^T to the parent");
}

static void
test_select(void)
{
	static const struct {
		long long	 ms;
		bool		 forever;
		time_t		 s;
		long		 ns;
	} cases[] = {
		{ -1, true, 0, 0 },
		{ 0, false, 0, 0 },
		{ 1, false, 0, 1000000 },
		{ 1999, false, 1, 999000000 },
		{ 31LL * 86400 * 1000, false, 31L * 86400, 0 },
		{ 31LL * 86400 * 1000 + 1, false, 31L * 86400, 0 },
		{ 1LL << 60, false, 31L * 86400, 0 },
	};
	fd_set rd, wr, ex;
	size_t i;

	for (i = 0; i < COUNT(cases); i++) {
		CHECK(signals_select(5, &rd, &wr, &ex, cases[i].ms) == 7, "what pselect() returns");
		CHECK(waited.nfds == 5 && waited.rd == &rd && waited.wr == &wr && waited.ex == &ex &&
		    waited.mask == &signals_wait_mask, "what it was asked");
		CHECK(waited.forever == cases[i].forever && (waited.forever ||
		    (waited.t.tv_sec == cases[i].s && waited.t.tv_nsec == cases[i].ns)),
		    "%lld ms: %lld s %ld ns", cases[i].ms, (long long)waited.t.tv_sec, waited.t.tv_nsec);
	}
}

int
main(void)
{
	alarm(30);
	test_catch();
	test_last();
	test_block();
	test_let_in();
	test_helper();
	test_before_exec();
	test_status();
	test_select();
	test_typed();		/* the last, for nothing takes it back */
	return unit_end();
}
