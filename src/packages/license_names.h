/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names of licences: the identifiers of the SPDX list that packages name, and the short names that
 * Debian's copyright files have for them (DEP-5).
 */
#ifndef MKROOTFS_PACKAGES_LICENSE_NAMES_H
#define MKROOTFS_PACKAGES_LICENSE_NAMES_H

#include "base/view.h"

/* NAME as an SPDX identifier of a licence, or NULL where it is none that is known. */
const char *license_identifier(struct view name);

/* The same of an exception, which follows WITH. */
const char *license_exception(struct view name);

/* The identifier that short NAME of DEP-5 stands for; NULL where that is not certain. */
const char *license_of_short_name(struct view name);

#endif
