/* SPDX-License-Identifier: Apache-2.0 */
/*
 * uthash, made to report that memory has run out instead of ending the process: an element that
 * was added without memory for it is not in the table, and HASH_HAS says so.
 */
#ifndef MKROOTFS_BASE_HASH_H
#define MKROOTFS_BASE_HASH_H

#define uthash_fatal(message) ((void)0)
#define HASH_NONFATAL_OOM     1
#include <uthash.h>

/* Whether ELEMENT, which was just added by its field hh, is in its table. */
#define HASH_HAS(element) ((element)->hh.tbl != NULL)

#endif
