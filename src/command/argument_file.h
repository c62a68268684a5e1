/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A file of arguments, which the command line names as @FILE. Blanks and line ends part its words;
 * quotes and backslashes protect them, as in a shell, and a word that begins with # is a comment up
 * to the end of its line. Nothing is expanded.
 */
#ifndef MKROOTFS_COMMAND_ARGUMENT_FILE_H
#define MKROOTFS_COMMAND_ARGUMENT_FILE_H

#include <stddef.h>

struct argument_file {
	char *text; /* holds the words */
	char **words;
	size_t n_words;
};

/*
 * Cuts TEXT, SIZE bytes with a NUL behind them, into the words of FILE. TEXT is changed, and
 * belongs to FILE in any case. Returns 0; -EINVAL with *WRONG set to what is wrong with the text;
 * or -ENOMEM. The caller frees FILE with argument_file_free, in any case.
 */
int argument_file_split(struct argument_file *file, char *text, size_t size, const char **wrong);

/* As argument_file_split, with the text of the file at PATH. Errors: of open(2) and read(2) too. */
int argument_file_read(struct argument_file *file, const char *path, const char **wrong);

void argument_file_free(struct argument_file *file);

#endif
