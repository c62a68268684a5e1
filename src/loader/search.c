/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/search.h"
#include "base/hash.h"
#include "base/path.h"
#include "loader/glibc.h"
#include "loader/musl.h"
#include "loader/tokens.h"

#include <errno.h>
#include <string.h>

enum {
	/* The words of legacy subdirectories, "tls" among them: at most 2^N subdirectories. */
	LEGACY_WORDS_MAX = 6,
};

/* A directory, or a subdirectory in it that depends on the processor. */
struct search_subdirectory {
	struct location location; /* with a trailing '/' where it is not "" */
	bool missing;
};

struct search_directory {
	UT_hash_handle hh;
	const char *key; /* path, NUL, dest */
	struct search_subdirectory *subdirectories;
};

const char *found_by_name(enum found_by found_by)
{
	static const char *const names[] = {
		[FOUND_BY_PROGRAM] = "program", [FOUND_BY_PATH] = "path",
		[FOUND_BY_RPATH] = "rpath",	[FOUND_BY_LIBRARY_PATH] = "library-path",
		[FOUND_BY_RUNPATH] = "runpath", [FOUND_BY_CACHE] = "cache",
		[FOUND_BY_DEFAULT] = "default", [FOUND_BY_LOADED] = "loaded",
		[FOUND_BY_INTERP] = "interp",	[FOUND_BY_PRELOAD] = "preload",
		[FOUND_BY_DLOPEN] = "dlopen",	[FOUND_BY_RULE] = "rule",
		[FOUND_BY_TRACE] = "trace",
	};

	return names[found_by];
}

/*
 * The powerset of the legacy words, "tls" the highest, as loaders up to 2.36 try it:
 * tls/haswell/x86_64, tls/haswell, tls/x86_64, tls, haswell/x86_64, ...
 */
static int legacy_subdirectories(struct search_context *context, const char **out, size_t *count)
{
	const struct processor *processor = context->processor;
	const char *words[LEGACY_WORDS_MAX];
	size_t n_words = 0;

	if (!loader_has_legacy_hwcaps(context->loader))
		return 0;
	for (size_t i = 0; i < processor->n_legacy && n_words < LEGACY_WORDS_MAX - 1; i++)
		words[n_words++] = processor->legacy[i];
	words[n_words++] = "tls";
	for (size_t set = ((size_t)1 << n_words) - 1; set > 0; set--) {
		const char *path = "";

		for (size_t i = n_words; i-- > 0;) {
			if (!(set & (size_t)1 << i))
				continue;
			path = arena_printf(context->sysroot->arena, "%s%s/", path, words[i]);
			if (!path)
				return -ENOMEM;
		}
		out[(*count)++] = path;
	}
	return 0;
}

int search_prepare(struct search_context *context)
{
	const struct processor *processor = context->processor;
	const char **out;
	size_t count = 0;
	int r;

	out = arena_array(context->sysroot->arena,
			  processor->n_hwcaps + ((size_t)1 << LEGACY_WORDS_MAX) + 1, sizeof(*out));
	if (!out)
		return -ENOMEM;
	if (context->loader->kind == LOADER_GLIBC) {
		for (size_t i = 0; i < processor->n_hwcaps; i++) {
			out[count] = arena_printf(context->sysroot->arena, "glibc-hwcaps/%s/",
						  processor->hwcaps[i]);
			if (!out[count++])
				return -ENOMEM;
		}
		r = legacy_subdirectories(context, out, &count);
		if (r < 0)
			return r;
	}
	out[count++] = "";
	context->subdirectories = out;
	context->n_subdirectories = count;
	return 0;
}

void search_finish(struct search_context *context)
{
	HASH_CLEAR(hh, context->directories);
}

int search_note(struct search_context *context, struct search_result *result, const char *where)
{
	int r;

	for (size_t i = 0; i < result->n_searched; i++)
		if (strcmp(result->searched[i], where) == 0)
			return 0;
	r = arena_grow(context->sysroot->arena, &result->searched, result->n_searched,
		       &result->searched_capacity, sizeof(*result->searched));
	if (r < 0)
		return r;
	result->searched[result->n_searched++] = where;
	return 0;
}

