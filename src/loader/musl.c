/* SPDX-License-Identifier: Apache-2.0 */
/*
 * musl's search: library path, the rpaths of all requesters, the system path
 * (ldso/dynlink.c: load_library, path_open, map_library).
 */
#include "loader/musl.h"
#include "base/error.h"
#include "loader/candidate.h"
#include "loader/rules.h"
#include "loader/tokens.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

enum {
	/* path_open's buffer: a longer path is passed over. */
	PATH_SIZE = 2 * NAME_MAX + 2,
};

static const char separators[] = ":\n";

bool musl_is_reserved(const char *name)
{
	static const char *const reserved[] = {
		"libc.", "libpthread.", "librt.", "libm.", "libdl.", "libutil.", "libxnet.",
	};

	for (size_t i = 0; i < ARRAY_SIZE(reserved); i++)
		if (strncmp(name, reserved[i], strlen(reserved[i])) == 0)
			return true;
	return false;
}

static bool is_libc(const struct loader *loader, const char *name)
{
	return loader->interp && (musl_is_reserved(name) || strcmp(name, loader->interp) == 0);
}

/* musl's words for an errno, whatever libc this program runs with (src/errno/__strerror.h). */
static const char *error_words(int error)
{
	switch (error) {
	case ENOENT:
		return "No such file or directory";
	case ENOTDIR:
		return "Not a directory";
	case EISDIR:
		return "Is a directory";
	case EACCES:
		return "Permission denied";
	case ELOOP:
		return "Symbolic link loop";
	case ENAMETOOLONG:
		return "Filename too long";
	case ENOEXEC:
		return "Exec format error";
	case EINVAL:
		return "Invalid argument";
	default:
		return errno_text(error);
	}
}

/* path_open: an error that is not one of absence ends all searching. */
static int pass_over(struct search_context *context, int error)
{
	context->last_error = error_words(error);
	return error == ENOENT || error == ENOTDIR || error == EACCES || error == ENAMETOOLONG
		       ? SEARCH_NOT_FOUND
		       : SEARCH_ABANDONED;
}

/* The first file that opens counts. A bad one is an error, and no reason to look further. */
static int take(struct search_context *context, struct root_file *file, const char *path,
		struct search_result *result)
{
	const struct elf_object *elf;
	int r;

	if (!S_ISREG(file->stat.st_mode)) {
		context->last_error = error_words(S_ISDIR(file->stat.st_mode) ? EISDIR : ENOEXEC);
		return SEARCH_ABANDONED;
	}
	r = elf_store_get(context->sysroot->store, file, path, &elf);
	if (r < 0)
		return diag_errno(context->sysroot->diag, -r, path);
	if (elf->state != ELF_OBJECT_VALID || !elf->dynamic ||
	    (elf->type != ET_DYN && elf->type != ET_EXEC)) {
		context->last_error = error_words(ENOEXEC);
		return SEARCH_ABANDONED;
	}
	result->elf = elf;
	return 0;
}

static const char *refuse(const struct elf_object *elf)
{
	return NULL;
}

static bool is_secure(const struct search_context *context)
{
	return context->program && context->program->secure;
}

static int search_directory(struct search_context *context, struct location directory,
			    enum found_by found_by, const char *name, struct search_result *result)
{
	if (strlen(directory.path) + 1 + strlen(name) >= PATH_SIZE)
		return SEARCH_NOT_FOUND;
	return candidate_in_directory(context, directory, found_by, name, result);
}

/* Empty elements are skipped: none means the working directory. */
static int search_list(struct search_context *context, struct location list, enum found_by found_by,
		       const char *name, struct search_result *result)
{
	struct arena *arena = context->sysroot->arena;
	const char *path = list.path;
	const char *dest = list.dest;

	for (;;) {
		struct location directory;
		size_t length;
		size_t dest_length;
		int r;

		path += strspn(path, separators);
		dest += strspn(dest, separators);
		length = strcspn(path, separators);
		dest_length = strcspn(dest, separators);
		if (length == 0)
			return SEARCH_NOT_FOUND;
		directory.path = arena_strndup(arena, path, length);
		directory.dest = arena_strndup(arena, dest, dest_length);
		if (!directory.path || !directory.dest)
			return -ENOMEM;
		r = search_directory(context, directory, found_by, name, result);
		if (r != SEARCH_NOT_FOUND)
			return r;
		path += length;
		dest += dest_length;
	}
}

