/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The configuration is gconv-modules and gconv-modules.d/ *.conf (glibc's iconvconfig(8)): lines
 * "alias FROM// TO//" and "module FROM// TO// FILE COST".
 */
#include "needs/gconv.h"
#include "base/buffer.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/table.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <ctype.h>
#include <errno.h>
#include <stdint.h>
#include <string.h>

enum {
	CONFIGURATION_SIZE_MAX = 4 << 20,
	ALIAS_DEPTH_MAX = 8,
	NAME_LENGTH_MIN = 3,
	NAME_LENGTH_MAX = 40,
};

/* What programs ask for without naming it: the sets that glibc does not have built in. */
static const char *const usual[] = { "UTF-16",	   "UTF-32",	  "UTF-7", "UNICODE",
				     "ISO-8859-1", "ISO-8859-15", "CP1252" };

struct gconv_line {
	const char *text; /* whole, without its newline */
	const char *from; /* upper case, without "//" */
	const char *to;
	const char *file; /* of a module, with ".so"; NULL for an alias */
	bool is_here;	  /* gconv_configure: the module is in the result */
};

/* A character set's name: most strings of a program are none. */
struct gconv_name {
	UT_hash_handle hh;
	const char *name;
	const char *alias; /* what it stands for, or NULL */
	bool has_module;
	bool is_here; /* gconv_configure: one of its modules is in the result */
};

/* The lines of a directory's configuration, which is read once. */
struct gconv {
	struct gconv *next;
	struct needs *needs;
	const char *directory;
	struct gconv_name *names;
	struct gconv_line *lines;
	size_t count;
	size_t capacity;
};

/* A need for sets of it. */
struct gconv_want {
	bool strings; /* those of the object count, not only the usual names */
	struct gconv *gconv;
	struct need *need;
};

void gconv_free(struct gconv *gconv)
{
	for (; gconv; gconv = gconv->next)
		HASH_CLEAR(hh, gconv->names);
}

static struct gconv_name *find_name(const struct gconv *gconv, const char *name)
{
	struct gconv_name *found;

	HASH_FIND_STR(gconv->names, name, found);
	return found;
}

/* The name, which is made where it is new; NULL when out of memory. */
static struct gconv_name *get_name(struct gconv *gconv, const char *name)
{
	struct gconv_name *found = find_name(gconv, name);

	if (found)
		return found;
	found = arena_alloc(gconv->needs->sysroot->arena, sizeof(*found));
	if (!found)
		return NULL;
	found->name = name;
	HASH_ADD_KEYPTR(hh, gconv->names, found->name, strlen(found->name), found);
	return HASH_HAS(found) ? found : NULL;
}

/* What a line says of the names in it; the first alias of a name counts. */
static int note_names(struct gconv *gconv, const struct gconv_line *line)
{
	struct gconv_name *from = get_name(gconv, line->from);
	struct gconv_name *to = from ? get_name(gconv, line->to) : NULL;

	if (!to)
		return -ENOMEM;
	if (line->file)
		from->has_module = to->has_module = true;
	else if (!from->alias)
		from->alias = line->to;
	return 0;
}

static char *upper_name(struct arena *arena, const char *text, size_t length)
{
	char *name = arena_strndup(arena, text, length);

	if (!name)
		return NULL;
	if (length > 2 && strcmp(name + length - 2, "//") == 0)
		name[length - 2] = '\0';
	for (char *at = name; *at; at++)
		*at = (char)toupper((unsigned char)*at);
	return name;
}

/* The next word of the line at *AT, or NULL. */
static const char *next_word(const char **at, size_t *length)
{
	const char *word = *at + strspn(*at, " \t");

	*length = strcspn(word, " \t");
	*at = word + *length;
	return *length > 0 ? word : NULL;
}

static int add_line(struct gconv *gconv, const char *text)
{
	struct arena *arena = gconv->needs->sysroot->arena;
	struct gconv_line line = { .text = text };
	const char *at = text;
	const char *words[4] = { NULL };
	struct gconv_line *kept;
	size_t lengths[4];
	bool module;

	for (size_t i = 0; i < ARRAY_SIZE(words); i++)
		words[i] = next_word(&at, &lengths[i]);
	module = words[0] && lengths[0] == 6 && strncmp(words[0], "module", 6) == 0;
	if (!words[2] || (module && !words[3]) ||
	    (!module && (lengths[0] != 5 || strncmp(words[0], "alias", 5) != 0)))
		return 0;
	line.from = upper_name(arena, words[1], lengths[1]);
	line.to = upper_name(arena, words[2], lengths[2]);
	if (module)
		line.file = arena_printf(
			arena, "%.*s%s", (int)lengths[3], words[3],
			lengths[3] > 3 && strncmp(words[3] + lengths[3] - 3, ".so", 3) == 0
				? ""
				: ".so");
	if (!line.from || !line.to || (module && !line.file))
		return -ENOMEM;
	kept = table_add(arena, &gconv->lines, &gconv->count, &gconv->capacity, sizeof(*kept));
	if (!kept)
		return -ENOMEM;
	*kept = line;
	return note_names(gconv, &line);
}

static int add_file(struct gconv *gconv, const char *path)
{
	char *text;
	size_t size;

	if (TRY(needs_read(gconv->needs, path, CONFIGURATION_SIZE_MAX, &text, &size)) == 0)
		return 0;
	for (char *line; text && (line = strsep(&text, "\n")) != NULL;) {
		line[strcspn(line, "#")] = '\0';
		TRY(add_line(gconv, line));
	}
	return 0;
}

static int read_configuration(struct gconv *gconv)
{
	struct arena *arena = gconv->needs->sysroot->arena;
	struct need files = { 0 };
	const char *quoted = pattern_quote(arena, gconv->directory);
	const char *more = quoted ? arena_printf(arena, "%s/gconv-modules.d/*.conf", quoted) : NULL;
	const char *first = path_join(arena, gconv->directory, "gconv-modules");

	if (!first || !more)
		return -ENOMEM;
	TRY(add_file(gconv, first));
	TRY(need_add_paths(gconv->needs, &files, more, NULL));
	for (size_t i = 0; i < files.n_items; i++)
		TRY(add_file(gconv, files.items[i].path));
	return 0;
}

/* The configuration of DIRECTORY, read when it is asked for first. */
static int open_configuration(struct needs *needs, const char *directory, struct gconv **out)
{
	for (*out = needs->gconv; *out; *out = (*out)->next)
		if (strcmp((*out)->directory, directory) == 0)
			return 0;
	*out = arena_alloc(needs->sysroot->arena, sizeof(**out));
	if (!*out)
		return -ENOMEM;
	**out = (struct gconv){ .next = needs->gconv, .needs = needs, .directory = directory };
	needs->gconv = *out;
	return read_configuration(*out);
}

static int add_module(const struct gconv_want *want, const char *file)
{
	struct needs *needs = want->gconv->needs;
	const char *path = path_join(needs->sysroot->arena, want->gconv->directory, file);

	return path ? need_add_path(needs, want->need, path) : -ENOMEM;
}

/* All modules of the character set NAME, which may be an alias. */
static int add_set(const struct gconv_want *want, const char *name)
{
	const struct gconv *gconv = want->gconv;
	const struct gconv_name *known;

	/* What every module is one side of. */
	if (strcmp(name, "INTERNAL") == 0)
		return 0;
	known = find_name(gconv, name);
	for (unsigned depth = 0; known && known->alias && depth < ALIAS_DEPTH_MAX; depth++)
		known = find_name(gconv, known->alias);
	if (!known || !known->has_module)
		return 0;
	name = known->name;
	for (size_t i = 0; i < gconv->count; i++) {
		const struct gconv_line *line = &gconv->lines[i];
		int r = 0;

		if (line->file && (strcmp(line->from, name) == 0 || strcmp(line->to, name) == 0))
			r = add_module(want, line->file);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_name(const char *text, size_t length)
{
	if (length < NAME_LENGTH_MIN || length > NAME_LENGTH_MAX)
		return false;
	for (size_t i = 0; i < length; i++)
		if (!isalnum((unsigned char)text[i]) && !strchr("_-.:+()", text[i]))
			return false;
	return true;
}

/* "SJIS", "UTF-16LE//IGNORE": a name that a program may give to iconv_open. */
static int add_named(void *data, const char *string)
{
	size_t length = strcspn(string, "/");
	char name[NAME_LENGTH_MAX + 1];

	if ((string[length] && string[length + 1] != '/') || !is_name(string, length))
		return 0;
	for (size_t i = 0; i < length; i++)
		name[i] = (char)toupper((unsigned char)string[i]);
	name[length] = '\0';
	return add_set(data, name);
}

static int add_wanted(struct gconv_want *want)
{
	struct needs *needs = want->gconv->needs;
	const struct need *need = want->need;

	if (need->value) {
		char *name = upper_name(needs->sysroot->arena, need->value, strlen(need->value));

		return name ? add_set(want, name) : -ENOMEM;
	}
	for (size_t i = 0; i < ARRAY_SIZE(usual); i++)
		TRY(add_set(want, usual[i]));
	if (!want->strings)
		return 0;
	return needs_visit_words(needs, need->object, add_named, want);
}

/* Who wants sets of whatever directories there are. */
struct gconv_filling {
	struct needs *needs;
	struct need *need;
	bool strings; /* the object's names of sets were not looked for yet */
};

static int add_directory(void *data, const char *directory)
{
	const struct gconv_filling *filling = data;
	struct gconv_want want = { .need = filling->need, .strings = filling->strings };

	TRY(open_configuration(filling->needs, directory, &want.gconv));
	return add_wanted(&want);
}

int make_gconv(struct needs *needs, struct need *need)
{
	struct gconv_filling filling = { needs, need, true };
	const struct closure_object *libc = needs_find_object(need->process, "libc.so.*");

	/* A library's names are the same in each program that loads it. */
	if (!need->value)
		filling.strings = TRY(needs_remember(needs, NEEDS_ANY_PROGRAM, need->rule,
						     need->object->loaded.elf)) == 0;
	return libc ? needs_visit_matches(needs, libc, "{/*/gconv}", add_directory, &filling) : 0;
}

/* Whether MANIFEST has NAME in DIRECTORY: 1 or 0, or -ENOMEM. */
static int has_entry(struct needs *needs, const struct manifest *manifest, const char *directory,
		     const char *name)
{
	const char *path = path_join(needs->sysroot->arena, directory, name);

	return path ? manifest_find(manifest, path) != NULL : -ENOMEM;
}

/* Marks the modules that are in MANIFEST, and their character sets. */
static int mark_present(struct gconv *gconv, const struct manifest *manifest)
{
	for (size_t i = 0; i < gconv->count; i++) {
		struct gconv_line *line = &gconv->lines[i];

		line->is_here = line->file && TRY(has_entry(gconv->needs, manifest,
							    gconv->directory, line->file));
		if (line->is_here)
			find_name(gconv, line->from)->is_here =
				find_name(gconv, line->to)->is_here = true;
	}
	return 0;
}

/* Whether an alias of the set NAME is of use: it has a module here, or is built in. */
static bool is_known(const struct gconv *gconv, const char *name)
{
	const struct gconv_name *known = find_name(gconv, name);

	return known->is_here || !known->has_module;
}

static int configure(struct gconv *gconv, struct manifest *manifest)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	const char *path =
		path_join(gconv->needs->sysroot->arena, gconv->directory, "gconv-modules");

	TRY(mark_present(gconv, manifest));
	for (size_t i = 0; i < gconv->count; i++) {
		const struct gconv_line *line = &gconv->lines[i];

		if (line->file ? line->is_here : is_known(gconv, line->to))
			buffer_printf(&text, "%s\n", line->text);
	}
	if (!path || buffer_error(&text))
		return -ENOMEM;
	return manifest_put_file(manifest, path, 0644, text.bytes ? text.bytes : "", text.size,
				 ENTRY_RULE, "gconv: the character sets that are here");
}

/* The directory of a module that stands in DIRECTORY/gconv; *OUT is NULL for anything else. */
static int find_directory(struct arena *arena, const struct entry *entry, const char **out)
{
	size_t length = strlen(entry->path);
	const char *directory;

	*out = NULL;
	if (entry->type != ENTRY_FILE || length < 3 || strcmp(entry->path + length - 3, ".so") != 0)
		return 0;
	directory = path_dirname(arena, entry->path);
	if (!directory)
		return -ENOMEM;
	if (strcmp(path_basename(directory), "gconv") == 0)
		*out = directory;
	return 0;
}

int gconv_configure(struct needs *needs, struct manifest *manifest)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(manifest, &count);

	for (size_t i = 0; i < count; i++) {
		const char *directory;
		struct gconv *gconv;

		TRY(find_directory(needs->sysroot->arena, entries[i], &directory));
		if (!directory || TRY(has_entry(needs, manifest, directory, "gconv-modules")))
			continue;
		TRY(open_configuration(needs, directory, &gconv));
		TRY(configure(gconv, manifest));
		entries = manifest_entries(manifest, &count);
	}
	return 0;
}
