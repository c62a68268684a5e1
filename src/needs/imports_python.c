/* SPDX-License-Identifier: Apache-2.0 */
/* Imports of Python, by its tokens (docs.python.org, "Lexical analysis"). */
#include "base/error.h"
#include "needs/imports.h"

#include <ctype.h>
#include <string.h>

enum {
	NAME_LENGTH_MAX = 1000,
	LITERALS_MAX = 8, /* of one line that changes the search path */
};

enum token_kind {
	TOKEN_END,
	TOKEN_NEWLINE, /* of a logical line */
	TOKEN_NAME,
	TOKEN_STRING, /* a literal without what is formatted in it */
	TOKEN_OTHER,  /* one character, a number, a formatted string */
};

struct python_token {
	enum token_kind kind;
	const char *text; /* without the quotes */
	size_t size;
};

/* A logical line that names sys.path. */
struct path_line {
	bool is_one;
	bool is_own;	    /* it has __file__ in it */
	unsigned n_parents; /* times that dirname is called */
	struct python_token literals[LITERALS_MAX];
	unsigned n_literals;
};

struct python_reader {
	const char *at;
	const char *end;
	unsigned line;	     /* at the cursor */
	unsigned token_line; /* where TOKEN begins */
	unsigned depth;	     /* of parentheses */
	bool inside;	     /* a function */
	size_t indent;	     /* of that */
	struct python_token token;
	struct path_line path;
	import_fn *visit;
	void *data;
	bool *computed;
};

static char peek(const struct python_reader *python, size_t count)
{
	return (size_t)(python->end - python->at) > count ? python->at[count] : '\0';
}

static bool is_name_character(char c)
{
	return isalnum((unsigned char)c) || c == '_' || (unsigned char)c >= 0x80;
}

static bool is(const struct python_token *token, const char *text)
{
	return (token->kind == TOKEN_NAME || token->kind == TOKEN_OTHER) &&
	       token->size == strlen(text) && memcmp(token->text, text, token->size) == 0;
}

static void skip_blanks(struct python_reader *python)
{
	for (;;) {
		char c = peek(python, 0);

		if (c == '\\' && (peek(python, 1) == '\n' || peek(python, 1) == '\r')) {
			python->at += peek(python, 1) == '\r' && peek(python, 2) == '\n' ? 3 : 2;
			python->line++;
		} else if (c == '#') {
			while (python->at < python->end && *python->at != '\n')
				python->at++;
		} else if (c == '\n' && python->depth > 0) {
			python->at++;
			python->line++;
		} else if (c == ' ' || c == '\t' || c == '\r' || c == '\f') {
			python->at++;
		} else {
			return;
		}
	}
}

static bool is_prefix(char c)
{
	switch (c) {
	case 'r':
	case 'R':
	case 'b':
	case 'B':
	case 'u':
	case 'U':
	case 'f':
	case 'F':
		return true;
	default:
		return false;
	}
}

/* The length of a string's prefix ("rb") where one is at the cursor, before its quotes. */
static bool begins_string(const struct python_reader *python, size_t *prefix)
{
	*prefix = 0;
	while (*prefix < 3 && is_prefix(peek(python, *prefix)))
		++*prefix;
	return peek(python, *prefix) == '"' || peek(python, *prefix) == '\'';
}

static struct python_token read_string(struct python_reader *python, size_t prefix)
{
	struct python_token token = { .kind = TOKEN_STRING };
	size_t n_quotes;
	char quote;

