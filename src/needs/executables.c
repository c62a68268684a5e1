/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/executables.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/make.h"

#include <errno.h>
#include <string.h>

static const char *const search_path[] = { "/usr/local/sbin", "/usr/local/bin", "/usr/sbin",
					   "/usr/bin",	      "/sbin",		"/bin" };

enum { NAMES_MAX = 1 << 16 };

struct executable {
	UT_hash_handle hh;
	const char *name;
	size_t first; /* the position in the search path of the first directory that has it */
};

struct executables {
	struct executable *names;
};

void executables_free(struct executables *executables)
{
	if (executables)
		HASH_CLEAR(hh, executables->names);
}

bool executables_look_in(const char *directory)
{
	for (size_t i = 0; i < ARRAY_SIZE(search_path); i++)
		if (strcmp(directory, search_path[i]) == 0)
			return true;
	return strcmp(path_basename(directory), "games") == 0;
}

static int add_names(struct needs *needs, struct executables *executables, size_t position)
{
	const struct texts *names;

	TRY(needs_names(needs, search_path[position], &names));
	for (size_t i = 0; i < names->count; i++) {
		struct executable *known;

		HASH_FIND_STR(executables->names, names->items[i], known);
		if (known || HASH_COUNT(executables->names) >= NAMES_MAX)
			continue;
		known = arena_alloc(needs->sysroot->arena, sizeof(*known));
		if (!known)
			return -ENOMEM;
		known->name = names->items[i];
		known->first = position;
		HASH_ADD_KEYPTR(hh, executables->names, known->name, strlen(known->name), known);
		if (!HASH_HAS(known))
			return -ENOMEM;
	}
	return 0;
}

static int get_executables(struct needs *needs, struct executables **out)
{
	if (!needs->executables) {
		needs->executables = arena_alloc(needs->sysroot->arena, sizeof(struct executables));
		if (!needs->executables)
			return -ENOMEM;
		for (size_t i = 0; i < ARRAY_SIZE(search_path); i++)
			TRY(add_names(needs, needs->executables, i));
	}
	*out = needs->executables;
	return 0;
}

/* The directories behind the first one that has the name are looked into where it is no program. */
static int find_from(struct needs *needs, size_t first, const char *name, const char **path)
{
	for (size_t i = first; i < ARRAY_SIZE(search_path); i++) {
		struct stat stat;

		*path = path_join(needs->sysroot->arena, search_path[i], name);
		if (!*path)
			return -ENOMEM;
		if (TRY(needs_exists(needs, *path, &stat)) > 0 && S_ISREG(stat.st_mode) &&
		    (stat.st_mode & 0111))
			return 1;
	}
	return 0;
}

int executables_find(struct needs *needs, const char *name, const char **path)
{
	struct executables *executables;
	struct executable *known;

	TRY(get_executables(needs, &executables));
	HASH_FIND_STR(executables->names, name, known);
	return known ? find_from(needs, known->first, name, path) : 0;
}
