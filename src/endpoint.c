/* endpoint.c - where to listen and connect: from words to addresses to sockets
 *
 * The only room that speaks to the resolver and makes sockets. Prints nothing,
 * keeps nothing between calls.
 */
#include <config.h>

#ifdef HAVE_FLOCK
# include <sys/file.h>
#endif
#include <sys/select.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <arpa/inet.h>
#include <net/if.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <errno.h>
#include <fcntl.h>
#ifdef HAVE_GETIFADDRS
# include <ifaddrs.h>
#endif
#include <netdb.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>
#include <time.h>
#include <unistd.h>

#include "endpoint.h"

#ifdef SOCK_NONBLOCK
# define BORN_SO	(SOCK_NONBLOCK | SOCK_CLOEXEC)
#else
# define BORN_SO	0
#endif

#define LOCK_TRIES	100	/* for the lock on a Unix socket's folder, each after */
#define LOCK_WAIT_MS	10
#define STALE_TRIES	3	/* until a Unix socket counts as stale, each after */
#define STALE_WAIT_MS	20
#define SAME_PORT_TRIES	32	/* to find a port that is free on every address */

const struct protocol protocols[] = {
	{ "tcp",   AF_INET,   "TCP over IPv4" },
	{ "tcp6",  AF_INET6,  "TCP over IPv6" },
	{ "unix",  AF_UNIX,   "Unix socket; the port is its path" },
	{ "local", AF_UNIX,   "the same" },
	{ "any",   AF_UNSPEC, "TCP over IPv4 or IPv6, each address tried in turn" },
	{ NULL,    0,         NULL },
};

const struct protocol *
protocol_find(const char *name, size_t len)
{
	const struct protocol *p;

	for (p = protocols; p->name != NULL; p++)
		if (strlen(p->name) == len && memcmp(p->name, name, len) == 0)
			return p;
	return NULL;
}

/*
 * Appends text to *at, below end, as printable ASCII without blanks: other bytes
 * as \ooo. Stops where there is no room. Peer names pass through here.
 */
static void
text_add(char **at, const char *end, const char *text, size_t n)
{
	char safe[5];
	size_t i, len;

	for (i = 0; i < n; i++) {
		unsigned char c = (unsigned char)text[i];

		len = (size_t)snprintf(safe, sizeof(safe), c > 0x20 && c < 0x7f && c != '\\' ?
		    "%c" : "\\%03o", c);
		if (*at + len >= end)
			break;
		memcpy(*at, safe, len);
		*at += len;
	}
	**at = '\0';
}

/* Puts "host:service", an address with colons in brackets. */
static void
host_service(char *text, size_t size, const char *host, const char *service)
{
	const char *end = text + size;
	bool brackets = strchr(host, ':') != NULL;

	text_add(&text, end, "[", brackets);
	text_add(&text, end, host, strlen(host));
	text_add(&text, end, "]:", brackets ? 2 : 0);
	text_add(&text, end, ":", !brackets);
	text_add(&text, end, service, strlen(service));
}

static void
unix_text(struct peer *who)
{
	struct sockaddr_un un;
	static const char nothing[sizeof(un.sun_path)];
	size_t room = sizeof(un.sun_path), n;
	char *at = who->text;

	memset(&un, 0, sizeof(un));
	memcpy(&un, &who->addr, who->len < sizeof(un) ? who->len : sizeof(un));
	n = strnlen(un.sun_path, room);
	/* An abstract name (Linux) begins with a NUL byte: all counts. BSDs fill with them. */
	if (n == 0 && memcmp(un.sun_path, nothing, room) != 0)
		n = who->len - offsetof(struct sockaddr_un, sun_path);
	text_add(&at, at + sizeof(who->text), "unix:", 5);
	text_add(&at, who->text + sizeof(who->text), un.sun_path, n < room ? n : room);
}

/* "%eth0" of a link-local address, or "". */
static const char *
scope_text(const struct sockaddr_in6 *in6, char text[IF_NAMESIZE + 2])
{
	char name[IF_NAMESIZE];

	if (in6->sin6_scope_id == 0)
		return "";
	if (if_indextoname(in6->sin6_scope_id, name) != NULL)
		snprintf(text, IF_NAMESIZE + 2, "%%%s", name);
	else
		snprintf(text, IF_NAMESIZE + 2, "%%%lu", (unsigned long)in6->sin6_scope_id);
	return text;
}

