/* SPDX-License-Identifier: Apache-2.0 */
#include "base/arena.h"

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>

enum {
	CHUNK_SIZE = 64 * 1024,
	ALIGNMENT = _Alignof(max_align_t),
};

struct chunk {
	struct chunk *next;
	size_t size;
	size_t used;
	_Alignas(max_align_t) char bytes[];
};

struct arena {
	struct chunk *chunks;
};

struct arena *arena_new(void)
{
	return calloc(1, sizeof(struct arena));
}

void arena_free(struct arena *arena)
{
	if (!arena)
		return;
	while (arena->chunks) {
		struct chunk *chunk = arena->chunks;

		arena->chunks = chunk->next;
		free(chunk);
	}
	free(arena);
}

/* Large pieces get a chunk of their own, behind the one that is being filled. */
static struct chunk *chunk_add(struct arena *arena, size_t size)
{
	size_t room = size > CHUNK_SIZE / 4 ? size : CHUNK_SIZE;
	struct chunk *chunk = malloc(sizeof(*chunk) + room);

	if (!chunk)
		return NULL;
	chunk->size = room;
	chunk->used = 0;
	if (room != CHUNK_SIZE && arena->chunks) {
		chunk->next = arena->chunks->next;
		arena->chunks->next = chunk;
	} else {
		chunk->next = arena->chunks;
		arena->chunks = chunk;
	}
	return chunk;
}

void *arena_room(struct arena *arena, size_t size)
{
	struct chunk *chunk = arena->chunks;
	void *piece;

	if (size > PTRDIFF_MAX - CHUNK_SIZE)
		return NULL;
	size = (size + ALIGNMENT - 1) / ALIGNMENT * ALIGNMENT;
	if (!chunk || chunk->size - chunk->used < size)
		chunk = chunk_add(arena, size);
	if (!chunk)
		return NULL;
	piece = chunk->bytes + chunk->used;
	chunk->used += size;
	return piece;
}

void *arena_alloc(struct arena *arena, size_t size)
{
	void *piece = arena_room(arena, size);

	return piece ? memset(piece, 0, size) : NULL;
}

void *arena_array(struct arena *arena, size_t count, size_t size)
{
	size_t total;

	if (__builtin_mul_overflow(count, size, &total))
		return NULL;
	return arena_alloc(arena, total);
}

int arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size)
{
	size_t room = *capacity ? *capacity * 2 : 8;
	size_t bytes;
	void *old;
	void *larger;

	if (count < *capacity)
		return 0;
	if (__builtin_mul_overflow(room, size, &bytes))
		return -ENOMEM;
	larger = arena_room(arena, bytes);
	if (!larger)
		return -ENOMEM;
	memcpy(&old, items, sizeof(old));
	if (count)
		memcpy(larger, old, count * size);
	memset((char *)larger + count * size, 0, bytes - count * size);
	memcpy(items, &larger, sizeof(larger));
	*capacity = room;
	return 0;
}

void *arena_memdup(struct arena *arena, const void *bytes, size_t size)
{
	void *copy = arena_room(arena, size);

	if (copy && size)
		memcpy(copy, bytes, size);
	return copy;
}

char *arena_strndup(struct arena *arena, const char *string, size_t length)
{
	char *copy = length < SIZE_MAX ? arena_room(arena, length + 1) : NULL;

	if (!copy)
		return NULL;
	memcpy(copy, string, length);
	copy[length] = '\0';
	return copy;
}

char *arena_strdup(struct arena *arena, const char *string)
{
	return arena_strndup(arena, string, strlen(string));
}

char *arena_printf(struct arena *arena, const char *format, ...)
{
	va_list arguments;
	char *text;
	int length;

	va_start(arguments, format);
	length = vsnprintf(NULL, 0, format, arguments);
	va_end(arguments);
	if (length < 0)
		return NULL;
	text = arena_room(arena, (size_t)length + 1);
	if (!text)
		return NULL;
	va_start(arguments, format);
	vsnprintf(text, (size_t)length + 1, format, arguments);
	va_end(arguments);
	return text;
}
