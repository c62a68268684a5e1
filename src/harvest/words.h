/* SPDX-License-Identifier: Apache-2.0 */
/* Words in what a program wrote: whether a name stands there as one. */
#ifndef MKROOTFS_HARVEST_WORDS_H
#define MKROOTFS_HARVEST_WORDS_H

#include <stdbool.h>
#include <stddef.h>

/* Whether WORD stands in TEXT, not as a part of a longer one. A full stop may end a sentence. */
bool words_have(const char *text, const char *word);

/* Whether NAME stands in TEXT in quotes, alone or as a part of a module's: 'a.NAME.b', "NAME". */
bool words_quote(const char *text, const char *name);

/*
 * The next run of letters, digits, '_', '.' and '-' at *TEXT, which moves behind it: its length, at
 * *WORD; 0 at the end.
 */
size_t words_next(const char **text, const char **word);

#endif
