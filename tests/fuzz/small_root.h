/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A small root for fuzz targets: a manifest, seen as a file system, whose files hold the bytes of
 * the input. A byte of 1 ends a file, and the next of the target's paths begins; a path for which
 * no bytes are left is an empty file.
 */
#ifndef MKROOTFS_TESTS_FUZZ_SMALL_ROOT_H
#define MKROOTFS_TESTS_FUZZ_SMALL_ROOT_H

#include "fuzz.h"

#include "manifest/manifest.h"

struct small_root {
	struct manifest *manifest;
	struct root *root; /* after small_root_open */
};

static inline void small_root_cleanup(struct small_root *small)
{
	root_close(small->root);
	manifest_free(small->manifest);
}

static inline void small_root_begin(struct small_root *small, const struct diag *diag)
{
	static const struct manifest_policy policy = { 0 };

	small->manifest = manifest_new(&policy, diag);
	FUZZ_CHECK(small->manifest);
}

static inline void small_root_file(struct small_root *small, const char *path, const void *bytes,
				   size_t size)
{
	FUZZ_CHECK(manifest_put_file(small->manifest, path, 0644, size ? bytes : "", size,
				     ENTRY_DEFAULT, "fuzz") == 0);
}

/* Cuts the input into the files at the N_PATHS paths. */
static inline void small_root_cut(struct small_root *small, const char *const *paths,
				  size_t n_paths, const uint8_t *bytes, size_t size)
{
	enum { END_OF_FILE = 1 };

	for (size_t i = 0; i < n_paths; i++) {
		const uint8_t *end = size ? memchr(bytes, END_OF_FILE, size) : NULL;
		size_t length = end ? (size_t)(end - bytes) : size;

		small_root_file(small, paths[i], bytes, length);
		bytes += length + (end != NULL);
		size -= length + (end != NULL);
	}
}

static inline void small_root_link(struct small_root *small, const char *path, const char *target)
{
	FUZZ_CHECK(manifest_put_symlink(small->manifest, path, target, ENTRY_DEFAULT, "fuzz") == 0);
}

static inline void small_root_directory(struct small_root *small, const char *path)
{
	FUZZ_CHECK(manifest_put_directory(small->manifest, path, 0755, 0, 0, ENTRY_DEFAULT,
					  "fuzz") == 0);
}

/* After the last file: the root can be used from here on. */
static inline void small_root_open(struct small_root *small)
{
	FUZZ_CHECK(manifest_seal(small->manifest) == 0);
	FUZZ_CHECK(manifest_root(small->manifest, &small->root) == 0);
}

#endif
