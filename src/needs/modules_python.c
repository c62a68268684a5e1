/* SPDX-License-Identifier: Apache-2.0 */
/* Python's modules, as its import system finds them (importlib._bootstrap_external, site.py). */
#include "base/error.h"
#include "base/path.h"
#include "base/view.h"
#include "needs/modules.h"
#include "needs/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <stdio.h>
#include <string.h>

enum {
	NAME_MAX_LENGTH = 512,
	IMPORT_DEPTH_MAX = 200,
	CONFIGURATION_SIZE_MAX = 1 << 20,
};

/* Where a module's parts are looked for. */
struct python_package {
	const char *name;
	struct texts directories;
	bool standard; /* of the standard library */
	bool spread;   /* over directories without a module of their own */
};

struct python_modules {
	struct modules modules;
	const char *version;   /* "3.11" */
	const char *prefix;    /* "/usr" */
	struct texts standard; /* directories of the standard library */
	TABLE(struct python_package *) packages;
	const struct modules_file *file; /* that is being read */
	const char *package;		 /* that relative imports are of, "" for the script */
	struct texts computed; /* packages that import their own modules by computed names */
	bool naming;	       /* what is resolved is meant, though no import has it */
	struct texts later;    /* what functions of the standard library import */
	unsigned depth;
};

/* What the interpreter imports before the script, or later by names that no string of it is. */
static const char *const startup[] = {
	"encodings",
	"codecs",
	"io",
	"abc",
	"site",
	"os",
	"stat",
	"posixpath",
	"genericpath",
	"_collections_abc",
	"_sitebuiltins",
	"sitecustomize",
	"warnings",
	"traceback",
	"linecache",
	"tokenize",
	"locale",
	"threading",
	"_strptime",
	"importlib",
	"runpy",
	"zipimport",
};

/* What only somebody at a keyboard calls is in functions of these. */
static const char *const interactive[] = { "site", "_sitebuiltins" };

/* Tests, and what builds or draws windows. */
static const char *const left_out[] = { "test", "tests", "idlelib", "turtledemo", "__pycache__" };

static struct python_modules *python_of(struct modules *modules)
{
	return (struct python_modules *)modules;
}

static struct arena *arena_of(const struct python_modules *python)
{
	return python->modules.needs->sysroot->arena;
}

static bool is_left_out(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	return false;
}

/* Whether NAME is code: sources, and what they are compiled from or to. */
static bool is_code(struct modules *modules, const char *directory, const char *name)
{
	static const char *const suffixes[] = { ".py", ".pyc", ".pyi", ".pyx", ".pxd",	".pyo",
						".c",  ".h",   ".a",   ".exe", ".typed" };
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t size = strlen(suffixes[i]);

		if (length > size && strcmp(name + length - size, suffixes[i]) == 0)
			return true;
	}
	return strstr(name, ".so") != NULL;
}

/* Whether what is below NAME is another package's, or nobody's at run time. */
static bool skips(struct modules *modules, const char *directory, const char *name)
{
	const char *path = path_join(modules->needs->sysroot->arena, directory, name);

	return is_left_out(name) || !path || modules_has(modules, path, "__init__.py") != 0;
}

static bool is_standard(const struct python_modules *python, const char *directory)
{
	return texts_have(&python->standard, directory);
}

/* Whether FILE is of the standard library: of one of its directories, or of a package there. */
static bool is_standard_file(const struct python_modules *python, const struct modules_file *file)
{
	for (size_t i = 0; i < python->standard.count; i++)
		if (path_is_below(file->path, python->standard.items[i]))
			return !strstr(file->path + strlen(python->standard.items[i]),
				       "-packages/");
	return false;
}

static struct python_package *find_package(const struct python_modules *python, const char *name)
{
	for (size_t i = 0; i < python->packages.count; i++)
		if (strcmp(python->packages.items[i]->name, name) == 0)
			return python->packages.items[i];
	return NULL;
}

static int add_package(struct python_modules *python, const char *name, bool standard,
		       struct python_package **out)
{
	struct python_package *package = arena_alloc(arena_of(python), sizeof(*package));
	struct python_package **slot = TABLE_ADD(arena_of(python), &python->packages);