/* Not by getnameinfo(3), which touches far more memory: each session does this. */
static void
ip_text(struct peer *who)
{
	const struct sockaddr_in *in = (const struct sockaddr_in *)&who->addr;
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)&who->addr;
	char host[INET6_ADDRSTRLEN], scope[IF_NAMESIZE + 2];

	if (who->addr.ss_family == AF_INET &&
	    inet_ntop(AF_INET, &in->sin_addr, host, sizeof(host)) != NULL)
		snprintf(who->text, sizeof(who->text), "%s:%u", host, ntohs(in->sin_port));
	else if (who->addr.ss_family == AF_INET6 &&
	    inet_ntop(AF_INET6, &in6->sin6_addr, host, sizeof(host)) != NULL)
		snprintf(who->text, sizeof(who->text), "[%s%s]:%u", host, scope_text(in6, scope),
		    ntohs(in6->sin6_port));
	else
		snprintf(who->text, sizeof(who->text), "?");
}

void
endpoint_peer(struct peer *who, const struct sockaddr *addr, socklen_t len)
{
	memset(&who->addr, 0, sizeof(who->addr));
	who->len = len < sizeof(who->addr) ? len : sizeof(who->addr);
	memcpy(&who->addr, addr, who->len);
	if (len == 0 || addr->sa_family == AF_UNIX)
		unix_text(who);
	else
		ip_text(who);
}

/* Whether a name of a host says no more than that it is this one. */
static bool
is_localhost(const char *host)
{
	static const char *const names[] = { "localhost", "localhost.localdomain",
	    "localhost4", "localhost6", "ip6-localhost", "ip6-loopback" };
	size_t i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcasecmp(host, names[i]) == 0)
			return true;
	return false;
}

bool
endpoint_names(const struct peer *who, char text[NAMES_TEXT])
{
	const struct sockaddr *addr = (const struct sockaddr *)&who->addr;
	char host[NI_MAXHOST], service[NI_MAXSERV], port[NI_MAXSERV];
	bool named;

	snprintf(text, NAMES_TEXT, "%s", who->text);
	if (who->len == 0 || addr->sa_family == AF_UNIX)
		return false;
	named = getnameinfo(addr, who->len, host, sizeof(host), NULL, 0, NI_NAMEREQD) == 0;
	if (!named && getnameinfo(addr, who->len, host, sizeof(host), NULL, 0, NI_NUMERICHOST) != 0)
		return false;
	if (getnameinfo(addr, who->len, NULL, 0, service, sizeof(service), 0) != 0 ||
	    getnameinfo(addr, who->len, NULL, 0, port, sizeof(port), NI_NUMERICSERV) != 0)
		return false;
	host_service(text, NAMES_TEXT, host, service);
	return (named && !is_localhost(host)) || strcmp(service, port) != 0;
}

/* Adds an address unless it is there already. */
static int
address_add(struct endpoint *ep, const struct sockaddr *addr, socklen_t len, struct cause *why)
{
	struct peer *more;
	size_t i;

	for (i = 0; i < ep->n; i++)
		if (ep->address[i].len == len && memcmp(&ep->address[i].addr, addr, len) == 0)
			return 0;
	if ((more = realloc(ep->address, (ep->n + 1) * sizeof(*more))) == NULL)
		return cause_errno(why, "addresses", NULL);
	ep->address = more;
	endpoint_peer(&more[ep->n++], addr, len);
	return 0;
}

static int
resolve_unix(struct endpoint *ep, const char *path, bool absolute, struct cause *why)
{
	struct sockaddr_un un = { .sun_family = AF_UNIX };
	char here[sizeof(un.sun_path)] = "";
	int n;

	if (absolute && path[0] != '/' && getcwd(here, sizeof(here)) == NULL && errno != ERANGE)
		return cause_errno(why, path, NULL);
	if (absolute && path[0] != '/' && here[0] == '\0')	/* the folder alone is too long */
		n = sizeof(un.sun_path);
	else
		n = snprintf(un.sun_path, sizeof(un.sun_path), "%s%s%s", here,
		    here[0] != '\0' ? "/" : "", path);
	if (n < 1)
		return cause_set(why, "Unix socket: empty path");
	if ((size_t)n >= sizeof(un.sun_path))
		return cause_set(why, "%.300s: a Unix socket's path has at most %zu bytes", path,
		    sizeof(un.sun_path) - 1);
	return address_add(ep, (struct sockaddr *)&un, sizeof(un), why);
}

