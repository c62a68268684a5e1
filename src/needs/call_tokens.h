/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The tokens of a source in a language of scripts, as far as calls with literal arguments show:
 * what is a text in quotes, what is a name, what is a comment. It is no parser of these languages:
 * a quote that nothing closes on its line (in a regular expression, say) is a character like
 * others.
 */
#ifndef MKROOTFS_NEEDS_CALL_TOKENS_H
#define MKROOTFS_NEEDS_CALL_TOKENS_H

#include "base/view.h"

enum call_token_kind {
	CALL_TOKEN_END,
	CALL_TOKEN_NAME,
	CALL_TOKEN_TEXT,    /* a literal, without its quotes */
	CALL_TOKEN_COMMAND, /* a command line that is run where it stands: `x` */
	CALL_TOKEN_WORDS,   /* words without quotes of their own: qw(x y), %w[x y] */
	CALL_TOKEN_OTHER,   /* one character */
};

struct call_token {
	enum call_token_kind kind;
	struct view text;
	char quote; /* of a TEXT */
};

/* What the languages have. */
struct call_syntax {
	bool hash;	    /* "#" begins a comment */
	bool slashes;	    /* so do two slashes, and a slash with a star */
	bool dashes;	    /* so do "--" and "--[[" */
	bool prefixes;	    /* letters may stand before a quote: r"", f"" */
	bool triple;	    /* three quotes are one that lines may stand in */
	bool templates;	    /* what is in back quotes is a text */
	bool commands;	    /* what is in back quotes is a command */
	bool words_q;	    /* q(), qq{}, qw//, qx() */
	bool words_percent; /* %q(), %w[], %x{} */
	bool documents;	    /* "<<X" begins a text of lines, "=x" documentation */
};

struct call_reader {
	const struct call_syntax *syntax;
	const char *begin;
	const char *at;
	const char *end;
	size_t work; /* bytes that were looked through in vain */
};

/* The next token; its text is a part of what is read. */
struct call_token call_token_next(struct call_reader *reader);

/*
 * Goes back to AT, which was the cursor's place. What is read twice counts as work, of which there
 * is not to be without end.
 */
void call_token_rewind(struct call_reader *reader, const char *at);

/* Whether TOKEN is that name or character. */
bool call_token_is(const struct call_token *token, const char *text);

#endif
