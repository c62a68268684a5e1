/* SPDX-License-Identifier: Apache-2.0 */
/* Lists of commands: what stands between them, and the compound ones (POSIX, 2.9; bash(1)). */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/view.h"
#include "needs/shell_reader.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

void shell_stop(struct shell *shell)
{
	shell->stopped = true;
	shell->summary->incomplete = true;
}

static bool is_word(const struct shell_text *text, const char *word)
{
	return text->literal && strlen(word) == text->raw_size &&
	       memcmp(text->raw, word, text->raw_size) == 0;
}

static bool is_one_of(const struct shell_text *text, const char *const *words)
{
	for (; *words; words++)
		if (is_word(text, *words))
			return true;
	return false;
}

static bool skip_comment(struct shell *shell)
{
	if (shell_peek(shell, 0) != '#')
		return false;
	while (!shell_at_end(shell) && *shell->at != '\n')
		shell->at++;
	return true;
}

/* Blanks, and ends of lines that are none. */
static void skip_blanks(struct shell *shell)
{
	for (;;) {
		char c = shell_peek(shell, 0);

		if (c == '\\' && shell_peek(shell, 1) == '\n') {
			shell->at += 2;
			shell->line++;
		} else if (c == ' ' || c == '\t') {
			shell->at++;
		} else {
			return;
		}
	}
}

/* And lines, where another may come: nobody puts a here-document there. */
static void skip_lines(struct shell *shell)
{
	for (skip_blanks(shell); shell_peek(shell, 0) == '\n' || skip_comment(shell);
	     skip_blanks(shell)) {
		if (shell_peek(shell, 0) != '\n')
			continue;
		shell->at++;
		shell->line++;
	}
}

void shell_skip_parentheses(struct shell *shell, unsigned count)
{
	for (; count > 0 && !shell_at_end(shell); shell->at++) {
		if (*shell->at == '(')
			count++;
		else if (*shell->at == ')')
			count--;
		else if (*shell->at == '\n')
			shell->line++;
	}
}

/* The line at the cursor, which is behind it then. */
static struct view take_line(struct shell *shell)
{
	struct view rest = { shell->at, (size_t)(shell->end - shell->at) };
	struct view line = { shell->at, 0 };

	view_take_line(&rest, &line);
	shell->at = rest.bytes;
	shell->line++;
	return line;
}

/* Moves behind a here-document; its text is what is before *END. */
static void skip_here_document(struct shell *shell, const struct shell_here_document *here,
			       const char **end)
{
	for (*end = shell->at; !shell_at_end(shell); *end = shell->at) {
		struct view line = take_line(shell);

		while (here->strip_tabs && line.size > 0 && line.bytes[0] == '\t')
			line = view_skip(line, 1);
		if (view_is(line, here->delimiter))
			return;
	}
}

/* What is run in a here-document, unless its delimiter was quoted. */
static int read_here_document(struct shell *shell, const struct shell_here_document *here)
{
	struct shell before = *shell;
	const char *end;
	const char *behind;
	unsigned line;
	int r;

	skip_here_document(shell, here, &end);
	if (here->quoted)
		return 0;
	behind = shell->at;
	line = shell->line;
	shell->at = before.at;
	shell->line = before.line;
	shell->end = end;
	r = shell_read_quoted_lines(shell);
	shell->end = before.end;
	shell->at = behind;
	shell->line = line;
	return r;
}

static int end_line(struct shell *shell)
{
	struct shell_here_document here[SHELL_HERE_DOCUMENTS_MAX];
	unsigned count = shell->n_here;

	shell->at++;
	shell->line++;
	memcpy(here, shell->here, sizeof(here));
	shell->n_here = 0;
	for (unsigned i = 0; i < count; i++)
		TRY(read_here_document(shell, &here[i]));
	return 0;
}

static int add_here_document(struct shell *shell, bool strip_tabs)
{
	CLEANUP(shell_text) struct shell_text text = { 0 };
	struct shell_here_document *here = &shell->here[shell->n_here];

	skip_blanks(shell);
	TRY(shell_read_word(shell, &text));
	if (shell->n_here == SHELL_HERE_DOCUMENTS_MAX) {
		shell_stop(shell);
		return 0;
	}
	here->strip_tabs = strip_tabs;
	here->quoted = !text.literal;
	here->delimiter = arena_strdup(shell->arena, shell_values_get(&text.values, 0));
	if (!here->delimiter)
		return -ENOMEM;
	shell->n_here++;
	return 0;
}

