/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Lua's modules: "a.b" is a/b in each template of package.path and package.cpath, "/x/?.lua", whose
 * defaults stand in the interpreter's strings; and in the script's own directory.
 */
#include "base/error.h"
#include "base/path.h"
#include "needs/modules.h"

#include <errno.h>
#include <string.h>

enum { TEMPLATES_MAX = 64 };

struct lua {
	struct modules modules;
	struct texts templates;
};

static struct arena *arena_of(const struct lua *lua)
{
	return lua->modules.needs->sysroot->arena;
}

/* A string with templates between semicolons. */
static int add_templates(void *data, const char *string)
{
	struct lua *lua = data;

	if (!strstr(string, "?.lua") && !strstr(string, "?.so"))
		return 0;
	for (const char *at = string; *at; at += strspn(at, ";")) {
		size_t length = strcspn(at, ";");

		if (at[0] == '/' && memchr(at, '?', length) && lua->templates.count < TEMPLATES_MAX)
			TRY(texts_add_once(arena_of(lua), &lua->templates,
					   arena_strndup(arena_of(lua), at, length)));
		at += length;
	}
	return 0;
}

/* TEMPLATE with NAME, whose dots are directories, for its mark; NULL when out of memory. */
static char *expand(struct arena *arena, const char *template, const char *name)
{
	const char *mark = strchr(template, '?');
	size_t before = (size_t)(mark - template);
	char *path = arena_printf(arena, "%.*s%s%s", (int)before, template, name, mark + 1);

	for (size_t i = 0; path && name[i]; i++)
		if (name[i] == '.')
			path[before + i] = '/';
	return path;
}

/* The first template that has it is the module. */
static int add_module(void *data, const struct import *import)
{
	struct lua *lua = data;

	for (size_t i = 0; i < lua->templates.count; i++) {
		const char *template = lua->templates.items[i];
		struct modules_file file = {
			.path = expand(arena_of(lua), template, import->name),
			.name = arena_strdup(arena_of(lua), import->name),
			.native = strstr(template, ".so") != NULL,
			.named = true,
		};
		struct stat stat;

		if (!file.path || !file.name)
			return -ENOMEM;
		file.path = path_normalize(arena_of(lua), "/", file.path);
		file.directory = file.path ? path_dirname(arena_of(lua), file.path) : NULL;
		if (!file.directory)
			return -ENOMEM;
		if (TRY(needs_exists(lua->modules.needs, file.path, &stat)) == 0 ||
		    !S_ISREG(stat.st_mode))
			continue;
		TRY(modules_add_file(&lua->modules, &file));
		return 0;
	}
	return 0;
}

static int read_file(struct modules *modules, const struct modules_file *file, const char *text,
		     size_t size)
{
	bool computed = false;

	return imports_lua_read(text, size, add_module, modules, &computed);
}

static int ignore_string(struct modules *modules, const char *string)
{
	return 0;
}

/* A script finds what stands beside it where it stands in the same place in the result. */
static int add_own_templates(struct lua *lua)
{
	const char *directory = path_dirname(arena_of(lua), lua->modules.script->path);

	if (!directory)
		return -ENOMEM;
	if (!lua->modules.script->in_place)
		return 0;
	TRY(texts_add(arena_of(lua), &lua->templates,
		      arena_printf(arena_of(lua), "%s/?.lua", directory)));
	return texts_add(arena_of(lua), &lua->templates,
			 arena_printf(arena_of(lua), "%s/?/init.lua", directory));
}

int modules_lua(struct needs *needs, struct need *need, const struct modules_script *script,
		enum modules_unknown *unknown)
{
	struct lua lua = {
		.modules = { .needs = needs, .need = need, .script = script, .unknown = unknown },
	};
	bool computed = false;
	int r;

	*unknown = MODULES_KNOWN;
	r = add_own_templates(&lua);
	if (r >= 0)
		r = modules_visit_interpreter(needs, need, "liblua*", add_templates, &lua);
	if (r >= 0)
		r = imports_lua_read(script->text, script->size, add_module, &lua.modules,
				     &computed);
	if (r >= 0)
		r = modules_follow(&lua.modules, read_file, ignore_string);
	modules_reset(&lua.modules);
	return r < 0 ? r : 0;
}
