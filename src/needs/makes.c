/* SPDX-License-Identifier: Apache-2.0 */
/* The smaller things that a row cannot say as data. */
#include "base/error.h"
#include "base/path.h"
#include "needs/make.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <jansson.h>
#include <string.h>

DEFINE_CLEANUP(json_t *, json_decref);

enum {
	CONFIGURATION_SIZE_MAX = 1 << 20,
};

/* "de_DE.UTF-8" as localedef(1) names its directory: "de_DE.utf8". */
static const char *directory_of_locale(struct arena *arena, const char *name)
{
	const char *dot = strchr(name, '.');
	const char *modifier = strchr(name, '@');
	char *out = arena_strdup(arena, name);
	char *to;

	if (!out || !dot || (modifier && modifier < dot))
		return out;
	to = out + (dot - name) + 1;
	for (const char *at = dot + 1; *at && *at != '@'; at++)
		if (isalnum((unsigned char)*at))
			*to++ = (char)tolower((unsigned char)*at);
	strcpy(to, modifier ? modifier : "");
	return out;
}

/* The locale of --with locale=NAME: its directory, or the archive that all share. */
static int add_locale(void *data, const char *directory)
{
	const struct need_filling *filling = data;
	struct need *need = filling->need;
	struct arena *arena = filling->needs->sysroot->arena;
	const char *compiled = directory_of_locale(arena, need->value);
	const char *exact = arena_printf(arena, "%s/%s/", directory, need->value);
	const char *usual = compiled ? arena_printf(arena, "%s/%s/", directory, compiled) : NULL;
	const char *archive = path_join(arena, directory, "locale-archive");
	size_t before = need->n_items;
	const char *const paths[] = { usual, exact, archive };

	for (size_t i = 0; i < ARRAY_SIZE(paths) && need->n_items == before; i++) {
		if (!paths[i])
			return -ENOMEM;
		TRY(need_add_path(filling->needs, need, paths[i]));
	}
	return 0;
}

int make_locale(struct needs *needs, struct need *need)
{
	struct need_filling filling = { needs, need };
	const struct closure_object *libc = needs_find_object(need->process, "libc.so.*");

	if (!need->value || !libc || strchr(need->value, '/'))
		return 0;
	return needs_visit_matches(needs, libc, "{/*/locale}", add_locale, &filling);
}

/* What the name service's own files of a rootfs can answer. */
static bool is_plain_service(const char *word)
{
	static const char *const plain[] = { "files", "dns", "compat", "" };

	for (size_t i = 0; i < ARRAY_SIZE(plain); i++)
		if (strcmp(word, plain[i]) == 0)
			return true;
	return word[0] == '[' || strchr(word, ']');
}

/* Adds to SERVICES those that LINE of nsswitch.conf(5) names. */
static int add_services(struct arena *arena, char *line, struct texts *services)
{
	char *words = line + strcspn(line, "#:");
	bool is_database = *words == ':';

	*words++ = '\0';
	if (!is_database)
		return 0;
	words[strcspn(words, "#")] = '\0';
	for (char *word; words && (word = strsep(&words, " \t")) != NULL;)
		if (!is_plain_service(word))
			TRY(texts_add(arena, services, word));
	return 0;
}

int make_nss_modules(struct needs *needs, struct need *need)
{
	const char *path = "/etc/nsswitch.conf";
	struct texts services = { 0 };
	char *text;
	size_t size;
	int r = needs_read(needs, path, CONFIGURATION_SIZE_MAX, &text, &size);

	if (r <= 0)
		return r;
	for (char *line; text && (line = strsep(&text, "\n")) != NULL;)
		TRY(add_services(needs->sysroot->arena, line, &services));
	services.count = texts_sort_once(services.items, services.count);
	assert(services.items || services.count == 0);
	for (size_t i = 0; i < services.count; i++)
		diag_note(
			needs->sysroot->diag, path,
			"names libnss_%s.so.2; the rootfs has a configuration of its own, without "
			"it: where it is to ask that module, add both",
			services.items[i]);
	return 0;
}

/* The modules that a file of pam.conf(5) names, in the directory that libpam looks into. */
struct pam {
	struct need_filling filling;
	const char *text; /* of all the files */
};

static int add_pam_module(struct pam *pam, const char *directory, const char *word, size_t length)
{
	struct arena *arena = pam->filling.needs->sysroot->arena;
	const char *path = word[0] == '/'
				   ? arena_strndup(arena, word, length)
				   : arena_printf(arena, "%s/%.*s", directory, (int)length, word);

	return path ? need_add_path(pam->filling.needs, pam->filling.need, path) : -ENOMEM;
}

static int add_pam_modules(void *data, const char *directory)
{
	static const char blanks[] = " \t\n";
	struct pam *pam = data;
	const char *at = pam->text;
	bool comment = false;

	while (*at) {
		size_t length = strcspn(at, blanks);

		comment |= *at == '#';
		if (!comment && length > 3 && strncmp(at + length - 3, ".so", 3) == 0)
			TRY(add_pam_module(pam, directory, at, length));
		at += length;
		for (; *at && strchr(blanks, *at); at++)
			comment &= *at != '\n';
	}
	return 0;
}

