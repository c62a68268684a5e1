/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imports of JavaScript as Node runs it: require("x"), import ... from "x", export ... from "x",
 * import("x"). The text is read as tokens, so that what stands in comments, literals, templates and
 * regular expressions is none.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "needs/imports_text.h"

#include <ctype.h>

enum {
	TEMPLATE_DEPTH_MAX = 64,
	EXPRESSION_LENGTH_MAX = 1000,
};

struct node_text {
	struct import_text report; /* of which the number of the line, and who is told */
	struct view rest;
	const char *counted; /* up to where lines are in that number */
	bool operand;	     /* what comes before is a value: a '/' behind it divides */
	bool member;	     /* it is a '.' */
	/* Braces that are open in each "${" that is. */
	unsigned braces[TEMPLATE_DEPTH_MAX];
	unsigned depth;
};

static void skip(struct node_text *text, size_t size)
{
	text->rest = view_skip(text->rest, size);
}

/* Few lines import anything: they are counted when one does. */
static void count_lines(struct node_text *text)
{
	const char *end = text->rest.bytes;
	const char *at = text->counted;

	while (at < end && (at = memchr(at, '\n', (size_t)(end - at))) != NULL) {
		text->report.number++;
		at++;
	}
	text->counted = end;
}

static size_t find(struct view view, const char *mark)
{
	const char *at = memmem(view.bytes, view.size, mark, strlen(mark));

	return at ? (size_t)(at - view.bytes) : view.size;
}

/* REST without blanks and comments before it. */
static struct view skip_blanks(struct view rest)
{
	for (;;) {
		while (rest.size > 0 && isspace((unsigned char)rest.bytes[0]))
			rest = view_skip(rest, 1);
		if (view_begins(rest, "//"))
			rest = view_skip(rest, find(rest, "\n"));
		else if (view_begins(rest, "/*"))
			rest = view_skip(rest, find(rest, "*/") + 2);
		else
			return rest;
	}
}

/* The length of the literal in quotes that REST begins with; a line that ends ends it. */
static size_t literal_length(struct view rest)
{
	for (size_t i = 1; i < rest.size; i++) {
		if (rest.bytes[i] == '\\')
			i++;
		else if (rest.bytes[i] == rest.bytes[0])
			return i + 1;
		else if (rest.bytes[i] == '\n')
			return i;
	}
	return rest.size;
}

/* The length of the regular expression that REST begins with; 1: it is a sign of its own. */
static size_t expression_length(struct view rest)
{
	bool in_class = false;

	if (rest.size > EXPRESSION_LENGTH_MAX)
		rest.size = EXPRESSION_LENGTH_MAX;
	for (size_t i = 1; i < rest.size && rest.bytes[i] != '\n'; i++) {
		if (rest.bytes[i] == '\\')
			i++;
		else if (rest.bytes[i] == '[')
			in_class = true;
		else if (rest.bytes[i] == ']')
			in_class = false;
		else if (rest.bytes[i] == '/' && !in_class)
			return i + 1;
	}
	return 1;
}

/* Skips the rest of a template, up to its end or to where code is put into it. */
static void skip_template(struct node_text *text)
{
	for (size_t i = 0; i < text->rest.size; i++) {
		struct view here = view_skip(text->rest, i);

		if (here.bytes[0] == '\\') {
			i++;
		} else if (here.bytes[0] == '`') {
			text->operand = true;
			skip(text, i + 1);
			return;
		} else if (view_begins(here, "${") && text->depth < TEMPLATE_DEPTH_MAX) {
			text->braces[text->depth++] = 0;
			text->operand = false;
			skip(text, i + 2);
			return;
		}
	}
	skip(text, text->rest.size);
}

/* The text in quotes, or in a template without variables, that *REST begins with. */
static bool take_text(struct view *rest, struct view *name)
{
	size_t length;

	if (rest->size < 2 || !strchr("\"'`", rest->bytes[0]) || !rest->bytes[0])
		return false;
	length = literal_length(*rest);
	if (length < 2 || rest->bytes[length - 1] != rest->bytes[0])
		return false;
	*name = (struct view){ rest->bytes + 1, length - 2 };
	*rest = view_skip(*rest, length);
	return !memchr(name->bytes, '\\', name->size) && find(*name, "${") == name->size;
}

