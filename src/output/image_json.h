/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The documents of an image, as the OCI image specification 1.0 and docker have them:
 * compact, keys sorted, so that the same image has the same digests. Each is a pure
 * function into a buffer; -ENOMEM is their only error where all strings are UTF-8.
 */
#ifndef MKROOTFS_OUTPUT_IMAGE_JSON_H
#define MKROOTFS_OUTPUT_IMAGE_JSON_H

#include "base/buffer.h"
#include "base/digest.h"
#include "manifest/image.h"
#include "output/output.h"

struct image_layer {
	enum mkrootfs_compression compression; /* plain, gzip or zstd */
	uint64_t size;			       /* in bytes, compressed */
	char digest[DIGEST_TEXT_SIZE];	       /* of those bytes */
	char diff_id[DIGEST_TEXT_SIZE];	       /* of the tar before it was compressed */
};

/* "application/vnd.oci.image.config.v1+json", which docker reads too. */
int image_config(struct buffer *out, const struct image *image, const struct image_layer *layer);

/* "application/vnd.oci.image.manifest.v1+json", for CONFIG as image_config made it. */
int image_manifest(struct buffer *out, const struct image *image, const struct image_layer *layer,
		   const struct buffer *config);

/* index.json of an image layout, for MANIFEST as image_manifest made it. */
int image_index(struct buffer *out, const struct image *image, const struct buffer *manifest);

/* manifest.json of docker save: the names of the two files in the archive. */
int image_docker_manifest(struct buffer *out, const struct image *image, const char *config_name,
			  const char *layer_name);

#endif
