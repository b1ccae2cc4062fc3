/* test-json.c - what -f json makes of each event, and of text that was cut anywhere
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/mman.h>
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <time.h>
#include <unistd.h>

#include "format.h"
#include "read-json.h"
#include "unit.h"

#define COUNT(array)	(sizeof(array) / sizeof((array)[0]))
#define BYTES(text)	text, sizeof(text) - 1

#define OPENED		1795405330		/* 2026-11-23T03:42:10 UTC */
#define HEAD		"{\"time\":\"2026-11-23T03:42:12.236731Z\",\"run\":\"then-7\",\"session\":3,\"event\":"
#define PLACES		",\"client\":{\"address\":\"192.0.2.1\",\"port\":53156}," \
			"\"server\":{\"address\":\"::1\",\"port\":25}"

static const struct frame frame = { .run = "then-7" };
static struct peer tcp[SIDES] = { { .text = "192.0.2.1:53156" }, { .text = "[::1]:25" } };
static struct peer local[SIDES] = { { .text = "unix:" }, { .text = "unix:/run/x:y" } };

/* A session of its own: its memory, and what has come out. */
struct talk {
	struct writer	w;
	struct event	ev;
	struct buf	out;
	uintmax_t	sent[SIDES];
};

static void
talk_begin(struct talk *t)
{
	*t = (struct talk){ .w = { .format = &format_json, .frame = &frame },
	    .ev = { .session = 3, .peer = tcp } };
	t->w.memory = calloc(1, format_json.memory + 1);
	t->ev.time = (struct timespec){ OPENED + 2, 236731789 };
	t->ev.open_us = 2113276;
}

static void
talk_end(struct talk *t)
{
	free(t->w.memory);
	buf_free(&t->out);
}

static void
happen(struct talk *t, enum event_type type)
{
	t->ev.type = type;
	format_event(&t->w, &t->ev, &t->out);
}

/* A chunk that ends where memory does: whoever reads past it dies of it. */
static const unsigned char *
at_the_edge(const void *data, size_t len)
{
	static unsigned char *pages;
	size_t page = (size_t)sysconf(_SC_PAGESIZE);

	if (pages == NULL) {
		pages = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
		mprotect(pages + page, page, PROT_NONE);
	}
	return memcpy(pages + page - len, data, len);
}

static void
say(struct talk *t, enum side from, bool urgent, const void *data, size_t len, size_t shown)
{
	struct chunk c = { from, urgent, at_the_edge(data, len), len, shown > 0 ? shown : len,
	    t->sent[from] };

	t->sent[from] += len;
	t->ev.chunk = &c;
	happen(t, EV_DATA);
}

/* The lines that are there, one after the other: their last members in want. */
static void
check_out(struct talk *t, const char *want, const char *title)
{
	CHECK_BYTES(t->out.data, t->out.len, want, strlen(want), title);
	buf_clear(&t->out);
}

