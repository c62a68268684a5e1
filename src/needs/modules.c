/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/modules.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/own_paths.h"
#include "needs/private.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

enum {
	SOURCE_SIZE_MAX = 16 << 20,
	FILES_MAX = 1 << 16,
	DATA_DEPTH_MAX = 32,
	NAMED_SIZE_MAX = 4 << 20, /* of a file that comes because a source names it */
	LITERAL_LENGTH_MAX = 255,
};

struct modules_seen {
	UT_hash_handle hh;
};

void modules_reset(struct modules *modules)
{
	HASH_CLEAR(hh, modules->seen);
}

static struct arena *arena_of(const struct modules *modules)
{
	return modules->needs->sysroot->arena;
}

int modules_has(struct modules *modules, const char *directory, const char *name)
{
	const struct texts *names;

	TRY(needs_names(modules->needs, directory, &names));
	return texts_find(names->items, names->count, name) != NULL;
}

int modules_is_directory(struct modules *modules, const char *path)
{
	struct stat stat;

	return TRY(needs_exists(modules->needs, path, &stat)) > 0 && S_ISDIR(stat.st_mode);
}

int modules_see(struct modules *modules, const char *key)
{
	struct modules_seen *seen;

	HASH_FIND_STR(modules->seen, key, seen);
	if (seen)
		return 1;
	seen = arena_alloc(arena_of(modules), sizeof(*seen));
	key = arena_strdup(arena_of(modules), key);
	if (!seen || !key)
		return -ENOMEM;
	HASH_ADD_KEYPTR(hh, modules->seen, key, strlen(key), seen);
	return HASH_HAS(seen) ? 0 : -ENOMEM;
}

int modules_add_directory(struct modules *modules, const char *directory, bool first)
{
	struct texts *path = &modules->path;

	if (TRY(modules_is_directory(modules, directory)) == 0 || texts_have(path, directory))
		return 0;
	directory = arena_strdup(arena_of(modules), directory);
	TRY(texts_add(arena_of(modules), path, directory));
	if (first) {
		memmove(path->items + 1, path->items, (path->count - 1) * sizeof(*path->items));
		path->items[0] = directory;
	}
	return 0;
}

int modules_add_item(struct modules *modules, const char *path, const char *tree)
{
	struct need_item item = { .kind = NEED_PATH, .tree = tree };
	CLEANUP(buffer) struct buffer key = { 0 };

	buffer_printf(&key, "file %s", path);
	TRY(buffer_error(&key));
	if (TRY(modules_see(modules, key.bytes)) > 0)
		return 0;
	item.path = arena_strdup(arena_of(modules), path);
	return item.path ? need_add(modules->needs, modules->need, &item) : -ENOMEM;
}

/* The ELF file at PATH, or NULL. */
static int open_elf(struct modules *modules, const char *path, const struct elf_object **out)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	const struct sysroot *sysroot = modules->needs->sysroot;
	int r = root_open(sysroot->root, path, &file);

	*out = NULL;
	if (r < 0)
		return needs_absent(modules->needs, path, r);
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	r = elf_store_get(sysroot->store, &file, path, out);
	if (r < 0)
		return needs_absent(modules->needs, path, r);
	if (*out && (*out)->state != ELF_OBJECT_VALID)
		*out = NULL;
	return 0;
}

/* Whether all libraries that the file at PATH needs are in the process already. */
static int is_light(struct modules *modules, const char *path, bool *light)
{
	const struct elf_object *elf;

	*light = false;
	TRY(open_elf(modules, path, &elf));
	if (!elf)
		return 0;
	for (size_t i = 0; i < elf->n_dependencies; i++)
		if (!needs_find_object(modules->need->process, elf->dependencies[i].name))
			return 0;
	*light = true;
	return 0;
}

int modules_add_file(struct modules *modules, const struct modules_file *file)
{
	struct modules_file *kept;
	bool light;

	if (file->native && modules->guessing && !file->named) {
		TRY(is_light(modules, file->path, &light));
		if (!light)
			return 0;
	}
	if (TRY(modules_see(modules, file->path)) > 0)
		return 0;
	if (modules->files.count >= FILES_MAX) {
		diag_warning(modules->needs->sysroot->diag, modules->script->path,
			     "imports too many modules: the rest is left out");
		return 0;
	}
	kept = TABLE_ADD(arena_of(modules), &modules->files);
	if (!kept)
		return -ENOMEM;
	*kept = *file;
	TRY(modules_add_item(modules, file->path, file->directory));
	return 1;
}

