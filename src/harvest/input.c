/* SPDX-License-Identifier: Apache-2.0 */
#include "harvest/input.h"
#include "base/error.h"
#include "base/path.h"
#include "base/table.h"
#include "needs/shebang.h"

#include <assert.h>
#include <errno.h>
#include <string.h>

enum {
	/* The kernel gives up at the fifth interpreter (fs/exec.c). */
	SCRIPT_DEPTH_MAX = 4,
};

/* An outcome inside of this file: neither ELF nor script, and it need not be. */
enum { INPUT_NO_PROGRAM = 2 };

/* The search path where the caller's PATH is of another system than the root. */
static const char usual_path[] = "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin";

/*
 * Whether PATH can be run; a search for it goes on otherwise, as a shell's does behind what may not
 * be looked at. 1 or 0; -errno after a diagnostic for this system's own trouble.
 */
static int is_program(const struct sysroot *sysroot, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r = root_open(sysroot->root, path, &file);

	if (r < 0)
		return root_is_own_trouble(r) ? diag_errno(sysroot->diag, -r, path) : 0;
	return S_ISREG(file.stat.st_mode) && (file.stat.st_mode & 0111) != 0;
}

/* Finds the bare NAME in the search path, as a shell would. */
static int look_up(const struct inputs *inputs, const char *name, const char **out)
{
	const struct sysroot *sysroot = inputs->sysroot;
	const char *list = inputs->search_path ? inputs->search_path : usual_path;

	for (;;) {
		size_t length = strcspn(list, ":");
		const char *directory = length ? arena_strndup(sysroot->arena, list, length) : ".";
		const char *path = directory ? path_join(sysroot->arena, directory, name) : NULL;

		if (path)
			path = path_normalize(sysroot->arena, sysroot->working_directory, path);
		if (!path)
			return -ENOMEM;
		if (TRY(is_program(sysroot, path))) {
			*out = path;
			return 0;
		}
		if (!list[length])
			return -ENOENT;
		list += length + 1;
	}
}

static int append(struct arena *arena, struct input_list *list, struct input *input)
{
	struct input **slot = TABLE_ADD(arena, list);

	if (!slot)
		return -ENOMEM;
	*slot = input;
	return 0;
}

/* The input at LOCATION among those of LIST, or NULL. */
static struct input *find_in(const struct input_list *list, struct location location)
{
	for (size_t i = 0; i < list->count; i++)
		if (strcmp(list->items[i]->location.path, location.path) == 0 &&
		    strcmp(list->items[i]->location.dest, location.dest) == 0)
			return list->items[i];
	return NULL;
}

static int set_fault(struct input_chain *chain, int error, const char *subject, const char *fault)
{
	chain->error = error;
	chain->subject = subject;
	chain->fault = fault;
	return INPUT_UNUSABLE;
}

/* As set_fault for ERROR, a negative errno of reading SUBJECT; this system's trouble is an error.
 */
static int set_errno(const struct sysroot *sysroot, struct input_chain *chain, int error,
		     const char *subject)
{
	if (root_is_own_trouble(error))
		return diag_errno(sysroot->diag, -error, subject);
	return set_fault(chain, -error, subject, errno_text(-error));
}

static int set_broken(struct arena *arena, struct input_chain *chain, const char *path,
		      const char *problem)
{
	const char *fault = arena_printf(arena, "is a broken ELF file: %s", problem);

	return fault ? set_fault(chain, ENOEXEC, path, fault) : -ENOMEM;
}

/*
 * Where PATH leads, links resolved: *CANONICAL, or NULL where nothing is there. What may not be
 * looked into may still be a place in the result: a warning says that its links stay unknown.
 */
static int find_canonical(const struct sysroot *sysroot, const char *path, char **canonical)
{
	int r = root_walk(sysroot->root, sysroot->arena, path, true, NULL, NULL, canonical);

	if (r == 0)
		return 0;
	*canonical = NULL;
	if (root_is_absence(r))
		return 0;
	if (r != -EACCES)
		return diag_errno(sysroot->diag, -r, path);
	diag_warning(sysroot->diag, path, "may not be looked at: links there are not followed");
	return 0;
}

/*
 * The directory that /proc/self/exe of a program started by PATH names: its links resolved, those
 * of its directory where PATH (a DEST) does not exist yet.
 */
