/* output.c - where records go: files, stdout, syslog
 *
 * Runs in: parent, session, lookup helper. Owns the log descriptors. A record goes
 * out whole, by one write(2), under a lock where others may write at the same time;
 * what a process that was killed left of a record is repaired by the next one to
 * write. Knows nothing of what it writes.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/stat.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <unistd.h>

#include "output.h"
#include "process.h"
#include "signals.h"
#include "systemlog.h"
#include "template.h"
#include "writable.h"

#define MESSAGE	900	/* bytes; with what systemlog.c puts before them, 1024 (RFC 3164, 4.1) */

/* The path that a name stands for, in path: %% is %. NULL without memory. */
static const char *
expand(const char *name, const struct template_values *values, enum side from, struct buf *path)
{
	buf_clear(path);
	template_expand(name, values, from, path);
	buf_putc(path, '\0');
	return path->failed ? NULL : (const char *)path->data;
}

/* The same of a name that does not vary. */
static const char *
expand_plain(const char *name, struct buf *path)
{
	return expand(name, NULL, CLIENT, path);
}

/* Writing */

/* Somebody asks what the program is doing: answers while the reader takes nothing. */
static void
answer(const struct output *o, int fd)
{
	if (o->on_wait != NULL && writable_wait(fd, 0) == 0)
		o->on_wait(o->arg, o->name);
}

/* write(2) until all is out; returns how much was, with errno when not all. */
static size_t
write_on(const struct output *o, int fd, const void *bytes, size_t len)
{
	const unsigned char *data = bytes;
	size_t done = 0;
	ssize_t n;

	while (done < len) {
		if (signals_status)
			answer(o, fd);
		n = write(fd, data + done, len - done);
		if (n > 0)
			done += (size_t)n;
		else if (n == 0)
			errno = ENOSPC;
		if (n == 0 || (n == -1 && errno != EINTR && errno != EAGAIN))
			break;
		if (n == -1 && errno == EAGAIN)		/* somebody made it so */
			writable_wait(fd, -1);
	}
	return done;
}

/* The same, and lets in whoever asks meanwhile what the program is doing. */
static size_t
write_all(const struct output *o, enum side s, const void *bytes, size_t len)
{
	size_t done;
	int saved;

	if (!o->may_wait[s])
		return write_on(o, o->fd[s], bytes, len);
	signals_let_status(true);
	done = write_on(o, o->fd[s], bytes, len);
	saved = errno;
	signals_let_status(false);
	errno = saved;
	return done;
}

/* Takes back what follows the first size bytes; the next write is to begin there. */
static bool
cut(int fd, uintmax_t size)
{
	return ftruncate(fd, (off_t)size) == 0 && lseek(fd, (off_t)size, SEEK_SET) != -1;
}

