/* help.h - what tcpreen tells about itself when asked */
#ifndef HELP_H
#define HELP_H

/* Print on stdout; 0, or -1 with errno when that failed. */
int	help_print(void);
int	help_version(void);

#endif
