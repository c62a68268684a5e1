/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database: one file of paragraphs of one-letter fields, "P:musl". After the package's own
 * fields come its files: "F:" a directory (with "M:" its owner), "R:" a name in it, with "a:" its
 * owner and "Z:" its checksum. See apk-v2(5).
 */
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/packages_private.h"

#include <errno.h>

/* A paragraph, as far as it is read. */
struct stanza {
	struct view name, version, architecture, license, origin, maintainer;
	struct view head; /* the lines before the first file */
};

/* The field LETTER of LINE, or nothing. */
static bool is_field(struct view line, char letter)
{
	return line.size >= 2 && line.bytes[0] == letter && line.bytes[1] == ':';
}

static void read_stanza(struct view paragraph, struct stanza *stanza)
{
	const struct {
		char letter;
		struct view *value;
	} fields[] = {
		{ 'P', &stanza->name },		{ 'V', &stanza->version },
		{ 'A', &stanza->architecture }, { 'L', &stanza->license },
		{ 'o', &stanza->origin },	{ 'm', &stanza->maintainer },
	};
	struct view line;

	*stanza = (struct stanza){ .head = { paragraph.bytes, 0 } };
	while (view_take_line(&paragraph, &line) && !is_field(line, 'F')) {
		stanza->head.size = (size_t)(paragraph.bytes - stanza->head.bytes);
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (is_field(line, fields[i].letter))
				*fields[i].value = view_trim(view_skip(line, 2));
	}
}

static char *copy_some(struct arena *arena, struct view view)
{
	return view.size > 0 ? view_copy(arena, view) : NULL;
}

static int make_package(struct finder *finder, const struct stanza *stanza, const char *database,
			struct package **out)
{
	struct package *package = arena_alloc(finder->arena, sizeof(*package));
	struct arena *scratch = finder->scratch;

	if (!package)
		return -ENOMEM;
	package->kind = PACKAGE_APK;
	package->name = view_copy(scratch, stanza->name);
	package->version = view_copy(scratch, stanza->version);
	package->architecture = view_copy(scratch, stanza->architecture);
	package->source =
		stanza->origin.size > 0 ? view_copy(scratch, stanza->origin) : package->name;
	package->source_version = package->version;
	package->maintainer = copy_some(scratch, stanza->maintainer);
	package->license = NULL;
	package->record = view_copy(scratch, stanza->head);
	package->stored = package->database = database;
	*out = package;
	return package->name && package->version && package->architecture && package->source &&
			       package->record &&
			       (package->maintainer || stanza->maintainer.size == 0)
		       ? 0
		       : -ENOMEM;
}

/* A name and what is said of it in the lines behind it. */
struct file {
	struct view directory, directory_owner, name, owner, checksum;
};

static int claim(struct finder *finder, struct arena *arena, struct package *package,
		 const struct file *file)
{
	const struct package_file claimed = {
		.listed = arena_printf(arena, "/%.*s%s%.*s", (int)file->directory.size,
				       file->directory.bytes, file->directory.size > 0 ? "/" : "",
				       (int)file->name.size, file->name.bytes),
		.checksum = copy_some(arena, file->checksum),
		.owner = copy_some(arena, file->owner),
		.directory_owner = copy_some(arena, file->directory_owner),
	};

	if (file->name.size == 0 || memchr(file->name.bytes, '/', file->name.size))
		return 0;
	if (!claimed.listed || (file->owner.size > 0 && !claimed.owner) ||
	    (file->checksum.size > 0 && !claimed.checksum) ||
	    (file->directory_owner.size > 0 && !claimed.directory_owner))
		return -ENOMEM;
	return finder_claim(finder, package, claimed.listed, &claimed);
}

/* What LINE says of FILE, or of what comes next. */
static void read_file_line(struct view line, struct file *file)
{
	const struct {
		char letter;
		struct view *value;
	} fields[] = {
		{ 'F', &file->directory }, { 'M', &file->directory_owner }, { 'R', &file->name },
		{ 'a', &file->owner },	   { 'Z', &file->checksum },
	};

	if (is_field(line, 'F'))
		file->directory_owner = (struct view){ 0 };
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
		if (is_field(line, fields[i].letter))
			*fields[i].value = view_skip(line, 2);
}

static int read_files(struct finder *finder, struct package *package, struct view text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct file file = { 0 };
	struct view line;
	int claimed = 0;
	bool more;

	if (!arena)
		return -ENOMEM;
	do {
		int r = 0;

		more = view_take_line(&text, &line);
		if (!more || is_field(line, 'F') || is_field(line, 'R')) {
			r = claim(finder, arena, package, &file);
			file.name = file.owner = file.checksum = (struct view){ 0 };
		}
		if (r < 0)
			return r;
		claimed |= r;
		if (more)
			read_file_line(line, &file);
	} while (more);
	return claimed;
}

static int read_package(struct finder *finder, struct view paragraph, const char *database)
{
	struct package *package;
	struct stanza stanza;
	int r;

	read_stanza(paragraph, &stanza);
	if (!package_name_is_sane(stanza.name) || stanza.version.size == 0)
		return 0;
	r = make_package(finder, &stanza, database, &package);
	if (r == 0)
		r = read_files(finder, package, view_skip(paragraph, stanza.head.size));
	if (r <= 0)
		return r;
	r = license_of_text(finder->scratch, stanza.license, &package->license);
	return r < 0 ? r : finder_keep(finder, package);
}

int apk_read(struct finder *finder)
{
	static const char *const databases[] = { "/lib/apk/db/installed",
						 "/usr/lib/apk/db/installed" };
	struct view paragraph;
	struct view text;
	int r = 1;

	/* The second is the first, where /lib is a link, and where it always is from Alpine 3.23
	 * on. */
	for (size_t i = 0; r == 1 && i < ARRAY_SIZE(databases); i++) {
		r = finder_read(finder, finder->scratch, databases[i], DATABASE_SIZE_MAX, &text);
		while (r == 0 && deb822_take(&text, &paragraph)) {
			r = read_package(finder, paragraph, databases[i]);
			r = r > 0 ? 0 : r;
		}
	}
	return r < 0 ? r : 0;
}
