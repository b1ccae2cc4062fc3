/* fuzz-options.c - any command line: words that end with a NUL byte each */
#include <config.h>

#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"

#define WORDS	64

int	LLVMFuzzerTestOneInput(const unsigned char *data, size_t size);

int
LLVMFuzzerTestOneInput(const unsigned char *data, size_t size)
{
	char *argv[WORDS + 2] = { (char *)"tcpreen" }, *text = malloc(size + 1), *at;
	struct options opt;
	struct cause why;
	int argc = 1;

	if (text == NULL)
		return 0;
	memcpy(text, data, size);
	text[size] = '\0';
	for (at = text; at < text + size && argc <= WORDS; at += strlen(at) + 1)
		argv[argc++] = at;
	optind = 0;
	why.text[0] = '\0';
	if (options_parse(&opt, argc, argv, &why) == -1 && why.text[0] == '\0')
		abort();		/* an error that nobody could explain */
	options_free(&opt);
	free(text);
	return 0;
}
