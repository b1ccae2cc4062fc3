/* unit.h - for tests of pure functions: CHECK() counts, unit_end() tells */
#ifndef UNIT_H
#define UNIT_H

#include <stdbool.h>
#include <stdio.h>

static int	unit_failed;

#define CHECK(so, ...)	do {						\
	if (!(so)) {							\
		unit_failed++;						\
		printf("%s:%d: not so: %s: ", __FILE__, __LINE__, #so);	\
		printf(__VA_ARGS__);					\
		putchar('\n');						\
	}								\
} while (0)

static int
unit_end(void)
{
	if (unit_failed > 0)
		printf("%d failed\n", unit_failed);
	return unit_failed > 0;
}

#endif