int modules_read(struct modules *modules, struct arena *arena, const char *path, char **text,
		 size_t *size)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r = root_open(modules->needs->sysroot->root, path, &file);

	*size = 0;
	*text = NULL;
	if (r < 0)
		return needs_absent(modules->needs, path, r);
	if (!S_ISREG(file.stat.st_mode))
		return 0;
	r = root_file_read(&file, arena, SOURCE_SIZE_MAX, text, size);
	if (r == -EFBIG) {
		diag_warning(modules->needs->sysroot->diag, path,
			     "is too long to be read for what it imports");
		return 0;
	}
	return r < 0 ? needs_absent(modules->needs, path, r) : 0;
}

/*
 * Whether PATH in DIRECTORY is a link to a directory that stands elsewhere, as a distribution keeps
 * data apart from code: what is in it comes through the link. Links to what is above or below lead
 * to what comes by itself, or nowhere.
 */
static int leads_outside(struct modules *modules, const char *directory, const char *path,
			 const struct stat *link)
{
	struct stat stat;
	char *canonical;
	char *here;

	if (!S_ISLNK(link->st_mode) ||
	    TRY(needs_resolve(modules->needs, path, &stat, &canonical)) == 0 ||
	    !S_ISDIR(stat.st_mode) ||
	    TRY(needs_resolve(modules->needs, directory, &stat, &here)) == 0)
		return 0;
	return strcmp(here, canonical) != 0 && !path_is_below(here, canonical) &&
	       !path_is_below(canonical, here) && !own_path_is_shared(canonical) &&
	       !own_path_is_of_machine(canonical) && !path_is_kernel(canonical);
}

static int add_data(struct modules *modules, const char *directory, const char *name,
		    modules_filter_fn *is_code, modules_filter_fn *skip, unsigned depth)
{
	const struct sysroot *sysroot = modules->needs->sysroot;
	const char *path = path_join(sysroot->arena, directory, name);
	const char *reason = NULL;
	const struct stat *stat;
	int r;

	if (!path)
		return -ENOMEM;
	r = root_look(sysroot->root, sysroot->arena, path, &stat, NULL);
	if (r < 0)
		return needs_absent(modules->needs, path, r);
	if (S_ISDIR(stat->st_mode) || TRY(leads_outside(modules, directory, path, stat)) > 0)
		return skip(modules, directory, name)
			       ? 0
			       : modules_add_data(modules, path, is_code, skip, depth + 1);
	if (is_code(modules, directory, name))
		return 0;
	/* What stands among modules was installed there. */
	if (TRY(needs_is_private(modules->needs, path, true, &reason)) == 0)
		return modules_add_item(modules, path, directory);
	if (!modules->told)
		diag_warning(sysroot->diag, path,
			     "is data of an imported module, and is left out: %s; -a brings it",
			     reason);
	modules->told = true;
	return 0;
}

