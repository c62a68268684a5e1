/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The directories that the system makes when it starts, for a package: what tmpfiles.d(5) says, and
 * RuntimeDirectory= and its like in a service's unit (systemd.exec(5)). Both are foreign bytes: a
 * line that is none is passed over, and so is a path that is made up of what only the system knows.
 */
#ifndef MKROOTFS_NEEDS_BOOT_PLACES_H
#define MKROOTFS_NEEDS_BOOT_PLACES_H

#include <stddef.h>
#include <sys/types.h>

struct boot_place {
	const char *path; /* absolute */
	mode_t mode;
	const char *owner; /* a name or a number; NULL: root */
	const char *group;
};

/* Receives a directory, which is gone when it returns. Returns 0 or -errno, which ends it. */
typedef int boot_place_fn(void *data, const struct boot_place *place);

/*
 * Call VISIT with the directories in the SIZE bytes of TEXT, in order. Errors: as of VISIT.
 */
int boot_places_read_tmpfiles(const char *text, size_t size, boot_place_fn *visit, void *data);
int boot_places_read_unit(const char *text, size_t size, boot_place_fn *visit, void *data);

#endif
