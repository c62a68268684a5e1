/* SPDX-License-Identifier: Apache-2.0 */
/* What a Lua source requires: require "a.b", require("a.b"), require [[a.b]]. */
#include "base/error.h"
#include "base/view.h"
#include "needs/imports.h"

#include <ctype.h>
#include <string.h>

enum { NAME_LENGTH_MAX = 255 };

struct lua_text {
	const char *at;
	const char *end;
	unsigned line;
	import_fn *visit;
	void *data;
	bool *computed;
};

static char peek(const struct lua_text *lua, size_t count)
{
	return (size_t)(lua->end - lua->at) > count ? lua->at[count] : '\0';
}

static void skip(struct lua_text *lua, size_t count)
{
	for (; count > 0 && lua->at < lua->end; count--)
		lua->line += *lua->at++ == '\n';
}

/* The level of the long bracket that begins here, "[==[" of 2; -1 where none does. */
static int bracket_level(const struct lua_text *lua)
{
	size_t level = 0;

	if (peek(lua, 0) != '[')
		return -1;
	while (peek(lua, 1 + level) == '=' && level < 64)
		level++;
	return peek(lua, 1 + level) == '[' ? (int)level : -1;
}

/* A long bracket of LEVEL; *TEXT is what is in it. */
static void take_bracket(struct lua_text *lua, int level, struct view *text)
{
	size_t width = (size_t)level + 2;

	skip(lua, width);
	text->bytes = lua->at;
	for (; lua->at < lua->end; skip(lua, 1)) {
		size_t marks = 0;

		if (*lua->at != ']')
			continue;
		while (marks < (size_t)level && peek(lua, 1 + marks) == '=')
			marks++;
		if (marks == (size_t)level && peek(lua, 1 + marks) == ']')
			break;
	}
	text->size = (size_t)(lua->at - text->bytes);
	skip(lua, width);
}

/* A text in quotes; one that does not end on its line is none. */
static void take_quoted(struct lua_text *lua, struct view *text)
{
	char quote = *lua->at;

	skip(lua, 1);
	text->bytes = lua->at;
	while (lua->at < lua->end && *lua->at != quote && *lua->at != '\n')
		skip(lua, *lua->at == '\\' ? 2 : 1);
	text->size = (size_t)(lua->at - text->bytes);
	if (peek(lua, 0) == quote)
		skip(lua, 1);
}

/* Whether a text begins here, which is taken then. */
static bool take_text(struct lua_text *lua, struct view *text)
{
	int level = bracket_level(lua);

	if (level >= 0)
		take_bracket(lua, level, text);
	else if (peek(lua, 0) == '"' || peek(lua, 0) == '\'')
		take_quoted(lua, text);
	else
		return false;
	return true;
}

static void skip_blanks(struct lua_text *lua)
{
	while (lua->at < lua->end && isspace((unsigned char)*lua->at))
		skip(lua, 1);
}

static void skip_comment(struct lua_text *lua)
{
	struct view text;
	int level;

	skip(lua, 2);
	level = bracket_level(lua);
	if (level >= 0)
		take_bracket(lua, level, &text);
	while (level < 0 && lua->at < lua->end && *lua->at != '\n')
		skip(lua, 1);
}

/* Behind "require": the name, if a text is all there is. */
static int take_require(struct lua_text *lua)
{
	char name[NAME_LENGTH_MAX + 1];
	struct import import = { .kind = IMPORT_MODULE, .name = name, .line = lua->line };
	bool called = false;
	struct view text;

	skip_blanks(lua);
	if (peek(lua, 0) == '(') {
		called = true;
		skip(lua, 1);
		skip_blanks(lua);
	}
	if (!take_text(lua, &text)) {
		/* "local require = require" is no call. */
		*lua->computed |= called;
		return 0;
	}
	skip_blanks(lua);
	if (called && peek(lua, 0) != ')') {
		*lua->computed = true;
		return 0;
	}
	if (text.size == 0 || text.size > NAME_LENGTH_MAX || memchr(text.bytes, '\0', text.size) ||
	    memchr(text.bytes, '\\', text.size))
		return 0;
	memcpy(name, text.bytes, text.size);
	name[text.size] = '\0';
	return lua->visit(lua->data, &import);
}

static int take_identifier(struct lua_text *lua, char before)
{
	struct view word = { lua->at, 0 };

	while (lua->at < lua->end && (isalnum((unsigned char)*lua->at) || *lua->at == '_'))
		skip(lua, 1);
	word.size = (size_t)(lua->at - word.bytes);
	return view_is(word, "require") && before != '.' && before != ':' ? take_require(lua) : 0;
}

int imports_lua_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed)
{
	struct lua_text lua = { text, text + size, 1, visit, data, computed };
	char before = '\0';
	struct view ignored;

	*computed = false;
	while (lua.at < lua.end) {
		char c = *lua.at;

		if (c == '-' && peek(&lua, 1) == '-') {
			skip_comment(&lua);
		} else if (isalpha((unsigned char)c) || c == '_') {
			TRY(take_identifier(&lua, before));
		} else if (isdigit((unsigned char)c)) {
			while (isalnum((unsigned char)peek(&lua, 0)))
				skip(&lua, 1);
		} else if (!take_text(&lua, &ignored)) {
			skip(&lua, 1);
		}
		if (!isspace((unsigned char)c))
			before = c;
	}
	return 0;
}
