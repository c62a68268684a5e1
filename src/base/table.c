/* SPDX-License-Identifier: Apache-2.0 */
#include "base/table.h"

#include <assert.h>
#include <string.h>

void *table_add(struct arena *arena, void *items, size_t *count, size_t *capacity, size_t size)
{
	char *first;

	assert(*count <= *capacity && size > 0);
	if (arena_grow(arena, items, *count, capacity, size) < 0)
		return NULL;
	memcpy(&first, items, sizeof(first));
	return memset(first + size * (*count)++, 0, size);
}
