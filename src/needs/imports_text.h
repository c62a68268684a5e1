/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of imports: what sources of Perl and Ruby have in common to a reader of lines, in
 * which documents stand ("<<END") and literals.
 */
#ifndef MKROOTFS_NEEDS_IMPORTS_TEXT_H
#define MKROOTFS_NEEDS_IMPORTS_TEXT_H

#include "base/view.h"
#include "needs/imports.h"

#include <stdint.h>

enum {
	IMPORT_LENGTH_MAX = 1000,
	HERE_DOCUMENTS_MAX = 4, /* that begin on one line */
};

struct import_text {
	struct view rest; /* behind the line */
	struct view line; /* without a comment that is all of it, and its end */
	unsigned number;
	struct view
		here[HERE_DOCUMENTS_MAX]; /* what ends the documents that come behind the line */
	unsigned n_here;
	unsigned n_open; /* looked like documents, and ended nowhere */
	import_fn *visit;
	void *data;
	bool *computed;
};

/*
 * Moves to the next line that is no part of a here-document; false where there is none. The texts
 * of documents that begin on the line are skipped when the one behind it is taken.
 */
bool import_text_next(struct import_text *text);

/* Skips lines up to one that begins with END, which is skipped too: documentation in a source. */
void import_text_skip_to(struct import_text *text, const char *end);

/* Notes the documents that begin on the line: "<<X", "<<~X", "<<'X'". */
void import_text_note_documents(struct import_text *text);

/* Reports NAME unless it is empty or too long for one. */
int import_text_report(const struct import_text *text, enum import_kind kind, struct view name);

/* Whether C may be within a word: asked at each byte of a text. */
static inline bool import_is_word(char c)
{
	/* Of ASCII, by 64: digits; letters and '_'. */
	static const uint64_t sets[] = { UINT64_C(0x03ff000000000000),
					 UINT64_C(0x07fffffe87fffffe) };
	unsigned char byte = (unsigned char)c;

	return byte >= 0x80 || (sets[byte / 64] >> byte % 64 & 1);
}

/* The bytes that words begin with: most of a text is none. */
struct import_begins {
	bool byte[256];
};

static inline void import_note_begin(struct import_begins *begins, const char *word)
{
	begins->byte[(unsigned char)word[0]] = true;
}

/* Whether WORD begins at AT of VIEW, and is no part of another word there. */
bool import_has_word(struct view view, size_t at, const char *word);

/* REST without blanks, line ends and comments before it. */
struct view import_skip_blanks(struct view rest);

/*
 * The literal that *REST begins with, in single or double quotes, which is behind it then. False
 * where it does not, or where something is put into it (*COMPUTED, unless NULL, is set then).
 */
bool import_take_literal(struct view *rest, struct view *literal, bool *computed);

#endif
