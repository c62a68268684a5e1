/* SPDX-License-Identifier: Apache-2.0 */
/* The rest of a program's package, and of those that it came with. */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs_private.h"
#include "needs/foreign_trees.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <string.h>

/* The directory that stands for the files below it in messages: /usr/share/x for /usr/share/x/y/z.
 */
static int begin_tree(struct data_filling *filling, const char *path)
{
	struct arena *arena = filling->needs->sysroot->arena;
	struct need_item item = { .kind = NEED_PATH };
	const char *end = path;

	if (filling->tree && path_is_below(path, filling->tree))
		return 0;
	do
		end += 1 + strcspn(end + 1, "/");
	while (*end && own_path_is_shared(arena_strndup(arena, path, (size_t)(end - path)) ?: "/"));
	filling->tree =
		*end ? arena_strndup(arena, path, (size_t)(end - path)) : path_dirname(arena, path);
	if (!filling->tree)
		return -ENOMEM;
	item.path = item.tree = filling->tree;
	return need_add(filling->needs, filling->need, &item);
}

/* Modules of a script's language, which come by what it imports, one by one. */
static bool is_left_to_imports(const struct data_filling *filling, const char *path)
{
	static const char *const libraries[] = { "/perl/", "/perl5/", "/perl-base/", "/python3",
						 "/ruby/" };

	if (!filling->subject->who.script || !needs_reads_imports(filling->needs))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(libraries); i++)
		if (strstr(path, libraries[i]))
			return true;
	return false;
}

/* A directory of the family's that is empty: it is there to be written to, or filled. */
static int add_empty(struct data_filling *filling, const char *path)
{
	const struct need_item item = { .kind = NEED_PATH, .path = path };

	return own_path_is_shared(path) ? 0 : need_add(filling->needs, filling->need, &item);
}

/* Files in own directories that the family does not list. */
struct strays {
	struct installed_listing *items;
	size_t count;
	size_t capacity;
};

/* What the packages' lists are gone through with. */
struct resting {
	struct data_filling *filling;
	struct strays strays;
};

static int add_file(struct data_filling *filling, const char *path, const struct stat *stat)
{
	const struct need_item item = {
		.kind = NEED_PATH,
		.path = path,
		.tree = filling->tree,
		/* What a launcher launches is among the programs of its package, whatever they
		 * need. */
		.sure = filling->subject->who.script && stat->st_mode & 0111 &&
			!strstr(path_basename(path), ".so"),
	};

	return need_add(filling->needs, filling->need, &item);
}

/*
 * Programs write caches and databases beside their data when they are set up: they are looked for
 * where most of a directory is the family's, and where the machine's owner keeps nothing.
 */
static int collect_strays(struct resting *resting, const char *directory, const struct texts *names)
{
	const struct owner *owner = &resting->filling->subject->owner;
	struct arena *arena = resting->filling->needs->sysroot->arena;
	size_t before = resting->strays.count;

	if (!path_is_below(directory, "/usr") || own_path_is_shared(directory))
		return 0;
	for (size_t i = 0; i < names->count; i++) {
		const char *path = path_join(arena, directory, names->items[i]);

		if (!path)
			return -ENOMEM;
		if (owner_lists(owner, path))
			continue;
		TRY(arena_grow(arena, &resting->strays.items, resting->strays.count,
			       &resting->strays.capacity, sizeof(*resting->strays.items)));
		resting->strays.items[resting->strays.count++] =
			(struct installed_listing){ .path = path };
	}
	if (2 * (resting->strays.count - before) > names->count)
		resting->strays.count = before;
	return 0;
}

/*
 * A link to a directory: what the package has there comes by itself; what a package has that it
 * counts on comes as it stands.
 */
