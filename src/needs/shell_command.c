/* SPDX-License-Identifier: Apache-2.0 */
/* Simple commands: which are of the shell itself, which run another, what they print. */
#include "base/cleanup.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/path_strings.h"
#include "needs/shell_reader.h"

#include <errno.h>
#include <string.h>

enum { FUNCTIONS_MAX = 4096, VALUE_TEXT_MAX = 3 * SHELL_VALUE_MAX };

struct shell_function {
	UT_hash_handle hh;
};

/* A command that runs the one that its words are. */
struct shell_prefix {
	const char *name;
	const char *arguments; /* the options that a word of their own is for */
	unsigned n_operands;   /* words before the command */
	bool assignments;      /* x=y may stand there */
	bool builtin;
};

static const struct shell_prefix prefixes[] = {
	{ "exec", "a", 0, false, true },
	{ "command", "", 0, false, true },
	{ "builtin", "", 0, false, true },
	{ "env", "uCS", 0, true, false },
	{ "nice", "n", 0, false, false },
	{ "nohup", "", 0, false, false },
	{ "setsid", "", 0, false, false },
	{ "sudo", "ugpCchrtTUD", 0, true, false },
	{ "doas", "uC", 0, false, false },
	{ "timeout", "ks", 1, false, false },
	{ "stdbuf", "ioe", 0, false, false },
	{ "ionice", "cnpPu", 0, false, false },
	{ "chrt", "", 1, false, false },
	{ "taskset", "", 1, false, false },
	{ "flock", "wE", 1, false, false },
	{ "xargs", "adEILnPs", 0, false, false },
	{ "busybox", "", 0, false, false },
	{ "fakeroot", "", 0, false, false },
	{ "dbus-run-session", "", 0, false, false },
};

/* What shells do themselves, sorted by what it is to us. */
static const struct {
	enum shell_role role;
	const char *names; /* each between blanks */
} builtins[] = {
	{ SHELL_ROLE_QUIET,
	  " : [ alias bg bind break continue disown false fg hash jobs kill let logout exit return "
	  "shift suspend test times true ulimit umask unalias unset wait shopt popd pushd enable "
	  "complete compopt caller dirs fc help history compgen " },
	{ SHELL_ROLE_DECLARE, " export readonly local declare typeset " },
	{ SHELL_ROLE_READ, " read getopts mapfile readarray " },
	{ SHELL_ROLE_SET, " set " },
	{ SHELL_ROLE_EVAL, " eval " },
	{ SHELL_ROLE_TRAP, " trap " },
	{ SHELL_ROLE_SOURCE, " . source " },
	{ SHELL_ROLE_CD, " cd chdir " },
	{ SHELL_ROLE_PWD, " pwd " },
	{ SHELL_ROLE_PRINT, " echo printf type " },
};

/* Programs whose words say more. */
static const struct {
	enum shell_role role;
	const char *names;
} programs[] = {
	{ SHELL_ROLE_SHELL, " sh bash dash ash ksh zsh " },
	{ SHELL_ROLE_FIND, " find " },
	{ SHELL_ROLE_DIRNAME, " dirname " },
	{ SHELL_ROLE_BASENAME, " basename " },
	{ SHELL_ROLE_PRINT, " readlink realpath which " },
};

int shell_add_function(struct shell *shell, const char *name, size_t length)
{
	struct shell_function *function;
	char *key;

	HASH_FIND(hh, shell->functions, name, length, function);
	if (function || HASH_COUNT(shell->functions) >= FUNCTIONS_MAX)
		return 0;
	function = arena_alloc(shell->arena, sizeof(*function));
	key = arena_strndup(shell->arena, name, length);
	if (!function || !key)
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh, shell->functions, key, length, function);
	return HASH_HAS(function) ? 0 : -ENOMEM;
}

void shell_functions_reset(struct shell *shell)
{
	HASH_CLEAR(hh, shell->functions);
}

bool shell_has_function(const struct shell *shell, const char *name)
{
	struct shell_function *function;

	HASH_FIND(hh, shell->functions, name, strlen(name), function);
	return function != NULL;
}

static bool is_among(const char *name, const char *names)
{
	size_t length = strlen(name);

	if (length == 0 || strchr(name, ' '))
		return false;
	for (const char *at = names; (at = strstr(at, name)) != NULL; at++)
		if (at[-1] == ' ' && at[length] == ' ')
			return true;
	return false;
}

static int report(struct shell *shell, enum shell_word_kind kind, const char *text, bool cut)
{
	const struct shell_word word = { kind, text, shell->line, cut };

	return shell->visit ? shell->visit(shell->data, &word) : 0;
}

