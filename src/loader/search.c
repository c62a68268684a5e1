/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/search.h"
#include "base/error.h"
#include "loader/candidate.h"
#include "loader/glibc.h"
#include "loader/rules.h"

#include <assert.h>
#include <string.h>

const char *found_by_name(enum found_by found_by)
{
	static const char *const names[] = {
		[FOUND_BY_PROGRAM] = "program", [FOUND_BY_PATH] = "path",
		[FOUND_BY_RPATH] = "rpath",	[FOUND_BY_LIBRARY_PATH] = "library-path",
		[FOUND_BY_RUNPATH] = "runpath", [FOUND_BY_CACHE] = "cache",
		[FOUND_BY_DEFAULT] = "default", [FOUND_BY_LOADED] = "loaded",
		[FOUND_BY_INTERP] = "interp",	[FOUND_BY_PRELOAD] = "preload",
		[FOUND_BY_DLOPEN] = "dlopen",	[FOUND_BY_RULE] = "rule",
		[FOUND_BY_TRACE] = "trace",
	};

	return names[found_by];
}

const struct loader_rules *search_rules(const struct loader *loader)
{
	return loader->kind == LOADER_MUSL ? &musl_rules : &glibc_rules;
}

int search_begin(struct search_context *context)
{
	assert(context->sysroot && context->loader && context->processor);
	context->rules = search_rules(context->loader);
	context->last_error = context->rules->no_error;
	return candidate_begin(context);
}

void search_end(struct search_context *context)
{
	candidate_end(context);
}

/* A name with a '/' is not searched for; colons in it are literal. */
static int search_path(struct search_context *context, struct location name,
		       struct search_result *result)
{
	int r = TRY(candidate_open(context, name, FOUND_BY_PATH, result));

	if (r != SEARCH_NOT_FOUND && r != SEARCH_ABANDONED)
		return r;
	return candidate_note(context, result, name.path);
}

int search_library(struct search_context *context, const struct loaded *requester,
		   struct location name, struct search_result *result)
{
	assert(context->rules);
	*result = (struct search_result){ 0 };
	if (strchr(name.path, '/'))
		return search_path(context, name, result);
	return context->rules->search(context, requester, name.path, result);
}

const char *search_refuses(const struct loader *loader, const struct elf_object *elf, bool library)
{
	const char *problem = NULL;

	/* A program keeps data of its own in such files (Guile does): no loader opens them. */
	if (elf->machine == EM_NONE)
		return NULL;
	/* What needs nothing is opened by some loader even so. */
	if (loader->kind != LOADER_GLIBC && !(loader->kind == LOADER_NONE && library))
		return NULL;
	if (library && glibc_verify(loader, elf, &problem) == SEARCH_STOPPED)
		return problem;
	if (library && elf->unloadable)
		return elf->unloadable;
	return elf->inconsistent;
}
