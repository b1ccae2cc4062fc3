/* fuzz-names.c - addresses as texts, and as parts of file names
 *
 * Input: the name of a log, ended by a NUL byte; then the bytes of an address:
 * "4" and "6" make the family, anything else a Unix socket.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#include <config.h>

#include <sys/un.h>
#include <netinet/in.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "address.h"
#include "template.h"

#define SAFE	"0123456789abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ._-"

int	LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
expect(bool good)
{
	if (!good)
		__builtin_trap();
}

/* Fills who from hostile bytes; its text is one word of printable ASCII. */
static void
name_peer(struct peer *who, const uint8_t *data, size_t size)
{
	struct sockaddr_storage addr;
	size_t i, family = sizeof(sa_family_t), n = size > 0 ? size - 1 : 0;

	memset(&addr, 0, sizeof(addr));
	if (n > sizeof(addr) - family)
		n = sizeof(addr) - family;
	if (size > 0)
		memcpy((char *)&addr + offsetof(struct sockaddr_un, sun_path), data + 1, n);
	addr.ss_family = size > 0 && data[0] == '4' ? AF_INET :
	    size > 0 && data[0] == '6' ? AF_INET6 : AF_UNIX;
	memset(who, 0x55, sizeof(*who));
	address_set(who, (struct sockaddr *)&addr,
	    size > 0 ? (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n) : 0);
	expect(memchr(who->text, '\0', sizeof(who->text)) != NULL && who->text[0] != '\0');
	for (i = 0; who->text[i] != '\0'; i++)
		expect(who->text[i] > 0x20 && who->text[i] < 0x7f);
}

static void
expand(const char *name, const struct peer who[SIDES], struct buf *path)
{
	struct template_values values = { 1, { who[CLIENT].text, who[SERVER].text }, 1795405330 };

	buf_clear(path);
	template_expand(name, &values, SERVER, path);
	buf_putc(path, '\0');
	expect(!path->failed && strlen((char *)path->data) + 1 == path->len);
}

static size_t
count(const char *text, char c)
{
	size_t n = 0;

	for (; *text != '\0'; text++)
		n += *text == c;
	return n;
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const uint8_t *nul = size > 0 ? memchr(data, '\0', size) : NULL;
	size_t len = nul != NULL ? (size_t)(nul - data) : size;
	size_t used = nul != NULL ? len + 1 : len;
	struct peer who[SIDES];
	struct buf path = { 0 };
	char *name = malloc(len + 1);

	if (name == NULL)
		return 0;
	if (len > 0)
		memcpy(name, data, len);
	name[len] = '\0';
	name_peer(&who[CLIENT], data + used, size - used);
	name_peer(&who[SERVER], data + used, 0);
	expand("%c%s%n%t%d", who, &path);	/* a file, and nothing a shell knows */
	expect(strspn((char *)path.data, SAFE) == path.len - 1);
	expand(name, who, &path);
	if (template_bad_letter(name) == 0)	/* no folder that the user did not write */
		expect(count((char *)path.data, '/') == count(name, '/'));
	if (template_bad_letter(name) == 0 && !template_varies(name))
		expect(path.len - 1 == len - count(name, '%') / 2);
	buf_free(&path);
	free(name);
	return 0;
}
