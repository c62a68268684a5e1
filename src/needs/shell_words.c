/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/shell_words.h"
#include "base/error.h"
#include "needs/shell_reader.h"

#include <errno.h>

static int read_script(struct shell *shell)
{
	shell->at = shell->script->text;
	shell->end = shell->at + shell->script->size;
	shell->line = 1;
	shell->n_here = 0;
	shell->depth = 0;
	shell->work = 0;
	shell->stopped = false;
	return shell_parse(shell, SHELL_UNTIL_END);
}

static void shell_cleanup(struct shell *shell)
{
	shell_variables_reset(&shell->variables);
	shell_functions_reset(shell);
}

/* Functions and variables may stand behind what uses them: they are found out first. */
int shell_words_read(const struct shell_script *script, shell_word_fn *visit, void *data,
		     struct shell_summary *summary)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(shell)
	struct shell shell = {
		.arena = arena,
		.script = script,
		.data = data,
		.summary = summary,
		.variables.arena = arena,
	};

	*summary = (struct shell_summary){ 0 };
	if (!arena)
		return -ENOMEM;
	if (script->size == 0)
		return 0;
	TRY(read_script(&shell));
	shell.visit = visit;
	return read_script(&shell);
}
