/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/imports_text.h"

#include <ctype.h>

enum { OPEN_DOCUMENTS_MAX = 64 };

/* Whether LINE ends the document of that name: a "~" or "-" before it lets it be indented. */
static bool ends_document(struct view line, struct view name)
{
	if (name.size > 0 && (name.bytes[0] == '~' || name.bytes[0] == '-')) {
		name = view_skip(name, 1);
		line = view_trim(line);
	}
	if (name.size > 0 && (name.bytes[0] == '"' || name.bytes[0] == '\'')) {
		name = view_skip(name, 1);
		name.size -= name.size > 0;
	}
	if (line.size > 0 && line.bytes[line.size - 1] == '\r')
		line.size--;
	return line.size == name.size && memcmp(line.bytes, name.bytes, name.size) == 0;
}

/* What looks like a document, and is ended by no line, is none. */
static void skip_document(struct import_text *text, struct view name)
{
	struct view rest = text->rest;
	unsigned number = text->number;
	struct view line;

	while (view_take_line(&rest, &line)) {
		number++;
		if (!ends_document(line, name))
			continue;
		text->rest = rest;
		text->number = number;
		return;
	}
	text->n_open++;
}

bool import_text_next(struct import_text *text)
{
	for (unsigned i = 0; i < text->n_here; i++)
		skip_document(text, text->here[i]);
	text->n_here = 0;
	if (!view_take_line(&text->rest, &text->line))
		return false;
	text->number++;
	if (import_skip_blanks(text->line).size == 0)
		text->line.size = 0;
	return true;
}

/* The name behind "<<", with what it begins with; nothing where there is none. */
static struct view read_document_name(struct view rest)
{
	size_t length = rest.size > 0 && strchr("~-", rest.bytes[0]) && rest.bytes[0] ? 1 : 0;
	size_t start;
	char quote = length < rest.size ? rest.bytes[length] : '\0';

	if (quote == '"' || quote == '\'') {
		const char *end = memchr(rest.bytes + length + 1, quote, rest.size - length - 1);

		rest.size = end ? (size_t)(end - rest.bytes) + 1 : 0;
		return rest;
	}
	start = length;
	while (length < rest.size && import_is_word(rest.bytes[length]))
		length++;
	rest.size = length > start && !isdigit((unsigned char)rest.bytes[start]) ? length : 0;
	return rest;
}

void import_text_note_documents(struct import_text *text)
{
	const char *at;
	struct view rest = text->line;

	/* Few lines have even one. */
	if (rest.size == 0 || !memchr(rest.bytes, '<', rest.size))
		return;
	while (rest.size > 0 && (at = memmem(rest.bytes, rest.size, "<<", 2)) != NULL &&
	       text->n_here < HERE_DOCUMENTS_MAX && text->n_open < OPEN_DOCUMENTS_MAX) {
		struct view name;

		rest = view_skip(rest, (size_t)(at - rest.bytes) + 2);
		name = read_document_name(rest);
		if (name.size > 0)
			text->here[text->n_here++] = name;
	}
}

int import_text_report(const struct import_text *text, enum import_kind kind, struct view name)
{
	char copy[IMPORT_LENGTH_MAX + 1];
	const struct import import = { kind, copy, text->number };

	if (name.size == 0 || name.size > IMPORT_LENGTH_MAX || memchr(name.bytes, '\0', name.size))
		return 0;
	memcpy(copy, name.bytes, name.size);
	copy[name.size] = '\0';
	return text->visit(text->data, &import);
}

bool import_has_word(struct view view, size_t at, const char *word)
{
	size_t length;

	/* It is asked at each byte of a text. */
	if (at >= view.size || view.bytes[at] != word[0])
		return false;
	length = strlen(word);
	return view.size - at >= length && memcmp(view.bytes + at, word, length) == 0 &&
	       (at == 0 || !import_is_word(view.bytes[at - 1])) &&
	       (at + length == view.size || !import_is_word(view.bytes[at + length]));
}

struct view import_skip_blanks(struct view rest)
{
	for (;;) {
		while (rest.size > 0 && isspace((unsigned char)rest.bytes[0]))
			rest = view_skip(rest, 1);
		if (rest.size == 0 || rest.bytes[0] != '#')
			return rest;
		while (rest.size > 0 && rest.bytes[0] != '\n')
			rest = view_skip(rest, 1);
	}
}

bool import_take_literal(struct view *rest, struct view *literal, bool *computed)
{
	char quote = rest->size > 0 ? rest->bytes[0] : '\0';
	const char *end;

	if (quote != '"' && quote != '\'')
		return false;
	end = memchr(rest->bytes + 1, quote, rest->size - 1);
	if (!end)
		return false;
	*literal = (struct view){ rest->bytes + 1, (size_t)(end - rest->bytes) - 1 };
	if (memchr(literal->bytes, '\\', literal->size) ||
	    (quote == '"' && (memmem(literal->bytes, literal->size, "#{", 2) ||
			      memchr(literal->bytes, '$', literal->size)))) {
		if (computed)
			*computed = true;
		return false;
	}
	*rest = view_skip(*rest, (size_t)(end - rest->bytes) + 1);
	return true;
}

void import_text_skip_to(struct import_text *text, const char *end)
{
	struct view line;

	while (view_take_line(&text->rest, &line)) {
		text->number++;
		if (view_begins(line, end))
			return;
	}
}
