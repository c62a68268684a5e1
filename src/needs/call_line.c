/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/call_line.h"
#include "base/cleanup.h"
#include "base/hash.h"

#include <ctype.h>
#include <errno.h>

enum {
	WORDS_MAX = 64,
	VARIABLES_MAX = 2048,
	VALUES_MAX = 4, /* of one variable */
	LINE_LENGTH_MAX = 4000,
};

/* A name that is set to literals, each as a command line. */
struct call_variable {
	UT_hash_handle hh;
	const char *values[VALUES_MAX];
	unsigned n_values;
};

void call_scope_reset(struct call_scope *scope)
{
	HASH_CLEAR(hh, scope->variables);
}

static const struct call_variable *find_variable(const struct call_scope *scope, struct view name)
{
	struct call_variable *found;

	HASH_FIND(hh, scope->variables, name.bytes, name.size, found);
	return found;
}

int call_scope_set(struct call_scope *scope, struct view name, const char *value)
{
	struct call_variable *variable;
	char *key;

	HASH_FIND(hh, scope->variables, name.bytes, name.size, variable);
	if (!variable) {
		if (scope->n_variables >= VARIABLES_MAX || name.size > CALL_NAME_LENGTH_MAX)
			return 0;
		key = view_copy(scope->arena, name);
		variable = arena_alloc(scope->arena, sizeof(*variable));
		if (!key || !variable)
			return -ENOMEM;
		scope->n_variables++;
		HASH_ADD_KEYPTR(hh, scope->variables, key, name.size, variable);
		if (!HASH_HAS(variable))
			return -ENOMEM;
	}
	if (variable->n_values == VALUES_MAX)
		return 0;
	variable->values[variable->n_values] = arena_strdup(scope->arena, value);
	return variable->values[variable->n_values++] ? 0 : -ENOMEM;
}

static size_t name_length(struct view text)
{
	size_t length = 0;

	while (length < text.size &&
	       (isalnum((unsigned char)text.bytes[length]) || text.bytes[length] == '_'))
		length++;
	return length;
}

/*
 * How much of TEXT, at "$x", "${x}", "#{x}" or "{x}", is a placeholder; NAME is what is in it. 0
 * where it is none.
 */
static size_t placeholder_length(struct view text, bool braces, struct view *name)
{
	bool open = braces && text.bytes[0] == '{';
	size_t before = open ? 1 : 2;
	const char *close;

	if (!open && (text.size < 2 || !strchr("$#", text.bytes[0])))
		return 0;
	if (open || text.bytes[1] == '{') {
		close = memchr(text.bytes, '}', text.size);
		if (!close)
			return 0;
		*name = (struct view){ text.bytes + before, (size_t)(close - text.bytes) - before };
		return (size_t)(close - text.bytes) + 1;
	}
	if (text.bytes[0] != '$')
		return 0;
	*name = (struct view){ text.bytes + 1, name_length(view_skip(text, 1)) };
	return name->size > 0 ? name->size + 1 : 0;
}

static char unescape(char c)
{
	return c == 'n' ? '\n' : c == 't' ? '\t' : c;
}

/* Adds TEXT, as the shell gets it, with what is known of what is put into it. */
void call_line_add_text(const struct call_scope *scope, struct call_line *line, struct view text,
			bool braces)
{
	while (text.size > 0 && line->text.size < LINE_LENGTH_MAX) {
		const struct call_variable *variable;
		struct view name;
		size_t length = placeholder_length(text, braces, &name);
		char c = text.bytes[0];

		if (length > 0) {
			variable = find_variable(scope, name);
			buffer_add_string(&line->text, variable ? variable->values[0] : "$x");
			text = view_skip(text, length);
			continue;
		}
		if (c == '\\' && text.size > 1 && strchr("nt\"'\\$`@", text.bytes[1])) {
			text = view_skip(text, 1);
			c = unescape(text.bytes[0]);
		}
		if (c)
			buffer_add(&line->text, &c, 1);
		text = view_skip(text, 1);
	}
}

/* Adds TEXT as a word that the shell does not split. */
void call_line_add_word(struct call_line *line, struct view text)
{
	if (line->n_words++ > 0)
		buffer_add_string(&line->text, " ");
	buffer_add_string(&line->text, "'");
	for (size_t i = 0; i < text.size && line->text.size < LINE_LENGTH_MAX; i++) {
		if (text.bytes[i] == '\'')
			buffer_add_string(&line->text, "'\\''");
		else if (text.bytes[i])
			buffer_add(&line->text, text.bytes + i, 1);
	}
	buffer_add_string(&line->text, "'");
}

/* Whether something may be put into TOKEN between braces alone: Python's f"{x}". */
static bool has_braces(const struct call_scope *scope, const struct call_token *token)
{
	const char *quote = token->text.bytes - 1;

	while (quote > scope->reader.begin && (*quote == '"' || *quote == '\''))
		quote--;
	return scope->language->syntax.prefixes && strchr("fF", *quote);
}

