/* output.c - where records go: files, stdout, syslog
 *
 * Owns the log descriptors. A record goes out whole, by one write(2): on a file
 * that appends the system keeps it together; elsewhere (pipe, terminal) a lock
 * does, held for the length of the write. Knows nothing of what it writes.
 */
#include <config.h>

#include <sys/select.h>
#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>
#include <unistd.h>

#include "output.h"
#include "shared.h"
#include "systemlog.h"

#define MESSAGE	900	/* bytes; with what systemlog.c puts before them, 1024 (RFC 3164, 4.1) */

static int	lock_fd = -1;	/* an unlinked file; the lock goes with its holder */

/* Names */

static const char letters[] = "ncstdp%";

int
output_bad_letter(const char *name)
{
	for (; (name = strchr(name, '%')) != NULL; name += 2)
		if (name[1] == '\0' || strchr(letters, name[1]) == NULL)
			return name[1] == '\0' ? '%' : (unsigned char)name[1];
	return 0;
}

/* Whether name has one of these letters after a %. */
static bool
has_letter(const char *name, const char *wanted)
{
	for (; (name = strchr(name, '%')) != NULL && name[1] != '\0'; name += 2)
		if (strchr(wanted, name[1]) != NULL)
			return true;
	return false;
}

bool
output_splits(const char *name)
{
	return has_letter(name, "d");
}

bool
output_is_template(const char *name)
{
	return has_letter(name, "ncstdp");
}

/* A peer as part of a file name: "127.0.0.1-25"; nothing that leads elsewhere. */
static void
expand_peer(const char *text, struct buf *path)
{
	const char *colon = strrchr(text, ':');

	for (; *text != '\0'; text++)
		if (text == colon)
			buf_putc(path, '-');
		else if (strchr("0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ.-",
		    *text) != NULL)
			buf_putc(path, *text);
		else
			buf_putc(path, '_');
}

static void
expand_letter(int letter, const struct naming *of, enum side from, struct buf *path)
{
	char start[sizeof("20261123T034210Z") + 8];
	struct tm tm;

	switch (letter) {
	case 'n':
		buf_printf(path, "%04lu", of->session);
		break;
	case 'c':
	case 's':
		expand_peer(of->peer[letter == 'c' ? CLIENT : SERVER], path);
		break;
	case 't':
		if (gmtime_r(&of->start, &tm) != NULL &&
		    strftime(start, sizeof(start), "%Y%m%dT%H%M%SZ", &tm) > 0)
			buf_puts(path, start);
		break;
	case 'd':
		buf_puts(path, from == CLIENT ? "client" : "server");
		break;
	case 'p':
		buf_printf(path, "%ld", (long)getpid());
		break;
	default:
		buf_putc(path, '%');
	}
}

void
output_expand(const char *name, const struct naming *of, enum side from, struct buf *path)
{
	for (; *name != '\0'; name++)
		if (name[0] == '%' && name[1] != '\0')
			expand_letter(*++name, of, from, path);
		else
			buf_putc(path, *name);
}

/* The name of an output that is no template: %% is %. NULL without memory. */
static char *
plain_name(const char *name)
{
	char *plain = malloc(strlen(name) + 1), *to = plain;

	if (plain == NULL)
		return NULL;
	for (; *name != '\0'; name++) {
		if (name[0] == '%' && name[1] == '%')
			name++;
		*to++ = *name;
	}
	*to = '\0';
	return plain;
}

/* Writing */

static void
lock(int type)
{
	struct flock whole = { .l_type = (short)type, .l_whence = SEEK_SET };

	while (fcntl(lock_fd, F_SETLKW, &whole) == -1 && errno == EINTR)
		;
}

/* write(2) until all is out; returns how much was, with errno when not all. */
static size_t
write_all(int fd, const void *bytes, size_t len)
{
	const unsigned char *data = bytes;
	size_t done = 0;
	fd_set wr;
	ssize_t n;

	while (done < len) {
		n = write(fd, data + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0)
			errno = ENOSPC;
		if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN))
			break;
		if (n == -1 && errno == EAGAIN && fd < FD_SETSIZE) {	/* somebody made it so */
			FD_ZERO(&wr);
			FD_SET(fd, &wr);
			select(fd + 1, NULL, &wr, NULL, NULL);
		}
	}
	return done;
}

