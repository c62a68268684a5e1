/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A rootfs as a directory, for COPY --from=build. Modes, owners and times are those of
 * the manifest, whatever the umask; owners need the right to give files away.
 */
#ifndef MKROOTFS_OUTPUT_DIRECTORY_H
#define MKROOTFS_OUTPUT_DIRECTORY_H

#include "output/transfer.h"

/*
 * Writes MANIFEST, sealed, into the empty directory TOP, which nobody else writes to and
 * which SUBJECT names in diagnostics. Where owners cannot be given, a warning says so once,
 * unless root is at work. Errors after a diagnostic: -errno of the file system; -ESTALE
 * where a source changed; -EINTR.
 */
int directory_write(struct transfer *transfer, const struct manifest *manifest, int top,
		    const char *subject);

#endif