/* One chunk alone, the client's: how its bytes are written. */
static const struct {
	const char	*data;
	size_t		 len, shown;
	const char	*want;		/* from "text" or "base64" on */
} value_rows[] = {
	{ BYTES("a"), 0, "\"text\":\"a\"" },
	{ BYTES("EHLO me\r\n"), 0, "\"text\":\"EHLO me\\r\\n\"" },
	{ BYTES("\b\t\n\f\r"), 0, "\"text\":\"\\b\\t\\n\\f\\r\"" },
	{ BYTES("\a\v\033\037 \177"), 0, "\"text\":\"\\u0007\\u000b\\u001b\\u001f \\u007f\"" },
	{ BYTES("\001\016"), 0, "\"text\":\"\\u0001\\u000e\"" },
	{ BYTES("\"\\/'~"), 0, "\"text\":\"\\\"\\\\/'~\"" },
	{ BYTES("1234567\"12345678\\1234567\n12345678~"), 0,
	    "\"text\":\"1234567\\\"12345678\\\\1234567\\n12345678~\"" },
	{ BYTES("12345678\0"), 0, "\"base64\":\"MTIzNDU2NzgA\"" },
	{ BYTES("1234567\0"), 0, "\"base64\":\"MTIzNDU2NwA=\"" },
	{ BYTES("\0"), 0, "\"base64\":\"AA==\"" },
	{ BYTES("\0\1"), 0, "\"base64\":\"AAE=\"" },
	{ BYTES("\377\376\375"), 0, "\"base64\":\"//79\"" },
	{ BYTES("\xfb\xef\xbe\0\020\203"), 0, "\"base64\":\"++++ABCD\"" },
	/* The ends of UTF-8's ranges, as they are; one beyond, and it is no text */
	{ BYTES("\302\240\337\277"), 0, "\"text\":\"\302\240\337\277\"" },
	{ BYTES("\340\240\200\355\237\277\356\200\200\357\277\277"), 0,
	    "\"text\":\"\340\240\200\355\237\277\356\200\200\357\277\277\"" },
	{ BYTES("\360\220\200\200\364\217\277\277"), 0, "\"text\":\"\360\220\200\200\364\217\277\277\"" },
	{ BYTES("\301\277"), 0, "\"base64\":\"wb8=\"" },
	{ BYTES("\340\237\277"), 0, "\"base64\":\"4J+/\"" },
	{ BYTES("\355\240\200"), 0, "\"base64\":\"7aCA\"" },
	{ BYTES("\355\277\277"), 0, "\"base64\":\"7b+/\"" },
	{ BYTES("\360\217\277\277"), 0, "\"base64\":\"8I+/vw==\"" },
	{ BYTES("\364\220\200\200"), 0, "\"base64\":\"9JCAgA==\"" },
	{ BYTES("\365\200\200\200"), 0, "\"base64\":\"9YCAgA==\"" },
	{ BYTES("a\200"), 0, "\"base64\":\"YYA=\"" },
	{ BYTES("\303a"), 0, "\"base64\":\"w2E=\"" },
	{ BYTES("\342\202a"), 0, "\"base64\":\"4oJh\"" },
	/* Characters that act upon what shows them */
	{ BYTES("\302\200\302\237\330\234"), 0, "\"text\":\"\\u0080\\u009f\\u061c\"" },
	{ BYTES("\342\200\215\342\200\216\342\200\217\342\200\220"), 0,
	    "\"text\":\"\342\200\215\\u200e\\u200f\342\200\220\"" },
	{ BYTES("\342\200\247\342\200\250\342\200\256\342\200\257"), 0,
	    "\"text\":\"\342\200\247\\u2028\\u202e\342\200\257\"" },
	{ BYTES("\342\201\245\342\201\246\342\201\251\342\201\252"), 0,
	    "\"text\":\"\342\201\245\\u2066\\u2069\342\201\252\"" },
	{ BYTES("\357\273\277\357\273\276\330\233\330\235"), 0,
	    "\"text\":\"\\ufeff\357\273\276\330\233\330\235\"" },
	/* --snap */
	{ BYTES("abc"), 2, "\"text\":\"ab\",\"more\":1" },
	{ BYTES("abc"), 3, "\"text\":\"abc\"" },
	{ BYTES("ab\0"), 2, "\"text\":\"ab\",\"more\":1" },
	{ BYTES("\0bc"), 2, "\"base64\":\"AGI=\",\"more\":1" },
	{ BYTES("a\303\244\303\244"), 2, "\"text\":\"a\",\"more\":4" },
	{ BYTES("a\303\244\303\244"), 3, "\"text\":\"a\303\244\",\"more\":2" },
	{ BYTES("\360\237\230\200"), 3, "\"text\":\"\",\"more\":4" },
	{ BYTES("\0\303\244"), 2, "\"base64\":\"AMM=\",\"more\":1" },
};

