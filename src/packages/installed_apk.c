/* SPDX-License-Identifier: Apache-2.0 */
/* apk's packages, their paths and dependencies. See apk_files.h. */
#include "base/error.h"
#include "packages/apk_files.h"
#include "packages/deb822.h"
#include "packages/installed_private.h"

#include <errno.h>

static int visit_paths(struct installed *installed, const struct installed_record *record,
		       struct arena *scratch, installed_path_fn *visit, void *data)
{
	struct view files = record->text;
	struct apk_file file = { 0 };

	while (apk_take_file(&files, &file)) {
		const char *path = apk_file_path(scratch, &file);
		int r;

		if (!path)
			return -ENOMEM;
		r = path[1] ? visit(data, view_of(path)) : 0;
		if (r != 0)
			return r;
	}
	return 0;
}

/* The names in LIST, "so:libz.so.1 busybox>=1.3 !uclibc", without versions and what conflicts. */
static const char *const *read_names(struct arena *arena, struct view list)
{
	const char **names;
	struct view name;
	size_t most = 1;
	size_t count = 0;

	for (size_t i = 0; i < list.size; i++)
		most += list.bytes[i] == ' ';
	names = arena_array(arena, most + 1, sizeof(*names));
	while (names && view_take(&list, ' ', &name)) {
		size_t length = 0;

		while (length < name.size && !strchr("<>=~", name.bytes[length]))
			length++;
		if (length == 0 || name.bytes[0] == '!')
			continue;
		names[count] = arena_strndup(arena, name.bytes, length);
		if (!names[count++])
			return NULL;
	}
	return names;
}

static int add_package(struct installed *installed, struct view paragraph)
{
	struct arena *arena = installed_arena(installed);
	struct installed_record record = { .visit_paths = visit_paths };
	struct installed_package *package = &record.package;
	struct apk_stanza stanza;

	apk_read_stanza(paragraph, &stanza);
	if (stanza.name.size == 0)
		return 0;
	record.text = stanza.files;
	record.provides = read_names(arena, stanza.provides);
	package->name = view_copy(arena, stanza.name);
	package->source = view_copy(arena, stanza.origin);
	package->architecture = view_copy(arena, stanza.architecture);
	package->depends = read_names(arena, stanza.depends);
	while (package->depends && package->depends[package->n_required])
		package->n_required++;
	if (!record.provides || !package->name || !package->source || !package->architecture ||
	    !package->depends)
		return -ENOMEM;
	return installed_add(installed, &record);
}

int installed_read_apk(struct installed *installed)
{
	struct view paragraph;
	struct view text;
	const char *path;

	if (TRY(apk_read_database(installed_root(installed), installed_diag(installed),
				  installed_arena(installed), &path, &text)) == DATABASE_ABSENT)
		return 0;
	while (deb822_take(&text, &paragraph))
		TRY(add_package(installed, paragraph));
	return 0;
}
