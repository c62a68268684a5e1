/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Loaders that are neither glibc's nor musl's: Android's, the BSDs', uClibc's, Solaris'. How they
 * look for a library is not known here, and no other loader's rules answer for them; so they are
 * recognized, to be named. A program tells by its PT_INTERP; a library by its notes, by the
 * versions that it asks for, and by the libc that it names.
 */
#ifndef MKROOTFS_LOADER_FOREIGN_H
#define MKROOTFS_LOADER_FOREIGN_H

#include "elf/object.h"

struct foreign_system {
	const char *name;     /* "Android", "FreeBSD" */
	const char *interp;   /* where its loader is, for a library, which does not say */
	const char *interp64; /* the same for 64 bits; NULL: as INTERP */
};

/* The system whose loader has the path INTERP, by its name alone; NULL: none of these. */
const struct foreign_system *foreign_by_interp(const char *interp);

/* The system that OBJECT was made for, by all that it says but PT_INTERP; NULL: none of these. */
const struct foreign_system *foreign_by_object(const struct elf_object *object);

/* The path of SYSTEM's loader for objects like OBJECT. */
const char *foreign_interp(const struct foreign_system *system, const struct elf_object *object);

#endif