	for (size_t i = 0; i < prefix; i++)
		if (strchr("fF", python->at[i]))
			token.kind = TOKEN_OTHER;
	python->at += prefix;
	quote = *python->at;
	n_quotes = peek(python, 1) == quote && peek(python, 2) == quote ? 3 : 1;
	python->at += n_quotes;
	token.text = python->at;
	for (; python->at < python->end; python->at++) {
		if (*python->at == quote &&
		    (n_quotes == 1 || (peek(python, 1) == quote && peek(python, 2) == quote)))
			break;
		/* One that is not closed ends with its line. */
		if (*python->at == '\n' && n_quotes == 1)
			break;
		if (*python->at == '\\' && python->end - python->at > 1) {
			python->at++;
			token.kind = TOKEN_OTHER;
		}
		python->line += *python->at == '\n';
	}
	token.size = (size_t)(python->at - token.text);
	if (python->at < python->end && *python->at != '\n')
		python->at += n_quotes;
	return token;
}

static struct python_token read_token(struct python_reader *python)
{
	struct python_token token = { .text = python->at, .size = 1 };
	size_t prefix;

	if (python->at >= python->end)
		return token;
	if (begins_string(python, &prefix))
		return read_string(python, prefix);
	token.kind = TOKEN_OTHER;
	if (*python->at == '\n') {
		token.kind = TOKEN_NEWLINE;
		python->line++;
	} else if (is_name_character(*python->at)) {
		token.kind = isdigit((unsigned char)*python->at) ? TOKEN_OTHER : TOKEN_NAME;
		token.size = 0;
		while (is_name_character(peek(python, token.size)))
			token.size++;
	} else if (*python->at == '(' || *python->at == '[' || *python->at == '{') {
		python->depth++;
	} else if (*python->at == ')' || *python->at == ']' || *python->at == '}') {
		python->depth -= python->depth > 0;
	}
	python->at += token.size;
	return token;
}

static void next(struct python_reader *python)
{
	skip_blanks(python);
	python->token_line = python->line;
	python->token = read_token(python);
}

static int report(const struct python_reader *python, enum import_kind kind, const char *name,
		  unsigned line)
{
	const struct import import = { kind, name, line, python->inside };

	return *name ? python->visit(python->data, &import) : 0;
}

/* A dotted name at the token, with the dots before it, behind what NAME has already. */
static void read_dotted(struct python_reader *python, char name[NAME_LENGTH_MAX + 1])
{
	size_t used = strlen(name);
	bool after_name = false;

	for (; is(&python->token, ".") || (python->token.kind == TOKEN_NAME && !after_name);
	     next(python)) {
		/* "from . import" */
		if (is(&python->token, "import"))
			break;
		if (used + python->token.size > NAME_LENGTH_MAX)
			continue;
		memcpy(name + used, python->token.text, python->token.size);
		used += python->token.size;
		after_name = python->token.kind == TOKEN_NAME;
	}
	name[used] = '\0';
}

static void skip_alias(struct python_reader *python)
{
	if (!is(&python->token, "as"))
		return;
	next(python);
	next(python);
}

/* import a.b as c, d */
static int read_import(struct python_reader *python)
{
	do {
		char name[NAME_LENGTH_MAX + 1] = "";
		unsigned line;

		next(python);
		line = python->token_line;
		read_dotted(python, name);
		TRY(report(python, IMPORT_MODULE, name, line));
		skip_alias(python);
	} while (is(&python->token, ","));
	return 0;
}

/* from ..a import (b as c, d) */
static int read_from(struct python_reader *python)
{
	char module[NAME_LENGTH_MAX + 1] = "";
	size_t length;
	unsigned line = python->token_line;

	next(python);
	read_dotted(python, module);
	if (!is(&python->token, "import"))
		return 0;
	length = strlen(module);
	if (length == 0)
		return 0;
	TRY(report(python, IMPORT_MODULE, module, line));
	do {
		char name[NAME_LENGTH_MAX + 1];
		const struct python_token *token = &python->token;

		next(python);
		if (is(token, "("))
			next(python);
		if ((token->kind != TOKEN_NAME && !is(token, "*")) ||
		    length + token->size + 2 > sizeof(name))
			return 0;
		memcpy(name, module, length);
		name[length] = '.';
		/* "from . import x" is ".x". */
		memcpy(name + length + (module[length - 1] != '.'), token->text, token->size);
		name[length + (module[length - 1] != '.') + token->size] = '\0';
		TRY(report(python, IMPORT_NAME, name, python->token_line));
		next(python);
		skip_alias(python);
	} while (is(&python->token, ","));
	return 0;
}

