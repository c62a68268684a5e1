/* SPDX-License-Identifier: Apache-2.0 */
#include "base/buffer.h"

#include <errno.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

static bool buffer_reserve(struct buffer *buffer, size_t more)
{
	size_t wanted;
	size_t capacity = buffer->capacity ? buffer->capacity : 256;
	char *bytes;

	if (buffer->failed)
		return false;
	if (__builtin_add_overflow(buffer->size, more, &wanted) || wanted >= PTRDIFF_MAX / 2) {
		buffer->failed = true;
		return false;
	}
	if (wanted < buffer->capacity)
		return true;
	while (capacity <= wanted)
		capacity *= 2;
	bytes = realloc(buffer->bytes, capacity);
	if (!bytes) {
		buffer->failed = true;
		return false;
	}
	buffer->bytes = bytes;
	buffer->capacity = capacity;
	return true;
}

void buffer_add(struct buffer *buffer, const void *bytes, size_t size)
{
	if (!buffer_reserve(buffer, size))
		return;
	if (size)
		memcpy(buffer->bytes + buffer->size, bytes, size);
	buffer->size += size;
	buffer->bytes[buffer->size] = '\0';
}

void buffer_add_string(struct buffer *buffer, const char *string)
{
	buffer_add(buffer, string, strlen(string));
}

void buffer_printf(struct buffer *buffer, const char *format, ...)
{
	va_list arguments;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0 || !buffer_reserve(buffer, (size_t)length)) {
		buffer->failed = true;
		return;
	}
	va_start(arguments, format);
	vsnprintf(buffer->bytes + buffer->size, (size_t)length + 1, format, arguments);
	va_end(arguments);
	buffer->size += (size_t)length;
}

void buffer_add_size(struct buffer *buffer, uint64_t size)
{
	/* The first size that would be printed as 1024.0 of a unit. */
	enum { NEXT_UNIT = 1048525 };
	static const char units[] = "KMGTPE";
	unsigned unit = 0;
	unsigned tenths;

	if (size < 1024) {
		buffer_printf(buffer, "%u byte%s", (unsigned)size, size == 1 ? "" : "s");
		return;
	}
	for (; size >= NEXT_UNIT; size >>= 10)
		unit++;
	tenths = (unsigned)((size * 10 + 512) / 1024);
	/* A tenth by hand: the comma of a locale has no place here. */
	buffer_printf(buffer, "%u.%u %ciB", tenths / 10, tenths % 10, units[unit]);
}

int buffer_error(const struct buffer *buffer)
{
	return buffer->failed ? -ENOMEM : 0;
}

void buffer_reset(struct buffer *buffer)
{
	free(buffer->bytes);
	*buffer = (struct buffer){ 0 };
}
