/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What glibc's and musl's loaders do differently: one table of functions and facts for each. Who
 * searches, or builds a link map, follows the table and does not ask whose it is.
 */
#ifndef MKROOTFS_LOADER_RULES_H
#define MKROOTFS_LOADER_RULES_H

#include "loader/search.h"

struct loader_rules {
	/*
	 * NAME out of REQUESTER's dynamic segment, with its tokens expanded. Returns 0 with
	 * *OUT; SEARCH_STOPPED with *PROBLEM in the loader's words; -ENOMEM.
	 */
	int (*expand_name)(struct search_context *context, const struct loaded *requester,
			   const char *name, struct location *out, const char **problem);

	/* As search_library, for a NAME without a slash. */
	int (*search)(struct search_context *context, const struct loaded *requester,
		      const char *name, struct search_result *result);

	/*
	 * Takes FILE, opened by PATH, for RESULT: 0 with its elf; SEARCH_NOT_FOUND where the
	 * search goes on behind it; SEARCH_ABANDONED; SEARCH_STOPPED with its problem; -errno.
	 */
	int (*take)(struct search_context *context, struct root_file *file, const char *path,
		    struct search_result *result);

	/* A candidate did not open, for ERROR: SEARCH_NOT_FOUND or SEARCH_ABANDONED. */
	int (*pass_over)(struct search_context *context, int error);

	/* Why ELF, which was found, is not mapped as a library, in the loader's words; NULL: it is.
	 */
	const char *(*refuse)(const struct elf_object *elf);

	/* Whether NAME means the libc that LOADER is itself, and no file. */
	bool (*is_libc)(const struct loader *loader, const char *name);

	/*
	 * What the loader says of symbol NAME, of VERSION (NULL: of any), that nothing defines;
	 * OTHER_VERSION: it is defined, but not so. NULL when out of memory.
	 */
	const char *(*undefined)(struct arena *arena, const char *name,
				 const struct elf_version_need *version, bool other_version);

	/* Its text for "no error yet", if it says why a library is missing; else NULL. */
	const char *no_error;

	/* Directories are looked at once, and written with one slash behind them. */
	bool remembers_directories;
	/* DT_FILTER, DT_AUXILIARY, DT_AUDIT and symbol versions mean something. */
	bool has_extensions;
	/* An object answers to its path and its DT_SONAME, not only to the name it was searched by.
	 */
	bool knows_all_names;
	/* It recognizes its own file by device and inode, and in dlopen the program's. */
	bool knows_own_file;
};

extern const struct loader_rules glibc_rules;
extern const struct loader_rules musl_rules;

#endif
