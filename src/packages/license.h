/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Licences as SPDX expressions, where what a package says of them is certain: no guesses.
 */
#ifndef MKROOTFS_PACKAGES_LICENSE_H
#define MKROOTFS_PACKAGES_LICENSE_H

#include "base/view.h"

/*
 * TEXT that is an expression already ("MIT", "GPL-2.0-only AND (MIT OR ISC)"): *OUT is it, owned
 * by ARENA, or NULL where it names a licence that is not known. Returns 0 or -ENOMEM.
 */
int license_of_text(struct arena *arena, struct view text, const char **out);

/* Takes the next word off *TEXT, up to a blank; a parenthesis is a word of its own. */
bool license_take_word(struct view *text, struct view *word);

#endif
