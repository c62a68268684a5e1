/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Imports of Perl. Only perl can parse Perl: this reads lines, without documentation and
 * here-documents, and in them the words that import, wherever a statement may begin (also in a text
 * that is evaluated).
 */
#include "base/cleanup.h"
#include "base/error.h"
#include "needs/imports_text.h"

#include <ctype.h>

enum { STATEMENT_MAX = 4096 };

/* A bare name at the beginning of REST: "A::B", "A'B" not. */
static struct view read_name(struct view rest)
{
	size_t length = 0;

	if (rest.size > 0 && isdigit((unsigned char)rest.bytes[0]))
		return (struct view){ rest.bytes, 0 };
	while (length < rest.size) {
		if (import_is_word(rest.bytes[length]))
			length++;
		else if (rest.size - length > 2 && rest.bytes[length] == ':' &&
			 rest.bytes[length + 1] == ':' && import_is_word(rest.bytes[length + 2]))
			length += 2;
		else
			break;
	}
	rest.size = length;
	return rest;
}

/* Whether VIEW is a name that a module can have. */
static bool is_name(struct view view)
{
	return view.size > 0 && read_name(view).size == view.size;
}

/* The words of "qw(...)", whose "qw" *REST begins with, into *WORDS; false where it is none. */
static bool take_words(struct view *rest, struct view *words)
{
	static const char opens[] = "([{</|!";
	static const char closes[] = ")]}>/|!";
	struct view inner;
	const char *open;
	const char *end;

	if (!view_begins(*rest, "qw"))
		return false;
	inner = import_skip_blanks(view_skip(*rest, 2));
	open = inner.size > 0 && inner.bytes[0] ? strchr(opens, inner.bytes[0]) : NULL;
	end = open ? memchr(inner.bytes + 1, closes[open - opens], inner.size - 1) : NULL;
	if (!end)
		return false;
	*words = (struct view){ inner.bytes + 1, (size_t)(end - inner.bytes) - 1 };
	*rest = view_skip(inner, (size_t)(end - inner.bytes) + 1);
	return true;
}

static bool take_word(struct view *words, struct view *word)
{
	*words = import_skip_blanks(*words);
	*word = *words;
	word->size = 0;
	while (word->size < words->size && !isspace((unsigned char)word->bytes[word->size]))
		word->size++;
	*words = view_skip(*words, word->size);
	return word->size > 0;
}

/*
 * A directory: absolute, or what is behind the script's own ("$FindBin::Bin/../lib"). A relative
 * one is of wherever it is run.
 */
static int report_directory(const struct import_text *text, struct view literal)
{
	static const char *const own[] = { "$FindBin::Bin/", "$FindBin::RealBin/", "$Bin/",
					   "$RealBin/", "${FindBin::Bin}/" };

	for (size_t i = 0; i < ARRAY_SIZE(own); i++)
		if (view_begins(literal, own[i]))
			return import_text_report(text, IMPORT_BESIDE,
						  view_skip(literal, strlen(own[i])));
	if (view_begins(literal, "/") && !memchr(literal.bytes, '$', literal.size))
		return import_text_report(text, IMPORT_DIRECTORY, literal);
	return 0;
}

/* The text in quotes that *REST begins with, whatever is put into it. */
static bool take_any_literal(struct view *rest, struct view *literal)
{
	char quote = rest->size > 0 ? rest->bytes[0] : '\0';
	const char *end = quote == '"' || quote == '\''
				  ? memchr(rest->bytes + 1, quote, rest->size - 1)
				  : NULL;

	if (!end)
		return false;
	*literal = (struct view){ rest->bytes + 1, (size_t)(end - rest->bytes) - 1 };
	*rest = view_skip(*rest, (size_t)(end - rest->bytes) + 1);
	return true;
}

typedef int item_fn(const struct import_text *text, struct view item);

static int report_module(const struct import_text *text, struct view name)
{
	return is_name(name) ? import_text_report(text, IMPORT_MODULE, name) : 0;
}

