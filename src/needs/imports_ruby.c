/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imports of Ruby: the words that import, wherever a statement may begin, on the lines that are
 * no comment, documentation or here-document.
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "needs/imports_text.h"

#include <ctype.h>

/* The statement that REST begins with, on one line. */
static struct view statement_of(struct view rest)
{
	const char *end = memchr(rest.bytes, '\n', rest.size);

	if (end)
		rest.size = (size_t)(end - rest.bytes);
	return view_trim(rest);
}

/* Whether VIEW has TEXT in it. */
static bool has(struct view view, const char *text)
{
	return memmem(view.bytes, view.size, text, strlen(text)) != NULL;
}

/* The text in quotes that comes first in *REST, which is behind it then. */
static bool find_literal(struct view *rest, struct view *literal)
{
	for (; rest->size > 0; *rest = view_skip(*rest, 1)) {
		char quote = rest->bytes[0];
		const char *end = quote == '"' || quote == '\''
					  ? memchr(rest->bytes + 1, quote, rest->size - 1)
					  : NULL;

		if (!end)
			continue;
		*literal = (struct view){ rest->bytes + 1, (size_t)(end - rest->bytes) - 1 };
		*rest = view_skip(*rest, (size_t)(end - rest->bytes) + 1);
		return true;
	}
	return false;
}

/*
 * What is composed of the source's own place: "#{__dir__}/x", File.join(__dir__, "x", "y"),
 * File.expand_path("../x", __FILE__) (where the file counts as a directory),
 * File.dirname(__FILE__) + "/x". *KNOWN is unset where it is of no such form.
 */
static int report_own(const struct import_text *text, struct view statement, enum import_kind kind,
		      bool *known)
{
	static const char *const inner[] = { "#{__dir__}/", "#{File.dirname(__FILE__)}/" };
	bool of_file = has(statement, "expand_path") && has(statement, "__FILE__") &&
		       !has(statement, "dirname");
	char path[IMPORT_LENGTH_MAX + 1];
	struct view literal;
	size_t used = 0;

	*known = has(statement, "__dir__") || has(statement, "__FILE__");
	while (*known && find_literal(&statement, &literal)) {
		for (size_t i = 0; i < ARRAY_SIZE(inner); i++)
			if (view_begins(literal, inner[i]))
				literal = view_skip(literal, strlen(inner[i]));
		if (of_file && used == 0 && view_begins(literal, ".."))
			literal = view_skip(literal, literal.size > 2 ? 3 : 2);
		if (has(literal, "#{") || used + literal.size + 1 > IMPORT_LENGTH_MAX) {
			*known = false;
			return 0;
		}
		if (used > 0)
			path[used++] = '/';
		while (literal.size > 0 && literal.bytes[0] == '/')
			literal = view_skip(literal, 1);
		memcpy(path + used, literal.bytes, literal.size);
		used += literal.size;
	}
	if (!*known)
		return 0;
	return import_text_report(text, kind,
				  used > 0 ? (struct view){ path, used } : view_of("."));
}

/* One argument, with or without parentheses: a literal, or composed. */
static int read_argument(const struct import_text *text, struct view rest, enum import_kind kind,
			 enum import_kind own)
{
	struct view statement = statement_of(rest);
	struct view literal;
	bool is_literal;
	bool known;

	if (view_begins(rest, "("))
		rest = import_skip_blanks(view_skip(rest, 1));
	is_literal = import_take_literal(&rest, &literal, NULL);
	rest = statement_of(rest);
	/* "x" + y, "x" % y */
	if (is_literal && (rest.size == 0 || !strchr("+%.*", rest.bytes[0])))
		return import_text_report(text, kind, literal);
	TRY(report_own(text, statement, own, &known));
	if (!known && statement.size > 0 && kind != IMPORT_DISTRIBUTION)
		*text->computed = true;
	return 0;
}

/* autoload :X, "x" */
static int read_autoload(const struct import_text *text, struct view rest)
{
	struct view name;

	rest = statement_of(rest);
	if (!view_take(&rest, ',', &name))
		return 0;
	return read_argument(text, import_skip_blanks(rest), IMPORT_MODULE, IMPORT_RELATIVE);
}

/* $:.unshift "/x", $LOAD_PATH << File.join(__dir__, "x") */
static int read_load_path(const struct import_text *text, struct view rest)
{
	struct view statement = statement_of(rest);
	struct view literal;
	bool known;

	if (!has(statement, "unshift") && !has(statement, "push") && !has(statement, "<<") &&
	    !has(statement, "append") && !has(statement, "prepend") && !has(statement, "insert"))
		return 0;
	TRY(report_own(text, statement, IMPORT_BESIDE, &known));
	if (known)
		return 0;
	while (find_literal(&statement, &literal))
		if (view_begins(literal, "/") && !has(literal, "#{"))
			TRY(import_text_report(text, IMPORT_DIRECTORY, literal));
	return 0;
}

