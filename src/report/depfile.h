/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dependency files: one rule of Make, which Ninja reads too (depfile = ..., deps = gcc), and a
 * rule without anything for each prerequisite, so that one that goes away is no error.
 */
#ifndef MKROOTFS_REPORT_DEPFILE_H
#define MKROOTFS_REPORT_DEPFILE_H

#include "base/buffer.h"

#include <stdbool.h>

/*
 * Whether there is a way to write NAME that Make and Ninja both read as that: blanks, "#", "$" and
 * ":" can be quoted for both; tabs, line ends, "%", ";", "=" and wildcards cannot.
 */
bool depfile_can_hold(const char *name);

/* Writes the rules; all names are such. Returns 0 or -ENOMEM. */
int report_depfile(struct buffer *out, const char *target, const char *const *prerequisites,
		   size_t count);

#endif