	if (!package || !slot)
		return -ENOMEM;
	package->name = arena_strdup(arena_of(python), name);
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
	TRY(modules_list(&python->modules, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		if (strncmp(names->items[i], leaf, length) != 0)
			continue;
		if (!is_native_of(python, names->items[i], length))
			continue;
		*out = path_join(arena_of(python), directory, names->items[i]);
		return *out ? 0 : -ENOMEM;
	}
	return 0;
}

enum { NOT_FOUND, FOUND };

static int add_module(struct python_modules *python, const char *name, const char *path,
		      const char *tree, bool package, bool native)
{
	const struct modules_file file = {
		.path = path,
		.name = arena_strdup(arena_of(python), name),
		.directory = tree,
		.package = package,
		.native = native,
		.named = python->naming && !is_standard(python, tree),
	};

	if (!file.name || !file.path)
		return -ENOMEM;
	TRY(modules_add_file(&python->modules, &file));
	return FOUND;
}

/* A package in DIRECTORY/LEAF: its own module, and what it has beside its code. */
static int open_package(struct python_modules *python, const char *name, const char *directory,
			const char *tree, const char *init, bool native, bool standard)
{
	struct python_package *package;

	TRY(add_package(python, name, standard, &package));
	TRY(texts_add(arena_of(python), &package->directories, directory));
	TRY(add_module(python, name, path_join(arena_of(python), directory, init), tree, true,
		       native));
	TRY(modules_add_data(&python->modules, directory, is_code, skips, 0));
	return FOUND;
}

/* The module NAME, whose last part is LEAF, in one DIRECTORY. */
static int find_in(struct python_modules *python, const char *name, const char *leaf,
		   const char *directory, bool standard, struct texts *portions)
{
	struct modules *modules = &python->modules;
	const char *inner = path_join(arena_of(python), directory, leaf);
	const char *source = arena_printf(arena_of(python), "%s.py", leaf);
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
		return add_module(python, name, path_join(arena_of(python), directory, source),
				  directory, false, false);
	source = arena_printf(arena_of(python), "%s.pyc", leaf);
	if (!source)
		return -ENOMEM;
	if (TRY(modules_has(modules, directory, source)) > 0)
		return add_module(python, name, path_join(arena_of(python), directory, source),
				  directory, false, true);
	if (has_inner && TRY(modules_is_directory(modules, inner)) > 0)
		return texts_add(arena_of(python), portions, inner);
	return NOT_FOUND;
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

	if (!*leaf || strchr(leaf, '/') || is_left_out(leaf))
		return 0;
	for (size_t i = 0; i < directories->count; i++) {
		const char *directory = directories->items[i];

		if (TRY(find_in(python, name, leaf, directory,
				standard || is_standard(python, directory), &portions)) == FOUND)
			return 0;
	}
	return add_namespace(python, name, &portions);
}

/* Resolves "a", "a.b" and "a.b.c" of "a.b.c". */
static int resolve(struct python_modules *python, const char *name)
{
	const struct python_package *package = NULL;
	char part[NAME_MAX_LENGTH + 1];
	size_t length = strlen(name);

	if (length > NAME_MAX_LENGTH)
		return 0;
	for (size_t i = 1; i <= length; i++) {
		if (name[i] && name[i] != '.')
			continue;
		memcpy(part, name, i);
		part[i] = '\0';
		/* What was sought once is there, or not. */
		if (TRY(modules_see(&python->modules, part)) == 0) {
			if (package)
				TRY(find_module(python, part, &package->directories,
						package->standard));
			else
				TRY(find_module(python, part, &python->modules.path, false));
		}
		package = find_package(python, part);
		if (!package)
			return 0;
	}
	return 0;
}

/* ".b" and "..c.d" of the package that is being read, as an absolute name; "" where it is none. */
static void make_absolute(const struct python_modules *python, const char *name, char out[])
{
	size_t length = strlen(python->package);
	size_t dots = strspn(name, ".");

	out[0] = '\0';
	if (length == 0 || length + strlen(name) > NAME_MAX_LENGTH)
		return;
	for (size_t i = 1; i < dots && length > 0; i++)
		while (length > 0 && python->package[--length] != '.')
			;
	if (length == 0)
		return;
	memcpy(out, python->package, length);
	out[length] = '\0';
	if (name[dots]) {
		out[length] = '.';
		strcpy(out + length + 1, name + dots);
	}
}

static int add_distribution(struct python_modules *python, const char *name);

/* A directory that a source adds to the search path: names that were not found may be in it. */
static int add_path(struct python_modules *python, const char *directory)
{
	return modules_add_directory(&python->modules, directory, true);
}

static int add_beside(struct python_modules *python, const char *relative)
{
	const char *own = path_dirname(
		arena_of(python), python->file ? python->file->path : python->modules.script->path);
	const char *path = own ? path_normalize(arena_of(python), own, relative) : NULL;

	return path ? add_path(python, path) : -ENOMEM;
}

/*
 * What functions of the standard library import comes after all else, where it is light: most
 * programs never call them.
 */
static int import_later(struct python_modules *python, const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(interactive); i++)
		if (strcmp(interactive[i], python->file->name) == 0)
			return 0;
	if (python->modules.guessing)
		return 0;
	return texts_add(arena_of(python), &python->later, arena_strdup(arena_of(python), name));
}

