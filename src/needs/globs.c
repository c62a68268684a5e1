/* SPDX-License-Identifier: Apache-2.0 */
/* Paths of the root out of a row's template: globs, and whole trees. */
#include "base/error.h"
#include "base/hash.h"
#include "base/path.h"
#include "needs/make.h"
#include "needs/pattern.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

enum {
	/* No directory tree of a system's is that deep. */
	DEPTH_MAX = 256,
	ITEMS_MAX = 1 << 18,
};

/* A directory of a tree that was looked into, links resolved: by whatever links it is reached
 * again, what is in it comes once. */
struct visited {
	UT_hash_handle hh;
	const char *canonical;
};

struct expansion {
	struct needs *needs;
	struct need *need;
	const char *const *without;
	const struct tree_gate *gate; /* or NULL */
	const char *tree;	      /* while in one: where it begins, as named */
	char *canonical;	      /* and with its links resolved */
	struct visited *visited;
};

static void expansion_cleanup(struct expansion *expansion)
{
	HASH_CLEAR(hh, expansion->visited);
}

static int add_path(struct expansion *expansion, const char *path)
{
	const struct need_item item = {
		.kind = NEED_PATH,
		.path = path,
		.tree = expansion->tree,
	};

	if (expansion->need->n_items >= ITEMS_MAX)
		return diag_error(expansion->needs->sysroot->diag, E2BIG, expansion->tree,
				  "has too many files for a run-time need");
	return need_add(expansion->needs, expansion->need, &item);
}

static bool is_left_out(const struct expansion *expansion, const char *path)
{
	const char *below = path + strlen(expansion->tree);

	below += strspn(below, "/");
	for (const char *const *glob = expansion->without; glob && *glob; glob++)
		if (fnmatch(*glob, below, 0) == 0)
			return true;
	return false;
}

/* What PATH leads to. */
struct glob_target {
	bool directory;
	char *canonical;
};

/*
 * Whether PATH leads to a file or directory that may be brought: what the kernel shows is of the
 * machine that builds, and devices, FIFOs and sockets are nobody's data. Returns 1, 0, or -errno
 * after a diagnostic.
 */
static int leads_to(struct expansion *expansion, const char *path, struct glob_target *target)
{
	struct stat stat;

	if (TRY(needs_resolve(expansion->needs, path, &stat, &target->canonical)) == 0)
		return 0;
	target->directory = S_ISDIR(stat.st_mode);
	return !path_is_kernel(target->canonical) && (target->directory || S_ISREG(stat.st_mode));
}

/* 0 where the directory is new to the tree, 1 where it was looked into, -ENOMEM. */
static int visit(struct expansion *expansion, const char *canonical)
{
	struct visited *visited;

	HASH_FIND_STR(expansion->visited, canonical, visited);
	if (visited)
		return 1;
	visited = arena_alloc(expansion->needs->sysroot->arena, sizeof(*visited));
	if (!visited)
		return -ENOMEM;
	visited->canonical = canonical;
	HASH_ADD_KEYPTR(hh, expansion->visited, canonical, strlen(canonical), visited);
	return HASH_HAS(visited) ? 0 : -ENOMEM;
}

/* A whole top directory is nobody's library, whatever a string or a link says. */
static bool is_top(const char *canonical)
{
	return !strchr(canonical + 1, '/');
}

/*
 * Whether what the link PATH leads to comes by itself: it is in the tree, or the tree in it; or
 * nobody wants it. Returns 1 or 0; errors as of the gate.
 */
static int is_left_to_itself(struct expansion *expansion, const char *path, const char *canonical)
{
	const struct tree_gate *gate = expansion->gate;

	if (path_is_below(canonical, expansion->canonical) ||
	    path_is_below(expansion->canonical, canonical) || is_top(canonical))
		return 1;
	return gate ? TRY(gate->enters(gate->data, path, canonical)) == 0 : 0;
}

static int add_tree(struct expansion *expansion, const char *directory, const char *canonical,
		    unsigned depth);

static int add_in_tree(struct expansion *expansion, const char *path, unsigned depth)
{
	const struct sysroot *sysroot = expansion->needs->sysroot;
	const char *link = NULL;
	const struct stat *stat;
	struct glob_target target;
	int r;

	if (is_left_out(expansion, path) || TRY(leads_to(expansion, path, &target)) == 0)
		return 0;
	r = root_look(sysroot->root, sysroot->arena, path, &stat, &link);
	if (r < 0)
		return needs_absent(expansion->needs, path, r);
	if (!target.directory ||
	    (link && TRY(is_left_to_itself(expansion, path, target.canonical))))
		return add_path(expansion, path);
	return add_tree(expansion, path, target.canonical, depth + 1);
}

