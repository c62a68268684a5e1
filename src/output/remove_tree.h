/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Removing a directory and all that is in it, following no link, with a handful of
 * descriptors however deep it is.
 */
#ifndef MKROOTFS_OUTPUT_REMOVE_TREE_H
#define MKROOTFS_OUTPUT_REMOVE_TREE_H

/*
 * Removes directory NAME of the directory PARENT. Directories of our own that their mode
 * closes to us are opened. Errors: as of unlinkat(2) and openat(2), without a diagnostic;
 * what could be removed is then gone. 0 too where there is no NAME.
 */
int tree_remove(int parent, const char *name);

#endif
