/*
 * A piece of text that somebody else owns, for parsers: nothing is copied before it is kept.
 */
#ifndef MKROOTFS_BASE_SPAN_H
#define MKROOTFS_BASE_SPAN_H

#include "base/arena.h"

#include <stdbool.h>
#include <string.h>

struct span {
	const char *bytes;
	size_t size;
};

static inline struct span span_of(const char *text)
{
	return (struct span){ text, strlen(text) };
}

static inline bool span_is(struct span span, const char *text)
{
	return span.size == strlen(text) && memcmp(span.bytes, text, span.size) == 0;
}

static inline bool span_begins(struct span span, const char *text)
{
	size_t length = strlen(text);

	return span.size >= length && memcmp(span.bytes, text, length) == 0;
}

/* What is behind the first SIZE bytes; nothing where there are no more. */
static inline struct span span_skip(struct span span, size_t size)
{
	if (size > span.size)
		size = span.size;
	return (struct span){ span.bytes + size, span.size - size };
}

/* SPAN without blanks and line ends around it. */
static inline struct span span_trim(struct span span)
{
	while (span.size > 0 && strchr(" \t\r\n", span.bytes[0]))
		span = span_skip(span, 1);
	while (span.size > 0 && strchr(" \t\r\n", span.bytes[span.size - 1]))
		span.size--;
	return span;
}

/*
 * Takes what is before the next SEPARATOR (or the rest, where there is none) off *REST into
 * *PIECE. False once nothing is left; what is behind a last SEPARATOR is nothing.
 */
static inline bool span_take(struct span *rest, char separator, struct span *piece)
{
	const char *end;

	if (rest->size == 0)
		return false;
	end = memchr(rest->bytes, separator, rest->size);
	piece->bytes = rest->bytes;
	piece->size = end ? (size_t)(end - rest->bytes) : rest->size;
	*rest = span_skip(*rest, piece->size + (end != NULL));
	return true;
}

static inline bool span_take_line(struct span *rest, struct span *line)
{
	return span_take(rest, '\n', line);
}

/* A copy, owned by ARENA, that ends at a NUL in the text; NULL when out of memory. */
static inline char *span_copy(struct arena *arena, struct span span)
{
	return arena_strndup(arena, span.size > 0 ? span.bytes : "", span.size);
}

#endif
