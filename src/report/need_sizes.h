/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What each run-time need costs: the files of the result that it alone brings, so that a user sees
 * what to give up. A file that two needs bring is counted for the first of them.
 */
#ifndef MKROOTFS_REPORT_NEED_SIZES_H
#define MKROOTFS_REPORT_NEED_SIZES_H

#include "report/report.h"

struct need_size {
	const char *name; /* of --without */
	uint64_t bytes;
	size_t n_files;
};

struct need_sizes {
	struct need_size *items; /* the largest first, then by name; none without a file */
	size_t count;
	size_t capacity;
};

/* Fills *SIZES, which are in ARENA. Returns 0 or -ENOMEM. */
MUST_USE int need_sizes_find(const struct report_input *input, struct arena *arena,
			     struct need_sizes *sizes);

/* The size of the need called NAME, or NULL. */
const struct need_size *need_sizes_get(const struct need_sizes *sizes, const char *name);

#endif
