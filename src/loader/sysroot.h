/* SPDX-License-Identifier: Apache-2.0 */
/*
 * One file system as loaders see it, with all that was read and remembered of it: its files, its
 * ELF files, and the models of its loaders. A program is resolved in a sysroot; that of the
 * system gives the closure, and that of the result proves that it is closed.
 *
 * A sysroot borrows its parts: they outlive it, and what is made for it lives in ARENA.
 */
#ifndef MKROOTFS_LOADER_SYSROOT_H
#define MKROOTFS_LOADER_SYSROOT_H

#include "base/diag.h"
#include "base/error.h"
#include "base/path.h"
#include "elf/store.h"

struct loader;

struct sysroot {
	struct arena *arena;
	const struct root *root;
	struct elf_store *store;       /* by device and inode: two sysroots may share one */
	const struct diag *diag;       /* NULL: nobody listens */
	const char *working_directory; /* absolute in ROOT: where relative names start */

	/* The models that were made, by sysroot_loader alone; none at first. */
	const struct loader **loaders;
	size_t n_loaders;
	size_t loaders_capacity;
};

/*
 * The model of the loader that PROGRAM asks for, made once for each loader and ABI. Returns 0 or
 * LOADER_MISSING, as loader_open; -errno after a diagnostic.
 */
MUST_USE int sysroot_loader(struct sysroot *sysroot, const struct elf_object *program,
			    const struct loader **out);

/*
 * As LOADER, for a program that runs from the directory ORIGIN: with the cache that it has there,
 * if LOADER is one that gives each program its own. Returns 0; -errno after a diagnostic.
 */
MUST_USE int sysroot_loader_in(struct sysroot *sysroot, const struct loader *loader,
			       const char *origin, const struct loader **out);

/* PATH as an absolute one, in the arena; NULL when out of memory. */
static inline const char *sysroot_absolute(const struct sysroot *sysroot, const char *path)
{
	return path[0] == '/' ? path : path_join(sysroot->arena, sysroot->working_directory, path);
}

#endif
