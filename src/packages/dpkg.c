/* SPDX-License-Identifier: Apache-2.0 */
/*
 * dpkg's packages and what they own. See dpkg_files.h and dpkg-divert(1).
 */
#include "base/error.h"
#include "packages/copyright.h"
#include "packages/deb822.h"
#include "packages/dpkg_files.h"
#include "packages/readers.h"

#include <errno.h>

/* A file of other packages than PACKAGE stands at TO where they list it as FROM. */
struct diversion {
	UT_hash_handle hh;
	const char *from;
	const char *to;
	const char *package; /* ":" for one that the administrator made */
};

struct dpkg {
	struct finder *finder;
	struct diversion *diversions;
};

static void dpkg_cleanup(struct dpkg *dpkg)
{
	HASH_CLEAR(hh, dpkg->diversions);
}

static int read_file(const struct dpkg *dpkg, struct arena *arena, const char *path,
		     struct view *text)
{
	const struct finder *finder = dpkg->finder;

	return database_read(finder->root, finder->diag, arena, path, LIST_SIZE_MAX, text);
}

static int add_diversion(struct dpkg *dpkg, struct view from, struct view to, struct view package)
{
	struct arena *arena = dpkg->finder->scratch;
	struct diversion *diversion = arena_alloc(arena, sizeof(*diversion));
	struct diversion *known;

	if (!diversion)
		return -ENOMEM;
	diversion->from = view_copy(arena, from);
	diversion->to = view_copy(arena, to);
	diversion->package = view_copy(arena, package);
	if (!diversion->from || !diversion->to || !diversion->package)
		return -ENOMEM;
	HASH_FIND_STR(dpkg->diversions, diversion->from, known);
	if (known)
		return 0;
	HASH_ADD_KEYPTR(hh, dpkg->diversions, diversion->from, strlen(diversion->from), diversion);
	return HASH_HAS(diversion) ? 0 : -ENOMEM;
}

/* Three lines each: from, to, package. */
static int read_diversions(struct dpkg *dpkg)
{
	struct view text;
	struct view lines[3];

	TRY(read_file(dpkg, dpkg->finder->scratch, DPKG "/diversions", &text));
	while (view_take_line(&text, &lines[0]) && view_take_line(&text, &lines[1]) &&
	       view_take_line(&text, &lines[2]))
		TRY(add_diversion(dpkg, lines[0], lines[1], lines[2]));
	return 0;
}

/* The place of the file that PACKAGE lists as PATH: another package's diversion may have moved it.
 */
static const char *undivert(const struct dpkg *dpkg, const struct package *package,
			    const char *path)
{
	struct diversion *diversion;

	HASH_FIND_STR(dpkg->diversions, path, diversion);
	if (!diversion || strcmp(diversion->package, package->name) == 0)
		return path;
	return diversion->to;
}

static int make_package(const struct finder *finder, const struct dpkg_stanza *stanza,
			struct package **out)
{
	struct package *package = arena_alloc(finder->arena, sizeof(*package));
	struct arena *scratch = finder->scratch;

	if (!package)
		return -ENOMEM;
	*package = (struct package){
		.kind = PACKAGE_DPKG,
		.name = view_copy(scratch, stanza->package),
		.version = view_copy(scratch, stanza->version),
		.architecture = view_copy(scratch, stanza->architecture),
		.source = view_copy(scratch, stanza->source),
		.source_version =
			view_copy(scratch, stanza->source_version.size > 0 ? stanza->source_version
									   : stanza->version),
		.maintainer = view_copy(scratch, stanza->maintainer),
	};
	if (!package->name || !package->version || !package->architecture || !package->source ||
	    !package->source_version || !package->maintainer)
		return -ENOMEM;
	if (!*package->maintainer)
		package->maintainer = NULL;
	*out = package;
	return 0;
}

/* Claims what a .list names, a path a line. Returns as finder_claim. */
static int claim_list(struct dpkg *dpkg, struct arena *arena, struct package *package,
		      struct view text)
{
	struct view line;
	int claimed = 0;

	while (dpkg_take_path(&text, &line)) {
		const struct package_file file = { .listed = view_copy(arena, line) };

		if (!file.listed)
			return -ENOMEM;
		claimed |= TRY(finder_claim(dpkg->finder, package,
					    undivert(dpkg, package, file.listed), &file));
	}
	return claimed;
}

/* Claims what a .md5sums names. Returns as finder_claim. */
static int claim_md5sums(struct dpkg *dpkg, struct arena *arena, struct package *package,
			 struct view text)
{
	struct view md5;
	struct view path;
	int claimed = 0;

