/* faulty.c - tcpreen whose system calls are traced, or fail when they are told to
 *
 * Linked with the program in place of main's own calls (the linker's --wrap, see
 * Makefile.am), and steered by the environment.
 *
 * FAULTY_TRACE=FILE	appends a line for each call of any process when it has
 *			returned: its process, name, arguments, result, and the errno
 *			of a failure; calls for memory alone are left out:
 *
 *	4711 open /tmp/x O_WRONLY|O_CREAT|O_APPEND|O_CLOEXEC 0666 = 5
 *	4711 setsockopt 7 IPPROTO_TCP TCP_NODELAY 1 = 0
 *	4711 setsockopt 7 SOL_SOCKET SO_LINGER 1,0 = 0
 *	4711 bind 7 127.0.0.1:25 = -1 EACCES
 *	4711 kill 4712 SIGTERM = 0
 *	4711 sigaction SIGHUP SIG_IGN - = 0		(a handler is shown as HANDLER)
 *	4711 pselect 8 read 4,5 write - except - 1.500000000 blocked SIGPIPE = 1
 *	4711 fcntl 6 F_SETLKW F_WRLCK 0 0 = 0
 *	4711 write 6 12 hello\040there\n = 12		(bytes escaped; blanks as \040)
 *
 * FAULTY_CALL=NAME	calls of this name fail, in whichever process,
 * FAULTY_ARGS=TEXT	only those whose arguments, as the trace has them, contain this,
 * FAULTY_AFTER=N	after the first N of these, which go well,
 * FAULTY_TIMES=N	so many of them, once if not said, or "always" for ever,
 * FAULTY_HOW=...	and in this way:
 *			ERRNO	a name like EMFILE: fails with that errno
 *			EAI_...	the same, of getaddrinfo() and getnameinfo()
 *			NUMBER	does nothing, and returns this
 *			SHORT	does half of its work (read, recv, send, write)
 *			KILL	does half of its work, and its process is killed
 *			LATE	does all of it, a while later
 *			SIG...	its process gets this signal first
 *			STEP	clock_gettime() is an hour ahead
 *
 * A write() to stderr is called "say": when it fails, nothing can be said.
 *
 * Or, for whoever wants to go through all places in src/ that call the system:
 *
 * FAULTY_LIST=FILE	appends a line for each place when it is first reached:
 *			"NAME PLACE", the place as an offset that is the same in
 *			every run
 * FAULTY_AT=PLACE	the place that fails, the first time in any process,
 *			as FAULTY_HOW says
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/types.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/resource.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#ifdef HAVE_EPOLL_CREATE1
# include <sys/epoll.h>
#endif
#ifdef HAVE_LINUX_SOCKIOS_H
# include <linux/sockios.h>
#endif
#ifdef HAVE_LANDLOCK
# include <sys/syscall.h>
#endif
#ifdef HAVE_SYS_PRCTL_H
# include <sys/prctl.h>
#endif
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <arpa/inet.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <ifaddrs.h>
#include <netdb.h>
#include <poll.h>
#include <pwd.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#define PLACES	1024
#define LATE_MS	30
#define SHOWN	100		/* bytes of data, or of a message, in the trace */

int	main(int argc, char *argv[]);

/* What faulty itself calls, whether it is wrapped or not. */
int	__real_close(int);
int	__real_fcntl(int, int, ...);
int	__real_kill(pid_t, int);
void	*__real_mmap(void *, size_t, int, int, int, off_t);
int	__real_open(const char *, int, ...);
ssize_t	__real_write(int, const void *, size_t);

/* Words for numbers */

struct word {
	const char	*name;
	long		 value;
};

#define W(x)	{ #x, (long)(x) }
#define END	{ NULL, 0 }

static const struct word errors[] = {
	W(EACCES), W(EADDRINUSE), W(EADDRNOTAVAIL), W(EAFNOSUPPORT), W(EAGAIN), W(EALREADY),
	W(EBADF), W(EBUSY), W(ECHILD), W(ECONNABORTED), W(ECONNREFUSED), W(ECONNRESET), W(EDQUOT),
	W(EEXIST), W(EFAULT), W(EFBIG), W(EHOSTDOWN), W(EHOSTUNREACH), W(EINPROGRESS), W(EINTR),
	W(EINVAL), W(EIO), W(EISCONN), W(EISDIR), W(ELOOP), W(EMFILE), W(EMSGSIZE),
	W(ENAMETOOLONG), W(ENETDOWN), W(ENETUNREACH), W(ENFILE), W(ENOBUFS), W(ENODEV), W(ENOENT),
	W(ENOMEM), W(ENOPROTOOPT), W(ENOSPC), W(ENOSYS), W(ENOTCONN), W(ENOTDIR), W(ENOTSOCK),
	W(ENOTTY), W(ENXIO), W(EOPNOTSUPP), W(EPERM), W(EPIPE), W(EPROTO), W(EPROTONOSUPPORT),
	W(EROFS), W(ESPIPE), W(ESRCH), W(ETIMEDOUT), END
};

static const struct word resolver_errors[] = {
	W(EAI_AGAIN), W(EAI_BADFLAGS), W(EAI_FAIL), W(EAI_FAMILY), W(EAI_MEMORY), W(EAI_NONAME),
	W(EAI_OVERFLOW), W(EAI_SERVICE), W(EAI_SOCKTYPE), W(EAI_SYSTEM), END
};

