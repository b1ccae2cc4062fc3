/* process.c - processes without what only threads need */
#include <config.h>

#include <unistd.h>

#include "process.h"

pid_t
process_fork(void)
{
#ifdef HAVE__FORK
	return _Fork();		/* touches 8 KiB less, of each side */
#else
	return fork();
#endif
}