static int add_tree(struct expansion *expansion, const char *directory, const char *canonical,
		    unsigned depth)
{
	struct needs *needs = expansion->needs;
	const struct texts *names;

	if (TRY(visit(expansion, canonical)) > 0)
		return add_path(expansion, directory);
	if (depth > DEPTH_MAX) {
		diag_warning(needs->sysroot->diag, directory,
			     "is too deep: what is in it is left out");
		return 0;
	}
	TRY(needs_names(needs, directory, &names));
	/* An empty directory is there to be written to, or filled. */
	if (names->count == 0 && depth > 0)
		return add_path(expansion, directory);
	for (size_t i = 0; i < names->count; i++) {
		const char *path = path_join(needs->sysroot->arena, directory, names->items[i]);

		if (!path)
			return -ENOMEM;
		TRY(add_in_tree(expansion, path, depth));
	}
	return 0;
}

/* Adds DIRECTORY, a tree at CANONICAL, and what is in it. */
static int add_whole_tree(struct expansion *expansion, const char *directory, const char *canonical)
{
	TRY_ZERO(add_path(expansion, directory));
	return add_tree(expansion, directory, canonical, 0);
}

static int begin_tree(struct expansion *expansion, const char *directory)
{
	struct glob_target target;
	int r;

	if (TRY(leads_to(expansion, directory, &target)) == 0 || !target.directory ||
	    is_top(target.canonical))
		return 0;
	expansion->tree = directory;
	expansion->canonical = target.canonical;
	r = add_whole_tree(expansion, directory, target.canonical);
	expansion->tree = NULL;
	HASH_CLEAR(hh, expansion->visited);
	return r;
}

/* Whether TEXT is a glob; what is none loses the marks that quote it. */
static bool is_glob(char *text)
{
	char *to = text;

	for (const char *at = text; *at; at += at[0] == '\\' && at[1] ? 2 : 1)
		if (strchr("*?[", *at))
			return true;
	for (const char *at = text; *at; at++)
		*to++ = at[0] == '\\' && at[1] ? *++at : *at;
	*to = '\0';
	return false;
}

static int expand(struct expansion *expansion, const char *directory, const char *rest);

/* NAME, one of DIRECTORY, as the component before REST. */
static int expand_name(struct expansion *expansion, const char *directory, const char *name,
		       const char *rest)
{
	const char *path = path_join(expansion->needs->sysroot->arena, directory, name);
	struct glob_target target;

	if (!path)
		return -ENOMEM;
	if (*rest)
		return expand(expansion, path, rest);
	return TRY(leads_to(expansion, path, &target)) ? add_path(expansion, path) : 0;
}

/* What REST of a template, behind DIRECTORY, names. */
static int expand(struct expansion *expansion, const char *directory, const char *rest)
{
	const struct texts *names;
	char *component;
	size_t length;

	do
		rest += strspn(rest, "/");
	while (strncmp(rest, "./", 2) == 0 && *++rest);
	if (!*rest)
		return begin_tree(expansion, directory);
	length = strcspn(rest, "/");
	component = arena_strndup(expansion->needs->sysroot->arena, rest, length);
	if (!component)
		return -ENOMEM;
	rest += length;
	if (!is_glob(component))
		return expand_name(expansion, directory, component, rest);
	TRY(needs_names(expansion->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++)
		if (fnmatch(component, names->items[i], FNM_PERIOD) == 0)
			TRY(expand_name(expansion, directory, names->items[i], rest));
	return 0;
}

int need_add_paths(struct needs *needs, struct need *need, const char *glob,
		   const char *const *without)
{
	CLEANUP(expansion)
	struct expansion expansion = { .needs = needs, .need = need, .without = without };

	return glob[0] == '/' ? expand(&expansion, "/", glob) : 0;
}

int need_add_path(struct needs *needs, struct need *need, const char *path)
{
	const char *quoted = pattern_quote(needs->sysroot->arena, path);

	return quoted ? need_add_paths(needs, need, quoted, NULL) : -ENOMEM;
}

int need_add_tree(struct needs *needs, struct need *need, const char *path,
		  const struct tree_gate *gate)
{
	CLEANUP(expansion)
	struct expansion expansion = { .needs = needs, .need = need, .gate = gate };
	struct arena *arena = needs->sysroot->arena;
	const char *quoted = pattern_quote(arena, path);
	const char *tree = quoted ? arena_printf(arena, "%s/", quoted) : NULL;

	if (!tree)
		return -ENOMEM;
	return tree[0] == '/' ? expand(&expansion, "/", tree) : 0;
}
