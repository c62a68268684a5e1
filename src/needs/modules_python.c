/* SPDX-License-Identifier: Apache-2.0 */
/* Python's modules, as its import system finds them: what a source imports is resolved in turn. */
#include "needs/modules_python.h"
#include "base/error.h"
#include "base/path.h"
#include "needs/module_packages.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

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

static struct python_modules *python_of(struct modules *modules)
{
	return (struct python_modules *)modules;
}

/* ".b" and "..c.d" of the package that is being read, as an absolute name; "" where it is none. */
static void make_absolute(const struct python_modules *python, const char *name, char out[])
{
	size_t length = strlen(python->package);
	size_t dots = strspn(name, ".");

	out[0] = '\0';
	if (length == 0 || length + strlen(name) > PYTHON_NAME_MAX)
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

/* A directory that a source adds to the search path: names that were not found may be in it. */
static int add_path(struct python_modules *python, const char *directory)
{
	return modules_add_directory(&python->modules, directory, true);
}

static int add_beside(struct python_modules *python, const char *relative)
{
	const char *own =
		path_dirname(python_arena(python),
			     python->file ? python->file->path : python->modules.script->path);
	const char *path = own ? path_normalize(python_arena(python), own, relative) : NULL;

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
	return texts_add(python_arena(python), &python->later,
			 arena_strdup(python_arena(python), name));
}

/* What a module of the standard library has beside it for itself: "_X*.py" of X. */
static int resolve_own(struct python_modules *python, const struct modules_file *file)
{
	const struct texts *names;
	const char *glob = arena_printf(python_arena(python), "_%s*.py", file->name);

	if (!glob)
		return -ENOMEM;
	TRY(needs_names(python->modules.needs, file->directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		char *name;

		if (fnmatch(glob, names->items[i], 0) != 0)
			continue;
		name = arena_strndup(python_arena(python), names->items[i],
				     strlen(names->items[i]) - 3);
		if (!name)
			return -ENOMEM;
		TRY(python_resolve(python, name));
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
	top = arena_strndup(python_arena(python), file->name, strcspn(file->name, "."));
	if (!top)
		return -ENOMEM;
	package = python_find_package(python, top);
	if (package && package->spread)
		package = python_find_package(python, python->package);
	if (package && python_is_standard_file(python, file))
		return python_resolve_all(python, package->name, 0);
	if (package)
		return texts_add_once(python_arena(python), &python->computed, package->name);
	if (python_is_standard(python, file->directory))
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
	return strlen(string) <= PYTHON_NAME_MAX;
}

/* The same of native code, where a compiler made up names: "65cd21382c5717f91ee0__mypyc". */
static bool is_native_name(const char *string)
{
	while (isdigit((unsigned char)*string))
		string++;
	return is_name(string);
}

/*
 * A text in quotes beside imports that are computed: "xml.sax.expatreader" is a module, and of
 * "a.b." something that is put behind it makes one.
 */
static int visit_literal(struct modules *modules, const char *string)
{
	struct python_modules *python = python_of(modules);
	char name[PYTHON_NAME_MAX + 1];
	size_t length = strlen(string);

	if (length > PYTHON_NAME_MAX)
		return 0;
	if (string[0] == '.')
		make_absolute(python, string, name);
	else
		strcpy(name, string);
	length = strlen(name);
	if (length == 0 || !is_name(name) || !strchr(name, '.'))
		return 0;
	if (name[length - 1] != '.')
		return python_resolve(python, name);
	name[length - 1] = '\0';
	TRY(python_resolve(python, name));
	return python_resolve_all(python, name, 0);
}

/* STRING where it is the name of a module beside others in the package NAME. */
static int resolve_sibling(struct python_modules *python, const char *name, const char *string)
{
	const struct python_package *package = python_find_package(python, name);
	char sibling[PYTHON_NAME_MAX + 1];
	size_t length = strcspn(string, ".");
	bool is_there = false;

	if (!package || package->standard || !is_name(string) ||
	    strlen(name) + strlen(string) + 1 > PYTHON_NAME_MAX)
		return 0;
	memcpy(sibling, string, length);
	sibling[length] = '\0';
	for (size_t i = 0; i < package->directories.count && !is_there; i++)
		is_there =
			TRY(python_has_module(python, package->directories.items[i], sibling)) > 0;
	if (!is_there)
		return 0;
	strcpy(sibling, name);
	strcat(strcat(sibling, "."), string);
	return python_resolve(python, sibling);
}

/* A text in quotes of a package's own module, which imports some beside it when they are used. */
static int visit_lazy(struct modules *modules, const char *string)
{
	struct python_modules *python = python_of(modules);

	return resolve_sibling(python, python->package, string);
}

/* "from x import *": those in the package's __all__ are modules of it where it has such. */
static int import_all(struct python_modules *python, const char *name)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const struct python_package *package;
	const char *before = python->package;
	const char *own;
	size_t size;
	char *text;
	int r;

	if (!scratch)
		return -ENOMEM;
	TRY(python_resolve(python, name));
	package = python_find_package(python, name);
	if (!package || package->standard || package->spread)
		return 0;
	own = path_join(scratch, package->directories.items[0], "__init__.py");
	if (!own)
		return -ENOMEM;
	TRY(modules_read(&python->modules, scratch, own, &text, &size));
	if (!memmem(text ? text : "", size, "__all__", strlen("__all__")))
		return 0;
	python->package = package->name;
	r = modules_visit_literals(&python->modules, text, size, visit_lazy);
	python->package = before;
	return r;
}

/* "a.b.C" where a is the text's own package: by such names modules are found in settings. */
static int visit_own(struct modules *modules, const char *string)
{
	struct python_modules *python = python_of(modules);
	size_t length = python->importer ? strlen(python->importer) : 0;

	if (!is_name(string) || !strchr(string, '.') || string[strlen(string) - 1] == '.')
		return 0;
	if (length > 0 && (strncmp(string, python->importer, length) != 0 || string[length] != '.'))
		return 0;
	return python_resolve(python, string);
}

static int note_group(struct modules *modules, const char *string)
{
	return python_note_group(python_of(modules), string);
}

/* Files by their paths; what a script names is seen to with what belongs to it. */
static int add_named(struct python_modules *python, const char *text, size_t size)
{
	const struct installed_package *package;

	if (!python->importer)
		return 0;
	TRY(module_packages_of_python(python->modules.needs, python->importer, &package));
	return modules_add_named(&python->modules, text, size, package);
}

/* What a text in quotes may mean. */
static int visit_literals(struct python_modules *python, const char *text, size_t size,
			  const struct modules_file *file, bool computed)
{
	struct modules *modules = &python->modules;

	if (computed)
		TRY(modules_visit_literals(modules, text, size, visit_literal));
	if (file && python_is_standard_file(python, file))
		return 0;
	TRY(modules_visit_literals(modules, text, size, note_group));
	TRY(modules_visit_literals(modules, text, size, visit_own));
	TRY(add_named(python, text, size));
	if (file && file->package &&
	    (computed || memmem(text, size, "__getattr__", strlen("__getattr__")) ||
	     memmem(text, size, "lazy", strlen("lazy"))))
		TRY(modules_visit_literals(modules, text, size, visit_lazy));
	return 0;
}

static int visit_import(void *data, const struct import *import)
{
	struct python_modules *python = data;
	char absolute[PYTHON_NAME_MAX + 1];
	const char *name = import->name;
	size_t length;

	switch (import->kind) {
	case IMPORT_MODULE:
	case IMPORT_NAME:
		if (name[0] == '.') {
			make_absolute(python, name, absolute);
			name = absolute;
		}
		length = strlen(name);
		if (length > 2 && strcmp(name + length - 2, ".*") == 0)
			return import_all(python,
					  arena_strndup(python_arena(python), name, length - 2));
		return import->inside && python->file &&
				       python_is_standard_file(python, python->file)
			       ? import_later(python, name)
			       : python_resolve(python, name);
	case IMPORT_DISTRIBUTION:
		return python_add_distribution(python, import->name);
	case IMPORT_DIRECTORY:
		return add_path(python, import->name);
	case IMPORT_BESIDE:
		return add_beside(python, import->name);
	default:
		return 0;
	}
}

/* What is unpickled is of modules that the data name, most often of the package's own. */
static bool unpickles(const struct python_modules *python, const struct modules_file *file,
		      const char *text, size_t size)
{
	static const char *const signs[] = { "pickle.load", "Unpickler" };

	if (python_is_standard_file(python, file))
		return false;
	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (memmem(text, size, signs[i], strlen(signs[i])))
			return true;
	return false;
}

/* What comes now is imported by the module NAME; NULL: by the script. */
static int set_importer(struct python_modules *python, const char *name)
{
	python->importer =
		name ? arena_strndup(python_arena(python), name, strcspn(name, ".")) : NULL;
	return name && !python->importer ? -ENOMEM : 0;
}

static int read_text(struct python_modules *python, const char *text, size_t size,
		     const struct modules_file *file)
{
	bool computed = false;
	const char *dot = file && file->name ? strrchr(file->name, '.') : NULL;

	python->file = file;
	TRY(set_importer(python, file ? file->name : NULL));
	if (!file)
		python->package = "";
	else if (file->package)
		python->package = file->name;
	else
		python->package = dot ? arena_strndup(python_arena(python), file->name,
						      (size_t)(dot - file->name))
				      : "";
	if (!python->package)
		return -ENOMEM;
	if (size == 0)
		return 0;
	TRY(imports_python_read(text, size, visit_import, python, &computed));
	TRY(visit_literals(python, text, size, file, computed));
	if (!computed && !(file && unpickles(python, file, text, size)))
		return 0;
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

/*
 * A string of native code that is a module's name: its source may be imported. What it
 * imports from its own package has no more than its last part there.
 */
static int visit_string(struct modules *modules, const char *string)
{
	struct python_modules *python = python_of(modules);
	const char *dot = strrchr(modules->native, '.');
	char package[PYTHON_NAME_MAX + 1];
	int r;

	if (!is_native_name(string))
		return 0;
	TRY(set_importer(python, modules->native));
	python->naming = true;
	r = python_resolve(python, string);
	python->naming = false;
	if (r < 0 || !dot || (size_t)(dot - modules->native) > PYTHON_NAME_MAX)
		return r;
	memcpy(package, modules->native, (size_t)(dot - modules->native));
	package[dot - modules->native] = '\0';
	return resolve_sibling(python, package, string);
}

/* All modules of packages that import their own by computed names; it goes on to other packages. */
static int resolve_packages(struct python_modules *python)
{
	for (; python->n_computed < python->computed.count; python->n_computed++) {
		python->naming = true;
		TRY(set_importer(python, python->computed.items[python->n_computed]));
		TRY(python_resolve_all(python, python->computed.items[python->n_computed], 0));
		python->naming = false;
		TRY(modules_follow(&python->modules, read_file, visit_string));
	}
	return 0;
}

/*
 * All that packages may import of their own by computed names, and the entry points that they ask
 * for; it goes on to other packages.
 */
static int resolve_computed(struct python_modules *python)
{
	for (size_t before = SIZE_MAX; before != python->modules.files.count;) {
		before = python->modules.files.count;
		python->naming = true;
		TRY(python_describe_modules(python));
		TRY(python_add_entry_points(python));
		python->naming = false;
		TRY(modules_follow(&python->modules, read_file, visit_string));
		TRY(resolve_packages(python));
	}
	return 0;
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
	if (TRY(python_find_interpreter(&python)) == PYTHON_NOT_FOUND) {
		*unknown = MODULES_ANY;
		return 0;
	}
	r = python_add_search_path(&python);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(startup); i++)
		r = python_resolve(&python, startup[i]);
	if (r >= 0)
		r = read_text(&python, script->text, script->size, NULL);
	if (r >= 0)
		r = modules_follow(&python.modules, read_file, visit_string);
	python.importer = NULL;
	for (size_t i = 0; r >= 0 && i < python.later.count; i++)
		r = python_resolve(&python, python.later.items[i]);
	if (r >= 0)
		r = modules_follow(&python.modules, read_file, visit_string);
	if (r >= 0 && *unknown == MODULES_ANY)
		r = python_add_required(&python);
	if (r >= 0)
		r = resolve_computed(&python);
	python_forget_groups(&python);
	modules_reset(&python.modules);
	return r < 0 ? r : 0;
}
