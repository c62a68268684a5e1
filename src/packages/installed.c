/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/installed.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "packages/installed_private.h"

#include <assert.h>
#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

struct by_name {
	UT_hash_handle hh;
	const struct installed_record *record;
};

struct installed {
	struct arena *arena;
	const struct root *root;
	const struct diag *diag;
	struct installed_record **records;
	size_t count;
	size_t capacity;
	struct by_name *by_name;
	struct by_name *by_provided; /* what packages provide beside their names */
	const char *const *aliases;  /* "/lib": directories whose content stands below /usr */
	struct listed_keys listed;   /* installed_look_up.c's */
};

struct arena *installed_arena(const struct installed *installed)
{
	return installed->arena;
}

const struct root *installed_root(const struct installed *installed)
{
	return installed->root;
}

const struct diag *installed_diag(const struct installed *installed)
{
	return installed->diag;
}

struct listed_keys *installed_listed(struct installed *installed)
{
	return &installed->listed;
}

size_t installed_count(const struct installed *installed)
{
	return installed->count;
}

const struct installed_package *installed_at(const struct installed *installed, size_t index)
{
	assert(index < installed->count);
	return &installed->records[index]->package;
}

int installed_read(struct installed *installed, struct arena *arena, const char *path, size_t limit,
		   struct view *text)
{
	return database_read(installed->root, installed->diag, arena, path, limit, text);
}

/* The first of several counts. */
static int name_record(struct installed *installed, struct by_name **names, const char *name,
		       const struct installed_record *record)
{
	struct by_name *entry;

	HASH_FIND_STR(*names, name, entry);
	if (entry)
		return 0;
	entry = arena_alloc(installed->arena, sizeof(*entry));
	if (!entry)
		return -ENOMEM;
	entry->record = record;
	HASH_ADD_KEYPTR(hh, *names, name, strlen(name), entry);
	return HASH_HAS(entry) ? 0 : -ENOMEM;
}

int installed_add(struct installed *installed, const struct installed_record *record)
{
	struct installed_record *copy = arena_memdup(installed->arena, record, sizeof(*record));

	assert(record->package.name && record->package.source && record->visit_paths);
	if (!copy)
		return -ENOMEM;
	TRY(arena_grow(installed->arena, &installed->records, installed->count,
		       &installed->capacity, sizeof(struct installed_record *)));
	installed->records[installed->count++] = copy;
	for (const char *const *name = copy->provides; name && *name; name++)
		TRY(name_record(installed, &installed->by_provided, *name, copy));
	return name_record(installed, &installed->by_name, copy->package.name, copy);
}

/* Whether BYTE may stand in a package's name. */
static bool is_name_byte(unsigned char byte)
{
	switch (byte) {
	case '0' ... '9':
	case 'A' ... 'Z':
	case 'a' ... 'z':
	case '+':
	case '-':
	case '.':
	case '_':
		return true;
	default:
		return false;
	}
}

/* Whether one is behind a name in a list, or a NUL. */
static bool ends_name(char byte)
{
	switch (byte) {
	case '\0':
	case ' ':
	case ',':
	case '|':
	case '\n':
	case '\t':
		return true;
	default:
		return false;
	}
}

/* As many names as LIST may have, at most. */
static size_t count_names(struct view list)
{
	size_t count = 1;

	for (size_t i = 0; i < list.size; i++)
		count += ends_name(list.bytes[i]);
	return count < INSTALLED_DEPENDS_MAX ? count : INSTALLED_DEPENDS_MAX;
}

static int add_names(struct arena *arena, struct view list, const char **names, size_t *count)
{
	size_t most = *count + count_names(list);
	bool inside = false; /* of a version in parentheses */

	for (size_t i = 0; i < list.size && *count < most;) {
		size_t length = 0;

		inside = list.bytes[i] == '(' || (inside && list.bytes[i] != ')');
		while (!inside && i + length < list.size &&
		       is_name_byte((unsigned char)list.bytes[i + length]))
			length++;
		if (length == 0) {
			i++;
			continue;
		}
		names[*count] = arena_strndup(arena, list.bytes + i, length);
		if (!names[(*count)++])
			return -ENOMEM;
		/* An architecture or version may follow a name without a blank. */
		for (i += length; i < list.size && !ends_name(list.bytes[i]);)
			i++;
	}
	return 0;
}