enum { WORD_REQUIRE, WORD_RELATIVE, WORD_LOAD, WORD_AUTOLOAD, WORD_GEM, WORD_PATH };

static const struct {
	const char *word;
	unsigned what;
	bool anywhere; /* not only where a statement may begin */
} words[] = {
	{ "require", WORD_REQUIRE, false },
	{ "require_dependency", WORD_REQUIRE, false },
	{ "require_relative", WORD_RELATIVE, false },
	{ "load", WORD_LOAD, false },
	{ "autoload", WORD_AUTOLOAD, false },
	{ "gem", WORD_GEM, false },
	{ "activate_bin_path", WORD_GEM, true },
	{ "bin_path", WORD_GEM, true },
	{ "find_by_name", WORD_GEM, true },
	{ "$LOAD_PATH", WORD_PATH, true },
	{ "$:", WORD_PATH, true },
};

static int read_word(const struct import_text *text, unsigned what, struct view behind)
{
	struct view rest = behind;

	/* Nothing goes on behind a line, unless in parentheses. */
	while (rest.size > 0 && (rest.bytes[0] == ' ' || rest.bytes[0] == '\t'))
		rest = view_skip(rest, 1);
	switch (what) {
	case WORD_REQUIRE:
		return read_argument(text, rest, IMPORT_MODULE, IMPORT_RELATIVE);
	case WORD_RELATIVE:
		return read_argument(text, rest, IMPORT_RELATIVE, IMPORT_RELATIVE);
	case WORD_LOAD:
		/* Gem's own words say what that loads. */
		if (has(statement_of(rest), "bin_path"))
			return 0;
		return read_argument(text, rest, IMPORT_FILE, IMPORT_RELATIVE);
	case WORD_AUTOLOAD:
		return read_autoload(text, rest);
	case WORD_GEM:
		return read_argument(text, rest, IMPORT_DISTRIBUTION, IMPORT_DISTRIBUTION);
	default:
		return read_load_path(text, rest);
	}
}

static bool ends_with(struct view line, size_t at, const char *word)
{
	size_t length = strlen(word);

	return at >= length && import_has_word(line, at - length, word);
}

/* Whether a statement may begin at AT of LINE. */
static bool begins_statement(struct view line, size_t at)
{
	static const char *const before[] = {
		"begin", "do",	   "then", "else", "and",    "or",
		"if",	 "unless", "not",  "in",   "ensure", "return"
	};

	while (at > 0 && isspace((unsigned char)line.bytes[at - 1]))
		at--;
	if (at == 0 || strchr(";{(|&?:=!>", line.bytes[at - 1]))
		return true;
	for (size_t i = 0; i < ARRAY_SIZE(before); i++)
		if (ends_with(line, at, before[i]))
			return true;
	return false;
}

/* What follows has to be an argument: "load = 1", "gem.name" and "require:" are something else. */
static bool is_call(struct view behind)
{
	struct view rest = statement_of(behind);
	bool blank = behind.size > 0 && isspace((unsigned char)behind.bytes[0]);

	if (rest.size == 0)
		return false;
	if (!blank)
		return strchr("('\"", rest.bytes[0]) != NULL;
	return isalnum((unsigned char)rest.bytes[0]) || strchr("('\":_$@", rest.bytes[0]);
}

static int read_line(const struct import_text *text, const struct import_begins *begins)
{
	struct view line = text->line;

	for (size_t at = 0; at < line.size; at++) {
		if (!begins->byte[(unsigned char)line.bytes[at]])
			continue;
		for (size_t i = 0; i < ARRAY_SIZE(words); i++) {
			size_t length = strlen(words[i].word);
			struct view behind;
			bool is_path = words[i].what == WORD_PATH;

			if (is_path ? line.size - at < length ||
					      memcmp(line.bytes + at, words[i].word, length) != 0
				    : !import_has_word(line, at, words[i].word))
				continue;
			if (!words[i].anywhere && (!begins_statement(line, at) ||
						   (at > 0 && strchr(".:@$", line.bytes[at - 1]))))
				continue;
			behind.bytes = line.bytes + at + length;
			behind.size = (size_t)(text->rest.bytes + text->rest.size - behind.bytes);
			if (behind.size > IMPORT_LENGTH_MAX)
				behind.size = IMPORT_LENGTH_MAX;
			if (is_path || is_call(behind))
				TRY(read_word(text, words[i].what, behind));
		}
	}
	return 0;
}

int imports_ruby_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed)
{
	struct import_text lines = {
		.rest = { text, size },
		.visit = visit,
		.data = data,
		.computed = computed,
	};

	struct import_begins begins = { 0 };

	*computed = false;
	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		import_note_begin(&begins, words[i].word);
	while (import_text_next(&lines)) {
		if (view_is(view_trim(lines.line), "__END__"))
			break;
		if (view_begins(lines.line, "=begin")) {
			import_text_skip_to(&lines, "=end");
			continue;
		}
		import_text_note_documents(&lines);
		TRY(read_line(&lines, &begins));
	}
	return 0;
}