static const struct word signals[] = {
	W(SIGHUP), W(SIGINT), W(SIGQUIT), W(SIGILL), W(SIGTRAP), W(SIGABRT), W(SIGBUS), W(SIGFPE),
	W(SIGKILL), W(SIGUSR1), W(SIGSEGV), W(SIGUSR2), W(SIGPIPE), W(SIGALRM), W(SIGTERM),
	W(SIGCHLD), W(SIGCONT), W(SIGSTOP), W(SIGTSTP), W(SIGTTIN), W(SIGTTOU), W(SIGURG),
	W(SIGWINCH), W(SIGXFSZ), END
};

static const struct word open_modes[] = { W(O_RDONLY), W(O_WRONLY), W(O_RDWR), END };
static const struct word open_flags[] = {
	W(O_CREAT), W(O_EXCL), W(O_NOCTTY), W(O_TRUNC), W(O_APPEND), W(O_NONBLOCK), W(O_CLOEXEC),
	W(O_DIRECTORY), W(O_NOFOLLOW), END
};
static const struct word families[] = { W(AF_UNSPEC), W(AF_UNIX), W(AF_INET), W(AF_INET6), END };
static const struct word socket_types[] = { W(SOCK_STREAM), W(SOCK_DGRAM), END };
static const struct word socket_flags[] = {
#ifdef SOCK_CLOEXEC
	W(SOCK_CLOEXEC), W(SOCK_NONBLOCK),
#endif
	END
};
static const struct word levels[] = {
	W(SOL_SOCKET), W(IPPROTO_TCP), W(IPPROTO_IPV6), W(IPPROTO_IP), END
};
static const struct word socket_options[] = {
	W(SO_REUSEADDR), W(SO_KEEPALIVE), W(SO_OOBINLINE), W(SO_LINGER), W(SO_ERROR), W(SO_RCVBUF),
	W(SO_SNDBUF), W(SO_TYPE), W(SO_ACCEPTCONN),
#ifdef SO_REUSEPORT
	W(SO_REUSEPORT),
#endif
#ifdef SO_PEERCRED
	W(SO_PEERCRED),
#endif
#ifdef SO_NWRITE
	W(SO_NWRITE),
#endif
	END
};
static const struct word tcp_options[] = {
	W(TCP_NODELAY), W(TCP_MAXSEG),
#ifdef TCP_INFO
	W(TCP_INFO),
#endif
#ifdef TCP_QUICKACK
	W(TCP_QUICKACK), W(TCP_CORK), W(TCP_USER_TIMEOUT),
#endif
	END
};
static const struct word ipv6_options[] = { W(IPV6_V6ONLY), W(IPV6_UNICAST_HOPS), END };
static const struct word shuts[] = { W(SHUT_RD), W(SHUT_WR), W(SHUT_RDWR), END };
static const struct word message_flags[] = {
	W(MSG_OOB), W(MSG_PEEK), W(MSG_DONTWAIT), W(MSG_NOSIGNAL), W(MSG_WAITALL), END
};
static const struct word fcntl_commands[] = {
	W(F_DUPFD), W(F_DUPFD_CLOEXEC), W(F_GETFD), W(F_SETFD), W(F_GETFL), W(F_SETFL),
	W(F_GETLK), W(F_SETLK), W(F_SETLKW), W(F_SETOWN), END
};
static const struct word lock_types[] = { W(F_RDLCK), W(F_WRLCK), W(F_UNLCK), END };
static const struct word ioctls[] = {
#ifdef FIONREAD
	W(FIONREAD),
#endif
#ifdef FIONWRITE
	W(FIONWRITE),
#endif
#ifdef SIOCOUTQ
	W(SIOCOUTQ),
#elif defined TIOCOUTQ
	W(TIOCOUTQ),
#endif
#ifdef TIOCGWINSZ
	W(TIOCGWINSZ),
#endif
	END
};
static const struct word whences[] = { W(SEEK_SET), W(SEEK_CUR), W(SEEK_END), END };
static const struct word protections[] = { W(PROT_READ), W(PROT_WRITE), W(PROT_EXEC), END };
static const struct word map_flags[] = {
	W(MAP_SHARED), W(MAP_PRIVATE), W(MAP_ANONYMOUS), END
};
static const struct word advices[] = {
#ifdef MADV_DONTFORK
	W(MADV_DONTFORK), W(MADV_WIPEONFORK),
#endif
#ifdef MADV_DONTNEED
	W(MADV_DONTNEED),
#endif
	END
};
static const struct word limits[] = {
	W(RLIMIT_NOFILE), W(RLIMIT_CORE),
#ifdef RLIMIT_NPROC
	W(RLIMIT_NPROC),
#endif
	END
};
static const struct word wait_flags[] = { W(WNOHANG), W(WUNTRACED), END };
static const struct word clocks[] = { W(CLOCK_REALTIME), W(CLOCK_MONOTONIC), END };
static const struct word action_flags[] = {
	W(SA_RESTART), W(SA_NOCLDSTOP), W(SA_NOCLDWAIT), W(SA_RESETHAND), W(SA_SIGINFO), END
};
static const struct word mask_changes[] = { W(SIG_BLOCK), W(SIG_UNBLOCK), W(SIG_SETMASK), END };
static const struct word severities[] = {
	W(LOG_EMERG), W(LOG_ALERT), W(LOG_CRIT), W(LOG_ERR), W(LOG_WARNING), W(LOG_NOTICE),
	W(LOG_INFO), W(LOG_DEBUG), END
};
static const struct word facilities[] = {
	W(LOG_USER), W(LOG_DAEMON), W(LOG_AUTH), W(LOG_LOCAL0), W(LOG_LOCAL1), W(LOG_LOCAL2),
	W(LOG_LOCAL3), W(LOG_LOCAL4), W(LOG_LOCAL5), W(LOG_LOCAL6), W(LOG_LOCAL7), END
};
static const struct word syslog_flags[] = { W(LOG_PID), W(LOG_NDELAY), W(LOG_CONS), W(LOG_PERROR), END };
static const struct word lookup_flags[] = {
	W(AI_PASSIVE), W(AI_NUMERICHOST), W(AI_NUMERICSERV), W(AI_ADDRCONFIG), W(AI_CANONNAME), END
};
static const struct word name_flags[] = {
	W(NI_NUMERICHOST), W(NI_NUMERICSERV), W(NI_NAMEREQD), W(NI_DGRAM), END
};
static const struct word access_modes[] = { W(R_OK), W(W_OK), W(X_OK), END };
#ifdef HAVE_SYS_PRCTL_H
static const struct word prctls[] = {
#ifdef PR_SET_NAME
	W(PR_SET_NAME), W(PR_SET_PDEATHSIG), W(PR_SET_DUMPABLE), W(PR_SET_NO_NEW_PRIVS),
	W(PR_SET_CHILD_SUBREAPER),
	W(PR_SET_SECCOMP),
#endif
	END
};
#endif
#ifdef HAVE_EPOLL_CREATE1
static const struct word epoll_ops[] = {
	W(EPOLL_CTL_ADD), W(EPOLL_CTL_MOD), W(EPOLL_CTL_DEL), END
};
#endif