static void
check_values(void)
{
	struct buf want = { 0 };
	size_t i;

	for (i = 0; i < COUNT(value_rows); i++) {
		struct talk t;

		talk_begin(&t);
		say(&t, CLIENT, false, value_rows[i].data, value_rows[i].len, value_rows[i].shown);
		buf_clear(&want);
		buf_printf(&want, HEAD "\"data\",\"from\":\"client\",\"offset\":0,\"length\":%zu,"
		    "\"urgent\":false,%s}\n", value_rows[i].len, value_rows[i].want);
		CHECK_BYTES(t.out.data, t.out.len, want.data, want.len, "value");
		talk_end(&t);
	}
	buf_free(&want);
}

/* Every byte at every place of a text of three words: it stands for itself, or is escaped. */
static void
check_places(void)
{
	static const char special[] = "\"\\\001\037\177\t\n \176!#[]";
	char text[] = "ABCDEFGHIJKLMNOPQRSTUVWXY", shown[8];
	struct buf want = { 0 };
	size_t at, i, n = sizeof(text) - 1;

	for (at = 0; at < n; at++)
		for (i = 0; i < sizeof(special) - 1; i++) {
			unsigned char c = (unsigned char)special[i];
			struct talk t;

			talk_begin(&t);
			text[at] = special[i];
			snprintf(shown, sizeof(shown), c == '\t' ? "\\t" : c == '\n' ? "\\n" :
			    c == '"' || c == '\\' ? "\\%c" : c < 0x20 || c == 0x7f ? "\\u%04x" : "%c", c);
			buf_clear(&want);
			buf_printf(&want, HEAD "\"data\",\"from\":\"client\",\"offset\":0,\"length\":%zu,"
			    "\"urgent\":false,\"text\":\"%.*s%s%s\"}\n", n, (int)at, text, shown,
			    text + at + 1);
			say(&t, CLIENT, false, text, n, 0);
			CHECK_BYTES(t.out.data, t.out.len, want.data, want.len, "a place");
			text[at] = (char)('A' + at);
			talk_end(&t);
		}
	buf_free(&want);
}

#define DATA(from, offset, length, urgent, rest) \
	HEAD "\"data\",\"from\":\"" from "\",\"offset\":" #offset ",\"length\":" #length \
	",\"urgent\":" urgent "," rest "}\n"
#define END(from)	HEAD "\"end\",\"from\":\"" from "\"}\n"

