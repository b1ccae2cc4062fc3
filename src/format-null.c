/* format-null.c - nothing of the data: session lines only */
#include <config.h>

#include "format.h"

const struct format format_null = {
	.name	= "null",
	.about	= "session lines only",
};
