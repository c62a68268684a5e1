/* SPDX-License-Identifier: Apache-2.0 */
#include "report/seen.h"
#include "base/hash.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

struct seen_entry {
	UT_hash_handle hh;
	char key[]; /* both strings, each with its NUL */
};

int seen_add(struct seen *seen, const char *first, const char *second)
{
	size_t left = strlen(first) + 1;
	size_t size = left + strlen(second) + 1;
	struct seen_entry *entry = malloc(sizeof(*entry) + size);
	struct seen_entry *known;

	if (!entry)
		return -ENOMEM;
	memcpy(entry->key, first, left);
	memcpy(entry->key + left, second, size - left);
	HASH_FIND(hh, seen->entries, entry->key, size, known);
	if (known) {
		free(entry);
		return SEEN_KNOWN;
	}
	HASH_ADD_KEYPTR(hh, seen->entries, entry->key, size, entry);
	if (HASH_HAS(entry))
		return 0;
	free(entry);
	return -ENOMEM;
}

void seen_reset(struct seen *seen)
{
	struct seen_entry *entry;
	struct seen_entry *next;

	HASH_ITER(hh, seen->entries, entry, next) {
		HASH_DEL(seen->entries, entry);
		free(entry);
	}
}
