/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc's search: DT_RPATHs, library path, DT_RUNPATH, cache, default directories
 * (elf/dl-load.c: _dl_map_object; ld.so(8)).
 */
#ifndef MKROOTFS_LOADER_GLIBC_H
#define MKROOTFS_LOADER_GLIBC_H

#include "loader/search.h"

/* As search_library, for a NAME without a slash. */
int glibc_search(struct search_context *context, const struct loaded *requester, const char *name,
		 struct search_result *result);

/*
 * What glibc says to a file that it opened while searching: 0 it is taken, SEARCH_NOT_FOUND
 * it is passed over, SEARCH_STOPPED with *PROBLEM in the loader's words (open_verify).
 */
int glibc_verify(const struct loader *loader, const struct elf_object *elf, const char **problem);

/* What it says to one that is about to be mapped as a library, in its words; NULL: nothing. */
const char *glibc_refusal(const struct elf_object *elf);

#endif
