/* SPDX-License-Identifier: Apache-2.0 */
/*
 * --trace: the first FILE runs in this system, and what it and its children find and the
 * result lacks comes along as one more need.
 */
#ifndef MKROOTFS_HARVEST_TRACED_H
#define MKROOTFS_HARVEST_TRACED_H

#include "harvest/result.h"

/*
 * Runs the first FILE with the plan's arguments, follows what it used that the manifest, filled
 * as far as rules know, does not hold, and tells the user of it. Returns 0 or HARVEST_INCOMPLETE,
 * as follow_needs; errors of trace_run; -ENOENT where there is no FILE.
 */
int traced_harvest(struct mkrootfs *harvest);

#endif
