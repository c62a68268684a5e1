/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Ruby's modules. The standard library and the distribution's come whole, as a row says; here it is
 * what a script has beside itself, and gems: a gem is found by its name or by what is required of
 * it, and comes whole, with its specification and the gems that this names.
 */
#include "base/error.h"
#include "base/path.h"
#include "base/view.h"
#include "needs/modules.h"
#include "needs/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <fnmatch.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 512, GEM_DEPTH_MAX = 100 };

struct ruby {
	struct modules modules;
	const struct modules_file *file; /* that is being read */
	const char *version;		 /* of its library: "3.1.0" */
	struct texts gems;		 /* directories with "gems" and "specifications" in them */
	unsigned depth;
};

static int add_gem(struct ruby *ruby, const char *name);

static struct ruby *ruby_of(struct modules *modules)
{
	return (struct ruby *)modules;
}

static struct arena *arena_of(const struct ruby *ruby)
{
	return ruby->modules.needs->sysroot->arena;
}

/* What was left by making a gem. */
static bool is_code(struct modules *modules, const char *directory, const char *name)
{
	return fnmatch("*.[acho]", name, 0) == 0 || fnmatch("*.ri", name, 0) == 0 ||
	       strcmp(name, "mkmf.log") == 0 || strcmp(name, "gem_make.out") == 0;
}

static bool skips(struct modules *modules, const char *directory, const char *name)
{
	static const char *const left_out[] = {
		"test", "tests", "spec", "doc", "docs", "examples"
	};

	for (size_t i = 0; i < ARRAY_SIZE(left_out); i++)
		if (strcmp(name, left_out[i]) == 0)
			return true;
	return false;
}

/* Gems that the specification at PATH depends on: add_runtime_dependency(%q<x>.freeze, ...) */
static int read_specification(struct ruby *ruby, const char *path)
{
	static const char *const calls[] = { "add_runtime_dependency(%q<", "add_dependency(%q<" };
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct view rest;
	struct view line;
	char *text;

	if (!scratch)
		return -ENOMEM;
	TRY(modules_read(&ruby->modules, scratch, path, &text, &rest.size));
	rest.bytes = text;
	while (view_take_line(&rest, &line)) {
		for (size_t i = 0; i < ARRAY_SIZE(calls); i++) {
			const char *at = memmem(line.bytes, line.size, calls[i], strlen(calls[i]));
			struct view behind;
			struct view name;

			if (!at)
				continue;
			behind = view_skip(line, (size_t)(at - line.bytes) + strlen(calls[i]));
			if (view_take(&behind, '>', &name))
				TRY(add_gem(ruby, view_copy(scratch, name)));
			break;
		}
	}
	return 0;
}

static int add_tree(struct ruby *ruby, const char *directory, const char *inner)
{
	const char *path = path_join(arena_of(ruby), directory, inner);

	if (!path)
		return -ENOMEM;
	return TRY(modules_is_directory(&ruby->modules, path)) > 0
		       ? modules_add_data(&ruby->modules, path, is_code, skips, 0)
		       : 0;
}

/* extensions/x86_64-linux/3.1.0/x-1.0: that it was made, and its native code. */
static int add_extensions(struct ruby *ruby, const char *root, const char *gem)
{
	const char *directory = path_join(arena_of(ruby), root, "extensions");
	const struct texts *platforms;

	if (!directory)
		return -ENOMEM;
	TRY(needs_names(ruby->modules.needs, directory, &platforms));
	for (size_t i = 0; i < platforms->count; i++) {
		const char *platform = path_join(arena_of(ruby), directory, platforms->items[i]);
		const struct texts *versions;

		if (!platform)
			return -ENOMEM;
		TRY(needs_names(ruby->modules.needs, platform, &versions));
		for (size_t j = 0; j < versions->count; j++) {
			const char *inner = path_join(arena_of(ruby), versions->items[j], gem);

			if (!inner)
				return -ENOMEM;
			TRY(add_tree(ruby, platform, inner));
		}
	}
	return 0;
}

