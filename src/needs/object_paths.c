/* SPDX-License-Identifier: Apache-2.0 */
/* What the strings of an object name, read once for all that ask. */
#include "base/error.h"
#include "base/hash.h"
#include "needs/joined_paths.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>

enum {
	JOINED_TEXTS_MAX = 4096, /* of one object */
};

/* The strings of an object that may be paths: rules ask for them again and again. */
struct paths_of {
	UT_hash_handle hh;
	const struct elf_object *elf;
	struct texts texts;
};

/* The paths of an object that are being read. */
struct reading_paths {
	struct needs *needs;
	struct paths_of *paths;
	struct arena *scratch;
	struct texts joined; /* texts that begin with one, if the object has such */
};

static int keep_path(void *data, const char *string)
{
	struct reading_paths *reading = data;
	struct arena *arena = reading->needs->sysroot->arena;

	return texts_add(arena, &reading->paths->texts, arena_strdup(arena, string));
}

static int keep_joined(void *data, const char *text)
{
	struct reading_paths *reading = data;

	if (reading->joined.count >= JOINED_TEXTS_MAX)
		return 0;
	return texts_add(reading->scratch, &reading->joined, arena_strdup(reading->scratch, text));
}

static int read_paths(struct needs *needs, const struct elf_object *elf, struct paths_of *paths)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct reading_paths reading = { .needs = needs, .paths = paths, .scratch = scratch };
	bool joined = false;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = facts_visit_paths(needs->sysroot->root, elf, keep_path, keep_joined, &joined, &reading);
	if (r < 0)
		return diag_errno(needs->sysroot->diag, -r, elf->path);
	for (size_t i = 0; joined && i < reading.joined.count; i++)
		TRY(joined_path_find(needs, reading.joined.items[i], keep_path, &reading));
	return 0;
}

static int get_paths(struct needs *needs, const struct elf_object *elf, const struct texts **out)
{
	struct paths_of *known;

	HASH_FIND_PTR(needs->paths, &elf, known);
	if (!known) {
		known = arena_alloc(needs->sysroot->arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->elf = elf;
		TRY(read_paths(needs, elf, known));
		HASH_ADD_PTR(needs->paths, elf, known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = &known->texts;
	return 0;
}

int needs_visit_paths(struct needs *needs, const struct closure_object *object,
		      facts_string_fn *visit, void *data)
{
	const struct texts *texts;
	int r = get_paths(needs, object->loaded.elf, &texts);

	for (size_t i = 0; r == 0 && i < texts->count; i++)
		r = visit(data, texts->items[i]);
	return r;
}

struct matches {
	struct needs *needs;
	const char *pattern;
	facts_string_fn *visit;
	void *data;
};

static int visit_match(void *data, const char *string)
{
	const struct matches *matches = data;
	struct pattern_match match;
	const char *capture;

	if (!pattern_matches(matches->pattern, string, &match) || match.count == 0)
		return 0;
	capture = arena_strndup(matches->needs->sysroot->arena, match.start[0], match.length[0]);
	return capture ? matches->visit(matches->data, capture) : -ENOMEM;
}

int needs_visit_matches(struct needs *needs, const struct closure_object *object,
			const char *pattern, facts_string_fn *visit, void *data)
{
	struct matches matches = { needs, pattern, visit, data };

	return needs_visit_paths(needs, object, visit_match, &matches);
}

void needs_forget_paths(struct needs *needs)
{
	HASH_CLEAR(hh, needs->paths);
}
