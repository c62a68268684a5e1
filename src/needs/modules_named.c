/* SPDX-License-Identifier: Apache-2.0 */
/* What a module's text names by its absolute path: data that a distribution keeps elsewhere. */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs.h"
#include "needs/modules.h"
#include "needs/own_paths.h"
#include "needs/private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { PATH_LENGTH_MAX = 255 };

struct naming {
	struct modules *modules;
	const struct installed_package *package;
};

/* Whether PATH is of the running system, or the result has one of its own. */
static bool is_elsewhere(const char *path)
{
	static const char *const places[] = { "/tmp", "/var", "/run", "/boot", "/mnt", "/media" };

	if (path_is_kernel(path) || own_path_is_of_machine(path) || own_path_is_unneeded(path))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		if (path_is_below(path, places[i]))
			return true;
	return false;
}

static int is_listed(void *data, struct view path)
{
	return view_is(path, data);
}

static bool is_nothing(struct modules *modules, const char *directory, const char *name)
{
	return false;
}

static int add_directory(const struct naming *naming, char *path)
{
	struct installed *installed;
	bool listed;

	if (!naming->package || own_path_is_shared(path))
		return 0;
	TRY(belongs_packages(naming->modules->needs, &installed));
	listed = TRY(installed_visit_paths(installed, naming->package, is_listed, path)) > 0;
	for (const char *const *name = naming->package->depends; !listed && *name; name++) {
		const struct installed_package *other = installed_find(installed, *name);

		listed = other && TRY(installed_visit_paths(installed, other, is_listed, path)) > 0;
	}
	if (!listed)
		return 0;
	return modules_add_data(naming->modules, path, is_nothing, is_nothing, 0);
}

static int add_path(const struct naming *naming, const char *name)
{
	struct modules *modules = naming->modules;
	const struct sysroot *sysroot = modules->needs->sysroot;
	struct stat stat;
	char *path;

	if (is_elsewhere(name) || TRY(needs_resolve(modules->needs, name, &stat, &path)) == 0 ||
	    is_elsewhere(path))
		return 0;
	if (S_ISDIR(stat.st_mode))
		return add_directory(naming, path);
	if (!S_ISREG(stat.st_mode) || stat.st_mode & 0111 ||
	    TRY(needs_is_private(modules->needs, path, false, NULL)) > 0)
		return 0;
	return modules_add_item(modules, name, path_dirname(sysroot->arena, name));
}

static bool is_path_character(char c)
{
	return isalnum((unsigned char)c) || (c && strchr("/._+-@", c));
}

int modules_add_named(struct modules *modules, const char *text, size_t size,
		      const struct installed_package *package)
{
	const struct naming naming = { modules, package };
	char path[PATH_LENGTH_MAX + 1];

	for (size_t i = 0; i + 1 < size; i++) {
		size_t length = 0;

		if ((text[i] != '"' && text[i] != '\'') || text[i + 1] != '/')
			continue;
		while (i + 1 + length < size && length < PATH_LENGTH_MAX &&
		       is_path_character(text[i + 1 + length]))
			length++;
		if (length < 2 || i + 1 + length >= size || text[i + 1 + length] != text[i])
			continue;
		memcpy(path, text + i + 1, length);
		path[length] = '\0';
		if (strchr(path + 1, '/') && !strstr(path, "/..") && !strstr(path, "//"))
			TRY(add_path(&naming, path));
		i += length + 1;
	}
	return 0;
}
