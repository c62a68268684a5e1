/* SPDX-License-Identifier: Apache-2.0 */
/* Words of a script, and what is expanded in them. */
#include "base/error.h"
#include "base/path.h"
#include "needs/shell_reader.h"

#include <ctype.h>
#include <string.h>

enum { BRACE_LIST_MAX = 256 };

static int read_dollar(struct shell *shell, struct shell_values *out, bool quoted);
static int read_backquotes(struct shell *shell, struct shell_values *out);
static int read_double(struct shell *shell, struct shell_values *out);

size_t shell_name_length(const char *text, size_t size)
{
	size_t length = 0;

	while (length < size && (isalnum((unsigned char)text[length]) || text[length] == '_'))
		length++;
	return length > 0 && isdigit((unsigned char)text[0]) ? 0 : length;
}

/* A character as it stands, but for those that mean something in values. */
static int append_char(struct shell *shell, struct shell_values *out, char c)
{
	if (c == '\n')
		shell->line++;
	return shell_values_append_char(out, (unsigned char)c <= SHELL_BRACKET ? SHELL_HOLE : c);
}

/* As append_char for a character of a glob. */
static int append_glob(struct shell *shell, struct shell_values *out, char c)
{
	if (c == '*')
		return shell_values_append_char(out, SHELL_STAR);
	if (c == '?')
		return shell_values_append_char(out, SHELL_QUESTION);
	return c == '[' ? shell_values_append_char(out, SHELL_BRACKET) : append_char(shell, out, c);
}

/* The character behind a backslash; the end of a line there is nothing. */
static int append_escaped(struct shell *shell, struct shell_values *out)
{
	char c = shell_peek(shell, 1);

	shell->at += shell->end - shell->at > 1 ? 2 : 1;
	if (c == '\n') {
		shell->line++;
		return 0;
	}
	return append_char(shell, out, c);
}

/* 'x', and $'x', in which a backslash escapes. */
static int read_single(struct shell *shell, struct shell_values *out, bool escapes)
{
	TRY(shell_values_append(out, "", 0));
	for (shell->at++; !shell_at_end(shell) && *shell->at != '\'';) {
		if (escapes && *shell->at == '\\')
			TRY(append_escaped(shell, out));
		else
			TRY(append_char(shell, out, *shell->at++));
	}
	shell->at += !shell_at_end(shell);
	return 0;
}

static int add_output(const struct shell_capture *capture, struct shell_values *out)
{
	static const struct shell_values unknown;

	return shell_values_append_values(out, capture->lost ? &unknown : &capture->output);
}

static void capture_cleanup(struct shell_capture *capture)
{
	shell_values_reset(&capture->output);
	shell_values_reset(&capture->directory);
}

/* Behind "$(" or in TEXT of SIZE bytes: what is run there, and what it prints. */
static int read_substitution(struct shell *shell, const char *text, size_t size,
			     struct shell_values *out)
{
	CLEANUP(capture) struct shell_capture capture = { 0 };
	struct shell_capture *outer = shell->capture;
	int r;

	shell->capture = &capture;
	r = text ? shell_parse_text(shell, text, size)
		 : shell_parse(shell, SHELL_UNTIL_PARENTHESIS);
	shell->capture = outer;
	TRY(r);
	if (!text)
		shell->at += !shell_at_end(shell);
	return add_output(&capture, out);
}

static int read_backquotes(struct shell *shell, struct shell_values *out)
{
	CLEANUP(buffer) struct buffer text = { 0 };

	for (shell->at++; !shell_at_end(shell) && *shell->at != '`'; shell->at++) {
		if (*shell->at == '\\' && memchr("$`\\", shell_peek(shell, 1), 3))
			shell->at++;
		buffer_add(&text, shell->at, 1);
	}
	shell->at += !shell_at_end(shell);
	TRY(buffer_error(&text));
	return read_substitution(shell, text.bytes ? text.bytes : "", text.size, out);
}

