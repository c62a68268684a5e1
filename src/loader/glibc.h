/* SPDX-License-Identifier: Apache-2.0 */
/* Parts of glibc's rules (loader/rules.h) that are tested alone. */
#ifndef MKROOTFS_LOADER_GLIBC_H
#define MKROOTFS_LOADER_GLIBC_H

#include "loader/search.h"

/*
 * What glibc says of a file that it opened while searching (elf/dl-load.c: open_verify): 0 it is
 * taken, SEARCH_NOT_FOUND it is passed over, SEARCH_STOPPED with *PROBLEM in the loader's words.
 */
int glibc_verify(const struct loader *loader, const struct elf_object *elf, const char **problem);

/*
 * Expands the tokens in the SIZE bytes of TEXT, an element of a path in OBJECT's dynamic segment.
 * *OUT belongs to the sysroot's arena. Returns 0; SEARCH_NOT_FOUND where the loader drops the
 * element: for a token without a value, or one that a set-id program may not use; -ENOMEM.
 */
int glibc_expand(struct search_context *context, const struct loaded *object, const char *text,
		 size_t size, struct location *out);

#endif
