#include "harvest/seed.h"
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

static bool is_program(const struct seeds *seeds, const char *path)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	return root_open(seeds->root, path, &file) == 0 && S_ISREG(file.stat.st_mode) &&
	       (file.stat.st_mode & 0111) != 0;
}

/* A bare name in the search path, as a shell would find it. */
static int look_up(struct seeds *seeds, const char *name, const char **out)
{
	const char *list = seeds->search_path ? seeds->search_path : usual_path;

	for (;;) {
		size_t length = strcspn(list, ":");
		const char *directory = length ? arena_strndup(seeds->arena, list, length) : ".";
		const char *path = directory ? path_join(seeds->arena, directory, name) : NULL;

		path = path ? path_normalize(seeds->arena, seeds->working_directory, path) : NULL;
		if (!path)
			return -ENOMEM;
		if (is_program(seeds, path)) {
			*out = path;
			return 0;
		}
		if (!list[length])
			return -ENOENT;
		list += length + 1;
	}
}

static bool same_abi(const struct loader *loader, const struct elf_object *elf, const char *interp)
{
	return loader->is64 == elf->is64 && loader->big_endian == elf->big_endian &&
	       loader->machine == elf->machine && loader->machine_flags == elf->flags &&
	       (loader->interp == interp ||
		(loader->interp && interp && strcmp(loader->interp, interp) == 0));
}

int seeds_loader(struct seeds *seeds, const struct elf_object *elf, const struct loader **out)
{
	const char *interp = elf->interp;
	int found;
	int r;

	if (!interp && elf->dynamic && elf->n_dependencies > 0)
		interp = loader_usual_interp(elf);
	for (size_t i = 0; i < seeds->n_loaders; i++) {
		if (!same_abi(seeds->loaders[i], elf, interp))
			continue;
		*out = seeds->loaders[i];
		return seeds->loader_missing[i] ? LOADER_MISSING : 0;
	}
	found = loader_open(seeds->arena, seeds->root, seeds->store, elf, seeds->diag, out);
	if (found < 0)
		return found;
	r = arena_grow(seeds->arena, &seeds->loaders, seeds->n_loaders, &seeds->loaders_capacity,
		       sizeof(*seeds->loaders));
	if (r == 0)
		r = arena_grow(seeds->arena, &seeds->loader_missing, seeds->n_loaders,
			       &seeds->missing_capacity, sizeof(*seeds->loader_missing));
	if (r < 0)
		return r;
	seeds->loader_missing[seeds->n_loaders] = found == LOADER_MISSING;
	seeds->loaders[seeds->n_loaders++] = *out;
	return found;
}

static int append(struct seeds *seeds, const struct seed *seed)
{
	int r = arena_grow(seeds->arena, &seeds->items, seeds->count, &seeds->capacity,
			   sizeof(*seeds->items));

	if (r < 0)
		return r;
	seeds->items[seeds->count++] = *seed;
	return 0;
}

/*
 * The directory that /proc/self/exe of a program started by PATH names: all links
 * resolved, as far as there is something to resolve (DEST need not exist yet).
 */
static const char *running_directory(struct seeds *seeds, const char *path)
{
	const char *parent = path_dirname(seeds->arena, path);
	char *canonical;

	if (root_walk(seeds->root, seeds->arena, path, true, NULL, NULL, &canonical) == 0)
		return path_dirname(seeds->arena, canonical);
	if (parent &&
	    root_walk(seeds->root, seeds->arena, parent, true, NULL, NULL, &canonical) == 0)
		return canonical;
	return parent;
}

static int add_elf(struct seeds *seeds, struct seed *seed, const struct stat *stat)
{
	const struct place place = seed->place;
	int r;

	if (seed->elf->state == ELF_OBJECT_CORRUPT)
		return diag_error(seeds->diag, ENOEXEC, place.path, "%s", seed->elf->problem);
	if (seed->elf->type != ET_EXEC && seed->elf->type != ET_DYN)
		return diag_error(seeds->diag, ENOEXEC, place.path,
				  "is neither a program nor a shared library");
	r = seeds_loader(seeds, seed->elf, &seed->loader);
	if (r < 0)
		return r;
	seed->loader_missing = r == LOADER_MISSING;
	seed->library = !seed->elf->interp && seed->elf->dynamic && seed->elf->type == ET_DYN &&
			!(seed->elf->dt_flags_1 & DF_1_PIE);
	seed->secure = !seed->library && (stat->st_mode & (S_ISUID | S_ISGID)) != 0;
	if (seed->library) {
		seed->origin.path = path_dirname(seeds->arena, place.path);
		seed->origin.dest = path_dirname(seeds->arena, place.dest);
	} else {
		seed->origin.path = running_directory(seeds, place.path);
		seed->origin.dest = place.path == place.dest ? seed->origin.path
							     : running_directory(seeds, place.dest);
	}
	if (!seed->origin.path || !seed->origin.dest)
		return -ENOMEM;
	return append(seeds, seed);
}

static int add_place(struct seeds *seeds, struct place place, const char *why, bool optional,
		     unsigned depth);

/* A program that a script names: SEED_INTERPRETER_MISSING after a diagnostic where it is not there.
 */
