/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Outputs: a sealed manifest written as an archive or a directory, and texts about it. Each is
 * written under a temporary name beside its target (pending.h); when all of a run are whole and
 * synced, all are published by rename. After any failure nothing is left and nothing has changed.
 */
#ifndef MKROOTFS_OUTPUT_OUTPUT_H
#define MKROOTFS_OUTPUT_OUTPUT_H

#include "base/error.h"
#include "manifest/image.h"
#include "manifest/manifest.h"
#include "mkrootfs.h"

#include <signal.h>

struct output {
	const char *path; /* "-": standard output (not for directories) */
	enum mkrootfs_format format;
	enum mkrootfs_compression compression;
	bool force;	  /* directories: replace one that mkrootfs made */
	const void *text; /* where output_is_text: SIZE bytes */
	size_t size;
	/* Images. */
	const struct image *image;
	enum mkrootfs_compression layer;
	const char *temporary; /* a directory for temporary files of images to a stream, or NULL */
};

/* Whether a FORMAT is a text about the result, which a report has made. */
static inline bool output_is_text(enum mkrootfs_format format)
{
	return format == MKROOTFS_FORMAT_SBOM || format == MKROOTFS_FORMAT_DEPFILE ||
	       format == MKROOTFS_FORMAT_DOCKERFILE;
}

/*
 * Sets FORMAT and COMPRESSION by PATH's suffix where FORMAT is MKROOTFS_FORMAT_AUTO (.tar .tar.gz
 * .tgz .tar.zst .tar.xz .cpio and .cpio with the same); else COMPRESSION alone.
 * Returns 0, or -EINVAL where the suffix names none.
 */
MUST_USE int output_guess(struct output *output);

/*
 * Writes MANIFEST to all OUTPUTS, syncs them, then publishes all. Standard output, devices and
 * FIFOs are written straight into, last. *CANCELLED, where not NULL, is looked at between pieces
 * of work: once it is set, -EINTR. Errors after a diagnostic:
 * -errno; -EEXIST for a directory that is not empty.
 */
MUST_USE int outputs_write(const struct manifest *manifest, const struct output *outputs,
			   size_t count, const volatile sig_atomic_t *cancelled,
			   const struct diag *diag);

#endif
