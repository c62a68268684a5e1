/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the user is told of run-time needs: which were followed, and what the programs may want
 * that the result does not have.
 */
#ifndef MKROOTFS_HARVEST_EXPLAIN_H
#define MKROOTFS_HARVEST_EXPLAIN_H

#include "harvest/result.h"

/*
 * Of a result that is filled in: notes on every need, warnings on what cannot be known. Returns 0
 * or -ENOMEM.
 */
int explain_needs(const struct mkrootfs *harvest);

#endif