const char *const *installed_names(struct arena *arena, const struct view *lists, size_t count,
				   size_t n_lists, size_t *n_required)
{
	const char **names;
	size_t capacity = 1;
	size_t n_names = 0;

	for (size_t i = 0; i < count; i++)
		capacity += count_names(lists[i]);
	names = arena_array(arena, capacity, sizeof(*names));
	for (size_t i = 0; names && i < count; i++) {
		if (add_names(arena, lists[i], names, &n_names) < 0)
			return NULL;
		if (i < n_lists)
			*n_required = n_names;
	}
	return names;
}

/* Packages may list /usr/lib/x as /lib/x, where /lib is a link to usr/lib. */
static int find_aliases(struct installed *installed)
{
	static const char *const directories[] = { "/bin",   "/sbin",  "/lib",
						   "/lib32", "/lib64", "/libx32" };
	const char **aliases =
		arena_array(installed->arena, ARRAY_SIZE(directories) + 1, sizeof(*aliases));
	size_t count = 0;

	if (!aliases)
		return -ENOMEM;
	for (size_t i = 0; i < ARRAY_SIZE(directories); i++) {
		const struct stat *stat;
		const char *target;

		int r = root_look(installed->root, installed->arena, directories[i], &stat,
				  &target);

		if (r < 0 && root_is_absence(r))
			continue;
		if (r < 0)
			return diag_errno(installed->diag, -r, directories[i]);
		if (target && strncmp(target + (target[0] == '/'), "usr", 3) == 0)
			aliases[count++] = directories[i];
	}
	installed->aliases = aliases;
	return 0;
}

int installed_new(struct arena *arena, const struct root *root, const struct diag *diag,
		  struct installed **out)
{
	struct installed *installed = arena_alloc(arena, sizeof(*installed));

	if (!installed)
		return -ENOMEM;
	*installed = (struct installed){ .arena = arena, .root = root, .diag = diag };
	*out = installed;
	return find_aliases(installed);
}

void installed_free(struct installed *installed)
{
	if (!installed)
		return;
	HASH_CLEAR(hh, installed->by_name);
	HASH_CLEAR(hh, installed->by_provided);
	free(installed->listed.keys);
}

const struct installed_package *installed_find(const struct installed *installed, const char *name)
{
	struct by_name *found;

	HASH_FIND_STR(installed->by_name, name, found);
	if (!found)
		HASH_FIND_STR(installed->by_provided, name, found);
	return found ? &found->record->package : NULL;
}

int installed_visit_paths(struct installed *installed, const struct installed_package *package,
			  installed_path_fn *visit, void *data)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const struct installed_record *record = (const struct installed_record *)package;

	if (!scratch)
		return -ENOMEM;
	return record->visit_paths(installed, record, scratch, visit, data);
}

const char *installed_alias(const struct installed *installed, const char *path)
{
	if (!path_is_below(path, "/usr"))
		return NULL;
	for (const char *const *alias = installed->aliases; *alias; alias++)
		if (path_is_below(path + strlen("/usr"), *alias))
			return path + strlen("/usr");
	return NULL;
}

struct listed_search {
	const char *path;
	const char *alias; /* or NULL */
};

static int is_searched(void *data, struct view path)
{
	const struct listed_search *search = data;

	return view_is(path, search->path) || (search->alias && view_is(path, search->alias));
}

/*
 * The package that a library's name suggests: libssl.so.3 is in libssl3. Debian joins name and
 * version by a dash where the name ends in a digit.
 */