/* The IPv4 wildcard address with the port of a service name or number. 0, or -1 with why. */
static int
resolve_service(const char *service, struct sockaddr_in *any, struct cause *why)
{
	struct addrinfo hints = { .ai_family = AF_INET, .ai_socktype = SOCK_STREAM,
	    .ai_flags = AI_PASSIVE }, *found;
	int error = getaddrinfo(NULL, service, &hints, &found);

	if (error != 0)
		return cause_set(why, "%s: unknown service", service);
	memcpy(any, found->ai_addr, sizeof(*any));
	freeaddrinfo(found);
	return 0;
}

bool
endpoint_service_known(const char *name)
{
	return getservbyname(name, "tcp") != NULL;
}

#ifdef HAVE_GETIFADDRS
/* Adds the addresses of the interface of that name; 0 also when there is none. */
static int
resolve_interface(struct endpoint *ep, const char *name, in_port_t port, struct cause *why)
{
	struct ifaddrs *list, *i;
	int family, error = 0;

	if (getifaddrs(&list) == -1)
		return 0;
	for (i = list; i != NULL && error == 0; i = i->ifa_next) {
		if (i->ifa_addr == NULL || strcmp(i->ifa_name, name) != 0)
			continue;
		family = i->ifa_addr->sa_family;
		if (ep->protocol->family != AF_UNSPEC && ep->protocol->family != family)
			continue;
		if (family == AF_INET) {
			((struct sockaddr_in *)(void *)i->ifa_addr)->sin_port = port;
			error = address_add(ep, i->ifa_addr, sizeof(struct sockaddr_in), why);
		} else if (family == AF_INET6) {
			((struct sockaddr_in6 *)(void *)i->ifa_addr)->sin6_port = port;
			error = address_add(ep, i->ifa_addr, sizeof(struct sockaddr_in6), why);
		}
	}
	freeifaddrs(list);
	return error;
}
#else
static int
resolve_interface(struct endpoint *ep, const char *name, in_port_t port, struct cause *why)
{
	(void)ep, (void)name, (void)port, (void)why;
	return 0;
}
#endif

/* Why a host was not found: in the other IP family it may have an address. */
static int
host_failed(const char *host, const char *service, int family, int error, struct cause *why)
{
	const char *reason = error == EAI_SYSTEM ? strerror(errno) : gai_strerror(error);
	struct addrinfo hints = { .ai_family = family == AF_INET ? AF_INET6 : AF_INET,
	    .ai_socktype = SOCK_STREAM }, *found;

	if (host == NULL || family == AF_UNSPEC || error == EAI_AGAIN || error == EAI_MEMORY ||
	    getaddrinfo(host, service, &hints, &found) != 0)
		return cause_set(why, "%.300s: %s", host != NULL ? host : service, reason);
	freeaddrinfo(found);
	if (family == AF_INET)
		return cause_set(why, "%.300s: has only IPv6: use -p tcp6 or -p any", host);
	return cause_set(why, "%.300s: has only IPv4: use -p tcp or -p any", host);
}

static int
resolve_host(struct endpoint *ep, const char *host, const char *service, enum endpoint_use use,
    struct cause *why)
{
	struct addrinfo hints = { .ai_family = ep->protocol->family, .ai_socktype = SOCK_STREAM,
	    .ai_flags = use == TO_LISTEN ? AI_PASSIVE : 0 }, *found, *ai;
	int error = getaddrinfo(host, service, &hints, &found);

	if (error != 0)
		return host_failed(host, service, hints.ai_family, error, why);
	error = 0;
	for (ai = found; ai != NULL && error == 0; ai = ai->ai_next)
		if (ai->ai_family == AF_INET || ai->ai_family == AF_INET6)
			error = address_add(ep, ai->ai_addr, ai->ai_addrlen, why);
	freeaddrinfo(found);
	return error;
}

/* The host without the brackets of "[::1]", in a copy that the caller frees. */
static char *
without_brackets(const char *host)
{
	size_t n = strlen(host);
	char *copy = strdup(host);

	if (copy != NULL && n > 2 && host[0] == '[' && host[n - 1] == ']') {
		memmove(copy, copy + 1, n - 2);
		copy[n - 2] = '\0';
	}
	return copy;
}

static int
resolve_tcp(struct endpoint *ep, const char *host, const char *service, enum endpoint_use use,
    struct cause *why)
{
	struct sockaddr_in any;
	char *bare = NULL;
	int error;

