/* SPDX-License-Identifier: Apache-2.0 */
/* Directories in which a program keeps what it makes: empty, for the result to be filled. */
#include "needs/state_places.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/make.h"
#include "needs/path_strings.h"
#include "needs/people.h"

#include <errno.h>
#include <string.h>

/* What is below these is variable, and a directory there an own one. */
bool places_is_written(const char *path)
{
	static const char *const tops[] = { "/run/", "/var/run/", "/var/" };
	static const char *const common[] = { "/var/run", "/var/tmp", "/var/home" };

	for (size_t i = 0; i < ARRAY_SIZE(common); i++)
		if (strcmp(path, common[i]) == 0)
			return false;
	for (size_t i = 0; i < ARRAY_SIZE(tops); i++)
		if (strncmp(path, tops[i], strlen(tops[i])) == 0)
			return !path_is_below(path, "/var/home") &&
			       !path_is_below(path, "/var/tmp");
	return false;
}

int places_add(struct needs *needs, struct need *need, const char *path)
{
	struct need_item item = { .kind = NEED_DIRECTORY, .path = path };
	const struct people *people;
	struct stat stat;

	if (!places_is_written(path))
		return 0;
	if (TRY(needs_exists(needs, path, &stat)) == 0 || !S_ISDIR(stat.st_mode))
		return 0;
	TRY(people_get(needs, &people));
	item.mode = stat.st_mode & 07777;
	item.owner = people_name(people, stat.st_uid);
	item.group = people_group_name(people, stat.st_gid);
	TRY(need_add(needs, need, &item));
	if (stat.st_uid != 0)
		TRY(people_add_owner(needs, need, item.owner));
	return 1;
}

int places_add_parent(struct needs *needs, struct need *need, const char *path)
{
	const char *parent = path_dirname(needs->sysroot->arena, path);

	return parent ? places_add(needs, need, parent) : -ENOMEM;
}

/* The directory that a string names, or in which it names a file: a pid file, a socket. */
static int add_path_string(void *data, const struct path_string *string)
{
	const struct need_filling *filling = data;
	struct arena *arena = filling->needs->sysroot->arena;
	const char *path;
	const char *parent;

	if (string->kind != PATH_STRING_ABSOLUTE || !places_is_written(string->path))
		return 0;
	path = arena_strdup(arena, string->path);
	parent = path ? path_dirname(arena, path) : NULL;
	if (!parent)
		return -ENOMEM;
	if (TRY(places_add(filling->needs, filling->need, path)) == 0)
		TRY(places_add(filling->needs, filling->need, parent));
	return 0;
}

static int add_string(void *data, const char *text)
{
	/* Most strings are no paths of that kind. */
	if (!strstr(text, "/run") && !strstr(text, "/var"))
		return 0;
	return path_strings_visit(text, add_path_string, data);
}

int make_places(struct needs *needs, struct need *need)
{
	struct need_filling filling = { needs, need };

	return needs_visit_paths(needs, need->object, add_string, &filling);
}

static int add_listed(void *data, struct view listed)
{
	const struct need_filling *filling = data;
	const char *path;

	if (listed.size < 6 || memcmp(listed.bytes, "/var/", 5) != 0)
		return 0;
	path = view_copy(filling->needs->sysroot->arena, listed);
	if (!path)
		return -ENOMEM;
	TRY(places_add(filling->needs, filling->need, path));
	return 0;
}

int places_add_listed(struct needs *needs, struct need *need, struct installed *installed,
		      const struct installed_package *const *packages)
{
	struct need_filling filling = { needs, need };

	for (; packages && *packages; packages++)
		TRY(installed_visit_paths(installed, *packages, add_listed, &filling));
	return 0;
}
