/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's packages, their paths and dependencies. See dpkg_files.h.
 */
#include "base/error.h"
#include "packages/deb822.h"
#include "packages/dpkg_files.h"
#include "packages/installed_private.h"

#include <errno.h>
#include <string.h>

static int visit_list(struct view text, installed_path_fn *visit, void *data)
{
	struct view line;

	while (dpkg_take_path(&text, &line)) {
		int r = visit(data, line);

		if (r != 0)
			return r;
	}
	return 0;
}

static int visit_paths(struct installed *installed, const struct installed_record *record,
		       struct arena *scratch, installed_path_fn *visit, void *data)
{
	const struct installed_package *package = &record->package;
	const struct dpkg_stanza stanza = {
		.package = view_of(package->name),
		.architecture = view_of(package->architecture),
		.multi_arch = view_of(record->multi_arch ? "same" : ""),
	};
	struct view text;
	const char *path;

	if (TRY(dpkg_read_info(installed_root(installed), installed_diag(installed), scratch,
			       &stanza, "list", &path, &text)) == DATABASE_ABSENT)
		return 0;
	return visit_list(text, visit, data);
}

/* The paths of a package of status.d: of files alone. */
static int visit_md5sums(struct installed *installed, const struct installed_record *record,
			 struct arena *scratch, installed_path_fn *visit, void *data)
{
	const char *sums = arena_printf(scratch, DPKG "/status.d/%s.md5sums", record->package.name);
	struct view text;
	struct view md5;
	struct view name;

	if (!sums)
		return -ENOMEM;
	TRY(installed_read(installed, scratch, sums, LIST_SIZE_MAX, &text));
	while (dpkg_take_md5sum(&text, &md5, &name)) {
		const char *path = arena_printf(scratch, "/%.*s", (int)name.size, name.bytes);
		int r = path ? visit(data, view_of(path)) : -ENOMEM;

		if (r != 0)
			return r;
	}
	return 0;
}

static int add_package(struct installed *installed, struct view paragraph,
		       installed_lister_fn *lister)
{
	struct arena *arena = installed_arena(installed);
	struct installed_record record = { .visit_paths = lister };
	struct installed_package *package = &record.package;
	struct dpkg_stanza stanza;
	size_t n_names;

	if (!dpkg_read_stanza(paragraph, &stanza))
		return 0;
	package->name = view_copy(arena, stanza.package);
	package->source = view_copy(arena, stanza.source);
	package->architecture = view_copy(arena, stanza.architecture);
	package->depends = installed_names(
		arena,
		(const struct view[]){ stanza.depends, stanza.pre_depends, stanza.recommends }, 3,
		2, &package->n_required);
	package->recommends = installed_names(arena, &stanza.recommends, 1, 1, &n_names);
	record.provides = installed_names(arena, &stanza.provides, 1, 1, &n_names);
	record.multi_arch = view_is(stanza.multi_arch, "same");
	if (!package->name || !package->source || !package->architecture || !package->depends ||
	    !record.provides || !package->recommends)
		return -ENOMEM;
	return installed_add(installed, &record);
}

static int read_status_d(struct installed *installed)
{
	struct arena *arena = installed_arena(installed);
	struct texts names = { 0 };

	if (TRY(dpkg_list_status_d(installed_root(installed), installed_diag(installed), arena,
				   &names)) == DATABASE_ABSENT)
		return 0;
	for (size_t i = 0; i < names.count; i++) {
		const char *path = arena_printf(arena, DPKG "/status.d/%s", names.items[i]);
		struct view paragraph;
		struct view text;

		if (!path)
			return -ENOMEM;
		TRY(installed_read(installed, arena, path, LIST_SIZE_MAX, &text));
		if (deb822_take(&text, &paragraph))
			TRY(add_package(installed, paragraph, visit_md5sums));
	}
	return 0;
}

int installed_read_dpkg(struct installed *installed)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct view paragraph;
	struct view text;

	if (!scratch)
		return -ENOMEM;
	TRY(installed_read(installed, scratch, DPKG "/status", DATABASE_SIZE_MAX, &text));
	while (deb822_take(&text, &paragraph))
		TRY(add_package(installed, paragraph, visit_paths));
	return read_status_d(installed);
}
