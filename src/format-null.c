/* format-null.c - nothing of the data: session lines only
 *
 * Runs in: session, lookup helper.
 */
#include <config.h>

#include "format.h"

const struct format format_null = {
	.name	= "null",
	.about	= "session lines only",
};