/* A character that comes in parts is shown when it is whole, or when that side has ended. */
static void
check_cuts(void)
{
	static const struct ending ending = { .how = END_CLOSED };
	struct talk t;

	talk_begin(&t);
	say(&t, CLIENT, false, BYTES("a\342"), 0);
	check_out(&t, DATA("client", 0, 1, "false", "\"text\":\"a\""), "one byte is held");
	say(&t, SERVER, false, BYTES("b\360\237\230"), 0);
	check_out(&t, DATA("server", 0, 1, "false", "\"text\":\"b\""), "three are, of the other side");
	say(&t, CLIENT, false, BYTES("\202"), 0);
	check_out(&t, "", "nothing to show yet");
	say(&t, CLIENT, false, BYTES("\254c"), 0);
	check_out(&t, DATA("client", 1, 4, "false", "\"text\":\"\342\202\254c\""), "now it is whole");
	say(&t, SERVER, false, BYTES("\200"), 0);
	check_out(&t, DATA("server", 1, 4, "false", "\"text\":\"\360\237\230\200\""), "and this");
	say(&t, SERVER, false, BYTES("\303"), 0);
	say(&t, CLIENT, false, BYTES("\303"), 0);
	check_out(&t, "", "both are held");
	say(&t, CLIENT, false, BYTES("x"), 0);
	check_out(&t, DATA("client", 5, 2, "false", "\"base64\":\"w3g=\""), "it was none");
	t.ev.from = CLIENT;
	happen(&t, EV_END);
	check_out(&t, END("client"), "nothing of the client is left");
	t.ev.from = SERVER;
	happen(&t, EV_END);
	check_out(&t, DATA("server", 5, 1, "false", "\"base64\":\"ww==\"") END("server"),
	    "what never became a character");
	talk_end(&t);

	talk_begin(&t);
	say(&t, CLIENT, false, BYTES("\303"), 0);
	say(&t, SERVER, false, BYTES("\342"), 0);
	t.ev.from = CLIENT;
	happen(&t, EV_OPEN);
	check_out(&t, HEAD "\"open\"" PLACES "}\n", "nothing ends");
	happen(&t, EV_END);
	check_out(&t, DATA("client", 0, 1, "false", "\"base64\":\"ww==\"") END("client"),
	    "what the client leaves, not what the server does");
	talk_end(&t);

	talk_begin(&t);
	say(&t, CLIENT, false, BYTES("\343\201"), 0);
	say(&t, SERVER, false, BYTES("\302"), 0);
	t.ev.ending = &ending;
	happen(&t, EV_CLOSE);
	CHECK(strstr((char *)t.out.data, DATA("client", 0, 2, "false", "\"base64\":\"44E=\"")
	    DATA("server", 0, 1, "false", "\"base64\":\"wg==\"") HEAD "\"close\"") ==
	    (char *)t.out.data, "%s", unit_show(0, t.out.data, t.out.len));
	talk_end(&t);
}

/* What cannot become a character is not held; binary data are not cut. */
static void
check_no_cuts(void)
{
	static const struct { const char *data, *rest; int length; } rows[] = {
		{ "\301", "\"base64\":\"wQ==\"", 1 }, { "\340\237", "\"base64\":\"4J8=\"", 2 },
		{ "\355\240", "\"base64\":\"7aA=\"", 2 }, { "\360\217", "\"base64\":\"8I8=\"", 2 },
		{ "\364\220", "\"base64\":\"9JA=\"", 2 }, { "\365", "\"base64\":\"9Q==\"", 1 },
		{ "\200", "\"base64\":\"gA==\"", 1 }, { "\200\303", "\"base64\":\"gMM=\"", 2 },
		{ "\200\200\200\200", "\"base64\":\"gICAgA==\"", 4 },
	};
	struct buf want = { 0 };
	struct talk t;
	size_t i;

	for (i = 0; i < COUNT(rows); i++) {
		talk_begin(&t);
		say(&t, CLIENT, false, rows[i].data, strlen(rows[i].data), 0);
		buf_clear(&want);
		buf_printf(&want, HEAD "\"data\",\"from\":\"client\",\"offset\":0,\"length\":%d,"
		    "\"urgent\":false,%s}\n", rows[i].length, rows[i].rest);
		CHECK_BYTES(t.out.data, t.out.len, want.data, want.len, "not held");
		talk_end(&t);
	}
	buf_free(&want);
}

/* With --snap, and with urgent data between the parts. */
static void
check_cuts_between(void)
{
	struct talk t;

	talk_begin(&t);
	say(&t, CLIENT, false, BYTES("ab\303\244c\303"), 3);
	check_out(&t, DATA("client", 0, 5, "false", "\"text\":\"ab\",\"more\":3"), "the last is held");
	say(&t, CLIENT, false, BYTES("\244d"), 0);
	check_out(&t, DATA("client", 5, 3, "false", "\"text\":\"\303\244d\""), "and shown then");
	say(&t, CLIENT, false, BYTES("\303"), 0);
	say(&t, CLIENT, false, BYTES("\244defgh"), 3);
	check_out(&t, DATA("client", 8, 7, "false", "\"text\":\"\303\244d\",\"more\":4"),
	    "the snap is of all that is shown");
	say(&t, CLIENT, false, BYTES("x\303"), 0);
	say(&t, CLIENT, true, BYTES("\303"), 0);
	check_out(&t, DATA("client", 15, 1, "false", "\"text\":\"x\"")
	    DATA("client", 16, 1, "false", "\"base64\":\"ww==\"")
	    DATA("client", 17, 1, "true", "\"base64\":\"ww==\""), "urgent data go by themselves");
	say(&t, CLIENT, true, BYTES("!"), 0);
	check_out(&t, DATA("client", 18, 1, "true", "\"text\":\"!\""), "urgent text");
	talk_end(&t);
}