int make_pam(struct needs *needs, struct need *need)
{
	struct pam pam = { .filling = { needs, need } };
	size_t n_files = need->n_items;

	/* The rows before this one brought the configuration. */
	for (size_t i = 0; i < n_files; i++) {
		char *text;
		size_t size;

		if (TRY(needs_read(needs, need->items[i].path, CONFIGURATION_SIZE_MAX, &text,
				   &size)) == 0)
			continue;
		pam.text = text;
		TRY(needs_visit_matches(needs, need->object, "{/*/security}/", add_pam_modules,
					&pam));
		TRY(needs_visit_matches(needs, need->object, "{/*/security}", add_pam_modules,
					&pam));
	}
	return 0;
}

static enum need_level level_of(const char *priority)
{
	if (strcmp(priority, "required") == 0)
		return NEED_REQUIRED;
	if (strcmp(priority, "suggested") == 0)
		return NEED_SUGGESTED;
	/* UAPI.12: the default. */
	return NEED_RECOMMENDED;
}

/* One object of a note's array: {"soname": [...], "priority": ..., "feature": ..., ...}. */
static int add_dlopen_entry(const struct need_filling *filling, const json_t *entry)
{
	struct arena *arena = filling->needs->sysroot->arena;
	const json_t *sonames = json_object_get(entry, "soname");
	const char *priority = json_string_value(json_object_get(entry, "priority"));
	const char *feature = json_string_value(json_object_get(entry, "feature"));
	const char *description = json_string_value(json_object_get(entry, "description"));
	size_t count = json_array_size(sonames);
	const char **names = arena_array(arena, count + 1, sizeof(*names));
	struct need_item item = { .kind = NEED_LIBRARY };
	size_t n_names = 0;

	if (!names)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++) {
		const char *name = json_string_value(json_array_get(sonames, i));

		if (name && *name)
			names[n_names++] = arena_strdup(arena, name);
	}
	if (n_names == 0)
		return 0;
	item.path = names[0];
	item.alternatives = names + 1;
	item.level = level_of(priority ? priority : "");
	item.why = arena_printf(arena, "%s%s%s", feature ? feature : "dlopen note",
				description ? ": " : "", description ? description : "");
	return item.path && item.why ? need_add(filling->needs, filling->need, &item) : -ENOMEM;
}

int need_add_dlopen_note(struct needs *needs, struct need *need, const void *bytes, size_t size)
{
	const struct need_filling filling = { needs, need };
	CLEANUP(json_decref)
	json_t *entries = json_loadb(bytes, strnlen(bytes, size), 0, NULL);

	if (!json_is_array(entries)) {
		diag_warning(needs->sysroot->diag, need->object->loaded.location.path,
			     "has a .note.dlopen that is not a JSON array");
		return 0;
	}
	for (size_t i = 0; i < json_array_size(entries); i++)
		TRY(add_dlopen_entry(&filling, json_array_get(entries, i)));
	return 0;
}

static int read_notes(const struct root *root, const char *path, struct arena *arena,
		      const struct elf_note **notes, size_t *count)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	TRY(root_open(root, path, &file));
	return elf_object_notes(&file, arena, notes, count);
}

int make_dlopen_notes(struct needs *needs, struct need *need)
{
	const struct elf_object *elf = need->object->loaded.elf;
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const struct elf_note *notes = NULL;
	size_t count = 0;
	int r;

	if (!scratch)
		return -ENOMEM;
	r = read_notes(needs->sysroot->root, elf->path, scratch, &notes, &count);
	if (r < 0)
		return diag_errno(needs->sysroot->diag, -r, elf->path);
	for (size_t i = 0; i < count; i++)
		if (notes[i].type == ELF_DLOPEN_NOTE_TYPE &&
		    strcmp(notes[i].owner, ELF_DLOPEN_NOTE_OWNER) == 0)
			TRY(need_add_dlopen_note(needs, need, notes[i].description, notes[i].size));
	return 0;
}

/* "libfoo.so.1", "/usr/lib/foo/bar.so": what could be given to dlopen. */
static bool is_library_name(const char *text)
{
	const char *name = path_basename(text);
	const char *suffix = strstr(name, ".so");

	if (!suffix || suffix == name || (suffix[3] && suffix[3] != '.') || strpbrk(text, " %*$:="))
		return false;
	if (text[0] != '/' && (name != text || strncmp(text, "lib", 3) != 0))
		return false;
	for (const char *at = suffix + 3; *at; at++)
		if (*at != '.' && !isdigit((unsigned char)*at))
			return false;
	return true;
}

/* How likely a program opens what it has this name of. */
static const char *confidence_of(const char *name)
{
	if (name[0] == '/')
		return "named with its path in what calls dlopen: it is most likely opened";
	if (strstr(name, ".so."))
		return "named with its version in what calls dlopen: it is likely opened";
	return "named in what calls dlopen: it may be opened";
}

