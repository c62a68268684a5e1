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

/* Whether NAME means musl's libc, which is the loader itself: libc., libm., libpthread. ... */
bool musl_is_reserved(const char *name);

#endif
