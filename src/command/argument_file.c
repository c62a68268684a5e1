/* SPDX-License-Identifier: Apache-2.0 */
#include "argument_file.h"

#include <errno.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum {
	/* More than any kernel takes as the arguments of a program. */
	SIZE_MAX_READ = 4 << 20,
};

static bool is_blank(char c)
{
	return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/* Where the next word begins: behind blanks and comments. */
static char *skip_blanks(char *at)
{
	while (is_blank(*at) || *at == '#') {
		if (*at == '#')
			at += strcspn(at, "\n");
		else
			at++;
	}
	return at;
}

/*
 * Moves the text between two QUOTEs at *AT to *OUT, and *AT behind the second. Returns whether
 * there is one. Between double quotes a backslash protects a double quote and a backslash, and
 * nothing else.
 */
static bool take_quoted(char **at, char **out)
{
	char quote = *(*at)++;

	while (**at && **at != quote) {
		if (quote == '"' && **at == '\\' && ((*at)[1] == '"' || (*at)[1] == '\\'))
			(*at)++;
		*(*out)++ = *(*at)++;
	}
	if (!**at)
		return false;
	(*at)++;
	return true;
}

/* Takes the quotes off the word at *AT, and ends it with a NUL; *AT moves behind it. */
static const char *take_word(char **at)
{
	char *out = *at;
	bool last;

	while (**at && !is_blank(**at)) {
		if (**at == '\'' || **at == '"') {
			if (!take_quoted(at, &out))
				return "has a quote that is not closed";
			continue;
		}
		if (**at == '\\' && *++*at == '\0')
			return "ends in a backslash";
		*out++ = *(*at)++;
	}
	/* The NUL may fall on the blank behind the word. */
	last = **at == '\0';
	*out = '\0';
	*at += !last;
	return NULL;
}

int argument_file_split(struct argument_file *file, char *text, size_t size, const char **wrong)
{
	*file = (struct argument_file){ .text = text };
	*wrong = NULL;
	if (strlen(text) != size) {
		*wrong = "has a NUL byte, and is no text";
		return -EINVAL;
	}
	/* A word and the blank behind it take two bytes. */
	file->words = calloc(size / 2 + 1, sizeof(*file->words));
	if (!file->words)
		return -ENOMEM;
	for (char *at = skip_blanks(text); *at; at = skip_blanks(at)) {
		file->words[file->n_words++] = at;
		*wrong = take_word(&at);
		if (*wrong)
			return -EINVAL;
	}
	return 0;
}

/* Reads STREAM whole into *TEXT, with a NUL behind it. */
static int read_stream(FILE *stream, char **text, size_t *size)
{
	size_t room = 4096;

	*size = 0;
	for (;;) {
		char *larger = realloc(*text, room + 1);

		if (!larger)
			return -ENOMEM;
		*text = larger;
		errno = 0;
		*size += fread(*text + *size, 1, room - *size, stream);
		(*text)[*size] = '\0';
		if (ferror(stream))
			return errno ? -errno : -EIO;
		if (*size < room)
			return 0;
		if (room >= SIZE_MAX_READ)
			return -EFBIG;
		room *= 2;
	}
}

int argument_file_read(struct argument_file *file, const char *path, const char **wrong)
{
	FILE *stream = fopen(path, "re");
	char *text = NULL;
	size_t size = 0;
	int r;

	*file = (struct argument_file){ 0 };
	*wrong = NULL;
	if (!stream)
		return -errno;
	r = read_stream(stream, &text, &size);
	(void)fclose(stream);
	if (r < 0) {
		free(text);
		return r;
	}
	return argument_file_split(file, text, size, wrong);
}

void argument_file_free(struct argument_file *file)
{
	free(file->words);
	free(file->text);
}
