/* guard.h - notices that a TCP connection has died while select() is not looking
 *
 * select() can only ask whether a socket is readable or writable. Of a side that
 * is not to be read now (its stream has ended, or the other side is full) it
 * cannot tell a reset. Where the system has epoll, this can; elsewhere such a
 * reset shows at the next write, and every function here does nothing.
 */
#ifndef GUARD_H
#define GUARD_H

#include <stdbool.h>

struct guard {
	int	fd;		/* readable when a guarded connection has died; or -1 */
};

#define GUARD_NONE	{ -1 }

/*
 * Begins and ends to watch a connected TCP socket on which SHUT_WR was not done
 * (after that, an orderly end would look the same).
 */
void	guard_add(struct guard *g, int fd);
void	guard_remove(struct guard *g, int fd);

/* A guarded socket that has died, -1 when there is none. It stays guarded. */
int	guard_dead(const struct guard *g);

void	guard_close(struct guard *g);

#endif
