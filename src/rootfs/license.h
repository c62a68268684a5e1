/*
 * The license of a package, as an SPDX expression, where that is certain.
 */
#ifndef MKROOTFS_ROOTFS_LICENSE_H
#define MKROOTFS_ROOTFS_LICENSE_H

#include "rootfs/packages.h"

/*
 * What apk's database says; for a Debian package what its machine-readable copyright file does
 * (DEP-5), where SPDX knows every license in it. NULL: not known, or out of memory.
 */
const char *license_of(struct arena *arena, const struct root *root, const struct package *package);

#endif