/*
 * fixup_rpath: $ORIGIN is all it knows, and it compares only what follows, no longest name. Any
 * other '$' makes the whole path void, as does $ORIGIN in a set-id program.
 */
static int token_value(struct search_context *context, const struct token *token, size_t *length,
		       struct location *value)
{
	static const char *const names[] = { "ORIGIN", "{ORIGIN}" };

	if (!token->object->origin.path || is_secure(context))
		return SEARCH_NOT_FOUND;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		*length = strlen(names[i]);
		*value = token->object->origin;
		if ((size_t)(token->end - token->at) >= *length &&
		    memcmp(token->at, names[i], *length) == 0)
			return 0;
	}
	return SEARCH_NOT_FOUND;
}

/* DT_RUNPATH takes the place of DT_RPATH, and both are inherited. */
static int search_rpaths(struct search_context *context, const struct loaded *requester,
			 const char *name, struct search_result *result)
{
	for (const struct loaded *object = requester; object; object = object->requester) {
		const struct elf_object *elf = object->elf;
		const char *rpath = !elf ? NULL : elf->runpath ? elf->runpath : elf->rpath;
		struct location list;
		int r;

		if (!rpath)
			continue;
		r = TRY(tokens_expand(context, object, rpath, strlen(rpath), token_value, &list));
		if (r == SEARCH_NOT_FOUND)
			continue;
		r = search_list(context, list, elf->runpath ? FOUND_BY_RUNPATH : FOUND_BY_RPATH,
				name, result);
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

static int search_system_path(struct search_context *context, const char *name,
			      struct search_result *result)
{
	const struct loader *loader = context->loader;

	if (!context->path_file_read && loader->path_file_error)
		context->last_error = error_words(loader->path_file_error);
	context->path_file_read = true;
	for (size_t i = 0; i < loader->n_default_directories; i++) {
		int r = search_directory(context, location_of(loader->default_directories[i]),
					 FOUND_BY_DEFAULT, name, result);

		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

static int search_all(struct search_context *context, const struct loaded *requester,
		      const char *name, struct search_result *result)
{
	int r;

	if (context->library_path && !is_secure(context)) {
		r = search_list(context, location_of(context->library_path), FOUND_BY_LIBRARY_PATH,
				name, result);
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	r = search_rpaths(context, requester, name, result);
	return r == SEARCH_NOT_FOUND ? search_system_path(context, name, result) : r;
}

static int search(struct search_context *context, const struct loaded *requester, const char *name,
		  struct search_result *result)
{
	int r;

	if (!*name) {
		context->last_error = error_words(EINVAL);
		return SEARCH_NOT_FOUND;
	}
	if (strlen(name) > NAME_MAX)
		return SEARCH_NOT_FOUND;
	r = search_all(context, requester, name, result);
	return r == SEARCH_ABANDONED ? SEARCH_NOT_FOUND : r;
}

/* Names in needs have no tokens. */
static int expand_name(struct search_context *context, const struct loaded *requester,
		       const char *name, struct location *out, const char **problem)
{
	*out = location_of(name);
	return 0;
}

static const char *undefined(struct arena *arena, const char *name,
			     const struct elf_version_need *version, bool other_version)
{
	return arena_printf(arena, "symbol not found: %s", name);
}

const struct loader_rules musl_rules = {
	.expand_name = expand_name,
	.search = search,
	.take = take,
	.pass_over = pass_over,
	.refuse = refuse,
	.is_libc = is_libc,
	.undefined = undefined,
	.no_error = "No error information",
	.knows_own_file = true,
};
