/* printable.h - text from bytes of anybody's: what is not printable ASCII, masked
 *
 * Eight bytes at a time and without a branch, since this is what a log of text
 * or hex spends its time on. Works in either byte order.
 *
 * SPDX-FileCopyrightText: 2026 the tcpreen authors
 * SPDX-License-Identifier: GPL-2.0-or-later
 */
#ifndef PRINTABLE_H
#define PRINTABLE_H

#include <stddef.h>
#include <stdint.h>
#include <string.h>

#define EACH_BYTE(c)	((uint64_t)(c) * 0x0101010101010101u)

/* The high bit of each byte of word that is printable ASCII (0x20 to 0x7e), all other bits 0. */
static inline uint64_t
printable_bits(uint64_t word)
{
	uint64_t low = word & EACH_BYTE(0x7f);

	return (low + EACH_BYTE(0x60)) & ~(low + EACH_BYTE(0x01)) & ~word & EACH_BYTE(0x80);
}

/* The high bit of each byte of word, all of them ASCII, that is not c, which is ASCII, too. */
static inline uint64_t
differing_bits(uint64_t word, unsigned char c)
{
	return (word ^ EACH_BYTE(c)) + EACH_BYTE(0x7f);
}

/* Copies n bytes, which may not overlap, with every other byte as a dot. */
static inline void
printable_copy(unsigned char *to, const unsigned char *in, size_t n)
{
	uint64_t word, keep;

	for (; n >= sizeof(word); to += sizeof(word), in += sizeof(word), n -= sizeof(word)) {
		memcpy(&word, in, sizeof(word));
		keep = (printable_bits(word) >> 7) * 0xff;
		word = (word & keep) | (EACH_BYTE('.') & ~keep);
		memcpy(to, &word, sizeof(word));
	}
	for (; n > 0; n--, in++)
		*to++ = *in >= 0x20 && *in <= 0x7e ? *in : '.';
}

#endif
