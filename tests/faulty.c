/* faulty.c - tcpreen with system calls that fail when they are told to
 *
 * Linked with the program in place of main's own calls (the linker's --wrap), so
 * that every place where src/ calls the system can be made to fail, once:
 *
 * FAULTY_LIST=FILE	appends a line for each place when it is first reached:
 *			"NAME PLACE", the place as an offset that is the same in
 *			every run
 * FAULTY_AT=PLACE	the place that fails, the first time in any process,
 * FAULTY_HOW=ERRNO	with that errno; or SHORT: it does a part of its work only;
 *			or LATE: it does all of it, a while later
 */
#include <config.h>

#include <sys/types.h>
#include <sys/mman.h>
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#ifdef HAVE_EPOLL_CREATE1
# include <sys/epoll.h>
#endif
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define PLACES	1024
#define LATE_MS	30

int	main(int argc, char *argv[]);

static const struct {
	const char	*name;
	int		 error;
} errors[] = {
	{ "EINTR", EINTR }, { "EAGAIN", EAGAIN }, { "ENOMEM", ENOMEM }, { "EMFILE", EMFILE },
	{ "ECONNRESET", ECONNRESET }, { "EPIPE", EPIPE }, { "ECONNABORTED", ECONNABORTED },
	{ "ENOSPC", ENOSPC }, { "EIO", EIO }, { "EACCES", EACCES }, { "EPERM", EPERM },
	{ "EINVAL", EINVAL }, { "ENOBUFS", ENOBUFS }, { "ENETUNREACH", ENETUNREACH },
	{ "SHORT", 0 }, { "LATE", -1 },
};

/* What all processes of a run share. */
static struct {
	size_t	n;
	long	place[PLACES];
	bool	done;
} *shared;

static long	at;
static int	error;		/* as in errors[] */
static int	list = -1;

/* Before main(): nothing of this is to be seen by tcpreen. */
static void __attribute__((constructor))
begin(void)
{
	const char *file = getenv("FAULTY_LIST"), *how = getenv("FAULTY_HOW");
	const char *place = getenv("FAULTY_AT");
	size_t i;

	shared = mmap(NULL, sizeof(*shared), PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS,
	    -1, 0);
	if (shared == MAP_FAILED)
		abort();
	if (file != NULL && (list = open(file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0666)) != -1)
		list = fcntl(list, F_DUPFD_CLOEXEC, 900);
	if (place != NULL && how != NULL) {
		at = strtol(place, NULL, 10);
		for (i = 0; strcmp(errors[i].name, how) != 0; i++)
			;
		error = errors[i].error;
	}
}

static void
note(const char *name, long place)
{
	size_t i;
	char line[80];
	int n;

	for (i = 0; i < shared->n && shared->place[i] != place; i++)
		;
	if (i < shared->n || i == PLACES)
		return;
	shared->place[shared->n++] = place;
	n = snprintf(line, sizeof(line), "%s %ld\n", name, place);
	if (write(list, line, (size_t)n) != n)
		abort();
}

/* Whether this call is the one; errno is what it shall fail with, 0 for SHORT. */
static bool
hit(const char *name, const void *from)
{
	long place = (long)((intptr_t)from - (intptr_t)main);

	if (list != -1)
		note(name, place);
	if (place != at || shared->done)
		return false;
	shared->done = true;
	if (error == -1) {
		poll(NULL, 0, LATE_MS);
		return false;
	}
	errno = error;
	return true;
}

#define HERE	__builtin_return_address(0)

/* A call that fails with this value. */
#define FAILS(type, name, bad, params, args) \
	type	__real_##name params; \
	type	__wrap_##name params; \
	type __wrap_##name params { return hit(#name, HERE) ? bad : __real_##name args; }