static int report_path(void *data, const struct path_string *candidate)
{
	return candidate->kind == PATH_STRING_ABSOLUTE
		       ? report(data, SHELL_WORD_PATH, candidate->path, candidate->cut)
		       : 0;
}

/* A value as a text in which paths are looked for: what is not known is a hole there too. */
static int report_paths(struct shell *shell, const char *value)
{
	CLEANUP(buffer) struct buffer text = { 0 };

	if (!shell->visit || !strchr(value, '/'))
		return 0;
	for (; *value; value++) {
		if (*value == SHELL_HOLE)
			buffer_add_string(&text, "${_}");
		else if ((unsigned char)*value <= SHELL_BRACKET)
			buffer_add_string(&text, "*");
		else
			buffer_add(&text, value, 1);
	}
	TRY(buffer_error(&text));
	return path_strings_visit(text.bytes, report_path, shell);
}

int shell_command_text(struct shell *shell, const struct shell_values *values)
{
	for (unsigned i = 0; i < values->count; i++)
		TRY(report_paths(shell, shell_values_get(values, i)));
	return 0;
}

int shell_assign(struct shell *shell, const struct shell_text *text, bool *assigned)
{
	CLEANUP(shell_values) struct shell_values values = { 0 };
	size_t length = shell_name_length(text->raw, text->raw_size);
	size_t behind = length;

	*assigned = false;
	if (length > 0 && behind < text->raw_size && text->raw[behind] == '[')
		while (behind < text->raw_size && text->raw[behind++] != ']')
			;
	if (behind < text->raw_size && text->raw[behind] == '+')
		behind++;
	if (length == 0 || behind >= text->raw_size || text->raw[behind] != '=')
		return 0;
	*assigned = true;
	for (unsigned i = 0; i < text->values.count; i++) {
		const char *value = strchr(shell_values_get(&text->values, i), '=');

		TRY(shell_values_add(&values, value && behind == length ? value + 1 : "\1"));
	}
	TRY(shell_command_text(shell, &text->values));
	return shell_variables_set(&shell->variables, text->raw, length, &values);
}

static enum shell_role role_of(const char *name, bool *builtin)
{
	*builtin = true;
	for (size_t i = 0; i < ARRAY_SIZE(builtins); i++)
		if (is_among(name, builtins[i].names))
			return builtins[i].role;
	*builtin = false;
	for (size_t i = 0; i < ARRAY_SIZE(programs); i++)
		if (is_among(name, programs[i].names))
			return programs[i].role;
	return SHELL_ROLE_NONE;
}

static const struct shell_prefix *prefix_of(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(prefixes); i++)
		if (strcmp(prefixes[i].name, name) == 0)
			return &prefixes[i];
	return NULL;
}

/* One way in which a command's name may come out. */
static int read_name(struct shell *shell, struct shell_command *command, const char *name)
{
	const char *base = path_basename(name);
	const struct shell_prefix *prefix = prefix_of(base);
	bool builtin;
	enum shell_role role = role_of(base, &builtin);

	if (!shell_value_is_plain(name)) {
		if (shell->visit)
			shell->summary->n_unknown++;
		return report_paths(shell, name);
	}
	/* "time -p x" */
	command->named = *name != '-';
	if (!*name || *name == '-')
		return 0;
	/* "command x" is no function, but then nothing calls that. */
	if (!strchr(name, '/') && shell_has_function(shell, name))
		return 0;
	command->prefix = prefix;
	command->n_operands = prefix ? prefix->n_operands : 0;
	command->role = role;
	if (!strchr(name, '/'))
		return builtin || (prefix && prefix->builtin)
			       ? 0
			       : report(shell, SHELL_WORD_COMMAND, name, false);
	if (*name == '/')
		return report(shell, SHELL_WORD_PROGRAM, name, false);
	if (shell->visit)
		shell->summary->n_unknown++;
	return 0;
}

/* What is behind the first blank of an expansion that is not quoted is words of its own. */
static int read_names(struct shell *shell, struct shell_command *command,
		      const struct shell_text *text)
{
	command->named = true;
	command->option_argument = false;
	command->operands_only = false;
	command->script_next = false;
	for (unsigned i = 0; i < text->values.count; i++) {
		CLEANUP(buffer) struct buffer name = { 0 };
		const char *value = shell_values_get(&text->values, i);
		size_t length = text->split ? strcspn(value, " \t\n") : strlen(value);

		buffer_add(&name, value, length);
		TRY(buffer_error(&name));
		TRY(read_name(shell, command, name.bytes));
		TRY(report_paths(shell, value + length));
	}
	return 0;
}

/* "-n 5" of a prefix: whether its last option takes the next word. */
static bool takes_argument(const struct shell_prefix *prefix, const char *option)
{
	return option[1] && option[1] != '-' && !option[2] && strchr(prefix->arguments, option[1]);
}

