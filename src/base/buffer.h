/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A buffer of bytes that grows: for reports, messages and generated files.
 * An error while growing is remembered, so that a writer checks once at its end.
 */
#ifndef MKROOTFS_BASE_BUFFER_H
#define MKROOTFS_BASE_BUFFER_H

#include "base/cleanup.h"

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct buffer {
	char *bytes; /* always ends in a NUL that SIZE does not count; NULL while empty */
	size_t size;
	size_t capacity;
	bool failed; /* memory ran out once: bytes are missing */
};

/* Appends; when out of memory, sets FAILED and does nothing from then on. */
void buffer_add(struct buffer *buffer, const void *bytes, size_t size);
void buffer_add_string(struct buffer *buffer, const char *string);
void buffer_printf(struct buffer *buffer, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

/* Adds SIZE, of bytes, in the largest unit of which there is one: "1 byte", "12.3 MiB". */
void buffer_add_size(struct buffer *buffer, uint64_t size);

/* Returns 0, or -ENOMEM where some byte is missing. */
int buffer_error(const struct buffer *buffer);

/* Frees the bytes and leaves an empty buffer. */
void buffer_reset(struct buffer *buffer);

static inline void buffer_cleanup(struct buffer *buffer)
{
	buffer_reset(buffer);
}

#endif
