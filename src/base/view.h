/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A piece of a text that somebody else owns. Parsers pass views on, and copy only what they keep.
 */
#ifndef MKROOTFS_BASE_VIEW_H
#define MKROOTFS_BASE_VIEW_H

#include "base/arena.h"

#include <stdbool.h>
#include <string.h>

struct view {
	const char *bytes;
	size_t size;
};

static inline struct view view_of(const char *text)
{
	return (struct view){ text, strlen(text) };
}

static inline bool view_is(struct view view, const char *text)
{
	return view.size == strlen(text) && memcmp(view.bytes, text, view.size) == 0;
}

static inline bool view_begins(struct view view, const char *text)
{
	size_t length = strlen(text);

	return view.size >= length && memcmp(view.bytes, text, length) == 0;
}

/* VIEW without its first SIZE bytes; an empty view where it has no more. */
static inline struct view view_skip(struct view view, size_t size)
{
	if (size > view.size)
		size = view.size;
	/* An empty view may have no bytes at all, to which C adds not even 0. */
	if (size == 0)
		return view;
	return (struct view){ view.bytes + size, view.size - size };
}

/* VIEW without blanks and line ends around it. */
static inline struct view view_trim(struct view view)
{
	while (view.size > 0 && strchr(" \t\r\n", view.bytes[0]))
		view = view_skip(view, 1);
	while (view.size > 0 && strchr(" \t\r\n", view.bytes[view.size - 1]))
		view.size--;
	return view;
}

/*
 * Cuts the text up to the next SEPARATOR (or to the end) off *REST into *PIECE. Returns false once
 * *REST is empty; a SEPARATOR at the end begins no piece.
 */
static inline bool view_take(struct view *rest, char separator, struct view *piece)
{
	const char *end;

	if (rest->size == 0)
		return false;
	end = memchr(rest->bytes, separator, rest->size);
	piece->bytes = rest->bytes;
	piece->size = end ? (size_t)(end - rest->bytes) : rest->size;
	*rest = view_skip(*rest, piece->size + (end != NULL));
	return true;
}

static inline bool view_take_line(struct view *rest, struct view *line)
{
	return view_take(rest, '\n', line);
}

/* A copy, owned by ARENA, that ends at a NUL in the text; NULL when out of memory. */
static inline char *view_copy(struct arena *arena, struct view view)
{
	return arena_strndup(arena, view.size > 0 ? view.bytes : "", view.size);
}

#endif