int modules_add_data(struct modules *modules, const char *directory, modules_filter_fn *is_code,
		     modules_filter_fn *skip, unsigned depth)
{
	const struct texts *names;

	if (depth > DATA_DEPTH_MAX)
		return 0;
	TRY(needs_names(modules->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		TRY(add_data(modules, directory, names->items[i], is_code, skip, depth));
	return 0;
}

struct visiting {
	struct modules *modules;
	modules_string_fn *visit;
};

static int visit_string(void *data, const char *string)
{
	const struct visiting *visiting = data;

	return visiting->visit(visiting->modules, string);
}

/* The strings of the file at PATH; what is no ELF file has none. */
static int visit_strings(struct modules *modules, const char *path, modules_string_fn *visit)
{
	const struct sysroot *sysroot = modules->needs->sysroot;
	struct visiting visiting = { modules, visit };
	const struct elf_object *elf;
	int r;

	TRY(open_elf(modules, path, &elf));
	if (!elf)
		return 0;
	r = facts_visit_strings(sysroot->root, elf, '\0', visit_string, &visiting);
	return r == -EIO || r == -EACCES ? diag_errno(sysroot->diag, -r, path) : r;
}

/*
 * Whether a name between QUOTEs, of which LAST is the last character, ends before NEXT: at the
 * quote, or, where it is one that others are put behind, at what stands for them.
 */
static bool ends_literal(char quote, char last, char next)
{
	return next == quote || (strchr(".:/", last) && strchr("{%$", next) && next);
}

int modules_visit_literals(struct modules *modules, const char *text, size_t size,
			   modules_string_fn *visit)
{
	char name[LITERAL_LENGTH_MAX + 1];

	for (size_t i = 0; i < size; i++) {
		size_t length = 0;

		if (text[i] != '"' && text[i] != '\'')
			continue;
		while (i + 1 + length < size && length < LITERAL_LENGTH_MAX &&
		       (isalnum((unsigned char)text[i + 1 + length]) ||
			memchr("_.:/", text[i + 1 + length], 4)))
			length++;
		if (length == 0 || i + 1 + length >= size ||
		    !ends_literal(text[i], text[i + length], text[i + 1 + length]))
			continue;
		memcpy(name, text + i + 1, length);
		name[length] = '\0';
		TRY(visit(modules, name));
		i += length + 1;
	}
	return 0;
}

int modules_visit_interpreter(struct needs *needs, const struct need *need, const char *library,
			      facts_string_fn *visit, void *data)
{
	const struct closure *process = need->process;

	for (size_t i = 0; i < process->n_objects; i++)
		if (!closure_is_missing(process->objects[i]) &&
		    (i == 0 || needs_object_matches(process->objects[i], library)))
			TRY(needs_visit_paths(needs, process->objects[i], visit, data));
	return 0;
}

static int add_named_file(struct modules *modules, const char *path)
{
	const struct sysroot *sysroot = modules->needs->sysroot;
	struct stat stat;

	if (TRY(needs_exists(modules->needs, path, &stat)) == 0)
		return 0;
	/* Programs are helpers, and what is big is more than a name asks for. */
	if (!S_ISREG(stat.st_mode) || stat.st_mode & 0111 || stat.st_size > NAMED_SIZE_MAX ||
	    TRY(needs_is_private(modules->needs, path, true, NULL)) > 0)
		return 0;
	path = arena_strdup(sysroot->arena, path);
	return path ? modules_add_item(modules, path, path) : -ENOMEM;
}

static int read_source(struct modules *modules, const struct modules_file *file,
		       modules_file_fn *visit)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	size_t size;
	char *text;

	if (!scratch)
		return -ENOMEM;
	TRY(modules_read(modules, scratch, file->source ? file->source : file->path, &text, &size));
	TRY(modules_visit_quoted_paths(modules, text, size, add_named_file));
	if (modules->script->read && !file->standard && size > 0)
		TRY(modules->script->read(modules->script->data, file->path, text, size));
	return visit(modules, file, text, size);
}

int modules_tell_items(struct modules *modules, size_t first, const char *extension)
{
	const struct need *need = modules->need;

	for (size_t i = first; modules->script->read && i < need->n_items; i++) {
		CLEANUP(arena_free) struct arena *scratch = arena_new();
		const char *path = need->items[i].path;
		const char *dot = strrchr(path, '.');
		size_t size;
		char *text;

		if (!scratch)
			return -ENOMEM;
		if (!dot || strcmp(dot, extension) != 0)
			continue;
		TRY(modules_read(modules, scratch, path, &text, &size));
		if (size > 0)
			TRY(modules->script->read(modules->script->data, path, text, size));
	}
	return 0;
}

static int read_files(struct modules *modules, modules_file_fn *visit)
{
	while (modules->next < modules->files.count) {
		const struct modules_file file = modules->files.items[modules->next++];

		if (!file.native || file.source)
			TRY(read_source(modules, &file, visit));
	}
	return 0;
}

int modules_follow(struct modules *modules, modules_file_fn *visit_file, modules_string_fn *visit)
{
	TRY(read_files(modules, visit_file));
	modules->guessing = true;
	for (; modules->next_native < modules->files.count; modules->next_native++) {
		const struct modules_file *file = &modules->files.items[modules->next_native];

		if (!file->native)
			continue;
		modules->native = file->name;
		TRY(visit_strings(modules, file->path, visit));
		TRY(read_files(modules, visit_file));
	}
	return 0;
}
