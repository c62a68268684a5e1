/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Command lines among the strings of a program that hands some to a shell: "sort -u -o %s", "| gzip
 * -c". Most strings are messages, and many messages begin with a word that is a command too
 * ("file %s is empty", "sort failed"); so a string has to have the shape of a command line:
 * options, placeholders, pipes and redirections, and no sentence.
 */
#ifndef MKROOTFS_NEEDS_COMMAND_LINES_H
#define MKROOTFS_NEEDS_COMMAND_LINES_H

#include "needs/shell_words.h"

struct command_line_reader {
	/* Whether a bare NAME finds a program: 1 or 0; -errno. */
	int (*knows)(void *data, const char *name);
	/* Receives each COMMAND and PROGRAM that is run. */
	shell_word_fn *visit;
	void *data;
};

/* Reads TEXT if it is a command line. Returns 0, or the error of what READER calls; -ENOMEM. */
int command_line_read(const char *text, const struct command_line_reader *reader);

/* Whether the name of a program is a word of messages as well: "file", "more". */
bool command_is_ordinary(const char *name);

#endif
