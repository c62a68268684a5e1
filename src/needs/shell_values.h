/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a word of a shell script may come out as, without running it: a few alternatives, each a
 * text in which what is not known is a hole; and the variables that the script sets itself.
 */
#ifndef MKROOTFS_NEEDS_SHELL_VALUES_H
#define MKROOTFS_NEEDS_SHELL_VALUES_H

#include "base/buffer.h"

#include <stdbool.h>

/* Characters that stand for something else in a value; no text has them of its own. */
enum {
	SHELL_HOLE = '\1', /* what is computed */
	SHELL_STAR = '\2', /* "*", "?" and "[" that are not quoted */
	SHELL_QUESTION = '\3',
	SHELL_BRACKET = '\4',
};

enum {
	SHELL_ALTERNATIVES_MAX = 6, /* more are a hole */
	SHELL_VALUE_MAX = 4096,	    /* in bytes; what is longer is a hole */
};

/* Begins with none: the value of what was never set. One empty text is another thing. */
struct shell_values {
	struct buffer items[SHELL_ALTERNATIVES_MAX];
	unsigned count;
};

void shell_values_reset(struct shell_values *values);

static inline void shell_values_cleanup(struct shell_values *values)
{
	shell_values_reset(values);
}

/* The text of an alternative, "" too. */
const char *shell_values_get(const struct shell_values *values, unsigned index);

/* Whether TEXT is all known: neither hole nor glob. */
bool shell_value_is_plain(const char *text);

/* Each alternative with TEXT behind it; none at all becomes TEXT. Errors: -ENOMEM. */
int shell_values_append(struct shell_values *values, const char *text, size_t size);
int shell_values_append_char(struct shell_values *values, char c);

/* Each alternative with each of MORE's behind it, as above; of none, a hole. */
int shell_values_append_values(struct shell_values *values, const struct shell_values *more);

/* One alternative more, unless it is there. */
int shell_values_add(struct shell_values *values, const char *text);
int shell_values_add_values(struct shell_values *values, const struct shell_values *more);

/*
 * Removes from each alternative what PATTERN (with SHELL_STAR, SHELL_QUESTION) matches at its end
 * or (PREFIX) at its beginning: the shortest or the LONGEST. What is not known is a hole.
 */
int shell_values_remove(struct shell_values *values, const char *pattern, bool prefix,
			bool longest);

/* The variables of a script. */
struct shell_variables {
	struct arena *arena;
	struct shell_variable *table;
	unsigned count;
};

void shell_variables_reset(struct shell_variables *variables);

/* VALUES are among what the variable of that name is set to: a script has many ways. */
int shell_variables_set(struct shell_variables *variables, const char *name, size_t length,
			const struct shell_values *values);

/* Adds to VALUES what the variable is set to; nothing where the script does not set it. */
int shell_variables_get(const struct shell_variables *variables, const char *name, size_t length,
			struct shell_values *values);

#endif
