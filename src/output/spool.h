/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spool: a file without a name, for bytes that follow their own size and digest in an archive.
 * It is gone with its descriptor, however the process ends.
 */
#ifndef MKROOTFS_OUTPUT_SPOOL_H
#define MKROOTFS_OUTPUT_SPOOL_H

#include "output/target.h"

/*
 * Opens an empty file to read and write, beside TARGET; for a stream in the directory TEMPORARY,
 * or, where that is NULL, in /var/tmp, /tmp or the working directory. Returns the descriptor, or
 * -errno after a diagnostic.
 */
int spool_open(const struct target *target, const char *temporary);

#endif
