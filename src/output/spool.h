/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A spool: a file without a name, for bytes whose size and digest go before them. It is gone
 * with its descriptor, however the process ends.
 */
#ifndef MKROOTFS_OUTPUT_SPOOL_H
#define MKROOTFS_OUTPUT_SPOOL_H

#include "output/target.h"

/*
 * An empty file to read and write, beside TARGET; for a stream in the directory TEMPORARY,
 * or a usual one where that is NULL. Returns the descriptor, or -errno after a diagnostic.
 */
int spool_open(const struct target *target, const char *temporary);

#endif