static const struct installed_package *find_library(const struct installed *installed,
						    const char *name)
{
	const char *suffix = strstr(name, ".so.");
	char guess[128];

	if (!suffix || suffix == name || strlen(name) >= sizeof(guess))
		return NULL;
	snprintf(guess, sizeof(guess), "%.*s%s%.*s", (int)(suffix - name), name,
		 isdigit((unsigned char)suffix[-1]) ? "-" : "", (int)strcspn(suffix + 4, "."),
		 suffix + 4);
	for (char *at = guess; *at; at++)
		*at = *at == '_' ? '-' : (char)tolower((unsigned char)*at);
	return installed_find(installed, guess);
}

/* The names a program's package may have: "redis-check-rdb", "redis-check", "redis". */
static int try_prefixes(struct installed *installed, const char *name, struct listed_search *search,
			const struct installed_package **out)
{
	char prefix[128];
	char *dash;

	if (strlen(name) >= sizeof(prefix))
		return 0;
	strcpy(prefix, name);
	do {
		*out = installed_find(installed, prefix);
		if (*out && TRY(installed_visit_paths(installed, *out, is_searched, search)) > 0)
			return 1;
		dash = strrchr(prefix, '-');
		if (dash)
			*dash = '\0';
	} while (dash && dash > prefix);
	return 0;
}

static int try_depends(struct installed *installed, const struct installed_package *near,
		       struct listed_search *search, const struct installed_package **out)
{
	for (const char *const *name = near->depends; *name; name++) {
		*out = installed_find(installed, *name);
		if (*out && TRY(installed_visit_paths(installed, *out, is_searched, search)) > 0)
			return 1;
	}
	return 0;
}

static int try_near(struct installed *installed, const struct installed_package *near,
		    struct listed_search *search, const struct installed_package **out)
{
	*out = near;
	if (TRY(installed_visit_paths(installed, near, is_searched, search)) > 0)
		return 1;
	return try_depends(installed, near, search, out);
}

int installed_guess_owner(struct installed *installed, const char *path, const char *called,
			  const struct installed_package *near,
			  const struct installed_package **out)
{
	struct listed_search search = { path, installed_alias(installed, path) };
	const char *name = path_basename(path);

	*out = find_library(installed, name);
	if (*out && TRY(installed_visit_paths(installed, *out, is_searched, &search)) > 0)
		return 0;
	if (TRY(try_prefixes(installed, name, &search, out)) > 0)
		return 0;
	/* redis-server is a link to a program of redis-tools, which redis-server depends on. */
	*out = installed_find(installed, path_basename(called));
	if (*out && TRY(try_near(installed, *out, &search, out)) > 0)
		return 0;
	if (near && TRY(try_near(installed, near, &search, out)) > 0)
		return 0;
	*out = NULL;
	return 0;
}

/* A set of packages that grows while it is walked. */
struct package_set {
	const struct installed_package **items;
	size_t count;
	size_t capacity;
};

static int add_member(struct arena *arena, struct package_set *family,
		      const struct installed_package *package)
{
	for (size_t i = 0; i < family->count; i++)
		if (family->items[i] == package)
			return 0;
	TRY(arena_grow(arena, &family->items, family->count, &family->capacity,
		       sizeof(*family->items)));
	family->items[family->count++] = package;
	return 0;
}

int installed_family(struct installed *installed, const struct installed_package *package,
		     const struct installed_package *const **out)
{
	struct package_set family = { 0 };

	TRY(add_member(installed->arena, &family, package));
	for (size_t i = 0; i < family.count; i++)
		for (const char *const *name = family.items[i]->depends; *name; name++) {
			const struct installed_package *other = installed_find(installed, *name);

			if (other && strcmp(other->source, package->source) == 0)
				TRY(add_member(installed->arena, &family, other));
		}
	TRY(arena_grow(installed->arena, &family.items, family.count, &family.capacity,
		       sizeof(*family.items)));
	family.items[family.count] = NULL;
	*out = family.items;
	return 0;
}
