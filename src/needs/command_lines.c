/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/command_lines.h"
#include "base/cleanup.h"
#include "base/error.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum { NAME_LENGTH_MAX = 255 };

static const char *const ordinary[] = {
	"as",	  "basename", "chmod",	  "chown",    "chroot",	  "dirname", "mkdir",	 "mkfifo",
	"mknod",  "readlink", "realpath", "rmdir",    "umount",	  "at",	     "atop",	 "attr",
	"batch",  "bc",	      "cal",	  "calendar", "call",	  "cc",	     "chat",	 "clear",
	"column", "comm",     "compress", "cut",      "data",	  "date",    "dc",	 "dd",
	"deny",	  "diff",     "dir",	  "display",  "domain",	  "ed",	     "edit",	 "eject",
	"env",	  "ex",	      "expand",	  "expr",     "factor",	  "false",   "file",	 "find",
	"finger", "fmt",      "fold",	  "free",     "from",	  "get",     "group",	 "groups",
	"halt",	  "hash",     "head",	  "host",     "hostname", "id",	     "identify", "import",
	"info",	  "init",     "install",  "ip",	      "join",	  "jobs",    "key",	 "kill",
	"last",	  "ld",	      "line",	  "link",     "locale",	  "locate",  "lock",	 "login",
	"logger", "logname",  "look",	  "mail",     "make",	  "man",     "mesg",	 "message",
	"mode",	  "more",     "mount",	  "name",     "nice",	  "nm",	     "nl",	 "node",
	"open",	  "pager",    "passwd",	  "paste",    "patch",	  "play",    "port",	 "pr",
	"print",  "printenv", "printer",  "prove",    "quota",	  "rename",  "reset",	 "rev",
	"route",  "run",      "script",	  "see",      "select",	  "sensors", "seq",	 "service",
	"set",	  "sg",	      "shred",	  "size",     "sleep",	  "sort",    "split",	 "start",
	"stat",	  "state",    "stop",	  "strings",  "strip",	  "sum",     "sync",	 "tac",
	"tail",	  "tee",      "test",	  "time",     "timeout",  "top",     "touch",	 "tr",
	"trace",  "tree",     "true",	  "truncate", "tset",	  "tty",     "type",	 "uniq",
	"units",  "unlink",   "uptime",	  "user",     "users",	  "view",    "wait",	 "wall",
	"watch",  "whatis",   "which",	  "who",      "word",	  "words",   "write",	 "yes",
	"zone",
};

bool command_is_ordinary(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(ordinary); i++)
		if (strcmp(ordinary[i], name) == 0)
			return true;
	/* "w", "[" */
	return strlen(name) < 2;
}

/* What stands between two operators of the shell. */
struct command_segment {
	const char *at; /* what is to be read */
	char name[NAME_LENGTH_MAX + 1];
	bool known;
	bool option_first; /* the first word behind the name is an option */
	bool redirected;
	bool hole;  /* a placeholder is among the words */
	bool plain; /* so is a mere word */
	unsigned n_words;
	bool prose;
	char operator; /* that ends it: '|', '&', ';'; NUL at the end */
};

static size_t word_length(const char *text)
{
	size_t length = 0;

	for (; text[length] && !strchr(" \t|;", text[length]); length++)
		if (text[length] == '&' && (length == 0 || !strchr("<>", text[length - 1])))
			break;
	return length;
}

static bool is_option(const char *word)
{
	return word[0] == '-' && (isalnum((unsigned char)word[1]) ||
				  (word[1] == '-' && isalpha((unsigned char)word[2])));
}

static bool is_hole(const char *word, size_t length)
{
	for (size_t i = 0; i + 1 < length; i++)
		if ((word[i] == '%' && strchr("sd", word[i + 1])) ||
		    (word[i] == '$' && (isalpha((unsigned char)word[i + 1]) || word[i + 1] == '{')))
			return true;
	return false;
}

/* ">%s", "2>/dev/null", "2>&1", "< '%s'"; "a > b" and "<file>" are none. */
static bool is_redirection(const char *word)
{
	const char *at = word + (isdigit((unsigned char)word[0]) ? 1 : 0);

	if (*at != '<' && *at != '>')
		return false;
	at += at[0] == '>' && at[1] == '>' ? 2 : 1;
	at += strspn(at, " ");
	at += strspn(at, "'\"");
	return *at == '/' || *at == '&' || *at == '$' || strncmp(at, "%s", 2) == 0;
}

static bool is_plain(const char *word, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (!isalpha((unsigned char)word[i]))
			return false;
	return length > 0;
}

static bool is_assignment(const char *word, size_t length)
{
	size_t i = 0;

	while (i < length && (isupper((unsigned char)word[i]) || word[i] == '_'))
		i++;
	return i > 0 && i < length && word[i] == '=';
}

static bool is_word(const char *word, size_t length, const char *const *words)
{
	for (; *words; words++)
		if (strlen(*words) == length && memcmp(*words, word, length) == 0)
			return true;
	return false;
}

