/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/input.h"
#include "base/path.h"
#include "needs/shebang.h"

#include <errno.h>
#include <string.h>

enum {
	/* The kernel gives up at the fifth interpreter (fs/exec.c). */
	SCRIPT_DEPTH_MAX = 4,
};

/* What execvp(3) tries where the root is not the one whose PATH we were given. */
static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

static bool is_program(const struct inputs *inputs, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	return root_open(inputs->sysroot->root, path, &file) == 0 && S_ISREG(file.stat.st_mode) &&
	       (file.stat.st_mode & 0111) != 0;
}

/* A bare name in the search path, as a shell would find it. */
static int look_up(struct inputs *inputs, const char *name, const char **out)
{
	const char *list = inputs->search_path ? inputs->search_path : usual_path;

	for (;;) {
		size_t length = strcspn(list, ":");
		const char *directory =
			length ? arena_strndup(inputs->sysroot->arena, list, length) : ".";
		const char *path =
			directory ? path_join(inputs->sysroot->arena, directory, name) : NULL;

		path = path ? path_normalize(inputs->sysroot->arena,
					     inputs->sysroot->working_directory, path)
			    : NULL;
		if (!path)
			return -ENOMEM;
		if (is_program(inputs, path)) {
			*out = path;
			return 0;
		}
		if (!list[length])
			return -ENOENT;
		list += length + 1;
	}
}

static int append(struct inputs *inputs, const struct input *input)
{
	int r = arena_grow(inputs->sysroot->arena, &inputs->items, inputs->count, &inputs->capacity,
			   sizeof(*inputs->items));

	if (r < 0)
		return r;
	inputs->items[inputs->count++] = *input;
	return 0;
}

/*
 * The directory that /proc/self/exe of a program started by PATH names: all links
 * resolved, as far as there is something to resolve (DEST need not exist yet).
 */
static const char *running_directory(struct inputs *inputs, const char *path)
{
	const char *parent = path_dirname(inputs->sysroot->arena, path);
	char *canonical;

	if (root_walk(inputs->sysroot->root, inputs->sysroot->arena, path, true, NULL, NULL,
		      &canonical) == 0)
		return path_dirname(inputs->sysroot->arena, canonical);
	if (parent && root_walk(inputs->sysroot->root, inputs->sysroot->arena, parent, true, NULL,
				NULL, &canonical) == 0)
		return canonical;
	return parent;
}

static int add_elf(struct inputs *inputs, struct input *input, const struct stat *stat)
{
	const struct location location = input->location;
	int r;

	if (input->elf->state == ELF_OBJECT_CORRUPT)
		return diag_error(inputs->sysroot->diag, ENOEXEC, location.path, "%s",
				  input->elf->problem);
	if (input->elf->type != ET_EXEC && input->elf->type != ET_DYN)
		return diag_error(inputs->sysroot->diag, ENOEXEC, location.path,
				  "is neither a program nor a shared library");
	r = sysroot_loader(inputs->sysroot, input->elf, &input->loader);
	if (r < 0)
		return r;
	input->loader_missing = r == LOADER_MISSING;
	input->library = !input->elf->interp && input->elf->dynamic && input->elf->type == ET_DYN &&
			 !(input->elf->dt_flags_1 & DF_1_PIE);
	input->secure = !input->library && (stat->st_mode & (S_ISUID | S_ISGID)) != 0;
	if (input->library) {
		input->origin.path = path_dirname(inputs->sysroot->arena, location.path);
		input->origin.dest = path_dirname(inputs->sysroot->arena, location.dest);
	} else {
		input->origin.path = running_directory(inputs, location.path);
		input->origin.dest = location.path == location.dest
					     ? input->origin.path
					     : running_directory(inputs, location.dest);
	}
	if (!input->origin.path || !input->origin.dest)
		return -ENOMEM;
	return append(inputs, input);
}

static int add_location(struct inputs *inputs, struct location location, const char *why,
			bool optional, unsigned depth);

/* A program that a script names: SEED_INTERPRETER_MISSING after a diagnostic where it is not there.
 */
static int add_interpreter(struct inputs *inputs, const char *script, const char *name,
			   unsigned depth)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *path = name;
	const char *why;
	int r = 0;

	if (!strchr(name, '/'))
		r = look_up(inputs, name, &path);
	else if (name[0] != '/')
		path = path_normalize(inputs->sysroot->arena, inputs->sysroot->working_directory,
				      name);
	if (r == 0)
		r = path ? root_open(inputs->sysroot->root, path, &file) : -ENOMEM;
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP) {
		diag_error(inputs->sysroot->diag, ENOENT, name,
			   "interpreter not found, needed by %s", script);
		return INPUT_INTERPRETER_MISSING;
	}
	if (r < 0)
		return diag_errno(inputs->sysroot->diag, -r, name);
	why = arena_printf(inputs->sysroot->arena, "interpreter of %s", script);
	if (!why)
		return -ENOMEM;
	if (depth >= SCRIPT_DEPTH_MAX)
		return diag_error(inputs->sysroot->diag, ELOOP, script, "too many interpreters");
	r = add_location(inputs, (struct location){ path, path }, why, false, depth + 1);
	for (size_t i = 0; r >= 0 && i < inputs->count; i++)
		if (strcmp(inputs->items[i].location.path, path) == 0 &&
		    !inputs->items[i].interprets)
			inputs->items[i].interprets = script;
	return r;
}