/* The gem whose specification is FILE ("x-1.0.gemspec") in DIRECTORY of ROOT. */
static int open_gem(struct ruby *ruby, const char *root, const char *directory, const char *file)
{
	const char *path = path_join(arena_of(ruby), directory, file);
	const char *gem = arena_strndup(arena_of(ruby), file, strlen(file) - strlen(".gemspec"));
	const char *inner = gem ? path_join(arena_of(ruby), "gems", gem) : NULL;
	size_t before;

	if (!path || !inner)
		return -ENOMEM;
	TRY(modules_add_item(&ruby->modules, path, directory));
	before = ruby->modules.need->n_items;
	TRY(add_tree(ruby, root, inner));
	/* Its code came as a tree, of which nobody has read what it starts and opens. */
	TRY(modules_tell_items(&ruby->modules, before, ".rb"));
	TRY(add_extensions(ruby, root, gem));
	return read_specification(ruby, path);
}

/* Whether FILE is NAME's specification: "NAME-1.0.gemspec", "NAME-1.0-x86_64-linux.gemspec". */
static bool is_specification(const char *file, const char *name)
{
	size_t length = strlen(name);

	return strncmp(file, name, length) == 0 && file[length] == '-' &&
	       isdigit((unsigned char)file[length + 1]) && fnmatch("*.gemspec", file, 0) == 0;
}

