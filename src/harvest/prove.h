/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --check run: the result is laid out in a private directory, and its entrypoint runs there as
 * the image would run it. How it ended and what it looked for in vain is kept for the reports.
 */
#ifndef MKROOTFS_HARVEST_PROVE_H
#define MKROOTFS_HARVEST_PROVE_H

#include "harvest/follow.h"
#include "harvest/image_make.h"
#include "harvest/lookups.h"
#include "proof/proof.h"
#include "report/report.h"

enum { HARVEST_UNPROVEN = MKROOTFS_UNPROVEN };

/* A result to prove. */
struct prove_input {
	struct image_source source;
	const struct follower *found;
	const struct manifest *manifest; /* sealed, and closed */
};

/* What became of it; the strings and lists are the plan's. */
struct proving {
	bool ran;
	const char *program; /* what was started, as the result has it */
	struct proof proof;
	struct lookup_list lookups;
	struct report_run report;
};

/*
 * Runs it once. Returns 0 where it is proven; HARVEST_UNPROVEN, and nobody is told yet; errors
 * after a diagnostic: -ENOENT where there is nothing to run; as of proof_run and of writing a
 * directory.
 */
MUST_USE int prove(const struct prove_input *input, struct proving *out);

#endif
