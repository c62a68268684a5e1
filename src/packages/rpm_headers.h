/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The headers of rpm's packages, read by librpm, which alone knows all forms of the database. For
 * the readers in packages/ that are built with it.
 */
#ifndef MKROOTFS_PACKAGES_RPM_HEADERS_H
#define MKROOTFS_PACKAGES_RPM_HEADERS_H

#include "base/diag.h"
#include "base/view.h"
#include "root/root.h"

#include <rpm/header.h>

/* Called with each header, which is valid during the call; what is negative ends the visit. */
typedef int rpm_header_fn(void *data, Header header);

/*
 * Calls VISIT with the header of every package of ROOT. SCRATCH is for what is read on the way. A
 * database that librpm cannot read is warned about, and has no packages. Returns 0; -ENOMEM; what
 * VISIT returned.
 */
int rpm_visit_headers(const struct root *root, const struct diag *diag, struct arena *scratch,
		      rpm_header_fn *visit, void *data);

/*
 * The parts of "glibc-2.39-6.fc40.src.rpm", the file of a source package: its name, and its version
 * with the release. False where FILE is none.
 */
bool rpm_split_source(const char *file, struct view *name, struct view *version);

#endif