/* Adds what a parameter may be. */
static int get_parameter(struct shell *shell, const char *name, size_t length,
			 struct shell_values *out)
{
	static const char *const own[] = { "0", "BASH_SOURCE", "ZSH_ARGZERO" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (shell->script->path && strlen(own[i]) == length &&
		    memcmp(own[i], name, length) == 0)
			return shell_values_add(out, shell->script->path);
	return shell_variables_get(&shell->variables, name, length, out);
}

/* The length of a parameter's name: a variable, a digit or a special one. */
static size_t parameter_length(const struct shell *shell)
{
	size_t size = (size_t)(shell->end - shell->at);
	size_t length = shell_name_length(shell->at, size);

	if (length > 0 || size == 0)
		return length;
	while (length < size && isdigit((unsigned char)shell->at[length]))
		length++;
	return length > 0 ? length : memchr("@*#?-$!", *shell->at, 7) != NULL;
}

/* What is behind the operator in "${x-...}", up to the brace; PATTERN: globs are such. */
static int read_brace_word(struct shell *shell, struct shell_values *out, bool quoted, bool pattern)
{
	TRY(shell_values_append(out, "", 0));
	while (!shell_at_end(shell) && *shell->at != '}') {
		char c = *shell->at;

		if (c == '\\')
			TRY(append_escaped(shell, out));
		else if (c == '\'' && (!quoted || pattern))
			TRY(read_single(shell, out, false));
		else if (c == '"')
			TRY(read_double(shell, out));
		else if (c == '$')
			TRY(read_dollar(shell, out, quoted));
		else if (c == '`')
			TRY(read_backquotes(shell, out));
		else if (shell->at++, pattern)
			TRY(append_glob(shell, out, c));
		else
			TRY(append_char(shell, out, c));
	}
	shell->at += !shell_at_end(shell);
	return 0;
}

/* Removes WORD, where it is one pattern, from what VALUE may be. */
static int remove_pattern(struct shell *shell, struct shell_values *value,
			  const struct shell_values *word, char sign, bool longest)
{
	static const char unknown[] = { SHELL_HOLE, '\0' };

	for (unsigned i = 0; i < value->count; i++)
		shell->work += 64 * value->items[i].size;
	return shell_values_remove(value, word->count == 1 ? shell_values_get(word, 0) : unknown,
				   sign == '#', longest);
}

/* "${x}", "${x:-y}", "${x%y}"; the cursor is behind the "${". */
static int read_braced(struct shell *shell, struct shell_values *out, bool quoted)
{
	CLEANUP(shell_values) struct shell_values value = { 0 };
	CLEANUP(shell_values) struct shell_values word = { 0 };
	const char *name = shell->at;
	size_t length = parameter_length(shell);
	char sign;
	bool colon;
	bool removes; /* a pattern from the value */
	bool twice;

	shell->at += length;
	if (shell_peek(shell, 0) == '[') {
		while (!shell_at_end(shell) && *shell->at != ']' && *shell->at != '}')
			shell->at++;
		shell->at += shell_peek(shell, 0) == ']';
	}
	sign = shell_peek(shell, 0);
	colon = sign == ':' && shell_peek(shell, 1) && strchr("-=+?", shell_peek(shell, 1));
	if (colon)
		sign = *++shell->at;
	/* A NUL in the text is none of the signs, though it ends their list. */
	removes = sign && strchr("#%", sign);
	twice = removes && shell_peek(shell, 1) == sign;
	if (sign != '}')
		shell->at += shell_at_end(shell) ? 0 : 1 + twice;
	TRY(read_brace_word(shell, &word, quoted, removes));
	TRY(get_parameter(shell, name, length, &value));
	switch (length > 0 && (colon || sign != ':') ? sign : '\0') {
	case '-':
		TRY(shell_values_add_values(&value, &word));
		break;
	case '=':
		TRY(shell_values_add_values(&value, &word));
		TRY(shell_variables_set(&shell->variables, name, length, &word));
		break;
	case '+':
		return shell_values_append_values(out, &word);
	case '#':
	case '%':
		TRY(remove_pattern(shell, &value, &word, sign, twice));
		break;
	case '?':
	case '}':
		break;
	default:
		shell_values_reset(&value);
	}
	return shell_values_append_values(out, &value);
}

static int read_expansion(struct shell *shell, struct shell_values *out, bool quoted)
{
	static const char unknown[] = { SHELL_HOLE };
	CLEANUP(shell_values) struct shell_values value = { 0 };
	size_t length;

	switch (shell_peek(shell, 1)) {
	case '(':
		shell->at += 2;
		if (shell_peek(shell, 0) != '(')
			return read_substitution(shell, NULL, 0, out);
		shell->at++;
		shell_skip_parentheses(shell, 2);
		return shell_values_append(out, unknown, 1);
	case '{':
		shell->at += 2;
		return read_braced(shell, out, quoted);
	case '\'':
		shell->at++;
		return quoted ? append_char(shell, out, '$') : read_single(shell, out, true);
	case '"':
		shell->at++;
		return quoted ? append_char(shell, out, '$') : 0;
	}
	shell->at++;
	length = parameter_length(shell);
	if (length == 0)
		return append_char(shell, out, '$');
	/* "$10" is "${1}0". */
	if (isdigit((unsigned char)*shell->at))
		length = 1;
	TRY(get_parameter(shell, shell->at, length, &value));
	shell->at += length;
	return shell_values_append_values(out, &value);
}

static int read_dollar(struct shell *shell, struct shell_values *out, bool quoted)
{
	int r;

	if (shell->depth >= SHELL_DEPTH_MAX) {
		shell_stop(shell);
		return 0;
	}
	shell->depth++;
	r = read_expansion(shell, out, quoted);
	shell->depth--;
	return r;
}

/* The next piece of a text in double quotes. */
static int read_quoted(struct shell *shell, struct shell_values *out)
{
	switch (*shell->at) {
	case '$':
		return read_dollar(shell, out, true);
	case '`':
		return read_backquotes(shell, out);
	case '\\':
		if (memchr("$`\"\\\n", shell_peek(shell, 1), 5))
			return append_escaped(shell, out);
	}
	return append_char(shell, out, *shell->at++);
}

static int read_double(struct shell *shell, struct shell_values *out)
{
	TRY(shell_values_append(out, "", 0));
	for (shell->at++; !shell_at_end(shell) && *shell->at != '"';)
		TRY(read_quoted(shell, out));
	shell->at += !shell_at_end(shell);
	return 0;
}

int shell_read_quoted_lines(struct shell *shell)
{
	while (!shell_at_end(shell)) {
		CLEANUP(shell_values) struct shell_values none = { 0 };

		TRY(read_quoted(shell, &none));
	}
	return 0;
}

/* "{a,b}" and "{1..9}" are several words; "{}" and "{x}" are themselves. */
static size_t brace_list_length(const struct shell *shell)
{
	bool is_list = false;
	char c;

	for (size_t i = 1; i < BRACE_LIST_MAX; i++) {
		c = shell_peek(shell, i);
		if (c == '}')
			return is_list ? i + 1 : 0;
		if (strchr("\"'`$ \t\n;&|()<>", c))
			return 0;
		is_list |= c == ',' || (c == '.' && shell_peek(shell, i + 1) == '.');
	}
	return 0;
}

/* "[a-z]"; a "[" alone is a command. */
static bool closes_bracket(const struct shell *shell)
{
	for (size_t i = 1; i < BRACE_LIST_MAX; i++) {
		char c = shell_peek(shell, i);

		if (c == ']')
			return true;
		if (strchr(" \t\n;&|()<>", c))
			return false;
	}
	return false;
}

/* The next piece of a word that is not in quotes. */
static int read_unquoted(struct shell *shell, struct shell_text *text)
{
	static const char unknown[] = { SHELL_HOLE };
	char c = *shell->at;
	size_t length = c == '{' ? brace_list_length(shell) : 0;
	bool is_command;

	if (shell_peek(shell, 1) == '(' && strchr("?*+@!", c)) {
		shell->at += 2;
		shell_skip_parentheses(shell, 1);
		return shell_values_append(&text->values, unknown, 1);
	}
	if (length > 0 || (c == '~' && (shell->at == text->raw || strchr("=:", shell->at[-1])))) {
		shell->at += length > 0 ? length : 1;
		return shell_values_append(&text->values, unknown, 1);
	}
	is_command = c == '[' && !closes_bracket(shell);
	shell->at++;
	return is_command ? append_char(shell, &text->values, c)
			  : append_glob(shell, &text->values, c);
}

static int read_piece(struct shell *shell, struct shell_text *text)
{
	switch (*shell->at) {
	case '\\':
		text->literal = false;
		return append_escaped(shell, &text->values);
	case '\'':
		text->literal = false;
		return read_single(shell, &text->values, false);
	case '"':
		text->literal = false;
		return read_double(shell, &text->values);
	case '$':
		text->literal = false;
		text->split = true;
		return read_dollar(shell, &text->values, false);
	case '`':
		text->literal = false;
		text->split = true;
		return read_backquotes(shell, &text->values);
	default:
		return read_unquoted(shell, text);
	}
}

int shell_read_word(struct shell *shell, struct shell_text *text)
{
	text->raw = shell->at;
	text->literal = true;
	while (!shell_at_end(shell) && !strchr(" \t\n;&|()<>", *shell->at))
		TRY(read_piece(shell, text));
	text->raw_size = (size_t)(shell->at - text->raw);
	for (unsigned i = 0; i < text->values.count; i++)
		shell->work += text->values.items[i].size;
	if (text->raw_size == 0 && !shell_at_end(shell))
		shell->at++;
	return 0;
}
