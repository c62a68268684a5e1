/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/audit.h"
#include "base/error.h"
#include "base/table.h"
#include "loader/rules.h"

#include <errno.h>
#include <string.h>

struct audit {
	struct search_context context;
	TABLE(struct location) found;
};

static void audit_cleanup(struct audit *audit)
{
	search_end(&audit->context);
}

/* As search_library, for TEXT as it stands in PROGRAM's list. */
static int search(struct search_context *context, const struct loaded *program, const char *text,
		  struct search_result *result)
{
	struct location name;
	const char *problem;

	TRY_ZERO(context->rules->expand_name(context, program, text, &name, &problem));
	return search_library(context, program, name, result);
}

static int find_one(struct audit *audit, const char *text)
{
	struct search_context *context = &audit->context;
	const struct loaded *program = context->program;
	struct search_result result;
	struct location *found;

	if (TRY(search(context, program, text, &result)) != 0) {
		diag_warning(context->sysroot->diag, program->location.path,
			     "its auditing library %s is not found, and ignored", text);
		return 0;
	}
	found = TABLE_ADD(context->sysroot->arena, &audit->found);
	if (!found)
		return -ENOMEM;
	*found = result.location;
	return 0;
}

/* A list separated by colons, as DT_AUDIT is; NULL: none. */
static int find_all(struct audit *audit, const char *list)
{
	char *text;

	if (!list)
		return 0;
	text = arena_strdup(audit->context.sysroot->arena, list);
	if (!text)
		return -ENOMEM;
	for (char *name; (name = strsep(&text, ":")) != NULL;)
		if (*name)
			TRY(find_one(audit, name));
	return 0;
}

int audit_find(const struct sysroot *sysroot, const struct closure *closure,
	       const struct closure_options *options, struct location **locations, size_t *count)
{
	const struct loaded *program = &closure->objects[0]->loaded;
	CLEANUP(audit) struct audit audit = {
		.context = {
			.sysroot = sysroot,
			.loader = closure->loader,
			.processor = closure->processor,
			.program = program,
			.library_path = options->library_path,
		},
	};

	*locations = NULL;
	*count = 0;
	if (!closure->interp || (!program->elf->audit && !program->elf->depaudit))
		return 0;
	TRY(search_begin(&audit.context));
	if (!audit.context.rules->has_extensions)
		return 0;
	TRY(find_all(&audit, program->elf->audit));
	TRY(find_all(&audit, program->elf->depaudit));
	*locations = audit.found.items;
	*count = audit.found.count;
	return 0;
}
