/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/license.h"
#include "base/buffer.h"
#include "packages/license_names.h"

#include <errno.h>

bool license_take_word(struct view *text, struct view *word)
{
	*text = view_trim(*text);
	*word = *text;
	word->size = 0;
	while (word->size < text->size && !strchr(" \t\r\n", word->bytes[word->size])) {
		char byte = word->bytes[word->size];

		if ((byte == '(' || byte == ')') && word->size > 0)
			break;
		word->size++;
		if (byte == '(' || byte == ')')
			break;
	}
	*text = view_skip(*text, word->size);
	return word->size > 0;
}

/* What may come next in an expression. */
struct grammar {
	unsigned depth; /* of parentheses that are open */
	bool operand;	/* an identifier has to come */
	bool exception; /* the name of one has to come */
};

static bool accept(struct grammar *grammar, struct view word)
{
	if (grammar->exception) {
		grammar->exception = false;
		return license_exception(word);
	}
	if (grammar->operand) {
		if (view_is(word, "("))
			return ++grammar->depth > 0;
		grammar->operand = false;
		return license_identifier(word);
	}
	if (view_is(word, ")"))
		return grammar->depth-- > 0;
	if (view_is(word, "WITH"))
		return grammar->exception = true;
	grammar->operand = true;
	return view_is(word, "AND") || view_is(word, "OR");
}

int license_of_text(struct arena *arena, struct view text, const char **out)
{
	CLEANUP(buffer) struct buffer buffer = { 0 };
	struct grammar grammar = { .operand = true };
	bool tight = true; /* no blank comes before the next word */
	struct view word;

	*out = NULL;
	while (license_take_word(&text, &word)) {
		if (!accept(&grammar, word))
			return 0;
		if (!tight && !view_is(word, ")"))
			buffer_add_string(&buffer, " ");
		buffer_add(&buffer, word.bytes, word.size);
		tight = view_is(word, "(");
	}
	if (grammar.operand || grammar.exception || grammar.depth > 0)
		return 0;
	if (buffer_error(&buffer))
		return -ENOMEM;
	*out = arena_strndup(arena, buffer.bytes, buffer.size);
	return *out ? 0 : -ENOMEM;
}