/* Some texts at a time, each in a place of its own; for the arguments of one call. */
static char *
place_for_text(void)
{
	static char text[8][512];
	static unsigned int next;

	next = (next + 1) % 8;
	text[next][0] = '\0';
	return text[next];
}

static const char *
word_for(const struct word *words, long value)
{
	char *text;

	for (; words->name != NULL; words++)
		if (words->value == value)
			return words->name;
	text = place_for_text();
	sprintf(text, "%ld", value);
	return text;
}

static const struct word *
word_find(const struct word *words, const char *name)
{
	for (; words->name != NULL; words++)
		if (strcmp(words->name, name) == 0)
			return words;
	return NULL;
}

static void
join(char *text, const char *more, const char *between)
{
	if (strlen(text) + strlen(more) + 2 > 500)
		return;
	if (*text != '\0')
		strcat(text, between);
	strcat(text, more);
}

/* A|B|0x40: the bits that have a word, and the rest; "0" when there are none. */
static const char *
flags_for(const struct word *words, long value)
{
	char *text = place_for_text(), rest[32];

	for (; words->name != NULL; words++)
		if (words->value != 0 && (value & words->value) == words->value) {
			join(text, words->name, "|");
			value &= ~words->value;
		}
	if (value != 0 || *text == '\0') {
		sprintf(rest, value == 0 ? "0" : "0x%lx", (unsigned long)value);
		join(text, rest, "|");
	}
	return text;
}

/* A value out of some words, and bits beside it. */
static const char *
mixed(const struct word *words, long mask, const struct word *flags, long value)
{
	char *text = place_for_text();

	join(text, word_for(words, value & mask), "|");
	if ((value & ~mask) != 0)
		join(text, flags_for(flags, value & ~mask), "|");
	return text;
}

static const char *
data_for(const void *data, size_t n)
{
	const unsigned char *in = data;
	char *text = place_for_text(), *to = text;
	size_t i;

	if (data == NULL)
		return "NULL";
	for (i = 0; i < n && to < text + 480; i++)
		to += sprintf(to, in[i] == '\n' ? "\\n" : in[i] == '\\' ? "\\\\" :
		    in[i] > ' ' && in[i] < 0x7f ? "%c" : "\\%03o", in[i]);
	return text;
}

static const char *
text_for(const char *s)
{
	return s == NULL ? "NULL" : data_for(s, strlen(s));
}

static const char *
bytes_for(const void *data, size_t n)
{
	return n == 0 ? "" : data_for(data, n < SHOWN ? n : SHOWN);
}

static const char *
address_for(const struct sockaddr *a, socklen_t n)
{
	char *text = place_for_text(), host[INET6_ADDRSTRLEN];
	struct sockaddr_in in;
	struct sockaddr_in6 in6;

	if (a->sa_family == AF_INET && n >= sizeof(in)) {
		memcpy(&in, a, sizeof(in));
		inet_ntop(AF_INET, &in.sin_addr, host, sizeof(host));
		sprintf(text, "%s:%d", host, ntohs(in.sin_port));
	} else if (a->sa_family == AF_INET6 && n >= sizeof(in6)) {
		memcpy(&in6, a, sizeof(in6));
		inet_ntop(AF_INET6, &in6.sin6_addr, host, sizeof(host));
		sprintf(text, "[%s]:%d", host, ntohs(in6.sin6_port));
	} else if (a->sa_family == AF_UNIX) {
		sprintf(text, "unix:%.300s", text_for(((const struct sockaddr_un *)a)->sun_path));
	} else {
		sprintf(text, "family %d", a->sa_family);
	}
	return text;
}

static const char *
option_for(int level, int option)
{
	return word_for(level == SOL_SOCKET ? socket_options : level == IPPROTO_TCP ? tcp_options :
	    level == IPPROTO_IPV6 ? ipv6_options : socket_options + sizeof(socket_options) /
	    sizeof(*socket_options) - 1, option);
}