	if (resolve_service(service, &any, why) == -1)
		return -1;
	if (host != NULL && (bare = without_brackets(host)) == NULL)
		return cause_errno(why, host, NULL);
	error = 0;
	if (bare != NULL && use == TO_LISTEN)
		error = resolve_interface(ep, bare, any.sin_port, why);
	if (error == 0 && ep->n == 0)
		error = resolve_host(ep, bare, service, use, why);
	free(bare);
	if (error == 0 && ep->n == 0)
		return cause_set(why, "%s: no address", host != NULL ? host : service);
	return error;
}

int
endpoint_resolve(struct endpoint *ep, const struct protocol *protocol, const char *host,
    const char *service, enum endpoint_use use, bool absolute, struct cause *why)
{
	int error;

	memset(ep, 0, sizeof(*ep));
	ep->protocol = protocol;
	if (protocol->family == AF_UNIX)
		error = resolve_unix(ep, service, absolute, why);
	else
		error = resolve_tcp(ep, host, service, use, why);
	if (error != 0)
		endpoint_free(ep);
	return error;
}

void
endpoint_free(struct endpoint *ep)
{
	free(ep->address);
	ep->address = NULL;
	ep->n = 0;
}

static in_port_t *
port_of(struct sockaddr_storage *addr)
{
	if (addr->ss_family == AF_INET)
		return &((struct sockaddr_in *)addr)->sin_port;
	if (addr->ss_family == AF_INET6)
		return &((struct sockaddr_in6 *)addr)->sin6_port;
	return NULL;
}

static int
close_failed(int fd)
{
	int saved = errno;

	if (fd != -1)
		close(fd);
	errno = saved;
	return -1;
}

/*
 * Makes fd what every descriptor of ours is: below FD_SETSIZE, where select() would
 * write out of bounds, and, unless it was born so, non-blocking and close-on-exec.
 * Returns it, or -1 with errno, having closed it.
 */
static int
fit(int fd, bool born_so)
{
	if (fd == -1)
		return -1;
	if (fd >= FD_SETSIZE)
		errno = EMFILE;
	else if (born_so || (fcntl(fd, F_SETFD, FD_CLOEXEC) != -1 &&
	    fcntl(fd, F_SETFL, O_NONBLOCK) != -1))
		return fd;
	return close_failed(fd);
}

static int
socket_new(const struct peer *a)
{
	return fit(socket(a->addr.ss_family, SOCK_STREAM | BORN_SO, 0), BORN_SO != 0);
}

static void
wait_ms(long ms)
{
	struct timespec time = { 0, ms * 1000000 };

	nanosleep(&time, NULL);
}

/*
 * Whether somebody listens on a Unix socket; -1 with errno when that cannot be told.
 * Asked more than once: a full queue refuses, too, on some systems, and so does a
 * socket between its bind(2) and its listen(2).
 */
static int
unix_alive(const struct peer *a)
{
	int tries, fd, refused = 1;

	for (tries = 0; tries < STALE_TRIES && refused; tries++) {
		if (tries > 0)
			wait_ms(STALE_WAIT_MS);
		if ((fd = socket_new(a)) == -1)
			return -1;
		refused = connect(fd, (const struct sockaddr *)&a->addr, a->len) == -1 &&
		    errno == ECONNREFUSED;
		close(fd);
	}
	return !refused;
}

/* Removes a Unix socket that nobody listens on; -1 with errno when it must stay. */
static int
remove_stale(const struct peer *a)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->addr;
	struct stat st;
	int alive;

	if (lstat(un->sun_path, &st) == -1)
		return errno == ENOENT ? 0 : -1;
	if (!S_ISSOCK(st.st_mode)) {
		errno = EEXIST;
		return -1;
	}
	if ((alive = unix_alive(a)) == 0)
		return unlink(un->sun_path);
	if (alive == 1)
		errno = EADDRINUSE;
	return -1;
}

/*
 * Several starts at once must not take each other's fresh socket for the stale one
 * that they all saw: who replaces a socket holds a lock on its folder meanwhile. It
 * leaves no file behind, and ends with its process. Whoever else may hold the lock
 * (any reader of the folder can) is waited for a second, no longer. Returns a
 * descriptor to close, or -1: there is no lock.
 */
