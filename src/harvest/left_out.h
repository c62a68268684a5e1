/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What belongs to a program and stayed out, though it is there: what is heavy, what is private, and
 * what is data alone because its interpreter is heavy. It is told in a line each, however many
 * programs and files it is of.
 */
#ifndef MKROOTFS_HARVEST_LEFT_OUT_H
#define MKROOTFS_HARVEST_LEFT_OUT_H

#include "harvest/follow.h"

/* Tells it of all the needs that were FOUND. Returns 0 or -ENOMEM. */
MUST_USE int left_out_tell(struct follower *found);

#endif
