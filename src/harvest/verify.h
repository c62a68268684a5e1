/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Promise 2: the result is closed. Every program is resolved again, seeing only what the
 * rootfs holds, and must find the very same files in the same order.
 */
#ifndef MKROOTFS_HARVEST_VERIFY_H
#define MKROOTFS_HARVEST_VERIFY_H

#include "base/error.h"
#include "harvest/follow.h"
#include "manifest/manifest.h"

/*
 * Checks the sealed MANIFEST: PROGRAMS and PLUGINS are resolved in it by OUTSIDE's rules. Returns
 * 0; -ESTALE after a diagnostic for each difference; -errno.
 */
MUST_USE int verify_manifest(const struct manifest *manifest, const struct resolver *outside,
			     const struct programs *programs, const struct plugins *plugins);

#endif
