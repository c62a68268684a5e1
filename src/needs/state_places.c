/* SPDX-License-Identifier: Apache-2.0 */
/* Directories in which a program keeps what it makes: empty, for the result to be filled. */
#include "needs/state_places.h"
#include "base/error.h"
#include "base/number.h"
#include "base/path.h"
#include "needs/boot_places.h"
#include "needs/make.h"
#include "needs/path_strings.h"
#include "needs/people.h"

#include <errno.h>
#include <fnmatch.h>
#include <stdint.h>
#include <string.h>

enum { BOOT_FILE_SIZE_MAX = 1 << 20 };

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

/* Where PATH will be: links are resolved in the part of it that exists. */
static int resolve_way(struct needs *needs, const char *path, const char **out)
{
	const struct sysroot *sysroot = needs->sysroot;
	const char *rest = path + strlen(path);
	char *canonical = NULL;
	int r = -ENOENT;

	while (rest > path && r < 0) {
		const char *way;

		do
			rest--;
		while (rest > path && *rest != '/');
		way = rest > path ? arena_strndup(sysroot->arena, path, (size_t)(rest - path))
				  : "/";
		if (!way)
			return -ENOMEM;
		r = root_walk(sysroot->root, sysroot->arena, way, true, NULL, NULL, &canonical);
		if (r < 0 && !root_is_absence(r))
			return needs_absent(needs, way, r);
	}
	*out = path_normalize(sysroot->arena, canonical ? canonical : "/", rest + (*rest == '/'));
	return *out ? 0 : -ENOMEM;
}

int places_make(struct needs *needs, struct need *need, const struct need_item *template)
{
	struct need_item item = *template;
	struct stat stat;

	if (!places_is_written(item.path))
		return 0;
	if (TRY(needs_exists(needs, item.path, &stat)) > 0)
		return places_add(needs, need, item.path);
	item.kind = NEED_DIRECTORY;
	item.made = true;
	TRY(resolve_way(needs, item.path, &item.path));
	return need_add(needs, need, &item);
}

/* The name that OWNER, a name or a number, has in the root; NULL for root's. */
static int name_owner(struct needs *needs, const char *owner, bool group, const char **out)
{
	const struct people *people;
	uint64_t id;

	*out = NULL;
	if (!owner)
		return 0;
	if (!number_parse(owner, UINT32_MAX - 1, &id)) {
		*out = arena_strdup(needs->sysroot->arena, owner);
		return *out ? 0 : -ENOMEM;
	}
	TRY(people_get(needs, &people));
	*out = group ? people_group_name(people, (gid_t)id) : people_name(people, (uid_t)id);
	return 0;
}

/* What the system would make when it starts. */
static int add_boot_place(void *data, const struct boot_place *place)
{
	const struct need_filling *filling = data;
	struct arena *arena = filling->needs->sysroot->arena;
	struct need_item item = { .path = path_normalize(arena, "/", place->path),
				  .mode = place->mode };

	if (!item.path)
		return -ENOMEM;
	TRY(name_owner(filling->needs, place->owner, false, &item.owner));
	TRY(name_owner(filling->needs, place->group, true, &item.group));
	TRY(places_make(filling->needs, filling->need, &item));
	return people_add_owner(filling->needs, filling->need, item.owner);
}

typedef int boot_places_reader(const char *text, size_t size, boot_place_fn *visit, void *data);

/* The reader of the file at PATH, which a package lists, or NULL. */
static boot_places_reader *reader_of(const char *path)
{
	static const struct {
		const char *glob;
		boot_places_reader *read;
	} readers[] = {
		{ "*/tmpfiles.d/*.conf", boot_places_read_tmpfiles },
		{ "*/systemd/system/*.service", boot_places_read_unit },
	};

	for (size_t i = 0; i < ARRAY_SIZE(readers); i++)
		if (fnmatch(readers[i].glob, path, 0) == 0)
			return readers[i].read;
	return NULL;
}

static int add_boot_places(const struct need_filling *filling, const char *path,
			   boot_places_reader *read)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct needs *needs = filling->needs;
	size_t size = 0;
	char *text;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = root_open(needs->sysroot->root, path, &file);
	if (r < 0)
		return needs_absent(needs, path, r);
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	r = root_file_read(&file, scratch, BOOT_FILE_SIZE_MAX, &text, &size);
	if (r == -EFBIG)
		return 0;
	if (r < 0)
		return needs_absent(needs, path, r);
	return read(text, size, add_boot_place, (void *)(uintptr_t)filling);
}

static int add_listed(void *data, struct view listed)
{
	const struct need_filling *filling = data;
	boot_places_reader *read;
	const char *path;

	if (!view_begins(listed, "/var/") && !view_begins(listed, "/usr/lib/") &&
	    !view_begins(listed, "/lib/") && !view_begins(listed, "/etc/"))
		return 0;
	path = view_copy(filling->needs->sysroot->arena, listed);
	if (!path)
		return -ENOMEM;
	read = reader_of(path);
	if (read)
		return add_boot_places(filling, path, read);
	if (view_begins(listed, "/var/"))
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
