/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Node's modules. What is required by a relative name is a file, read in turn; by a bare name it is
 * a package, which comes whole, with the packages that its package.json depends on. Where packages
 * are is as in require() of Node's manual ("All together"): in node_modules beside the file and
 * above it, then in directories of the installation.
 */
#include "base/error.h"
#include "base/path.h"
#include "base/view.h"
#include "needs/modules.h"

#include <errno.h>
#include <fnmatch.h>
#include <jansson.h>
#include <string.h>

enum { NAME_LENGTH_MAX = 512, MAIN_DEPTH_MAX = 4 };

DEFINE_CLEANUP(json_t *, json_decref);

struct node {
	struct modules modules;
	const char *own;       /* the directory of the file that is being read, links resolved */
	struct texts global;   /* directories of packages of the installation */
	struct texts packages; /* directories of those that were found */
	size_t next_package;   /* whose package.json is to be read */
};

enum { NOT_FOUND, FOUND };

/* Node's own modules, which no package is taken for (module.builtinModules). */
static const char *const builtin[] = {
	"assert",
	"async_hooks",
	"buffer",
	"child_process",
	"cluster",
	"console",
	"constants",
	"crypto",
	"dgram",
	"diagnostics_channel",
	"dns",
	"domain",
	"events",
	"fs",
	"http",
	"http2",
	"https",
	"inspector",
	"module",
	"net",
	"os",
	"path",
	"perf_hooks",
	"process",
	"punycode",
	"querystring",
	"readline",
	"repl",
	"stream",
	"string_decoder",
	"sys",
	"timers",
	"tls",
	"trace_events",
	"tty",
	"url",
	"util",
	"v8",
	"vm",
	"wasi",
	"worker_threads",
	"zlib",
};

static struct node *node_of(struct modules *modules)
{
	return (struct node *)modules;
}

static struct arena *arena_of(const struct node *node)
{
	return node->modules.needs->sysroot->arena;
}

/* What only those read who develop a package. */
static bool is_left(struct modules *modules, const char *directory, const char *name)
{
	static const char *const left_out[] = { "*.ts", "*.[cm]ts",   "*.map",
						"*.md", "*.markdown", "LICENSE*" };

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (fnmatch(left_out[i], name, 0) == 0)
			return true;
	return false;
}

/* The packages below a package come where they are required. */
static bool skips(struct modules *modules, const char *directory, const char *name)
{
	static const char *const left_out[] = { "node_modules", "test",	   "tests",    "__tests__",
						"docs",		"example", "examples", ".git" };

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	return false;
}

static bool has_suffix(const char *path, const char *suffix)
{
	size_t length = strlen(path);
	size_t end = strlen(suffix);

	return length >= end && strcmp(path + length - end, suffix) == 0;
}

static int add_file(struct node *node, const char *path)
{
	const struct modules_file file = {
		.path = path,
		.name = path,
		.directory = path_dirname(arena_of(node), path),
		.native = has_suffix(path, ".node"),
		.named = true,
	};

	if (!file.directory)
		return -ENOMEM;
	TRY(modules_add_file(&node->modules, &file));
	return FOUND;
}

static int find_file(struct node *node, const char *path)
{
	static const char *const suffixes[] = { "", ".js", ".json", ".node", ".mjs", ".cjs" };

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		const char *name = arena_printf(arena_of(node), "%s%s", path, suffixes[i]);
		struct stat stat;

		if (!name)
			return -ENOMEM;
		if (TRY(needs_exists(node->modules.needs, name, &stat)) > 0 &&
		    S_ISREG(stat.st_mode))
			return add_file(node, name);
	}
	return NOT_FOUND;
}

/* The package.json of DIRECTORY, or NULL where none can be read. */
static int read_description(struct node *node, const char *directory, json_t **out)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *path = path_join(arena_of(node), directory, "package.json");
	size_t size;
	char *text;

	*out = NULL;
	if (!scratch || !path)
		return -ENOMEM;
	TRY(modules_read(&node->modules, scratch, path, &text, &size));
	if (size == 0)
		return 0;
	TRY(modules_add_item(&node->modules, path, directory));
	*out = json_loadb(text, size, 0, NULL);
	return 0;
}

static int find_path(struct node *node, const char *path, unsigned depth);