static const char *
option_value(const void *value, socklen_t n)
{
	char *text = place_for_text();
	struct linger linger;
	int number;

	if (n == sizeof(linger)) {
		memcpy(&linger, value, n);
		sprintf(text, "%d,%d", linger.l_onoff, linger.l_linger);
	} else if (n == sizeof(number)) {
		memcpy(&number, value, n);
		sprintf(text, "%d", number);
	} else {
		sprintf(text, "(%ld bytes)", (long)n);
	}
	return text;
}

static const char *
set_for(int n, const fd_set *set)
{
	char *text = place_for_text(), fd_text[16];
	int fd;

	for (fd = 0; set != NULL && fd < n && fd < FD_SETSIZE; fd++)
		if (FD_ISSET(fd, set)) {
			sprintf(fd_text, "%d", fd);
			join(text, fd_text, ",");
		}
	return *text != '\0' ? text : "-";
}

static const char *
time_for(const struct timespec *t)
{
	char *text = place_for_text();

	if (t == NULL)
		return "forever";
	sprintf(text, "%lld.%09ld", (long long)t->tv_sec, t->tv_nsec);
	return text;
}

static const char *
mask_for(const sigset_t *set)
{
	char *text = place_for_text();
	const struct word *w;

	for (w = signals; set != NULL && w->name != NULL; w++)
		if (sigismember(set, (int)w->value) == 1)
			join(text, w->name, ",");
	return *text != '\0' ? text : "-";
}

static const char *
action_for(const struct sigaction *a)
{
	char *text = place_for_text();

	if (a == NULL)
		return "NULL";
	sprintf(text, "%s %s", a->sa_handler == SIG_DFL ? "SIG_DFL" :
	    a->sa_handler == SIG_IGN ? "SIG_IGN" : "HANDLER",
	    a->sa_flags == 0 ? "-" : flags_for(action_flags, a->sa_flags));
	return text;
}

static const char *
fcntl_for(int command, const void *more)
{
	char *text = place_for_text();
	const struct flock *lock = more;
	long number = (long)(intptr_t)more;

	if (command == F_SETLK || command == F_SETLKW || command == F_GETLK)
		sprintf(text, "%s %lld %lld", word_for(lock_types, lock->l_type),
		    (long long)lock->l_start, (long long)lock->l_len);
	else if (command == F_SETFD)
		strcpy(text, (number & FD_CLOEXEC) != 0 ? "FD_CLOEXEC" : "0");
	else if (command == F_SETFL)
		strcpy(text, mixed(open_modes, O_ACCMODE, open_flags, (int)number));
	else if (command == F_GETFD || command == F_GETFL)
		strcpy(text, "-");
	else
		sprintf(text, "%d", (int)number);
	return text;
}

/* What shall fail */

enum verdict { GO, FAIL, LESS, VALUE };

enum how { HOW_ERRNO, HOW_RESOLVER, HOW_VALUE, HOW_SHORT, HOW_KILL, HOW_LATE, HOW_SIGNAL, HOW_STEP };

/* What all processes of a run share. */
static struct {
	size_t		n;
	long		place[PLACES];
	bool		done;
	unsigned long	calls;		/* of FAULTY_CALL, so far */
} *shared;

static struct {
	long		 at;		/* FAULTY_AT, 0: none */
	const char	*call, *args;
	unsigned long	 after, times;
	enum how	 how;
	long		 value;		/* errno, result or signal */
	bool		 dies;		/* the call that is going on is its process's last */
} fault;

static int		 list = -1, trace = -1;
static const char	*trace_file;
static char		 line[2048];	/* "NAME ARGUMENTS" of the call that is going on */

static unsigned long
number_of(const char *variable, unsigned long otherwise)
{
	const char *text = getenv(variable);

	return text == NULL ? otherwise : strcmp(text, "always") == 0 ? (unsigned long)-1 :
	    strtoul(text, NULL, 10);
}

static void
begin_how(const char *how)
{
	static const struct word others[] = {
		{ "SHORT", HOW_SHORT }, { "KILL", HOW_KILL }, { "LATE", HOW_LATE },
		{ "STEP", HOW_STEP }, END
	};
	const struct word *w;
	char *end;

	fault.value = strtol(how, &end, 0);
	if (end != how && *end == '\0')
		fault.how = HOW_VALUE;
	else if ((w = word_find(others, how)) != NULL)
		fault.how = (enum how)w->value;
	else if ((w = word_find(signals, how)) != NULL)
		fault.how = HOW_SIGNAL;
	else if ((w = word_find(resolver_errors, how)) != NULL)
		fault.how = HOW_RESOLVER;
	else if ((w = word_find(errors, how)) != NULL)
		fault.how = HOW_ERRNO;
	else {
		fprintf(stderr, "faulty: FAULTY_HOW=%s: unknown\n", how);
		abort();
	}
	if (fault.how != HOW_VALUE)
		fault.value = w->value;
}

/* A file of our own, where no descriptor of the program is shifted by it. */
static int
file_open(const char *file)
{
	int fd = __real_open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666), high;

	if (fd == -1 || (high = __real_fcntl(fd, F_DUPFD_CLOEXEC, 900)) == -1)
		return fd;
	__real_close(fd);
	return high;
}