/*
 * Reads on behind a text that is the whole command line: what is joined to it. Returns the token
 * that ends it.
 */
static struct call_token read_joined(struct call_scope *scope, struct call_line *line)
{
	struct call_token token = call_token_next(&scope->reader);
	bool joined = false;

	for (unsigned i = 0; i < CALL_TOKENS_MAX; i++, token = call_token_next(&scope->reader)) {
		if (token.kind == CALL_TOKEN_TEXT)
			call_line_add_text(scope, line, token.text, has_braces(scope, &token));
		else if (call_token_is(&token, "+") || call_token_is(&token, "."))
			joined = true;
		else if (joined && token.kind == CALL_TOKEN_NAME)
			call_line_add_text(scope, line, view_of("$x"), false);
		else if (!(joined && token.kind == CALL_TOKEN_OTHER &&
			   strchr("$@", *token.text.bytes)))
			break;
	}
	return token;
}

/* The value of a variable that stands in the place of a line; false where it is not known. */
static bool add_variable(const struct call_scope *scope, struct call_line *line, struct view name)
{
	const struct call_variable *variable = find_variable(scope, name);

	for (unsigned i = 0; variable && i < variable->n_values; i++) {
		if (i > 0)
			buffer_add_string(&line->text, "\n");
		buffer_add_string(&line->text, variable->values[i]);
		line->n_words++;
	}
	return variable != NULL;
}

/* What stands around a list, and does nothing to it. */
static bool is_wrapper(const struct call_scope *scope, const struct call_token *token)
{
	static const char *const names[] = { "shlex", "split", "list",	     "tuple",
					     "str",   "my",    "shell_quote" };

	if (token->kind == CALL_TOKEN_OTHER)
		return strchr("([.*$@\\&%-", *token->text.bytes) != NULL;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (call_token_is(token, names[i]))
			return true;
	/* "self.x" is x. */
	return scope->reader.at < scope->reader.end && *scope->reader.at == '.';
}

/* Skips what is between braces: a hash of variables before a command. */
static void skip_braces(struct call_scope *scope)
{
	struct call_token token = { .kind = CALL_TOKEN_OTHER };
	unsigned depth = 1;

	for (unsigned i = 0; i < CALL_TOKENS_MAX && depth > 0 && token.kind != CALL_TOKEN_END;
	     i++) {
		token = call_token_next(&scope->reader);
		depth += call_token_is(&token, "{");
		depth -= call_token_is(&token, "}");
	}
}

/* Words that follow the first of a list: up to one that is computed. */
void call_line_read_words(struct call_scope *scope, struct call_line *line)
{
	for (unsigned i = 0; i < WORDS_MAX; i++) {
		struct call_token token = call_token_next(&scope->reader);

		if (token.kind == CALL_TOKEN_TEXT)
			call_line_add_word(line, token.text);
		else if (!call_token_is(&token, ",") && !call_token_is(&token, "["))
			return;
	}
}

/* A text that is the first of the arguments at TOKEN: all of the line, or the first word. */
static void read_first(struct call_scope *scope, const struct call_token *token, bool list,
		       struct call_line *line)
{
	const char *at = scope->reader.at;
	struct call_token next = call_token_next(&scope->reader);
	bool whole = memchr(token->text.bytes, ' ', token->text.size) != NULL;

	line->list = list || (call_token_is(&next, ",") && !whole);
	scope->reader.at = at;
	if (line->list) {
		call_line_add_word(line, token->text);
		call_line_read_words(scope, line);
		return;
	}
	line->n_words = 1;
	call_line_add_text(scope, line, token->text, has_braces(scope, token));
	read_joined(scope, line);
}

/*
 * Reads the command line that arguments make, or a value: TOKEN is the first. ANY: others may stand
 * before a literal.
 */
void call_line_read(struct call_scope *scope, struct call_token token, bool any,
		    struct call_line *line)
{
	bool list = false;

	for (unsigned i = 0; i < CALL_TOKENS_MAX; i++, token = call_token_next(&scope->reader)) {
		if (token.kind == CALL_TOKEN_END || call_token_is(&token, ")") ||
		    call_token_is(&token, ";"))
			return;
		list |= call_token_is(&token, "[") || call_token_is(&token, "@") ||
			call_token_is(&token, "*");
		if (call_token_is(&token, "{")) {
			skip_braces(scope);
		} else if (token.kind == CALL_TOKEN_TEXT) {
			read_first(scope, &token, list, line);
			return;
		} else if (token.kind == CALL_TOKEN_WORDS) {
			line->n_words = 1;
			line->list = true;
			call_line_add_text(scope, line, token.text, false);
			return;
		} else if (token.kind == CALL_TOKEN_NAME && add_variable(scope, line, token.text)) {
			line->list = list;
			return;
		} else if (!any && !call_token_is(&token, ",") && !is_wrapper(scope, &token)) {
			line->computed = !list;
			return;
		}
	}
}
