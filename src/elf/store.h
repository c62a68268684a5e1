/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Every ELF file of a run, read once: the store is asked by identity (device and
 * inode), and opens and parses a file the first time only.
 */
#ifndef MKROOTFS_ELF_STORE_H
#define MKROOTFS_ELF_STORE_H

#include "base/error.h"
#include "elf/object.h"

struct elf_store;

/* Returns an empty store or NULL when out of memory. The objects live as long as it. */
struct elf_store *elf_store_new(void);
void elf_store_free(struct elf_store *store);
DEFINE_CLEANUP(struct elf_store *, elf_store_free);

/*
 * The object in FILE, a regular file that was opened by PATH; known from before or read
 * now. *OUT belongs to the store; its state tells whether it is a valid ELF file.
 * Errors: as of elf_object_read.
 */
MUST_USE int elf_store_get(struct elf_store *store, struct root_file *file, const char *path,
			   const struct elf_object **out);

#endif
