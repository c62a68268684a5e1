/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to a program and stayed out, though it is there: what is heavy, what is private,
 * what is of others, and what is data alone because its interpreter is heavy. It is told in a line
 * each, however many programs and files it is of.
 */
#ifndef MKROOTFS_HARVEST_LEFT_OUT_H
#define MKROOTFS_HARVEST_LEFT_OUT_H

#include "harvest/follow.h"

/*
 * Tells it of all the needs that were FOUND, whose result is the root INSIDE. Errors: -errno after
 * a diagnostic.
 */
MUST_USE int left_out_tell(struct follower *found, const struct root *inside);

#endif
