/* SPDX-License-Identifier: Apache-2.0 */
#include "loader/musl.h"
#include "loader/tokens.h"

#include <errno.h>
#include <limits.h>
#include <string.h>

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

const char *musl_error_words(int error)
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

static int bad_file(struct search_context *context, struct search_result *result, int error)
{
	context->last_error = result->problem = musl_error_words(error);
	return SEARCH_STOPPED;
}

int musl_take(struct search_context *context, struct root_file *file, const char *path,
	      struct search_result *result)
{
	const struct elf_object *elf;
	int r;

	if (!S_ISREG(file->stat.st_mode))
		return bad_file(context, result, S_ISDIR(file->stat.st_mode) ? EISDIR : ENOEXEC);
	r = elf_store_get(context->sysroot->store, file, path, &elf);
	if (r < 0)
		return diag_errno(context->sysroot->diag, -r, path);
	if (elf->state != ELF_OBJECT_VALID || !elf->dynamic ||
	    (elf->type != ET_DYN && elf->type != ET_EXEC))
		return bad_file(context, result, ENOEXEC);
	result->elf = elf;
	return 0;
}

/* Empty elements are skipped; an error that is no "not there" ends all searching. */
static int search_list(struct search_context *context, struct location list, const char *separators,
		       enum found_by found_by, const char *name, struct search_result *result)
{
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
		directory.path = arena_strndup(context->sysroot->arena, path, length);
		directory.dest = arena_strndup(context->sysroot->arena, dest, dest_length);
		if (!directory.path || !directory.dest)
			return -ENOMEM;
		r = search_in_directory(context, directory, found_by, name, result);
		if (r != SEARCH_NOT_FOUND)
			return r;
		path += length;
		dest += dest_length;
	}
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
		r = expand_musl(context, object, rpath, strlen(rpath), &list);
		if (r == 0)
			r = search_list(context, list, ":\n",
					elf->runpath ? FOUND_BY_RUNPATH : FOUND_BY_RPATH, name,
					result);
		if (r != SEARCH_NOT_FOUND)
			return r;
	}
	return SEARCH_NOT_FOUND;
}

int musl_search(struct search_context *context, const struct loaded *requester, const char *name,
		struct search_result *result)
{
	const struct loader *loader = context->loader;
	bool secure = context->program && context->program->secure;
	int r = SEARCH_NOT_FOUND;

	if (!*name) {
		context->last_error = musl_error_words(EINVAL);
		return SEARCH_NOT_FOUND;
	}
	if (strlen(name) > NAME_MAX)
		return SEARCH_NOT_FOUND;
	if (context->library_path && !secure)
		r = search_list(context,
				(struct location){ context->library_path, context->library_path },
				":\n", FOUND_BY_LIBRARY_PATH, name, result);
	if (r == SEARCH_NOT_FOUND)
		r = search_rpaths(context, requester, name, result);
	for (size_t i = 0; r == SEARCH_NOT_FOUND && i < loader->n_default_directories; i++) {
		const char *directory = loader->default_directories[i];

		r = search_in_directory(context, (struct location){ directory, directory },
					FOUND_BY_DEFAULT, name, result);
	}
	return r == SEARCH_ABANDONED ? SEARCH_NOT_FOUND : r;
}