static int report_token(const struct python_reader *python, enum import_kind kind,
			const struct python_token *token, unsigned line)
{
	char name[NAME_LENGTH_MAX + 1];

	if (token->size > NAME_LENGTH_MAX || memchr(token->text, '\0', token->size))
		return 0;
	memcpy(name, token->text, token->size);
	name[token->size] = '\0';
	return report(python, kind, name, line);
}

/* The literal that is the whole first argument of a call; behind its name is the token. */
static bool read_argument(struct python_reader *python, struct python_token *literal)
{
	if (!is(&python->token, "("))
		return false;
	next(python);
	*literal = python->token;
	if (literal->kind != TOKEN_STRING)
		return false;
	next(python);
	return is(&python->token, ")") || is(&python->token, ",");
}

/* "dist==1.0", "dist[extra]>=2" */
static int report_distribution(const struct python_reader *python, struct python_token literal,
			       unsigned line)
{
	size_t length = 0;

	while (length < literal.size && (isalnum((unsigned char)literal.text[length]) ||
					 strchr("._-", literal.text[length])))
		length++;
	literal.size = length;
	return report_token(python, IMPORT_DISTRIBUTION, &literal, line);
}

/* Functions that import or look for what their first argument says. */
static int read_call(struct python_reader *python, enum import_kind kind)
{
	unsigned line = python->token_line;
	bool is_call;
	struct python_token literal;

	next(python);
	is_call = is(&python->token, "(");
	if (read_argument(python, &literal))
		return kind == IMPORT_MODULE ? report_token(python, kind, &literal, line)
					     : report_distribution(python, literal, line);
	if (is_call && kind == IMPORT_MODULE)
		*python->computed = true;
	return 0;
}

/* __requires__ = "dist==1.0" */
static int read_requires(struct python_reader *python)
{
	unsigned line = python->token_line;

	next(python);
	if (!is(&python->token, "="))
		return 0;
	next(python);
	return python->token.kind == TOKEN_STRING ? report_distribution(python, python->token, line)
						  : 0;
}

/* The names in the middle of a line that matter. */
static int read_name(struct python_reader *python)
{
	static const struct {
		const char *name;
		enum import_kind kind;
	} calls[] = {
		{ "__import__", IMPORT_MODULE },
		{ "import_module", IMPORT_MODULE },
		{ "run_module", IMPORT_MODULE },
		{ "load_entry_point", IMPORT_DISTRIBUTION },
		{ "importlib_load_entry_point", IMPORT_DISTRIBUTION },
		{ "distribution", IMPORT_DISTRIBUTION },
		{ "get_distribution", IMPORT_DISTRIBUTION },
		{ "version", IMPORT_DISTRIBUTION },
		{ "metadata", IMPORT_DISTRIBUTION },
		{ "requires", IMPORT_DISTRIBUTION },
	};

	for (size_t i = 0; i < sizeof(calls) / sizeof(calls[0]); i++)
		if (is(&python->token, calls[i].name))
			return read_call(python, calls[i].kind);
	if (is(&python->token, "__requires__"))
		return read_requires(python);
	/* "def import_module(name)" calls nothing. */
	if (is(&python->token, "def"))
		next(python);
	next(python);
	return 0;
}

/* What a line of the search path is made of. */
static void note_path(struct python_reader *python)
{
	struct path_line *path = &python->path;
	const struct python_token *token = &python->token;
	const char *behind = token->text + token->size;

	if (is(token, "sys") && python->end - behind >= 5 && memcmp(behind, ".path", 5) == 0 &&
	    !(python->end - behind > 5 && is_name_character(behind[5])))
		path->is_one = true;
	if (is(token, "addsitedir"))
		path->is_one = true;
	path->is_own |= is(token, "__file__");
	path->n_parents += is(token, "dirname") || is(token, "parent");
	if (token->kind == TOKEN_STRING && token->size > 0 && path->n_literals < LITERALS_MAX)
		path->literals[path->n_literals++] = *token;
}

