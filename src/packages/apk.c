/* SPDX-License-Identifier: Apache-2.0 */
/* Whose files are, by apk's database. */
#include "base/error.h"
#include "packages/apk_files.h"
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/readers.h"

#include <errno.h>

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
		.source = view_copy(scratch, stanza->origin),
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
	claimed.listed = apk_file_path(arena, file);
	if (!claimed.listed)
		return -ENOMEM;
	TRY(copy_some(arena, file->checksum, &claimed.checksum));
	TRY(copy_some(arena, file->owner, &claimed.owner));
	TRY(copy_some(arena, file->directory_owner, &claimed.directory_owner));
	return finder_claim(finder, package, claimed.listed, &claimed);
}

/* Claims the files that TEXT names. Returns as finder_claim. */
static int read_files(struct finder *finder, struct package *package, struct view text)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct apk_file file = { 0 };
	int claimed = 0;

	if (!arena)
		return -ENOMEM;
	while (apk_take_file(&text, &file))
		claimed |= TRY(claim(finder, arena, package, &file));
	return claimed;
}

static int read_package(struct finder *finder, struct view paragraph, const char *database)
{
	struct package *package;
	struct apk_stanza stanza;

	apk_read_stanza(paragraph, &stanza);
	if (!package_name_is_sane(stanza.name) || stanza.version.size == 0)
		return 0;
	TRY(make_package(finder, &stanza, database, &package));
	if (TRY(read_files(finder, package, stanza.files)) == 0)
		return 0;
	TRY(license_of_text(finder->scratch, stanza.license, &package->license));
	return finder_keep(finder, package);
}

int apk_read(struct finder *finder)
{
	struct view paragraph;
	struct view text;
	const char *database;

	if (TRY(apk_read_database(finder->root, finder->diag, finder->scratch, &database, &text)) ==
	    DATABASE_ABSENT)
		return 0;
	while (deb822_take(&text, &paragraph))
		TRY(read_package(finder, paragraph, database));
	return 0;
}
