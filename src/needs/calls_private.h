/* SPDX-License-Identifier: Apache-2.0 */
/* What the reader of calls knows of a language: calls_languages.c has them. */
#ifndef MKROOTFS_NEEDS_CALLS_PRIVATE_H
#define MKROOTFS_NEEDS_CALLS_PRIVATE_H

#include "needs/call_tokens.h"
#include "needs/calls.h"

/* What a function does with its arguments. */
enum call_what {
	CALL_NONE,
	CALL_STARTS,	    /* starts a program: the first literal, with those behind it */
	CALL_STARTS_ANY,    /* the same, where others may stand before the literal */
	CALL_STARTS_SHELL,  /* hands its first argument to the shell */
	CALL_STARTS_EITHER, /* starts a list; a text goes to the shell if that has a need of it */
	CALL_STARTS_ASKED,  /* starts a list; a text goes to the shell where "shell" is true */
	CALL_OPENS,	    /* "|x", "x|", "-|", "x": Perl's open */
	CALL_LOADS,	    /* opens libraries: all literals */
	CALL_LOOKS_FOR,	    /* looks for libraries: all literals */
};

struct call_word {
	const char *name; /* of the function */
	enum call_what what;
	const char *qualifier; /* that has to stand before it, or NULL */
};

struct calls_language {
	/* For what has a grammar of its own, in the place of all that follows; or NULL. */
	int (*read)(const char *text, size_t size, call_fn *visit, void *data);
	struct call_syntax syntax;
	bool bare;		       /* arguments may stand without parentheses */
	bool pipes;		       /* "x" | getline, print | "x": awk's */
	const char *sign;	       /* without it in the text, nothing is started; or NULL */
	const struct call_word *words; /* ended by one without a name */
};

/* calls_words.c */
int calls_read_fish(const char *text, size_t size, call_fn *visit, void *data);
int calls_read_tcl(const char *text, size_t size, call_fn *visit, void *data);

#endif