/* "<x", ">x", "2>&1", "<<x"; the cursor is at the sign. */
static int read_redirection(struct shell *shell)
{
	CLEANUP(shell_text) struct shell_text text = { 0 };
	bool is_input = shell_peek(shell, 0) == '<';
	size_t length = 0;

	while (length < 3 && strchr("<>&|", shell_peek(shell, length)) && shell_peek(shell, length))
		length++;
	/* ">&2" and "<(x)" behind it are no part of the sign. */
	if (is_input && shell_peek(shell, 1) == '<' && shell_peek(shell, 2) != '<') {
		bool strip_tabs = shell_peek(shell, 2) == '-';

		shell->at += 2 + strip_tabs;
		return add_here_document(shell, strip_tabs);
	}
	is_input = is_input && shell_peek(shell, 1) != '&';
	shell->at += length;
	skip_blanks(shell);
	if (shell_at_end(shell) || strchr("\n;|()", *shell->at))
		return 0;
	TRY(shell_read_word(shell, &text));
	return is_input ? shell_command_text(shell, &text.values) : 0;
}

/* Whether a redirection is at the cursor, which then is at its sign. */
static bool begins_redirection(struct shell *shell)
{
	size_t digits = 0;
	char c;

	while (isdigit((unsigned char)shell_peek(shell, digits)))
		digits++;
	c = shell_peek(shell, digits);
	if (c != '<' && c != '>' && !(c == '&' && digits == 0 && shell_peek(shell, 1) == '>'))
		return false;
	shell->at += digits;
	return true;
}

/* "<(x)", ">(x)" */
static bool begins_process(const struct shell *shell)
{
	char c = shell_peek(shell, 0);

	return (c == '<' || c == '>') && shell_peek(shell, 1) == '(';
}

/* Commands up to a ")", in a shell of their own. */
static int read_subshell(struct shell *shell)
{
	struct shell_capture *capture = shell->capture;
	int r;

	if (capture)
		capture->lost = true;
	shell->capture = NULL;
	r = shell_parse(shell, SHELL_UNTIL_PARENTHESIS);
	shell->capture = capture;
	shell->at += !shell_at_end(shell);
	return r;
}

/* Adds what TEXT comes out as; blanks in what is expanded without quotes end a word. */
static int add_split(struct shell_values *values, const struct shell_text *text)
{
	if (!text->split)
		return shell_values_add_values(values, &text->values);
	for (unsigned i = 0; i < text->values.count; i++) {
		CLEANUP(buffer) struct buffer word = { 0 };
		const char *at = shell_values_get(&text->values, i);

		for (at += strspn(at, " \t\n"); *at; at += strspn(at, " \t\n")) {
			size_t length = strcspn(at, " \t\n");

			buffer_reset(&word);
			buffer_add(&word, at, length);
			TRY(buffer_error(&word));
			TRY(shell_values_add(values, word.bytes));
			at += length;
		}
	}
	return 0;
}

/* Words up to the end of a list, or the ")" of an array, added to VALUES. */
static int read_words(struct shell *shell, bool array, struct shell_values *values)
{
	for (;;) {
		CLEANUP(shell_text) struct shell_text text = { 0 };

		if (array)
			skip_lines(shell);
		else
			skip_blanks(shell);
		if (shell_at_end(shell) || *shell->at == ')' ||
		    (!array && strchr("\n;&|", *shell->at)))
			return 0;
		TRY(shell_read_word(shell, &text));
		TRY(shell_command_text(shell, &text.values));
		TRY(add_split(values, &text));
	}
}

/* "for x in a b", "for x", "for ((;;))"; "do" is a keyword as others. */
static int read_for(struct shell *shell)
{
	CLEANUP(shell_text) struct shell_text name = { 0 };
	CLEANUP(shell_values) struct shell_values values = { 0 };
	struct shell before;

	skip_blanks(shell);
	if (shell_peek(shell, 0) == '(' && shell_peek(shell, 1) == '(') {
		shell->at += 2;
		shell_skip_parentheses(shell, 2);
		return 0;
	}
	TRY(shell_read_word(shell, &name));
	skip_lines(shell);
	before = *shell;
	{
		CLEANUP(shell_text) struct shell_text in = { 0 };

		TRY(shell_read_word(shell, &in));
		if (!is_word(&in, "in")) {
			shell->at = before.at;
			shell->line = before.line;
			TRY(shell_values_append_char(&values, SHELL_HOLE));
		} else {
			TRY(read_words(shell, false, &values));
		}
	}
	if (!name.literal)
		return 0;
	return shell_variables_set(&shell->variables, name.raw, name.raw_size, &values);
}

