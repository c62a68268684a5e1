/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/script_libraries.h"
#include "base/path.h"
#include "needs/belongs.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	LIBRARIES_MAX = 256,
	NAME_LENGTH_MAX = 128,
};

static const char ldconfig[] = "/sbin/ldconfig";

static bool may_be_name(const char *text)
{
	size_t length = strlen(text);

	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_.+-/", text[i]))
			return false;
	return length > 0 && length <= NAME_LENGTH_MAX && !strstr(text, "..");
}

/*
 * The name in TEXT, in which a directory or, behind a dot, an ending may be computed:
 * "/usr/lib/#{arch}/libx.#{extension}" is libx.so. NULL when out of memory.
 */
static const char *name_in(struct arena *arena, const char *text)
{
	size_t length = strcspn(text, "#$%{");
	const char *slash;

	if (!text[length])
		return text;
	slash = strrchr(text, '/');
	text = slash ? slash + 1 : text;
	length = strcspn(text, "#$%{");
	return text[length] && length > 0 && text[length - 1] == '.'
		       ? arena_printf(arena, "%.*sso", (int)length, text)
		       : text;
}

int script_libraries_note(struct script_libraries *libraries, const struct call *call,
			  const char *path)
{
	struct arena *arena = libraries->needs->sysroot->arena;
	const char *name = name_in(arena, call->text);
	struct script_library *slot;

	if (!name)
		return -ENOMEM;
	if (!may_be_name(name) || libraries->names.count >= LIBRARIES_MAX)
		return 0;
	for (size_t i = 0; i < libraries->names.count; i++)
		if (strcmp(libraries->names.items[i].name, name) == 0 &&
		    libraries->names.items[i].looked_for == (call->kind == CALL_FIND_LIBRARY))
			return 0;
	slot = TABLE_ADD(arena, &libraries->names);
	if (!slot)
		return -ENOMEM;
	slot->name = arena_strdup(arena, name);
	slot->module.path = slot->module.called = path;
	slot->looked_for = call->kind == CALL_FIND_LIBRARY;
	return slot->name ? 0 : -ENOMEM;
}

/* Whether FILE is NAME or, with VERSIONS, NAME with a version behind it. */
static bool is_version(const char *file, const char *name, bool versions)
{
	size_t length = strlen(name);

	return strncmp(file, name, length) == 0 &&
	       (!file[length] || (versions && file[length] == '.'));
}

/* What a loader's search leads to. */
struct found_library {
	const char *name;
	const char *path;
};

static void find_cached(const struct loader *loader, const char *name, bool versions,
			struct found_library *out)
{
	for (size_t i = 0; i < loader->cache.n_entries && !out->name; i++) {
		const struct cache_entry *entry = &loader->cache.entries[i];

		if (entry->flags == loader->cache_flags && !entry->hwcaps &&
		    is_version(entry->name, name, versions))
			*out = (struct found_library){ entry->name, entry->path };
	}
}

static int find_in(struct needs *needs, const char *directory, const char *name, bool versions,
		   struct found_library *out)
{
	const struct texts *names;

	TRY(needs_names(needs, directory, &names));
	for (size_t i = 0; i < names->count && !out->name; i++) {
		if (!is_version(names->items[i], name, versions))
			continue;
		out->name = names->items[i];
		out->path = path_join(needs->sysroot->arena, directory, names->items[i]);
		if (!out->path)
			return -ENOMEM;
	}
	return 0;
}

/* The library NAME, "libx.so" with a version too, where the loader of NEED's process finds it. */
static int find(struct needs *needs, const struct need *need, const char *name, bool versions,
		struct found_library *out)
{
	const struct loader *loader = need->process->loader;

	find_cached(loader, name, versions, out);
	for (size_t i = 0; i < loader->n_conf_directories && !out->name; i++)
		TRY(find_in(needs, loader->conf_directories[i], name, versions, out));
	for (size_t i = 0; i < loader->n_default_directories && !out->name; i++)
		TRY(find_in(needs, loader->default_directories[i], name, versions, out));
	return 0;
}

/* The names by which LIBRARY may be opened: "x" is libx.so, which may have a version. */
static int find_any(struct needs *needs, const struct need *need,
		    const struct script_library *library, struct found_library *out)
{
	bool whole = strstr(library->name, ".so") != NULL;

	const char *plain;

	if (whole)
		return find(needs, need, library->name, library->looked_for, out);
	plain = arena_printf(needs->sysroot->arena, "lib%s.so", library->name);
	if (!plain)
		return -ENOMEM;
	TRY(find(needs, need, plain, library->looked_for, out));
	/* "libx" too. */
	return out->name ? 0 : find(needs, need, plain + 3, library->looked_for, out);
}

/* A library that stands beside the module, or is named by its path. */
static int find_file(struct needs *needs, const struct script_library *library, const char **out)
{
	struct arena *arena = needs->sysroot->arena;
	const char *directory = path_dirname(arena, library->module.path);
	const char *path = directory ? path_normalize(arena, directory, library->name) : NULL;
	struct stat stat;

	if (!path)
		return -ENOMEM;
	*out = path;
	if (!strstr(path, ".so"))
		return 0;
	return TRY(needs_exists(needs, path, &stat)) > 0 && S_ISREG(stat.st_mode);
}

/* Python's find_library asks ldconfig(8) what the cache has. */
static int add_ldconfig(struct needs *needs, struct need *need)
{
	const struct need_item item = { .kind = NEED_PATH,
					.path = ldconfig,
					.why = "it is asked where libraries are",
					.sure = true };

	return need->process->loader->kind == LOADER_GLIBC &&
			       TRY(needs_exists(needs, ldconfig, NULL)) > 0
		       ? need_add(needs, need, &item)
		       : 0;
}

static int add_library(struct script_libraries *libraries, struct need *need, bool asked,
		       struct script_library *library)
{
	struct needs *needs = libraries->needs;
	struct need_item item = { .kind = NEED_PATH, .why = "the script opens it by name" };
	struct found_library found = { 0 };
	struct stat stat;
	char *canonical;

	if (TRY(find_file(needs, library, &item.path)) == 0) {
		TRY(find_any(needs, need, library, &found));
		if (!found.name)
			return 0;
		item.kind = NEED_LIBRARY;
		item.path = found.name;
	}
	if (TRY(needs_resolve(needs, found.path ? found.path : item.path, &stat, &canonical)) == 0)
		return 0;
	item.sure = asked && TRY(belongs_counts_on(needs, &library->module, canonical)) > 0;
	TRY(need_add(needs, need, &item));
	return library->looked_for && libraries->by_ldconfig ? add_ldconfig(needs, need) : 0;
}

int script_libraries_add(struct script_libraries *libraries, struct need *need, bool asked)
{
	struct owner **owners = arena_array(libraries->needs->sysroot->arena,
					    libraries->names.count, sizeof(struct owner *));

	if (!owners)
		return -ENOMEM;
	for (size_t i = 0; i < libraries->names.count; i++)
		owners[i] = &libraries->names.items[i].module;
	TRY(belongs_identify(libraries->needs, owners, libraries->names.count));
	for (size_t i = 0; i < libraries->names.count; i++)
		TRY(add_library(libraries, need, asked, &libraries->names.items[i]));
	return 0;
}
