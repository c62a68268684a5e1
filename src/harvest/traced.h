/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --trace: the first FILE runs in this system, and what it and its children find and the
 * result lacks comes along as one more need.
 */
#ifndef MKROOTFS_HARVEST_TRACED_H
#define MKROOTFS_HARVEST_TRACED_H

#include "harvest/follow.h"
#include "manifest/manifest.h"
#include "trace/trace.h"

/*
 * Runs the first FILE with the plan's arguments, follows what it used that MANIFEST, filled as far
 * as rules know, does not hold, and tells the user of it; *TRACE is what the run has shown. Returns
 * 0 or HARVEST_INCOMPLETE, as follow_needs; errors of trace_run; -ENOENT where there is no FILE.
 */
MUST_USE int traced_harvest(struct follower *follower, struct manifest *manifest,
			    struct trace *trace);

#endif