static int add_library_name(void *data, const char *string)
{
	const struct need_filling *filling = data;
	const struct closure *process = filling->need->process;
	struct need_item item = { .kind = NEED_LIBRARY, .why = confidence_of(string) };

	if (!is_library_name(string))
		return 0;
	/* Its own name, and what is loaded anyway. */
	for (size_t i = 0; i < process->n_objects; i++) {
		const struct loaded *loaded = &process->objects[i]->loaded;

		if (strcmp(loaded->name, string) == 0 || (loaded->elf && loaded->elf->soname &&
							  strcmp(loaded->elf->soname, string) == 0))
			return 0;
	}
	item.path = arena_strdup(filling->needs->sysroot->arena, string);
	return item.path ? need_add(filling->needs, filling->need, &item) : -ENOMEM;
}

int make_dlopen_names(struct needs *needs, struct need *need)
{
	struct need_filling filling = { needs, need };

	/* libc and the loader open what the rules know of. */
	if (needs_find_object(need->process, "libc.so.*") == need->object)
		return 0;
	return needs_visit_strings(needs, need->object, '.', add_library_name, &filling);
}

/* Whether DIRECTORY holds programs: one is enough, and a directory of libraries has none. */
struct program_search {
	struct needs *needs;
	const char *directory;
	unsigned looked_at;
};

enum { PROGRAM = 1, LOOKED_AT_MAX = 64, NOT_PROGRAM = 2 };

static int look_for_program(void *data, const char *name)
{
	struct program_search *programs = data;
	const char *path = path_join(programs->needs->sysroot->arena, programs->directory, name);
	struct stat stat;

	if (!path)
		return -ENOMEM;
	if (++programs->looked_at > LOOKED_AT_MAX)
		return NOT_PROGRAM;
	if (strstr(name, ".so") || TRY(needs_exists(programs->needs, path, &stat)) == 0)
		return 0;
	return S_ISREG(stat.st_mode) && (stat.st_mode & 0111) ? PROGRAM : 0;
}

/* Directories of programs that are nobody's PATH: /usr/lib/git-core, /usr/libexec/x. */
static int is_program_directory(struct needs *needs, const char *path)
{
	struct program_search programs = { .needs = needs, .directory = path };
	int r;

	if (strncmp(path, "/usr/lib", 8) != 0 || !strchr(path + 8, '/'))
		return 0;
	r = root_list(needs->sysroot->root, needs->sysroot->arena, path, look_for_program,
		      &programs);
	return r < 0 ? needs_absent(needs, path, r) : r == PROGRAM;
}

/* What the kernel would start: executable, and an ELF file or a script by its first bytes. */
static int is_program(struct needs *needs, const char *path, const struct stat *stat)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	char magic[4] = { 0 };
	ssize_t n;
	int r;

	if (!(stat->st_mode & 0111) || strstr(path, ".so"))
		return 0;
	r = root_open(needs->sysroot->root, path, &file);
	if (r < 0)
		return needs_absent(needs, path, r);
	n = root_file_pread(&file, magic, sizeof(magic), 0);
	if (n < 0)
		return diag_errno(needs->sysroot->diag, (int)-n, path);
	return memcmp(magic, "\177ELF", sizeof(magic)) == 0 || memcmp(magic, "#!", 2) == 0;
}

/* Whether PATH leads to OBJECT, by whatever links: 1 or 0; -errno after a diagnostic. */
static int is_itself(struct needs *needs, const struct closure_object *object, const char *path)
{
	struct stat stat;
	char *canonical;
	char *its;

	return TRY(needs_resolve(needs, path, &stat, &canonical)) > 0 &&
	       TRY(needs_resolve(needs, object->loaded.location.path, &stat, &its)) > 0 &&
	       strcmp(canonical, its) == 0;
}

static int add_helper(void *data, const char *string)
{
	const struct need_filling *filling = data;
	struct needs *needs = filling->needs;
	size_t length = strcspn(string, " ");
	struct need_item item = { .kind = NEED_PATH };
	struct stat stat;

	if (string[0] != '/' || strchr(string, '%') || strchr(string, ':'))
		return 0;
	item.path = arena_strndup(needs->sysroot->arena, string, length);
	if (!item.path)
		return -ENOMEM;
	if (path_is_kernel(item.path) || TRY(is_itself(needs, filling->need->object, item.path)) ||
	    TRY(needs_exists(needs, item.path, &stat)) == 0)
		return 0;
	if ((S_ISREG(stat.st_mode) && TRY(is_program(needs, item.path, &stat))) ||
	    (S_ISDIR(stat.st_mode) && TRY(is_program_directory(needs, item.path))))
		return need_add(needs, filling->need, &item);
	return 0;
}

int make_helpers(struct needs *needs, struct need *need)
{
	struct need_filling filling = { needs, need };

	return needs_visit_paths(needs, need->object, add_helper, &filling);
}
