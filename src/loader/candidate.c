/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/candidate.h"
#include "base/error.h"
#include "base/hash.h"
#include "loader/rules.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	/* The words of legacy subdirectories, "tls" among them: at most 2^N subdirectories. */
	LEGACY_WORDS_MAX = 6,
};

/* A directory, or a subdirectory in it that depends on the processor. */
struct subdirectory {
	struct location location; /* with a trailing '/' where it is not "" */
	bool missing;
};

struct candidate_directory {
	UT_hash_handle hh;
	const char *key; /* path, NUL, dest */
	struct subdirectory *subdirectories;
};

/*
 * The powerset of the legacy words, "tls" the highest, as loaders up to 2.36 try it:
 * tls/haswell/x86_64, tls/haswell, tls/x86_64, tls, haswell/x86_64, ...
 */
static int add_legacy(const struct search_context *context, struct texts *subdirectories)
{
	const struct processor *processor = context->processor;
	struct arena *arena = context->sysroot->arena;
	const char *words[LEGACY_WORDS_MAX];
	size_t n_words = 0;

	if (!loader_has_legacy_hwcaps(context->loader))
		return 0;
	assert(processor->n_legacy < LEGACY_WORDS_MAX);
	for (size_t i = 0; i < processor->n_legacy; i++)
		words[n_words++] = processor->legacy[i];
	words[n_words++] = "tls";
	for (size_t set = ((size_t)1 << n_words) - 1; set > 0; set--) {
		const char *path = "";

		for (size_t i = n_words; path && i-- > 0;)
			if (set & (size_t)1 << i)
				path = arena_printf(arena, "%s%s/", path, words[i]);
		TRY(texts_add(arena, subdirectories, path));
	}
	return 0;
}

int candidate_begin(struct search_context *context)
{
	const struct processor *processor = context->processor;
	struct arena *arena = context->sysroot->arena;
	struct texts subdirectories = { 0 };

	for (size_t i = 0; i < processor->n_hwcaps; i++)
		TRY(texts_add(arena, &subdirectories,
			      arena_printf(arena, "glibc-hwcaps/%s/", processor->hwcaps[i])));
	TRY(add_legacy(context, &subdirectories));
	TRY(texts_add(arena, &subdirectories, ""));
	context->subdirectories = subdirectories.items;
	context->n_subdirectories = subdirectories.count;
	return 0;
}

void candidate_end(struct search_context *context)
{
	HASH_CLEAR(hh, context->directories);
}

int candidate_note(struct search_context *context, struct search_result *result, const char *where)
{
	return texts_add_once(context->sysroot->arena, &result->searched, where) < 0
		       ? -ENOMEM
		       : SEARCH_NOT_FOUND;
}

/*
 * Whether PATH leads to a directory: 1 or 0; -errno after a diagnostic for this system's own
 * trouble. To a loader that may not look there is none.
 */
static int is_directory(const struct search_context *context, const char *path)
{
	const struct sysroot *sysroot = context->sysroot;
	const char *absolute = path ? sysroot_absolute(sysroot, path) : NULL;
	const struct stat *stat;
	char *canonical;
	int r;

	if (!absolute)
		return -ENOMEM;
	r = root_resolve(sysroot->root, sysroot->arena, absolute, &stat, &canonical);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(sysroot->diag, -r, absolute);
	return r >= 0 && S_ISDIR(stat->st_mode);
}

static int has_subdirectory(const struct search_context *context, const char *path,
			    const char *name)
{
	return is_directory(context, arena_printf(context->sysroot->arena, "%s%s", path, name));
}

/* Whether another processor would find something of its own in PATH: 1 or 0; -errno as
 * is_directory. */
static int is_cpu_dependent(const struct search_context *context, const char *path)
{
	const struct processor *processors;
	size_t count;

	loader_processors(context->loader, &processors, &count);
	if (count > 1 && TRY(has_subdirectory(context, path, "glibc-hwcaps")))
		return 1;
	if (!loader_has_legacy_hwcaps(context->loader))
		return 0;
	if (TRY(has_subdirectory(context, path, "tls")))
		return 1;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < processors[i].n_legacy; j++)
			if (TRY(has_subdirectory(context, path, processors[i].legacy[j])))
				return 1;
	return 0;
}

