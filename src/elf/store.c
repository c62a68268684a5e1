/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/store.h"
#include "base/hash.h"

#include <errno.h>
#include <string.h>

struct identity {
	dev_t dev;
	ino_t ino;
};

struct stored {
	UT_hash_handle hh;
	struct identity identity;
	const struct elf_object *object;
};

struct elf_store {
	struct arena *arena;
	struct stored *stored;
};

struct elf_store *elf_store_new(void)
{
	struct elf_store *store = calloc(1, sizeof(*store));

	if (!store)
		return NULL;
	store->arena = arena_new();
	if (!store->arena) {
		free(store);
		return NULL;
	}
	return store;
}

void elf_store_free(struct elf_store *store)
{
	if (!store)
		return;
	HASH_CLEAR(hh, store->stored);
	arena_free(store->arena);
	free(store);
}

int elf_store_get(struct elf_store *store, struct root_file *file, const char *path,
		  const struct elf_object **out)
{
	struct stored *stored;
	struct identity identity;
	struct elf_object *object;
	int r;

	memset(&identity, 0, sizeof(identity));
	identity.dev = file->stat.st_dev;
	identity.ino = file->stat.st_ino;
	HASH_FIND(hh, store->stored, &identity, sizeof(identity), stored);
	if (stored) {
		*out = stored->object;
		return 0;
	}
	stored = arena_alloc(store->arena, sizeof(*stored));
	if (!stored)
		return -ENOMEM;
	r = elf_object_read(file, store->arena, out);
	if (r < 0)
		return r;
	/* This call made it, and nobody else has it yet. */
	object = (struct elf_object *)(uintptr_t)*out;
	object->dev = identity.dev;
	object->ino = identity.ino;
	object->path = arena_strdup(store->arena, path);
	if (!object->path)
		return -ENOMEM;
	stored->identity = identity;
	stored->object = object;
	HASH_ADD(hh, store->stored, identity, sizeof(stored->identity), stored);
	return HASH_HAS(stored) ? 0 : -ENOMEM;
}
