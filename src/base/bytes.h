/* SPDX-License-Identifier: Apache-2.0 */
/* Numbers in file formats, in either byte order. No other file knows about byte orders. */
#ifndef MKROOTFS_BASE_BYTES_H
#define MKROOTFS_BASE_BYTES_H

#include <assert.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* Reads SIZE (1 to 8) bytes at BYTES as an unsigned number. */
static inline uint64_t bytes_get(const void *bytes, unsigned size, bool big_endian)
{
	const unsigned char *from = bytes;
	uint64_t value = 0;

	assert(size >= 1 && size <= sizeof(value));
	for (unsigned i = 0; i < size; i++)
		value = value << 8 | from[big_endian ? i : size - 1 - i];
	return value;
}

/* Writes the SIZE (1 to 8) low bytes of VALUE to BYTES. */
static inline void bytes_put(void *bytes, unsigned size, bool big_endian, uint64_t value)
{
	unsigned char *to = bytes;

	assert(size >= 1 && size <= sizeof(value));
	for (unsigned i = 0; i < size; i++, value >>= 8)
		to[big_endian ? size - 1 - i : i] = (unsigned char)value;
}

/* Whether LENGTH bytes at OFFSET lie within SIZE bytes; never overflows. */
static inline bool bytes_within(uint64_t offset, uint64_t length, uint64_t size)
{
	return offset <= size && length <= size - offset;
}

#endif
