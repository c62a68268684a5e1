/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Capabilities of this process, by the kernel's calls alone: no library is needed for so little.
 */
#ifndef MKROOTFS_PROOF_CAPABILITIES_H
#define MKROOTFS_PROOF_CAPABILITIES_H

#include <stdbool.h>
#include <stdint.h>

/* Whether CAPABILITY (CAP_SETUID, ...) is in effect. */
bool capability_held(unsigned capability);

/* Gives up all but those of KEEP (1 << CAP_...), also for what is executed. Returns 0 or -errno. */
int capabilities_keep(uint64_t keep);

#endif
