/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The inside of shell_words: one reader of a script, in three parts. shell_parse.c knows lists and
 * compound commands, shell_expand.c words and what is expanded in them, shell_command.c what
 * single commands are and do with their words.
 */
#ifndef MKROOTFS_NEEDS_SHELL_READER_H
#define MKROOTFS_NEEDS_SHELL_READER_H

#include "base/arena.h"
#include "needs/shell_values.h"
#include "needs/shell_words.h"

#include <stdint.h>

enum {
	SHELL_DEPTH_MAX = 40,
	SHELL_HERE_DOCUMENTS_MAX = 16,
	SHELL_WORK_MAX = 4 << 20, /* bytes: no script of a person's is that long */
};

/* A here-document whose lines come behind the current one. */
struct shell_here_document {
	const char *delimiter;
	bool strip_tabs;
	bool quoted; /* nothing is expanded in it */
};

/* What a command substitution that is being read prints, as far as it is known. */
struct shell_capture {
	struct shell_values output;
	struct shell_values directory; /* after cd */
	bool lost;		       /* something unknown is done with it */
};

struct shell {
	struct arena *arena;
	const struct shell_script *script;
	shell_word_fn *visit; /* NULL while variables and functions are found out */
	void *data;
	struct shell_summary *summary;
	struct shell_variables variables;
	struct shell_function *functions;
	struct shell_capture *capture; /* or NULL */

	const char *at;
	const char *end;
	unsigned line;
	struct shell_here_document here[SHELL_HERE_DOCUMENTS_MAX];
	unsigned n_here;
	unsigned depth;
	uint64_t work; /* bytes that were made so far */
	bool stopped;
};

/* A word as it stands and as it may come out. */
struct shell_text {
	const char *raw;
	size_t raw_size;
	bool literal; /* nothing in it is quoted or expanded: it may be a keyword */
	bool split;   /* something unquoted is expanded: blanks in it end it */
	struct shell_values values;
};

static inline void shell_text_cleanup(struct shell_text *text)
{
	shell_values_reset(&text->values);
}

/* What a command does with the words behind its name. */
enum shell_role {
	SHELL_ROLE_NONE,
	SHELL_ROLE_QUIET,   /* prints nothing */
	SHELL_ROLE_DECLARE, /* export x=y */
	SHELL_ROLE_READ,    /* its words are variables, set to what is not known */
	SHELL_ROLE_SET,	    /* set -- WORD... */
	SHELL_ROLE_EVAL,    /* its words are a script together */
	SHELL_ROLE_TRAP,    /* its first is */
	SHELL_ROLE_SHELL,   /* the one behind -c is */
	SHELL_ROLE_SOURCE,  /* its first is a file to be read */
	SHELL_ROLE_FIND,    /* a command stands behind -exec */
	SHELL_ROLE_CD,
	SHELL_ROLE_PWD,
	SHELL_ROLE_DIRNAME,
	SHELL_ROLE_BASENAME,
	SHELL_ROLE_PRINT, /* prints its last word */
};

/* A simple command whose words are being read. */
struct shell_command {
	bool named;    /* its name has come */
	bool closed;   /* a compound command ended: only redirections may come */
	bool declared; /* an assignment has come */
	bool finds;    /* it is find's, and another may come */
	enum shell_role role;
	const struct shell_prefix *prefix; /* whose command is to come still */
	unsigned n_operands;		   /* of a prefix, to come; of a role, that have come */
	bool option_argument;		   /* the next word is an option's */
	bool script_next;		   /* -c has come */
	bool operands_only;		   /* "--" has come */
	struct shell_values argument;	   /* the operand that the role needs, or all for eval */
};

static inline void shell_command_cleanup(struct shell_command *command)
{
	shell_values_reset(&command->argument);
}

enum shell_until {
	SHELL_UNTIL_END,
	SHELL_UNTIL_PARENTHESIS, /* stops before the ")" */
	SHELL_UNTIL_CASE,	 /* stops before ";;", ";&" or "esac" */
};

static inline bool shell_at_end(const struct shell *shell)
{
	return shell->stopped || shell->at >= shell->end;
}

/* The character COUNT bytes on; NUL behind the end. */
static inline char shell_peek(const struct shell *shell, size_t count)
{
	return !shell->stopped && (size_t)(shell->end - shell->at) > count ? shell->at[count]
									   : '\0';
}

/* Gives up on the rest: only what was read by then is known. */
void shell_stop(struct shell *shell);

/* Reads commands up to UNTIL. */
int shell_parse(struct shell *shell, enum shell_until until);

/* Reads TEXT, which is run from where the cursor is, and comes back. */
int shell_parse_text(struct shell *shell, const char *text, size_t size);

/* Skips what is between parentheses, of which the cursor is behind the first COUNT. */
void shell_skip_parentheses(struct shell *shell, unsigned count);

/* Reads a word, or moves on by a character that begins none. */
int shell_read_word(struct shell *shell, struct shell_text *text);

/* Reads what is in the lines up to the cursor's end as a text in double quotes. */
int shell_read_quoted_lines(struct shell *shell);

/* The length of a variable's name at TEXT, of SIZE bytes at most. */
size_t shell_name_length(const char *text, size_t size);

/* The next word of a simple command; its end; a word elsewhere, in which there may be paths. */
int shell_command_word(struct shell *shell, struct shell_command *command,
		       const struct shell_text *text);
int shell_command_end(struct shell *shell, struct shell_command *command);
int shell_command_text(struct shell *shell, const struct shell_values *values);

/* Whether TEXT is an assignment; sets the variable then. */
int shell_assign(struct shell *shell, const struct shell_text *text, bool *assigned);

/* A function of the script's own. */
int shell_add_function(struct shell *shell, const char *name, size_t length);
bool shell_has_function(const struct shell *shell, const char *name);
void shell_functions_reset(struct shell *shell);

#endif
