/* shared.c - memory that parent and sessions have in common */
#include <config.h>

#include <sys/mman.h>

#include "shared.h"

#ifndef MAP_ANONYMOUS
# define MAP_ANONYMOUS	MAP_ANON
#endif

void *
shared_alloc(size_t n)
{
	void *p = mmap(NULL, n, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);

	return p == MAP_FAILED ? NULL : p;
}

void
shared_add(uintmax_t *n, uintmax_t more)
{
#ifdef HAVE_SYNC_FETCH_AND_ADD
	__sync_fetch_and_add(n, more);
#else
	*n += more;
#endif
}
