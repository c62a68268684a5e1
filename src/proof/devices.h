/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The few devices of /dev that every program may count on.
 */
#ifndef MKROOTFS_PROOF_DEVICES_H
#define MKROOTFS_PROOF_DEVICES_H

#include "proof/world.h"

/*
 * Makes dev, in the current directory, a file system of its own with the devices. What cannot be
 * had is lacking.
 */
void devices_mount(struct building *building);

/* Makes the devices in dev, in the current directory, which is the root already. */
void devices_make(struct building *building);

#endif
