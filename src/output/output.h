/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs: a sealed manifest written as an archive or a directory, and texts about it. Each is
 * staged under a temporary name beside its place; when all of a run are whole and synced, all are
 * published by rename. On any failure nothing is left and nothing has changed.
 */
#ifndef MKROOTFS_OUTPUT_OUTPUT_H
#define MKROOTFS_OUTPUT_OUTPUT_H

#include "manifest/image.h"
#include "manifest/manifest.h"

#include <signal.h>

enum output_format {
	OUTPUT_AUTO, /* by the path's suffix */
	OUTPUT_DIRECTORY,
	OUTPUT_TAR,
	OUTPUT_CPIO, /* newc */
	OUTPUT_TEXT, /* what a report made */
	OUTPUT_OCI,  /* an image: see image.h */
	OUTPUT_DOCKER,
};

enum output_compression {
	OUTPUT_PLAIN,
	OUTPUT_GZIP,
	OUTPUT_ZSTD,
	OUTPUT_XZ,
};

struct output {
	const char *path; /* "-": standard output (not for directories) */
	enum output_format format;
	enum output_compression compression;
	bool force;	  /* directories: replace one that mkrootfs made */
	const void *text; /* OUTPUT_TEXT: SIZE bytes */
	size_t size;
	/* Images. */
	const struct image *image;
	enum output_compression layer;
	const char *temporary; /* where what a stream is made of may be kept; may be NULL */
};

/*
 * Sets FORMAT and COMPRESSION by PATH's suffix where FORMAT is OUTPUT_AUTO (.tar .tar.gz
 * .tgz .tar.zst .tar.xz .cpio and .cpio with the same); else COMPRESSION alone.
 * Returns 0, or -EINVAL where the suffix names none.
 */
int output_guess(struct output *output);

/*
 * Writes MANIFEST to all OUTPUTS: stages each, syncs, then publishes all. Archives to
 * standard output, devices and FIFOs are written straight into. *CANCELLED, where not NULL, is
 * looked at between pieces of work: once it is set, -EINTR. Errors after a diagnostic:
 * -errno; -EEXIST for a directory that is not empty.
 */
int outputs_write(const struct manifest *manifest, const struct output *outputs, size_t count,
		  const volatile sig_atomic_t *cancelled, const struct diag *diag);

#endif