/* Before main(): nothing of this is to be seen by tcpreen. */
static void __attribute__((constructor))
begin(void)
{
	const char *file = getenv("FAULTY_LIST"), *how = getenv("FAULTY_HOW");
	const char *place = getenv("FAULTY_AT");

	shared = __real_mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (shared == MAP_FAILED)
		abort();
	if (file != NULL)
		list = file_open(file);
	if ((trace_file = getenv("FAULTY_TRACE")) != NULL)
		trace = file_open(trace_file);
	if (how == NULL)
		return;
	begin_how(how);
	fault.at = place != NULL ? strtol(place, NULL, 10) : 0;
	fault.call = getenv("FAULTY_CALL");
	fault.args = getenv("FAULTY_ARGS");
	fault.after = number_of("FAULTY_AFTER", 0);
	fault.times = number_of("FAULTY_TIMES", 1);
}

static void
note_place(const char *name, long place)
{
	size_t i;
	char text[80];
	int n;

	for (i = 0; i < shared->n && shared->place[i] != place; i++)
		;
	if (i < shared->n || i == PLACES)
		return;
	shared->place[shared->n++] = place;
	n = snprintf(text, sizeof(text), "%s %ld\n", name, place);
	if (__real_write(list, text, (size_t)n) != n)
		abort();
}

/* Whether this call, at this place and with the arguments in line, is one that fails. */
static bool
is_the_one(const char *name, long place)
{
	unsigned long nth;

	if (fault.at != 0 && place == fault.at && !shared->done)
		return shared->done = true;
	if (fault.call == NULL || strcmp(name, fault.call) != 0 ||
	    (fault.args != NULL && strstr(line, fault.args) == NULL))
		return false;
	nth = __sync_fetch_and_add(&shared->calls, 1);
	return nth >= fault.after && nth - fault.after < fault.times;
}

/* What is to be done about this call; errno is set for FAIL. */
static enum verdict
hit(const char *name, const void *from)
{
	long place = (long)((intptr_t)from - (intptr_t)main);

	if (list != -1)
		note_place(name, place);
	if (!is_the_one(name, place))
		return GO;
	switch (fault.how) {
	case HOW_ERRNO:
		errno = (int)fault.value;
		return FAIL;
	case HOW_RESOLVER:
	case HOW_VALUE:
		return VALUE;
	case HOW_KILL:
		fault.dies = true;
		return LESS;
	case HOW_SHORT:
		return LESS;
	case HOW_LATE:
		poll(NULL, 0, LATE_MS);
		return GO;
	case HOW_SIGNAL:
		__real_kill(getpid(), (int)fault.value);
		return GO;
	case HOW_STEP:
		return VALUE;
	}
	return GO;
}

/* Notes what the call is given. */
static void __attribute__((format(printf, 2, 3)))
show(const char *name, const char *fmt, ...)
{
	int saved_errno = errno, n;
	va_list ap;

	n = snprintf(line, sizeof(line), "%s ", name);
	va_start(ap, fmt);
	vsnprintf(line + n, sizeof(line) - (size_t)n, fmt, ap);
	va_end(ap);
	errno = saved_errno;
}

/* Whether anybody asks for the arguments. */
static bool
shown(void)
{
	return trace_file != NULL || fault.args != NULL;
}

static void
write_trace(const char *text, size_t n)
{
	if (trace_file == NULL || (trace != -1 && __real_write(trace, text, n) != -1))
		return;
	trace = file_open(trace_file);		/* the program has closed all that it did not know */
	if (trace != -1 && __real_write(trace, text, n) == -1)
		abort();
}

/* What has come of it. */
static void
result(bool failed, long long value)
{
	char text[sizeof(line) + 64];
	int saved_errno = errno, n;

	if (trace_file != NULL) {
		n = snprintf(text, sizeof(text), "%ld %s = %lld%s%s\n", (long)getpid(), line, value,
		    failed ? " " : "", failed ? word_for(errors, saved_errno) : "");
		write_trace(text, (size_t)n);
	}
	if (fault.dies)
		__real_kill(getpid(), SIGKILL);
	errno = saved_errno;
}

#define HERE	__builtin_return_address(0)

/* A call for memory: fails, and is not traced. */
#define MEMORY(type, name, params, args) \
	type	__real_##name params; \
	type	__wrap_##name params; \
	type __wrap_##name params { return hit(#name, HERE) == FAIL ? NULL : __real_##name args; }

