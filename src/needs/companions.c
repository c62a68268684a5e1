/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Packages of other sources that a program's package depends on and that have no code of their own:
 * distributions call them after what is in them.
 */
#include "base/error.h"
#include "base/path.h"
#include "needs/belongs_private.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <string.h>

enum {
	LIGHT_MAX = 4 << 20,
	MEMBERS_MAX = 64,
};

enum companion_kind {
	COMPANION_NONE,
	COMPANION_DATA,
	COMPANION_HEADERS,
	COMPANION_DEBUG,
};

/* A package that is looked through. */
struct companion {
	struct data_filling *filling;
	uint64_t bytes;
	const char *top; /* the directory that all of it is in */
	bool code;
	bool links; /* it has what every program begins with: who depends on it makes programs */
};

static enum companion_kind kind_of(const char *name)
{
	static const struct {
		const char *suffix;
		enum companion_kind kind;
	} kinds[] = {
		{ "-data", COMPANION_DATA },	{ "-common", COMPANION_DATA },
		{ "-dev", COMPANION_HEADERS },	{ "-devel", COMPANION_HEADERS },
		{ "-dbg", COMPANION_DEBUG },	{ "-debuginfo", COMPANION_DEBUG },
		{ "-dbgsym", COMPANION_DEBUG },
	};
	size_t length = strlen(name);

	for (size_t i = 0; i < ARRAY_SIZE(kinds); i++) {
		size_t size = strlen(kinds[i].suffix);

		if (length > size && strcmp(name + length - size, kinds[i].suffix) == 0)
			return kinds[i].kind;
	}
	return COMPANION_NONE;
}

static bool is_code(const char *path)
{
	static const char *const suffixes[] = { ".py", ".pm", ".pl", ".rb", ".js", ".jar", ".lua" };
	const char *name = path_basename(path);
	const char *suffix = strrchr(name, '.');

	if (own_path_is_command(path) || strstr(name, ".so"))
		return true;
	for (size_t i = 0; suffix && i < ARRAY_SIZE(suffixes); i++)
		if (strcmp(suffix, suffixes[i]) == 0)
			return true;
	return false;
}

static int look_at(void *data, struct view listed)
{
	struct companion *companion = data;
	struct needs *needs = companion->filling->needs;
	const char *path = view_copy(needs->sysroot->arena, listed);
	struct stat stat;

	if (!path)
		return -ENOMEM;
	if (own_path_is_for_others(path) || TRY(needs_exists(needs, path, &stat)) == 0 ||
	    !S_ISREG(stat.st_mode))
		return 0;
	companion->code |= is_code(path);
	companion->links |= strcmp(path_basename(path), "crt1.o") == 0;
	companion->bytes += (uint64_t)stat.st_size;
	if (!companion->top)
		companion->top = path_dirname(needs->sysroot->arena, path);
	while (companion->top && !path_is_below(path, companion->top))
		companion->top = path_dirname(needs->sysroot->arena, companion->top);
	return companion->top ? 0 : -ENOMEM;
}

static int read_companion(struct data_filling *filling, const struct installed_package *package,
			  struct companion *companion)
{
	*companion = (struct companion){ .filling = filling };
	return installed_visit_paths(owning_installed(filling->belongs->owning), package, look_at,
				     companion);
}

/* It comes if it is light or requested; otherwise a message names it. */
static int add_or_tell(struct data_filling *filling, const struct installed_package *package,
		       const struct companion *companion)
{
	struct need_item item = { .kind = NEED_PATH, .weight = companion->bytes };

	if (companion->bytes <= LIGHT_MAX || data_filling_wants_heavy(filling))
		return package_rest_add_package(filling, package);
	item.path = companion->top;
	item.refused = arena_printf(filling->needs->sysroot->arena, "%s has %.1f MiB",
				    package->name, (double)companion->bytes / (1 << 20));
	return item.refused ? need_add(filling->needs, filling->need, &item) : -ENOMEM;
}

/* What a program is linked with: PACKAGE and the packages for developers that it depends on. */
static int add_headers(struct data_filling *filling, const struct installed_package *package)
{
	const struct installed *installed = owning_installed(filling->belongs->owning);
	const struct installed_package *members[MEMBERS_MAX] = { package };
	size_t count = 1;

	filling->develops = true;
	for (size_t i = 0; i < count; i++) {
		TRY(package_rest_add_package(filling, members[i]));
		for (size_t j = 0; j < members[i]->n_required; j++) {
			const char *name = members[i]->depends[j];
			const struct installed_package *other = installed_find(installed, name);
			bool known = false;

			for (size_t k = 0; k < count; k++)
				known |= members[k] == other;
			if (other && !known && count < MEMBERS_MAX &&
			    kind_of(name) == COMPANION_HEADERS)
				members[count++] = other;
		}
	}
	return 0;
}

