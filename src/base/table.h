/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table that grows, in an arena. As it grows its elements move: whoever keeps pointers to
 * elements makes a table of pointers. The old elements stay valid memory until the arena dies.
 */
#ifndef MKROOTFS_BASE_TABLE_H
#define MKROOTFS_BASE_TABLE_H

#include "base/arena.h"

/* The type of a table of elements of TYPE; all zero, it is empty. */
#define TABLE(type)                                                                                \
	struct {                                                                                   \
		type *items;                                                                       \
		size_t count;                                                                      \
		size_t capacity;                                                                   \
	}

/* Appends a zeroed element to *TABLE, whose memory is ARENA's: its address, or NULL when out of
 * memory. */
#define TABLE_ADD(arena, table)                                                                    \
	((__typeof__((table)->items))table_add(arena, &(table)->items, &(table)->count,            \
					       &(table)->capacity, sizeof(*(table)->items)))

/* TABLE_ADD for elements of SIZE bytes; ITEMS is the address of the pointer to the first. */
void *table_add(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size);

#endif