/* Calls FN with each literal and each word of lists up to the statement's end. */
static int visit_list(const struct import_text *text, struct view rest, item_fn *fn)
{
	while (rest.size > 0 && rest.bytes[0] != ';') {
		struct view item;
		struct view words;

		if (import_has_word(rest, 0, "qw") && take_words(&rest, &words)) {
			while (take_word(&words, &item))
				TRY(fn(text, item));
		} else if (take_any_literal(&rest, &item)) {
			TRY(fn(text, item));
		} else {
			rest = import_skip_blanks(view_skip(rest, 1));
		}
	}
	return 0;
}

/* lib->import(...): dirname(__FILE__) . '/../lib' too. */
static int read_lib(const struct import_text *text, struct view rest)
{
	struct view statement = rest;
	const char *end = memchr(rest.bytes, ';', rest.size);
	struct view literal;

	statement.size = end ? (size_t)(end - rest.bytes) : rest.size;
	if (!memmem(statement.bytes, statement.size, "__FILE__", 8) &&
	    !memmem(statement.bytes, statement.size, "$0", 2))
		return visit_list(text, rest, report_directory);
	while (statement.size > 0) {
		if (take_any_literal(&statement, &literal) && view_begins(literal, "/"))
			return import_text_report(text, IMPORT_BESIDE, view_skip(literal, 1));
		statement = view_skip(statement, 1);
	}
	return 0;
}

/* use if COND, "Module" => ...: what is behind the first comma. */
static int read_if(const struct import_text *text, struct view rest)
{
	struct view condition;
	struct view literal;

	if (!view_take(&rest, ',', &condition))
		return 0;
	rest = import_skip_blanks(rest);
	if (rest.size > 0 && rest.bytes[0] == '>')
		rest = import_skip_blanks(view_skip(rest, 1));
	if (take_any_literal(&rest, &literal))
		return report_module(text, literal);
	return report_module(text, read_name(rest));
}

/* REST is behind "use" or "no". */
static int read_use(const struct import_text *text, struct view rest)
{
	static const char *const of_modules[] = { "parent", "base",	  "autouse",   "aliased",
						  "ok",	    "Mojo::Base", "superclass" };
	struct view name = read_name(rest);

	if (name.size == 0 && rest.size > 0 && rest.bytes[0] == '$')
		*text->computed = true;
	/* "use v5.10" */
	if (name.size == 0 ||
	    (name.bytes[0] == 'v' && name.size > 1 && isdigit((unsigned char)name.bytes[1])))
		return 0;
	TRY(import_text_report(text, IMPORT_MODULE, name));
	rest = view_skip(rest, name.size);
	if (view_is(name, "lib"))
		return read_lib(text, rest);
	if (view_is(name, "if"))
		return read_if(text, rest);
	for (size_t i = 0; i < ARRAY_SIZE(of_modules); i++)
		if (view_is(name, of_modules[i]))
			return visit_list(text, rest, report_module);
	return 0;
}

/* REST is behind "require" or "do". */
static int read_require(const struct import_text *text, struct view rest, bool is_require)
{
	struct view name = is_require ? read_name(rest) : (struct view){ rest.bytes, 0 };
	struct view literal;

	if (name.size > 0 &&
	    !(name.bytes[0] == 'v' && name.size > 1 && isdigit((unsigned char)name.bytes[1])))
		return import_text_report(text, IMPORT_MODULE, name);
	if (import_take_literal(&rest, &literal, is_require ? text->computed : NULL))
		return view_begins(literal, "./") ? 0
						  : import_text_report(text, IMPORT_FILE, literal);
	if (is_require && rest.size > 0 && rest.bytes[0] == '$')
		*text->computed = true;
	return 0;
}

/* A function that loads the module of its first argument. */
static int read_load(const struct import_text *text, struct view rest)
{
	struct view literal;

	if (rest.size > 0 && rest.bytes[0] == '(')
		rest = import_skip_blanks(view_skip(rest, 1));
	if (import_take_literal(&rest, &literal, text->computed))
		return report_module(text, literal);
	if (rest.size > 0 && rest.bytes[0] == '$')
		*text->computed = true;
	return 0;
}

enum { WORD_USE, WORD_REQUIRE, WORD_DO, WORD_LOAD, WORD_EXTENDS, WORD_LIB };