/* Every way to cut a text in two or three: what comes out is text, and the same. */
static void
check_every_cut(void)
{
	static const char text[] = "a\303\244\342\202\254\360\237\230\200b\347\216\213\r\n\0hidden";
	size_t len = strlen(text), first, second;

	for (first = 1; first < len; first++)
		for (second = first; second < len; second++) {
			struct talk t;

			talk_begin(&t);
			say(&t, SERVER, false, text, first, 0);
			if (second > first)
				say(&t, SERVER, false, text + first, second - first, 0);
			say(&t, SERVER, false, text + second, len - second, 0);
			buf_putc(&t.out, '\0');
			CHECK(strstr((char *)t.out.data, "base64") == NULL, "%s", t.out.data);
			talk_end(&t);
		}
}

/* The other events */
static void
check_events(void)
{
	static const char *const names[SIDES] = { "me.example:53156", "[::1]:smtp" };
	static const char *const odd_names[SIDES] = { "[:smtp", "[]:25" };
	static const char *const similar_names[SIDES] = { "mail.test:53156", "[::]:25" };
	static const char *const owner_names[SIDES] = { "unix:(pid 4711, user d\"ave))",
	    "unix:/run/x:y" };
	static const char *const local_names[SIDES] = { "unix:", "unix:/run/x:y" };
	struct talk t;

	talk_begin(&t);
	happen(&t, EV_OPEN);
	check_out(&t, HEAD "\"open\"" PLACES "}\n", "open");
	t.ev.name = names;
	happen(&t, EV_NAMES);
	check_out(&t, HEAD "\"names\",\"client\":{\"address\":\"192.0.2.1\",\"port\":53156,"
	    "\"name\":\"me.example\",\"service\":null},\"server\":{\"address\":\"::1\",\"port\":25,"
	    "\"name\":null,\"service\":\"smtp\"}}\n", "names");
	t.ev.name = odd_names;
	happen(&t, EV_NAMES);
	check_out(&t, HEAD "\"names\",\"client\":{\"address\":\"192.0.2.1\",\"port\":53156,"
	    "\"name\":\"[\",\"service\":\"smtp\"},\"server\":{\"address\":\"::1\",\"port\":25,"
	    "\"name\":\"\",\"service\":null}}\n", "names that nobody should have");
	t.ev.name = similar_names;
	happen(&t, EV_NAMES);
	check_out(&t, HEAD "\"names\",\"client\":{\"address\":\"192.0.2.1\",\"port\":53156,"
	    "\"name\":\"mail.test\",\"service\":null},\"server\":{\"address\":\"::1\",\"port\":25,"
	    "\"name\":\"::\",\"service\":null}}\n", "as long as the address, or its beginning");
	t.ev.text = "a\n\"b\033\377";
	t.ev.error = EACCES;
	happen(&t, EV_ERROR);
	check_out(&t, HEAD "\"error\"" PLACES ",\"reason\":\"a\\n\\\"b\\u001b\357\277\275\","
	    "\"code\":\"EACCES\",\"final\":false}\n", "the first of the codes");
	t.ev.error = ECONNRESET;
	happen(&t, EV_ERROR);
	check_out(&t, HEAD "\"error\"" PLACES ",\"reason\":\"a\\n\\\"b\\u001b\357\277\275\","
	    "\"code\":\"ECONNRESET\",\"final\":false}\n", "error");
	t.ev.error = ECONNREFUSED;
	happen(&t, EV_UNREACHED);
	check_out(&t, HEAD "\"error\"" PLACES ",\"reason\":\"a\\n\\\"b\\u001b\357\277\275\","
	    "\"code\":\"ECONNREFUSED\",\"final\":true}\n", "unreached");
	t.ev.error = 0;
	t.ev.peer = local;
	happen(&t, EV_UNREACHED);
	check_out(&t, HEAD "\"error\",\"client\":{\"path\":null},\"server\":{\"path\":\"/run/x:y\"},"
	    "\"reason\":\"a\\n\\\"b\\u001b\357\277\275\",\"code\":null,\"final\":true}\n", "unix");
	t.ev.name = local_names;
	happen(&t, EV_NAMES);
	check_out(&t, HEAD "\"names\",\"client\":{\"path\":null,\"user\":null},"
	    "\"server\":{\"path\":\"/run/x:y\",\"user\":null}}\n",
	    "names of paths");
	local[CLIENT].has_owner = local[SERVER].has_owner = true;
	local[CLIENT].pid = 4711;
	local[CLIENT].uid = 1000;
	t.ev.name = owner_names;
	happen(&t, EV_NAMES);
	check_out(&t, HEAD "\"names\",\"client\":{\"path\":null,\"pid\":4711,\"uid\":1000,"
	    "\"user\":\"d\\\"ave)\"},\"server\":{\"path\":\"/run/x:y\",\"uid\":0,\"user\":null}}\n",
	    "owners of sockets");
	t.ev.time.tv_nsec = 999;
	setenv("TZ", "IST-5:30", 1);
	tzset();
	happen(&t, EV_OPEN);
	CHECK(strncmp((char *)t.out.data, "{\"time\":\"2026-11-23T03:42:12.000000Z\"", 37) == 0,
	    "UTC: %s", unit_show(0, t.out.data, t.out.len));
	setenv("TZ", "UTC0", 1);
	tzset();
	talk_end(&t);
}

