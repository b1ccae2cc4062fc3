/* process.c - processes without what only threads need */
#include <config.h>

#ifdef HAVE_RSEQ
# include <sys/rseq.h>
# include <sys/syscall.h>
#endif
#include <unistd.h>

#include "process.h"

void
process_single(void)
{
#ifdef HAVE_RSEQ
	char *self = __builtin_thread_pointer();

	syscall(SYS_rseq, self + __rseq_offset, sizeof(struct rseq), RSEQ_FLAG_UNREGISTER,
	    RSEQ_SIG);
#endif
}

pid_t
process_fork(void)
{
#ifdef HAVE__FORK
	return _Fork();		/* touches 8 KiB less, of each side */
#else
	return fork();
#endif
}
