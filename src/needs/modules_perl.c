/* SPDX-License-Identifier: Apache-2.0 */
/* Perl's modules, in the directories of its @INC, which stand in its strings. */
#include "base/error.h"
#include "base/path.h"
#include "needs/modules.h"
#include "needs/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum { NAME_MAX_LENGTH = 512 };

struct perl {
	struct modules modules;
	struct texts unfound;		 /* files that are nowhere in the search path */
	const struct modules_file *file; /* that is being read */
};

/* What perl itself requires, and what its standard library does by names that are computed. */
static const char *const startup[] = {
	"strict",
	"warnings",
	"warnings::register",
	"utf8",
	"feature",
	"Carp",
	"Exporter",
	"XSLoader",
	"DynaLoader",
	"Config",
	"Config_heavy.pl",
	"Errno",
	"File::Glob",
	"PerlIO",
	"PerlIO::scalar",
	"IO::File",
	"IO::Handle",
	"attributes",
	"mro",
	"overload",
	"vars",
	"constant",
	"Tie::Hash::NamedCapture",
	"AutoLoader",
	"bytes",
	"sitecustomize.pl",
};

/* Texts of a source that say what perl will require for it. */
static const struct {
	const char *text;
	const char *module;
} mentions[] = {
	{ ":encoding(", "PerlIO::encoding" },
	{ ":via(", "PerlIO::via" },
	{ "\\N{", "_charnames" },
	{ "unicore/", "unicore/Name.pm" },
};

static struct perl *perl_of(struct modules *modules)
{
	return (struct perl *)modules;
}

static struct arena *arena_of(const struct perl *perl)
{
	return perl->modules.needs->sysroot->arena;
}

/* Sources, documentation, and what native code was made of. */
static bool is_code(struct modules *modules, const char *directory, const char *name)
{
	static const char *const suffixes[] = {
		".pm", ".pod", ".so", ".h", ".a", ".bs", ".packlist"
	};
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		size_t size = strlen(suffixes[i]);

		if (length >= size && strcmp(name + length - size, suffixes[i]) == 0)
			return true;
	}
	return false;
}

/* A directory of another module, which brings its own; or of tests. */
static bool skips(struct modules *modules, const char *directory, const char *name)
{
	const char *module = arena_printf(modules->needs->sysroot->arena, "%s.pm", name);

	return !module || modules_has(modules, directory, module) != 0 || strcmp(name, "t") == 0 ||
	       strcmp(name, "CORE") == 0;
}

static int add_below(struct perl *perl, const char *directory, const char *inner)
{
	const char *path = path_join(arena_of(perl), directory, inner);

	if (!path)
		return -ENOMEM;
	return TRY(modules_is_directory(&perl->modules, path)) > 0
		       ? modules_add_data(&perl->modules, path, is_code, skips, 0)
		       : 0;
}

/* auto/A/B: native code, pieces of code that are loaded alone. */
static int add_auto(struct perl *perl, const char *directory, const char *stem)
{
	const char *leaf = path_basename(stem);
	const char *path = arena_printf(arena_of(perl), "%s/auto/%s", directory, stem);
	const char *native = path ? arena_printf(arena_of(perl), "%s/%s.so", path, leaf) : NULL;
	const struct modules_file file = { .path = native, .directory = path, .native = true };

	if (!native)
		return -ENOMEM;
	if (TRY(modules_is_directory(&perl->modules, path)) == 0)
		return 0;
	if (TRY(needs_exists(perl->modules.needs, native, NULL)) > 0)
		TRY(modules_add_file(&perl->modules, &file));
	return modules_add_data(&perl->modules, path, is_code, skips, 0);
}

/* What File::ShareDir finds for the module A::B. */
static int add_share(struct perl *perl, const char *directory, const char *stem)
{
	static const char *const kinds[] = { "module", "dist" };
	char *name = arena_strdup(arena_of(perl), stem);

	if (!name)
		return -ENOMEM;
	for (char *at = name; *at; at++)
		if (*at == '/')
			*at = '-';
	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		const char *inner =
			arena_printf(arena_of(perl), "auto/share/%s/%s", kinds[i], name);

		if (!inner)
			return -ENOMEM;
		TRY(add_below(perl, directory, inner));
	}
	return 0;
}