/* Takes back the n bytes just written, if they are the end of the file. */
static bool
take_back(int fd, size_t n)
{
	off_t end = lseek(fd, 0, SEEK_CUR);
	struct stat st;

	return end >= (off_t)n && fstat(fd, &st) == 0 && st.st_size == end &&
	    ftruncate(fd, end - (off_t)n) == 0;
}

static void
count_lost(struct output *o, size_t len)
{
	o->lost += len;
#ifdef HAVE_SYNC_FETCH_AND_ADD
	__sync_fetch_and_add(&o->tally->lost, len);
#else
	o->tally->lost += len;
#endif
}

void
output_lose(struct output *o, size_t len, const char *reason)
{
	count_lost(o, len);
	if (!o->tally->said) {
		o->tally->said = true;
		complain("%s: %s", o->name, reason);
	}
}

static void
write_torn(struct output *o, enum side s, size_t done, size_t len)
{
	const char *reason = strerror(errno);

	if (o->blocks && done > 0 && take_back(o->fd[s], done))
		done = 0;
	if (done > 0) {
		o->torn[s] = true;
		if (o->tally->torn < o->generation)
			o->tally->torn = o->generation;
	}
	output_lose(o, len - done, reason);
}

static void
forget_torn(struct output *o, enum side s)
{
	o->torn[s] = false;
	if (o->tally->torn == o->generation)
		o->tally->torn = 0;
}

/*
 * Writes what a file starts with into one that is empty, also when others have
 * emptied it (copytruncate), or, just opened, is no regular file.
 */
static bool
write_head(struct output *o, enum side s, bool opened)
{
	struct stat st;
	size_t done;

	if (o->head_len == 0 ||
	    (fstat(o->fd[s], &st) == 0 && S_ISREG(st.st_mode) ? st.st_size > 0 : !opened))
		return true;
	forget_torn(o, s);
	done = write_all(o->fd[s], o->head, o->head_len);
	if (done < o->head_len)
		write_torn(o, s, done, o->head_len);
	return done == o->head_len;
}

/* Makes the file's end fit for a record. Returns why none may follow, or NULL. */
static const char *
mend(struct output *o, enum side s)
{
	if (!write_head(o, s, false))
		return "it has no head";
	if (!o->torn[s] && (o->many || o->tally->torn != o->generation))
		return NULL;
	if (o->blocks)
		return "it ends in half a record";
	if (o->lines && write_all(o->fd[s], "\n", 1) == 0)
		return strerror(errno);
	forget_torn(o, s);
	return NULL;
}

/* Opening */

/* Puts fd, already open, in place for one direction. */
static void
adopt(struct output *o, enum side s, int fd)
{
	struct stat st;
	bool regular = fstat(fd, &st) == 0 && S_ISREG(st.st_mode);

	o->fd[s] = fd;
	o->shared[s] = !regular || (fcntl(fd, F_GETFL) & O_APPEND) == 0 ||
	    (o->blocks && !o->many);	/* nobody else may write before a block is taken back */
	o->torn[s] = false;
	if (!o->split)
		o->fd[OTHER(s)] = -1;
}

static int
open_log(const char *path, int flags)
{
	return open(path, O_WRONLY | O_CREAT | O_APPEND | O_NOCTTY | O_CLOEXEC | flags, 0666);
}