static int add_companion(struct data_filling *filling, const struct installed_package *package,
			 bool required)
{
	struct companion companion;

	switch (kind_of(package->name)) {
	case COMPANION_DATA:
		if (!required || (strcmp(package->architecture, "all") != 0 &&
				  strcmp(package->architecture, "noarch") != 0))
			return 0;
		TRY(read_companion(filling, package, &companion));
		return companion.code || !companion.top ? 0
							: add_or_tell(filling, package, &companion);
	case COMPANION_HEADERS:
		TRY(read_companion(filling, package, &companion));
		return companion.links ? add_headers(filling, package) : 0;
	case COMPANION_DEBUG:
		if (!required)
			return 0;
		TRY(read_companion(filling, package, &companion));
		filling->develops |=
			companion.bytes <= LIGHT_MAX || data_filling_wants_heavy(filling);
		return companion.top ? add_or_tell(filling, package, &companion) : 0;
	default:
		return 0;
	}
}

/* A package whose files may all stand in directories of the subject's own. */
struct inside {
	struct data_filling *filling;
	const char *home; /* the directory that was found to be such, or NULL */
};

enum { OUTSIDE = 1 };

/* The directory of the subject's own that PATH stands in; NULL: none. */
static int find_home(const struct inside *inside, const char *path, const char **home)
{
	const struct data_filling *filling = inside->filling;
	const struct owner *owner = &filling->subject->owner;
	enum owned owned = OWNED_BY_OTHERS;

	while (owned == OWNED_BY_OTHERS) {
		path = path_dirname(filling->needs->sysroot->arena, path);
		if (!path)
			return -ENOMEM;
		if (strcmp(path, "/") == 0)
			break;
		if (owner_lists(owner, path))
			TRY(owning_owned(filling->belongs->owning, owner, path, &owned));
	}
	*home = owned != OWNED_BY_OTHERS ? path : NULL;
	return 0;
}

static int look_inside(void *data, struct view listed)
{
	struct inside *inside = data;
	struct data_filling *filling = inside->filling;
	const char *path = view_copy(filling->needs->sysroot->arena, listed);
	struct stat stat;
	const char *home;

	if (!path)
		return -ENOMEM;
	if (own_path_is_for_others(path) || own_path_is_shared(path) ||
	    owner_lists(&filling->subject->owner, path) ||
	    (inside->home && path_is_below(path, inside->home)))
		return 0;
	TRY(find_home(inside, path, &home));
	if (home)
		inside->home = home;
	/* A directory in which nothing of interest stands says nothing. */
	return home || TRY(needs_exists(filling->needs, path, &stat)) == 0 || S_ISDIR(stat.st_mode)
		       ? 0
		       : OUTSIDE;
}

/* What another package puts into a directory of the subject's own is for the subject. */
static int add_inside(struct data_filling *filling, const struct installed_package *package)
{
	struct inside inside = { .filling = filling };
	int r = TRY(installed_visit_paths(owning_installed(filling->belongs->owning), package,
					  look_inside, &inside));

	return r == OUTSIDE || !inside.home ? 0 : package_rest_add_package(filling, package);
}

int companions_add(struct data_filling *filling)
{
	const struct installed_package *const *member = owner_packages(&filling->subject->owner);
	const struct installed *installed = owning_installed(filling->belongs->owning);
	struct texts seen = { 0 };

	for (; member && *member; member++)
		for (size_t i = 0; (*member)->depends[i]; i++) {
			const char *name = (*member)->depends[i];
			const struct installed_package *other = installed_find(installed, name);

			if (!other || strcmp(other->source, (*member)->source) == 0 ||
			    texts_have(&seen, other->name))
				continue;
			TRY(texts_add(filling->needs->sysroot->arena, &seen, other->name));
			if (kind_of(other->name) != COMPANION_NONE)
				TRY(add_companion(filling, other, i < (*member)->n_required));
			else if (i < (*member)->n_required)
				TRY(add_inside(filling, other));
		}
	return 0;
}