/* What a directory stands for: the "main" of its description, or its index. */
static int find_main(struct node *node, const char *directory, unsigned depth)
{
	CLEANUP(json_decref) json_t *description = NULL;
	const char *name;
	const char *path;

	if (depth > MAIN_DEPTH_MAX)
		return NOT_FOUND;
	TRY(read_description(node, directory, &description));
	name = json_string_value(json_object_get(description, "main"));
	if (name && *name && strlen(name) <= NAME_LENGTH_MAX) {
		path = path_normalize(arena_of(node), directory, name);
		if (!path)
			return -ENOMEM;
		if (strcmp(path, directory) != 0 && TRY(find_path(node, path, depth + 1)) == FOUND)
			return FOUND;
	}
	path = path_join(arena_of(node), directory, "index");
	return path ? find_file(node, path) : -ENOMEM;
}

/* A file by its name, with or without its suffix, or a directory. */
static int find_path(struct node *node, const char *path, unsigned depth)
{
	if (TRY(find_file(node, path)) == FOUND)
		return FOUND;
	return TRY(modules_is_directory(&node->modules, path)) > 0 ? find_main(node, path, depth)
								   : NOT_FOUND;
}

/* The package in DIRECTORY comes, once; REST is what is required of it, or "". */
static int add_package(struct node *node, const char *directory, const char *rest)
{
	const char *key = arena_printf(arena_of(node), "package %s", directory);
	const char *path;

	if (!key)
		return -ENOMEM;
	if (TRY(modules_see(&node->modules, key)) == 0) {
		TRY(modules_add_data(&node->modules, directory, is_left, skips, 0));
		TRY(texts_add(arena_of(node), &node->packages, directory));
	}
	if (!*rest)
		return find_main(node, directory, 0);
	path = path_normalize(arena_of(node), directory, rest);
	return path ? find_path(node, path, 0) : -ENOMEM;
}

/* The package NAME in DIRECTORY, which is one of packages. */
static int find_in(struct node *node, const char *directory, const char *name)
{
	/* "x", "x/y", "@x/y", "@x/y/z" */
	size_t length = strcspn(name, "/");
	const char *path;

	if (name[0] == '@' && name[length])
		length += 1 + strcspn(name + length + 1, "/");
	path = arena_printf(arena_of(node), "%s/%.*s", strcmp(directory, "/") == 0 ? "" : directory,
			    (int)length, name);
	if (!path)
		return -ENOMEM;
	if (TRY(modules_is_directory(&node->modules, path)) == 0)
		return name[length] ? NOT_FOUND : find_file(node, path);
	TRY(add_package(node, path, name[length] ? name + length + 1 : ""));
	return FOUND;
}

/* NAME as a file in DIRECTORY requires it. */
static int find_package(struct node *node, const char *directory, const char *name)
{
	const char *at = directory;

	for (;; at = path_dirname(arena_of(node), at)) {
		const char *inner = at ? path_join(arena_of(node), at, "node_modules") : NULL;

		if (!inner)
			return -ENOMEM;
		if (strcmp(path_basename(at), "node_modules") != 0 &&
		    TRY(find_in(node, inner, name)) == FOUND)
			return FOUND;
		if (strcmp(at, "/") == 0)
			break;
	}
	for (size_t i = 0; i < node->global.count; i++)
		if (TRY(find_in(node, node->global.items[i], name)) == FOUND)
			return FOUND;
	return NOT_FOUND;
}

static bool is_builtin(const char *name)
{
	size_t length = strcspn(name, "/");

	for (size_t i = 0; i < ARRAY_SIZE(builtin); i++)
		if (strlen(builtin[i]) == length && strncmp(name, builtin[i], length) == 0)
			return true;
	return false;
}

/* A bare NAME, looked for once from every directory. */
static int require(struct node *node, const char *directory, const char *name)
{
	const char *key;

	if (!*name || strlen(name) > NAME_LENGTH_MAX || is_builtin(name))
		return 0;
	key = arena_printf(arena_of(node), "%s %s", directory, name);
	if (!key)
		return -ENOMEM;
	if (TRY(modules_see(&node->modules, key)) > 0)
		return 0;
	TRY(find_package(node, directory, name));
	return 0;
}

/* Where links to PATH lead, as packages are looked for from there; PATH itself where nothing is. */
static int resolve(struct node *node, const char *path, const char **out)
{
	char *canonical = NULL;
	struct stat stat;

	*out = path;
	if (TRY(needs_resolve(node->modules.needs, path, &stat, &canonical)) > 0)
		*out = canonical;
	return 0;
}

