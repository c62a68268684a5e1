/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The candidates of a search: one file that may be the library, and a directory with its
 * subdirectories for better processors. For the search of glibc and of musl.
 */
#ifndef MKROOTFS_LOADER_CANDIDATE_H
#define MKROOTFS_LOADER_CANDIDATE_H

#include "loader/search.h"

/* The part of search_begin and search_end that is about directories. */
int candidate_begin(struct search_context *context);
void candidate_end(struct search_context *context);

/*
 * Tries the one file at LOCATION: 0 with RESULT's location, found_by and elf; SEARCH_NOT_FOUND
 * where the search goes on; SEARCH_ABANDONED; SEARCH_STOPPED with its location and problem;
 * -errno after a diagnostic.
 */
int candidate_open(struct search_context *context, struct location location, enum found_by found_by,
		   struct search_result *result);

/*
 * Tries NAME in DIRECTORY ("" is the working directory) and in its subdirectories for the
 * processor, those first. Returns as candidate_open.
 */
int candidate_in_directory(struct search_context *context, struct location directory,
			   enum found_by found_by, const char *name, struct search_result *result);

/* Notes WHERE, once, as looked at in vain. Returns SEARCH_NOT_FOUND or -ENOMEM. */
int candidate_note(struct search_context *context, struct search_result *result, const char *where);

#endif