/* A call whose arguments are shown so, and that fails with this value. */
#define CALL(type, name, bad, params, args, ...) \
	type	__real_##name params; \
	type	__wrap_##name params; \
	type \
	__wrap_##name params \
	{ \
		enum verdict v; \
		type r = bad; \
		if (shown()) \
			show(#name, __VA_ARGS__); \
		v = hit(#name, HERE); \
		if (v == VALUE) \
			r = (type)(intptr_t)fault.value; \
		else if (v != FAIL) \
			r = __real_##name args; \
		result(r == bad, (long long)(intptr_t)r); \
		return r; \
	}

/* The same, or it does a part of the work, of which there are n bytes. */
#define TRANSFER(name, called, params, args, n, ...) \
	ssize_t	__real_##name params; \
	ssize_t	__wrap_##name params; \
	ssize_t \
	__wrap_##name params \
	{ \
		enum verdict v; \
		ssize_t r = -1; \
		if (shown()) \
			show(called, __VA_ARGS__); \
		v = hit(called, HERE); \
		if (v == LESS) \
			n = n / 2 + (n == 1); \
		if (v == VALUE) \
			r = fault.value; \
		else if (v != FAIL) \
			r = __real_##name args; \
		result(r == -1, r); \
		return r; \
	}

/* One that cannot fail, or with every value. */
#define NEVER	((intptr_t)-0x7fffffff)

/* Memory */
MEMORY(void *, calloc, (size_t n, size_t size), (n, size))
MEMORY(void *, malloc, (size_t n), (n))
MEMORY(void *, realloc, (void *old, size_t n), (old, n))
MEMORY(char *, strdup, (const char *s), (s))
CALL(void *, mmap, MAP_FAILED, (void *to, size_t n, int p, int f, int fd, off_t at),
    (to, n, p, f, fd, at), "%zu %s %s %d", n, flags_for(protections, p), flags_for(map_flags, f), fd)
CALL(int, madvise, -1, (void *to, size_t n, int advice), (to, n, advice),
    "%zu %s", n, word_for(advices, advice))

/* Files */
TRANSFER(read, "read", (int fd, void *to, size_t n), (fd, to, n), n, "%d %zu", fd, n)
TRANSFER(write, fd == STDERR_FILENO ? "say" : "write", (int fd, const void *data, size_t n),
    (fd, data, n), n, "%d %zu %s", fd, n, bytes_for(data, n))
CALL(int, access, -1, (const char *path, int mode), (path, mode),
    "%s %s", text_for(path), flags_for(access_modes, mode))
CALL(int, chdir, -1, (const char *path), (path), "%s", text_for(path))
CALL(int, dup2, -1, (int from, int to), (from, to), "%d %d", from, to)
CALL(int, fstat, -1, (int fd, struct stat *st), (fd, st), "%d", fd)
CALL(int, ftruncate, -1, (int fd, off_t n), (fd, n), "%d %lld", fd, (long long)n)
CALL(char *, getcwd, NULL, (char *path, size_t n), (path, n), "%zu", n)
CALL(int, isatty, -1, (int fd), (fd), "%d", fd)
CALL(off_t, lseek, -1, (int fd, off_t to, int from), (fd, to, from),
    "%d %lld %s", fd, (long long)to, word_for(whences, from))
CALL(int, lstat, -1, (const char *path, struct stat *st), (path, st), "%s", text_for(path))
CALL(int, stat, -1, (const char *path, struct stat *st), (path, st), "%s", text_for(path))
#ifdef HAVE_MEMFD_CREATE
CALL(int, memfd_create, -1, (const char *name, unsigned int flags), (name, flags),
    "%s 0x%x", text_for(name), flags)
#endif
CALL(int, pipe, -1, (int fd[2]), (fd), "%s", "-")
CALL(FILE *, tmpfile, NULL, (void), (), "%s", "-")
CALL(mode_t, umask, (mode_t)-1, (mode_t mode), (mode), "%04o", (unsigned int)mode)
CALL(int, unlink, -1, (const char *path), (path), "%s", text_for(path))

/* What is ours stays open, unless it is closed by other means. */
int	__wrap_close(int fd);
int
__wrap_close(int fd)
{
	enum verdict v;
	int r = -1;

	if (fd != -1 && (fd == list || fd == trace))
		return 0;
	if (shown())
		show("close", "%d", fd);
	v = hit("close", HERE);
	if (v != FAIL)
		r = __real_close(fd);
	result(r == -1, r);
	return r;
}

/* Those with arguments that may be missing: each is as wide as a pointer, or less. */
#define CALL_OPEN(name, first, second, ...) \
	int	__real_##name(first a, second b, ...); \
	int	__wrap_##name(first a, second b, ...); \
	int \
	__wrap_##name(first a, second b, ...) \
	{ \
		enum verdict v; \
		va_list ap; \
		void *more; \
		int r = -1; \
		va_start(ap, b); \
		more = va_arg(ap, void *); \
		va_end(ap); \
		if (shown()) \
			show(#name, __VA_ARGS__); \
		v = hit(#name, HERE); \
		if (v == VALUE) \
			r = (int)fault.value; \
		else if (v != FAIL) \
			r = __real_##name(a, b, more); \
		result(r == -1, r); \
		return r; \
	}

CALL_OPEN(fcntl, int, int, "%d %s %s", a, word_for(fcntl_commands, b), fcntl_for(b, more))
CALL_OPEN(ioctl, int, unsigned long, "%d %s", a, word_for(ioctls, (long)b))
CALL_OPEN(open, const char *, int, (b & O_CREAT) != 0 ? "%s %s %04o" : "%s %s", text_for(a),
    mixed(open_modes, O_ACCMODE, open_flags, b), (unsigned int)(intptr_t)more)

/* Sockets */
TRANSFER(recv, "recv", (int fd, void *to, size_t n, int flags), (fd, to, n, flags), n,
    "%d %zu %s", fd, n, flags_for(message_flags, flags))
TRANSFER(send, "send", (int fd, const void *data, size_t n, int flags), (fd, data, n, flags), n,
    "%d %zu %s %s", fd, n, flags_for(message_flags, flags), bytes_for(data, n))
TRANSFER(sendto, "sendto", (int fd, const void *data, size_t n, int flags, const struct sockaddr *a,
    socklen_t len), (fd, data, n, flags, a, len), n,
    "%d %zu %s %s %s", fd, n, flags_for(message_flags, flags), bytes_for(data, n), address_for(a, len))
CALL(int, accept, -1, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n), "%d", fd)
#ifdef HAVE_ACCEPT4
CALL(int, accept4, -1, (int fd, struct sockaddr *a, socklen_t *n, int f), (fd, a, n, f),
    "%d %s", fd, flags_for(socket_flags, f))
#endif
CALL(int, bind, -1, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n),
    "%d %s", fd, address_for(a, n))
CALL(int, connect, -1, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n),
    "%d %s", fd, address_for(a, n))
CALL(int, getpeername, -1, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n), "%d", fd)
CALL(int, getsockname, -1, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n), "%d", fd)
CALL(int, getsockopt, -1, (int fd, int l, int o, void *to, socklen_t *n), (fd, l, o, to, n),
    "%d %s %s", fd, word_for(levels, l), option_for(l, o))