static int add_script(struct inputs *inputs, struct input *input, const struct shebang *shebang,
		      unsigned depth)
{
	const char *path = input->location.path;
	int missing;
	int r;

	if (shebang->carriage_return)
		diag_warning(inputs->sysroot->diag, path,
			     "the first line ends in a carriage return: it will not run");
	input->script = true;
	r = append(inputs, input);
	if (r < 0)
		return r;
	r = add_interpreter(inputs, path, shebang->interpreter, depth);
	if (r < 0 || !shebang->command)
		return r;
	missing = r;
	r = add_interpreter(inputs, path, shebang->command, depth);
	return r < 0 ? r : r | missing;
}

static int add_location(struct inputs *inputs, struct location location, const char *why,
			bool optional, unsigned depth)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct input input = { .location = location, .given = location.path, .why = why };
	struct shebang shebang;
	int r;

	for (size_t i = 0; i < inputs->count; i++)
		if (strcmp(inputs->items[i].location.path, location.path) == 0 &&
		    strcmp(inputs->items[i].location.dest, location.dest) == 0)
			return 0;
	r = root_open(inputs->sysroot->root, location.path, &file);
	if (r < 0)
		return diag_errno(inputs->sysroot->diag, -r, location.path);
	if (!S_ISREG(file.stat.st_mode))
		return diag_error(inputs->sysroot->diag,
				  S_ISDIR(file.stat.st_mode) ? EISDIR : ENOEXEC, location.path,
				  "is not a regular file");
	r = elf_store_get(inputs->sysroot->store, &file, location.path, &input.elf);
	if (r < 0)
		return diag_errno(inputs->sysroot->diag, -r, location.path);
	if (input.elf->state != ELF_OBJECT_FOREIGN) {
		/* Object files and core dumps among data are data. */
		if (optional && (input.elf->state != ELF_OBJECT_VALID ||
				 (input.elf->type != ET_EXEC && input.elf->type != ET_DYN)))
			return 0;
		return add_elf(inputs, &input, &file.stat);
	}
	input.elf = NULL;
	r = shebang_read(&file, inputs->sysroot->arena, &shebang);
	if (r < 0)
		return diag_errno(inputs->sysroot->diag, -r, location.path);
	/* A text that is not executable is read by somebody, not started. */
	if (r == 1 && (!optional || (file.stat.st_mode & 0111)))
		return add_script(inputs, &input, &shebang, depth);
	if (optional)
		return 0;
	return diag_error(inputs->sysroot->diag, ENOEXEC, location.path,
			  file.stat.st_size == 0 ? "is empty"
						 : "is neither an ELF file nor a script");
}

/*
 * PATH without "." and empty components. A ".." is taken as the kernel takes it, after the
 * links before it.
 */
static int clean(struct inputs *inputs, const char *path, const char **out)
{
	const char *parent = path_dirname(inputs->sysroot->arena, path);
	char *canonical;

	if (!parent)
		return -ENOMEM;
	if (strstr(path, "/..") && root_walk(inputs->sysroot->root, inputs->sysroot->arena, parent,
					     true, NULL, NULL, &canonical) == 0)
		*out = path_join(inputs->sysroot->arena, canonical, path_basename(path));
	else
		*out = path_normalize(inputs->sysroot->arena, "/", path);
	return *out ? 0 : -ENOMEM;
}

int inputs_add_file(struct inputs *inputs, const struct plan_file *file)
{
	const char *path = file->path;
	const char *given;
	const char *dest;
	size_t first;
	int r;

	if (!strchr(path, '/')) {
		r = look_up(inputs, path, &path);
		if (r == -ENOENT)
			return diag_error_hint(
				inputs->sysroot->diag, ENOENT, file->path,
				"a file in this directory is named with ./ before it",
				"not found in PATH");
		if (r < 0)
			return r;
	}
	given = path[0] == '/' ? path
			       : path_join(inputs->sysroot->arena,
					   inputs->sysroot->working_directory, path);
	r = given ? clean(inputs, given, &path) : -ENOMEM;
	if (r < 0)
		return r;
	dest = file->dest ? file->dest : path;
	first = inputs->count;
	r = add_location(inputs, (struct location){ path, dest }, "asked for", false, 0);
	if (inputs->count > first) {
		inputs->items[first].given = given;
		inputs->items[first].asked = true;
	}
	return r;
}

int inputs_add_path(struct inputs *inputs, const char *path, const char *dest, const char *why)
{
	return add_location(inputs, (struct location){ path, dest }, why, true, 0);
}

int inputs_add_library(struct inputs *inputs, struct location location, const char *why)
{
	return add_location(inputs, location, why, false, 0);
}
