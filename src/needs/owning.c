/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/owning.h"
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "base/texts.h"
#include "needs/own_paths.h"

#include <errno.h>
#include <string.h>

/* A path that a package of the family lists, links in its directory part resolved. */
struct listed {
	UT_hash_handle hh;
	const char *path;
};

struct neighbour {
	struct family *family;
	bool recommended; /* and nothing more */
};

struct family {
	UT_hash_handle hh;
	const struct installed_package *package; /* whose family it is */
	const struct installed_package *const *members;
	struct listed *listed;
	/* What the members depend on directly, each by itself; not set before it is asked for. */
	const struct neighbour *neighbours;
	size_t n_neighbours;
};

struct owning {
	const struct sysroot *sysroot;
	struct installed *installed; /* NULL before it is needed */
	struct family *families;
};

struct owning *owning_new(const struct sysroot *sysroot)
{
	struct owning *owning = arena_alloc(sysroot->arena, sizeof(*owning));

	if (owning)
		owning->sysroot = sysroot;
	return owning;
}

void owning_free(struct owning *owning)
{
	struct family *family;
	struct family *next;

	if (!owning)
		return;
	HASH_ITER(hh, owning->families, family, next)
		HASH_CLEAR(hh, family->listed);
	HASH_CLEAR(hh, owning->families);
	installed_free(owning->installed);
}

struct installed *owning_installed(struct owning *owning)
{
	return owning->installed;
}

/* What the packages list is compared as it really stands: "/lib/x" may be /usr/lib/x. */
struct listing {
	struct owning *owning;
	struct family *family;
	const char *directory; /* the last one that was walked, */
	const char *canonical; /* and where it stands; NULL: nowhere */
};

static int walk_directory(struct listing *listing, struct view path)
{
	const struct sysroot *sysroot = listing->owning->sysroot;
	const char *slash = memrchr(path.bytes, '/', path.size);
	char *directory;
	char *canonical;
	int r;

	path.size = slash && slash > path.bytes ? (size_t)(slash - path.bytes) : 1;
	if (listing->directory && view_is(path, listing->directory))
		return 0;
	directory = view_copy(sysroot->arena, path);
	if (!directory)
		return -ENOMEM;
	listing->directory = directory;
	r = root_walk(sysroot->root, sysroot->arena, directory, true, NULL, NULL, &canonical);
	/* What may not be looked into is nobody's data; what is not there is nobody's either. */
	if (r < 0 && !root_is_absence(r) && r != -EACCES && r != -ELOOP)
		return diag_errno(sysroot->diag, -r, directory);
	listing->canonical = r < 0 ? NULL : canonical;
	return 0;
}

static int add_listed(void *data, struct view path)
{
	struct listing *listing = data;
	struct arena *arena = listing->owning->sysroot->arena;
	struct listed *listed = arena_alloc(arena, sizeof(*listed));
	struct listed *known;
	const char *name;

	if (!listed)
		return -ENOMEM;
	TRY(walk_directory(listing, path));
	name = memrchr(path.bytes, '/', path.size);
	if (!listing->canonical || !name)
		return 0;
	path = view_skip(path, (size_t)(name + 1 - path.bytes));
	listed->path = arena_printf(arena, "%s/%.*s",
				    strcmp(listing->canonical, "/") == 0 ? "" : listing->canonical,
				    (int)path.size, path.bytes);
	if (!listed->path)
		return -ENOMEM;
	HASH_FIND_STR(listing->family->listed, listed->path, known);
	if (known)
		return 0;
	HASH_ADD_KEYPTR(hh, listing->family->listed, listed->path, strlen(listed->path), listed);
	return listed->hh.tbl ? 0 : -ENOMEM;
}

static bool has_path(const struct family *family, const char *path)
{
	struct listed *listed = NULL;

	if (family)
		HASH_FIND_STR(family->listed, path, listed);
	return listed != NULL;
}

/* What PACKAGE and the packages of MEMBERS list; kept by KEY. */
static int make_family(struct owning *owning, const struct installed_package *const *members,
		       struct family **out)
{
	struct family *family = arena_alloc(owning->sysroot->arena, sizeof(*family));