static int visit_import(void *data, const struct import *import)
{
	struct python_modules *python = data;
	char absolute[NAME_MAX_LENGTH + 1];
	const char *name = import->name;

	switch (import->kind) {
	case IMPORT_MODULE:
	case IMPORT_NAME:
		if (name[0] == '.') {
			make_absolute(python, name, absolute);
			name = absolute;
		}
		return import->inside && python->file && is_standard_file(python, python->file)
			       ? import_later(python, name)
			       : resolve(python, name);
	case IMPORT_DISTRIBUTION:
		return add_distribution(python, import->name);
	case IMPORT_DIRECTORY:
		return add_path(python, import->name);
	case IMPORT_BESIDE:
		return add_beside(python, import->name);
	default:
		return 0;
	}
}

/* All modules of a package whose imports are computed. */
static int resolve_all(struct python_modules *python, const char *name, unsigned depth)
{
	const struct python_package *package = find_package(python, name);

	for (size_t i = 0; package && depth < 8 && i < package->directories.count; i++) {
		const struct texts *names;

		TRY(modules_list(&python->modules, package->directories.items[i], &names));
		for (size_t j = 0; j < names->count; j++) {
			size_t length = strcspn(names->items[j], ".");
			const char *inner = arena_printf(arena_of(python), "%s.%.*s", name,
							 (int)length, names->items[j]);

			if (!inner)
				return -ENOMEM;
			if (length == 0 || strncmp(names->items[j], "__", 2) == 0 ||
			    strcmp(names->items[j], "setup.py") == 0)
				continue;
			TRY(resolve(python, inner));
			TRY(resolve_all(python, inner, depth + 1));
		}
	}
	return 0;
}

