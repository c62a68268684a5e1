/*
 * Where a harvest's files come from: their paths on this system, and the packages that own them.
 */
#ifndef MKROOTFS_HARVEST_PACKAGES_OF_H
#define MKROOTFS_HARVEST_PACKAGES_OF_H

#include "harvest/harvest.h"
#include "rootfs/packages.h"

/* Reads the databases for all files of the manifest. Errors: as of packages_read. */
int packages_of(struct mkrootfs *harvest, struct packages **out);

/* --package-metadata: puts the records into the manifest. Errors: as of packages_put. */
int packages_put_records(struct mkrootfs *harvest);

/*
 * All files that the result is made of, as this system names them, sorted, each once; the caches
 * that led to them too. They belong to the harvest. Returns 0 or -ENOMEM.
 */
int packages_sources(struct mkrootfs *harvest, const char *const **out, size_t *count);

#endif
