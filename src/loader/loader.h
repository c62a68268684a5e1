/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The model of a dynamic loader: which rules it follows (glibc's, musl's, or none at
 * all) and what it was built with. Both are read out of the loader's own file, the one
 * that PT_INTERP names; a table of known systems is only the fallback. The model knows
 * nothing of how files are copied.
 */
#ifndef MKROOTFS_LOADER_LOADER_H
#define MKROOTFS_LOADER_LOADER_H

#include "base/error.h"
#include "loader/cache.h"
#include "loader/sysroot.h"

#include <string.h>

enum loader_kind {
	LOADER_NONE, /* static, static-PIE, freestanding: nothing is loaded */
	LOADER_GLIBC,
	LOADER_MUSL,
	LOADER_FOREIGN, /* of another system: it is named, and nothing is resolved for it */
};

struct loader {
	enum loader_kind kind;
	const char *interp;	      /* the path by which it was asked for; NULL for LOADER_NONE */
	const char *soname;	      /* its own DT_SONAME, or NULL */
	const struct elf_object *elf; /* its file; NULL where it is missing */
	bool missing;		      /* INTERP is not in the root: the model is a table's */
	const char *system;	      /* LOADER_FOREIGN: whose it is; NULL: of nobody known here */

	/* Facts that its objects must share: it skips (glibc) or refuses others. */
	bool is64;
	bool big_endian;
	uint16_t machine;
	uint32_t machine_flags; /* e_flags of the program, where they tell ABIs apart */

	const char *const *default_directories; /* without a trailing '/' */
	size_t n_default_directories;
	const char *lib;	/* what $LIB stands for, or NULL */
	const char *vdso;	/* the name of the object that the kernel has in each process */
	const char *cache_path; /* glibc: "/etc/ld.so.cache" or a prefix's own; musl: its path file;
				   or NULL */
	/*
	 * Guix's glibc: the directory of all packages. The program of a package has a cache of its
	 * own there, which is asked before DT_RUNPATH, and there is no other: see
	 * sysroot_loader_in.
	 */
	const char *store;
	bool reads_notes;	  /* NixOS's glibc: the resolution notes of objects */
	const char *preload_path; /* glibc: "/etc/ld.so.preload" or another one */
	int path_file_error;	  /* musl: the errno of opening or reading its path file, or 0 */
	int32_t cache_flags;	  /* glibc: the id of its ABI in a cache */
	unsigned minor;		  /* glibc: 36 for 2.36; 0 where the file does not tell */
	struct cache cache;	  /* as parsed; empty where there is none */
	bool cache_from_conf;	  /* no cache in the root: the directories of ld.so.conf stand in */
	const char *const *conf_directories;
	size_t n_conf_directories;
	const char *const *preload; /* glibc: the words of PRELOAD_PATH */
	size_t n_preload;
};

/* Whether NAME is that of what the kernel has mapped, which is no file. */
static inline bool loader_is_vdso(const struct loader *loader, const char *name)
{
	return loader->vdso && strcmp(loader->vdso, name) == 0;
}

/* The last minor version with the hwcaps directories from before glibc-hwcaps (6099908fb8). */
enum { LOADER_LEGACY_HWCAPS_MINOR = 36 };

/* Whether LOADER looks into those too. */
static inline bool loader_has_legacy_hwcaps(const struct loader *loader)
{
	return loader->minor != 0 && loader->minor <= LOADER_LEGACY_HWCAPS_MINOR;
}

/*
 * The processor that a resolution answers for. glibc looks into more directories on
 * a better one; the machine that builds is not the machine that runs.
 */
struct processor {
	const char *name;	   /* "baseline", "x86-64-v3" */
	const char *const *hwcaps; /* glibc-hwcaps subdirectories, best first */
	size_t n_hwcaps;
	const char *const *legacy; /* subdirectories of loaders before 2.37, in search order */
	size_t n_legacy;
	const char *platform; /* what $PLATFORM stands for, or NULL */
	/* Loaders before 2.37: the bits of a cache entry's hwcap word that this one has, and its
	 * platform's bit among them. */
	uint64_t legacy_hwcap;
	uint64_t legacy_platform;
	unsigned isa_level; /* x86: bits of GNU_PROPERTY_X86_ISA_1_*, the highest it has */
	/*
	 * Its own libraries come along with --hwcaps all only. (Kinds that have HWCAPS come along
	 * where --hwcaps names the best of these.)
	 */
	bool rare;
};

/*
 * Makes the model of the loader that PROGRAM asks for (see loader_interp_for), or of LOADER_NONE;
 * sysroot_loader keeps it. Everything belongs to SYSROOT's arena. Returns 0, or LOADER_MISSING
 * where PT_INTERP's file is not there (the model is then made from tables, so that the resolution
 * can go on), or -errno after a diagnostic.
 */
enum { LOADER_MISSING = 1 };
MUST_USE int loader_open(const struct sysroot *sysroot, const struct elf_object *program,
			 const struct loader **out);

/* The path of the loader that glibc has for objects like OBJECT, or NULL. */
const char *loader_usual_interp(const struct elf_object *object);

/*
 * The path of OBJECT's loader. A program names it (PT_INTERP); a library has that of the system
 * that it was made for, or of the libc that it needs, or if it names none that of the libc that
 * ROOT has. A library that names a loader which is not in ROOT is treated as one that names none,
 * as ldd does. NULL: OBJECT needs no loader.
 */
const char *loader_interp_for(const struct root *root, const struct elf_object *object);

/*
 * All kinds of processors of the loader's machine that it tells apart, the baseline first. *OUT is
 * a static table.
 */
void loader_processors(const struct loader *loader, const struct processor **out, size_t *count);

/* This machine's own processor, as LOADER would see it; the baseline of a foreign machine. */
const struct processor *loader_native_processor(const struct loader *loader);

#endif