/* "(a | b)" of a case, the first parenthesis of which may be absent. False at its "esac". */
static int read_pattern(struct shell *shell, bool *is_last)
{
	const char *start;

	skip_lines(shell);
	start = shell->at;
	if (shell_peek(shell, 0) == '(')
		shell->at++;
	for (;;) {
		CLEANUP(shell_text) struct shell_text text = { 0 };
		bool is_first = shell->at == start;

		skip_blanks(shell);
		if (shell_at_end(shell))
			return 0;
		if (*shell->at == ')') {
			shell->at++;
			return 0;
		}
		if (*shell->at == '\n')
			shell->line++;
		TRY(shell_read_word(shell, &text));
		*is_last = is_first && is_word(&text, "esac");
		if (*is_last)
			return 0;
	}
}

static int read_case(struct shell *shell)
{
	CLEANUP(shell_text) struct shell_text subject = { 0 };
	CLEANUP(shell_text) struct shell_text in = { 0 };
	bool is_last = false;

	skip_blanks(shell);
	TRY(shell_read_word(shell, &subject));
	skip_lines(shell);
	TRY(shell_read_word(shell, &in));
	for (;;) {
		TRY(read_pattern(shell, &is_last));
		if (is_last || shell_at_end(shell))
			return 0;
		TRY(shell_parse(shell, SHELL_UNTIL_CASE));
		/* ";;", ";&", ";;&"; else it is the "esac". */
		while (shell_peek(shell, 0) == ';' || shell_peek(shell, 0) == '&')
			shell->at++;
	}
}

/* "[[ ... ]]", in which "<", "(" and "&&" are no signs of lists. */
static int read_condition(struct shell *shell)
{
	for (;;) {
		CLEANUP(shell_text) struct shell_text text = { 0 };

		skip_lines(shell);
		if (shell_at_end(shell))
			return 0;
		TRY(shell_read_word(shell, &text));
		if (is_word(&text, "]]"))
			return 0;
		TRY(shell_command_text(shell, &text.values));
	}
}

/* Whether "()" is at the cursor, which then is behind it. */
static bool take_parentheses(struct shell *shell)
{
	const char *start = shell->at;

	skip_blanks(shell);
	if (shell_peek(shell, 0) == '(') {
		shell->at++;
		skip_blanks(shell);
		if (shell_peek(shell, 0) == ')') {
			shell->at++;
			return true;
		}
	}
	shell->at = start;
	return false;
}

static int read_function(struct shell *shell)
{
	CLEANUP(shell_text) struct shell_text name = { 0 };

	skip_blanks(shell);
	TRY(shell_read_word(shell, &name));
	take_parentheses(shell);
	return shell_add_function(shell, name.raw, name.raw_size);
}

enum { NO_KEYWORD, KEYWORD, LAST_KEYWORD };

/* What begins or ends a compound command, with all that is no list in it. */
static int read_keyword(struct shell *shell, struct shell_command *command,
			const struct shell_text *text, enum shell_until until)
{
	static const char *const before_list[] = { "if", "then",  "else",   "elif",
						   "do", "while", "until",  "{",
						   "!",	 "time",  "coproc", NULL };
	static const char *const ends[] = { "fi", "done", "}", NULL };
	bool is_end = is_one_of(text, ends);

	if (is_word(text, "esac")) {
		if (until == SHELL_UNTIL_CASE)
			return LAST_KEYWORD;
		is_end = true;
	}
	if (is_word(text, "case"))
		TRY(read_case(shell));
	else if (is_word(text, "[["))
		TRY(read_condition(shell));
	else if (is_word(text, "for") || is_word(text, "select"))
		TRY(read_for(shell));
	else if (is_word(text, "function"))
		TRY(read_function(shell));
	else if (!is_end && !is_one_of(text, before_list))
		return NO_KEYWORD;
	/* What is behind "case" and "[[" is ended too, but no word may come there. */
	command->closed = is_end || is_word(text, "case") || is_word(text, "[[");
	if (shell->capture)
		shell->capture->lost = true;
	return KEYWORD;
}