static int report(const struct node_text *text, struct view name)
{
	enum import_kind kind = IMPORT_MODULE;

	if (view_is(name, ".") || view_is(name, "..") || view_begins(name, "./") ||
	    view_begins(name, "../"))
		kind = IMPORT_RELATIVE;
	else if (view_begins(name, "/"))
		kind = IMPORT_FILE;
	else if (memchr(name.bytes, ':', name.size) || view_begins(name, "#"))
		return 0; /* "node:fs", "https://...": not of a file; "#x": of the own package */
	return import_text_report(&text->report, kind, name);
}

/* ("x"), as of require and import: what is no literal alone is computed. */
static int read_call(const struct node_text *text, struct view rest)
{
	struct view name;

	rest = skip_blanks(view_skip(rest, 1));
	if (rest.size == 0 || rest.bytes[0] == ')')
		return 0;
	if (take_text(&rest, &name)) {
		rest = skip_blanks(rest);
		if (rest.size > 0 && (rest.bytes[0] == ')' || rest.bytes[0] == ','))
			return report(text, name);
	}
	*text->report.computed = true;
	return 0;
}

/* What follows a word that may import. */
static int read_import(const struct node_text *text, struct view word, struct view rest)
{
	bool is_require = view_is(word, "require");
	struct view name;

	rest = skip_blanks(rest);
	if (is_require && view_begins(rest, ".resolve"))
		rest = skip_blanks(view_skip(rest, strlen(".resolve")));
	if (rest.size == 0)
		return 0;
	if (rest.bytes[0] == '(' && !view_is(word, "from"))
		return read_call(text, rest);
	if (!is_require && take_text(&rest, &name))
		return report(text, name);
	return 0;
}

static bool is_word_character(char c)
{
	return import_is_word(c) || c == '$';
}

/* Words that a value follows, and so a regular expression, not a division. */
static bool is_operator(struct view word)
{
	static const char *const operators[] = { "return", "typeof", "case",  "in",	   "of",
						 "delete", "void",   "else",  "throw",	   "new",
						 "do",	   "await",  "yield", "instanceof" };

	for (size_t i = 0; i < ARRAY_SIZE(operators); i++)
		if (view_is(word, operators[i]))
			return true;
	return false;
}

static int read_word(struct node_text *text)
{
	struct view word = { text->rest.bytes, 0 };
	bool member = text->member;

	while (word.size < text->rest.size && is_word_character(word.bytes[word.size]))
		word.size++;
	text->operand = !is_operator(word);
	skip(text, word.size);
	if (member ||
	    (!view_is(word, "require") && !view_is(word, "import") && !view_is(word, "from")))
		return 0;
	count_lines(text);
	return read_import(text, word, text->rest);
}

static void read_brace(struct node_text *text, char brace)
{
	unsigned *open = text->depth > 0 ? &text->braces[text->depth - 1] : NULL;

	text->operand = false;
	skip(text, 1);
	if (!open)
		return;
	if (brace == '{') {
		++*open;
	} else if (*open > 0) {
		--*open;
	} else {
		text->depth--;
		skip_template(text);
	}
}

/* What is no word: moves behind it. */
static void read_sign(struct node_text *text)
{
	char c = text->rest.bytes[0];

	text->member = c == '.' && !view_begins(text->rest, "...");
	if (c == '"' || c == '\'') {
		skip(text, literal_length(text->rest));
		text->operand = true;
	} else if (c == '`') {
		skip(text, 1);
		skip_template(text);
	} else if (c == '{' || c == '}') {
		read_brace(text, c);
	} else if (c == '/' && !text->operand) {
		size_t length = expression_length(text->rest);

		skip(text, length);
		text->operand = length > 1;
	} else {
		skip(text, view_begins(text->rest, "...") ? 3 : 1);
		text->operand = c == ')' || c == ']';
	}
}

int imports_node_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed)
{
	struct node_text node = {
		.report = { .number = 1, .visit = visit, .data = data, .computed = computed },
		.rest = { text, size },
		.counted = text,
	};

	*computed = false;
	/* "#!/usr/bin/node" */
	if (view_begins(node.rest, "#!"))
		skip(&node, find(node.rest, "\n"));
	for (;;) {
		struct view rest = skip_blanks(node.rest);

		skip(&node, (size_t)(rest.bytes - node.rest.bytes));
		if (node.rest.size == 0)
			return 0;
		if (is_word_character(node.rest.bytes[0])) {
			TRY(read_word(&node));
			node.member = false;
		} else {
			read_sign(&node);
		}
	}
}
