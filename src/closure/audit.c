/* SPDX-License-Identifier: Apache-2.0 */
#include "closure/audit.h"

#include <errno.h>
#include <string.h>

struct audit {
	struct search_context context;
	const struct closure_object *program;
	struct location *locations;
	size_t count;
	size_t capacity;
};

static void audit_cleanup(struct audit *audit)
{
	search_finish(&audit->context);
}

static int find_one(struct audit *audit, const char *text)
{
	struct search_context *context = &audit->context;
	const struct loaded *program = &audit->program->loaded;
	struct search_result result;
	struct location name;
	int r;

	r = search_expand_name(context, program, text, &name);
	if (r == 0)
		r = search_library(context, program, name, &result);
	if (r < 0)
		return r;
	if (r != 0) {
		diag_warning(context->sysroot->diag, program->location.path,
			     "its auditing library %s is not found, and ignored", text);
		return 0;
	}
	r = arena_grow(context->sysroot->arena, &audit->locations, audit->count, &audit->capacity,
		       sizeof(*audit->locations));
	if (r == 0)
		audit->locations[audit->count++] = result.location;
	return r;
}

/* A list separated by colons, as DT_AUDIT is. */
static int find_all(struct audit *audit, const char *list)
{
	char *text = list ? arena_strdup(audit->context.sysroot->arena, list) : NULL;

	if (!list)
		return 0;
	if (!text)
		return -ENOMEM;
	for (char *name; (name = strsep(&text, ":")) != NULL;) {
		int r = *name ? find_one(audit, name) : 0;

		if (r < 0)
			return r;
	}
	return 0;
}

int audit_find(const struct sysroot *sysroot, const struct closure *closure,
	       const struct closure_options *options, struct location **locations, size_t *count)
{
	CLEANUP(audit) struct audit audit = {
		.program = closure->objects[0],
		.context = {
			.sysroot = sysroot,
			.loader = closure->loader,
			.processor = closure->processor,
			.program = &closure->objects[0]->loaded,
			.library_path = options->library_path,
		},
	};
	const struct elf_object *elf = audit.program->loaded.elf;
	int r;

	*count = 0;
	if (closure->loader->kind != LOADER_GLIBC || (!elf->audit && !elf->depaudit))
		return 0;
	r = search_prepare(&audit.context);
	if (r == 0)
		r = find_all(&audit, elf->audit);
	if (r == 0)
		r = find_all(&audit, elf->depaudit);
	*locations = audit.locations;
	*count = audit.count;
	return r;
}
