/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a harvest: what the user said of it, and what follows from the harvest
 * where nothing was said.
 */
#ifndef MKROOTFS_HARVEST_IMAGE_MAKE_H
#define MKROOTFS_HARVEST_IMAGE_MAKE_H

#include "harvest/resolve.h"
#include "manifest/image.h"
#include "manifest/manifest.h"

/*
 * Puts PLAN's working directory and volumes into MANIFEST, before it is sealed, where nothing
 * stands there yet: they belong to --user. Errors: as of manifest_put_directory; -ENOTDIR after a
 * diagnostic where something else is there.
 */
MUST_USE int image_put_directories(struct manifest *manifest, const struct mkrootfs_plan *plan);

/* What an image is made of. */
struct image_source {
	const struct mkrootfs_plan *plan;
	const struct sysroot *sysroot;
	const struct inputs *inputs;
	const struct programs *programs;
};

/* Describes the image; it belongs to ARENA and to SOURCE. Errors: -ENOMEM; as of reading. */
MUST_USE int image_make(const struct image_source *source, struct arena *arena,
			struct image *image);

/* Whether PROGRAMS find all only with LD_LIBRARY_PATH in their environment. */
bool image_needs_library_path(const struct programs *programs);

#endif
