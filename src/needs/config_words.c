/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/config_words.h"
#include "base/cleanup.h"
#include "base/error.h"
#include "base/view.h"
#include "needs/path_strings.h"

#include <ctype.h>
#include <stdint.h>
#include <string.h>

enum {
	WORD_MAX = 4095,
	NAME_MAX_LENGTH = 255,
	ACCOUNT_MAX = 32,
	KEY_MAX = 64,
};

/* What the values of a key are. */
enum key_kind {
	KEY_OTHER,
	KEY_USER,
	KEY_GROUP,
	KEY_MODULE,
	KEY_INCLUDE,
	KEY_COMMAND,
};

struct config_text {
	const char *start;
	const char *at;
	const char *end;
	unsigned line;
	config_word_fn *visit;
	void *data;

	bool open_comment; /* a comment begins that nothing ends: there is none */
	bool first;	   /* nothing of the statement has come */
	bool piped;	   /* but for a '|' */
	enum key_kind key; /* of the values that come */
	bool assigned;	   /* "key = value", not "key value" */
	unsigned n_values;
};

/* A word, and what stands around it. */
struct config_token {
	char text[WORD_MAX + 1];
	size_t size;
	bool quoted;
	bool tag;    /* <word> */
	bool closes; /* </word> */
};

static char peek(const struct config_text *config, size_t count)
{
	return (size_t)(config->end - config->at) > count ? config->at[count] : '\0';
}

/* Tables end in NULL. */
static bool is_among(const char *text, const char *const *names)
{
	for (; *names; names++)
		if (strcasecmp(text, *names) == 0)
			return true;
	return false;
}

/* Whether KEY is NAME, or ends in it: "listen.owner", "mail_owner". */
static bool ends_in(const char *key, const char *const *names)
{
	size_t length = strlen(key);

	for (; *names; names++) {
		size_t size = strlen(*names);

		if (length < size || strcasecmp(key + length - size, *names) != 0)
			continue;
		if (length == size || strchr("._-", key[length - size - 1]))
			return true;
	}
	return false;
}

static enum key_kind kind_of(const char *key)
{
	static const char *const modules[] = {
		"loadmodule",	   "load_module",    "load-module",  "moduleload",
		"modload",	   "$modload",	     "loadplugin",   "load_plugin",
		"plugin-load",	   "plugin_load",    "load",	     "shared_preload_libraries",
		"extension",	   "zend_extension", "zmodload",     "plugin-load-add",
		"plugin_load_add", "plugin",	     "loadmod",	     "session_preload_libraries",
		"preload_modules", "module",	     "modules",	     "local_preload_libraries",
		"plugins",	   "server.modules", "load_plugins", NULL
	};
	static const char *const includes[] = {
		"include",     "includedir",	 "include_dir",	    "include_if_exists",
		"!include",    "!includedir",	 "includeoptional", "include_try",
		"@include",    "@includedir",	 "source",	    "#include",
		"#includedir", "$includeconfig", "include_shell",   "config_dir",
		NULL
	};
	static const char *const users[] = { "user",   "username",    "owner",	   "runas",
					     "setuid", "run_as_user", "user_name", NULL };
	static const char *const groups[] = { "group",	      "groupname",  "setgid",
					      "run_as_group", "group_name", NULL };

	static const char *const commands[] = { "command", "cmd", "exec", "program", NULL };

