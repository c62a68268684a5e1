/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The words of a command line that are still to be parsed. The words of a file that it names as
 * @FILE take the place of that name.
 */
#ifndef MKROOTFS_COMMAND_COMMAND_LINE_H
#define MKROOTFS_COMMAND_COMMAND_LINE_H

#include "argument_file.h"

struct command_line {
	char **words;	    /* COUNT of them and NULL; the first is the command's own name */
	const char **files; /* the @FILE that each word is from; NULL: from none */
	int count;
	int n_all; /* words that there ever were: what an array takes with room for each */
	struct argument_file *taken;
	size_t n_taken;
};

/* Begins LINE with the arguments of main. Returns 0 or -ENOMEM; command_line_free in any case. */
int command_line_begin(struct command_line *line, int count, char **arguments);

/*
 * Leaves out all words up to AT, which was parsed and named the file at PATH, but the command's own
 * name, and puts the file's words in their place: they are what is parsed next. Errors: as of
 * argument_file_read; -EINVAL, with *WRONG set, where there are too many files or words.
 */
int command_line_take_file(struct command_line *line, int at, const char *path, const char **wrong);

void command_line_free(struct command_line *line);

#endif