/* A word of a prefix: an option, an operand, or the command. */
static int read_prefix_word(struct shell *shell, struct shell_command *command,
			    const struct shell_text *text)
{
	const struct shell_prefix *prefix = command->prefix;
	const char *word = shell_values_get(&text->values, 0);

	if (command->option_argument) {
		command->option_argument = false;
		return 0;
	}
	if (!command->operands_only && *word == '-') {
		command->operands_only = strcmp(word, "--") == 0;
		command->option_argument = takes_argument(prefix, word);
		/* "command -v x" tells of x, and does not run it. */
		if (strcmp(prefix->name, "command") == 0 && strpbrk(word, "vV")) {
			command->prefix = NULL;
			command->role = SHELL_ROLE_PRINT;
		}
		return 0;
	}
	if (prefix->assignments && strchr(word, '='))
		return shell_command_text(shell, &text->values);
	if (command->n_operands > 0) {
		command->n_operands--;
		return shell_command_text(shell, &text->values);
	}
	return read_names(shell, command, text);
}

/* Runs each of VALUES that is all known as a script. */
static int run(struct shell *shell, const struct shell_values *values)
{
	for (unsigned i = 0; i < values->count; i++) {
		CLEANUP(buffer) struct buffer text = { 0 };
		const char *value = shell_values_get(values, i);

		/* What is computed in it is a word that is not known. */
		for (; *value; value++)
			if (*value == SHELL_HOLE)
				buffer_add_string(&text, "$-");
			else
				buffer_add(&text,
					   (unsigned char)*value <= SHELL_BRACKET ? "*" : value, 1);
		TRY(buffer_error(&text));
		if (text.size > 0)
			TRY(shell_parse_text(shell, text.bytes, text.size));
	}
	return 0;
}

static int set_unknown(struct shell *shell, const char *name)
{
	CLEANUP(shell_values) struct shell_values values = { 0 };
	size_t length = shell_name_length(name, strlen(name));

	if (length == 0 || name[length])
		return 0;
	TRY(shell_values_append_char(&values, SHELL_HOLE));
	return shell_variables_set(&shell->variables, name, length, &values);
}

/* "set -- a b": $1, $2; "$@" begins with the first. */
static int set_positional(struct shell *shell, struct shell_command *command,
			  const struct shell_values *values)
{
	static const char digits[] = "123456789";
	unsigned n = command->n_operands++;

	if (n == 0) {
		TRY(shell_variables_set(&shell->variables, "@", 1, values));
		TRY(shell_variables_set(&shell->variables, "*", 1, values));
	}
	return n < 9 ? shell_variables_set(&shell->variables, digits + n, 1, values) : 0;
}

/* A file whose directory is computed, or the end of whose name is. */
static int read_computed_source(struct shell *shell, const char *path)
{
	const char *hole = strpbrk(path, "\1\2\3\4");
	const char *last = hole;
	CLEANUP(buffer) struct buffer before = { 0 };

	for (const char *next = hole; next; next = strpbrk(next + 1, "\1\2\3\4"))
		last = next;
	if (!hole)
		return 0;
	if (last[1] == '/' && last[2])
		return report(shell, SHELL_WORD_SOURCE_BELOW, last + 1, false);
	if (path[0] != '/' || last[1] || hole != last || hole[-1] == '/')
		return 0;
	buffer_add(&before, path, (size_t)(hole - path));
	TRY(buffer_error(&before));
	return report(shell, SHELL_WORD_SOURCE_BEGINS, before.bytes, false);
}

static int read_source(struct shell *shell, const struct shell_values *values)
{
	for (unsigned i = 0; i < values->count; i++) {
		const char *path = shell_values_get(values, i);

		if (path[0] == '/' && shell_value_is_plain(path))
			TRY(report(shell, SHELL_WORD_SOURCE, path, false));
		else if (shell->visit)
			shell->summary->n_unknown++;
		if (!shell_value_is_plain(path)) {
			TRY(report_paths(shell, path));
			TRY(read_computed_source(shell, path));
		}
	}
	return 0;
}

static int keep_argument(struct shell_command *command, const struct shell_values *values)
{
	shell_values_reset(&command->argument);
	return shell_values_add_values(&command->argument, values);
}

static int append_argument(struct shell_command *command, const struct shell_values *values)
{
	if (command->n_operands++ > 0)
		TRY(shell_values_append_char(&command->argument, ' '));
	return shell_values_append_values(&command->argument, values);
}