CALL(int, listen, -1, (int fd, int n), (fd, n), "%d %d", fd, n)
CALL(int, setsockopt, -1, (int fd, int l, int o, const void *of, socklen_t n), (fd, l, o, of, n),
    "%d %s %s %s", fd, word_for(levels, l), option_for(l, o), option_value(of, n))
CALL(int, shutdown, -1, (int fd, int how), (fd, how), "%d %s", fd, word_for(shuts, how))
CALL(int, sockatmark, -1, (int fd), (fd), "%d", fd)
CALL(int, socket, -1, (int family, int type, int protocol), (family, type, protocol),
    "%s %s %d", word_for(families, family), mixed(socket_types, 15, socket_flags, type), protocol)

/* Waiting */
#ifdef HAVE_EPOLL_CREATE1
CALL(int, epoll_create1, -1, (int flags), (flags), "%s", (flags & EPOLL_CLOEXEC) != 0 ? "EPOLL_CLOEXEC" : "0")
CALL(int, epoll_ctl, -1, (int fd, int op, int of, struct epoll_event *e), (fd, op, of, e),
    "%d %s %d", fd, word_for(epoll_ops, op), of)
CALL(int, epoll_wait, -1, (int fd, struct epoll_event *e, int n, int ms), (fd, e, n, ms),
    "%d %d", fd, ms)
#endif
CALL(int, select, -1, (int n, fd_set *r_, fd_set *w, fd_set *x, struct timeval *t), (n, r_, w, x, t),
    "%d read %s write %s except %s", n, set_for(n, r_), set_for(n, w), set_for(n, x))
CALL(int, pselect, -1, (int n, fd_set *r_, fd_set *w, fd_set *x, const struct timespec *t,
    const sigset_t *s), (n, r_, w, x, t, s), "%d read %s write %s except %s %s blocked %s", n,
    set_for(n, r_), set_for(n, w), set_for(n, x), time_for(t), mask_for(s))

/* Processes */
CALL(pid_t, fork, -1, (void), (), "%s", "-")
#ifdef HAVE__FORK
CALL(pid_t, _Fork, -1, (void), (), "%s", "-")
#endif
CALL(int, kill, -1, (pid_t pid, int sig), (pid, sig), "%ld %s", (long)pid, word_for(signals, sig))
CALL(pid_t, setsid, -1, (void), (), "%s", "-")
CALL(pid_t, waitpid, -1, (pid_t pid, int *status, int flags), (pid, status, flags),
    "%ld %s", (long)pid, flags_for(wait_flags, flags))
CALL(unsigned int, alarm, (unsigned int)NEVER, (unsigned int s), (s), "%u", s)
CALL(int, sigaction, -1, (int sig, const struct sigaction *a, struct sigaction *old), (sig, a, old),
    "%s %s", word_for(signals, sig), action_for(a))
CALL(int, sigprocmask, -1, (int how, const sigset_t *set, sigset_t *old), (how, set, old),
    "%s %s", word_for(mask_changes, how), mask_for(set))

void	__real__exit(int) __attribute__((noreturn));
void	__wrap__exit(int) __attribute__((noreturn));
void
__wrap__exit(int status)
{
	if (shown())
		show("_exit", "%d", status);
	hit("_exit", HERE);
	result(false, status);
	__real__exit(status);
}

#ifdef HAVE_SYS_PRCTL_H
int	__real_prctl(int, ...);
int	__wrap_prctl(int, ...);
int
__wrap_prctl(int what, ...)
{
	unsigned long more[4];
	enum verdict v;
	va_list ap;
	int r = -1, i;

	va_start(ap, what);
	for (i = 0; i < 4; i++)
		more[i] = va_arg(ap, unsigned long);
	va_end(ap);
	if (shown() && what == PR_SET_NAME)
		show("prctl", "PR_SET_NAME %s", text_for((const char *)more[0]));
	else if (shown())
		show("prctl", "%s %ld", word_for(prctls, what), (long)more[0]);
	v = hit("prctl", HERE);
	if (v != FAIL)
		r = __real_prctl(what, more[0], more[1], more[2], more[3]);
	result(r == -1, r);
	return r;
}
#endif

int	__real_setrlimit(int, const struct rlimit *);
int	__wrap_setrlimit(int, const struct rlimit *);

static int
traced_setrlimit(int what, const struct rlimit *to, const void *from)
{
	enum verdict v;
	int r = -1;

	if (shown())
		show("setrlimit", "%s %jd", word_for(limits, what), (intmax_t)to->rlim_cur);
	v = hit("setrlimit", from);
	if (v == VALUE)
		r = (int)fault.value;
	else if (v != FAIL)
		r = __real_setrlimit(what, to);
	result(r == -1, r);
	return r;
}

/* A sanitizer calls it, too, before anything that it has put into functions can work. */
#ifdef __GNUC__
__attribute__((no_sanitize_address))
#endif
int
__wrap_setrlimit(int what, const struct rlimit *to)
{
	return shared != NULL ? traced_setrlimit(what, to, HERE) : __real_setrlimit(what, to);
}

