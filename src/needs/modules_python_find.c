/* SPDX-License-Identifier: Apache-2.0 */
/* Where Python's modules are found (importlib._bootstrap_external). */
#include "base/error.h"
#include "base/path.h"
#include "needs/module_packages.h"
#include "needs/modules_python.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

/* Tests, and what builds or draws windows. */
static const char *const left_out[] = { "test", "tests", "idlelib", "turtledemo", "__pycache__" };

static bool is_left_out(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	return false;
}

/* Whether NAME, "x.pyi", describes a module that is there; else it is what a checker reads. */
static bool describes_code(struct modules *modules, const char *directory)
{
	return modules_has(modules, directory, "__init__.py") != 0;
}

/* Whether a module stands beside NAME, "x.c" or "x.pyx", that may be compiled from it. */
static int is_compiled(struct modules *modules, const char *directory, const char *name)
{
	size_t stem = strcspn(name, ".") + 1;
	const struct texts *names;

	TRY(needs_names(modules->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		if (strncmp(names->items[i], name, stem) == 0 &&
		    (strstr(names->items[i], ".so") || strcmp(names->items[i] + stem, "py") == 0))
			return 1;
	return 0;
}

/* Whether NAME is code: sources, and what they are compiled from or to. */
static bool is_code(struct modules *modules, const char *directory, const char *name)
{
	static const char *const suffixes[] = { ".py", ".pyc", ".pyi", ".pyo",
						".h",  ".a",   ".exe", ".typed" };
	static const char *const compiled[] = { ".c", ".pyx", ".pxd" };
	const char *suffix = strrchr(name, '.');
	size_t length = strlen(name);

	/* A directory that cannot be looked at is taken for code: listing it reports the error. */
	for (size_t i = 0; suffix && suffix > name && i < ARRAY_SIZE(compiled); i++)
		if (strcmp(suffix, compiled[i]) == 0)
			return is_compiled(modules, directory, name) != 0;

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t size = strlen(suffixes[i]);

		if (length > size && strcmp(name + length - size, suffixes[i]) == 0)
			return strcmp(suffixes[i], ".pyi") != 0 ||
			       describes_code(modules, directory);
	}
	return strstr(name, ".so") != NULL;
}

/* Whether what is below NAME is another package's, or nobody's at run time. */
static bool skips(struct modules *modules, const char *directory, const char *name)
{
	const char *path = path_join(modules->needs->sysroot->arena, directory, name);

	return is_left_out(name) || !path || modules_has(modules, path, "__init__.py") != 0;
}

bool python_is_standard(const struct python_modules *python, const char *directory)
{
	return texts_have(&python->standard, directory);
}

bool python_is_standard_file(const struct python_modules *python, const struct modules_file *file)
{
	for (size_t i = 0; i < python->standard.count; i++)
		if (path_is_below(file->path, python->standard.items[i]))
			return !strstr(file->path + strlen(python->standard.items[i]),
				       "-packages/");
	return false;
}

struct python_package *python_find_package(const struct python_modules *python, const char *name)
{
	for (size_t i = 0; i < python->packages.count; i++)
		if (strcmp(python->packages.items[i]->name, name) == 0)
			return python->packages.items[i];
	return NULL;
}

static int add_package(struct python_modules *python, const char *name, bool standard,
		       struct python_package **out)
{
	struct python_package *package = arena_alloc(python_arena(python), sizeof(*package));
	struct python_package **slot = TABLE_ADD(python_arena(python), &python->packages);

	if (!package || !slot)
		return -ENOMEM;
	package->name = arena_strdup(python_arena(python), name);
	package->standard = standard;
	*out = *slot = package;
	return package->name ? 0 : -ENOMEM;
}

/* "x.cpython-311-x86_64-linux-gnu.so", "x.abi3.so", "x.so" for the module x. */
static bool is_native_of(const struct python_modules *python, const char *file, size_t length)
{
	char tag[32];
	const char *suffix = file + length;
	size_t n;

	if (*suffix != '.' || strcmp(suffix + strlen(suffix) - 3, ".so") != 0 || strlen(suffix) < 3)
		return false;
	n = (size_t)snprintf(tag, sizeof(tag), ".cpython-%c%s", python->version[0],
			     python->version + 2);
	return strcmp(suffix, ".so") == 0 || strcmp(suffix, ".abi3.so") == 0 ||
	       (n < sizeof(tag) && strncmp(suffix, tag, n) == 0 &&
		!isdigit((unsigned char)suffix[n]));
}

/* The native module LEAF in DIRECTORY, or NULL. */
static int find_native(struct python_modules *python, const char *directory, const char *leaf,
		       const char **out)
{
	const struct texts *names;
	size_t length = strlen(leaf);

	*out = NULL;
	TRY(needs_names(python->modules.needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		if (strncmp(names->items[i], leaf, length) != 0)
			continue;
		if (!is_native_of(python, names->items[i], length))
			continue;
		*out = path_join(python_arena(python), directory, names->items[i]);
		return *out ? 0 : -ENOMEM;
	}
	return 0;
}

/* Where what the native module NAME was compiled from stands beside it: *OUT, or NULL. */
static int find_source(struct python_modules *python, const char *directory, const char *name,
		       const char **out)
{
	static const char *const suffixes[] = { ".py", ".pyx" };
	const char *dot = strrchr(name, '.');

	*out = NULL;
	for (size_t i = 0; i < ARRAY_SIZE(suffixes) && !*out; i++) {
		const char *source = arena_printf(python_arena(python), "%s%s",
						  dot ? dot + 1 : name, suffixes[i]);

		if (!source)
			return -ENOMEM;
		if (TRY(modules_has(&python->modules, directory, source)) == 0)
			continue;
		*out = path_join(python_arena(python), directory, source);
		if (!*out)
			return -ENOMEM;
	}
	return 0;
}

static int add_module(struct python_modules *python, const char *name, const char *path,
		      const char *tree, bool package, bool native)
{
	struct modules_file file = {
		.path = path,
		.name = arena_strdup(python_arena(python), name),
		.directory = tree,
		.package = package,
		.native = native,
		.named = python->naming && !python_is_standard(python, tree),
	};

	if (!file.name || !file.path)
		return -ENOMEM;
	file.standard = python_is_standard_file(python, &file);
	if (native && !package)
		TRY(find_source(python, tree, name, &file.source));
	TRY(modules_add_file(&python->modules, &file));
	if (!strchr(name, '.') && !python_is_standard(python, tree)) {
		struct python_top *top = TABLE_ADD(python_arena(python), &python->tops);

		if (!top)
			return -ENOMEM;
		*top = (struct python_top){ file.name, tree };
	}
	return PYTHON_FOUND;
}

/* A package in DIRECTORY/LEAF: its own module, and what it has beside its code. */
static int open_package(struct python_modules *python, const char *name, const char *directory,
			const char *tree, const char *init, bool native, bool standard)
{
	struct python_package *package;

	TRY(add_package(python, name, standard, &package));
	TRY(texts_add(python_arena(python), &package->directories, directory));
	TRY(add_module(python, name, path_join(python_arena(python), directory, init), tree, true,
		       native));
	TRY(modules_add_data(&python->modules, directory, is_code, skips, 0));
	return PYTHON_FOUND;
}

/* The module NAME, whose last part is LEAF, in one DIRECTORY. */
static int find_in(struct python_modules *python, const char *name, const char *leaf,
		   const char *directory, bool standard, struct texts *portions)
{
	struct modules *modules = &python->modules;
	const char *inner = path_join(python_arena(python), directory, leaf);
	const char *source = arena_printf(python_arena(python), "%s.py", leaf);
	const char *native;
	bool has_inner;

	if (!inner || !source)
		return -ENOMEM;
	has_inner = TRY(modules_has(modules, directory, leaf)) > 0;
	if (has_inner && TRY(modules_has(modules, inner, "__init__.py")) > 0)
		return open_package(python, name, inner, directory, "__init__.py", false, standard);
	if (has_inner) {
		TRY(find_native(python, inner, "__init__", &native));
		if (native)
			return open_package(python, name, inner, directory, path_basename(native),
					    true, standard);
	}
	TRY(find_native(python, directory, leaf, &native));
	if (native)
		return add_module(python, name, native, directory, false, true);
	if (TRY(modules_has(modules, directory, source)) > 0)
		return add_module(python, name, path_join(python_arena(python), directory, source),
				  directory, false, false);
	source = arena_printf(python_arena(python), "%s.pyc", leaf);
	if (!source)
		return -ENOMEM;
	if (TRY(modules_has(modules, directory, source)) > 0)
		return add_module(python, name, path_join(python_arena(python), directory, source),
				  directory, false, true);
	if (has_inner && TRY(modules_is_directory(modules, inner)) > 0)
		return texts_add(python_arena(python), portions, inner);
	return PYTHON_NOT_FOUND;
}

/* Directories without a module of their own are one package together. */
static int add_namespace(struct python_modules *python, const char *name,
			 const struct texts *portions)
{
	struct python_package *package;

	if (portions->count == 0)
		return 0;
	TRY(add_package(python, name, false, &package));
	package->directories = *portions;
	package->spread = true;
	return 0;
}

/* NAME has a parent that was found, or none. */
static int find_module(struct python_modules *python, const char *name,
		       const struct texts *directories, bool standard)
{
	const char *dot = strrchr(name, '.');
	const char *leaf = dot ? dot + 1 : name;
	struct texts portions = { 0 };

	if (!*leaf || strchr(leaf, '/') || (!dot && is_left_out(leaf)))
		return 0;
	for (size_t i = 0; i < directories->count; i++) {
		const char *directory = directories->items[i];

		if (TRY(find_in(python, name, leaf, directory,
				standard || python_is_standard(python, directory), &portions)) ==
		    PYTHON_FOUND)
			return 0;
	}
	return add_namespace(python, name, &portions);
}

int python_has_module(struct python_modules *python, const char *directory, const char *leaf)
{
	const struct texts *names;
	size_t length = strlen(leaf);
	size_t low = 0;
	size_t high;

	TRY(needs_names(python->modules.needs, directory, &names));
	high = names->count;
	while (low < high) {
		size_t middle = low + (high - low) / 2;

		if (strcmp(names->items[middle], leaf) < 0)
			low = middle + 1;
		else
			high = middle;
	}
	for (; low < names->count && strncmp(names->items[low], leaf, length) == 0; low++)
		if (names->items[low][length] == '\0' || names->items[low][length] == '.')
			return 1;
	return 0;
}

/* Whether the standard library has the module that NAME begins with. */
static int is_of_library(struct python_modules *python, const char *name, bool *of_library)
{
	char top[PYTHON_NAME_MAX + 1];
	size_t length = strcspn(name, ".");

	*of_library = false;
	if (length > PYTHON_NAME_MAX)
		return 0;
	memcpy(top, name, length);
	top[length] = '\0';
	for (size_t i = 0; i < python->standard.count && !*of_library; i++)
		*of_library = TRY(python_has_module(python, python->standard.items[i], top)) > 0;
	return 0;
}

/*
 * What stands behind a module that is no package (six.moves.urllib.parse) may be a module that it
 * borrows of the standard library.
 */
static int resolve_borrowed(struct python_modules *python, const char *name)
{
	for (; *name; name += strcspn(name, "."), name += *name == '.') {
		bool of_library;

		TRY(is_of_library(python, name, &of_library));
		if (of_library)
			return python_resolve(python, name);
	}
	return 0;
}

/*
 * Keeps the module NAME, which is there and which FROM's package does not count on, to be told of:
 * where a module of the script's own source wants it, somebody may miss it.
 */
static int note_left_out(struct python_modules *python, const char *name,
			 const struct installed_package *from)
{
	struct needs *needs = python->modules.needs;
	struct need_item item = { .kind = NEED_PATH,
				  .refused = "the package of the script does not depend on it",
				  .shared = true };
	const struct installed_package *script;
	const char *key = arena_printf(python_arena(python), "left out %s", name);

	if (!key)
		return -ENOMEM;
	TRY(module_packages_of_command(needs, python->modules.script->path, &script));
	if (!script || strcmp(script->source, from->source) != 0 ||
	    TRY(modules_see(&python->modules, key)) > 0)
		return 0;
	for (size_t i = 0; i < python->modules.path.count && !item.path; i++) {
		const char *directory = python->modules.path.items[i];
		const char *path = arena_printf(python_arena(python), "%s/%s.py", directory, name);

		if (!path)
			return -ENOMEM;
		if (TRY(modules_has(&python->modules, directory, name)) > 0)
			item.path = path_join(python_arena(python), directory, name);
		else if (TRY(modules_has(&python->modules, directory, path_basename(path))) > 0)
			item.path = path;
	}
	return item.path ? need_add(needs, python->modules.need, &item) : 0;
}

/* Whether what is read now may count on the module NAME, of the top level: 1, 0 or -errno. */
static int may_import(struct python_modules *python, const char *name)
{
	struct needs *needs = python->modules.needs;
	const struct installed_package *from;
	const struct installed_package *to;
	bool installed = false;

	for (size_t i = 0; i < python->modules.path.count && !installed; i++)
		if (!python_is_standard(python, python->modules.path.items[i]))
			installed = TRY(python_has_module(python, python->modules.path.items[i],
							  name)) > 0;
	if (!installed)
		return 1;
	if (python->importer)
		TRY(module_packages_of_python(needs, python->importer, &from));
	else
		TRY(module_packages_of_command(needs, python->modules.script->path, &from));
	if (!from)
		return 1;
	TRY(module_packages_of_python(needs, name, &to));
	if (!to || TRY(module_packages_may_count_on(needs, from, to)) > 0)
		return 1;
	return note_left_out(python, name, from);
}

/* Resolves "a", "a.b" and "a.b.c" of "a.b.c". */
int python_resolve(struct python_modules *python, const char *name)
{
	const struct python_package *package = NULL;
	char part[PYTHON_NAME_MAX + 1];
	size_t length = strlen(name);

	if (length > PYTHON_NAME_MAX)
		return 0;
	for (size_t i = 1; i <= length; i++) {
		if (name[i] && name[i] != '.')
			continue;
		memcpy(part, name, i);
		part[i] = '\0';
		if (!package && TRY(may_import(python, part)) == 0)
			return 0;
		/* What was sought once is there, or not. */
		if (TRY(modules_see(&python->modules, part)) == 0) {
			if (package)
				TRY(find_module(python, part, &package->directories,
						package->standard));
			else
				TRY(find_module(python, part, &python->modules.path, false));
		}
		package = python_find_package(python, part);
		if (!package)
			return name[i] ? resolve_borrowed(python, name + i + 1) : 0;
	}
	return 0;
}

/* All modules of a package whose imports are computed. */
int python_resolve_all(struct python_modules *python, const char *name, unsigned depth)
{
	const struct python_package *package = python_find_package(python, name);

	for (size_t i = 0; package && depth < 8 && i < package->directories.count; i++) {
		const struct texts *names;

		TRY(needs_names(python->modules.needs, package->directories.items[i], &names));
		for (size_t j = 0; j < names->count; j++) {
			size_t length = strcspn(names->items[j], ".");
			const char *inner = arena_printf(python_arena(python), "%s.%.*s", name,
							 (int)length, names->items[j]);

			if (!inner)
				return -ENOMEM;
			if (length == 0 || strncmp(names->items[j], "__", 2) == 0 ||
			    strcmp(names->items[j], "setup.py") == 0 ||
			    is_left_out(names->items[j]))
				continue;
			TRY(python_resolve(python, inner));
			TRY(python_resolve_all(python, inner, depth + 1));
		}
	}
	return 0;
}
