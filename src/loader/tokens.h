/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynamic string tokens: $ORIGIN, $LIB and $PLATFORM, with and without braces.
 */
#ifndef MKROOTFS_LOADER_TOKENS_H
#define MKROOTFS_LOADER_TOKENS_H

#include "loader/search.h"

/* Whether there is a token in TEXT that glibc expands. */
bool expand_has_token(const char *text);

/*
 * Expands the tokens in TEXT (SIZE bytes of a path or a name out of OBJECT's dynamic
 * segment) by glibc's rules; *OUT belongs to the context's arena. Returns 0;
 * SEARCH_NOT_FOUND where the loader drops the element (a token without a value, or one
 * that a set-id program may not use); -ENOMEM.
 */
int expand_glibc(struct search_context *context, const struct loaded *object, const char *text,
		 size_t size, struct location *out);

/*
 * As expand_glibc by musl's rules: $ORIGIN alone; any other '$' makes the whole TEXT
 * void, as does $ORIGIN in a set-id program.
 */
int expand_musl(struct search_context *context, const struct loaded *object, const char *text,
		size_t size, struct location *out);

#endif