/* The same once there are sessions, which are not to wait for the reader of a FIFO. */
static int
open_at_once(const char *path, int flags)
{
	int fd = open_log(path, flags | O_NONBLOCK);

	if (fd != -1)
		fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

/* A template's folder must be there, as far as it is known now. */
static int
check_folder(const char *name, struct cause *why)
{
	const char *slash = strrchr(name, '/');
	char folder[4096], *plain;
	int error;

	if (slash == NULL)
		strcpy(folder, ".");
	else if ((size_t)(slash - name) + 2 > sizeof(folder))
		return cause_set(why, "cannot open %s: %s", name, strerror(ENAMETOOLONG));
	else
		snprintf(folder, sizeof(folder), "%.*s/", (int)(slash - name), name);
	if (output_is_template(folder))
		return 0;
	if ((plain = plain_name(folder)) == NULL)
		return cause_errno(why, "cannot open", name);
	error = access(plain, W_OK | X_OK);
	free(plain);
	return error == -1 ? cause_errno(why, "cannot create files in", folder) : 0;
}

static int
open_one(struct output *o, struct cause *why)
{
	char *plain;
	int fd;

	if (o->kind == OUT_SYSLOG) {
		return systemlog_open(NULL) == -1 && !o->optional ?
		    cause_set(why, "no syslogd for -o %s: %s", o->name, strerror(errno)) : 0;
	}
	if (o->kind == OUT_STDOUT) {
		adopt(o, CLIENT, STDOUT_FILENO);
		return 0;
	}
	if (o->many)
		return check_folder(o->name, why);
	if ((plain = plain_name(o->name)) == NULL)
		return cause_errno(why, "cannot open", o->name);
	fd = open_log(plain, 0);
	free(plain);
	if (fd == -1)
		return cause_errno(why, "cannot open", o->name);
	adopt(o, CLIENT, fd);
	return 0;
}

/* Whether what an earlier run left needs a line end, as far as it can be read. */
static bool
ends_in_half_a_line(const struct output *o)
{
	char *plain = plain_name(o->name), last = '\n';
	struct stat st;
	int fd;

	if (plain == NULL || fstat(o->fd[CLIENT], &st) == -1 || !S_ISREG(st.st_mode) ||
	    (fd = open(plain, O_RDONLY | O_CLOEXEC)) == -1) {
		free(plain);
		return false;
	}
	if (st.st_size > 0 && pread(fd, &last, 1, st.st_size - 1) != 1)
		last = '\n';
	close(fd);
	free(plain);
	return last != '\n';
}

/* Nothing can fail any more: empties the file, unless it is added to, and begins it. */
static int
begin_one(struct output *o, struct cause *why)
{
	if (o->fd[CLIENT] == -1)
		return 0;
	if (o->append && o->lines && ends_in_half_a_line(o))
		o->tally->torn = o->generation;
	if (o->kind == OUT_FILE && !o->append && ftruncate(o->fd[CLIENT], 0) == -1 && errno != EINVAL)
		return cause_errno(why, "cannot empty", o->name);
	write_head(o, CLIENT, true);
	return 0;
}

/* What needs the lock: a pipe, a terminal, a file that does not append. */
static int
make_lock(const struct output *o, size_t n, struct cause *why)
{
	FILE *f;
	size_t i;

	for (i = 0; i < n && (o[i].fd[CLIENT] == -1 || !o[i].shared[CLIENT]); i++)
		;
	if (i == n)
		return 0;
	if ((f = tmpfile()) == NULL || (lock_fd = fcntl(fileno(f), F_DUPFD_CLOEXEC, 3)) == -1) {
		if (f != NULL)
			fclose(f);
		return cause_errno(why, "temporary file for the lock of the logs", NULL);
	}
	fclose(f);
	return 0;
}

int
outputs_open(struct output *o, size_t n, bool many_writers, struct cause *why)
{
	struct output_tally *tally;
	size_t i;

	if (n == 0)
		return 0;
	if ((tally = shared_alloc(n * sizeof(*tally))) == NULL)
		return cause_errno(why, "memory for outputs", NULL);
	for (i = 0; i < n; i++) {
		o[i].fd[CLIENT] = o[i].fd[SERVER] = -1;
		o[i].tally = &tally[i];
		o[i].generation = 1;
		o[i].kind = strcmp(o[i].name, "-") == 0 ? OUT_STDOUT :
		    strcmp(o[i].name, "syslog:") == 0 ? OUT_SYSLOG : OUT_FILE;
		o[i].many = o[i].kind == OUT_FILE && output_is_template(o[i].name);
		o[i].split = o[i].many && has_letter(o[i].name, "d");
	}
	for (i = 0; i < n; i++)
		if (open_one(&o[i], why) == -1)
			return -1;
	if (many_writers && make_lock(o, n, why) == -1)
		return -1;
	for (i = 0; i < n; i++)
		if (begin_one(&o[i], why) == -1)
			return -1;
	return 0;
}

void
outputs_reopen(struct output *o, size_t n)
{
	char *plain;
	size_t i;
	int fd, old;

	for (i = 0; i < n; i++) {
		o[i].tally->said = false;
		if (o[i].kind != OUT_FILE || o[i].many)
			continue;
		plain = plain_name(o[i].name);
		fd = plain != NULL ? open_at_once(plain, 0) : -1;
		if (fd == -1)
			complain("cannot open %s again: %s", o[i].name, strerror(errno));
		free(plain);
		if (fd == -1)
			continue;
		old = o[i].fd[CLIENT];
		o[i].generation++;
		adopt(&o[i], CLIENT, fd);
		write_head(&o[i], CLIENT, true);
		if (old != -1)
			close(old);
	}
}

void
output_begin(struct output *o, const struct naming *of)
{
	/* A name that no other session has starts anew; one that is shared grows. */
	int fresh = has_letter(o->name, "np") && !o->append ? O_TRUNC : 0, fd;
	struct buf path = { 0 };
	enum side s;

	if (!o->many)
		return;
	for (s = CLIENT; s < (o->split ? SIDES : SERVER); s++) {
		buf_clear(&path);
		output_expand(o->name, of, s, &path);
		buf_putc(&path, '\0');
		fd = path.failed ? -1 : open_at_once((const char *)path.data, fresh);
		if (fd == -1) {
			complain("session %lu: cannot open %s: %s", of->session,
			    path.failed ? o->name : (const char *)path.data, strerror(errno));
			continue;
		}
		adopt(o, s, fd);
		write_head(o, s, true);
	}
	buf_free(&path);
}

/* Records */

static void
write_file(struct output *o, enum side s, const void *record, size_t len)
{
	bool locked = o->shared[s] && lock_fd != -1;
	const char *hurt;
	size_t done;

	if (o->fd[s] == -1) {		/* it could not be opened, which was said */
		count_lost(o, len);
		return;
	}
	if (locked)
		lock(F_WRLCK);
	if ((hurt = mend(o, s)) != NULL)
		output_lose(o, len, hurt);
	else if ((done = write_all(o->fd[s], record, len)) < len)
		write_torn(o, s, done, len);
	if (locked)
		lock(F_UNLCK);
}

/* A line a message, in pieces where it is long: what goes on starts with blanks. */
static void
write_syslog(struct output *o, const char *record, size_t len)
{
	const char *end = record + len, *lf, *margin;
	char text[MESSAGE + sizeof("    ")];
	int piece, n;

	for (; record < end; record = lf + 1) {
		if ((lf = memchr(record, '\n', (size_t)(end - record))) == NULL)
			lf = end;
		margin = "";
		do {
			piece = lf - record < MESSAGE ? (int)(lf - record) : MESSAGE;
			n = snprintf(text, sizeof(text), "%s%.*s", margin, piece, record);
			if (systemlog_send(LOG_DAEMON | LOG_INFO, text, (size_t)n) == -1 &&
			    !o->optional)
				output_lose(o, (size_t)piece, strerror(errno));
			record += piece;
			margin = "    ";
		} while (record < lf);
	}
}

void
output_write(struct output *o, enum side to, const void *record, size_t len)
{
	if (len == 0)
		return;
	if (o->kind == OUT_SYSLOG) {
		write_syslog(o, record, len);
		return;
	}
	if (!o->split || to != SERVER)
		write_file(o, CLIENT, record, len);
	if (o->split && to != CLIENT)
		write_file(o, SERVER, record, len);
}

bool
outputs_report(const struct output *o, size_t n)
{
	bool any = false;
	size_t i;

	for (i = 0; i < n; i++)
		if (o[i].tally != NULL && o[i].tally->lost > 0) {
			complain("%s: lost %ju byte%s", o[i].name, o[i].tally->lost,
			    o[i].tally->lost == 1 ? "" : "s");
			any = true;
		}
	return any;
}
