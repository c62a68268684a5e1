/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of any configuration that name something of the machine: paths, modules, accounts. It
 * is no parser of any one program's language, but reads what most have in common: comments,
 * quotes, "key value", "key = value", "key: value", <key>value</key>. What a word leads to, if to
 * anything, is for the caller to find out.
 */
#ifndef MKROOTFS_NEEDS_CONFIG_WORDS_H
#define MKROOTFS_NEEDS_CONFIG_WORDS_H

#include <stdbool.h>
#include <stddef.h>

enum config_word_kind {
	CONFIG_WORD_PATH,     /* absolute */
	CONFIG_WORD_RELATIVE, /* to the configuration's directory, or to one that it names */
	CONFIG_WORD_MODULE,   /* a file's path or name, "x.so", or a module's bare name */
	CONFIG_WORD_USER,
	CONFIG_WORD_GROUP,
	CONFIG_WORD_COMMAND, /* a program's bare name that begins the value of a command's key, or
				that something is piped to */
};

struct config_word {
	enum config_word_kind kind;
	const char *text;
	unsigned line; /* from 1 on */
	bool glob;     /* TEXT has "*", "?" or "[": as in an include */
	bool included; /* it stands where further configuration is included */
	bool cut;      /* of a PATH: what is behind it is not known, "/x/%h" */
};

/* Receives a word, which is gone when it returns. Returns 0 or -errno, which ends it. */
typedef int config_word_fn(void *data, const struct config_word *word);

enum { CONFIG_WORDS_BINARY = 1 };

/*
 * Calls VISIT with the words of the SIZE bytes of TEXT, in order; a word may come twice, as of two
 * kinds. Returns 0, or CONFIG_WORDS_BINARY where it is no text (and nothing was visited). Errors:
 * as of VISIT.
 */
int config_words_read(const char *text, size_t size, config_word_fn *visit, void *data);

#endif
