/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which distribution a root is: os-release(5).
 */
#ifndef MKROOTFS_PACKAGES_OS_RELEASE_H
#define MKROOTFS_PACKAGES_OS_RELEASE_H

#include "base/view.h"
#include "root/root.h"

struct os_release {
	const char *id;		/* "debian"; "linux" where nothing says */
	const char *version_id; /* "12", or a codename where there is no number; or NULL */
	const char *name;	/* "Debian GNU/Linux 12 (bookworm)", or NULL */
};

/* Reads the TEXT of an os-release; strings belong to ARENA. Returns 0 or -ENOMEM. */
int os_release_parse(struct arena *arena, struct view text, struct os_release *out);

/* That of ROOT: /etc/os-release, else /usr/lib/os-release. Errors: as of root_file_read. */
int os_release_read(struct arena *arena, const struct root *root, struct os_release *out);

#endif
