/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The image of a harvest: what the user said of it, and what follows from the harvest
 * where nothing was said.
 */
#ifndef MKROOTFS_HARVEST_IMAGE_MAKE_H
#define MKROOTFS_HARVEST_IMAGE_MAKE_H

#include "harvest/result.h"
#include "manifest/image.h"

/*
 * Puts the working directory and the volumes into the manifest, before it is sealed, where
 * nothing stands there yet: they belong to --user. Errors: as of manifest_put_directory;
 * -ENOTDIR after a diagnostic where something else is there.
 */
int image_put_directories(struct mkrootfs *harvest);

/* Describes the image; it belongs to ARENA and to HARVEST. Errors: -ENOMEM; as of reading. */
int image_make(const struct mkrootfs *harvest, struct arena *arena, struct image *image);

/* Whether the programs find all only with LD_LIBRARY_PATH in their environment. */
bool image_needs_library_path(const struct mkrootfs *harvest);

#endif