static const struct {
	struct ending	 ending;
	struct loss	 loss[2];
	const char	*want;
} close_rows[] = {
	{ { .how = END_CLOSED, .by = CLIENT, .bytes = { 348, 373 } }, { { NULL, 0 } },
	    "\"reason\":\"closed\",\"by\":\"client\",\"duration\":2.113276,\"bytes\":{\"client\":348,"
	    "\"server\":373},\"undelivered\":{\"client\":0,\"server\":0},\"lost\":[]" },
	{ { .how = END_RESET, .by = SERVER, .bytes = { 1, 2 }, .undelivered = { 3, 4 } },
	    { { "dump\"log", 4096 }, { "-", 1 } },
	    "\"reason\":\"reset\",\"by\":\"server\",\"duration\":2.113276,\"bytes\":{\"client\":1,"
	    "\"server\":2},\"undelivered\":{\"client\":3,\"server\":4},\"lost\":[{\"output\":"
	    "\"dump\\\"log\",\"bytes\":4096},{\"output\":\"-\",\"bytes\":1}]" },
	{ { .how = END_LIMIT, .by = SERVER }, { { NULL, 0 } },
	    "\"reason\":\"byte limit\",\"by\":null,\"duration\":2.113276,\"bytes\":{\"client\":0,"
	    "\"server\":0},\"undelivered\":{\"client\":0,\"server\":0},\"lost\":[]" },
	{ { .how = END_TIMEOUT }, { { NULL, 0 } },
	    "\"reason\":\"timeout\",\"by\":null,\"duration\":2.113276,\"bytes\":{\"client\":0,"
	    "\"server\":0},\"undelivered\":{\"client\":0,\"server\":0},\"lost\":[]" },
	{ { .how = END_SIGNAL }, { { NULL, 0 } },
	    "\"reason\":\"signal\",\"by\":null,\"duration\":2.113276,\"bytes\":{\"client\":0,"
	    "\"server\":0},\"undelivered\":{\"client\":0,\"server\":0},\"lost\":[]" },
};