/* What a module of the standard library has beside it for itself: "_X*.py" of X. */
static int resolve_own(struct python_modules *python, const struct modules_file *file)
{
	const struct texts *names;
	const char *glob = arena_printf(arena_of(python), "_%s*.py", file->name);

	if (!glob)
		return -ENOMEM;
	TRY(modules_list(&python->modules, file->directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		char *name;

		if (fnmatch(glob, names->items[i], 0) != 0)
			continue;
		name = arena_strndup(arena_of(python), names->items[i],
				     strlen(names->items[i]) - 3);
		if (!name)
			return -ENOMEM;
		TRY(resolve(python, name));
	}
	return 0;
}

/* Imports of FILE that are computed are most often of its own package's modules. */
static int follow_computed(struct python_modules *python, const struct modules_file *file)
{
	const struct python_package *package;
	const char *top;

	if (!file->name)
		return 0;
	top = arena_strndup(arena_of(python), file->name, strcspn(file->name, "."));
	if (!top)
		return -ENOMEM;
	package = find_package(python, top);
	if (package && package->spread)
		package = find_package(python, python->package);
	if (package && is_standard_file(python, file))
		return resolve_all(python, package->name, 0);
	if (package)
		return texts_add_once(arena_of(python), &python->computed, package->name);
	if (is_standard(python, file->directory))
		return resolve_own(python, file);
	*python->modules.unknown |= MODULES_LIBRARY;
	return 0;
}

static bool is_name(const char *string)
{
	if (!isalpha((unsigned char)string[0]) && string[0] != '_')
		return false;
	for (const char *at = string; *at; at++)
		if (!isalnum((unsigned char)*at) && *at != '_' && *at != '.')
			return false;
	return strlen(string) <= NAME_MAX_LENGTH;
}

/* A text in quotes beside imports that are computed: "xml.sax.expatreader". */
static int visit_literal(struct modules *modules, const char *string)
{
	return is_name(string) && strchr(string, '.') ? resolve(python_of(modules), string) : 0;
}

static int read_text(struct python_modules *python, const char *text, size_t size,
		     const struct modules_file *file)
{
	bool computed = false;
	const char *dot = file && file->name ? strrchr(file->name, '.') : NULL;

	python->file = file;
	if (!file)
		python->package = "";
	else if (file->package)
		python->package = file->name;
	else
		python->package = dot ? arena_strndup(arena_of(python), file->name,
						      (size_t)(dot - file->name))
				      : "";
	if (!python->package)
		return -ENOMEM;
	if (size > 0)
		TRY(imports_python_read(text, size, visit_import, python, &computed));
	if (!computed)
		return 0;
	TRY(modules_visit_literals(&python->modules, text, size, visit_literal));
	if (file)
		return follow_computed(python, file);
	*python->modules.unknown = MODULES_ANY;
	return 0;
}

static int read_file(struct modules *modules, const struct modules_file *file, const char *text,
		     size_t size)
{
	return read_text(python_of(modules), text, size, file);
}

/* A string of native code that is a module's name: its source may be imported. */
static int visit_string(struct modules *modules, const char *string)
{
	struct python_modules *python = python_of(modules);
	int r;

	if (!is_name(string))
		return 0;
	python->naming = true;
	r = resolve(python, string);
	python->naming = false;
	return r;
}

/* All that packages may import of their own by computed names; it goes on to other packages. */
static int resolve_computed(struct python_modules *python)
{
	for (size_t i = 0; i < python->computed.count; i++) {
		python->naming = true;
		TRY(resolve_all(python, python->computed.items[i], 0));
		python->naming = false;
		TRY(modules_follow(&python->modules, read_file, visit_string));
	}
	return 0;
}

/* "Foo.Bar-baz" and "foo_bar_baz" are one. */
static void normalize(const char *name, size_t length, char *out)
{
	for (size_t i = 0; i < length; i++)
		*out++ = strchr("-.", name[i]) ? '_' : (char)tolower((unsigned char)name[i]);
	*out = '\0';
}

/* Whether FILE is "NAME-1.0.dist-info", "NAME-1.0-py3.egg-info" or "NAME.egg-info". */
static bool is_metadata(const char *file, const char *name)
{
	static const char *const suffixes[] = { ".dist-info", ".egg-info" };
	char normal[NAME_MAX_LENGTH + 1];
	size_t length = strlen(file);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t size = strlen(suffixes[i]);
		size_t end;

		if (length <= size || strcmp(file + length - size, suffixes[i]) != 0)
			continue;
		end = strcspn(file, "-");
		if (end > length - size)
			end = length - size;
		if (end > NAME_MAX_LENGTH)
			return false;
		normalize(file, end, normal);
		return strcmp(normal, name) == 0;
	}
	return false;
}

/* "x = a.b:c" of its scripts, "Requires-Dist: y" of its description. */
static int read_metadata_line(struct python_modules *python, struct view line, bool is_scripts)
{
	char name[NAME_MAX_LENGTH + 1];
	struct view key;
	size_t length = 0;

	line = view_trim(line);
	if (!view_take(&line, is_scripts ? '=' : ':', &key) ||
	    (!is_scripts && !view_is(key, "Requires-Dist")) || memchr(line.bytes, ';', line.size))
		return 0;
	line = view_trim(line);
	while (length < line.size && length < NAME_MAX_LENGTH &&
	       (isalnum((unsigned char)line.bytes[length]) ||
		strchr(is_scripts ? "_." : "_.-", line.bytes[length])))
		length++;
	memcpy(name, line.bytes, length);
	name[length] = '\0';
	return is_scripts ? resolve(python, name) : add_distribution(python, name);
}

