/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Dynamic string tokens: $ORIGIN, $LIB and $PLATFORM, with and without braces. The loader's rules
 * say what a '$' means; putting the values in place is the same for all.
 */
#ifndef MKROOTFS_LOADER_TOKENS_H
#define MKROOTFS_LOADER_TOKENS_H

#include "loader/search.h"

/* A '$' in a text that is being expanded. */
struct token {
	const struct loaded *object; /* whose text it is */
	const char *text;	     /* the whole text up to END, which is no NUL */
	const char *end;
	const char *at; /* behind the '$' */
};

/*
 * Sets *LENGTH to the bytes of TOKEN behind its '$', 0 where it is none, and *VALUE to what stands
 * in its and the '$''s place. Returns 0, or SEARCH_NOT_FOUND where the loader drops the text.
 */
typedef int token_value_fn(struct search_context *context, const struct token *token,
			   size_t *length, struct location *value);

/*
 * Expands the SIZE bytes of TEXT, out of OBJECT's dynamic segment, by VALUE. *OUT belongs to the
 * sysroot's arena. Returns 0, SEARCH_NOT_FOUND as VALUE, -ENOMEM.
 */
int tokens_expand(struct search_context *context, const struct loaded *object, const char *text,
		  size_t size, token_value_fn *value, struct location *out);

/*
 * The length of the token NAME at AT, behind its '$', braces included; 0 where another one is
 * there. The longest name counts: $ORIGINAL is none (gABI; elf/dl-load.c: is_dst).
 */
size_t token_length(const char *at, const char *end, const char *name);

#endif
