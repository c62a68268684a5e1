/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last stage of a Dockerfile: the image's description in the words of BuildKit,
 * buildah and kaniko alike, quoted so that none of them reads more into a value than it is.
 */
#ifndef MKROOTFS_REPORT_DOCKERFILE_H
#define MKROOTFS_REPORT_DOCKERFILE_H

#include "base/buffer.h"
#include "manifest/image.h"

/*
 * Writes the stage to OUT: it copies DIRECTORY, an absolute path, of a stage named "build".
 * All strings are UTF-8, and those of dockerfile_can_hold. Returns 0 or -ENOMEM.
 */
int report_dockerfile(struct buffer *out, const struct image *image, const char *directory);

/*
 * Whether TEXT can stand in a Dockerfile: a line break cannot, but in the words of
 * ENTRYPOINT and CMD.
 */
bool dockerfile_can_hold(const char *text);

/*
 * The variable, the label or the value of IMAGE that a line of a Dockerfile cannot hold, whoever
 * it comes from: a label has the name of a file in it, and a file may be called anything. NULL:
 * none.
 */
const char *dockerfile_find_unholdable(const struct image *image);

/* Whether DIRECTORY can be copied from: COPY takes *, ?, [ and \ as a pattern's. */
bool dockerfile_can_copy(const char *directory);

#endif