/* What the package in DIRECTORY says that it needs to be run. */
static int add_dependencies(struct node *node, const char *directory)
{
	static const char *const lists[] = { "dependencies", "optionalDependencies" };
	CLEANUP(json_decref) json_t *description = NULL;
	const char *own;
	const char *name;
	json_t *version;

	TRY(resolve(node, directory, &own));
	TRY(read_description(node, directory, &description));
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++)
		json_object_foreach(json_object_get(description, lists[i]), name, version)
			TRY(require(node, own, name));
	return 0;
}

static int visit_import(void *data, const struct import *import)
{
	struct node *node = data;
	const char *path;

	if (strlen(import->name) > NAME_LENGTH_MAX)
		return 0;
	if (import->kind == IMPORT_MODULE)
		return require(node, node->own, import->name);
	path = path_normalize(arena_of(node), node->own, import->name);
	if (!path)
		return -ENOMEM;
	TRY(find_path(node, path, 0));
	return 0;
}

static int read_text(struct node *node, const char *path, const char *text, size_t size)
{
	const char *canonical;
	bool computed = false;

	TRY(resolve(node, path, &canonical));
	node->own = path_dirname(arena_of(node), canonical);
	if (!node->own)
		return -ENOMEM;
	TRY(imports_node_read(text, size, visit_import, node, &computed));
	/* What packages load by computed names is most often of their own. */
	if (computed && path == node->modules.script->path)
		*node->modules.unknown = MODULES_ANY;
	while (node->next_package < node->packages.count)
		TRY(add_dependencies(node, node->packages.items[node->next_package++]));
	return 0;
}

static int read_file(struct modules *modules, const struct modules_file *file, const char *text,
		     size_t size)
{
	if (size == 0 || has_suffix(file->path, ".json"))
		return 0;
	return read_text(node_of(modules), file->path, text, size);
}

static int ignore_string(struct modules *modules, const char *string)
{
	return 0;
}

/* The package that the script is of: what it depends on comes, whatever the script requires. */
static int add_own_package(struct node *node)
{
	const char *at = node->modules.script->path;

	while (strcmp(at, "/") != 0) {
		const char *description;

		at = path_dirname(arena_of(node), at);
		description = at ? path_join(arena_of(node), at, "package.json") : NULL;
		if (!description)
			return -ENOMEM;
		if (TRY(needs_exists(node->modules.needs, description, NULL)) > 0)
			return add_dependencies(node, at);
	}
	return 0;
}

static int add_global(struct node *node, const char *directory)
{
	if (!directory)
		return -ENOMEM;
	return TRY(modules_is_directory(&node->modules, directory)) > 0
		       ? texts_add_once(arena_of(node), &node->global, directory)
		       : 0;
}

/*
 * PREFIX/lib/node, as Node was made, and where distributions keep packages: PREFIX/share/nodejs,
 * PREFIX/lib/nodejs and beside a shared library of Node's.
 */
static int add_global_directories(struct node *node)
{
	static const char *const places[] = { "lib/node", "share/nodejs", "lib/nodejs" };
	const struct closure *process = node->modules.need->process;
	const char *path = process->objects[0]->loaded.elf->path;
	const char *prefix = path_dirname(arena_of(node), path);

	prefix = prefix ? path_dirname(arena_of(node), prefix) : NULL;
	if (!prefix)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(places); i++)
		TRY(add_global(node, path_join(arena_of(node), prefix, places[i])));
	for (size_t i = 1; i < process->n_objects; i++) {
		const char *directory;

		if (closure_is_missing(process->objects[i]) ||
		    !needs_object_matches(process->objects[i], "libnode*"))
			continue;
		directory = path_dirname(arena_of(node), process->objects[i]->loaded.elf->path);
		if (!directory)
			return -ENOMEM;
		TRY(add_global(node, path_join(arena_of(node), directory, "nodejs")));
	}
	return 0;
}

int modules_node(struct needs *needs, struct need *need, const struct modules_script *script,
		 enum modules_unknown *unknown)
{
	struct node node = {
		.modules = { .needs = needs, .need = need, .script = script, .unknown = unknown },
	};
	int r;

	*unknown = MODULES_KNOWN;
	r = add_global_directories(&node);
	if (r >= 0)
		r = add_own_package(&node);
	if (r >= 0)
		r = read_text(&node, script->path, script->text, script->size);
	if (r >= 0)
		r = modules_follow(&node.modules, read_file, ignore_string);
	modules_reset(&node.modules);
	return r < 0 ? r : 0;
}