static void
count_lost(struct output *o, size_t len)
{
	o->lost += len;
	process_add(&o->tally->lost, len);
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

/*
 * Nobody reads stdout any more, which ends the program as it ends others, once. A
 * session, which may signal nobody else, ends itself: to the parent that is news, and
 * output_reader_gone() tells why. Only where the parent still is ours.
 */
static void
end_program(struct output *o)
{
	if (o->tally->gone || (getpid() != o->parent && getppid() != o->parent))
		return;
	o->tally->gone = true;
	raise(SIGTERM);
}

bool
output_reader_gone(const struct output *o)
{
	return o->kind == OUT_STDOUT && o->tally->gone;
}

/* What is known of the file of o for that side; nothing yet, where another one had its place. */
static struct output_place *
place_of(struct output *o, enum side s)
{
	struct output_place *p = o->place[s];

	if (p->dev != o->dev[s] || p->ino != o->ino[s])
		*p = (struct output_place){ .dev = o->dev[s], .ino = o->ino[s] };
	return p;
}

/* Writing has failed after done bytes of len, with errno. Nobody else has written meanwhile. */
static void
write_torn(struct output *o, enum side s, size_t done, size_t len)
{
	struct output_place *p = place_of(o, s);
	const char *reason = strerror(errno);
	bool gone = o->kind == OUT_STDOUT && errno == EPIPE;
	struct stat st;

	if (o->whole_records && fstat(o->fd[s], &st) == 0 &&
	    (uintmax_t)st.st_size == p->start + done && cut(o->fd[s], p->start))
		done = 0;
	p->torn = done > 0;
	output_lose(o, len - done, reason);
	if (gone)
		end_program(o);
}

/* Writes to a file whose end is fit for it. Returns whether all is out. */
static bool
write_whole(struct output *o, enum side s, const void *bytes, size_t len)
{
	struct output_place *p = place_of(o, s);
	struct stat st = { 0 };
	size_t done;

	fstat(o->fd[s], &st);
	p->start = (uintmax_t)st.st_size;
	p->writing = len;
	done = write_all(o, s, bytes, len);
	p->writing = 0;
	if (done < len)
		write_torn(o, s, done, len);
	return done == len;
}

/*
 * A process was killed while it wrote, maybe in the middle of its record: takes
 * that back, or marks it as torn. Where the file's size makes no sense, others
 * have changed the file: torn is then the safe answer.
 */
static void
settle_death(struct output *o, enum side s)
{
	struct output_place *p = place_of(o, s);
	uintmax_t done, len = p->writing;
	struct stat st = { 0 };
	bool known;

	p->writing = 0;
	fstat(o->fd[s], &st);
	done = (uintmax_t)st.st_size - p->start;	/* absurd if the file has shrunk */
	known = S_ISREG(st.st_mode) && done <= len;
	if (done == len)
		return;
	if (S_ISFIFO(st.st_mode) && len <= PIPE_BUF)
		return;			/* which is written whole, or not at all */
	if (known && o->whole_records && cut(o->fd[s], p->start))
		done = 0;
	if (known)
		process_add(&o->tally->lost, len - done);
	p->torn = !known || done > 0;
}

/* Writes what a file starts with. Returns whether it is there. */
static bool
put_head(struct output *o, enum side s)
{
	place_of(o, s)->torn = false;
	return write_whole(o, s, o->head, o->head_len);
}

/*
 * The same for a file that is empty, also when others have emptied it (copytruncate),
 * or, just opened, is no regular file.
 */
static bool
write_head(struct output *o, enum side s, bool opened)
{
	struct stat st;

	if (o->head_len == 0 ||
	    (fstat(o->fd[s], &st) == 0 && S_ISREG(st.st_mode) ? st.st_size > 0 : !opened))
		return true;
	return put_head(o, s);
}

/* Makes the file's end fit for a record. Returns why none may follow, or NULL. */
static const char *
repair_end(struct output *o, enum side s)
{
	struct output_place *p = place_of(o, s);

	if (p->writing > 0)
		settle_death(o, s);
	if (!write_head(o, s, false))
		return "it has no head";
	if (!p->torn)
		return NULL;
	if (o->whole_records)
		return "it ends in half a record";
	if (o->lines && write_all(o, s, "\n", 1) == 0)
		return strerror(errno);
	p->torn = false;
	return NULL;
}

/* Opening */

/*
 * Puts fd, already open, in place for one direction. A name with %n or %p is that
 * of one process's file, which needs no lock.
 */
static void
set_fd(struct output *o, enum side s, int fd)
{
	bool alone = o->per_session && template_per_session(o->name);
	struct stat st = { 0 };

	fstat(fd, &st);
	o->fd[s] = fd;
	o->dev[s] = st.st_dev;
	o->ino[s] = st.st_ino;
	o->place[s] = alone ? &o->own[s] : &o->tally->place[st.st_ino % OUTPUT_PLACES];
	o->may_wait[s] = !S_ISREG(st.st_mode);
	o->needs_lock[s] = !alone || o->may_wait[s] || (fcntl(fd, F_GETFL) & O_APPEND) == 0;
	if (!o->per_side)
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

/*
 * Says "what path: why", the path as it was resolved, and as whom a refused user
 * asked. For errno; keeps it, returns -1.
 */
static int
cannot(const struct output *o, const char *what, const char *path, struct cause *why)
{
	bool refused = errno == EACCES || errno == EPERM;
	struct buf text = { 0 };
	int saved = errno;

	buf_printf(&text, "%s%s%s%s", o->daemon && path[0] != '/' ? "/" : "", path,
	    refused && o->user != NULL ? " as user " : "",
	    refused && o->user != NULL ? o->user : "");
	buf_putc(&text, '\0');
	errno = saved;
	cause_errno(why, what, text.failed ? path : (const char *)text.data);
	buf_free(&text);
	return -1;
}

/*
 * Cuts a path, which is not empty, to the folder that it is in: "" for the current one,
 * else with its slash.
 */
static void
cut_to_folder(char *path)
{
	size_t len = strlen(path);

	if (path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	path[len] = '\0';
}

/* A template's folder must be there, or what of its path is the same in all sessions. */
static int
check_folder(const struct output *o, struct cause *why)
{
	char *folder = strdup(o->name);
	struct buf plain = { 0 };
	const char *path;
	int rights = W_OK | X_OK, result = 0;

	if (folder == NULL)
		return cannot(o, "cannot open", o->name, why);
	for (cut_to_folder(folder); template_varies(folder); cut_to_folder(folder))
		rights = X_OK;
	path = expand_plain(folder, &plain);
	if (path == NULL || access(*path != '\0' ? path : ".", rights) == -1)
		result = cannot(o, "cannot create files in",
		    *folder != '\0' || o->daemon ? folder : ".", why);
	buf_free(&plain);
	free(folder);
	return result;
}

static int
open_file(struct output *o, struct cause *why)
{
	struct buf plain = { 0 };
	const char *path = expand_plain(o->name, &plain);
	int fd = path != NULL ? open_log(path, 0) : -1;

	if (fd == -1)
		cannot(o, "cannot open", o->name, why);
	else
		set_fd(o, CLIENT, fd);
	buf_free(&plain);
	return fd != -1 ? 0 : -1;
}

int
output_open(struct output *o, struct output_tally *tally, bool many_writers, struct cause *why)
{
	o->fd[CLIENT] = o->fd[SERVER] = -1;
	o->tally = tally;
	o->parent = getpid();
	o->kind = strcmp(o->name, "-") == 0 ? OUT_STDOUT :
	    systemlog_name(o->name) != NULL ? OUT_SYSLOG : OUT_FILE;
	o->per_session = o->kind == OUT_FILE && template_varies(o->name);
	o->per_side = o->per_session && template_per_side(o->name);
	o->many_writers = many_writers;
	if (many_writers && o->kind != OUT_SYSLOG && lock_make(&tally->lock) == -1)
		return cause_errno(why, "lock of the logs", NULL);
	switch (o->kind) {
	case OUT_SYSLOG:
		o->facility = systemlog_find(systemlog_name(o->name));
		return systemlog_open(NULL) == -1 && !o->optional ?
		    cause_set(why, "no syslogd for -o %s: %s", o->name, strerror(errno)) : 0;
	case OUT_STDOUT:
		set_fd(o, CLIENT, STDOUT_FILENO);
		return 0;
	default:
		return o->per_session ? check_folder(o, why) : open_file(o, why);
	}
}

/* A line that an earlier run was killed in is ended before the next record. */
static int
check_last_line(struct output *o, enum side s, int fd, off_t size)
{
	char last;

	place_of(o, s)->torn = pread(fd, &last, 1, size - 1) == 1 && last != '\n';
	return 0;
}

/* A block that an earlier run was killed in is taken back; what is no such file is left alone. */
static int
check_last_block(const struct output *o, enum side s, int fd, off_t size, const char *path,
    struct cause *why)
{
	off_t whole = o->whole(fd, size);

	if (whole == -1)
		return cause_set(why, "cannot add to %s: it is damaged, or another kind of file", path);
	if (whole < size && ftruncate(o->fd[s], whole) == -1)
		return cannot(o, "cannot take back half a record in", path, why);
	return 0;
}

/* Makes the end of what earlier runs left in path fit for a record, as far as it can be read. */
static int
check_earlier(struct output *o, enum side s, const char *path, struct cause *why)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC), result = 0;
	struct stat st;

	if (fd == -1)
		return 0;
	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0) {
		if (o->lines)
			result = check_last_line(o, s, fd, st.st_size);
		else if (o->whole != NULL)
			result = check_last_block(o, s, fd, st.st_size, path, why);
	}
	close(fd);
	return result;
}