static int add_link(struct data_filling *filling, const char *path, const char *canonical)
{
	const struct need_item item = { .kind = NEED_PATH, .path = path };
	const struct tree_gate gate = { foreign_tree_enters, filling };
	const struct owner *owner = &filling->subject->owner;
	bool recommended = false;

	if (owner_lists(owner, canonical))
		return need_add(filling->needs, filling->need, &item);
	if (own_path_is_shared(canonical) ||
	    TRY(owning_depends_on(filling->belongs->owning, owner, canonical, &recommended)) == 0 ||
	    recommended)
		return 0;
	return TRY(foreign_tree_enters(filling, path, canonical)) > 0
		       ? need_add_tree(filling->needs, filling->need, path, &gate)
		       : need_add(filling->needs, filling->need, &item);
}

/* Whether the last part of PATH, which leads to CANONICAL, is a link: 1 or 0. */
static int is_link(struct needs *needs, const char *path, const char *canonical)
{
	struct arena *arena = needs->sysroot->arena;
	const char *parent = path_dirname(arena, path);
	struct stat stat;
	char *there;

	if (!parent)
		return -ENOMEM;
	if (TRY(needs_resolve(needs, parent, &stat, &there)) == 0)
		return 0;
	parent = path_join(arena, there, path_basename(path));
	return parent ? strcmp(parent, canonical) != 0 : -ENOMEM;
}

static int add_directory(struct resting *resting, const char *path)
{
	struct needs *needs = resting->filling->needs;
	const struct texts *names;
	struct stat stat;
	char *canonical;

	/* Places where it writes are made of their own: see places.h. */
	if (path_is_below(path, "/var") || path_is_below(path, "/run") ||
	    TRY(needs_resolve(needs, path, &stat, &canonical)) == 0)
		return 0;
	if (!own_path_is_shared(path) && TRY(is_link(needs, path, canonical)) > 0)
		return add_link(resting->filling, path, canonical);
	TRY(needs_names(needs, canonical, &names));
	return names->count == 0 ? add_empty(resting->filling, path)
				 : collect_strays(resting, canonical, names);
}

/* What a package of the family lists. */
static int add_listed(void *data, struct view listed)
{
	struct resting *resting = data;
	struct data_filling *filling = resting->filling;
	const char *path = view_copy(filling->needs->sysroot->arena, listed);
	struct stat stat;

	if (!path)
		return -ENOMEM;
	if (data_filling_leaves(filling, path) ||
	    TRY(data_filling_is_common_library(filling, path)) || is_left_to_imports(filling, path))
		return 0;
	if (TRY(needs_exists(filling->needs, path, &stat)) == 0)
		return 0;
	if (S_ISDIR(stat.st_mode))
		return add_directory(resting, path);
	/* Commands are of their own accord; what is among them and none is data. */
	if (!S_ISREG(stat.st_mode) || (own_path_is_command(path) && stat.st_mode & 0111))
		return 0;
	TRY(begin_tree(filling, path));
	return add_file(filling, path, &stat);
}

/* Those that no package has at all. */
static int add_strays(struct resting *resting)
{
	struct data_filling *filling = resting->filling;
	struct strays *strays = &resting->strays;
	struct stat stat;

	TRY(installed_look_up(owning_installed(filling->belongs->owning), strays->items,
			      strays->count));
	for (size_t i = 0; i < strays->count; i++) {
		const char *path = strays->items[i].path;

		if (strays->items[i].n_packages > 0 || data_filling_leaves(filling, path) ||
		    is_left_to_imports(filling, path) ||
		    TRY(needs_exists(filling->needs, path, &stat)) == 0 || !S_ISREG(stat.st_mode))
			continue;
		TRY(begin_tree(filling, path));
		TRY(add_file(filling, path, &stat));
	}
	return 0;
}

int package_rest_add(struct data_filling *filling)
{
	const struct installed_package *const *member = owner_packages(&filling->subject->owner);
	struct installed *installed = owning_installed(filling->belongs->owning);
	struct resting resting = { .filling = filling };

	for (; member && *member; member++)
		TRY(installed_visit_paths(installed, *member, add_listed, &resting));
	return resting.strays.count > 0 ? add_strays(&resting) : 0;
}

int package_rest_add_package(struct data_filling *filling, const struct installed_package *package)
{
	struct resting resting = { .filling = filling };

	return installed_visit_paths(owning_installed(filling->belongs->owning), package,
				     add_listed, &resting);
}