#ifdef HAVE_LANDLOCK
long	__real_syscall(long, ...);
long	__wrap_syscall(long, ...);
long
__wrap_syscall(long number, ...)
{
	bool create = number == SYS_landlock_create_ruleset;
	long more[3] = { 0, 0, 0 };
	enum verdict v;
	va_list ap;
	long r = -1;

	va_start(ap, number);
	if (create) {
		more[0] = (long)va_arg(ap, void *);
		more[1] = (long)va_arg(ap, size_t);
		more[2] = (long)va_arg(ap, unsigned int);
	} else {
		more[0] = va_arg(ap, int);
		more[1] = (long)va_arg(ap, unsigned int);
	}
	va_end(ap);
	if (shown())
		show(create ? "landlock_create_ruleset" : "landlock_restrict_self", "%ld", more[create ? 2 : 0]);
	v = hit("landlock", HERE);
	if (v != FAIL)
		r = __real_syscall(number, more[0], more[1], more[2]);
	result(r == -1, r);
	return r;
}
#endif

/* Users */
CALL(uid_t, getuid, (uid_t)NEVER, (void), (), "%s", "-")
CALL(uid_t, geteuid, (uid_t)NEVER, (void), (), "%s", "-")
CALL(gid_t, getgid, (gid_t)NEVER, (void), (), "%s", "-")
CALL(gid_t, getegid, (gid_t)NEVER, (void), (), "%s", "-")
CALL(struct passwd *, getpwnam, NULL, (const char *name), (name), "%s", text_for(name))
CALL(struct passwd *, getpwuid, NULL, (uid_t uid), (uid), "%ld", (long)uid)
CALL(int, setuid, -1, (uid_t id), (id), "%ld", (long)(int)id)
CALL(int, seteuid, -1, (uid_t id), (id), "%ld", (long)(int)id)
CALL(int, setgid, -1, (gid_t id), (id), "%ld", (long)(int)id)
CALL(int, setegid, -1, (gid_t id), (id), "%ld", (long)(int)id)
#ifdef HAVE_INITGROUPS
CALL(int, initgroups, -1, (const char *name, gid_t id), (name, id), "%s %ld", text_for(name), (long)(int)id)
#endif
#ifdef HAVE_GETRESUID
CALL(int, getresuid, -1, (uid_t *a, uid_t *b, uid_t *c), (a, b, c), "%s", "-")
CALL(int, getresgid, -1, (gid_t *a, gid_t *b, gid_t *c), (a, b, c), "%s", "-")
#endif
#ifdef HAVE_SETRESUID
CALL(int, setresuid, -1, (uid_t a, uid_t b, uid_t c), (a, b, c),
    "%ld %ld %ld", (long)(int)a, (long)(int)b, (long)(int)c)
#endif
#ifdef HAVE_SETRESGID
CALL(int, setresgid, -1, (gid_t a, gid_t b, gid_t c), (a, b, c),
    "%ld %ld %ld", (long)(int)a, (long)(int)b, (long)(int)c)
#endif

/* Names */
#ifdef HAVE_GETIFADDRS
CALL(int, getifaddrs, -1, (struct ifaddrs **to), (to), "%s", "-")
#endif
CALL(struct servent *, getservbyname, NULL, (const char *name, const char *protocol),
    (name, protocol), "%s %s", text_for(name), text_for(protocol))
CALL(int, getaddrinfo, EAI_SYSTEM, (const char *host, const char *service,
    const struct addrinfo *hints, struct addrinfo **to), (host, service, hints, to), "%s %s %s %s",
    text_for(host), text_for(service), word_for(families, hints != NULL ? hints->ai_family : 0),
    flags_for(lookup_flags, hints != NULL ? hints->ai_flags : 0))
CALL(int, getnameinfo, EAI_SYSTEM, (const struct sockaddr *a, socklen_t n, char *host,
    socklen_t host_size, char *service, socklen_t service_size, int flags),
    (a, n, host, host_size, service, service_size, flags), "%s %s", address_for(a, n),
    flags_for(name_flags, flags))

/* Time */
int	__real_clock_gettime(clockid_t, struct timespec *);
int	__wrap_clock_gettime(clockid_t, struct timespec *);
int
__wrap_clock_gettime(clockid_t clock, struct timespec *t)
{
	enum verdict v;
	int r = -1;

	if (shown())
		show("clock_gettime", "%s", word_for(clocks, (long)clock));
	v = hit("clock_gettime", HERE);
	if (v != FAIL)
		r = __real_clock_gettime(clock, t);
	if (v == VALUE)
		t->tv_sec += 3600;
	result(r == -1, r);
	return r;
}

/* Syslog */
void	__real_openlog(const char *, int, int);
void	__wrap_openlog(const char *, int, int);
void
__wrap_openlog(const char *name, int flags, int facility)
{
	if (shown())
		show("openlog", "%s %s %s", text_for(name), flags_for(syslog_flags, flags),
		    word_for(facilities, facility));
	hit("openlog", HERE);
	__real_openlog(name, flags, facility);
	result(false, 0);
}

void	__real_syslog(int, const char *, ...);
void	__wrap_syslog(int, const char *, ...);
void __attribute__((format(printf, 2, 3)))
__wrap_syslog(int priority, const char *fmt, ...)
{
	static char text[65536];
	va_list ap;

	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	if (shown())
		show("syslog", "%s %.1900s", mixed(severities, LOG_PRIMASK, facilities, priority), text);
	if (hit("syslog", HERE) != FAIL)
		__real_syslog(priority, "%s", text);
	result(false, 0);
}

#ifdef HAVE_CLOSEFROM
/* What is inherited is closed; the trace and the list are this file's own. */
void	__wrap_closefrom(int fd);
void
__wrap_closefrom(int fd)
{
	for (; fd < 900; fd++)
		__real_close(fd);
}
#endif
