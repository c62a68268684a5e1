/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Control files of Debian: paragraphs of "Name: value", with lines that go on by a blank in front
 * (deb822(5)). Whoever has the text owns it. Any bytes are taken; what is no field is passed over.
 */
#ifndef MKROOTFS_PACKAGES_DEB822_H
#define MKROOTFS_PACKAGES_DEB822_H

#include "base/view.h"

struct deb822_field {
	struct view name;
	struct view value; /* from behind the colon, without blanks around; with its other lines */
	struct view lines; /* all of it as it stands, the last line end included */
};

/* Takes the next paragraph, which is not empty, off *TEXT. False where there is none. */
bool deb822_take(struct view *text, struct view *paragraph);

/* Takes the next field off *PARAGRAPH. False where there is none. */
bool deb822_take_field(struct view *paragraph, struct deb822_field *field);

/* Whether FIELD's name is NAME; case makes no difference. */
bool deb822_is(const struct deb822_field *field, const char *name);

#endif