static int
lock_folder(const struct peer *a)
{
#ifdef HAVE_FLOCK
	char path[sizeof(((struct sockaddr_un *)NULL)->sun_path) + 1];
	char *slash;
	int fd, tries;

	if (a->addr.ss_family != AF_UNIX)
		return -1;
	snprintf(path, sizeof(path), "%s", ((const struct sockaddr_un *)&a->addr)->sun_path);
	if ((slash = strrchr(path, '/')) == NULL)
		strcpy(path, ".");
	else
		slash[slash == path] = '\0';
	if ((fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		return -1;
	for (tries = 0; flock(fd, LOCK_EX | LOCK_NB) == -1 && errno == EWOULDBLOCK &&
	    tries < LOCK_TRIES; tries++)
		wait_ms(LOCK_WAIT_MS);
	return fd;
#else
	(void)a;
	return -1;
#endif
}

/* The rules for each family before bind(2). */
static int
before_bind(int fd, const struct peer *a)
{
	int on = 1;

	if (a->addr.ss_family == AF_UNIX)
		return remove_stale(a);
	if (a->addr.ss_family == AF_INET6 &&
	    setsockopt(fd, IPPROTO_IPV6, IPV6_V6ONLY, &on, sizeof(on)) == -1)
		return -1;
	return setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof(on));
}

/* Options of every socket that the bridge reads and writes. */
static const struct {
	int	level, name;
	bool	ip;		/* TCP only */
} tuned[] = {
	{ SOL_SOCKET, SO_OOBINLINE, false },
	{ IPPROTO_TCP, TCP_NODELAY, true },
	{ SOL_SOCKET, SO_KEEPALIVE, true },
};

#define TUNED	(sizeof(tuned) / sizeof(tuned[0]))

static void
tune(int fd, const struct peer *who)
{
	bool ip = who->addr.ss_family == AF_INET || who->addr.ss_family == AF_INET6;
	int on = 1;
	size_t i;

	for (i = 0; i < TUNED; i++)
		if (ip || !tuned[i].ip)
			setsockopt(fd, tuned[i].level, tuned[i].name, &on, sizeof(on));
}

/* Whether an accepted socket has these options from its listener, as on Linux those of TCP have. */
static bool
is_tuned(int fd, const struct peer *listener)
{
	bool ip = listener->addr.ss_family != AF_UNIX;
	socklen_t len;
	size_t i;
	int on;

	for (i = 0; i < TUNED; i++) {
		len = sizeof(on);
		on = 0;
		if ((ip || !tuned[i].ip) && (getsockopt(fd, tuned[i].level, tuned[i].name,
		    &on, &len) == -1 || on == 0))
			return false;
	}
	return true;
}

/* Fills l->where with the address as bound, and a Unix socket's inode. */
static int
note_where(struct listener *l)
{
	struct sockaddr_storage addr;
	const struct sockaddr_un *un = (const struct sockaddr_un *)&addr;
	socklen_t len = sizeof(addr);
	struct stat st;

	memset(&addr, 0, sizeof(addr));
	if (getsockname(l->fd, (struct sockaddr *)&addr, &len) == -1)
		return -1;
	endpoint_peer(&l->where, (struct sockaddr *)&addr, len);
	if (addr.ss_family == AF_UNIX) {
		if (lstat(un->sun_path, &st) == -1)
			return -1;
		l->dev = st.st_dev;
		l->ino = st.st_ino;
	}
	return 0;
}

static int
listen_on(const struct peer *a, struct listener *l)
{
	int lock = lock_folder(a), error = -1;

	memset(l, 0, sizeof(*l));
	if ((l->fd = socket_new(a)) != -1) {
		tune(l->fd, a);	/* accepted sockets inherit it, see endpoint_accept() */
		if (before_bind(l->fd, a) == -1 ||
		    bind(l->fd, (const struct sockaddr *)&a->addr, a->len) == -1 ||
		    listen(l->fd, SOMAXCONN) == -1 || note_where(l) == -1)
			close_failed(l->fd);
		else
			error = 0;
	}
	if (lock != -1)
		close_failed(lock);
	return error;
}

/* Who may listen on a port below 1024. */
#ifdef __linux__
# define LOW_PORT "start as root with -u nobody, with CAP_NET_BIND_SERVICE, " \
	"or lower net.ipv4.ip_unprivileged_port_start"
#else
# define LOW_PORT "ports below 1024 are for root: start as root with -u nobody"
#endif

static void
listen_failed(const struct peer *a, struct cause *why)
{
	struct sockaddr_storage addr = a->addr;
	const in_port_t *port = port_of(&addr);
	int saved = errno;

	if (errno == EEXIST)
		cause_set(why, "cannot listen on %s: a file that is not a socket is there",
		    a->text);
	else if (errno == EACCES && port != NULL && ntohs(*port) < IPPORT_RESERVED)
		cause_set(why, "cannot listen on %s: %s: " LOW_PORT, a->text, strerror(saved));
	else
		cause_errno(why, "cannot listen on", a->text);
	errno = saved;
}

static bool
family_missing(int error)
{
	return error == EAFNOSUPPORT || error == EPROTONOSUPPORT || error == EADDRNOTAVAIL;
}

/* Once through all addresses; -1 with errno and why, having closed all. */
static int
listen_all(const struct endpoint *ep, struct listener *list, size_t *n, struct cause *why)
{
	in_port_t *port, chosen = 0;
	struct peer a;
	size_t i;
	int saved;

	*n = 0;
	for (i = 0; i < ep->n; i++) {
		a = ep->address[i];
		if ((port = port_of(&a.addr)) != NULL && *port == 0)
			*port = chosen;
		if (listen_on(&a, &list[*n]) == 0) {
			if ((port = port_of(&list[*n].where.addr)) != NULL)
				chosen = *port;
			(*n)++;
			continue;
		}
		listen_failed(&a, why);
		if (family_missing(errno) && ep->protocol->family == AF_UNSPEC)
			continue;
		saved = errno;
		while (*n > 0)
			listener_close(&list[--*n], true);
		errno = saved;
		return -1;
	}
	return *n > 0 ? 0 : -1;
}

int
endpoint_listen(const struct endpoint *ep, struct listener *list, size_t *n, struct cause *why)
{
	struct sockaddr_storage first = ep->address[0].addr;
	in_port_t *port = port_of(&first);
	int tries = ep->n > 1 && port != NULL && *port == 0 ? SAME_PORT_TRIES : 1;

	while (listen_all(ep, list, n, why) == -1)
		if (errno != EADDRINUSE || --tries == 0)
			return -1;
	return 0;
}

void
listener_close(struct listener *l, bool remove)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&l->where.addr;
	struct stat st;

	/* The path goes before the socket, while nobody takes it for stale and replaces it. */
	if (remove && l->where.addr.ss_family == AF_UNIX &&
	    (lstat(un->sun_path, &st) == -1 ? errno != ENOENT :
	    st.st_dev == l->dev && st.st_ino == l->ino && unlink(un->sun_path) == -1))
		complain("%s: cannot be removed: %s", l->where.text, strerror(errno));
	close(l->fd);
}

