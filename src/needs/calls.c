/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/calls.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "needs/call_line.h"

#include <errno.h>

struct call_reading {
	struct call_scope scope;
	struct call_token before;    /* the token that is read */
	struct call_token qualifier; /* what stands before that, and a dot */
	bool starts;
	const char *collected; /* up to where arguments were */
	call_fn *visit;	       /* NULL while variables are found out */
	void *data;
};

static int report(const struct call_reading *reading, enum call_kind kind, const char *text)
{
	const struct call call = { kind, text };

	return reading->visit(reading->data, &call);
}

/* What makes Perl and Ruby call the shell. */
static bool has_metacharacters(const char *text)
{
	return strpbrk(text, "*?[]<>|&;()$'\"`{}~\n\\") != NULL;
}

/* Whether "shell=True" or "shell: true" is among the arguments, behind the cursor. */
static bool asks_shell(struct call_reading *reading)
{
	unsigned depth = 1;

	for (unsigned i = 0; i < CALL_TOKENS_MAX && depth > 0; i++) {
		struct call_token token = call_token_next(&reading->scope.reader);

		depth += call_token_is(&token, "(");
		depth -= call_token_is(&token, ")");
		if (token.kind == CALL_TOKEN_END)
			break;
		if (!call_token_is(&token, "shell"))
			continue;
		call_token_next(&reading->scope.reader);
		token = call_token_next(&reading->scope.reader);
		return call_token_is(&token, "True") || call_token_is(&token, "true") ||
		       call_token_is(&token, "1");
	}
	return false;
}

static int report_line(const struct call_reading *reading, const struct call_line *line, bool shell)
{
	TRY(buffer_error(&line->text));
	if (shell)
		TRY(report(reading, CALL_SHELL, ""));
	return line->text.size > 0 ? report(reading, CALL_LINE, line->text.bytes) : 0;
}

/* Arguments that start a program; BEHIND is where they begin. */
static int read_start(struct call_reading *reading, enum call_what what, struct call_token token,
		      const char *behind)
{
	CLEANUP(call_line) struct call_line line = { 0 };
	bool shell = what == CALL_STARTS_SHELL;

	if (call_token_is(&token, "("))
		token = call_token_next(&reading->scope.reader);
	if (call_token_is(&token, ")"))
		return 0;
	call_line_read(&reading->scope, token, what == CALL_STARTS_ANY, &line);
	TRY(buffer_error(&line.text));
	reading->collected = reading->scope.reader.at;
	if (what == CALL_STARTS_EITHER)
		shell = line.computed ||
			(!line.list && line.text.size > 0 && has_metacharacters(line.text.bytes));
	if (what == CALL_STARTS_ASKED) {
		reading->scope.reader.at = behind;
		shell = asks_shell(reading);
	}
	return report_line(reading, &line, shell);
}

/* "|x", "x|", "-|", "x" */
static int read_open(struct call_reading *reading, struct call_token token)
{
	for (unsigned i = 0; i < CALL_TOKENS_MAX;
	     i++, token = call_token_next(&reading->scope.reader)) {
		CLEANUP(call_line) struct call_line line = { 0 };
		struct view text = token.text;

		if (token.kind == CALL_TOKEN_END || call_token_is(&token, ";") ||
		    call_token_is(&token, "or"))
			return 0;
		if (token.kind != CALL_TOKEN_TEXT)
			continue;
		if (view_is(text, "-|") || view_is(text, "|-"))
			return read_start(reading, CALL_STARTS_EITHER,
					  call_token_next(&reading->scope.reader), NULL);
		text = view_trim(text);
		if (text.size > 1 && text.bytes[text.size - 1] == '|')
			text.size--;
		else if (text.size > 1 && text.bytes[0] == '|')
			text = view_skip(text, 1);
		else
			continue;
		line.n_words = 1;
		call_line_add_text(&reading->scope, &line, text, false);
		TRY(buffer_error(&line.text));
		return report_line(reading, &line, has_metacharacters(line.text.bytes));
	}
	return 0;
}

/* All texts among the arguments. */
static int read_libraries(struct call_reading *reading, enum call_kind kind,
			  struct call_token token)
{
	unsigned depth = call_token_is(&token, "(");
	bool bare = depth == 0;

