/* SPDX-License-Identifier: Apache-2.0 */
/* Which files of what is handed over are configuration: by their names and places. */
#include "base/error.h"
#include "base/path.h"
#include "needs/config_private.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

static bool matches_any(const char *path, const char *const *globs)
{
	for (; *globs; globs++)
		if (fnmatch(*globs, path, 0) == 0)
			return true;
	return false;
}

bool config_is_name(const char *path)
{
	static const char *const globs[] = {
		"*/etc/*", "*.conf", "*.conf.*", "*.cfg",	 "*.cfg.*", "*.cnf",   "*.config",
		"*.ini",   "*.yaml", "*.yml",	 "*.toml",	 "*.json",  "*.xml",   "*rc",
		"*.d/*",   "*.load", "*.cf",	 "*.properties", "*.site",  "*.vhost", NULL,
	};

	return matches_any(path, globs) && !config_is_document(path) && !config_is_dormant(path);
}

bool config_is_script(const char *path)
{
	static const char *const globs[] = { "*.py",   "*.pyw", "*.wsgi", "*.pl", "*.pm",
					     "*.psgi", "*.rb",	"*.ru",	  "*.js", "*.mjs",
					     "*.cjs",  "*.lua", "*.sh",	  NULL };

	return matches_any(path, globs);
}

bool config_is_document(const char *path)
{
	static const char *const globs[] = {
		/* For people, and what they keep. */
		"*.html",
		"*.htm",
		"*.css",
		"*.md",
		"*.rst",
		"*.txt",
		"*.tex",
		"*.svg",
		"*.csv",
		"*.tsv",
		"*.log",
		"*.ps",
		"*.po",
		"*.sql",
		"*.diff",
		"*.patch",
		"*.pem",
		"*.crt",
		"*.key",
		"*.pub",
		"*/README*",
		"*/LICENSE*",
		"*/COPYING*",
		"*/NEWS*",
		"*/CHANGE*",
		"*/AUTHORS*",
		"*/TODO*",
		"*/Makefile*",
		/* Programs that are not read at all. */
		"*.php",
		"*.tcl",
		"*.c",
		"*.h",
		"*.cc",
		"*.cpp",
		"*.hpp",
		"*.rs",
		"*.go",
		"*.java",
		"*.R",
		"*.el",
		"*.awk",
		"*.ts",
		NULL,
	};

	return matches_any(path, globs) ||
	       (config_is_script(path) && fnmatch("*.lua", path, 0) != 0);
}

bool config_is_dormant(const char *path)
{
	static const char *const globs[] = {
		"*-available/*", "*/available/*", "*/examples/*", "*/disabled/*", "*.dpkg-*",
		"*.rpm*",	 "*.bak",	  "*.orig",	  "*.old",	  "*.sample",
		"*.example",	 "*.disabled",	  "*.dist",	  "*~",		  NULL,
	};

	return matches_any(path, globs);
}

int config_get(struct needs *needs, struct config **out)
{
	if (!needs->config)
		needs->config = arena_alloc(needs->sysroot->arena, sizeof(*needs->config));
	*out = needs->config;
	return *out ? 0 : -ENOMEM;
}

/* Possible scripts are kept apart: each program with an interpreter looks at them. */
static int add_script(struct arena *arena, struct config *config, struct config_given *given)
{
	struct config_given **slot;

	if (!given->file.named &&
	    (!config_is_script(given->file.dest) || config->n_scripts >= CONFIG_SCRIPTS_MAX))
		return 0;
	slot = TABLE_ADD(arena, &config->scripts);
	if (!slot)
		return -ENOMEM;
	*slot = given;
	config->n_scripts += !given->file.named;
	return 0;
}

int config_add_file(struct needs *needs, const struct config_file *file)
{
	struct config *config;
	struct config_given *given;

	TRY(config_get(needs, &config));
	if (config_find_given(config, file->dest))
		return 0;
	given = arena_alloc(needs->sysroot->arena, sizeof(*given));
	if (!given)
		return -ENOMEM;
	given->file = *file;
	given->configuration =
		file->named ? !config_is_document(file->dest) : config_is_name(file->dest);
	TRY(add_script(needs->sysroot->arena, config, given));
	HASH_ADD_KEYPTR(hh, config->given, given->file.dest, strlen(given->file.dest), given);
	return HASH_HAS(given) ? 0 : -ENOMEM;
}

struct config_given *config_find_given(const struct config *config, const char *dest)
{
	struct config_given *given;

	HASH_FIND_STR(config->given, dest, given);
	return given;
}

/* 0 where PATH is new, 1 where it was seen, -ENOMEM. */
static int see(struct config_work *work, const char *path)
{
	struct config_seen *seen;

	HASH_FIND_STR(work->config->seen, path, seen);
	if (seen)
		return 1;
	seen = arena_alloc(work->needs->sysroot->arena, sizeof(*seen));
	if (!seen)
		return -ENOMEM;
	seen->path = path;
	HASH_ADD_KEYPTR(hh, work->config->seen, seen->path, strlen(path), seen);
	return HASH_HAS(seen) ? 0 : -ENOMEM;
}

int config_queue(struct config_work *work, const char *path, const char *dest, unsigned depth)
{
	struct arena *arena = work->needs->sysroot->arena;
	struct config_source source = { .dest = dest, .path = path, .depth = depth };
	struct config_source *slot;

	if (depth > CONFIG_DEPTH_MAX || work->config->sources.count >= CONFIG_FILES_MAX ||
	    TRY(see(work, dest)) > 0)
		return 0;
	source.directory = path_dirname(arena, dest);
	slot = TABLE_ADD(arena, &work->config->sources);
	if (!slot || !source.directory)
		return -ENOMEM;
	*slot = source;
	return 0;
}
