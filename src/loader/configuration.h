/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that a loader reads at each start: glibc's cache and preloads, musl's path file.
 */
#ifndef MKROOTFS_LOADER_CONFIGURATION_H
#define MKROOTFS_LOADER_CONFIGURATION_H

#include "loader/loader.h"

/*
 * Reads the cache at LOADER's cache_path into LOADER, or where there is none and OR_CONF the
 * directories of ld.so.conf. Errors: -errno after a diagnostic.
 */
int configuration_read_cache(const struct sysroot *sysroot, struct loader *loader, bool or_conf);

/*
 * Reads the cache or ld.so.conf, if LOADER has a cache_path, and the file at its preload_path.
 * Errors: -errno after a diagnostic.
 */
int configuration_read_glibc(const struct sysroot *sysroot, struct loader *loader);

/* Reads the path file of LOADER's interp into its default directories. Errors: -ENOMEM. */
int configuration_read_musl(const struct sysroot *sysroot, struct loader *loader);

#endif