	for (unsigned i = 0; i < CALL_TOKENS_MAX;
	     i++, token = call_token_next(&reading->scope.reader)) {
		CLEANUP(buffer) struct buffer name = { 0 };

		if (i > 0)
			depth += call_token_is(&token, "(");
		if (call_token_is(&token, ")") && depth-- <= 1)
			return 0;
		if (token.kind == CALL_TOKEN_END || call_token_is(&token, ";"))
			return 0;
		if (token.kind != CALL_TOKEN_TEXT || token.text.size == 0 ||
		    token.text.size > CALL_NAME_LENGTH_MAX ||
		    memchr(token.text.bytes, '\0', token.text.size)) {
			if (bare && i > 0 && !call_token_is(&token, ",") && depth == 0)
				return 0;
			continue;
		}
		buffer_add(&name, token.text.bytes, token.text.size);
		TRY(buffer_error(&name));
		TRY(report(reading, kind, name.bytes));
	}
	return 0;
}

/* Whether TOKEN, behind a function's name, begins arguments. */
static bool begins_arguments(const struct call_reading *reading, const struct call_token *token)
{
	if (call_token_is(token, "("))
		return true;
	if (!reading->scope.language->bare || token->kind == CALL_TOKEN_END)
		return false;
	return token->kind != CALL_TOKEN_OTHER ? !call_token_is(token, "or")
					       : strchr("$@[{\\*", *token->text.bytes) != NULL;
}

static const struct call_word *find_word(const struct call_reading *reading,
					 const struct call_token *token)
{
	for (const struct call_word *word = reading->scope.language->words; word->name; word++)
		if (view_is(token->text, word->name) &&
		    (!word->qualifier || call_token_is(&reading->qualifier, word->qualifier)))
			return word;
	return NULL;
}

static bool starts(enum call_what what)
{
	return what != CALL_LOADS && what != CALL_LOOKS_FOR;
}

/* A call at the cursor; what it is given is read once more, for calls in it. */
static int read_call(struct call_reading *reading, const struct call_word *word)
{
	const char *at = reading->scope.reader.at;
	struct call_token token = call_token_next(&reading->scope.reader);
	const char *behind = reading->scope.reader.at;
	int r = 0;

	if (!begins_arguments(reading, &token)) {
		reading->scope.reader.at = at;
		return 0;
	}
	reading->starts |= starts(word->what);
	if (reading->visit && word->what == CALL_OPENS)
		r = read_open(reading, token);
	else if (reading->visit && starts(word->what))
		r = read_start(reading, word->what, token, behind);
	else if (reading->visit)
		r = read_libraries(reading,
				   word->what == CALL_LOADS ? CALL_LIBRARY : CALL_FIND_LIBRARY,
				   token);
	call_token_rewind(&reading->scope.reader, at);
	return r;
}

/* `x`, qx(x) */
static int read_command(struct call_reading *reading, const struct call_token *token)
{
	CLEANUP(call_line) struct call_line line = { 0 };

	reading->starts = true;
	if (!reading->visit)
		return 0;
	call_line_add_text(&reading->scope, &line, token->text, false);
	TRY(buffer_error(&line.text));
	return report_line(reading, &line,
			   line.text.size > 0 && has_metacharacters(line.text.bytes));
}

/* "x" | getline, | "x" */
static int read_pipe(struct call_reading *reading, const struct call_token *token)
{
	CLEANUP(call_line) struct call_line line = { 0 };
	const char *at = reading->scope.reader.at;
	struct call_token next = call_token_next(&reading->scope.reader);

	reading->scope.reader.at = at;
	if (!call_token_is(&reading->before, "|") && !call_token_is(&next, "|"))
		return 0;
	reading->starts = true;
	if (!reading->visit)
		return 0;
	call_line_add_text(&reading->scope, &line, token->text, false);
	return report_line(reading, &line, true);
}

/* x = "y", @x = ("y", "z") */
static int read_assignment(struct call_reading *reading, struct view name)
{
	CLEANUP(call_line) struct call_line line = { 0 };
	const char *at = reading->scope.reader.at;
	struct call_token token = call_token_next(&reading->scope.reader);
	int r = 0;

	if (call_token_is(&token, "=") && reading->scope.reader.at < reading->scope.reader.end &&
	    !strchr("=>~", *reading->scope.reader.at)) {
		call_line_read(&reading->scope, call_token_next(&reading->scope.reader), false,
			       &line);
		r = buffer_error(&line.text);
		if (r == 0 && line.n_words > 0 && line.text.size > 0)
			r = call_scope_set(&reading->scope, name, line.text.bytes);
	}
	call_token_rewind(&reading->scope.reader, at);
	return r;
}