	while (dpkg_take_md5sum(&text, &md5, &path)) {
		const struct package_file file = {
			.listed = arena_printf(arena, "/%.*s", (int)path.size, path.bytes),
			.checksum = view_copy(arena, md5),
		};

		if (!file.listed || !file.checksum)
			return -ENOMEM;
		claimed |= TRY(finder_claim(dpkg->finder, package, file.listed, &file));
	}
	return claimed;
}

/* Sets the checksums of what PACKAGE has claimed. */
static int set_md5sums(struct dpkg *dpkg, struct arena *arena, struct package *package,
		       struct view text)
{
	struct view md5;
	struct view path;

	while (dpkg_take_md5sum(&text, &md5, &path)) {
		const char *listed = arena_printf(arena, "/%.*s", (int)path.size, path.bytes);

		if (!listed)
			return -ENOMEM;
		TRY(finder_set_checksum(dpkg->finder, package, listed,
					undivert(dpkg, package, listed), md5));
	}
	return 0;
}

/* Keeps PACKAGE, which owns something: now its licence is worth the reading. */
static int keep(struct dpkg *dpkg, struct package *package, struct view paragraph,
		const char *stored)
{
	struct finder *finder = dpkg->finder;

	TRY(copyright_read(finder->root, finder->diag, finder->scratch, package->name,
			   &package->license));
	package->record = view_copy(finder->scratch, paragraph);
	package->stored = arena_strdup(finder->scratch, stored);
	return package->record && package->stored ? finder_keep(finder, package) : -ENOMEM;
}

static int read_installed(struct dpkg *dpkg, const struct dpkg_stanza *stanza,
			  struct view paragraph)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct finder *finder = dpkg->finder;
	struct package *package;
	const char *stored;
	const char *sums;
	struct view text;

	if (!arena)
		return -ENOMEM;
	if (TRY(dpkg_read_info(finder->root, finder->diag, arena, stanza, "list", &stored,
			       &text)) == DATABASE_ABSENT)
		return 0;
	TRY(make_package(finder, stanza, &package));
	if (TRY(claim_list(dpkg, arena, package, text)) == 0)
		return 0;
	TRY(dpkg_read_info(finder->root, finder->diag, arena, stanza, "md5sums", &sums, &text));
	TRY(set_md5sums(dpkg, arena, package, text));
	return keep(dpkg, package, paragraph, stored);
}

static int read_status(struct dpkg *dpkg)
{
	const struct finder *finder = dpkg->finder;
	struct dpkg_stanza stanza;
	struct view paragraph;
	struct view text;

	TRY(database_read(finder->root, finder->diag, finder->scratch, DPKG "/status",
			  DATABASE_SIZE_MAX, &text));
	while (deb822_take(&text, &paragraph))
		if (dpkg_read_stanza(paragraph, &stanza))
			TRY(read_installed(dpkg, &stanza, paragraph));
	return 0;
}

/* NAME of status.d, with NAME.md5sums beside it, which is all the list there is. */
static int read_distroless(struct dpkg *dpkg, const char *name)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	const char *path = arena ? arena_printf(arena, DPKG "/status.d/%s", name) : NULL;
	const char *sums = arena ? arena_printf(arena, DPKG "/status.d/%s.md5sums", name) : NULL;
	struct dpkg_stanza stanza;
	struct package *package;
	struct view paragraph;
	struct view text;

	if (!path || !sums)
		return -ENOMEM;
	TRY(read_file(dpkg, arena, path, &text));
	if (!deb822_take(&text, &paragraph) || !dpkg_read_stanza(paragraph, &stanza))
		return 0;
	TRY(make_package(dpkg->finder, &stanza, &package));
	TRY(read_file(dpkg, arena, sums, &text));
	if (TRY(claim_md5sums(dpkg, arena, package, text)) == 0)
		return 0;
	return keep(dpkg, package, paragraph, sums);
}

static int read_status_d(struct dpkg *dpkg)
{
	const struct finder *finder = dpkg->finder;
	struct texts names = { 0 };

	if (TRY(dpkg_list_status_d(finder->root, finder->diag, finder->scratch, &names)) ==
	    DATABASE_ABSENT)
		return 0;
	for (size_t i = 0; i < names.count; i++)
		TRY(read_distroless(dpkg, names.items[i]));
	return 0;
}

int dpkg_read(struct finder *finder)
{
	CLEANUP(dpkg) struct dpkg dpkg = { .finder = finder };

	TRY(read_diversions(&dpkg));
	TRY(read_status(&dpkg));
	return read_status_d(&dpkg);
}