	while (*key == '-')
		key++;
	if (is_among(key, modules))
		return KEY_MODULE;
	if (is_among(key, includes))
		return KEY_INCLUDE;
	if (ends_in(key, users))
		return KEY_USER;
	if (ends_in(key, groups))
		return KEY_GROUP;
	return ends_in(key, commands) ? KEY_COMMAND : KEY_OTHER;
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

static int report(const struct config_text *config, enum config_word_kind kind, const char *text)
{
	const struct config_word word = {
		.kind = kind,
		.text = text,
		.line = config->line,
		.glob = kind <= CONFIG_WORD_MODULE && is_glob(text),
		.included = config->key == KEY_INCLUDE,
	};

	return config->visit(config->data, &word);
}

static int report_path(void *data, const struct path_string *candidate)
{
	const struct config_text *config = data;
	const struct config_word word = {
		.kind = CONFIG_WORD_PATH,
		.text = candidate->path,
		.line = config->line,
		.included = config->key == KEY_INCLUDE,
		.cut = candidate->cut,
	};

	return candidate->kind == PATH_STRING_ABSOLUTE ? config->visit(config->data, &word) : 0;
}

/* Names of files as people write them into configurations. */
static bool is_file_name(const char *text)
{
	size_t component = 0;

	for (const char *at = text; *at; at++) {
		component = *at == '/' ? 0 : component + 1;
		if (component > NAME_MAX_LENGTH ||
		    (!isalnum((unsigned char)*at) && !strchr("._-+/*?[]@,~!", *at) &&
		     (unsigned char)*at < 0x80))
			return false;
	}
	return *text && *text != '/' && strcmp(text, ".") != 0 && strcmp(text, "..") != 0;
}

/* "mime.types", "conf.d/x": neither "1.0", nor "etc.", nor a mark alone. */
static bool looks_like_file(const char *text)
{
	const char *slash = strchr(text, '/');
	const char *dot = strrchr(text, '.');

	if (slash)
		return slash[1] || text[0] == '.' || strchr(text, '.');
	return dot && dot > text && isalpha((unsigned char)dot[1]);
}

static bool is_library(const char *text)
{
	const char *suffix = strstr(text, ".so");

	return suffix && suffix > text && (!suffix[3] || suffix[3] == '.');
}

/* As useradd(8) takes them, and '$' at the end of machines'. */
static bool is_account(const char *text)
{
	size_t length = strlen(text);

	if (length == 0 || length > ACCOUNT_MAX || !(isalpha((unsigned char)*text) || *text == '_'))
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("._-", text[i]) &&
		    !(text[i] == '$' && i + 1 == length))
			return false;
	return true;
}

/* "x", and "x:y" of a user and its group. */
static int visit_account(const struct config_text *config, const char *text,
			 enum config_word_kind kind)
{
	char name[ACCOUNT_MAX + 1];
	size_t length = strcspn(text, ":");

	if (length > ACCOUNT_MAX)
		return 0;
	memcpy(name, text, length);
	name[length] = '\0';
	if (!is_account(name))
		return 0;
	TRY(report(config, kind, name));
	return kind == CONFIG_WORD_USER && text[length] && is_account(text + length + 1)
		       ? report(config, CONFIG_WORD_GROUP, text + length + 1)
		       : 0;
}

static int visit_module(const struct config_text *config, const char *text)
{
	static const char *const not_modules[] = {
		"on", "off", "yes", "no", "true", "false", NULL
	};
	size_t length = strlen(text);

	/* Apache names the module's table before its file. */
	if ((length > 7 && strcmp(text + length - 7, "_module") == 0) || !is_file_name(text) ||
	    !isalpha((unsigned char)*text) || is_among(text, not_modules))
		return 0;
	return report(config, CONFIG_WORD_MODULE, text);
}

/* Where a word's path begins: "unix:/x", "-/x", "|/x"; NULL where it has none. */
static const char *path_in(const char *text)
{
	const char *at = text;

	if (strstr(text, "://"))
		return NULL;
	for (; *at; at++)
		if (*at == '/')
			return at == text || strchr(":|-@!+", at[-1]) ? at : NULL;
	return NULL;
}

/* A word as a path, whatever it is beside that. */
static int visit_path(const struct config_text *config, const char *text)
{
	const char *path = path_in(text);

	if (path && is_glob(path) && !strpbrk(path, "$%:") && is_file_name(path + 1))
		return report(config, CONFIG_WORD_PATH, path);
	if (strchr(text, '/') && (path || strstr(text, "file://")))
		return path_strings_visit(text, report_path, (void *)(uintptr_t)config);
	if (!is_file_name(text) || !(looks_like_file(text) || config->key == KEY_INCLUDE))
		return 0;
	/* A module's kind says the same. */
	return is_library(text) || config->key == KEY_MODULE
		       ? 0
		       : report(config, CONFIG_WORD_RELATIVE, text);
}

/* The bare name of a program that TEXT begins with, if it does. */
static int visit_command(const struct config_text *config, const char *text)
{
	char name[NAME_MAX_LENGTH + 1];
	size_t length = strcspn(text, " \t");

	if (length == 0 || length > NAME_MAX_LENGTH || !isalnum((unsigned char)text[0]))
		return 0;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("._+-", text[i]))
			return 0;
	memcpy(name, text, length);
	name[length] = '\0';
	return report(config, CONFIG_WORD_COMMAND, name);
}

/* A word of a command line: what comes behind a pipe is a command again. */
static int visit_command_word(struct config_text *config, const char *text, unsigned n)
{
	static const char *const separators[] = { "|", "||", "&&", NULL };

	if (is_among(text, separators)) {
		config->n_values = 0;
		return 0;
	}
	return n == 0 ? visit_command(config, text) : 0;
}

