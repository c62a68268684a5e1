/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk: one file of paragraphs of one-letter fields: "P:" the name, "o:" the source, "D:" what it
 * depends on, "F:" a directory and "R:" a name in it. See apk-v2(5).
 */
#include "base/error.h"
#include "packages/deb822.h"
#include "packages/installed_private.h"

#include <errno.h>
#include <string.h>

/* The value of the field LETTER of LINE; false where the line is none. */
static bool take_field(struct view line, char letter, struct view *value)
{
	if (line.size < 2 || line.bytes[0] != letter || line.bytes[1] != ':')
		return false;
	*value = view_skip(line, 2);
	return true;
}

static int visit_paths(struct installed *installed, const struct installed_record *record,
		       struct arena *scratch, installed_path_fn *visit, void *data)
{
	struct view text = record->text;
	struct view directory = { 0 };
	struct view name;
	struct view line;

	while (view_take_line(&text, &line)) {
		const char *path = NULL;
		int r;

		if (take_field(line, 'F', &directory))
			path = arena_printf(scratch, "/%.*s", (int)directory.size, directory.bytes);
		else if (take_field(line, 'R', &name))
			path = arena_printf(scratch, "/%.*s%s%.*s", (int)directory.size,
					    directory.bytes, directory.size > 0 ? "/" : "",
					    (int)name.size, name.bytes);
		else
			continue;
		if (!path)
			return -ENOMEM;
		r = path[1] ? visit(data, view_of(path)) : 0;
		if (r != 0)
			return r;
	}
	return 0;
}

static int add_package(struct installed *installed, struct view paragraph)
{
	struct arena *arena = installed_arena(installed);
	struct installed_record record = { .visit_paths = visit_paths, .text = paragraph };
	struct installed_package *package = &record.package;
	struct view name = { 0 };
	struct view source = { 0 };
	struct view architecture = { 0 };
	struct view depends = { 0 };
	struct view rest = paragraph;
	struct view ignored;
	struct view line;

	while (view_take_line(&rest, &line) && !take_field(line, 'F', &ignored))
		if (!take_field(line, 'P', &name) && !take_field(line, 'o', &source) &&
		    !take_field(line, 'A', &architecture))
			take_field(line, 'D', &depends);
	if (name.size == 0)
		return 0;
	package->name = view_copy(arena, name);
	package->source = view_copy(arena, source.size > 0 ? source : name);
	package->architecture = view_copy(arena, architecture);
	package->depends = installed_names(arena, &depends, 1);
	if (!package->name || !package->source || !package->architecture || !package->depends)
		return -ENOMEM;
	return installed_add(installed, &record);
}

int installed_read_apk(struct installed *installed)
{
	/* The second is the first where /lib is a link, and the only one from Alpine 3.23 on. */
	static const char *const databases[] = { "/lib/apk/db/installed",
						 "/usr/lib/apk/db/installed" };

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		struct view paragraph;
		struct view text;

		if (TRY(installed_read(installed, installed_arena(installed), databases[i],
				       DATABASE_SIZE_MAX, &text)) > 0)
			continue;
		while (deb822_take(&text, &paragraph))
			TRY(add_package(installed, paragraph));
		return 0;
	}
	return 0;
}
