/* SPDX-License-Identifier: Apache-2.0 */
#include "manifest/places.h"
#include "base/error.h"
#include "base/path.h"
#include "manifest/manifest_private.h"

#include <errno.h>

/* Directories for files that a program needs while it runs. */
static const struct place {
	const char *path;
	const char *link; /* what it is where the root has no directory; NULL: one even so */
	mode_t mode;
	const char *why;
} places[] = {
	{ "/tmp", NULL, 01777, "temporary files" },
	{ "/run", NULL, 0755, "state of what runs" },
	{ "/var/tmp", NULL, 01777, "temporary files" },
	{ "/var/run", "/run", 0777, "state of what runs" },
};

/* 1 where PATH leads to a directory in ROOT: it is put with its way, as it is; else 0. */
static int put_way(struct manifest *manifest, const struct root *root, const char *path,
		   const char *why)
{
	const struct stat *stat;
	char *canonical;
	int r = root_resolve(root, manifest->arena, path, &stat, &canonical);

	if (r == -ENOENT || r == -ENOTDIR)
		return 0;
	if (r < 0)
		return diag_errno(&manifest->diag, -r, path);
	if (!S_ISDIR(stat->st_mode))
		return 0;
	TRY(manifest_harvest(manifest, root, path, path, ENTRY_DEFAULT, why));
	return 1;
}

/* *TARGET becomes what the link at PATH of ROOT says; where none stands there, it stays. */
static int read_link(struct manifest *manifest, const struct root *root, const char *path,
		     const char **target)
{
	const struct stat *stat;
	const char *said = NULL;
	int r = root_look(root, manifest->arena, path, &stat, &said);

	if (r < 0 && !root_is_absence(r))
		return diag_errno(&manifest->diag, -r, path);
	if (said)
		*target = said;
	return 0;
}

static int put_place(struct manifest *manifest, const struct root *root, const struct place *place)
{
	const char *parent = path_dirname(manifest->arena, place->path);
	int there;

	if (!parent)
		return -ENOMEM;
	TRY(put_way(manifest, root, parent, place->why));
	there = TRY(put_way(manifest, root, place->path, place->why));
	if (!there) {
		const char *link = place->link;

		TRY(read_link(manifest, root, place->path, &link));
		if (link)
			return manifest_put_symlink(manifest, place->path, link, ENTRY_DEFAULT,
						    place->why);
	}
	if (place->link)
		return 0;
	return manifest_put_directory(manifest, place->path, place->mode, (uid_t)-1, (gid_t)-1,
				      ENTRY_DEFAULT, place->why);
}

int places_put(struct manifest *manifest, const struct root *root)
{
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		TRY(put_place(manifest, root, &places[i]));
	return 0;
}