static int visit_value(struct config_text *config, const char *text)
{
	unsigned n = config->n_values++;

	TRY(visit_path(config, text));
	if (is_library(text) && (*text == '/' || is_file_name(text)))
		return report(config, CONFIG_WORD_MODULE, text);
	switch (config->key) {
	case KEY_USER:
		/* "user x y" has its group behind it. */
		if (n == 0 || (n == 1 && !config->assigned))
			return visit_account(config, text,
					     n == 0 ? CONFIG_WORD_USER : CONFIG_WORD_GROUP);
		return 0;
	case KEY_GROUP:
		return n == 0 ? visit_account(config, text, CONFIG_WORD_GROUP) : 0;
	case KEY_MODULE:
		return visit_module(config, text);
	case KEY_COMMAND:
		return visit_command_word(config, text, n);
	default:
		return 0;
	}
}

/* The words in quotes, and all of them as one: a name of a file may have blanks. */
static int visit_quoted(struct config_text *config, struct config_token *token)
{
	char *rest = token->text;

	if (token->text[0] == '/')
		TRY(report(config, CONFIG_WORD_PATH, token->text));
	for (char *word; rest && (word = strsep(&rest, " \t,")) != NULL;)
		if (*word)
			TRY(visit_value(config, word));
	return 0;
}

static void begin_statement(struct config_text *config)
{
	config->first = true;
	config->piped = false;
	config->key = KEY_OTHER;
	config->assigned = false;
	config->n_values = 0;
}

static void begin_values(struct config_text *config, const char *key, bool assigned)
{
	config->key = strlen(key) <= KEY_MAX ? kind_of(key) : KEY_OTHER;
	config->assigned = assigned;
	config->n_values = 0;
	config->first = false;
}

static void skip_blanks(struct config_text *config)
{
	while (peek(config, 0) == ' ' || peek(config, 0) == '\t' || peek(config, 0) == '\r')
		config->at++;
}

/* Whether what comes makes a key of the word before it; moves behind that. */
static bool take_assignment(struct config_text *config, const struct config_token *token)
{
	const char *start = config->at;

	skip_blanks(config);
	if (peek(config, 0) == '=' || (peek(config, 0) == ':' && peek(config, 1) == '=')) {
		config->at += *config->at == ':' ? 2 : 1;
		return true;
	}
	if (peek(config, 0) == ':' && (token->quoted || strchr(" \t\r\n\"'", peek(config, 1)))) {
		config->at++;
		return true;
	}
	config->at = start;
	return false;
}

/* The command that TOKEN pipes to: "|formail", "| formail -s", or what comes behind a '|'. */
static const char *command_in(const struct config_text *config, const struct config_token *token)
{
	if (config->piped)
		return token->text;
	return (config->first || token->quoted) && token->text[0] == '|' ? token->text + 1 : "";
}

/* What a line or a text in quotes pipes to. */
static int visit_piped(struct config_text *config, const struct config_token *token)
{
	const char *command = command_in(config, token);

	config->piped = config->first && strcmp(token->text, "|") == 0;
	return visit_command(config, command + strspn(command, " \t"));
}

static int visit_token(struct config_text *config, struct config_token *token)
{
	bool assigned;

	if (token->closes || token->size == 0)
		return 0;
	TRY(visit_piped(config, token));
	assigned = take_assignment(config, token);
	if (assigned || token->tag) {
		begin_values(config, token->text, true);
		return 0;
	}
	if (!token->quoted && strncmp(token->text, "--", 2) == 0) {
		begin_values(config, token->text, false);
		return 0;
	}
	if (config->first && token->text[0] != '/') {
		TRY(visit_path(config, token->text));
		begin_values(config, token->text, false);
		return 0;
	}
	config->first = false;
	return token->quoted && strpbrk(token->text, " \t") ? visit_quoted(config, token)
							    : visit_value(config, token->text);
}

static void put(struct config_token *token, char c)
{
	if (token->size < WORD_MAX)
		token->text[token->size++] = c;
}

/* A text in quotes that end on the same line; false where they do not. */
static bool read_quoted(struct config_text *config, struct config_token *token)
{
	const char *start = config->at;
	char quote = *config->at++;

	for (; config->at < config->end && *config->at != '\n'; config->at++) {
		if (*config->at == quote) {
			config->at++;
			token->quoted = true;
			return true;
		}
		if (*config->at == '\\' && peek(config, 1) && peek(config, 1) != '\n')
			config->at++;
		put(token, *config->at);
	}
	config->at = start;
	token->size = 0;
	return false;
}