/* The array of "x=(...)" behind the word TEXT. */
static int read_array(struct shell *shell, const struct shell_text *text)
{
	CLEANUP(shell_values) struct shell_values values = { 0 };
	size_t length = shell_name_length(text->raw, text->raw_size);
	struct shell_values first;

	shell->at++;
	TRY(read_words(shell, true, &values));
	shell->at += !shell_at_end(shell);
	/* "${x[@]}" begins with the first. */
	first = values;
	first.count = values.count > 0;
	return length > 0 ? shell_variables_set(&shell->variables, text->raw, length, &first) : 0;
}

/* The word at the cursor. Returns LAST_KEYWORD, before it, where it ends the list. */
static int read_command_word(struct shell *shell, struct shell_command *command,
			     enum shell_until until)
{
	CLEANUP(shell_text) struct shell_text text = { 0 };
	const char *start = shell->at;

	TRY(shell_read_word(shell, &text));
	if (text.raw_size == 0)
		return 0;
	if (text.raw[text.raw_size - 1] == '=' && shell_peek(shell, 0) == '(')
		return read_array(shell, &text);
	if (!command->named && !command->declared && text.literal) {
		int keyword = TRY(read_keyword(shell, command, &text, until));

		if (keyword == LAST_KEYWORD) {
			shell->at = start;
			return LAST_KEYWORD;
		}
		if (keyword == KEYWORD)
			return 0;
	}
	if (command->closed)
		return 0;
	if (!command->named && take_parentheses(shell))
		return shell_add_function(shell, text.raw, text.raw_size);
	return shell_command_word(shell, command, &text);
}

/* Whether the list ends at the cursor: nothing of a list is there, or a sign that ends it. */
static bool ends_list(const struct shell *shell, enum shell_until until)
{
	char c = shell_peek(shell, 0);
	char next = shell_peek(shell, 1);

	return (c == ')' && until == SHELL_UNTIL_PARENTHESIS) ||
	       (c == ';' && (next == ';' || next == '&') && until == SHELL_UNTIL_CASE);
}

/* A sign between two commands, or before one. */
static int read_sign(struct shell *shell, struct shell_command *command)
{
	char c = *shell->at;

	if (c == '(' && shell_peek(shell, 1) == '(') {
		shell->at += 2;
		shell_skip_parentheses(shell, 2);
		command->closed = true;
		return 0;
	}
	if (c == '|' && shell_peek(shell, 1) != '|' && shell->capture)
		shell->capture->lost = true;
	TRY(shell_command_end(shell, command));
	if (c == '\n')
		return end_line(shell);
	shell->at++;
	if (c != '(')
		return 0;
	command->closed = true;
	return read_subshell(shell);
}

static int parse_list(struct shell *shell, struct shell_command *command, enum shell_until until)
{
	for (;;) {
		skip_blanks(shell);
		if (shell_at_end(shell) || ends_list(shell, until))
			break;
		if (skip_comment(shell))
			continue;
		if (begins_process(shell)) {
			shell->at += 2;
			TRY(read_subshell(shell));
		} else if (begins_redirection(shell)) {
			TRY(read_redirection(shell));
		} else if (strchr("\n;&|()", *shell->at) && *shell->at) {
			TRY(read_sign(shell, command));
		} else if (TRY(read_command_word(shell, command, until)) == LAST_KEYWORD) {
			break;
		}
		if (shell->work > SHELL_WORK_MAX)
			shell_stop(shell);
	}
	return shell_command_end(shell, command);
}

int shell_parse(struct shell *shell, enum shell_until until)
{
	CLEANUP(shell_command) struct shell_command command = { 0 };
	int r;

	if (shell->depth >= SHELL_DEPTH_MAX) {
		shell_stop(shell);
		return 0;
	}
	shell->depth++;
	r = parse_list(shell, &command, until);
	shell->depth--;
	return r;
}

int shell_parse_text(struct shell *shell, const char *text, size_t size)
{
	const char *at = shell->at;
	const char *end = shell->end;
	unsigned line = shell->line;
	unsigned n_here = shell->n_here;
	int r;

	shell->at = text;
	shell->end = text + size;
	shell->n_here = 0;
	shell->work += size;
	r = shell_parse(shell, SHELL_UNTIL_END);
	shell->at = at;
	shell->end = end;
	shell->line = line;
	shell->n_here = n_here;
	return r;
}