/* The file "A/B.pm" in each directory that has it: which is first, nobody knows here. */
static int find_file(struct perl *perl, const char *relative)
{
	bool found = false;
	size_t length = strlen(relative);
	const char *stem = length > 3 && strcmp(relative + length - 3, ".pm") == 0
				   ? arena_strndup(arena_of(perl), relative, length - 3)
				   : NULL;

	for (size_t i = 0; i < perl->modules.path.count; i++) {
		const char *directory = perl->modules.path.items[i];
		const struct modules_file file = {
			.path = path_join(arena_of(perl), directory, relative),
			.name = relative,
			.directory = directory,
		};
		const char *parent = file.path ? path_dirname(arena_of(perl), file.path) : NULL;

		if (!parent)
			return -ENOMEM;
		if (stem)
			TRY(add_auto(perl, directory, stem));
		if (TRY(modules_has(&perl->modules, parent, path_basename(file.path))) == 0)
			continue;
		TRY(modules_add_file(&perl->modules, &file));
		found = true;
		if (!stem)
			continue;
		TRY(add_below(perl, directory, stem));
		TRY(add_share(perl, directory, stem));
	}
	return found || perl->modules.guessing
		       ? 0
		       : texts_add(arena_of(perl), &perl->unfound, relative);
}

static int resolve_file(struct perl *perl, const char *relative)
{
	return TRY(modules_see(&perl->modules, relative)) > 0 ? 0 : find_file(perl, relative);
}

/* "A::B", or a file's name as it stands. */
static int resolve(struct perl *perl, const char *name)
{
	char relative[NAME_MAX_LENGTH + sizeof(".pm")];
	char *to = relative;

	if (strlen(name) > NAME_MAX_LENGTH || strstr(name, ".."))
		return 0;
	for (const char *at = name; *at; at++) {
		if (at[0] == ':' && at[1] == ':') {
			*to++ = '/';
			at++;
		} else {
			*to++ = *at;
		}
	}
	strcpy(to, strchr(name, '.') ? "" : ".pm");
	name = arena_strdup(arena_of(perl), relative);
	return name ? resolve_file(perl, name) : -ENOMEM;
}

static int add_beside(struct perl *perl, const char *relative)
{
	const char *own = path_dirname(arena_of(perl),
				       perl->file ? perl->file->path : perl->modules.script->path);
	const char *path = own ? path_normalize(arena_of(perl), own, relative) : NULL;

	return path ? modules_add_directory(&perl->modules, path, true) : -ENOMEM;
}

static int add_absolute(struct perl *perl, const char *path)
{
	const struct modules_file file = {
		.path = arena_strdup(arena_of(perl), path),
		.name = "",
		.directory = path_dirname(arena_of(perl), path),
	};
	struct stat stat;

	if (!file.path || !file.directory)
		return -ENOMEM;
	return TRY(needs_exists(perl->modules.needs, path, &stat)) > 0 && S_ISREG(stat.st_mode)
		       ? modules_add_file(&perl->modules, &file)
		       : 0;
}

static int visit_import(void *data, const struct import *import)
{
	struct perl *perl = data;
	int r = 0;

	switch (import->kind) {
	case IMPORT_MODULE:
		return resolve(perl, import->name);
	case IMPORT_FILE:
		r = import->name[0] == '/' ? add_absolute(perl, import->name)
					   : resolve(perl, import->name);
		return r < 0 ? r : 0;
	case IMPORT_DIRECTORY:
		return modules_add_directory(&perl->modules, import->name, true);
	case IMPORT_BESIDE:
		return add_beside(perl, import->name);
	default:
		return 0;
	}
}

