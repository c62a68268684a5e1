/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Patterns over strings and paths of the target: globs whose parts in braces are captured,
 * and templates that put the captures in their places. What is captured is foreign: a glob in it
 * is none of ours.
 */
#ifndef MKROOTFS_NEEDS_PATTERN_H
#define MKROOTFS_NEEDS_PATTERN_H

#include "base/arena.h"

#include <stdbool.h>

enum { PATTERN_CAPTURES_MAX = 2 };

/* What the braces of a pattern stand for, in order. The text is the matched string's own. */
struct pattern_match {
	const char *start[PATTERN_CAPTURES_MAX];
	size_t length[PATTERN_CAPTURES_MAX];
	size_t count;
};

/*
 * Whether all of TEXT matches PATTERN: '*' is any text, the shortest that will do, '?' any
 * character, "{...}" captures what its inside matches, anything else is itself.
 */
bool pattern_matches(const char *pattern, const char *text, struct pattern_match *match);

/*
 * Whether all of TEXT matches GLOB, as by fnmatch(3) without flags; that is asked only where the
 * ends that GLOB names are those of TEXT: most texts have others.
 */
bool pattern_glob_matches(const char *glob, const char *text);

/* TEXT as a glob that matches nothing but TEXT; NULL when out of memory. */
const char *pattern_quote(struct arena *arena, const char *text);

/*
 * TEMPLATE with "%1" and "%2" replaced by MATCH's captures, "$ORIGIN" by ORIGIN and "$VALUE"
 * by VALUE, each QUOTED where the result is a glob. NULL where one of them has no value, or when
 * out of memory (*FAILED is set then).
 */
const char *pattern_expand(struct arena *arena, const char *template,
			   const struct pattern_match *match, const char *origin, const char *value,
			   bool quoted, bool *failed);

#endif