static int add_gem_of(struct ruby *ruby, const char *root, const char *specifications,
		      const char *name)
{
	const char *directory = path_join(arena_of(ruby), root, specifications);
	const struct texts *names;

	if (!directory)
		return -ENOMEM;
	TRY(needs_names(ruby->modules.needs, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		if (is_specification(names->items[i], name))
			TRY(open_gem(ruby, root, directory, names->items[i]));
	return 0;
}

static int add_gem(struct ruby *ruby, const char *name)
{
	const char *key = name ? arena_printf(arena_of(ruby), "gem %s", name) : NULL;

	if (!key)
		return -ENOMEM;
	if (ruby->depth > GEM_DEPTH_MAX || !*name || TRY(modules_see(&ruby->modules, key)) > 0)
		return 0;
	ruby->depth++;
	for (size_t i = 0; i < ruby->gems.count; i++) {
		TRY(add_gem_of(ruby, ruby->gems.items[i], "specifications", name));
		TRY(add_gem_of(ruby, ruby->gems.items[i], "specifications/default", name));
	}
	ruby->depth--;
	return 0;
}

enum { NOT_FOUND, FOUND };

static int add_file(struct ruby *ruby, const char *path, const char *directory)
{
	const char *slash = strrchr(path, '/');
	const char *dot = slash ? strrchr(slash, '.') : NULL;
	const struct modules_file file = {
		.path = path,
		.name = path,
		.directory = directory,
		.native = dot && strcmp(dot, ".so") == 0,
	};

	TRY(modules_add_file(&ruby->modules, &file));
	return FOUND;
}

/* The file NAME, or NAME with what require puts behind it, in DIRECTORY. */
static int find_in(struct ruby *ruby, const char *directory, const char *name, bool load)
{
	static const char *const suffixes[] = { "", ".rb", ".so" };

	for (size_t i = 0; i < (load ? 1 : ARRAY_SIZE(suffixes)); i++) {
		const char *relative = arena_printf(arena_of(ruby), "%s%s", name, suffixes[i]);
		const char *path =
			relative ? path_normalize(arena_of(ruby), directory, relative) : NULL;
		struct stat stat;

		if (!path)
			return -ENOMEM;
		if (TRY(needs_exists(ruby->modules.needs, path, &stat)) > 0 &&
		    S_ISREG(stat.st_mode))
			return add_file(ruby, path, directory);
	}
	return NOT_FOUND;
}

/* The gem that has NAME in its library: "x" most often, but of "x/y" it may be "x-y". */
static int find_gem(struct ruby *ruby, const char *root, const char *name)
{
	const char *directory = path_join(arena_of(ruby), root, "gems");
	const char *source = arena_printf(arena_of(ruby), "lib/%s.rb", name);
	const struct texts *gems;

	if (!directory || !source)
		return -ENOMEM;
	TRY(needs_names(ruby->modules.needs, directory, &gems));
	for (size_t i = 0; i < gems->count; i++) {
		const char *inner = path_join(arena_of(ruby), directory, gems->items[i]);
		const char *path = inner ? path_join(arena_of(ruby), inner, source) : NULL;
		const char *dash = strrchr(gems->items[i], '-');

		if (!path)
			return -ENOMEM;
		if (!dash || TRY(needs_exists(ruby->modules.needs, path, NULL)) == 0)
			continue;
		TRY(add_gem(ruby, arena_strndup(arena_of(ruby), gems->items[i],
						(size_t)(dash - gems->items[i]))));
		return FOUND;
	}
	return NOT_FOUND;
}

static int resolve(struct ruby *ruby, const char *name, bool load)
{
	if (strlen(name) > NAME_MAX_LENGTH || TRY(modules_see(&ruby->modules, name)) > 0)
		return 0;
	if (name[0] == '/')
		return find_in(ruby, "/", name, load);
	for (size_t i = 0; i < ruby->modules.path.count; i++)
		if (TRY(find_in(ruby, ruby->modules.path.items[i], name, load)) == FOUND)
			return 0;
	for (size_t i = 0; i < ruby->gems.count; i++)
		if (TRY(find_gem(ruby, ruby->gems.items[i], name)) == FOUND)
			return 0;
	return 0;
}

static const char *own_directory(const struct ruby *ruby)
{
	return path_dirname(arena_of(ruby),
			    ruby->file ? ruby->file->path : ruby->modules.script->path);
}

static int visit_import(void *data, const struct import *import)
{
	struct ruby *ruby = data;
	const char *own = own_directory(ruby);
	const char *path;
	int r = 0;

	if (!own)
		return -ENOMEM;
	switch (import->kind) {
	case IMPORT_MODULE:
	case IMPORT_FILE:
		r = resolve(ruby, import->name, import->kind == IMPORT_FILE);
		break;
	case IMPORT_RELATIVE:
		r = find_in(ruby, own, import->name, false);
		break;
	case IMPORT_DISTRIBUTION:
		return add_gem(ruby, import->name);
	case IMPORT_DIRECTORY:
		return modules_add_directory(&ruby->modules, import->name, true);
	case IMPORT_BESIDE:
		path = path_normalize(arena_of(ruby), own, import->name);
		return path ? modules_add_directory(&ruby->modules, path, true) : -ENOMEM;
	default:
		break;
	}
	return r < 0 ? r : 0;
}

static int read_text(struct ruby *ruby, const char *text, size_t size,
		     const struct modules_file *file)
{
	bool computed = false;

	ruby->file = file;
	if (size > 0)
		TRY(imports_ruby_read(text, size, visit_import, ruby, &computed));
	/* The library's own are of the library, which comes whole. */
	if (computed && !file)
		*ruby->modules.unknown = MODULES_ANY;
	return 0;
}

static int read_file(struct modules *modules, const struct modules_file *file, const char *text,
		     size_t size)
{
	return read_text(ruby_of(modules), text, size, file);
}

static int ignore_string(struct modules *modules, const char *string)
{
	return 0;
}

static int add_gems(struct ruby *ruby, const char *directory)
{
	return directory ? texts_add_once(arena_of(ruby), &ruby->gems, directory) : -ENOMEM;
}

/* Where gems of the version are: beside the library, the site's, and what distributions have. */
static int add_gem_directories(struct ruby *ruby)
{
	static const char *const forms[] = {
		"/usr/lib/ruby/gems/%s",
		"/usr/local/lib/ruby/gems/%s",
		"/var/lib/gems/%s",
		"/usr/share/gems",
		"/usr/share/rubygems-integration/%s",
		"/usr/share/rubygems-integration/all",
		"/usr/local/share/gems",
	};

	for (size_t i = 0; ruby->version && i < ARRAY_SIZE(forms); i++) {
		const char *at = strstr(forms[i], "%s");
		int before = (int)(at ? (size_t)(at - forms[i]) : strlen(forms[i]));

		TRY(add_gems(ruby, arena_printf(arena_of(ruby), "%.*s%s", before, forms[i],
						at ? ruby->version : "")));
	}
	return 0;
}

/* Gems with native code are beside the library, in a directory of the architecture. */
static int add_native_gem_directories(struct ruby *ruby)
{
	static const char *const names[] = { "ruby/gems", "rubygems-integration" };
	const struct closure *process = ruby->modules.need->process;

	for (size_t i = 0; ruby->version && i < process->n_objects; i++) {
		const char *directory;

		if (closure_is_missing(process->objects[i]) ||
		    !needs_object_matches(process->objects[i], "libruby*"))
			continue;
		directory = path_dirname(arena_of(ruby), process->objects[i]->loaded.elf->path);
		if (!directory)
			return -ENOMEM;
		for (size_t j = 0; j < ARRAY_SIZE(names); j++)
			TRY(add_gems(ruby, arena_printf(arena_of(ruby), "%s/%s/%s", directory,
							names[j], ruby->version)));
	}
	return 0;
}

/* Directories of the search path are in the interpreter's strings. */
static int add_directory(void *data, const char *string)
{
	static const char *const patterns[] = { "{/*/ruby/vendor_ruby}",
						"{/*/ruby/vendor_ruby/?.*.?}", "{/*/site_ruby}",
						"{/*/site_ruby/?.*.?}", "{/*/ruby/?.*.?}" };
	struct ruby *ruby = data;
	struct pattern_match match;
	const char *parent;

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++) {
		if (strpbrk(string, ": ") || !pattern_matches(patterns[i], string, &match))
			continue;
		TRY(modules_add_directory(&ruby->modules, string, false));
		if (i + 1 < ARRAY_SIZE(patterns))
			return 0;
		if (!ruby->version)
			ruby->version = arena_strdup(arena_of(ruby), path_basename(string));
		parent = path_dirname(arena_of(ruby), string);
		return ruby->version && parent
			       ? add_gems(ruby, arena_printf(arena_of(ruby), "%s/gems/%s", parent,
							     path_basename(string)))
			       : -ENOMEM;
	}
	return 0;
}

/* "/usr/lib/ruby/vendor_ruby/x.rb": what stands deeper is for that to require. */
static int resolve_listed(void *data, struct view path)
{
	struct ruby *ruby = data;
	const char *slash = path.size > 0 ? memrchr(path.bytes, '/', path.size) : NULL;
	struct view directory = { path.bytes, slash ? (size_t)(slash - path.bytes) : 0 };
	char *name;

	if (path.size < 3 || memcmp(path.bytes + path.size - 3, ".rb", 3) != 0)
		return 0;
	for (size_t i = 0; i < ruby->modules.path.count; i++) {
		if (!view_is(directory, ruby->modules.path.items[i]))
			continue;
		name = arena_strndup(arena_of(ruby), slash + 1, path.size - directory.size - 4);
		return name ? resolve(ruby, name, false) : -ENOMEM;
	}
	return 0;
}

/* What is required by names that are computed may be of what the script's package depends on. */
static int follow_required(struct ruby *ruby)
{
	if (*ruby->modules.unknown != MODULES_ANY)
		return 0;
	TRY(modules_visit_required(&ruby->modules, resolve_listed, ruby));
	return modules_follow(&ruby->modules, read_file, ignore_string);
}

int modules_ruby(struct needs *needs, struct need *need, const struct modules_script *script,
		 enum modules_unknown *unknown)
{
	struct ruby ruby = {
		.modules = { .needs = needs, .need = need, .script = script, .unknown = unknown },
	};
	int r;

	*unknown = MODULES_KNOWN;
	r = modules_visit_interpreter(needs, need, "libruby*", add_directory, &ruby);
	if (r >= 0)
		r = add_gem_directories(&ruby);
	if (r >= 0)
		r = add_native_gem_directories(&ruby);
	if (r >= 0)
		r = read_text(&ruby, script->text, script->size, NULL);
	if (r >= 0)
		r = modules_follow(&ruby.modules, read_file, ignore_string);
	if (r >= 0)
		r = follow_required(&ruby);
	modules_reset(&ruby.modules);
	return r < 0 ? r : 0;
}