static void
check_closes(void)
{
	struct buf want = { 0 };
	struct talk t;
	size_t i;

	for (i = 0; i < COUNT(close_rows); i++) {
		talk_begin(&t);
		t.ev.ending = &close_rows[i].ending;
		t.ev.loss = close_rows[i].loss;
		for (t.ev.nloss = 0; t.ev.nloss < 2 && t.ev.loss[t.ev.nloss].name != NULL; t.ev.nloss++)
			;
		happen(&t, EV_CLOSE);
		buf_clear(&want);
		buf_printf(&want, HEAD "\"close\"" PLACES ",%s}\n", close_rows[i].want);
		CHECK_BYTES(t.out.data, t.out.len, want.data, want.len, "close");
		talk_end(&t);
	}
	buf_free(&want);
}

/* The reader itself: it takes what is right, and nothing else. */
static const struct {
	const char	*line;
	bool		 good;
} reader_rows[] = {
	{ DATA("client", 0, 1, "false", "\"text\":\"a\""), true },
	{ DATA("client", 0, 5, "true", "\"text\":\"\\ud83d\\ude00a\""), true },
	{ DATA("client", 0, 5, "false", "\"text\":\"ab\",\"more\":3"), true },
	{ DATA("server", 0, 2, "false", "\"base64\":\"gMM=\""), true },
	{ END("client"), true },
	{ HEAD "\"open\"" PLACES "}\n", true },
	{ HEAD "\"open\"" PLACES "}}\n", false },
	{ HEAD "\"open\"" PLACES "} \n", false },
	{ HEAD "\"open\"" PLACES ",}\n", false },
	{ HEAD "\"opened\"" PLACES "}\n", false },
	{ HEAD "\"open\"" PLACES ",\"from\":\"client\"}\n", false },
	{ HEAD "\"open\",\"client\":{\"port\":1},\"server\":{\"path\":null}}\n", false },
	{ HEAD "\"open\",\"client\":{\"path\":1},\"server\":{\"path\":null}}\n", false },
	{ DATA("nobody", 0, 1, "false", "\"text\":\"a\""), false },
	{ DATA("client", 0, 2, "false", "\"text\":\"a\""), false },
	{ DATA("client", 01, 1, "false", "\"text\":\"a\""), false },
	{ DATA("client", 0, 1, "0", "\"text\":\"a\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"a\",\"text\":\"a\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"a\",\"base64\":\"YQ==\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"\t\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"\377\""), false },
	{ DATA("client", 0, 2, "false", "\"text\":\"\302\205\""), false },
	{ DATA("client", 0, 3, "false", "\"text\":\"\342\200\256\""), false },
	{ DATA("client", 0, 3, "false", "\"text\":\"\\ud83d\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"\\x\""), false },
	{ DATA("client", 0, 1, "false", "\"text\":\"\\u0000\""), false },
	{ DATA("client", 0, 1, "false", "\"base64\":\"YR==\""), true },	/* decoded later */
	{ "{}\n", false }, { "[]\n", false }, { "\n", false },
};

static void
check_reader(void)
{
	struct json_object o;
	const char *why;
	size_t i;

	for (i = 0; i < COUNT(reader_rows); i++) {
		why = json_read(reader_rows[i].line, strlen(reader_rows[i].line) - 1, &o);
		CHECK((why == NULL) == reader_rows[i].good, "%s%s", reader_rows[i].line, why);
		json_free(&o);
	}
}

int
main(void)
{
	setenv("TZ", "UTC0", 1);
	tzset();
	check_reader();
	check_values();
	check_places();
	check_cuts();
	check_no_cuts();
	check_cuts_between();
	check_every_cut();
	check_events();
	check_closes();
	return unit_end();
}