static int read_metadata(struct python_modules *python, const char *directory, const char *file)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *path = path_join(arena_of(python), directory, file);
	bool is_scripts = strcmp(file, "entry_points.txt") == 0;
	struct view rest;
	struct view line;
	bool in_scripts = !is_scripts;
	char *text;

	if (!scratch || !path)
		return -ENOMEM;
	if (TRY(modules_has(&python->modules, directory, file)) == 0)
		return 0;
	TRY(modules_read(&python->modules, scratch, path, &text, &rest.size));
	rest.bytes = text;
	while (view_take_line(&rest, &line)) {
		/* What is behind the description's head is a text. */
		if (!is_scripts && view_trim(line).size == 0)
			break;
		if (is_scripts && view_begins(line, "["))
			in_scripts = view_begins(line, "[console_scripts]") ||
				     view_begins(line, "[gui_scripts]");
		if (in_scripts)
			TRY(read_metadata_line(python, line, is_scripts));
	}
	return 0;
}

static bool is_nothing(struct modules *modules, const char *directory, const char *name)
{
	return false;
}

static int open_metadata(struct python_modules *python, const char *directory, const char *file)
{
	const char *path = path_join(arena_of(python), directory, file);

	if (!path)
		return -ENOMEM;
	if (TRY(modules_is_directory(&python->modules, path)) == 0)
		return modules_add_item(&python->modules, path, directory);
	TRY(modules_add_data(&python->modules, path, is_nothing, is_nothing, 0));
	TRY(read_metadata(python, path, "entry_points.txt"));
	TRY(read_metadata(python, path, "METADATA"));
	return read_metadata(python, path, "PKG-INFO");
}

/* The description of an installed distribution, what its launchers call, and what it requires. */
static int add_distribution(struct python_modules *python, const char *name)
{
	char normal[NAME_MAX_LENGTH + 1];
	const char *key;

	if (strlen(name) > NAME_MAX_LENGTH || python->depth > IMPORT_DEPTH_MAX)
		return 0;
	normalize(name, strlen(name), normal);
	key = arena_printf(arena_of(python), "distribution %s", normal);
	if (!key)
		return -ENOMEM;
	if (TRY(modules_see(&python->modules, key)) > 0)
		return 0;
	python->depth++;
	for (size_t i = 0; i < python->modules.path.count; i++) {
		const char *directory = python->modules.path.items[i];
		const struct texts *names;

		TRY(modules_list(&python->modules, directory, &names));
		for (size_t j = 0; j < names->count; j++)
			if (is_metadata(names->items[j], normal))
				TRY(open_metadata(python, directory, names->items[j]));
	}
	python->depth--;
	return 0;
}

/* A ".pth" file of a site directory: its lines are further directories. */
static int read_path_file(struct python_modules *python, const char *directory, const char *file)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *path = path_join(arena_of(python), directory, file);
	size_t before = python->modules.path.count;
	struct view rest;
	struct view line;
	char *text;

	if (!scratch || !path)
		return -ENOMEM;
	TRY(modules_read(&python->modules, scratch, path, &text, &rest.size));
	rest.bytes = text;
	while (view_take_line(&rest, &line)) {
		char *entry;

		line = view_trim(line);
		/* A line that begins so is code. */
		if (line.size == 0 || line.bytes[0] == '#' || view_begins(line, "import"))
			continue;
		entry = view_copy(scratch, line);
		entry = entry ? path_normalize(arena_of(python), directory, entry) : NULL;
		if (!entry)
			return -ENOMEM;
		TRY(modules_add_directory(&python->modules, entry, false));
	}
	return python->modules.path.count > before
		       ? modules_add_item(&python->modules, path, directory)
		       : 0;
}