/* What earlier runs left stays; what needs a head gets one for this run, as readers expect. */
static int
add_to_earlier(struct output *o, struct cause *why)
{
	struct buf plain = { 0 };
	const char *path = expand_plain(o->name, &plain);
	int result = path != NULL ? check_earlier(o, CLIENT, path, why) :
	    cannot(o, "cannot open", o->name, why);

	buf_free(&plain);
	if (result == 0 && o->head_len > 0)
		put_head(o, CLIENT);
	return result;
}

int
output_start(struct output *o, struct cause *why)
{
	if (o->fd[CLIENT] == -1)
		return 0;
	if (o->kind == OUT_FILE && o->append)
		return add_to_earlier(o, why);
	if (o->kind == OUT_FILE && ftruncate(o->fd[CLIENT], 0) == -1 && errno != EINVAL)
		return cannot(o, "cannot empty", o->name, why);		/* and no FIFO */
	write_head(o, CLIENT, true);
	return 0;
}

void
output_reopen(struct output *o)
{
	struct buf plain = { 0 };
	const char *path;
	int fd, old = o->fd[CLIENT];

	o->tally->said = false;
	if (o->kind != OUT_FILE || o->per_session)
		return;
	path = expand_plain(o->name, &plain);
	if ((fd = path != NULL ? open_at_once(path, 0) : -1) == -1) {
		complain("cannot open %s again: %s", o->name, strerror(errno));
	} else {
		set_fd(o, CLIENT, fd);
		write_head(o, CLIENT, true);
		close(old);
	}
	buf_free(&plain);
}