	if (!family)
		return -ENOMEM;
	*out = family;
	family->package = members[0];
	family->members = members;
	HASH_ADD_PTR(owning->families, package, family);
	if (!family->hh.tbl)
		return -ENOMEM;
	for (size_t i = 0; members[i]; i++) {
		struct listing listing = { .owning = owning, .family = family };

		TRY(installed_visit_paths(owning->installed, members[i], add_listed, &listing));
	}
	return 0;
}

static int get_family(struct owning *owning, const struct installed_package *package,
		      struct family **out)
{
	const struct installed_package *const *members;

	HASH_FIND_PTR(owning->families, &package, *out);
	if (*out)
		return 0;
	TRY(installed_family(owning->installed, package, &members));
	return make_family(owning, members, out);
}

static int open_packages(struct owning *owning)
{
	const struct sysroot *sysroot = owning->sysroot;

	if (owning->installed)
		return 0;
	return installed_open(sysroot->arena, sysroot->root, sysroot->diag, &owning->installed);
}

/* The packages of those that no guess was right of. */
static int look_up_owners(struct owning *owning, struct owner *const *owners, size_t count)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	struct installed_listing *listings =
		scratch ? arena_array(scratch, count + 1, sizeof(*listings)) : NULL;
	size_t n_listings = 0;

	if (!listings)
		return -ENOMEM;
	for (size_t i = 0; i < count; i++)
		if (!owners[i]->package)
			listings[n_listings++].path = owners[i]->path;
	if (n_listings == 0)
		return 0;
	TRY(installed_look_up(owning->installed, listings, n_listings));
	for (size_t i = count; i-- > 0;)
		if (!owners[i]->package && listings[--n_listings].n_packages > 0)
			owners[i]->package = listings[n_listings].packages[0];
	return 0;
}

int owning_open(struct owning *owning, struct installed **out)
{
	TRY(open_packages(owning));
	*out = owning->installed;
	return 0;
}

int owning_identify(struct owning *owning, struct owner *const *owners, size_t count)
{
	const struct installed_package *near = NULL;

	TRY(open_packages(owning));
	for (size_t i = 0; i < count; i++) {
		owners[i]->prefix = own_path_prefix(owning->sysroot->arena, owners[i]->path);
		if (!owners[i]->prefix)
			return -ENOMEM;
		TRY(installed_guess_owner(owning->installed, owners[i]->path, owners[i]->called,
					  near, &owners[i]->package));
		near = near ? near : owners[i]->package;
	}
	if (installed_count(owning->installed) > 0)
		TRY(look_up_owners(owning, owners, count));
	for (size_t i = 0; i < count; i++)
		if (owners[i]->package)
			TRY(get_family(owning, owners[i]->package, &owners[i]->family));
	return 0;
}

bool owner_lists(const struct owner *owner, const char *path)
{
	return has_path(owner->family, path);
}

const struct installed_package *const *owner_packages(const struct owner *owner)
{
	return owner->family ? owner->family->members : NULL;
}

static bool is_called_after(const struct owner *owner, const char *path)
{
	const char *name = path_basename(path);

	return own_path_is_called(name, path_basename(owner->path)) ||
	       (owner->package && (own_path_is_called(name, owner->package->name) ||
				   own_path_is_called(name, owner->package->source)));
}

/*
 * Whether FAMILY lists at least half of what is in the directory. Others put their files into what
 * is shared, and into what waits for their plugins.
 */
static int has_most(struct owning *owning, const struct family *family, const char *path,
		    bool *most)
{
	const struct sysroot *sysroot = owning->sysroot;
	struct texts names = { 0 };
	size_t listed = 0;
	int r = root_names(sysroot->root, sysroot->arena, path, &names);

	*most = false;
	if (r < 0)
		return r == -ENOMEM ? r : diag_errno(sysroot->diag, -r, path);
	for (size_t i = 0; i < names.count; i++) {
		const char *name = path_join(sysroot->arena, path, names.items[i]);

		if (!name)
			return -ENOMEM;
		listed += has_path(family, name);
	}
	*most = 2 * listed >= names.count;
	return 0;
}