/* A text that is no argument of what is known: of several words, it may be a command line. */
static int read_quoted(const struct call_reading *reading, struct view text)
{
	char copy[CALL_NAME_LENGTH_MAX + 1];

	if (!reading->starts || text.size < 2 || text.size > CALL_NAME_LENGTH_MAX ||
	    memchr(text.bytes, '\0', text.size) || memchr(text.bytes, '\n', text.size))
		return 0;
	memcpy(copy, text.bytes, text.size);
	copy[text.size] = '\0';
	return report(reading, strpbrk(copy, " |") ? CALL_QUOTED_LINE : CALL_QUOTED, copy);
}

/* ["x", "-y"]: whatever starts it. */
static int read_list(struct call_reading *reading)
{
	CLEANUP(call_line) struct call_line line = { 0 };
	const char *at = reading->scope.reader.at;
	struct call_token first = call_token_next(&reading->scope.reader);
	struct call_token comma = call_token_next(&reading->scope.reader);
	struct call_token second = call_token_next(&reading->scope.reader);
	int r = 0;

	if (at > reading->collected && first.kind == CALL_TOKEN_TEXT &&
	    call_token_is(&comma, ",") && second.kind == CALL_TOKEN_TEXT &&
	    view_begins(second.text, "-")) {
		call_line_add_word(&line, first.text);
		call_line_add_word(&line, second.text);
		call_line_read_words(&reading->scope, &line);
		r = report_line(reading, &line, false);
	}
	call_token_rewind(&reading->scope.reader, at);
	return r;
}

static int read_token(struct call_reading *reading, const struct call_token *token)
{
	const struct call_word *word;

	switch (token->kind) {
	case CALL_TOKEN_NAME:
		word = find_word(reading, token);
		/* "def system", "sub run" define, and "->run" is of others. */
		if (word && !call_token_is(&reading->before, "def") &&
		    !call_token_is(&reading->before, "sub") &&
		    !call_token_is(&reading->before, "function"))
			return read_call(reading, word);
		return reading->visit ? 0 : read_assignment(reading, token->text);
	case CALL_TOKEN_COMMAND:
		return read_command(reading, token);
	case CALL_TOKEN_TEXT:
		if (reading->scope.language->pipes)
			TRY(read_pipe(reading, token));
		return reading->visit ? read_quoted(reading, token->text) : 0;
	default:
		return reading->visit && reading->starts && call_token_is(token, "[")
			       ? read_list(reading)
			       : 0;
	}
}

static int read_all(struct call_reading *reading)
{
	reading->scope.reader.at = reading->scope.reader.begin;
	reading->scope.reader.work = 0;
	reading->collected = reading->scope.reader.begin;
	reading->before = reading->qualifier = (struct call_token){ .text = { "", 0 } };
	for (;;) {
		struct call_token token = call_token_next(&reading->scope.reader);

		if (token.kind == CALL_TOKEN_END)
			return 0;
		TRY(read_token(reading, &token));
		/* "a.b" has "a" before "b", and "->b" has ">". */
		if (!call_token_is(&token, ".") && !call_token_is(&token, ":"))
			reading->qualifier = token;
		reading->before = token;
	}
}

bool calls_may_load(const struct calls_language *language, const char *text, size_t size)
{
	for (const struct call_word *word = language->words; word && word->name; word++)
		if (!starts(word->what) && memmem(text, size, word->name, strlen(word->name)))
			return true;
	return false;
}

static void call_reading_cleanup(struct call_reading *reading)
{
	call_scope_reset(&reading->scope);
}

int calls_read(const struct calls_language *language, const char *text, size_t size, call_fn *visit,
	       void *data)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(call_reading)
	struct call_reading reading = {
		.scope = {
			.reader = { .syntax = &language->syntax, .begin = text, .end = text + size },
			.language = language,
			.arena = arena,
		},
		.data = data,
	};

	if (!arena)
		return -ENOMEM;
	if (language->read)
		return language->read(text, size, visit, data);
	if (size == 0 ||
	    (language->sign && !memmem(text, size, language->sign, strlen(language->sign))))
		return 0;
	/* Variables may be set behind what uses them: they are found out first. */
	TRY(read_all(&reading));
	reading.visit = visit;
	return read_all(&reading);
}
