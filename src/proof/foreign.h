/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Programs of other machines: the kernel executes them where binfmt_misc names an interpreter, such
 * as qemu-user.
 */
#ifndef MKROOTFS_PROOF_FOREIGN_H
#define MKROOTFS_PROOF_FOREIGN_H

#include "proof/proof.h"

/*
 * What to do where PROGRAM (absolute, in ROOT) could not be executed because of ERROR, if it is
 * that it is for another machine: a text of ARENA's. NULL where it is not, or nothing is known of
 * it.
 */
const char *foreign_advice(struct arena *arena, const char *root, const char *program, int error);

#endif
