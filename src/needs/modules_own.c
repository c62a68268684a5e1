/* SPDX-License-Identifier: Apache-2.0 */
/* Modules that only one program has: it finds them by a path of its own, which no search path has.
 */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs.h"
#include "needs/module_packages.h"
#include "needs/modules.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <stdint.h>
#include <string.h>

enum { PATH_LENGTH_MAX = 1000 };

struct search {
	struct modules *modules;
	const struct texts *files;
};

/* DIRECTORY of one of the files. */
static int add_directory(const struct search *search, struct view directory)
{
	const struct sysroot *sysroot = search->modules->needs->sysroot;
	size_t before = search->modules->path.count;
	struct stat stat;
	char *canonical;
	char *path = view_copy(sysroot->arena, directory);

	if (!path)
		return -ENOMEM;
	if (TRY(needs_resolve(search->modules->needs, path, &stat, &canonical)) == 0)
		return 0;
	TRY(modules_add_directory(search->modules, canonical, true));
	return search->modules->path.count > before;
}

static int visit_listed(void *data, struct view path)
{
	const struct search *search = data;
	char text[PATH_LENGTH_MAX + 1];

	if (path.size > PATH_LENGTH_MAX)
		return 0;
	memcpy(text, path.bytes, path.size);
	text[path.size] = '\0';
	for (size_t i = 0; i < search->files->count; i++) {
		size_t length = strlen(search->files->items[i]);

		if (path.size <= length + 1 || text[path.size - length - 1] != '/' ||
		    strcmp(text + path.size - length, search->files->items[i]) != 0 ||
		    own_path_is_unneeded(text))
			continue;
		path.size -= length + 1;
		TRY(add_directory(search, path));
		return 0;
	}
	return 0;
}

static int visit_package(const struct search *search)
{
	struct needs *needs = search->modules->needs;
	const struct installed_package *const *family;
	const struct installed_package *package;
	struct installed *installed;

	TRY(module_packages_of_command(needs, search->modules->script->path, &package));
	if (!package)
		return 0;
	TRY(belongs_packages(needs, &installed));
	TRY(installed_family(installed, package, &family));
	for (; *family; family++)
		TRY(installed_visit_paths(installed, *family, visit_listed,
					  (void *)(uintptr_t)search));
	return 0;
}

/* A directory that stands in quotes: whether it has one of the files. */
static int visit_quoted(const struct search *search, struct view quoted)
{
	struct arena *arena = search->modules->needs->sysroot->arena;
	char *directory = view_copy(arena, quoted);

	if (!directory)
		return -ENOMEM;
	if (TRY(modules_is_directory(search->modules, directory)) == 0)
		return 0;
	for (size_t i = 0; i < search->files->count; i++) {
		const char *path = path_join(arena, directory, search->files->items[i]);

		if (!path)
			return -ENOMEM;
		if (TRY(needs_exists(search->modules->needs, path, NULL)) > 0)
			return add_directory(search, quoted);
	}
	return 0;
}

static int visit_text(const struct search *search)
{
	const struct modules_script *script = search->modules->script;
	struct view rest = { script->text, script->size };

	for (; rest.size > 2; rest = view_skip(rest, 1)) {
		const char *end;
		struct view quoted;

		if ((rest.bytes[0] != '"' && rest.bytes[0] != '\'') || rest.bytes[1] != '/')
			continue;
		quoted = view_skip(rest, 1);
		if (quoted.size > PATH_LENGTH_MAX)
			quoted.size = PATH_LENGTH_MAX;
		end = memchr(quoted.bytes, rest.bytes[0], quoted.size);
		if (!end || memchr(quoted.bytes, '\n', (size_t)(end - quoted.bytes)))
			continue;
		quoted.size = (size_t)(end - quoted.bytes);
		TRY(visit_quoted(search, quoted));
	}
	return 0;
}

int modules_find_own(struct modules *modules, const struct texts *files)
{
	const struct search search = { modules, files };
	size_t before = modules->path.count;

	TRY(visit_text(&search));
	TRY(visit_package(&search));
	return modules->path.count > before;
}

int modules_visit_required(struct modules *modules, int (*visit)(void *data, struct view path),
			   void *data)
{
	const struct installed_package *package;
	struct installed *installed;

	modules->guessing = true;
	TRY(module_packages_of_command(modules->needs, modules->script->path, &package));
	if (!package)
		return 0;
	TRY(belongs_packages(modules->needs, &installed));
	for (size_t i = 0; i < package->n_required; i++) {
		const struct installed_package *other =
			installed_find(installed, package->depends[i]);

		if (other)
			TRY(installed_visit_paths(installed, other, visit, data));
	}
	return 0;
}
