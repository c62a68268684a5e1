/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lists of texts, and their order: by bytes, whatever the locale.
 */
#ifndef MKROOTFS_BASE_TEXTS_H
#define MKROOTFS_BASE_TEXTS_H

#include "base/table.h"

#include <stdbool.h>

/* A list of texts that somebody else owns: a TABLE. */
struct texts {
	const char **items;
	size_t count;
	size_t capacity;
};

/* Appends TEXT itself; NULL, from a copy that failed, is out of memory. Returns 0 or -ENOMEM. */
int texts_add(struct arena *arena, struct texts *texts, const char *text);

/* Appends TEXT unless it is in the list. Returns 0 or -ENOMEM. */
int texts_add_once(struct arena *arena, struct texts *texts, const char *text);

/* Whether TEXT is in the list, in whatever order that is. */
bool texts_have(const struct texts *texts, const char *text);

/* Sorts COUNT texts, which may be none. */
void texts_sort(const char **items, size_t count);

/* As texts_sort; of those that are equal one remains. Returns how many do. */
size_t texts_sort_once(const char **items, size_t count);

/* The address of TEXT among COUNT sorted ITEMS, or NULL. */
const char *const *texts_find(const char *const *items, size_t count, const char *text);

#endif
