/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences as SPDX expressions, where what a package says of them is certain: no guesses.
 */
#ifndef MKROOTFS_PACKAGES_LICENSE_H
#define MKROOTFS_PACKAGES_LICENSE_H

#include "base/view.h"

struct finder;

/*
 * An expression that is one already ("MIT", "GPL-2.0-only AND (MIT OR ISC)"): *OUT is it, owned
 * by ARENA, or NULL where some identifier in it is not known. Returns 0 or -ENOMEM.
 */
int license_of_text(struct arena *arena, struct view text, const char **out);

/*
 * All that a machine-readable debian/copyright (DEP-5) names, joined by AND; NULL where it is no
 * such, or where one of its short names is not certain. Owned by ARENA. Returns 0 or -ENOMEM.
 */
int license_of_copyright(struct arena *arena, struct view text, const char **out);

/* The same of /usr/share/doc/NAME/copyright. Errors after a diagnostic. */
int license_of_debian(struct finder *finder, const char *name, const char **out);

#endif