/* What stands before the command itself. */
static const char *skip_prefix(const char *text)
{
	static const char *const prefixes[] = { "exec", "nohup", "env", "command", NULL };

	for (;;) {
		size_t length;

		text += strspn(text, " \t(");
		length = word_length(text);
		if (text[length] != ' ' ||
		    (!is_assignment(text, length) && !is_word(text, length, prefixes)))
			return text;
		text += length;
	}
}

static int read_name(struct command_segment *segment, const struct command_line_reader *reader)
{
	const char *name = skip_prefix(segment->at);
	size_t length = word_length(name);

	segment->at = name + length;
	segment->name[0] = '\0';
	if (length > NAME_LENGTH_MAX)
		return 0;
	memcpy(segment->name, name, length);
	segment->name[length] = '\0';
	if (length == 0 || strpbrk(segment->name, "%$'\"`()[]{}<>:,!?*=\\"))
		return 0;
	segment->known = name[0] == '/';
	if (!strchr(segment->name, '/'))
		segment->known = TRY(reader->knows(reader->data, segment->name)) > 0;
	return 0;
}

static void read_words(struct command_segment *segment)
{
	const char *at = segment->at;
	bool after_plain = false;

	for (;;) {
		size_t length;
		bool plain;

		at += strspn(at, " \t");
		length = word_length(at);
		if (length == 0)
			break;
		plain = is_plain(at, length);
		segment->option_first |= segment->n_words == 0 && is_option(at);
		segment->redirected |= is_redirection(at);
		segment->hole |= is_hole(at, length);
		segment->plain |= plain;
		segment->prose |= plain && after_plain;
		after_plain = plain;
		segment->n_words++;
		at += length;
	}
	segment->operator= * at;
	segment->at = at + strspn(at, "|&;");
}

/* Punctuation of sentences, of usage messages and of tables, and quotes that are open. */
static bool is_prose(const char *text)
{
	static const char *const marks[] = { ", ", ": ", "(s)", "...", "[-", "[op", "->",
					     "=>", "<=", ">=",	"> <", ">,", "\n" };
	size_t length = strlen(text);
	unsigned quotes[2] = { 0, 0 };

	for (size_t i = 0; i < ARRAY_SIZE(marks); i++)
		if (strstr(text, marks[i]))
			return true;
	for (const char *at = text; *at; at++) {
		quotes[0] += *at == '\'';
		quotes[1] += *at == '"';
	}
	/* "tar -c ." */
	if (length >= 2 && strcmp(text + length - 2, " .") == 0)
		length--;
	/* Patches begin with that. */
	return strncmp(text, "diff --git", 10) == 0 || quotes[0] % 2 || quotes[1] % 2 ||
	       (length > 0 && strchr(".,:?!|", text[length - 1]) && text[length - 1]);
}

/* Whether SEGMENT's own words show that it is run. */
static bool has_sign(const struct command_segment *segment)
{
	return segment->known &&
	       (segment->option_first || segment->redirected ||
		(segment->hole && !segment->plain && !command_is_ordinary(segment->name)));
}

/* Whether a command is there that others, which are likely commands, hand over to. */
static bool follows(const struct command_segment *segment, const struct command_segment *before)
{
	if (!segment->known || segment->n_words > 0 || strlen(segment->name) < 3 ||
	    command_is_ordinary(segment->name))
		return false;
	return (before->operator== '|' || before->operator== '&') &&
	       (before->known || !before->name[0] || is_hole(before->name, strlen(before->name)));
}

/* 1 where TEXT has the shape of a command line, else 0. */
static int has_shape(const char *text, const struct command_line_reader *reader)
{
	struct command_segment before = { 0 };
	bool sign = false;

	/* "| sort" is put behind another command. */
	if (*text == '|') {
		before.operator= '|';
		text += strspn(text, "| ");
	}
	while (*text) {
		struct command_segment segment = { .at = text };

		TRY(read_name(&segment, reader));
		read_words(&segment);
		if (segment.prose)
			return 0;
		sign |= has_sign(&segment) || follows(&segment, &before);
		text = segment.at;
		before = segment;
	}
	return sign;
}

static int forward(void *data, const struct shell_word *word)
{
	const struct command_line_reader *reader = data;

	return word->kind == SHELL_WORD_COMMAND || word->kind == SHELL_WORD_PROGRAM
		       ? reader->visit(reader->data, word)
		       : 0;
}

int command_line_read(const char *text, const struct command_line_reader *reader)
{
	struct shell_script script = { 0 };
	struct shell_summary summary;

	/* A name alone is no line; what begins with a blank is in a text for people. */
	if (!strpbrk(text, " |") || (!isalnum((unsigned char)*text) && !strchr("/(|%_", *text)))
		return 0;
	if (is_prose(text) || TRY(has_shape(text, reader)) == 0)
		return 0;
	script.text = text + strspn(text, "| ");
	script.size = strlen(script.text);
	return shell_words_read(&script, forward, (void *)(uintptr_t)reader, &summary);
}
