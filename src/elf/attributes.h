/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The build attributes of an ELF file for 32-bit Arm: what its code asks of the processor. They
 * stand in a section and in no segment, and so they are only a hint: reports show them, nothing is
 * resolved by them.
 */
#ifndef MKROOTFS_ELF_ATTRIBUTES_H
#define MKROOTFS_ELF_ATTRIBUTES_H

#include "root/root.h"

/*
 * Sets *VERSION to the version of the architecture that FILE's code is for: 4 to 8, or 0 where
 * it does not say. Errors: as of reading; -ENOMEM.
 */
int elf_arm_version(struct root_file *file, unsigned *version);

#endif