static int find_running_directory(const struct sysroot *sysroot, const char *path, const char **out)
{
	const char *parent = path_dirname(sysroot->arena, path);
	char *canonical;

	if (!parent)
		return -ENOMEM;
	TRY(find_canonical(sysroot, path, &canonical));
	if (canonical) {
		*out = path_dirname(sysroot->arena, canonical);
		return *out ? 0 : -ENOMEM;
	}
	TRY(find_canonical(sysroot, parent, &canonical));
	*out = canonical ? canonical : parent;
	return 0;
}

static int find_origin(const struct sysroot *sysroot, struct input *input)
{
	const struct location location = input->location;

	if (input->library) {
		input->origin.path = path_dirname(sysroot->arena, location.path);
		input->origin.dest = path_dirname(sysroot->arena, location.dest);
		return input->origin.path && input->origin.dest ? 0 : -ENOMEM;
	}
	TRY(find_running_directory(sysroot, location.path, &input->origin.path));
	input->origin.dest = input->origin.path;
	if (location.path == location.dest)
		return 0;
	return find_running_directory(sysroot, location.dest, &input->origin.dest);
}

/* A loader whose rules are not known here is named, and no other's rules answer for it. */
static int set_foreign(struct arena *arena, struct input_chain *chain, const struct input *input)
{
	const struct loader *loader = input->loader;
	const char *fault;

	if (loader->system)
		fault = arena_printf(arena,
				     "is for %s, whose loader is %s: how it looks for libraries is "
				     "not known here, only how glibc's and musl's do",
				     loader->system, loader->interp);
	else
		fault = arena_printf(arena,
				     "has a loader that is neither glibc's nor musl's, %s: how it "
				     "looks for libraries is not known here",
				     loader->interp);
	return fault ? set_fault(chain, ENOEXEC, input->location.path, fault) : -ENOMEM;
}

/* One that names a loader may be a library all the same, which was given another one. */
static bool is_library(const struct elf_object *elf, const struct loader *loader)
{
	if (!elf->dynamic || elf->type != ET_DYN || elf->dt_flags_1 & DF_1_PIE)
		return false;
	return !elf->interp || (loader->interp && strcmp(elf->interp, loader->interp) != 0);
}

static int find_elf(struct sysroot *sysroot, struct input *input, const struct stat *stat,
		    struct input_chain *chain)
{
	const struct elf_object *elf = input->elf;
	const char *path = input->location.path;
	const char *refused;

	if (elf->state == ELF_OBJECT_CORRUPT)
		return set_broken(sysroot->arena, chain, path, elf->problem);
	if (elf->type != ET_EXEC && elf->type != ET_DYN)
		return set_fault(chain, ENOEXEC, path, "is neither a program nor a shared library");
	input->loader_missing = TRY(sysroot_loader(sysroot, elf, &input->loader)) == LOADER_MISSING;
	if (input->loader->kind == LOADER_FOREIGN)
		return set_foreign(sysroot->arena, chain, input);
	input->library = is_library(elf, input->loader);
	if (!input->library && elf->unstartable)
		return set_fault(chain, ENOEXEC, path, elf->unstartable);
	refused = search_refuses(input->loader, elf, input->library);
	if (refused)
		return set_fault(chain, ENOEXEC, path, refused);
	if (elf->interp && !*elf->interp)
		return set_fault(chain, ENOEXEC, path, "the name of its loader is empty");
	input->secure = !input->library && (stat->st_mode & (S_ISUID | S_ISGID)) != 0;
	return find_origin(sysroot, input);
}

/* Object files and core dumps are data. */
static bool is_startable(const struct elf_object *elf)
{
	return elf->state == ELF_OBJECT_VALID && (elf->type == ET_EXEC || elf->type == ET_DYN);
}

/* What INPUT's FILE is: sets INPUT's facts, SHEBANG for a script. PROGRAM_ONLY as inputs_find. */
static int find_kind(struct sysroot *sysroot, struct root_file *file, bool program_only,
		     struct input *input, struct shebang *shebang, struct input_chain *chain)
{
	const char *path = input->location.path;
	int r;

