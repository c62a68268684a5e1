/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The readers of the three databases: each claims, for the packages that it finds, the files that
 * they list (finder.h). A root without a database has no packages of that kind. Errors after a
 * diagnostic: those of reading; -ENOMEM.
 */
#ifndef MKROOTFS_PACKAGES_READERS_H
#define MKROOTFS_PACKAGES_READERS_H

#include "packages/finder.h"

int dpkg_read(struct finder *finder);
int apk_read(struct finder *finder);
int rpm_read(struct finder *finder);

#endif
