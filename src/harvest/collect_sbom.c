/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/collect_sbom.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

/* The image's, or that of the program. */
static const char *name_of(const struct image *image)
{
	if (image->reference)
		return image->reference;
	return image->entrypoint.count > 0 && *path_basename(image->entrypoint.items[0])
		       ? path_basename(image->entrypoint.items[0])
		       : "rootfs";
}

static int sum_files(const struct sbom_parts *parts, struct arena *arena, struct sbom *sbom)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(parts->manifest, &count);
	struct sbom_file *files = arena_array(arena, count + 1, sizeof(*files));

	if (!files)
		return -ENOMEM;
	sbom->files = files;
	for (size_t i = 0; i < count; i++) {
		struct sbom_file *file = &files[sbom->n_files];

		if (entries[i]->type != ENTRY_FILE)
			continue;
		TRY(plan_cancelled(parts->plan));
		TRY(entry_checksums(entries[i], CHECKSUM_SHA1 | CHECKSUM_SHA256, &parts->plan->diag,
				    &file->sums));
		file->entry = entries[i];
		sbom->n_files++;
	}
	return 0;
}

int sbom_collect(const struct sbom_parts *parts, struct arena *arena, struct sbom *sbom)
{
	struct os_release *os = arena_alloc(arena, sizeof(*os));
	char *created = arena_alloc(arena, IMAGE_TIME_SIZE);
	int r;

	if (!os || !created)
		return -ENOMEM;
	image_time(parts->image->created, created);
	*sbom = (struct sbom){
		.name = name_of(parts->image),
		.version = mkrootfs_version(),
		.created = created,
		.os = os,
		.packages = parts->packages,
	};
	r = os_release_read(arena, parts->root, os);
	if (r < 0)
		return diag_errno(&parts->plan->diag, -r, "os-release");
	return sum_files(parts, arena, sbom);
}