/* Modules in DIRECTORY, which stands at RELATIVE in the search path. */
static int resolve_all(struct perl *perl, const char *directory, const char *relative,
		       unsigned depth)
{
	const struct texts *names;

	if (depth > 4)
		return 0;
	TRY(needs_names(perl->modules.needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		size_t length = strlen(names->items[i]);
		const char *inner = path_join(arena_of(perl), relative, names->items[i]);
		const char *path = path_join(arena_of(perl), directory, names->items[i]);

		if (!inner || !path)
			return -ENOMEM;
		if (length > 3 && strcmp(names->items[i] + length - 3, ".pm") == 0)
			TRY(resolve_file(perl, inner));
		else if (!strchr(names->items[i], '.') &&
			 TRY(modules_is_directory(&perl->modules, path)) > 0)
			TRY(resolve_all(perl, path, inner, depth + 1));
	}
	return 0;
}

/* All modules below the name STEM ("A/B"), wherever they are; what is heavy of them stays out. */
static int resolve_namespace(struct perl *perl, const char *stem)
{
	bool guessing = perl->modules.guessing;
	int r = 0;

	perl->modules.guessing = true;
	for (size_t i = 0; r == 0 && i < perl->modules.path.count; i++) {
		const char *directory =
			path_join(arena_of(perl), perl->modules.path.items[i], stem);

		r = directory ? resolve_all(perl, directory, stem, 0) : -ENOMEM;
	}
	perl->modules.guessing = guessing;
	return r;
}

/* Imports of a module that are computed are most often of what stands below it. */
static int follow_computed(struct perl *perl, const struct modules_file *file)
{
	size_t length = strlen(file->name);
	const char *stem;

	if (length < 4 || strcmp(file->name + length - 3, ".pm") != 0)
		return 0;
	stem = arena_strndup(arena_of(perl), file->name, length - 3);
	return stem ? resolve_namespace(perl, stem) : -ENOMEM;
}

/* "A::B" and "A/B.pm"; a name without either is a word as others are. */
static int visit_string(struct modules *modules, const char *string)
{
	bool has_colons = false;
	size_t length = strlen(string);

	if (length > NAME_MAX_LENGTH || !isalpha((unsigned char)string[0]))
		return 0;
	for (const char *at = string; *at; at++) {
		has_colons |= at[0] == ':' && at[1] == ':';
		if (!isalnum((unsigned char)*at) && !strchr("_:/.", *at))
			return 0;
	}
	if (!has_colons &&
	    !(length > 3 && strchr(string, '/') && strcmp(string + length - 3, ".pm") == 0))
		return 0;
	return string[length - 1] == ':' ? 0 : resolve(perl_of(modules), string);
}

/* Whether the names "A::B" and "A/C.pm" begin with the same part. */
static bool are_related(const char *name, const char *file)
{
	size_t length = strcspn(name, ":");

	return strncmp(name, file, length) == 0 && file[length] == '/';
}

/*
 * A text in quotes where imports are computed: a module; what others are put behind ("A::B::$c"),
 * or the name that those of the same distribution have before theirs.
 */
static int visit_literal(struct modules *modules, const char *string)
{
	struct perl *perl = perl_of(modules);
	size_t length = strlen(string);
	bool is_open = length > 2 && strcmp(string + length - 2, "::") == 0;
	const char *key;
	char *stem;
	char *to;

	if (length > NAME_MAX_LENGTH || !isalpha((unsigned char)string[0]) || strchr(string, '.'))
		return visit_string(modules, string);
	if (!is_open) {
		TRY(visit_string(modules, string));
		if (!perl->file || !strstr(string, "::") || !are_related(string, perl->file->name))
			return 0;
	}
	stem = to = arena_strdup(arena_of(perl), string);
	if (!stem)
		return -ENOMEM;
	for (const char *at = string; *at; at++)
		if (at[0] != ':' || at[1] != ':')
			*to++ = *at == ':' ? '/' : *at;
	to -= is_open;
	*to = '\0';
	key = arena_printf(arena_of(perl), "namespace %s", stem);
	if (!key)
		return -ENOMEM;
	return TRY(modules_see(modules, key)) > 0 ? 0 : resolve_namespace(perl, stem);
}

/* Whether FILE is none of Perl's own library, of which it is known what that loads. */
static bool is_of_others(const struct modules_file *file)
{
	const char *directory = file->directory;

	if (strncmp(directory, "/usr/local/", strlen("/usr/local/")) == 0)
		return true;
	return !strstr(directory, "/perl/5") && !strstr(directory, "/perl-base") &&
	       !strstr(directory, "/core_perl");
}

/* What loads modules by names that are put together, for those who ask it to. */
static bool asks_loaders(const char *text, size_t size)
{
	static const char *const signs[] = { "Module::Implementation",
					     "Module::Runtime",
					     "Module::Pluggable",
					     "Module::Load",
					     "Class::Load",
					     "Class::Factory",
					     "load_class",
					     "::$",
					     "::' .",
					     "::\" .",
					     "->require" };

	for (size_t i = 0; i < ARRAY_SIZE(signs); i++)
		if (memmem(text, size, signs[i], strlen(signs[i])))
			return true;
	return false;
}

static int read_text(struct perl *perl, const char *text, size_t size,
		     const struct modules_file *file)
{
	bool computed = false;

	perl->file = file;
	if (size == 0)
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(mentions); i++)
		if (memmem(text, size, mentions[i].text, strlen(mentions[i].text)))
			TRY(resolve(perl, mentions[i].module));
	TRY(imports_perl_read(text, size, visit_import, perl, &computed));
	if (!computed && !(file && is_of_others(file) && asks_loaders(text, size)))
		return 0;
	TRY(modules_visit_literals(&perl->modules, text, size, visit_literal));
	if (file)
		return follow_computed(perl, file);
	*perl->modules.unknown = MODULES_ANY;
	return 0;
}