static bool recommends(const struct installed_package *package, const char *name)
{
	for (const char *const *at = package->recommends; at && *at; at++)
		if (strcmp(*at, name) == 0)
			return true;
	return false;
}

/* What the family's packages depend on, each with what it lists. */
static int get_neighbours(struct owning *owning, struct family *family)
{
	struct arena *arena = owning->sysroot->arena;
	struct neighbour *neighbours = NULL;
	size_t capacity = 0;

	if (family->neighbours)
		return 0;
	for (size_t i = 0; family->members[i]; i++)
		for (const char *const *name = family->members[i]->depends; *name; name++) {
			const struct installed_package *other =
				installed_find(owning->installed, *name);
			struct neighbour *neighbour;

			if (!other || strcmp(other->source, family->package->source) == 0)
				continue;
			TRY(arena_grow(arena, &neighbours, family->n_neighbours, &capacity,
				       sizeof(*neighbours)));
			neighbour = &neighbours[family->n_neighbours++];
			neighbour->recommended = recommends(family->members[i], *name);
			TRY(get_family(owning, other, &neighbour->family));
		}
	TRY(arena_grow(arena, &neighbours, family->n_neighbours, &capacity, sizeof(*neighbours)));
	family->neighbours = neighbours;
	return 0;
}

/* Where no package knows the directory: names and places have to do. */
static bool is_own_by_place(struct arena *arena, const struct owner *owner, const char *path)
{
	bool system = strcmp(owner->prefix, "/") == 0 || strcmp(owner->prefix, "/usr") == 0;

	/* What the owner itself stands in is a directory of programs. */
	if (strcmp(path, owner->prefix) == 0 || path_is_below(owner->path, path))
		return false;
	if (!system && path_is_below(path, owner->prefix))
		return true;
	/* "/usr/share/x/15" is x's. */
	for (; path && !own_path_is_shared(path); path = path_dirname(arena, path))
		if (is_called_after(owner, path))
			return true;
	return false;
}

bool owner_has_prefix(const struct owner *owner)
{
	static const char *const of_all[] = { "/", "/usr", "/usr/local" };

	for (size_t i = 0; i < ARRAY_SIZE(of_all); i++)
		if (strcmp(owner->prefix, of_all[i]) == 0)
			return false;
	return !owner->package;
}

static int is_of_neighbour(struct owning *owning, struct family *family, const char *path,
			   bool *own)
{
	TRY(get_neighbours(owning, family));
	for (size_t i = 0; i < family->n_neighbours && !*own; i++)
		if (has_path(family->neighbours[i].family, path))
			TRY(has_most(owning, family->neighbours[i].family, path, own));
	return 0;
}

int owning_depends_on(struct owning *owning, const struct owner *owner, const char *path,
		      bool *recommended)
{
	if (!owner->family)
		return 0;
	TRY(get_neighbours(owning, owner->family));
	for (size_t i = 0; i < owner->family->n_neighbours; i++)
		if (has_path(owner->family->neighbours[i].family, path)) {
			*recommended = owner->family->neighbours[i].recommended;
			return 1;
		}
	return 0;
}

int owning_counts_on(struct owning *owning, const struct owner *owner, const char *path)
{
	bool recommended;

	return !owner->family || owner_lists(owner, path)
		       ? 1
		       : owning_depends_on(owning, owner, path, &recommended);
}

int owning_owned(struct owning *owning, const struct owner *owner, const char *path,
		 enum owned *owned)
{
	bool own = false;

	*owned = OWNED_BY_OTHERS;
	if (own_path_is_shared(path))
		return 0;
	if (owner_lists(owner, path) && !is_called_after(owner, path))
		TRY(has_most(owning, owner->family, path, &own));
	else
		own = owner_lists(owner, path) ||
		      is_own_by_place(owning->sysroot->arena, owner, path);
	if (own) {
		*owned = OWNED_BY_ITSELF;
		return 0;
	}
	if (!owner->family || owner_lists(owner, path))
		return 0;
	TRY(is_of_neighbour(owning, owner->family, path, &own));
	*owned = own ? OWNED_BY_NEIGHBOUR : OWNED_BY_OTHERS;
	return 0;
}
