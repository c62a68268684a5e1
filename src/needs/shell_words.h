/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a script for sh(1) or bash(1) runs and names, read by its grammar and never executed:
 * quotes, here-documents, substitutions, compound commands. Variables that the script itself sets
 * to constants are followed, and where the script's own place is known, ways to find it out,
 * such as "$(dirname "$0")".
 */
#ifndef MKROOTFS_NEEDS_SHELL_WORDS_H
#define MKROOTFS_NEEDS_SHELL_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum shell_word_kind {
	SHELL_WORD_COMMAND, /* a name that is looked up in PATH: no builtin, no function of its own
			     */
	SHELL_WORD_PROGRAM, /* an absolute path that is run */
	SHELL_WORD_SOURCE,  /* an absolute path that is read as a part of the script */
	/*
	 * The same in a directory that is computed: what stands behind that, "/lib/x"; and where
	 * the end of the name is computed, what stands before it, "/usr/share/x/part_".
	 */
	SHELL_WORD_SOURCE_BELOW,
	SHELL_WORD_SOURCE_BEGINS,
	SHELL_WORD_PATH, /* an absolute path in a word, but where output goes and in messages */
};

struct shell_word {
	enum shell_word_kind kind;
	const char *text;
	unsigned line; /* from 1 on */
	/* Of a PATH: it is the directory in which the rest, which is computed, is. */
	bool cut;
};

/* Receives a word, which is gone when it returns. Returns 0 or -errno, which ends it. */
typedef int shell_word_fn(void *data, const struct shell_word *word);

struct shell_script {
	const char *text;
	size_t size;
	const char *path; /* "$0", absolute; or NULL: not known */
};

struct shell_summary {
	unsigned n_unknown; /* commands whose names are computed */
	bool incomplete; /* nested too deep, or made to keep a reader busy: the rest is not read */
};

/*
 * Calls VISIT with the words of SCRIPT in order; one that stands there twice comes twice. Errors:
 * as of VISIT, -ENOMEM.
 */
int shell_words_read(const struct shell_script *script, shell_word_fn *visit, void *data,
		     struct shell_summary *summary);

#endif