static bool ends_word(const struct config_text *config)
{
	char c = peek(config, 0);

	if (c == ':')
		return strchr(" \t\r\n\"'", peek(config, 1)) != NULL;
	return strchr(" \t\r\n\"'`=,;(){}<>", c) != NULL;
}

/* "${x}", "%{x}" */
static bool in_variable(const struct config_text *config, const struct config_token *token)
{
	char c = peek(config, 0);
	char last = token->size > 0 ? token->text[token->size - 1] : '\0';

	if (c == '{')
		return last == '$' || last == '%';
	return c == '}' && memchr(token->text, '{', token->size);
}

/* The end of a sentence or of a list is no part of a word. */
static void trim(struct config_token *token)
{
	while (token->size > 1 && strchr(".:]!", token->text[token->size - 1]) &&
	       !(token->text[token->size - 1] == ']' && memchr(token->text, '[', token->size)) &&
	       token->text[token->size - 2] != '/')
		token->size--;
}

static int read_word(struct config_text *config)
{
	struct config_token token;
	bool in_tag;

	token.size = 0;
	token.quoted = false;
	token.tag = false;
	in_tag = config->at > config->start && config->at[-1] == '<';
	token.closes = in_tag && *config->at == '/';
	if (!strchr("\"'", *config->at) || !read_quoted(config, &token)) {
		const char *start = config->at;

		while (config->at < config->end &&
		       (!ends_word(config) || in_variable(config, &token)))
			put(&token, *config->at++);
		token.tag = in_tag && peek(config, 0) == '>';
		trim(&token);
		config->at += config->at == start;
	}
	token.text[token.size] = '\0';
	return visit_token(config, &token);
}

/* Whether CLOSE comes, which the cursor is behind then. */
static bool skip_to(struct config_text *config, const char *close)
{
	const char *end = NULL;

	if (!config->open_comment)
		end = memmem(config->at, (size_t)(config->end - config->at), close, strlen(close));
	config->open_comment = !end;
	for (; end && config->at < end + strlen(close); config->at++)
		config->line += *config->at == '\n';
	return end != NULL;
}

/* Whether a comment was at the cursor, which is behind it then. */
static bool skip_comment(struct config_text *config, bool at_start)
{
	struct view rest = { config->at, (size_t)(config->end - config->at) };
	const char *end;

	if (view_begins(rest, "/*"))
		return skip_to(config, "*/");
	if (view_begins(rest, "<!--"))
		return skip_to(config, "-->");
	if (!view_begins(rest, "//") && rest.bytes[0] != '#' &&
	    !(at_start && rest.bytes[0] == ';') && !(at_start && view_begins(rest, "-- ")))
		return false;
	if (at_start && (view_begins(rest, "#include ") || view_begins(rest, "#includedir ")))
		return false;
	end = memchr(rest.bytes, '\n', rest.size);
	config->at = end ? end : config->end;
	return true;
}

static int read_statements(struct config_text *config)
{
	bool at_start = true; /* of a line */

	begin_statement(config);
	while (config->at < config->end) {
		char c = *config->at;
		bool was_at_start = at_start;

		at_start = c == '\n' || (at_start && isspace((unsigned char)c));
		if (c == '\\' && peek(config, 1) == '\n') {
			config->at += 2;
			config->line++;
		} else if (c == '\n') {
			config->at++;
			config->line++;
			begin_statement(config);
		} else if (c && strchr(";{}", c) && !(was_at_start && c == ';')) {
			config->at++;
			begin_statement(config);
		} else if (skip_comment(config, was_at_start)) {
			continue;
		} else if (c && strchr(" \t\r=,<>()`:[", c)) {
			config->at++;
		} else {
			TRY(read_word(config));
		}
	}
	return 0;
}

/* Text has no NUL, and no other character that neither a screen nor a printer knows. */
static bool is_binary(const char *text, size_t size)
{
	for (size_t i = 0; i < size; i++)
		if ((unsigned char)text[i] < ' ' && !(text[i] >= '\t' && text[i] <= '\r') &&
		    text[i] != '\033')
			return true;
	return false;
}

int config_words_read(const char *text, size_t size, config_word_fn *visit, void *data)
{
	struct config_text config = {
		.start = text,
		.at = text,
		.end = text + size,
		.line = 1,
		.visit = visit,
		.data = data,
	};

	if (is_binary(text, size))
		return CONFIG_WORDS_BINARY;
	return read_statements(&config);
}
