/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Symbols: what ldd -r would say. Every strong undefined symbol of every object has a definition in
 * its scope, of the version it asks for; and no object needs more than the processor offers.
 */
#ifndef MKROOTFS_CLOSURE_UNDEFINED_H
#define MKROOTFS_CLOSURE_UNDEFINED_H

#include "closure/closure.h"

/*
 * Checks the objects of CLOSURE, reading their symbol tables from SYSROOT. *FAULTS (of its
 * arena) are in the loader's words, in its order.
 * ISA_LEVEL: the GNU_PROPERTY_X86_ISA_1 bits that the result may rely on. Errors: -errno
 * after a diagnostic.
 */
int symbols_check(const struct sysroot *sysroot, const struct closure *closure, unsigned isa_level,
		  const struct closure_fault **faults, size_t *count);

#endif
