/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Languages whose commands are words as a shell's are: fish, in which programs are commands like
 * others, and Tcl (Expect), in which "exec" and "spawn" start them.
 */
#include "base/buffer.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/texts.h"
#include "needs/calls_private.h"

#include <ctype.h>
#include <errno.h>

enum {
	LINE_LENGTH_MAX = 4000,
	WORD_LENGTH_MAX = 255,
	FUNCTIONS_MAX = 1024,
};

/* Before which a command stands, in fish. */
static const char *const fish_prefixes[] = { "if",   "while", "and",  "or",	 "not",
					     "else", "begin", "exec", "command", "time",
					     "!",    "env",   "sudo", "nohup" };

/* What fish does itself, and what has no command behind it. */
static const char *const fish_builtins[] = {
	"abbr",	   "argparse", "bg",	    "bind",	   "block",	"break",    "breakpoint",
	"builtin", "case",     "cd",	    "commandline", "complete",	"contains", "continue",
	"count",   "disown",   "echo",	    "emit",	   "end",	"eval",	    "exit",
	"false",   "fg",       "for",	    "function",	   "functions", "history",  "jobs",
	"math",	   "path",     "printf",    "pwd",	   "random",	"read",	    "realpath",
	"return",  "set",      "set_color", "source",	   "status",	"string",   "switch",
	"test",	   "true",     "type",	    "ulimit",	   "wait",	"[",
};

struct words_reading {
	const char *at;
	const char *end;
	struct arena *arena;
	struct texts functions; /* that the script defines */
	call_fn *visit;		/* NULL while functions are found out */
	void *data;
};

static bool is_among(const char *word, const char *const *words, size_t count)
{
	for (size_t i = 0; i < count; i++)
		if (strcmp(words[i], word) == 0)
			return true;
	return false;
}

/* Whether C ends a word, of fish or Tcl. */
static bool ends_word(char c)
{
	return isspace((unsigned char)c) || strchr(";|&()[]{}<>#\"'", c);
}

/*
 * Reads the word at the cursor: its text is empty where something in it is computed or quoted, or
 * where it is too long.
 */
static void read_word(struct words_reading *reading, char word[WORD_LENGTH_MAX + 1])
{
	const char *start = reading->at;
	size_t length;

	while (reading->at < reading->end && !ends_word(*reading->at))
		reading->at++;
	length = (size_t)(reading->at - start);
	word[0] = '\0';
	if (length > WORD_LENGTH_MAX || memchr(start, '$', length) || memchr(start, '*', length) ||
	    memchr(start, '\\', length))
		return;
	memcpy(word, start, length);
	word[length] = '\0';
}

/* Skips what is in quotes: the cursor is at the first. */
static void skip_quoted(struct words_reading *reading)
{
	char quote = *reading->at++;

	while (reading->at < reading->end && *reading->at != quote)
		reading->at += *reading->at == '\\' && reading->end - reading->at > 1 ? 2 : 1;
	reading->at += reading->at < reading->end;
}

static void skip_comment(struct words_reading *reading)
{
	while (reading->at < reading->end && *reading->at != '\n')
		reading->at++;
}

/* A word where a command stands; whether another command may stand behind it. */
static int read_fish_command(struct words_reading *reading, bool *before)
{
	char word[WORD_LENGTH_MAX + 1];
	struct call call = { CALL_LINE, word };

	read_word(reading, word);
	*before = word[0] && is_among(word, fish_prefixes, ARRAY_SIZE(fish_prefixes));
	if (!reading->visit && strcmp(word, "function") == 0 &&
	    reading->functions.count < FUNCTIONS_MAX) {
		while (reading->at < reading->end && *reading->at == ' ')
			reading->at++;
		read_word(reading, word);
		return texts_add(reading->arena, &reading->functions,
				 arena_strdup(reading->arena, word));
	}
	if (!reading->visit || !word[0] || *before || word[0] == '-' || strchr(word, '=') ||
	    is_among(word, fish_builtins, ARRAY_SIZE(fish_builtins)) ||
	    texts_have(&reading->functions, word))
		return 0;
	return reading->visit(reading->data, &call);
}