#ifdef HAVE_ACCEPT4
FAILS(int, accept4, -1, (int fd, struct sockaddr *a, socklen_t *n, int f), (fd, a, n, f))
#endif
FAILS(int, bind, -1, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
FAILS(void *, calloc, NULL, (size_t n, size_t size), (n, size))
FAILS(int, chdir, -1, (const char *path), (path))
FAILS(int, connect, -1, (int fd, const struct sockaddr *a, socklen_t n), (fd, a, n))
FAILS(int, dup2, -1, (int from, int to), (from, to))
#ifdef HAVE_EPOLL_CREATE1
FAILS(int, epoll_create1, -1, (int flags), (flags))
FAILS(int, epoll_ctl, -1, (int fd, int op, int of, struct epoll_event *e), (fd, op, of, e))
FAILS(int, epoll_wait, -1, (int fd, struct epoll_event *e, int n, int ms), (fd, e, n, ms))
#endif
FAILS(pid_t, fork, -1, (void), ())
#ifdef HAVE__FORK
FAILS(pid_t, _Fork, -1, (void), ())
#endif
FAILS(int, fstat, -1, (int fd, struct stat *st), (fd, st))
FAILS(int, ftruncate, -1, (int fd, off_t n), (fd, n))
FAILS(int, getsockname, -1, (int fd, struct sockaddr *a, socklen_t *n), (fd, a, n))
FAILS(int, getsockopt, -1, (int fd, int l, int o, void *v, socklen_t *n), (fd, l, o, v, n))
FAILS(int, kill, -1, (pid_t pid, int sig), (pid, sig))
FAILS(int, listen, -1, (int fd, int n), (fd, n))
FAILS(off_t, lseek, -1, (int fd, off_t to, int from), (fd, to, from))
FAILS(int, lstat, -1, (const char *path, struct stat *st), (path, st))
FAILS(void *, malloc, NULL, (size_t n), (n))
FAILS(void *, mmap, MAP_FAILED, (void *to, size_t n, int p, int f, int fd, off_t at_),
    (to, n, p, f, fd, at_))
FAILS(int, pipe, -1, (int fd[2]), (fd))
FAILS(int, pselect, -1, (int n, fd_set *r, fd_set *w, fd_set *x, const struct timespec *t,
    const sigset_t *s), (n, r, w, x, t, s))
FAILS(void *, realloc, NULL, (void *old, size_t n), (old, n))
FAILS(int, setsockopt, -1, (int fd, int l, int o, const void *v, socklen_t n), (fd, l, o, v, n))
FAILS(int, shutdown, -1, (int fd, int how), (fd, how))
FAILS(int, sockatmark, -1, (int fd), (fd))
FAILS(int, socket, -1, (int family, int type, int protocol), (family, type, protocol))
FAILS(char *, strdup, NULL, (const char *s), (s))
FAILS(FILE *, tmpfile, NULL, (void), ())
FAILS(int, unlink, -1, (const char *path), (path))
FAILS(pid_t, waitpid, -1, (pid_t pid, int *status, int flags), (pid, status, flags))

/* The same, or it does a part of it. */
#define FAILS_OR_LESS(name, params, call, n) \
	ssize_t	__real_##name params; \
	ssize_t	__wrap_##name params; \
	ssize_t \
	__wrap_##name params \
	{ \
		if (hit(#name, HERE)) { \
			if (errno != 0) \
				return -1; \
			n = n / 2 + (n == 1); \
		} \
		return __real_##name call; \
	}

FAILS_OR_LESS(read, (int fd, void *to, size_t n), (fd, to, n), n)
FAILS_OR_LESS(recv, (int fd, void *to, size_t n, int flags), (fd, to, n, flags), n)
FAILS_OR_LESS(send, (int fd, const void *data, size_t n, int flags), (fd, data, n, flags), n)

/* What stderr is told is another thing than a log: when it fails, nothing can be said. */
ssize_t	__real_write(int fd, const void *data, size_t n);
ssize_t	__wrap_write(int fd, const void *data, size_t n);
ssize_t
__wrap_write(int fd, const void *data, size_t n)
{
	if (hit(fd == STDERR_FILENO ? "say" : "write", HERE)) {
		if (errno != 0)
			return -1;
		n = n / 2 + (n == 1);
	}
	return __real_write(fd, data, n);
}

/* Those with arguments that may be missing: each is as wide as a pointer, or less. */
#define FAILS_OPEN(name, first, second) \
	int	__real_##name(first a, second b, ...); \
	int	__wrap_##name(first a, second b, ...); \
	int \
	__wrap_##name(first a, second b, ...) \
	{ \
		va_list ap; \
		void *more; \
		va_start(ap, b); \
		more = va_arg(ap, void *); \
		va_end(ap); \
		return hit(#name, HERE) ? -1 : __real_##name(a, b, more); \
	}

FAILS_OPEN(fcntl, int, int)
FAILS_OPEN(ioctl, int, unsigned long)
FAILS_OPEN(open, const char *, int)
