/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Asks a server, from within its world, whether it works.
 */
#ifndef MKROOTFS_PROOF_PROBER_H
#define MKROOTFS_PROOF_PROBER_H

#include "base/probe.h"

#include <stdbool.h>

/*
 * Asks once; waits for a second at most. Returns whether the answer is there; *STATUS is that of
 * http, where one came. Makes only calls that are safe after fork(2).
 */
bool probe_ask(const struct probe *probe, int *status);

#endif
