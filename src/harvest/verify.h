/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promise 2: the result is closed. Every program is resolved again, seeing only what the
 * rootfs holds, and must find the very same files in the same order.
 */
#ifndef MKROOTFS_HARVEST_VERIFY_H
#define MKROOTFS_HARVEST_VERIFY_H

#include "base/error.h"
#include "harvest/result.h"

/*
 * Checks HARVEST's sealed manifest against its closures. Returns 0; -ESTALE after a
 * diagnostic for each difference; -errno.
 */
MUST_USE int verify_result(const struct mkrootfs *harvest);

#endif
