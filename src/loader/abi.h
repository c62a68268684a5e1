/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A table of the ABIs that glibc knows: facts that no loader's file tells, and all that is known of
 * a loader whose file is missing.
 */
#ifndef MKROOTFS_LOADER_ABI_H
#define MKROOTFS_LOADER_ABI_H

#include "elf/object.h"

/* The ids in a cache of libraries without an ABI of their own: any ELF file, and any of glibc 2. */
enum {
	CACHE_ID_ELF = 0x0001,
	CACHE_ID_LIBC6 = 0x0003,
};

struct abi {
	uint16_t machine;
	bool is64;
	bool big_endian;
	const char *interp;    /* of glibc */
	const char *multiarch; /* Debian's directory below /lib */
	const char *plain;     /* upstream's name of the directory below / */
	int32_t cache_flags;   /* sysdeps/.../dl-cache.h: _DL_CACHE_DEFAULT_ID */
	uint32_t mask;	       /* of e_flags, which ... */
	uint32_t flags;	       /* ... are these */
};

/* The ABI of OBJECT, by machine, class, byte order and e_flags; NULL where none is known. */
const struct abi *abi_find(const struct elf_object *object);

/* The soname of what the kernel maps into each process of OBJECT's machine. */
const char *abi_vdso(const struct elf_object *object);

/* The path of musl's loader for OBJECT; NULL where musl has no such port. */
const char *abi_musl_interp(const struct elf_object *object);

#endif