/* Literals behind "../", for each directory that is gone up to but the first. */
static int report_beside(const struct python_reader *python)
{
	const struct path_line *path = &python->path;
	char name[NAME_LENGTH_MAX + 1] = ".";
	size_t used = 1;

	for (unsigned i = 1; i < path->n_parents && used + 3 <= NAME_LENGTH_MAX; i++, used += 3)
		memcpy(name + used, "/..", 3);
	for (unsigned i = 0; i < path->n_literals; i++) {
		if (used + path->literals[i].size + 1 > NAME_LENGTH_MAX)
			return 0;
		name[used++] = '/';
		memcpy(name + used, path->literals[i].text, path->literals[i].size);
		used += path->literals[i].size;
	}
	name[used] = '\0';
	return strlen(name) == used ? report(python, IMPORT_BESIDE, name, python->token_line) : 0;
}

/* At the end of a line: the directories that it puts into the search path. */
static int end_path(struct python_reader *python)
{
	const struct path_line *path = &python->path;

	if (path->is_one && path->is_own)
		TRY(report_beside(python));
	for (unsigned i = 0; path->is_one && !path->is_own && i < path->n_literals; i++)
		if (path->literals[i].text[0] == '/')
			TRY(report_token(python, IMPORT_DIRECTORY, &path->literals[i],
					 python->token_line));
	python->path = (struct path_line){ 0 };
	return 0;
}

/* Whether the line at the token is "except ImportError:". */
static bool begins_fallback(const struct python_reader *python)
{
	const char *end = memchr(python->at, '\n', (size_t)(python->end - python->at));
	size_t size = (size_t)((end ? end : python->end) - python->at);

	return is(&python->token, "except") &&
	       (memmem(python->at, size, "ImportError", 11) ||
		memmem(python->at, size, "ModuleNotFoundError", 19));
}

/* Before the first token of a line: whether that is in a function, or begins one. */
static void note_function(struct python_reader *python, const char *line)
{
	size_t indent = (size_t)(python->token.text - line);

	if (python->inside && indent <= python->indent)
		python->inside = false;
	if (python->inside ||
	    !(is(&python->token, "def") || is(&python->token, "async") || begins_fallback(python)))
		return;
	python->inside = true;
	python->indent = indent;
}

/* The statement or the rest of one at the token. */
static int read_rest(struct python_reader *python, bool at_start)
{
	if (at_start && is(&python->token, "import"))
		return read_import(python);
	if (at_start && is(&python->token, "from"))
		return read_from(python);
	if (python->token.kind == TOKEN_NAME)
		return read_name(python);
	next(python);
	return 0;
}

int imports_python_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed)
{
	struct python_reader python = {
		.at = text,
		.end = text + size,
		.line = 1,
		.visit = visit,
		.data = data,
		.computed = computed,
	};
	bool at_start = true;
	const char *line;

	*computed = false;
	/* A mark of UTF-8 is none of its first name. */
	if (size >= 3 && memcmp(text, "\357\273\277", 3) == 0)
		python.at += 3;
	line = python.at;
	next(&python);
	while (python.token.kind != TOKEN_END) {
		bool ends_line = python.token.kind == TOKEN_NEWLINE;
		bool begins = ends_line || is(&python.token, ";") ||
			      (is(&python.token, ":") && python.depth == 0);

		if (line && !ends_line)
			note_function(&python, line);
		line = ends_line ? python.at : NULL;
		note_path(&python);
		if (ends_line)
			TRY(end_path(&python));
		TRY(read_rest(&python, at_start));
		at_start = begins;
	}
	return end_path(&python);
}