	if (!S_ISREG(file->stat.st_mode))
		return set_fault(chain, S_ISDIR(file->stat.st_mode) ? EISDIR : ENOEXEC, path,
				 "is not a regular file");
	input->executable = file->stat.st_mode & 0111;
	r = elf_store_get(sysroot->store, file, path, &input->elf);
	if (r < 0)
		return set_errno(sysroot, chain, r, path);
	if (input->elf->state != ELF_OBJECT_FOREIGN) {
		if (program_only && !is_startable(input->elf))
			return INPUT_NO_PROGRAM;
		return find_elf(sysroot, input, &file->stat, chain);
	}
	input->elf = NULL;
	r = shebang_read(file, sysroot->arena, shebang);
	if (r < 0)
		return set_errno(sysroot, chain, r, path);
	/* A text that is not executable is read by somebody, not started. */
	input->script = r == 1 && (!program_only || input->executable);
	if (input->script)
		return 0;
	if (program_only)
		return INPUT_NO_PROGRAM;
	return set_fault(chain, ENOEXEC, path,
			 file->stat.st_size == 0 ? "is empty"
						 : "is neither an ELF file nor a script");
}

static int find_location(struct inputs *inputs, struct location location, const char *why,
			 bool program_only, unsigned depth, struct input_chain *chain,
			 struct input **out);

/* The path of the interpreter that a script calls NAME. Returns as root_open. */
static int locate_interpreter(const struct inputs *inputs, const char *name, const char **path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct sysroot *sysroot = inputs->sysroot;

	*path = name;
	if (!strchr(name, '/'))
		TRY(look_up(inputs, name, path));
	else if (name[0] != '/')
		*path = path_normalize(sysroot->arena, sysroot->working_directory, name);
	return *path ? root_open(sysroot->root, *path, &file) : -ENOMEM;
}

static int find_interpreter(struct inputs *inputs, struct input *script, const char *name,
			    unsigned depth, struct input_chain *chain)
{
	struct input *interpreter = NULL;
	size_t n_missing = 0;
	const char *path;
	const char *why;
	int r = locate_interpreter(inputs, name, &path);

	if (r < 0 && root_is_absence(r)) {
		while (script->missing_interpreters[n_missing])
			n_missing++;
		assert(n_missing < INPUT_INTERPRETERS_MAX);
		script->missing_interpreters[n_missing] = name;
		return 0;
	}
	if (r < 0)
		return set_errno(inputs->sysroot, chain, r, name);
	script->interpreter = path;
	interpreter = find_in(&chain->found, (struct location){ path, path });
	if (interpreter && interpreter->script)
		return set_fault(chain, ELOOP, script->location.path, "is its own interpreter");
	if (depth >= SCRIPT_DEPTH_MAX)
		return set_fault(chain, ELOOP, script->location.path, "has too many interpreters");
	why = arena_printf(inputs->sysroot->arena, "interpreter of %s", script->location.path);
	if (!why)
		return -ENOMEM;
	r = find_location(inputs, (struct location){ path, path }, why, false, depth + 1, chain,
			  &interpreter);
	if (r != 0)
		return r;
	if (!interpreter->interprets)
		interpreter->interprets = script->location.path;
	return 0;
}

static int find_interpreters(struct inputs *inputs, struct input *script,
			     const struct shebang *shebang, unsigned depth,
			     struct input_chain *chain)
{
	int r;

	/* Behind an argument it is the interpreter's to judge; env(1) looks for a name with it. */
	script->carriage_return =
		shebang->carriage_return && (!shebang->argument || shebang->command);
	if (script->carriage_return)
		diag_note(inputs->sysroot->diag, script->location.path,
			  "the first line ends in a carriage return: it will not run");
	r = find_interpreter(inputs, script, shebang->interpreter, depth, chain);
	if (r != 0 || !shebang->command)
		return r;
	return find_interpreter(inputs, script, shebang->command, depth, chain);
}

/* *OUT is the input at LOCATION: a new one, in CHAIN now, or a known one; or NULL. */
static int find_location(struct inputs *inputs, struct location location, const char *why,
			 bool program_only, unsigned depth, struct input_chain *chain,
			 struct input **out)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct sysroot *sysroot = inputs->sysroot;
	struct input *input = find_in(&inputs->all, location);
	struct shebang shebang = { 0 };
	int r;

	*out = input ? input : find_in(&chain->found, location);
	if (*out)
		return 0;
	input = arena_alloc(sysroot->arena, sizeof(*input));
	if (!input)
		return -ENOMEM;
	*input = (struct input){ .location = location, .given = location.path, .why = why };
	r = root_open(sysroot->root, location.path, &file);
	if (r < 0)
		return set_errno(sysroot, chain, r, location.path);
	r = find_kind(sysroot, &file, program_only, input, &shebang, chain);
	if (r != 0)
		return r == INPUT_NO_PROGRAM ? 0 : r;
	*out = input;
	TRY(append(sysroot->arena, &chain->found, input));
	return input->script ? find_interpreters(inputs, input, &shebang, depth, chain) : 0;
}

