/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/module_packages.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/table.h"
#include "base/view.h"
#include "needs/belongs.h"

#include <errno.h>
#include <string.h>

/* A command by its path, a module by its name. */
struct known {
	UT_hash_handle hh;
	const struct installed_package *package; /* NULL: of several */
};

/* All that PACKAGE may count on. */
struct counted {
	UT_hash_handle hh;
	const struct installed_package *package;
};

struct reach {
	UT_hash_handle hh;
	const struct installed_package *package;
	struct counted *counted;
};

struct module_packages {
	struct arena *arena;
	struct installed *installed;
	struct known *known;
	struct reach *reaches;
	const struct installed_package *package; /* whose list is read */
};

void module_packages_free(struct needs *needs)
{
	struct module_packages *packages = needs ? needs->module_packages : NULL;
	struct reach *reach;
	struct reach *next;

	if (!packages)
		return;
	HASH_ITER(hh, packages->reaches, reach, next)
		HASH_CLEAR(hh, reach->counted);
	HASH_CLEAR(hh, packages->reaches);
	HASH_CLEAR(hh, packages->known);
}

static int learn(struct module_packages *packages, const char *key, size_t size)
{
	struct known *known;

	HASH_FIND(hh, packages->known, key, size, known);
	if (known) {
		if (known->package != packages->package)
			known->package = NULL;
		return 0;
	}
	known = arena_alloc(packages->arena, sizeof(*known));
	key = arena_strndup(packages->arena, key, size);
	if (!known || !key)
		return -ENOMEM;
	known->package = packages->package;
	HASH_ADD_KEYPTR(hh, packages->known, key, size, known);
	return HASH_HAS(known) ? 0 : -ENOMEM;
}

static bool ends_with(struct view view, const char *end)
{
	size_t length = strlen(end);

	return view.size >= length && memcmp(view.bytes + view.size - length, end, length) == 0;
}

/* Paths that matter are in directories of commands and of Python's packages. */
static int learn_path(void *data, struct view path)
{
	struct module_packages *packages = data;
	const char *slash = path.size > 0 ? memrchr(path.bytes, '/', path.size) : NULL;
	struct view directory;
	struct view name;

	if (!slash)
		return 0;
	directory = (struct view){ path.bytes, (size_t)(slash - path.bytes) };
	name = view_skip(path, directory.size + 1);
	if (ends_with(directory, "/bin") || ends_with(directory, "/sbin") ||
	    ends_with(directory, "/games"))
		return learn(packages, path.bytes, path.size);
	if (!ends_with(directory, "-packages"))
		return 0;
	view_take(&name, '.', &directory);
	return learn(packages, directory.bytes, directory.size);
}

static int get_packages(struct needs *needs, struct module_packages **out)
{
	struct module_packages *packages = needs->module_packages;

	if (!packages) {
		packages = arena_alloc(needs->sysroot->arena, sizeof(*packages));
		if (!packages)
			return -ENOMEM;
		packages->arena = needs->sysroot->arena;
		TRY(belongs_packages(needs, &packages->installed));
		needs->module_packages = packages;
		for (size_t i = 0; i < installed_count(packages->installed); i++) {
			packages->package = installed_at(packages->installed, i);
			TRY(installed_visit_paths(packages->installed, packages->package,
						  learn_path, packages));
		}
	}
	*out = packages;
	return 0;
}

static int look_up(struct needs *needs, const char *key, const struct installed_package **out)
{
	struct module_packages *packages;
	struct known *known;

	TRY(get_packages(needs, &packages));
	HASH_FIND_STR(packages->known, key, known);
	*out = known ? known->package : NULL;
	return known != NULL;
}

int module_packages_of_command(struct needs *needs, const char *path,
			       const struct installed_package **out)
{
	/* Where /bin is a link to usr/bin, packages list either. */
	if (TRY(look_up(needs, path, out)) == 0 && strncmp(path, "/usr/", 5) == 0)
		TRY(look_up(needs, path + 4, out));
	return 0;
}

int module_packages_of_python(struct needs *needs, const char *name,
			      const struct installed_package **out)
{
	TRY(look_up(needs, name, out));
	return 0;
}

static int count_on(struct module_packages *packages, struct reach *reach,
		    const struct installed_package *package)
{
	struct counted *counted;

	HASH_FIND_PTR(reach->counted, &package, counted);
	if (counted)
		return 0;
	counted = arena_alloc(packages->arena, sizeof(*counted));
	if (!counted)
		return -ENOMEM;
	counted->package = package;
	HASH_ADD_PTR(reach->counted, package, counted);
	return HASH_HAS(counted) ? 0 : -ENOMEM;
}

/* PACKAGE, what it depends on or recommends, and what that does. */
static int find_reach(struct module_packages *packages, const struct installed_package *package,
		      struct reach **out)
{
	struct reach *reach;

	HASH_FIND_PTR(packages->reaches, &package, *out);
	if (*out)
		return 0;
	reach = arena_alloc(packages->arena, sizeof(*reach));
	if (!reach)
		return -ENOMEM;
	reach->package = package;
	HASH_ADD_PTR(packages->reaches, package, reach);
	if (!HASH_HAS(reach))
		return -ENOMEM;
	TRY(count_on(packages, reach, package));
	/* The table keeps the order in which it is added to. */
	for (struct counted *at = reach->counted; at; at = at->hh.next)
		for (const char *const *name = at->package->depends; *name; name++) {
			const struct installed_package *other =
				installed_find(packages->installed, *name);

			if (other)
				TRY(count_on(packages, reach, other));
		}
	*out = reach;
	return 0;
}

int module_packages_may_count_on(struct needs *needs, const struct installed_package *package,
				 const struct installed_package *other)
{
	struct module_packages *packages;
	struct counted *counted;
	struct reach *reach;

	if (strcmp(package->source, other->source) == 0)
		return 1;
	TRY(get_packages(needs, &packages));
	TRY(find_reach(packages, package, &reach));
	HASH_FIND_PTR(reach->counted, &other, counted);
	return counted != NULL;
}
