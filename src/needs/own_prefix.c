/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/own_prefix.h"
#include "base/error.h"
#include "base/path.h"
#include "base/texts.h"
#include "needs/foreign_trees.h"
#include "needs/own_paths.h"
#include "needs/pattern.h"

#include <errno.h>
#include <string.h>

enum {
	/* A prefix with more programs is one of many packages. */
	PROGRAMS_MAX = 64,
};

/* Adds what GLOB names in the directory PATH. */
static int add(struct needs *needs, struct need *need, const char *path, const char *glob)
{
	struct arena *arena = needs->sysroot->arena;
	const char *quoted = pattern_quote(arena, path);
	const char *in = quoted ? arena_printf(arena, "%s/%s", quoted, glob) : NULL;

	return in ? need_add_paths(needs, need, in, NULL) : -ENOMEM;
}

static int has_few_programs(struct needs *needs, const char *prefix, bool *few)
{
	static const char *const directories[] = { "bin", "sbin" };
	size_t count = 0;

	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		const char *path = path_join(needs->sysroot->arena, prefix, directories[i]);
		const struct texts *names;

		if (!path)
			return -ENOMEM;
		TRY(needs_names(needs, path, &names));
		count += names->count;
	}
	*few = count <= PROGRAMS_MAX;
	return 0;
}

/*
 * Who names the prefix puts the rest behind it when it runs: directories of names that are not
 * everybody's are for its programs, where these are few.
 */
static int add_directories(struct data_filling *filling, const char *prefix)
{
	const struct tree_gate gate = { foreign_tree_enters, filling };
	struct needs *needs = filling->needs;
	const struct texts *names;
	bool few;

	TRY(has_few_programs(needs, prefix, &few));
	if (!few)
		return 0;
	TRY(needs_names(needs, prefix, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *path = path_join(needs->sysroot->arena, prefix, names->items[i]);

		if (!path)
			return -ENOMEM;
		if (!own_path_is_shared(path) && !own_path_is_unneeded(path))
			TRY(need_add_tree(needs, filling->need, path, &gate));
	}
	return 0;
}

int own_prefix_add(struct data_filling *filling, const char *path, const char *canonical)
{
	static const char *const plugins[] = { "[!l]*.so", "l[!i]*.so", "li[!b]*.so" };
	const struct owner *owner = &filling->subject->owner;
	struct needs *needs = filling->needs;
	struct need *need = filling->need;
	const char *parent = path_dirname(needs->sysroot->arena, canonical);
	const char *name = path_basename(canonical);

	if (!parent)
		return -ENOMEM;
	if (!owner_has_prefix(owner))
		return 0;
	if (strcmp(canonical, owner->prefix) == 0)
		return add_directories(filling, path);
	if (strcmp(parent, owner->prefix) != 0)
		return 0;
	if (strcmp(name, "share") == 0 || strcmp(name, "etc") == 0)
		return add(needs, need, path, "*.*");
	for (size_t i = 0; i < ARRAY_SIZE(plugins); i++)
		if (strcmp(name, "lib") == 0 || strcmp(name, "lib64") == 0)
			TRY(add(needs, need, path, plugins[i]));
	return 0;
}
