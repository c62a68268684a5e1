/* Paths of the root out of a row's template: globs, and whole trees. */
#include "base/path.h"
#include "needs/make.h"
#include "needs/trace.h"

#include <errno.h>
#include <fnmatch.h>
#include <string.h>

enum {
	/* No directory tree of a system's is that deep; one with a loop of links is. */
	DEPTH_MAX = 40,
	ITEMS_MAX = 1 << 18,
};

struct expansion {
	struct needs *needs;
	struct need *need;
	const char *const *without;
	const char *tree; /* while in one: where it begins, as named */
	char *canonical;  /* and with its links resolved */
};

/* The names in DIRECTORY, sorted; none where it cannot be looked into. */
static int list(struct needs *needs, const char *directory, struct root_names *names)
{
	int r = root_names(needs->root, needs->arena, directory, names);

	if (r == -EACCES || r == -EPERM) {
		diag_warning(needs->diag, directory, "cannot be looked into: %s", errno_text(-r));
		return 0;
	}
	if (r == -ENOENT || r == -ENOTDIR || r == -ELOOP)
		return 0;
	return r == 0 || r == -ENOMEM ? r : diag_errno(needs->diag, -r, directory);
}

static int add_path(struct expansion *expansion, const char *path)
{
	const struct need_item item = {
		.kind = NEED_PATH,
		.path = path,
		.tree = expansion->tree,
	};

	if (expansion->need->n_items >= ITEMS_MAX)
		return diag_error(expansion->needs->diag, E2BIG, expansion->tree,
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

/* Whether the directory that link PATH leads to is in the tree anyway, or the tree in it. */
static bool is_in_reach(struct expansion *expansion, const char *path)
{
	char *canonical;

	if (root_walk(expansion->needs->root, expansion->needs->arena, path, true, NULL, NULL,
		      &canonical) < 0)
		return true;
	return path_is_below(canonical, expansion->canonical) ||
	       path_is_below(expansion->canonical, canonical);
}

static int add_tree(struct expansion *expansion, const char *directory, unsigned depth);

static int add_in_tree(struct expansion *expansion, const char *path, unsigned depth)
{
	struct needs *needs = expansion->needs;
	const char *target = NULL;
	const struct stat *look;
	struct stat stat;

	if (is_left_out(expansion, path) || !needs_exists(needs, path, &stat))
		return 0;
	if (S_ISREG(stat.st_mode))
		return add_path(expansion, path);
	if (!S_ISDIR(stat.st_mode) ||
	    root_look(needs->root, needs->arena, path, &look, &target) < 0)
		return 0;
	if (target && is_in_reach(expansion, path))
		return add_path(expansion, path);
	return add_tree(expansion, path, depth + 1);
}

static int add_tree(struct expansion *expansion, const char *directory, unsigned depth)
{
	struct needs *needs = expansion->needs;
	struct root_names names;
	int r;

	if (depth > DEPTH_MAX)
		return diag_error(needs->diag, ELOOP, directory, "is too deep");
	r = list(needs, directory, &names);
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		const char *path = path_join(needs->arena, directory, names.items[i]);

		r = path ? add_in_tree(expansion, path, depth) : -ENOMEM;
	}
	return r;
}

static int begin_tree(struct expansion *expansion, const char *directory)
{
	struct stat stat;
	int r;

	if (!needs_exists(expansion->needs, directory, &stat) || !S_ISDIR(stat.st_mode))
		return 0;
	r = root_walk(expansion->needs->root, expansion->needs->arena, directory, true, NULL, NULL,
		      &expansion->canonical);
	if (r < 0)
		return diag_errno(expansion->needs->diag, -r, directory);
	if (trace_is_kernel_path(expansion->canonical))
		return 0;
	expansion->tree = directory;
	r = add_path(expansion, directory);
	if (r == 0)
		r = add_tree(expansion, directory, 0);
	expansion->tree = NULL;
	return r;
}

static bool is_glob(const char *text)
{
	return strpbrk(text, "*?[") != NULL;
}

/* What REST of a template, behind DIRECTORY, names. */
static int expand(struct expansion *expansion, const char *directory, const char *rest)
{
	struct needs *needs = expansion->needs;
	size_t length;
	char *component;
	struct root_names names;
	int r;

	rest += strspn(rest, "/");
	if (!*rest)
		return begin_tree(expansion, directory);
	length = strcspn(rest, "/");
	component = arena_strndup(needs->arena, rest, length);
	if (!component)
		return -ENOMEM;
	rest += length;
	names = (struct root_names){ .items = (const char **)&component, .count = 1 };
	r = is_glob(component) ? list(needs, directory, &names) : 0;
	for (size_t i = 0; r == 0 && i < names.count; i++) {
		const char *path;

		if (is_glob(component) && fnmatch(component, names.items[i], FNM_PERIOD) != 0)
			continue;
		path = path_join(needs->arena, directory, names.items[i]);
		if (!path)
			return -ENOMEM;
		if (*rest)
			r = expand(expansion, path, rest);
		else if (needs_exists(needs, path, NULL))
			r = add_path(expansion, path);
	}
	return r;
}

int need_add_paths(struct needs *needs, struct need *need, const char *path,
		   const char *const *without)
{
	struct expansion expansion = { .needs = needs, .need = need, .without = without };

	/* What the kernel shows there is of the machine that builds. */
	return path[0] == '/' && !trace_is_kernel_path(path) ? expand(&expansion, "/", path) : 0;
}