static const struct {
	const char *word;
	unsigned what;
} words[] = {
	{ "use", WORD_USE },
	{ "no", WORD_USE },
	{ "require", WORD_REQUIRE },
	{ "do", WORD_DO },
	{ "require_module", WORD_LOAD },
	{ "use_module", WORD_LOAD },
	{ "load_class", WORD_LOAD },
	{ "load_module", WORD_LOAD },
	{ "try_load_class", WORD_LOAD },
	{ "extends", WORD_EXTENDS },
	{ "with", WORD_EXTENDS },
	{ "@INC", WORD_LIB },
};

static int read_word(const struct import_text *text, unsigned what, struct view behind)
{
	struct view rest = import_skip_blanks(behind);
	bool blank = rest.bytes > behind.bytes;

	switch (what) {
	case WORD_USE:
		return blank ? read_use(text, rest) : 0;
	case WORD_REQUIRE:
	case WORD_DO:
		return read_require(text, rest, what == WORD_REQUIRE);
	case WORD_LOAD:
		return read_load(text, rest);
	case WORD_EXTENDS:
		return visit_list(text, rest, report_module);
	default:
		return read_lib(text, rest);
	}
}

/* Whether a statement may begin at AT of LINE, as it may in quotes. */
static bool begins_statement(struct view line, size_t at)
{
	while (at > 0 && isspace((unsigned char)line.bytes[at - 1]))
		at--;
	return at == 0 || strchr(";{}\"'(|&?:=", line.bytes[at - 1]) ||
	       (at >= 2 && memcmp(line.bytes + at - 2, "or", 2) == 0) ||
	       (at >= 3 && memcmp(line.bytes + at - 3, "and", 3) == 0) ||
	       (at >= 4 && memcmp(line.bytes + at - 4, "eval", 4) == 0) ||
	       (at >= 4 && memcmp(line.bytes + at - 4, "lib,", 4) == 0);
}

/* LINE up to a comment in it: a '#' behind a blank, unless it may be one of a regular expression.
 */
static struct view cut_comment(struct view line)
{
	for (size_t i = 1; i + 1 < line.size; i++)
		if (line.bytes[i] == '#' && isspace((unsigned char)line.bytes[i - 1]) &&
		    isspace((unsigned char)line.bytes[i + 1]))
			line.size = i;
	return line;
}

static int read_line(const struct import_text *text, const struct import_begins *begins)
{
	struct view line = cut_comment(text->line);

	for (size_t at = 0; at < line.size; at++) {
		bool other;

		/* class A :isa(B) */
		if (line.bytes[at] == ':' && view_begins(view_skip(line, at), ":isa("))
			TRY(report_module(text, read_name(view_skip(line, at + strlen(":isa(")))));
		/* A word begins only where none goes on. */
		if (!begins->byte[(unsigned char)line.bytes[at]] ||
		    (at > 0 && import_is_word(line.bytes[at - 1])))
			continue;
		/* Of names that something of another kind has: $use, ->require, %with. */
		other = at > 0 && (strchr("$%&>-:", line.bytes[at - 1]) ||
				   (line.bytes[at - 1] == '@' && line.bytes[at] != '@'));

		for (size_t i = 0; !other && i < ARRAY_SIZE(words); i++) {
			struct view behind;

			if (!import_has_word(line, at, words[i].word) ||
			    (words[i].what != WORD_LIB && !begins_statement(line, at)))
				continue;
			/* A statement may go on behind the line. */
			behind.bytes = line.bytes + at + strlen(words[i].word);
			behind.size = (size_t)(text->rest.bytes + text->rest.size - behind.bytes);
			if (behind.size > STATEMENT_MAX)
				behind.size = STATEMENT_MAX;
			TRY(read_word(text, words[i].what, behind));
		}
	}
	return 0;
}

int imports_perl_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed)
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
		struct view word = view_trim(lines.line);

		if (view_is(word, "__END__") || view_is(word, "__DATA__"))
			break;
		if (view_begins(lines.line, "=") && lines.line.size > 1 &&
		    isalpha((unsigned char)lines.line.bytes[1])) {
			import_text_skip_to(&lines, "=cut");
			continue;
		}
		import_text_note_documents(&lines);
		TRY(read_line(&lines, &begins));
	}
	return 0;
}
