/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a loader reads at each start: glibc's cache and preloads, musl's path file.
 */
#ifndef MKROOTFS_LOADER_CONFIGURATION_H
#define MKROOTFS_LOADER_CONFIGURATION_H

#include "loader/loader.h"

/*
 * Reads the cache at LOADER's cache_path, or where there is none ld.so.conf, and
 * /etc/ld.so.preload into LOADER. Errors: -errno after a diagnostic.
 */
int configuration_read_glibc(const struct sysroot *sysroot, struct loader *loader);

/* Reads the path file of LOADER's interp into its default directories. Errors: -ENOMEM. */
int configuration_read_musl(const struct sysroot *sysroot, struct loader *loader);

#endif
