/* SPDX-License-Identifier: Apache-2.0 */
/* The names in a directory of this system, "." and ".." left out. */
#ifndef MKROOTFS_BASE_LISTING_H
#define MKROOTFS_BASE_LISTING_H

#include "base/cleanup.h"
#include "base/error.h"

#include <dirent.h>

/*
 * Opens the directory NAME in PARENT, which is no link; listing_close frees it. Errors: as of
 * openat(2).
 */
MUST_USE int listing_open(int parent, const char *name, DIR **out);
void listing_close(DIR *listing);
DEFINE_CLEANUP(DIR *, listing_close);

/* The next name: 1 with *NAME, valid until the next call; 0 at the end; -errno. */
MUST_USE int listing_next(DIR *listing, const char **name);

#endif