int
endpoint_accept(struct listener *l, struct peer *who)
{
	struct sockaddr_storage addr;
	socklen_t len = sizeof(addr);
	int fd;

	memset(&addr, 0, sizeof(addr));
#ifdef HAVE_ACCEPT4
	fd = fit(accept4(l->fd, (struct sockaddr *)&addr, &len, BORN_SO), true);
#else
	fd = fit(accept(l->fd, (struct sockaddr *)&addr, &len), false);
#endif
	if (fd == -1)
		return -1;
	endpoint_peer(who, (struct sockaddr *)&addr, len);
	if (l->inherits == 0)
		l->inherits = is_tuned(fd, &l->where) ? 1 : -1;
	if (l->inherits == -1)
		tune(fd, &l->where);
	return fd;
}

int
endpoint_connect(const struct peer *a)
{
	int fd = socket_new(a);

	if (fd == -1)
		return -1;
	tune(fd, a);
	if (connect(fd, (const struct sockaddr *)&a->addr, a->len) == -1 &&
	    errno != EINPROGRESS && errno != EINTR)
		return close_failed(fd);
	return fd;
}

/* Whether fd is connected to itself: its own port was the one that it tried. */
static bool
is_connected_to_itself(int fd, const struct peer *a)
{
	struct sockaddr_storage tried = a->addr, own, other;
	const in_port_t *port = port_of(&tried), *own_port;
	socklen_t len = sizeof(own), other_len = sizeof(other);

	memset(&own, 0, sizeof(own));
	memset(&other, 0, sizeof(other));
	if (port == NULL || getsockname(fd, (struct sockaddr *)&own, &len) == -1 ||
	    (own_port = port_of(&own)) == NULL || *own_port != *port)
		return false;
	return getpeername(fd, (struct sockaddr *)&other, &other_len) == 0 &&
	    other_len == len && memcmp(&own, &other, len) == 0;
}