static bool is_directory(const struct search_context *context, const char *path)
{
	const char *absolute = sysroot_absolute(context->sysroot, path);
	const struct stat *stat;
	char *canonical;

	if (!absolute)
		return false;
	if (root_walk(context->sysroot->root, context->sysroot->arena, absolute, true, NULL, NULL,
		      &canonical) < 0)
		return false;
	return root_look(context->sysroot->root, context->sysroot->arena, canonical, &stat, NULL) ==
		       0 &&
	       S_ISDIR(stat->st_mode);
}

static bool has_subdirectory(struct search_context *context, const char *path, const char *name)
{
	const char *joined = arena_printf(context->sysroot->arena, "%s%s", path, name);

	return joined && is_directory(context, joined);
}

/* Whether another processor would find something of its own in the directory PATH. */
static bool is_cpu_dependent(struct search_context *context, const char *path)
{
	const struct processor *processors;
	size_t count;

	loader_processors(context->loader, &processors, &count);
	if (count > 1 && has_subdirectory(context, path, "glibc-hwcaps"))
		return true;
	if (!loader_has_legacy_hwcaps(context->loader))
		return false;
	for (size_t i = 0; i < count; i++)
		for (size_t j = 0; j < processors[i].n_legacy; j++)
			if (has_subdirectory(context, path, processors[i].legacy[j]) ||
			    has_subdirectory(context, path, "tls"))
				return true;
	return false;
}

/*
 * DIRECTORY with one '/' behind it; "" stays, it is the working directory. musl knows no such
 * cleaning.
 */
static const char *with_slash(const struct search_context *context, const char *directory)
{
	struct arena *arena = context->sysroot->arena;
	size_t length = strlen(directory);

	if (length == 0)
		return "";
	if (context->loader->kind == LOADER_MUSL)
		return arena_printf(arena, "%s/", directory);
	while (length > 1 && directory[length - 1] == '/')
		length--;
	return arena_printf(arena, "%.*s%s", (int)length, directory,
			    directory[length - 1] == '/' ? "" : "/");
}

/* Looks once at which subdirectories there are, so that the others cost nothing later. */
static int fill_directory(struct search_context *context, struct search_directory *known,
			  struct location location)
{
	bool there = !*location.path || is_directory(context, location.path);

	known->subdirectories = arena_array(context->sysroot->arena, context->n_subdirectories,
					    sizeof(*known->subdirectories));
	if (!known->subdirectories)
		return -ENOMEM;
	if (there && context->loader->kind == LOADER_GLIBC &&
	    is_cpu_dependent(context, location.path))
		context->cpu_dependent = true;
	for (size_t i = 0; i < context->n_subdirectories; i++) {
		struct search_subdirectory *sub = &known->subdirectories[i];
		const char *name = context->subdirectories[i];

		sub->location.path =
			arena_printf(context->sysroot->arena, "%s%s", location.path, name);
		sub->location.dest =
			arena_printf(context->sysroot->arena, "%s%s", location.dest, name);
		if (!sub->location.path || !sub->location.dest)
			return -ENOMEM;
		sub->missing = !there || (*name && !is_directory(context, sub->location.path));
	}
	return 0;
}

static int get_directory(struct search_context *context, struct location location,
			 struct search_directory **out)
{
	struct search_directory *known;
	size_t length;
	char *key;
	int r;

