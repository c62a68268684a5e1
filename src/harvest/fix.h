/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --fix: what a checked run has missed is added to the plan, and the whole harvest is made again.
 * No result is reopened: data runs one way, from the plan on.
 */
#ifndef MKROOTFS_HARVEST_FIX_H
#define MKROOTFS_HARVEST_FIX_H

#include "harvest/prove.h"
#include "report/seen.h"

enum { FIX_ROUNDS_MAX = 10 };

/* The rounds of one harvest. */
struct fix {
	struct mkrootfs_plan *plan; /* of the next round; its log is the fix's own */
	mkrootfs_log_fn *log;	    /* the caller's */
	void *log_data;
	struct seen told; /* what was said in an earlier round is not said again */
	struct lookup_list brought;
	unsigned rounds;
};

/*
 * Begins the rounds under a copy of PLAN. Returns 0 or -ENOMEM. fix_close is called after the last
 * round: the plan of a result that is kept is given back its log by fix_release.
 */
MUST_USE int fix_open(struct fix *fix, const struct mkrootfs_plan *plan);
void fix_close(struct fix *fix);

static inline void fix_cleanup(struct fix *fix)
{
	fix_close(fix);
}

/*
 * After a round that has not worked: adds what it missed, and may be brought, to the next one's
 * plan. Returns 1 where that is something new, 0, or -ENOMEM.
 */
MUST_USE int fix_extend(struct fix *fix, const struct proving *proving);

/* After the last round, whose result has PLAN: adds what was brought to what PROVING tells. */
MUST_USE int fix_finish(struct fix *fix, struct mkrootfs_plan *plan, struct proving *proving);

/* Tells the options that would have brought the same. Returns 0 or -ENOMEM. */
MUST_USE int fix_tell(const struct fix *fix);

#endif
