/* format-raw.c - exactly the bytes, both directions in order of arrival
 *
 * No frame, no session lines, no --snap: what comes out is what passed.
 */
#include <config.h>

#include "format.h"

static void
raw_event(struct writer *w, const struct event *ev, struct buf *out)
{
	(void)w;
	if (ev->type == EV_DATA)
		buf_add(out, ev->chunk->data, ev->chunk->len);
}

const struct format format_raw = {
	.name	= "raw",
	.about	= "exactly the bytes, and nothing else",
	.binary	= true,
	.not_syslog = true,
	.growth	= 1,
	.no_events = true,
	.verbatim = true,
	.event	= raw_event,
};