int inputs_find(struct inputs *inputs, struct location location, const char *why, bool program_only,
		struct input_chain *chain)
{
	struct input *input;

	assert(location.path[0] == '/' && location.dest[0] == '/');
	*chain = (struct input_chain){ 0 };
	return find_location(inputs, location, why, program_only, 0, chain, &input);
}

int inputs_add(struct inputs *inputs, const struct input_chain *chain)
{
	for (size_t i = 0; i < chain->found.count; i++)
		TRY(append(inputs->sysroot->arena, &inputs->all, chain->found.items[i]));
	return 0;
}

static int report_unusable(const struct inputs *inputs, const struct input_chain *chain)
{
	const struct sysroot *sysroot = inputs->sysroot;
	const char *hint = NULL;

	if (chain->error == ENOENT &&
	    root_walk(sysroot->root, sysroot->arena, chain->subject, false, NULL, NULL, NULL) == 0)
		hint = "it is a link, and what it leads to is not there";
	else if (chain->error == ENOENT && strrchr(path_basename(chain->subject), ':'))
		hint = "of FILE:DEST, DEST begins with /";
	else if (chain->error == ENOENT && inputs->place)
		hint = arena_printf(sysroot->arena, "it is looked for in %s", inputs->place);
	if (!hint)
		return diag_error(sysroot->diag, chain->error, chain->subject, "%s", chain->fault);
	return diag_error_hint(sysroot->diag, chain->error, chain->subject, hint, "%s",
			       chain->fault);
}

/* Finds and adds; what is unusable is an error. *OUT is the first that is new, or NULL. */
static int add_location(struct inputs *inputs, struct location location, const char *why,
			bool program_only, struct input **out)
{
	struct input_chain chain;

	if (TRY(inputs_find(inputs, location, why, program_only, &chain)) == INPUT_UNUSABLE)
		return report_unusable(inputs, &chain);
	*out = chain.found.count > 0 ? chain.found.items[0] : NULL;
	return inputs_add(inputs, &chain);
}

/*
 * PATH without "." and empty components. A ".." is taken as the kernel takes it, after the
 * links before it.
 */
static int clean(const struct sysroot *sysroot, const char *path, const char **out)
{
	const char *parent = path_dirname(sysroot->arena, path);
	char *canonical = NULL;

	if (!parent)
		return -ENOMEM;
	/* Whoever opens the file reports what is wrong with its directories. */
	if (strstr(path, "/..") && root_walk(sysroot->root, sysroot->arena, parent, true, NULL,
					     NULL, &canonical) == -ENOMEM)
		return -ENOMEM;
	*out = canonical ? path_join(sysroot->arena, canonical, path_basename(path))
			 : path_normalize(sysroot->arena, "/", path);
	return *out ? 0 : -ENOMEM;
}

/* What a FILE is asked for is to be started: by the kernel, which is strict. */
static int check_start(const struct inputs *inputs, const struct input *input)
{
	const struct diag *diag = inputs->sysroot->diag;
	const char *path = input->location.path;

	if (input->carriage_return)
		return diag_error_hint(
			diag, ENOEXEC, path, "dos2unix removes it",
			"cannot be started: its first line ends in a carriage return");
	if (!input->executable && !input->library && !(input->elf && input->elf->soname))
		diag_warning(diag, path, "is not executable, so nobody can start it: chmod +x");
	return 0;
}

int inputs_add_file(struct inputs *inputs, const struct plan_file *file)
{
	const char *path = file->path;
	struct location location;
	struct input *input = NULL;
	const char *given;
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
	given = sysroot_absolute(inputs->sysroot, path);
	if (!given)
		return -ENOMEM;
	TRY(clean(inputs->sysroot, given, &location.path));
	location.dest = file->dest ? file->dest : location.path;
	TRY(add_location(inputs, location, "asked for", false, &input));
	if (!input)
		return 0;
	input->given = given;
	input->asked = true;
	return check_start(inputs, input);
}

int inputs_add_path(struct inputs *inputs, const char *path, const char *dest, const char *why)
{
	struct input *input;

	return add_location(inputs, (struct location){ path, dest }, why, true, &input);
}

int inputs_add_library(struct inputs *inputs, struct location location, const char *why)
{
	struct input *input;

	return add_location(inputs, location, why, false, &input);
}