static int read_fish(struct words_reading *reading)
{
	bool command = true;

	while (reading->at < reading->end) {
		char c = *reading->at;
		char word[WORD_LENGTH_MAX + 1];

		if (c == '#') {
			skip_comment(reading);
		} else if (c == '"' || c == '\'') {
			skip_quoted(reading);
			command = false;
		} else if (ends_word(c)) {
			/* "2>&1" and "&>x" begin none. */
			command = strchr("\n;|(", c) || (c == '&' && command) ||
				  (command && isspace((unsigned char)c)) ||
				  (c == '&' && reading->end - reading->at > 1 &&
				   reading->at[1] == '&');
			reading->at++;
		} else if (command) {
			TRY(read_fish_command(reading, &command));
		} else {
			read_word(reading, word);
		}
	}
	return 0;
}

int calls_read_fish(const char *text, size_t size, call_fn *visit, void *data)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct words_reading reading = {
		.at = text, .end = text + size, .arena = arena, .data = data
	};

	if (!arena)
		return -ENOMEM;
	TRY(read_fish(&reading));
	texts_sort(reading.functions.items, reading.functions.count);
	reading.at = text;
	reading.visit = visit;
	return read_fish(&reading);
}

/* The rest of a command of Tcl, as a shell would read it: braces quote. */
static int read_tcl_line(struct words_reading *reading)
{
	CLEANUP(buffer) struct buffer line = { 0 };
	struct call call = { CALL_LINE, NULL };
	unsigned depth = 0; /* of braces */
	unsigned brackets = 0;

	for (; reading->at < reading->end && line.size < LINE_LENGTH_MAX; reading->at++) {
		char c = *reading->at;

		if (depth == 0 && ((c == ']' && brackets == 0) || strchr("\n;", c)))
			break;
		if (c == '}' && depth == 0)
			break;
		brackets += c == '[' && depth == 0;
		brackets -= c == ']' && depth == 0;
		depth += c == '{';
		depth -= c == '}';
		if ((c == '{' && depth == 1) || (c == '}' && depth == 0))
			c = '\'';
		else if (c == '\'')
			c = ' ';
		if (c)
			buffer_add(&line, &c, 1);
	}
	TRY(buffer_error(&line));
	call.text = line.bytes;
	return line.size > 0 ? reading->visit(reading->data, &call) : 0;
}

/* Options of exec and spawn stand before the program. */
static void skip_options(struct words_reading *reading)
{
	char word[WORD_LENGTH_MAX + 1];

	for (;;) {
		while (reading->at < reading->end && strchr(" \t", *reading->at))
			reading->at++;
		if (reading->at == reading->end || *reading->at != '-')
			return;
		read_word(reading, word);
	}
}

int calls_read_tcl(const char *text, size_t size, call_fn *visit, void *data)
{
	static const char *const starts[] = { "exec", "spawn" };
	struct words_reading reading = {
		.at = text, .end = text + size, .visit = visit, .data = data
	};
	bool command = true;

	while (reading.at < reading.end) {
		char c = *reading.at;
		char word[WORD_LENGTH_MAX + 1];

		if (c == '#' && command) {
			skip_comment(&reading);
		} else if (c == '"' && reading.end - reading.at > 1 && reading.at[1] == '|') {
			/* open "|x" */
			reading.at += 2;
			TRY(read_tcl_line(&reading));
		} else if (ends_word(c)) {
			command = strchr("\n;[{", c) || (command && isspace((unsigned char)c));
			reading.at++;
		} else {
			read_word(&reading, word);
			if (command && is_among(word, starts, ARRAY_SIZE(starts))) {
				skip_options(&reading);
				TRY(read_tcl_line(&reading));
			}
			command = false;
		}
	}
	return 0;
}