/* A word behind the name, by what the command does with it. */
static int read_argument(struct shell *shell, struct shell_command *command,
			 const struct shell_text *text)
{
	const struct shell_values *values = &text->values;
	const char *word = shell_values_get(values, 0);
	bool is_option = *word == '-' && !command->operands_only;
	bool assigned;

	if (strcmp(word, "--") == 0 && is_option) {
		command->operands_only = true;
		return 0;
	}
	switch (command->role) {
	case SHELL_ROLE_EVAL:
		return append_argument(command, values);
	case SHELL_ROLE_DECLARE:
		return shell_assign(shell, text, &assigned);
	case SHELL_ROLE_READ:
		return set_unknown(shell, word);
	case SHELL_ROLE_SET:
		TRY(shell_command_text(shell, values));
		return command->operands_only ? set_positional(shell, command, values) : 0;
	case SHELL_ROLE_TRAP:
		return command->n_operands++ == 0 ? run(shell, values) : 0;
	case SHELL_ROLE_SOURCE:
		if (command->n_operands++ == 0)
			return read_source(shell, values);
		break;
	case SHELL_ROLE_SHELL:
		if (command->script_next && !is_option) {
			command->script_next = false;
			return run(shell, values);
		}
		command->script_next |= is_option && word[1] != '-' && strchr(word, 'c');
		break;
	case SHELL_ROLE_BASENAME:
		/* What is behind the path is a suffix. */
		return is_option || command->n_operands++ > 0 ? 0 : keep_argument(command, values);
	case SHELL_ROLE_PRINT:
		if (!is_option)
			TRY(keep_argument(command, values));
		/* What a text for people names is not read. */
		if (strpbrk(word, " \t\n"))
			return 0;
		break;
	case SHELL_ROLE_DIRNAME:
		return is_option ? 0 : keep_argument(command, values);
	case SHELL_ROLE_CD:
		if (!is_option)
			TRY(keep_argument(command, values));
		break;
	default:
		break;
	}
	return shell_command_text(shell, values);
}

int shell_command_word(struct shell *shell, struct shell_command *command,
		       const struct shell_text *text)
{
	bool assigned = false;

	if (!command->named)
		TRY(shell_assign(shell, text, &assigned));
	if (assigned) {
		command->declared = true;
		return 0;
	}
	if (!command->named)
		return read_names(shell, command, text);
	command->finds |= command->role == SHELL_ROLE_FIND;
	if (command->finds &&
	    is_among(shell_values_get(&text->values, 0), " -exec -execdir -ok -okdir ")) {
		command->prefix = prefix_of("command");
		command->n_operands = 0;
		return 0;
	}
	if (command->prefix)
		return read_prefix_word(shell, command, text);
	return read_argument(shell, command, text);
}

/* "/a/b" of "/a/b/c", as dirname(1) does; a hole where it is not known. */
static int add_parts(struct shell_values *out, const struct shell_values *paths, bool directory)
{
	for (unsigned i = 0; i < paths->count; i++) {
		CLEANUP(buffer) struct buffer part = { 0 };
		const char *path = shell_values_get(paths, i);
		const char *base = path_basename(path);
		size_t length = (size_t)(base - path);

		if (!shell_value_is_plain(base) || !*base) {
			TRY(shell_values_add(out, "\1"));
			continue;
		}
		if (!directory)
			buffer_add_string(&part, base);
		else if (length <= 1)
			buffer_add_string(&part, length == 1 ? "/" : ".");
		else
			buffer_add(&part, path, length - 1);
		TRY(buffer_error(&part));
		TRY(shell_values_add(out, part.bytes));
	}
	return 0;
}

/* What COMMAND prints, into the substitution that it stands in. */
static int add_output(struct shell_capture *capture, const struct shell_command *command)
{
	switch (command->role) {
	case SHELL_ROLE_CD:
		shell_values_reset(&capture->directory);
		return shell_values_add_values(&capture->directory, &command->argument);
	case SHELL_ROLE_PWD:
		if (capture->directory.count == 0)
			capture->lost = true;
		return shell_values_add_values(&capture->output, &capture->directory);
	case SHELL_ROLE_DIRNAME:
	case SHELL_ROLE_BASENAME:
		return add_parts(&capture->output, &command->argument,
				 command->role == SHELL_ROLE_DIRNAME);
	case SHELL_ROLE_PRINT:
		return shell_values_add_values(&capture->output, &command->argument);
	case SHELL_ROLE_QUIET:
	case SHELL_ROLE_DECLARE:
	case SHELL_ROLE_READ:
	case SHELL_ROLE_SET:
		return 0;
	default:
		capture->lost = true;
		return 0;
	}
}

int shell_command_end(struct shell *shell, struct shell_command *command)
{
	if (command->named && command->role == SHELL_ROLE_EVAL)
		TRY(run(shell, &command->argument));
	if (command->named && shell->capture)
		TRY(add_output(shell->capture, command));
	shell_values_reset(&command->argument);
	*command = (struct shell_command){ 0 };
	return 0;
}