static int add_interpreter(struct seeds *seeds, const char *script, const char *name,
			   unsigned depth)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const char *path = name;
	const char *why;
	int r = 0;

	if (!strchr(name, '/'))
		r = look_up(seeds, name, &path);
	else if (name[0] != '/')
		path = path_normalize(seeds->arena, seeds->working_directory, name);
	if (r == 0)
		r = path ? root_open(seeds->root, path, &file) : -ENOMEM;
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP) {
		diag_error(seeds->diag, ENOENT, name, "interpreter not found, needed by %s",
			   script);
		return SEED_INTERPRETER_MISSING;
	}
	if (r < 0)
		return diag_errno(seeds->diag, -r, name);
	why = arena_printf(seeds->arena, "interpreter of %s", script);
	if (!why)
		return -ENOMEM;
	if (depth >= SCRIPT_DEPTH_MAX)
		return diag_error(seeds->diag, ELOOP, script, "too many interpreters");
	r = add_place(seeds, (struct place){ path, path }, why, false, depth + 1);
	for (size_t i = 0; r >= 0 && i < seeds->count; i++)
		if (strcmp(seeds->items[i].place.path, path) == 0 && !seeds->items[i].interprets)
			seeds->items[i].interprets = script;
	return r;
}

static int add_script(struct seeds *seeds, struct seed *seed, const struct shebang *shebang,
		      unsigned depth)
{
	const char *path = seed->place.path;
	int missing;
	int r;

	if (shebang->carriage_return)
		diag_warning(seeds->diag, path,
			     "the first line ends in a carriage return: it will not run");
	seed->script = true;
	r = append(seeds, seed);
	if (r < 0)
		return r;
	r = add_interpreter(seeds, path, shebang->interpreter, depth);
	if (r < 0 || !shebang->command)
		return r;
	missing = r;
	r = add_interpreter(seeds, path, shebang->command, depth);
	return r < 0 ? r : r | missing;
}

static int add_place(struct seeds *seeds, struct place place, const char *why, bool optional,
		     unsigned depth)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct seed seed = { .place = place, .given = place.path, .why = why };
	struct shebang shebang;
	int r;

	for (size_t i = 0; i < seeds->count; i++)
		if (strcmp(seeds->items[i].place.path, place.path) == 0 &&
		    strcmp(seeds->items[i].place.dest, place.dest) == 0)
			return 0;
	r = root_open(seeds->root, place.path, &file);
	if (r < 0)
		return diag_errno(seeds->diag, -r, place.path);
	if (!S_ISREG(file.stat.st_mode))
		return diag_error(seeds->diag, S_ISDIR(file.stat.st_mode) ? EISDIR : ENOEXEC,
				  place.path, "is not a regular file");
	r = elf_store_get(seeds->store, &file, place.path, &seed.elf);
	if (r < 0)
		return diag_errno(seeds->diag, -r, place.path);
	if (seed.elf->state != ELF_OBJECT_FOREIGN) {
		/* Object files and core dumps among data are data. */
		if (optional && (seed.elf->state != ELF_OBJECT_VALID ||
				 (seed.elf->type != ET_EXEC && seed.elf->type != ET_DYN)))
			return 0;
		return add_elf(seeds, &seed, &file.stat);
	}
	seed.elf = NULL;
	r = shebang_read(&file, seeds->arena, &shebang);
	if (r < 0)
		return diag_errno(seeds->diag, -r, place.path);
	/* A text that is not executable is read by somebody, not started. */
	if (r == 1 && (!optional || (file.stat.st_mode & 0111)))
		return add_script(seeds, &seed, &shebang, depth);
	if (optional)
		return 0;
	return diag_error(seeds->diag, ENOEXEC, place.path,
			  file.stat.st_size == 0 ? "is empty"
						 : "is neither an ELF file nor a script");
}

/*
 * PATH without "." and empty components. A ".." is taken as the kernel takes it, after the
 * links before it.
 */
static int clean(struct seeds *seeds, const char *path, const char **out)
{
	const char *parent = path_dirname(seeds->arena, path);
	char *canonical;

	if (!parent)
		return -ENOMEM;
	if (strstr(path, "/..") &&
	    root_walk(seeds->root, seeds->arena, parent, true, NULL, NULL, &canonical) == 0)
		*out = path_join(seeds->arena, canonical, path_basename(path));
	else
		*out = path_normalize(seeds->arena, "/", path);
	return *out ? 0 : -ENOMEM;
}

int seeds_add_file(struct seeds *seeds, const struct plan_file *file)
{
	const char *path = file->path;
	const char *given;
	const char *dest;
	size_t first;
	int r;

	if (!strchr(path, '/')) {
		r = look_up(seeds, path, &path);
		if (r == -ENOENT)
			return diag_error_hint(
				seeds->diag, ENOENT, file->path,
				"a file in this directory is named with ./ before it",
				"not found in PATH");
		if (r < 0)
			return r;
	}
	given = path[0] == '/' ? path : path_join(seeds->arena, seeds->working_directory, path);
	r = given ? clean(seeds, given, &path) : -ENOMEM;
	if (r < 0)
		return r;
	dest = file->dest ? file->dest : path;
	first = seeds->count;
	r = add_place(seeds, (struct place){ path, dest }, "asked for", false, 0);
	if (seeds->count > first) {
		seeds->items[first].given = given;
		seeds->items[first].asked = true;
	}
	return r;
}

int seeds_add_path(struct seeds *seeds, const char *path, const char *dest, const char *why)
{
	return add_place(seeds, (struct place){ path, dest }, why, true, 0);
}

int seeds_add_library(struct seeds *seeds, struct place place, const char *why)
{
	return add_place(seeds, place, why, false, 0);
}
