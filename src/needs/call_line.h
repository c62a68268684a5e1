/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The command line that a call's arguments make, as far as literals show, and the variables that a
 * source sets to such.
 */
#ifndef MKROOTFS_NEEDS_CALL_LINE_H
#define MKROOTFS_NEEDS_CALL_LINE_H

#include "base/buffer.h"
#include "needs/calls_private.h"

enum {
	CALL_TOKENS_MAX = 200, /* of one call's arguments */
	CALL_NAME_LENGTH_MAX = 255,
};

/* A source that is read, and what is known of its variables. */
struct call_scope {
	struct call_reader reader;
	const struct calls_language *language;
	struct arena *arena;
	struct call_variable *variables;
	unsigned n_variables;
};

/* Frees what is not in the arena. */
void call_scope_reset(struct call_scope *scope);

/* NAME is set to VALUE, perhaps among others. Returns 0 or -ENOMEM. */
int call_scope_set(struct call_scope *scope, struct view name, const char *value);

/* Arguments that are collected as one command line; out of memory is the text's error. */
struct call_line {
	struct buffer text;
	unsigned n_words;
	bool list;     /* the words are arguments of their own */
	bool computed; /* nothing is known of it */
};

static inline void call_line_cleanup(struct call_line *line)
{
	buffer_reset(&line->text);
}

/* Adds TEXT, as the shell gets it, with what is known of what is put into it, BRACES too. */
void call_line_add_text(const struct call_scope *scope, struct call_line *line, struct view text,
			bool braces);

/* Adds TEXT as a word that the shell does not split. */
void call_line_add_word(struct call_line *line, struct view text);

/* Words that follow the first of a list: up to one that is computed. */
void call_line_read_words(struct call_scope *scope, struct call_line *line);

/*
 * Reads the command line that arguments make, or a value: TOKEN is the first. ANY: others may stand
 * before a literal.
 */
void call_line_read(struct call_scope *scope, struct call_token token, bool any,
		    struct call_line *line);

#endif
