/* SPDX-License-Identifier: Apache-2.0 */
/* Who lists a path: one pass over the lists of all packages, and after it over those of a few. */
#include "base/error.h"
#include "base/hash.h"
#include "packages/installed_private.h"

#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

enum {
	FILTER_SHIFT = 12,
	FILTER_BITS = 1 << FILTER_SHIFT,
};

/* A path that was asked for, under one of the names that packages may list it by. */
struct asked {
	UT_hash_handle hh;
	const char *name;
	struct installed_listing *listing;
	struct asked *next; /* the same name, asked for again */
	size_t capacity;
};

struct asked_key {
	UT_hash_handle hh;
	uint32_t key;
};

/* All that is asked for in one pass. */
struct pass {
	struct installed *installed;
	struct listed_keys *listed;
	const struct installed_package *package;
	struct asked *asked;
	struct asked_key *keys;
	uint64_t filter[FILTER_BITS / 64]; /* most paths are asked for by nobody */
	bool notes;			   /* it is the first, and keeps the keys */
};

/* The last eight bytes of the first SIZE, or what there is of them. */
static uint64_t last_bytes(const char *bytes, size_t size)
{
	uint64_t end = 0;
	size_t length = size > sizeof(end) ? sizeof(end) : size;

	memcpy(&end, bytes + size - length, length);
	return end;
}

/* A few bytes at the end tell paths apart, and cost little. */
static uint32_t key_of(const char *bytes, size_t size)
{
	uint64_t end = last_bytes(bytes, size);
	uint64_t before = size > sizeof(end) ? last_bytes(bytes, size - sizeof(end)) : 0;

	end = (end ^ size) * UINT64_C(0x9e3779b97f4a7c15);
	end = (end ^ end >> 29 ^ before) * UINT64_C(0xbf58476d1ce4e5b9);
	return (uint32_t)(end >> 32);
}

static bool passes(const struct pass *pass, uint32_t key)
{
	unsigned bit = key >> (32 - FILTER_SHIFT);

	return pass->filter[bit / 64] >> bit % 64 & 1;
}

static void pass_cleanup(struct pass *pass)
{
	HASH_CLEAR(hh, pass->asked);
	HASH_CLEAR(hh, pass->keys);
}

/* Lets what has KEY through. */
static int ask_key(struct pass *pass, struct arena *arena, uint32_t key)
{
	unsigned bit = key >> (32 - FILTER_SHIFT);
	struct asked_key *asked;

	pass->filter[bit / 64] |= (uint64_t)1 << bit % 64;
	HASH_FIND(hh, pass->keys, &key, sizeof(key), asked);
	if (asked)
		return 0;
	asked = arena_alloc(arena, sizeof(*asked));
	if (!asked)
		return -ENOMEM;
	asked->key = key;
	HASH_ADD(hh, pass->keys, key, sizeof(asked->key), asked);
	return HASH_HAS(asked) ? 0 : -ENOMEM;
}

static int ask(struct pass *pass, struct arena *arena, const char *name,
	       struct installed_listing *listing)
{
	struct asked *asked = arena_alloc(arena, sizeof(*asked));
	struct asked *known;

	if (!asked)
		return -ENOMEM;
	asked->name = name;
	asked->listing = listing;
	TRY(ask_key(pass, arena, key_of(name, strlen(name))));
	HASH_FIND_STR(pass->asked, name, known);
	if (known) {
		asked->next = known->next;
		known->next = asked;
		return 0;
	}
	HASH_ADD_KEYPTR(hh, pass->asked, asked->name, strlen(asked->name), asked);
	return HASH_HAS(asked) ? 0 : -ENOMEM;
}

static int add_lister(struct pass *pass, struct asked *asked)
{
	struct installed_listing *listing = asked->listing;
	const struct installed_package **packages =
		(const struct installed_package **)(uintptr_t)listing->packages;
	bool new_source = true;

	for (size_t i = 0; i < listing->n_packages; i++) {
		if (packages[i] == pass->package)
			return 0;
		new_source &= strcmp(packages[i]->source, pass->package->source) != 0;
	}
	TRY(arena_grow(installed_arena(pass->installed), &packages, listing->n_packages,
		       &asked->capacity, sizeof(*packages)));
	packages[listing->n_packages++] = pass->package;
	listing->packages = packages;
	listing->n_sources += new_source;
	return 0;
}

static int note_key(struct listed_keys *listed, uint32_t key)
{
	if (listed->count == listed->capacity) {
		size_t capacity = listed->capacity ? 2 * listed->capacity : 1 << 16;
		uint32_t *keys = reallocarray(listed->keys, capacity, sizeof(*keys));

		if (!keys)
			return -ENOMEM;
		listed->keys = keys;
		listed->capacity = capacity;
	}
	listed->keys[listed->count++] = key;
	return 0;
}

static int note_path(void *data, struct view path)
{
	struct pass *pass = data;
	uint32_t key = key_of(path.bytes, path.size);
	struct asked *asked;

	if (pass->notes)
		TRY(note_key(pass->listed, key));
	if (!passes(pass, key))
		return 0;
	HASH_FIND(hh, pass->asked, path.bytes, path.size, asked);
	for (; asked; asked = asked->next)
		TRY(add_lister(pass, asked));
	return 0;
}

/* Whether the package at INDEX may list what PASS asks for. */
static bool may_list(const struct pass *pass, size_t index)
{
	const struct listed_keys *listed = pass->listed;
	struct asked_key *asked = NULL;

	if (!listed->ends)
		return true;
	for (size_t i = index > 0 ? listed->ends[index - 1] : 0; i < listed->ends[index] && !asked;
	     i++)
		if (passes(pass, listed->keys[i]))
			HASH_FIND(hh, pass->keys, &listed->keys[i], sizeof(asked->key), asked);
	return asked != NULL;
}

/* Goes through all lists, or those that may have what is asked for. */
static int read_lists(struct pass *pass)
{
	struct installed *installed = pass->installed;
	struct listed_keys *listed = pass->listed;
	size_t count = installed_count(installed);
	size_t *ends = NULL;

	pass->notes = !listed->ends;
	if (pass->notes) {
		listed->count = 0;
		ends = arena_array(installed_arena(installed), count + 1, sizeof(*ends));
		if (!ends)
			return -ENOMEM;
	}
	for (size_t i = 0; i < count; i++) {
		pass->package = installed_at(installed, i);
		if (may_list(pass, i))
			TRY(installed_visit_paths(installed, pass->package, note_path, pass));
		if (ends)
			ends[i] = listed->count;
	}
	if (ends)
		listed->ends = ends;
	return 0;
}

int installed_look_up(struct installed *installed, struct installed_listing *listings, size_t count)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(pass)
	struct pass pass = {
		.installed = installed,
		.listed = installed_listed(installed),
	};

	if (!arena)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *alias = installed_alias(installed, listings[i].path);

		listings[i].packages = NULL;
		listings[i].n_packages = listings[i].n_sources = 0;
		TRY(ask(&pass, arena, listings[i].path, &listings[i]));
		if (alias)
			TRY(ask(&pass, arena, alias, &listings[i]));
	}
	return count > 0 ? read_lists(&pass) : 0;
}
