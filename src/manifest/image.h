/* SPDX-License-Identifier: Apache-2.0 */
/*
 * An image: how a runtime is to run a rootfs, in the words of the OCI image
 * specification. It is described once; the configuration of an image, the Dockerfile and
 * the JSON report all tell what stands here. Plain data; strings are UTF-8 and belong to
 * whoever described it.
 */
#ifndef MKROOTFS_MANIFEST_IMAGE_H
#define MKROOTFS_MANIFEST_IMAGE_H

#include <stddef.h>
#include <stdint.h>

struct image_texts {
	const char *const *items;
	size_t count;
};

struct image_pair {
	const char *key;
	const char *value;
};

struct image_pairs {
	const struct image_pair *items;
	size_t count;
};

struct image {
	const char *architecture; /* as GOARCH: "amd64", "arm64", "arm" */
	const char *variant;	  /* "v8", "v7"; NULL where the architecture has none */
	int64_t created;	  /* seconds since 1970 */
	const char *reference;	  /* NAME:TAG, or NULL */

	const char *user; /* "UID:GID"; NULL: root */
	const char *workdir;
	const char *stop_signal;	/* "SIGTERM", "15"; NULL: as the runtime has it */
	struct image_texts entrypoint;	/* words */
	struct image_texts cmd;		/* words */
	struct image_pairs environment; /* each key once, in their order */
	struct image_pairs labels;	/* sorted by key, each once */
	struct image_texts volumes;	/* absolute paths, sorted, each once */
	struct image_texts ports;	/* "6379/tcp", sorted, each once */
};

/* The first of IMAGE's strings that is not UTF-8, or NULL. */
const char *image_find_foreign(const struct image *image);

/* RFC 3339: "1970-01-01T00:00:00Z". Years have four digits in it: 9999 is the last. */
enum { IMAGE_TIME_SIZE = sizeof("1970-01-01T00:00:00Z") };
void image_time(int64_t seconds, char text[IMAGE_TIME_SIZE]);

#endif
