/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Package records in the result: scanners read them to know of which packages a rootfs is made.
 * They have the form of distroless images and name only the files that are in the result.
 */
#ifndef MKROOTFS_PACKAGES_RECORDS_H
#define MKROOTFS_PACKAGES_RECORDS_H

#include "packages/packages.h"

/*
 * Puts ROOT's os-release, with its links, into MANIFEST at ENTRY_DEFAULT. Call it before owners are
 * looked for: os-release has one, too. A root without one is no error.
 */
int package_records_put_os_release(struct manifest *manifest, const struct root *root,
				   const struct diag *diag);

/*
 * Puts the records of PACKAGES: for dpkg, /var/lib/dpkg/status.d/NAME, without the Status that an
 * installed package has, and NAME.md5sums; for apk, its database. A file that differs from what its
 * package has is left out, with a warning. Errors after a diagnostic; -ENOTSUP for rpm.
 */
int package_records_put(struct manifest *manifest, const struct packages *packages,
			const struct diag *diag);

#endif
