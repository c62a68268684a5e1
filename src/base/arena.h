/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An arena: memory that is given out piece by piece and dies as a whole.
 * A closure's strings and nodes live in one; nobody frees a single piece.
 */
#ifndef MKROOTFS_BASE_ARENA_H
#define MKROOTFS_BASE_ARENA_H

#include "base/cleanup.h"

#include <stdarg.h>
#include <stddef.h>

struct arena;

/* Returns an empty arena, or NULL when out of memory. The caller frees it. */
struct arena *arena_new(void);
void arena_free(struct arena *arena);
DEFINE_CLEANUP(struct arena *, arena_free);

/* Returns SIZE zeroed bytes aligned for any type, owned by the arena; NULL when out of memory. */
void *arena_alloc(struct arena *arena, size_t size);

/* The same with whatever bytes: the caller writes over all that it reads. */
void *arena_room(struct arena *arena, size_t size);

/* As arena_alloc for COUNT elements of SIZE bytes; NULL too where the product overflows. */
void *arena_array(struct arena *arena, size_t count, size_t size);

/*
 * Makes room for one element more in a growing array of the arena. ITEMS is the
 * array's address (a pointer to the element pointer), COUNT its used elements,
 * CAPACITY its room, SIZE one element's bytes. Returns 0 or -ENOMEM. Elements may
 * move; the old array stays valid memory until the arena dies.
 */
int arena_grow(struct arena *arena, void *items, size_t count, size_t *capacity, size_t size);

/* Copies of strings, owned by the arena; NULL when out of memory. */
char *arena_strdup(struct arena *arena, const char *string);
char *arena_strndup(struct arena *arena, const char *string, size_t length);
void *arena_memdup(struct arena *arena, const void *bytes, size_t size);
char *arena_printf(struct arena *arena, const char *format, ...)
	__attribute__((format(printf, 2, 3)));

#endif