	location.path = with_slash(context, location.path);
	location.dest = with_slash(context, location.dest);
	if (!location.path || !location.dest)
		return -ENOMEM;
	length = strlen(location.path) + 1 + strlen(location.dest);
	key = arena_alloc(context->sysroot->arena, length + 1);
	if (!key)
		return -ENOMEM;
	memcpy(key, location.path, strlen(location.path));
	memcpy(key + strlen(location.path) + 1, location.dest, strlen(location.dest));
	HASH_FIND(hh, context->directories, key, length, known);
	if (!known) {
		known = arena_alloc(context->sysroot->arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->key = key;
		r = fill_directory(context, known, location);
		if (r < 0)
			return r;
		HASH_ADD_KEYPTR(hh, context->directories, known->key, length, known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	*out = known;
	return 0;
}

/* What an unreadable candidate means: go on, or give up the list (open_path; path_open). */
static int open_failed(struct search_context *context, const char *path, int error)
{
	if (context->loader->kind == LOADER_MUSL)
		context->last_error = musl_error_words(error);
	switch (error) {
	case ENOENT:
	case ENOTDIR:
	case EACCES:
		return SEARCH_NOT_FOUND;
	case ENAMETOOLONG:
		return context->loader->kind == LOADER_MUSL ? SEARCH_NOT_FOUND : SEARCH_ABANDONED;
	case ENOMEM:
	case EMFILE:
	case ENFILE:
	case EIO:
		return diag_errno(context->sysroot->diag, error, path);
	default:
		return SEARCH_ABANDONED;
	}
}

int search_file(struct search_context *context, struct location location, enum found_by found_by,
		struct search_result *result)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *path = sysroot_absolute(context->sysroot, location.path);
	int r;

	if (!path)
		return -ENOMEM;
	r = root_open(context->sysroot->root, path, &file);
	if (r < 0)
		return open_failed(context, path, -r);
	result->location = location;
	result->found_by = found_by;
	if (context->loader->kind == LOADER_MUSL)
		return musl_take(context, &file, path, result);
	if (!S_ISREG(file.stat.st_mode)) {
		result->problem = S_ISDIR(file.stat.st_mode) ? "cannot read file data: Error 21"
							     : "is not a regular file";
		return SEARCH_STOPPED;
	}
	r = elf_store_get(context->sysroot->store, &file, path, &result->elf);
	if (r < 0)
		return diag_errno(context->sysroot->diag, -r, path);
	return glibc_verify(context->loader, result->elf, &result->problem);
}

int search_in_directory(struct search_context *context, struct location directory,
			enum found_by found_by, const char *name, struct search_result *result)
{
	struct search_directory *known;
	int r;

	r = get_directory(context, directory, &known);
	if (r < 0)
		return r;
	for (size_t i = 0; i < context->n_subdirectories; i++) {
		const struct search_subdirectory *sub = &known->subdirectories[i];
		struct location location;

		if (sub->missing)
			continue;
		location.path =
			arena_printf(context->sysroot->arena, "%s%s", sub->location.path, name);
		location.dest =
			arena_printf(context->sysroot->arena, "%s%s", sub->location.dest, name);
		if (!location.path || !location.dest)
			return -ENOMEM;
		r = search_file(context, location, found_by, result);
		/* The base directory is the last: its answer is the directory's. */
		if (r == SEARCH_ABANDONED && i + 1 < context->n_subdirectories)
			continue;
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	r = search_note(context, result, *directory.path ? directory.path : ".");
	return r < 0 ? r : SEARCH_NOT_FOUND;
}

int search_expand_name(struct search_context *context, const struct loaded *requester,
		       const char *name, struct location *out)
{
	if (context->loader->kind == LOADER_GLIBC)
		return expand_glibc(context, requester, name, strlen(name), out);
	*out = (struct location){ name, name };
	return 0;
}

/* A name with a '/' is not searched for; colons in it are literal. */
static int search_path(struct search_context *context, struct location name,
		       struct search_result *result)
{
	int r = search_file(context, name, FOUND_BY_PATH, result);

	if (r != SEARCH_NOT_FOUND && r != SEARCH_ABANDONED)
		return r;
	r = search_note(context, result, name.path);
	return r < 0 ? r : SEARCH_NOT_FOUND;
}

int search_library(struct search_context *context, const struct loaded *requester,
		   struct location name, struct search_result *result)
{
	*result = (struct search_result){ 0 };
	if (strchr(name.path, '/'))
		return search_path(context, name, result);
	if (context->loader->kind == LOADER_MUSL)
		return musl_search(context, requester, name.path, result);
	return glibc_search(context, requester, name.path, result);
}
