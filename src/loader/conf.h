/* SPDX-License-Identifier: Apache-2.0 */
/*
 * ld.so.conf, as ldconfig reads it. Its directories stand in for the cache of a sysroot without
 * one.
 */
#ifndef MKROOTFS_LOADER_CONF_H
#define MKROOTFS_LOADER_CONF_H

#include "loader/sysroot.h"

/*
 * The directories that PATH (usually "/etc/ld.so.conf") names, its includes followed
 * (globs, relative to the file, sorted), in order, as they are written there but for
 * slashes at the end. One that does not exist is left out, one that was named already,
 * be it by another path, too. '#' starts a comment anywhere, "hwcap" lines are ignored,
 * "=TYPE" suffixes dropped (ldconfig.c of glibc). A file that does not exist gives no
 * directories. *DIRECTORIES belongs to SYSROOT's arena. Errors: -ENOMEM; files that cannot be read
 * or that include themselves, and relative directories, are warnings and left out.
 */
int conf_read(const struct sysroot *sysroot, const char *path, const char *const **directories,
	      size_t *count);

#endif
