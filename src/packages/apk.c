/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apk's database: one file of paragraphs of one-letter fields, "P:musl". After the package's own
 * fields come its files: "F:" a directory (with "M:" its owner), "R:" a name in it, with "a:" its
 * owner and "Z:" its checksum. See apk-v2(5).
 */
#include "base/error.h"
#include "packages/database.h"
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/readers.h"

#include <errno.h>

/* The fields of a paragraph that are read. */
struct apk_stanza {
	struct view name, version, architecture, license, origin, maintainer;
	struct view head; /* the lines before the first file */
};

/* Whether LINE is of the field LETTER. */
static bool is_field(struct view line, char letter)
{
	return line.size >= 2 && line.bytes[0] == letter && line.bytes[1] == ':';
}

static void read_stanza(struct view paragraph, struct apk_stanza *stanza)
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

	*stanza = (struct apk_stanza){ .head = { paragraph.bytes, 0 } };
	while (view_take_line(&paragraph, &line) && !is_field(line, 'F')) {
		stanza->head.size = (size_t)(paragraph.bytes - stanza->head.bytes);
		for (size_t i = 0; i < ARRAY_SIZE(fields); i++)
			if (is_field(line, fields[i].letter))
				*fields[i].value = view_trim(view_skip(line, 2));
	}
}

static int make_package(struct finder *finder, const struct apk_stanza *stanza,
			const char *database, struct package **out)
{
	struct package *package = arena_alloc(finder->arena, sizeof(*package));
	struct arena *scratch = finder->scratch;

	if (!package)
		return -ENOMEM;
	*package = (struct package){
		.kind = PACKAGE_APK,
		.name = view_copy(scratch, stanza->name),
		.version = view_copy(scratch, stanza->version),
		.architecture = view_copy(scratch, stanza->architecture),
		.source =
			view_copy(scratch, stanza->origin.size > 0 ? stanza->origin : stanza->name),
		.maintainer = view_copy(scratch, stanza->maintainer),
		.record = view_copy(scratch, stanza->head),
		.stored = database,
		.database = database,
	};
	if (!package->name || !package->version || !package->architecture || !package->source ||
	    !package->maintainer || !package->record)
		return -ENOMEM;
	package->source_version = package->version;
	if (!*package->maintainer)
		package->maintainer = NULL;
	*out = package;
	return 0;
}

/* A name in a directory, and what the lines behind it say of it. */
struct apk_file {
	struct view directory, directory_owner, name, owner, checksum;
};

/* Copies VIEW, or leaves *OUT at NULL where it is empty. */
static int copy_some(struct arena *arena, struct view view, const char **out)
{
	if (view.size == 0)
		return 0;
	*out = view_copy(arena, view);
	return *out ? 0 : -ENOMEM;
}

/* Returns as finder_claim. */
static int claim(struct finder *finder, struct arena *arena, struct package *package,
		 const struct apk_file *file)
{
	struct package_file claimed = { 0 };

	if (file->name.size == 0 || memchr(file->name.bytes, '/', file->name.size))
		return 0;
	claimed.listed = arena_printf(arena, "/%.*s%s%.*s", (int)file->directory.size,
				      file->directory.bytes, file->directory.size > 0 ? "/" : "",
				      (int)file->name.size, file->name.bytes);
	if (!claimed.listed)
		return -ENOMEM;
	TRY(copy_some(arena, file->checksum, &claimed.checksum));
	TRY(copy_some(arena, file->owner, &claimed.owner));
	TRY(copy_some(arena, file->directory_owner, &claimed.directory_owner));
	return finder_claim(finder, package, claimed.listed, &claimed);
}

/* Sets what LINE says of FILE, or of the files that follow. */
static void read_file_line(struct view line, struct apk_file *file)
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

/* Claims the files that TEXT names. Returns as finder_claim. */
static int read_files(struct finder *finder, struct package *package, struct view text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct apk_file file = { 0 };
	struct view line;
	int claimed = 0;

	if (!arena)
		return -ENOMEM;
	while (view_take_line(&text, &line)) {
		/* A file ends where the next one or another directory begins. */
		if (is_field(line, 'F') || is_field(line, 'R')) {
			claimed |= TRY(claim(finder, arena, package, &file));
			file.name = file.owner = file.checksum = (struct view){ 0 };
		}
		read_file_line(line, &file);
	}
	return claimed | TRY(claim(finder, arena, package, &file));
}

static int read_package(struct finder *finder, struct view paragraph, const char *database)
{
	struct package *package;
	struct apk_stanza stanza;

	read_stanza(paragraph, &stanza);
	if (!package_name_is_sane(stanza.name) || stanza.version.size == 0)
		return 0;
	TRY(make_package(finder, &stanza, database, &package));
	if (TRY(read_files(finder, package, view_skip(paragraph, stanza.head.size))) == 0)
		return 0;
	TRY(license_of_text(finder->scratch, stanza.license, &package->license));
	return finder_keep(finder, package);
}

int apk_read(struct finder *finder)
{
	/* The second is the first where /lib is a link, and the only one from Alpine 3.23 on. */
	static const char *const databases[] = { "/lib/apk/db/installed",
						 "/usr/lib/apk/db/installed" };

	for (size_t i = 0; i < ARRAY_SIZE(databases); i++) {
		struct view paragraph;
		struct view text;

		if (TRY(database_read(finder->root, finder->diag, finder->scratch, databases[i],
				      DATABASE_SIZE_MAX, &text)) == DATABASE_ABSENT)
			continue;
		while (deb822_take(&text, &paragraph))
			TRY(read_package(finder, paragraph, databases[i]));
		return 0;
	}
	return 0;
}