/* DIRECTORY with a '/' behind it, and only one where the loader cleans it; "" stays. */
static const char *with_slash(const struct search_context *context, const char *directory)
{
	struct arena *arena = context->sysroot->arena;
	size_t length = strlen(directory);

	if (length == 0)
		return "";
	if (!context->rules->remembers_directories)
		return arena_printf(arena, "%s/", directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return arena_printf(arena, "%.*s%s", (int)length, directory,
			    directory[length - 1] == '/' ? "" : "/");
}

/* Finds out which subdirectories are there, once, so that the others cost nothing later. */
static int fill_directory(struct search_context *context, struct candidate_directory *directory,
			  struct location location)
{
	struct arena *arena = context->sysroot->arena;
	bool remembers = context->rules->remembers_directories;
	bool there = !remembers || !*location.path || TRY(is_directory(context, location.path));

	directory->subdirectories =
		arena_array(arena, context->n_subdirectories, sizeof(*directory->subdirectories));
	if (!directory->subdirectories)
		return -ENOMEM;
	if (there && remembers && TRY(is_cpu_dependent(context, location.path)))
		context->cpu_dependent = true;
	for (size_t i = 0; i < context->n_subdirectories; i++) {
		struct subdirectory *sub = &directory->subdirectories[i];
		const char *name = context->subdirectories[i];

		sub->location.path = arena_printf(arena, "%s%s", location.path, name);
		sub->location.dest = arena_printf(arena, "%s%s", location.dest, name);
		if (!sub->location.path || !sub->location.dest)
			return -ENOMEM;
		sub->missing = !there || (*name && !TRY(is_directory(context, sub->location.path)));
	}
	return 0;
}

static int get_directory(struct search_context *context, struct location location,
			 struct candidate_directory **out)
{
	struct arena *arena = context->sysroot->arena;
	struct candidate_directory *known;
	size_t length;
	size_t path_size;
	char *key;

	location.path = with_slash(context, location.path);
	location.dest = with_slash(context, location.dest);
	if (!location.path || !location.dest)
		return -ENOMEM;
	path_size = strlen(location.path) + 1;
	length = path_size + strlen(location.dest);
	key = arena_alloc(arena, length + 1);
	if (!key)
		return -ENOMEM;
	memcpy(key, location.path, path_size);
	memcpy(key + path_size, location.dest, length - path_size);
	HASH_FIND(hh, context->directories, key, length, known);
	if (!known) {
		known = arena_alloc(arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->key = key;
		TRY(fill_directory(context, known, location));
		HASH_ADD_KEYPTR(hh, context->directories, known->key, length, known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = known;
	return 0;
}

int candidate_open(struct search_context *context, struct location location, enum found_by found_by,
		   struct search_result *result)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *path = sysroot_absolute(context->sysroot, location.path);
	int r;

	if (!path)
		return -ENOMEM;
	r = root_open(context->sysroot->root, path, &file);
	if (r < 0 && root_is_own_trouble(r))
		return diag_errno(context->sysroot->diag, -r, path);
	if (r < 0)
		return context->rules->pass_over(context, -r);
	result->location = location;
	result->found_by = found_by;
	return context->rules->take(context, &file, path, result);
}

int candidate_in_directory(struct search_context *context, struct location directory,
			   enum found_by found_by, const char *name, struct search_result *result)
{
	struct arena *arena = context->sysroot->arena;
	struct candidate_directory *known;

	TRY(get_directory(context, directory, &known));
	for (size_t i = 0; i < context->n_subdirectories; i++) {
		const struct subdirectory *sub = &known->subdirectories[i];
		struct location location;
		int r;

		if (sub->missing)
			continue;
		location.path = arena_printf(arena, "%s%s", sub->location.path, name);
		location.dest = arena_printf(arena, "%s%s", sub->location.dest, name);
		if (!location.path || !location.dest)
			return -ENOMEM;
		r = TRY(candidate_open(context, location, found_by, result));
		/* The base directory is the last: its answer is the directory's. */
		if (r == SEARCH_ABANDONED && i + 1 < context->n_subdirectories)
			continue;
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return candidate_note(context, result, *directory.path ? directory.path : ".");
}
