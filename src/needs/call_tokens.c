/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/call_tokens.h"

#include <ctype.h>

enum {
	LITERAL_LENGTH_MAX = 1 << 16,
	WORK_MAX = 16 << 20, /* bytes that were looked through in vain: no source has so many */
};

static char peek(const struct call_reader *reader, size_t count)
{
	return (size_t)(reader->end - reader->at) > count ? reader->at[count] : '\0';
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool begins(const struct call_reader *reader, const char *text)
{
	return view_begins((struct view){ reader->at, (size_t)(reader->end - reader->at) }, text);
}

bool call_token_is(const struct call_token *token, const char *text)
{
	return (token->kind == CALL_TOKEN_NAME || token->kind == CALL_TOKEN_OTHER) &&
	       view_is(token->text, text);
}

/* Gives up on a text that is made to keep a reader busy. */
static void spend(struct call_reader *reader, size_t bytes)
{
	reader->work += bytes;
	if (reader->work > WORK_MAX)
		reader->at = reader->end;
}

void call_token_rewind(struct call_reader *reader, const char *at)
{
	size_t bytes = (size_t)(reader->at - at);

	reader->at = at;
	spend(reader, bytes);
}

static void skip_line(struct call_reader *reader)
{
	const char *end = memchr(reader->at, '\n', (size_t)(reader->end - reader->at));

	reader->at = end ? end : reader->end;
}

/* Behind the next TEXT, or to the end. */
static void skip_behind(struct call_reader *reader, const char *text)
{
	const char *found =
		memmem(reader->at, (size_t)(reader->end - reader->at), text, strlen(text));

	reader->at = found ? found + strlen(text) : reader->end;
}

/* "$#x" and "s#x#y#" are no comments. */
static bool is_hash_comment(const struct call_reader *reader)
{
	char before = reader->at > reader->begin ? reader->at[-1] : '\n';

	return isspace((unsigned char)before) || strchr(";,(){}[]", before);
}

/* Whether a comment that ends with its line is at the cursor. */
static bool begins_comment(const struct call_reader *reader)
{
	const struct call_syntax *syntax = reader->syntax;

	if (syntax->hash && *reader->at == '#' && is_hash_comment(reader))
		return true;
	/* "https://" in what is no text either. */
	if (syntax->slashes && begins(reader, "//"))
		return reader->at == reader->begin || reader->at[-1] != ':';
	return syntax->dashes && begins(reader, "--");
}

static bool skip_comment(struct call_reader *reader)
{
	const struct call_syntax *syntax = reader->syntax;

	if (syntax->slashes && begins(reader, "/*"))
		skip_behind(reader, "*/");
	else if (syntax->dashes && begins(reader, "--[["))
		skip_behind(reader, "]]");
	else if (begins_comment(reader))
		skip_line(reader);
	else
		return false;
	return true;
}

/* Whether the line at LINE is all of WORD, but for blanks before it. */
static bool is_line(struct view line, struct view word)
{
	line = view_trim(line);
	while (line.size > word.size && strchr(";),.", line.bytes[line.size - 1]))
		line.size--;
	return line.size == word.size && memcmp(line.bytes, word.bytes, word.size) == 0;
}

/*
 * The text of lines that "<<X" begins is not read, nor is what is left of its line: most of such
 * are for people, or for others to read. What no line ends is none.
 */
static bool skip_document(struct call_reader *reader)
{
	struct view rest = { reader->at + 2, (size_t)(reader->end - reader->at) - 2 };
	struct view word;
	struct view line;
	char quote;

	while (rest.size > 0 && (rest.bytes[0] == '~' || rest.bytes[0] == '-'))
		rest = view_skip(rest, 1);
	quote = rest.size > 0 && strchr("'\"", rest.bytes[0]) ? rest.bytes[0] : '\0';
	if (quote)
		rest = view_skip(rest, 1);
	word = (struct view){ rest.bytes, 0 };
	while (word.size < rest.size && is_name_character(rest.bytes[word.size]))
		word.size++;
	if (word.size == 0 || isdigit((unsigned char)word.bytes[0]))
		return false;
	if (!view_take_line(&rest, &line))
		return false;
	while (view_take_line(&rest, &line))
		if (is_line(line, word)) {
			reader->at = line.bytes + line.size;
			return true;
		}
	spend(reader, (size_t)(reader->end - reader->at));
	return false;
}

/* Documentation between lines that begin with "=": Perl's ends with "=cut", Ruby's with "=end". */
static bool skip_documentation(struct call_reader *reader)
{
	struct view rest = { reader->at, (size_t)(reader->end - reader->at) };
	struct view line;

	if ((reader->at > reader->begin && reader->at[-1] != '\n') ||
	    !isalpha((unsigned char)peek(reader, 1)))
		return false;
	while (view_take_line(&rest, &line))
		if (view_begins(line, "=cut") || view_begins(line, "=end"))
			break;
	reader->at = rest.size > 0 ? rest.bytes : reader->end;
	return true;
}

static void skip_blanks(struct call_reader *reader)
{
	bool documents = reader->syntax->documents;

	while (reader->at < reader->end) {
		char c = *reader->at;

		if (isspace((unsigned char)c) || (c == '\\' && peek(reader, 1) == '\n'))
			reader->at++;
		else if (!(documents && begins(reader, "<<") && skip_document(reader)) &&
			 !(documents && c == '=' && skip_documentation(reader)) &&
			 !skip_comment(reader))
			return;
	}
}

/*
 * The end of a literal that begins at FROM and is closed by CLOSE, within which OPEN (NUL: nothing)
 * opens another: NULL where it has none. Only one with LINES may go on behind its line.
 */
static const char *find_close(struct call_reader *reader, const char *from, char open, char close,
			      bool lines)
{
	const char *end = reader->end;
	unsigned depth = 0;

	if (end - from > LITERAL_LENGTH_MAX)
		end = from + LITERAL_LENGTH_MAX;
	for (const char *at = from; at < end; at++) {
		if (*at == '\\' && close != '\\')
			at++;
		else if (open && *at == open)
			depth++;
		else if (*at == close && depth-- == 0)
			return at;
		else if (*at == '\n' && !lines)
			return NULL;
	}
	spend(reader, (size_t)(end - from));
	return NULL;
}

/* A literal from FROM to CLOSE, of which AFTER bytes end it. */
static struct call_token take(struct call_reader *reader, enum call_token_kind kind,
			      const char *from, const char *close, size_t after)
{
	struct call_token token = { .kind = kind,
				    .text = { from, (size_t)(close - from) },
				    .quote = from[-1] };

	reader->at = close + after;
	return token;
}

static struct call_token take_character(struct call_reader *reader)
{
	struct call_token token = { .kind = CALL_TOKEN_OTHER, .text = { reader->at, 1 } };

	reader->at++;
	return token;
}

static struct call_token end_of(const struct call_reader *reader)
{
	return (struct call_token){ .kind = CALL_TOKEN_END, .text = { reader->end, 0 } };
}

static struct call_token read_triple(struct call_reader *reader)
{
	const char quotes[] = { *reader->at, *reader->at, *reader->at, '\0' };
	const char *from = reader->at + 3;
	const char *close = memmem(from, (size_t)(reader->end - from), quotes, 3);

	if (!close)
		close = reader->end;
	return take(reader, CALL_TOKEN_TEXT, from, close, close < reader->end ? 3 : 0);
}

static struct call_token read_quoted(struct call_reader *reader)
{
	const struct call_syntax *syntax = reader->syntax;
	char quote = *reader->at;
	bool back = quote == '`';
	const char *close;

	if (syntax->triple && peek(reader, 1) == quote && peek(reader, 2) == quote)
		return read_triple(reader);
	close = find_close(reader, reader->at + 1, '\0', quote, back);
	if (!close)
		return reader->at < reader->end ? take_character(reader) : end_of(reader);
	return take(reader, back && syntax->commands ? CALL_TOKEN_COMMAND : CALL_TOKEN_TEXT,
		    reader->at + 1, close, 1);
}

static char closing_of(char open)
{
	static const char pairs[] = "()[]{}<>";
	const char *found = strchr(pairs, open);

	return found && (found - pairs) % 2 == 0 ? found[1] : open;
}

/* What KIND of literal "q", "qw", "x" and the like begin; END where they begin none. */
static enum call_token_kind kind_of(struct view letters)
{
	static const struct {
		const char *letters;
		enum call_token_kind kind;
	} kinds[] = {
		{ "q", CALL_TOKEN_TEXT },    { "qq", CALL_TOKEN_TEXT },
		{ "Q", CALL_TOKEN_TEXT },    { "qx", CALL_TOKEN_COMMAND },
		{ "x", CALL_TOKEN_COMMAND }, { "qw", CALL_TOKEN_WORDS },
		{ "w", CALL_TOKEN_WORDS },   { "W", CALL_TOKEN_WORDS },
	};

	for (size_t i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++)
		if (view_is(letters, kinds[i].letters))
			return kinds[i].kind;
	return CALL_TOKEN_END;
}

/* A literal with a delimiter of its own behind LETTERS; false where there is none. */
static bool read_delimited(struct call_reader *reader, struct view letters,
			   struct call_token *token)
{
	enum call_token_kind kind = kind_of(letters);
	const char *from = letters.bytes + letters.size;
	const char *close;

	while (from < reader->end && *from == ' ' && letters.bytes[0] == 'q')
		from++;
	if (kind == CALL_TOKEN_END || from >= reader->end || !strchr("({[<|/!'\"`~^", *from) ||
	    !*from)
		return false;
	close = find_close(reader, from + 1, closing_of(*from) != *from ? *from : '\0',
			   closing_of(*from), true);
	if (!close)
		return false;
	*token = take(reader, kind, from + 1, close, 1);
	return true;
}

static struct call_token read_name(struct call_reader *reader)
{
	const struct call_syntax *syntax = reader->syntax;
	struct call_token token = { .kind = CALL_TOKEN_NAME, .text = { reader->at, 0 } };
	char before = reader->at > reader->begin ? reader->at[-1] : '\n';
	char behind;

	while (is_name_character(peek(reader, token.text.size)))
		token.text.size++;
	behind = peek(reader, token.text.size);
	if (syntax->prefixes && token.text.size <= 2 && (behind == '"' || behind == '\'') &&
	    strspn(token.text.bytes, "rRbBuUfF") >= token.text.size) {
		reader->at += token.text.size;
		return read_quoted(reader);
	}
	if (syntax->words_q && token.text.bytes[0] == 'q' && !strchr("$@%&>{", before) &&
	    read_delimited(reader, token.text, &token))
		return token;
	if (reader->at < reader->end)
		reader->at += token.text.size;
	return token;
}

struct call_token call_token_next(struct call_reader *reader)
{
	struct call_token token = { 0 };
	const struct call_syntax *syntax = reader->syntax;

	skip_blanks(reader);
	if (reader->at >= reader->end)
		return end_of(reader);
	if (is_name_character(*reader->at))
		return read_name(reader);
	if (*reader->at == '"' || *reader->at == '\'' ||
	    (*reader->at == '`' && (syntax->commands || syntax->templates)))
		return read_quoted(reader);
	if (syntax->words_percent && *reader->at == '%' && peek(reader, 1) &&
	    !is_name_character(peek(reader, 2)) &&
	    read_delimited(reader, (struct view){ reader->at + 1, 1 }, &token))
		return token;
	return reader->at < reader->end ? take_character(reader) : end_of(reader);
}
