/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Images: an OCI image layout 1.0 in a tar, or what docker load reads. Both hold one layer,
 * which is the tar of archive.h, and documents that name it by size and digest: so it is made
 * first, in a spool, and copied behind its header then.
 */
#ifndef MKROOTFS_OUTPUT_IMAGE_ARCHIVE_H
#define MKROOTFS_OUTPUT_IMAGE_ARCHIVE_H

#include "output/pending.h"
#include "output/transfer.h"

/*
 * Writes MANIFEST, sealed, as the image that OUTPUT asks for, to STAGE, which has begun. Errors
 * after a diagnostic: as of stream_open, archive_put and spool_open; -EILSEQ for a
 * description that is not UTF-8.
 */
int image_write(struct transfer *transfer, const struct manifest *manifest,
		const struct output *output, const struct pending *pending);

#endif
