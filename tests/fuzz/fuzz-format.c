/* fuzz-format.c - any conversation through any format
 *
 * The first byte chooses the format and the frame. Then chunks: a byte of
 * flags, a byte of length, the bytes. No text that comes out may look like a
 * record that we did not make, nor hold a control byte; JSON stays one line an
 * event, and the blocks of a capture fit into each other.
 */
#include <config.h>

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "format.h"

int	LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

static void
demand(bool so, const char *what)
{
	if (so)
		return;
	fprintf(stderr, "not so: %s\n", what);
	abort();
}

/* How a line of text may begin. */
static bool
is_ours(const struct format *f, const char *line, const char *frame)
{
	if (strncmp(line, "# session 7 ", 12) == 0 || strncmp(line, "        ", 8) == 0)
		return true;
	if (f == &format_hex && strlen(line) > 8 && strspn(line, "0123456789abcdef") == 8)
		return true;
	if (strncmp(line, frame, strlen(frame)) != 0)
		return false;
	line += strlen(frame);
	return strncmp(line, "client", 6) == 0 || strncmp(line, "server", 6) == 0;
}

static void
check_text(const struct format *f, const struct buf *out, const char *frame)
{
	char line[16];
	size_t i, n, start = 0;

	for (i = 0; i < out->len; i++) {
		if (out->data[i] != '\n') {
			demand(out->data[i] >= 0x20 && out->data[i] != 0x7f, "no control bytes");
			continue;
		}
		n = i - start < sizeof(line) - 1 ? i - start : sizeof(line) - 1;
		memcpy(line, out->data + start, n);
		line[n] = '\0';
		if (f == &format_json)
			demand(strncmp(line, "{\"time\":\"", 9) == 0 && out->data[i - 1] == '}', "JSON");
		else
			demand(is_ours(f, line, frame), "every line is ours");
		start = i + 1;
	}
	demand(start == out->len, "ends with a line end");
}

static void
check_blocks(const struct buf *out)
{
	size_t at = 0, len;

	while (at < out->len) {
		demand(out->len - at >= 12, "room for a block");
		len = out->data[at + 4] | (size_t)out->data[at + 5] << 8 |
		    (size_t)out->data[at + 6] << 16 | (size_t)out->data[at + 7] << 24;
		demand(len >= 12 && len % 4 == 0 && len <= out->len - at, "the length of a block");
		demand(memcmp(out->data + at + 4, out->data + at + len - 4, 4) == 0, "twice the same");
		at += len;
	}
}

struct session {
	struct writer	w;
	struct event	ev;
	struct peer	peer[SIDES];
	struct buf	out;
	const char	*frame;
};

static void
happen(struct session *s, enum event_type type)
{
	const struct format *f = s->w.format;

	buf_clear(&s->out);
	s->ev.type = type;
	s->ev.time.tv_nsec += 1000;
	format_event(&s->w, &s->ev, &s->out);
	if (f == &format_pcapng)
		check_blocks(&s->out);
	else if (!f->binary)
		check_text(f, &s->out, s->frame);
}

static void
chunks(struct session *s, const unsigned char *data, size_t size)
{
	uintmax_t sent[SIDES] = { 0, 0 };
	struct chunk c;

	s->ev.chunk = &c;
	while (size >= 3) {
		c.from = data[0] & 1 ? SERVER : CLIENT;
		c.urgent = (data[0] & 6) == 6;
		c.len = c.urgent ? 1 : (size_t)data[1] + 1;
		if (c.len > size - 2)
			c.len = size - 2;
		c.shown = data[0] & 8 && c.len > 4 ? 4 : c.len;
		c.data = data + 2;
		c.offset = sent[c.from];
		sent[c.from] += c.len;
		happen(s, EV_DATA);
		data += 2 + c.len;
		size -= 2 + c.len;
	}
}

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	struct frame frame = { 0 };
	struct ending ending = { .how = END_CLOSED };
	struct loss loss = { "a\nb\033", 3 };
	struct session s = { .ev = { .session = 7, .opened = { 1000000000, 0 },
	    .time = { 1000000000, 0 } } };
	const char *name[SIDES] = { "client.example:1", "server.example:smtp" };
	size_t n = 0;

	if (size < 1)
		return 0;
	while (formats[n] != NULL)
		n++;
	frame.numbered = data[0] & 0x80;
	s.frame = frame.numbered ? "[7] " : "";
	s.w = (struct writer){ .format = formats[(data[0] & 0x7f) % n], .frame = &frame };
	s.w.memory = calloc(1, s.w.format->memory + 1);
	snprintf(s.peer[CLIENT].text, PEER_TEXT, "127.0.0.1:1");
	snprintf(s.peer[SERVER].text, PEER_TEXT, "unix:");
	s.ev.peer = s.peer;
	s.ev.name = name;
	s.ev.ending = &ending;
	s.ev.loss = &loss;
	s.ev.nloss = 1;
	s.ev.text = "server:\n\033 why";
	if (s.w.memory != NULL) {
		happen(&s, EV_OPEN);
		happen(&s, EV_NAMES);
		chunks(&s, data + 1, size - 1);
		happen(&s, EV_ERROR);
		happen(&s, EV_CLOSE);
	}
	free(s.w.memory);
	buf_free(&s.out);
	return 0;
}
