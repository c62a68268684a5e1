/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What scanners read to know which packages a rootfs is made of, in the form of distroless
 * images: records of the packages that own something, limited to what is there.
 */
#ifndef MKROOTFS_PACKAGES_RECORDS_H
#define MKROOTFS_PACKAGES_RECORDS_H

#include "packages/packages.h"

/*
 * Puts os-release of ROOT, with its links, into MANIFEST at ENTRY_DEFAULT; to be done
 * before owners are looked for, as it has one. A root without one is no error.
 */
int package_records_put_os_release(struct manifest *manifest, const struct root *root);

/*
 * Puts the records of PACKAGES: /var/lib/dpkg/status.d/NAME, without the Status that an installed
 * package has, and NAME.md5sums; apk's database. A file that is not what its package
 * has is left out, with a warning. Errors after a diagnostic.
 */
int package_records_put(struct manifest *manifest, const struct packages *packages,
			const struct diag *diag);

#endif
