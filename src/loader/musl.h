/* SPDX-License-Identifier: Apache-2.0 */
/*
 * musl's search: library path, the rpaths of all requesters, the system path
 * (ldso/dynlink.c: load_library).
 */
#ifndef MKROOTFS_LOADER_MUSL_H
#define MKROOTFS_LOADER_MUSL_H

#include "loader/search.h"

/* As search_library, for a NAME without a slash. */
int musl_search(struct search_context *context, const struct loaded *requester, const char *name,
		struct search_result *result);

/*
 * Takes FILE, which was opened by PATH, as musl does: the first that opens counts, and a bad
 * one is an error. Returns 0 with RESULT's elf, SEARCH_STOPPED with its problem, or -errno.
 */
int musl_take(struct search_context *context, struct root_file *file, const char *path,
	      struct search_result *result);

/* musl's words for an errno, whatever the libc that we run with. */
const char *musl_error_words(int error);

/* Whether NAME means musl's libc, which is the loader itself: libc., libm., libpthread. ... */
bool musl_is_reserved(const char *name);

#endif
