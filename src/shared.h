/* shared.h - memory that parent and sessions have in common */
#ifndef SHARED_H
#define SHARED_H

#include <stddef.h>
#include <stdint.h>

/*
 * n > 0 bytes, zeroed, that stay one piece of memory across fork(2): what one
 * process writes the others see, and no fork copies. NULL with errno. Stays
 * until the process ends.
 */
void	*shared_alloc(size_t n);

/* Adds to a number there; what others add at the same time counts, too, where the system can. */
void	shared_add(uintmax_t *n, uintmax_t more);

#endif