static int read_file(struct modules *modules, const struct modules_file *file, const char *text,
		     size_t size)
{
	return read_text(perl_of(modules), text, size, file);
}

static int add_directory(void *data, const char *string)
{
	static const char *const patterns[] = { "{/*/perl}",	  "{/*/perl/5*}",
						"{/*/perl-base}", "{/*/core_perl}",
						"{/*/perl5*}",	  "{/*/vendor_perl*}",
						"{/*/site_perl*}" };
	struct pattern_match match;
	struct modules *modules = data;

	for (size_t i = 0; i < ARRAY_SIZE(patterns); i++)
		if (!strpbrk(string, ": ") && pattern_matches(patterns[i], string, &match))
			return modules_add_directory(modules, string, false);
	return 0;
}

/*
 * What was not found may be where the script's package keeps modules of its own, by a path that it
 * puts together.
 */
static int follow_own(struct perl *perl)
{
	while (perl->unfound.count > 0) {
		struct texts unfound = perl->unfound;

		perl->unfound = (struct texts){ 0 };
		if (TRY(modules_find_own(&perl->modules, &unfound)) == 0)
			return 0;
		perl->modules.guessing = false;
		for (size_t i = 0; i < unfound.count; i++)
			TRY(find_file(perl, unfound.items[i]));
		TRY(modules_follow(&perl->modules, read_file, visit_string));
	}
	return 0;
}

static int find_listed(void *data, struct view path)
{
	struct perl *perl = data;
	const char *text;

	if (path.size <= 3 || memcmp(path.bytes + path.size - 3, ".pm", 3) != 0)
		return 0;
	text = view_copy(perl->modules.needs->sysroot->arena, path);
	if (!text)
		return -ENOMEM;
	for (size_t i = 0; i < perl->modules.path.count; i++) {
		const char *directory = perl->modules.path.items[i];

		if (path_is_below(text, directory) && text[strlen(directory)] == '/')
			return resolve_file(perl, text + strlen(directory) + 1);
	}
	return 0;
}

/* What is imported by names that are computed may be of what the script's package depends on. */
static int follow_required(struct perl *perl)
{
	if (*perl->modules.unknown != MODULES_ANY)
		return 0;
	TRY(modules_visit_required(&perl->modules, find_listed, perl));
	return modules_follow(&perl->modules, read_file, visit_string);
}

int modules_perl(struct needs *needs, struct need *need, const struct modules_script *script,
		 enum modules_unknown *unknown)
{
	struct perl perl = {
		.modules = { .needs = needs, .need = need, .script = script, .unknown = unknown },
	};
	int r;

	*unknown = MODULES_KNOWN;
	r = modules_visit_interpreter(needs, need, "libperl*", add_directory, &perl.modules);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(startup); i++)
		r = resolve(&perl, startup[i]);
	if (r >= 0)
		r = read_text(&perl, script->text, script->size, NULL);
	if (r >= 0)
		r = modules_follow(&perl.modules, read_file, visit_string);
	if (r >= 0)
		r = follow_own(&perl);
	if (r >= 0)
		r = follow_required(&perl);
	modules_reset(&perl.modules);
	return r < 0 ? r : 0;
}