int
endpoint_connected(int fd, const struct peer *a)
{
	char byte;

	if (is_connected_to_itself(fd, a))
		return ECONNREFUSED;

	/* Not by SO_ERROR: that of a reset would hide what can still be read before it. */
	if (recv(fd, &byte, 1, MSG_PEEK | MSG_DONTWAIT) >= 0 || errno == EAGAIN ||
	    errno == EWOULDBLOCK || errno == EINTR)
		return 0;
	return errno;
}

void
endpoint_buffers(int fd, int *receive, int *send)
{
	socklen_t len = sizeof(*receive);

	if (getsockopt(fd, SOL_SOCKET, SO_RCVBUF, receive, &len) == -1)
		*receive = 0;
	len = sizeof(*send);
	if (getsockopt(fd, SOL_SOCKET, SO_SNDBUF, send, &len) == -1)
		*send = 0;
}

/* Turns an IPv4 address that is written as IPv6 (::ffff:192.0.2.1) into IPv4. */
static void
unmap(struct sockaddr_storage *addr)
{
	struct sockaddr_in6 in6;
	struct sockaddr_in in = { .sin_family = AF_INET };

	memcpy(&in6, addr, sizeof(in6));
	if (addr->ss_family != AF_INET6 || !IN6_IS_ADDR_V4MAPPED(&in6.sin6_addr))
		return;
	in.sin_port = in6.sin6_port;
	memcpy(&in.sin_addr, &in6.sin6_addr.s6_addr[12], sizeof(in.sin_addr));
	memset(addr, 0, sizeof(*addr));
	memcpy(addr, &in, sizeof(in));
}

/* Whether an IP address is "every address". */
static bool
is_wildcard(const struct sockaddr_storage *addr)
{
	return addr->ss_family == AF_INET ?
	    ((const struct sockaddr_in *)addr)->sin_addr.s_addr == htonl(INADDR_ANY) :
	    IN6_IS_ADDR_UNSPECIFIED(&((const struct sockaddr_in6 *)addr)->sin6_addr);
}

/* Whether two IP addresses of one family are the same, whatever their ports. */
static bool
same_host(const struct sockaddr_storage *a, const struct sockaddr_storage *b)
{
	if (a->ss_family == AF_INET)
		return ((const struct sockaddr_in *)a)->sin_addr.s_addr ==
		    ((const struct sockaddr_in *)b)->sin_addr.s_addr;
	return memcmp(&((const struct sockaddr_in6 *)a)->sin6_addr,
	    &((const struct sockaddr_in6 *)b)->sin6_addr, sizeof(struct in6_addr)) == 0;
}

/* Whether an IP address is one of this host: one that a socket can be bound to. */
static bool
is_of_this_host(struct sockaddr_storage addr)
{
	socklen_t len = addr.ss_family == AF_INET ? sizeof(struct sockaddr_in) :
	    sizeof(struct sockaddr_in6);
	int fd = socket(addr.ss_family, SOCK_STREAM, 0);
	bool bound;

	if (fd == -1)
		return false;
	*port_of(&addr) = 0;
	bound = bind(fd, (struct sockaddr *)&addr, len) == 0;
	close(fd);
	return bound;
}

bool
listener_is(const struct listener *l, const struct peer *a)
{
	const struct sockaddr_un *un = (const struct sockaddr_un *)&a->addr;
	struct sockaddr_storage here = l->where.addr, there = a->addr, loopback;
	struct stat st;

	if (here.ss_family == AF_UNIX)
		return there.ss_family == AF_UNIX && stat(un->sun_path, &st) == 0 &&
		    st.st_dev == l->dev && st.st_ino == l->ino;
	unmap(&there);
	if (there.ss_family != here.ss_family || *port_of(&there) != *port_of(&here))
		return false;
	if (is_wildcard(&there)) {	/* where a connection goes to the loopback address */
		loopback = there;
		if (there.ss_family == AF_INET)
			((struct sockaddr_in *)&loopback)->sin_addr.s_addr = htonl(INADDR_LOOPBACK);
		else
			((struct sockaddr_in6 *)&loopback)->sin6_addr = in6addr_loopback;
		there = loopback;
	}
	return is_wildcard(&here) ? is_of_this_host(there) : same_host(&here, &there);
}
