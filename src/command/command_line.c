/* SPDX-License-Identifier: Apache-2.0 */
#include "command_line.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* A file that names itself is read no more often. */
	FILES_MAX = 64,
	WORDS_MAX = 1 << 20,
};

int command_line_begin(struct command_line *line, int count, char **arguments)
{
	*line = (struct command_line){
		.words = calloc((size_t)count + 1, sizeof(*line->words)),
		.files = calloc((size_t)count + 1, sizeof(*line->files)),
		.count = count,
		.n_all = count,
	};
	if (!line->words || !line->files)
		return -ENOMEM;
	memcpy(line->words, arguments, (size_t)count * sizeof(*line->words));
	return 0;
}

/* The words of a command line anew: its own name, those of FILE at PATH, and those behind AT. */
static int join(struct command_line *line, int at, const struct argument_file *file,
		const char *path)
{
	size_t behind = (size_t)(line->count - at - 1);
	size_t count = 1 + file->n_words + behind;
	char **words = calloc(count + 1, sizeof(*words));
	const char **files = calloc(count + 1, sizeof(*files));

	if (!words || !files) {
		free(words);
		free(files);
		return -ENOMEM;
	}
	words[0] = line->words[0];
	for (size_t i = 0; i < file->n_words; i++) {
		words[1 + i] = file->words[i];
		files[1 + i] = path;
	}
	memcpy(words + 1 + file->n_words, line->words + at + 1, behind * sizeof(*words));
	memcpy(files + 1 + file->n_words, line->files + at + 1, behind * sizeof(*files));
	free(line->words);
	free(line->files);
	line->words = words;
	line->files = files;
	line->count = (int)count;
	line->n_all += (int)file->n_words;
	return 0;
}

int command_line_take_file(struct command_line *line, int at, const char *path, const char **wrong)
{
	struct argument_file *taken;
	struct argument_file *file;
	int r;

	*wrong = NULL;
	if (line->n_taken == FILES_MAX) {
		*wrong = "is one @FILE too many: 64 is the limit, and none may name itself";
		return -EINVAL;
	}
	taken = realloc(line->taken, (line->n_taken + 1) * sizeof(*taken));
	if (!taken)
		return -ENOMEM;
	line->taken = taken;
	file = &taken[line->n_taken++];
	r = argument_file_read(file, path, wrong);
	if (r < 0)
		return r;
	if (file->n_words + (size_t)line->n_all > WORDS_MAX) {
		*wrong = "has too many words";
		return -EINVAL;
	}
	return join(line, at, file, path);
}

void command_line_free(struct command_line *line)
{
	for (size_t i = 0; i < line->n_taken; i++)
		argument_file_free(&line->taken[i]);
	free(line->taken);
	free(line->words);
	free(line->files);
}