static int add_site(struct python_modules *python, const char *directory)
{
	const struct texts *names;

	TRY(modules_add_directory(&python->modules, directory, false));
	TRY(modules_list(&python->modules, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		if (fnmatch("*.pth", names->items[i], 0) == 0)
			TRY(read_path_file(python, directory, names->items[i]));
	return 0;
}

static int add_standard(struct python_modules *python, const char *directory)
{
	const char *native = path_join(arena_of(python), directory, "lib-dynload");

	if (!native)
		return -ENOMEM;
	if (TRY(modules_is_directory(&python->modules, directory)) == 0)
		return 0;
	TRY(texts_add(arena_of(python), &python->standard, directory));
	TRY(texts_add(arena_of(python), &python->standard, native));
	TRY(modules_add_directory(&python->modules, directory, false));
	if (TRY(modules_is_directory(&python->modules, native)) == 0)
		return 0;
	/* By which Python knows where its libraries are. */
	TRY(modules_add_item(&python->modules, native, directory));
	return modules_add_directory(&python->modules, native, false);
}

/* What is below PREFIX, "%s" standing for the version. */
static int add_below(struct python_modules *python, const char *prefix, const char *form,
		     int (*add)(struct python_modules *python, const char *directory))
{
	const char *directory = arena_printf(
		arena_of(python), "%s/%s%s%s", prefix, form[0] == '%' ? "lib/python" : form,
		form[0] == '%' ? python->version : "", form[0] == '%' ? form + 1 : "");

	return directory ? add(python, directory) : -ENOMEM;
}

/* A virtual environment is known by the file beside its interpreter's link. */
static int add_environment(struct python_modules *python)
{
	const char *started = python->modules.need->object->loaded.location.path;
	const char *bin = path_dirname(arena_of(python), started);
	const char *prefix = bin ? path_dirname(arena_of(python), bin) : NULL;
	const char *file = prefix ? path_join(arena_of(python), prefix, "pyvenv.cfg") : NULL;

	if (!file)
		return -ENOMEM;
	if (TRY(needs_exists(python->modules.needs, file, NULL)) == 0)
		return 0;
	TRY(modules_add_item(&python->modules, file, prefix));
	return add_below(python, prefix, "%/site-packages", add_site);
}

static int add_search_path(struct python_modules *python)
{
	static const char *const standard[] = { "%", "lib64/python" };
	static const char *const sites[] = { "%/dist-packages", "lib/python3/dist-packages",
					     "%/site-packages" };
	const struct modules_script *script = python->modules.script;
	const char *prefix = python->prefix;
	const char *local = arena_printf(arena_of(python), "%s/local", prefix);
	const char *lib64 = arena_printf(arena_of(python), "lib64/python%s", python->version);
	const char *site64 = lib64 ? path_join(arena_of(python), lib64, "site-packages") : NULL;
	const char *own = path_dirname(arena_of(python), script->path);

	if (!local || !lib64 || !site64 || !own)
		return -ENOMEM;
	if (script->in_place)
		TRY(modules_add_directory(&python->modules, own, false));
	TRY(add_below(python, prefix, standard[0], add_standard));
	TRY(add_below(python, prefix, lib64, add_standard));
	TRY(add_environment(python));
	for (size_t i = 0; i < ARRAY_SIZE(sites); i++) {
		TRY(add_below(python, local, sites[i], add_site));
		TRY(add_below(python, prefix, sites[i], add_site));
	}
	TRY(add_below(python, local, site64, add_site));
	return add_below(python, prefix, site64, add_site);
}

/* The interpreter's version and prefix, by the name of its file. */
static int find_interpreter(struct python_modules *python)
{
	const struct needs *needs = python->modules.needs;
	const struct closure_object *object = python->modules.need->object;
	struct pattern_match match;
	char *canonical;

	if (root_walk(needs->sysroot->root, needs->sysroot->arena, object->loaded.location.path,
		      true, NULL, NULL, &canonical) < 0 ||
	    !pattern_matches("{/*}/bin/python{3.*}", canonical, &match))
		return NOT_FOUND;
	python->prefix = arena_strndup(arena_of(python), match.start[0], match.length[0]);
	python->version = arena_strndup(arena_of(python), match.start[1], match.length[1]);
	return python->prefix && python->version ? FOUND : -ENOMEM;
}

int modules_python(struct needs *needs, struct need *need, const struct modules_script *script,
		   enum modules_unknown *unknown)
{
	struct python_modules python = {
		.modules = { .needs = needs, .need = need, .script = script, .unknown = unknown },
		.package = "",
	};
	int r;

	*unknown = MODULES_KNOWN;
	if (TRY(find_interpreter(&python)) == NOT_FOUND) {
		*unknown = MODULES_ANY;
		return 0;
	}
	r = add_search_path(&python);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(startup); i++)
		r = resolve(&python, startup[i]);
	if (r >= 0)
		r = read_text(&python, script->text, script->size, NULL);
	if (r >= 0)
		r = modules_follow(&python.modules, read_file, visit_string);
	for (size_t i = 0; r >= 0 && i < python.later.count; i++)
		r = resolve(&python, python.later.items[i]);
	if (r >= 0)
		r = modules_follow(&python.modules, read_file, visit_string);
	if (r >= 0)
		r = resolve_computed(&python);
	modules_reset(&python.modules);
	return r < 0 ? r : 0;
}