/* Takes or gives back what keeps other processes from writing to o's file for side s. */
static void
lock_file(struct output *o, enum side s, void (*what)(struct lock *))
{
	if (o->needs_lock[s] && o->many_writers)
		what(&o->tally->lock);
}

/* A session's own file of that name; errors are complained about. */
static void
begin_file(struct output *o, enum side s, const char *path, unsigned long session)
{
	/* A name that no other session has starts anew; one that is shared grows. */
	bool anew = template_per_session(o->name) && !o->append;
	int fd = open_at_once(path, anew ? O_TRUNC : 0), result = 0;
	struct cause why;

	if (fd == -1) {
		complain("session %lu: cannot open %s: %s", session, path, strerror(errno));
		return;
	}
	set_fd(o, s, fd);
	lock_file(o, s, lock_take);
	if ((result = check_earlier(o, s, path, &why)) == -1)
		complain("session %lu: %s", session, why.text);
	else
		write_head(o, s, true);
	lock_file(o, s, lock_give);
	if (result == -1) {
		close(fd);
		o->fd[s] = -1;
	}
}

void
output_begin(struct output *o, const struct template_values *values)
{
	struct buf plain = { 0 };
	const char *path;
	enum side s;

	for (s = CLIENT; o->per_session && s < (o->per_side ? SIDES : SERVER); s++)
		if ((path = expand(o->name, values, s, &plain)) != NULL)
			begin_file(o, s, path, values->session);
		else
			complain("session %lu: cannot open %s: %s", values->session, o->name,
			    strerror(ENOMEM));
	buf_free(&plain);
}

/* Records */

static void
write_file(struct output *o, enum side s, const void *record, size_t len)
{
	const char *hurt;

	if (o->fd[s] == -1) {		/* it could not be opened, which was said */
		count_lost(o, len);
		return;
	}
	lock_file(o, s, lock_take);
	if ((hurt = repair_end(o, s)) != NULL)
		output_lose(o, len, hurt);
	else
		write_whole(o, s, record, len);
	lock_file(o, s, lock_give);
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
			if (systemlog_send(o->facility | LOG_INFO, text, (size_t)n) == -1 &&
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
	if (!o->per_side || to != SERVER)
		write_file(o, CLIENT, record, len);
	if (o->per_side && to != CLIENT)
		write_file(o, SERVER, record, len);
}

bool
output_report(const struct output *o)
{
	uintmax_t lost = o->tally != NULL ? o->tally->lost : 0;

	if (lost > 0)
		complain("%s: lost %ju byte%s", o->name, lost, lost == 1 ? "" : "s");
	return lost > 0;
}
