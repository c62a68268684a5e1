/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's packages, their paths and dependencies. What a package requires are names of packages,
 * libraries ("libx.so.1()(64bit)") and others that packages provide.
 */
#include "base/error.h"
#include "packages/installed_private.h"
#include "packages/rpm_headers.h"

#include <errno.h>
#include <rpm/rpmfi.h>
#include <rpm/rpmtd.h>

enum {
	PATHS_MAX = 1 << 20, /* of one package */
};

static int visit_paths(struct installed *installed, const struct installed_record *record,
		       struct arena *scratch, installed_path_fn *visit, void *data)
{
	for (const char *const *path = record->paths; *path; path++) {
		int r = visit(data, view_of(*path));

		if (r != 0)
			return r;
	}
	return 0;
}

/*
 * The names in the lists TAGS, at most INSTALLED_DEPENDS_MAX, ended by NULL; *N_FIRST are of the
 * first list.
 */
static int read_names(struct arena *arena, Header header, const rpmTagVal *tags, size_t count,
		      const char *const **out, size_t *n_first)
{
	const char **names = NULL;
	size_t n_names = 0;
	size_t capacity = 0;

	for (size_t i = 0; i < count; i++) {
		struct rpmtd_s list;
		const char *name;
		int r = 0;

		if (!headerGet(header, tags[i], &list, HEADERGET_MINMEM))
			continue;
		while (r == 0 && n_names < INSTALLED_DEPENDS_MAX &&
		       (name = rpmtdNextString(&list)) != NULL) {
			r = arena_grow(arena, &names, n_names, &capacity, sizeof(*names));
			if (r == 0 && !(names[n_names++] = arena_strdup(arena, name)))
				r = -ENOMEM;
		}
		rpmtdFreeData(&list);
		if (r < 0)
			return r;
		if (i == 0)
			*n_first = n_names;
	}
	TRY(arena_grow(arena, &names, n_names, &capacity, sizeof(*names)));
	names[n_names] = NULL;
	*out = names;
	return 0;
}

/* Files that were not installed, such as documentation of a container, are none of its paths. */
static int read_paths(struct arena *arena, Header header, const char *const **out)
{
	rpmfi files = rpmfiNew(NULL, header, RPMTAG_BASENAMES, RPMFI_FLAGS_QUERY);
	const char **paths = NULL;
	size_t count = 0;
	size_t capacity = 0;
	int r = 0;

	while (r == 0 && files && count < PATHS_MAX && rpmfiNext(files) >= 0) {
		const char *path = rpmfiFN(files);

		if (rpmfiFState(files) != RPMFILE_STATE_NORMAL || path[0] != '/')
			continue;
		r = arena_grow(arena, &paths, count, &capacity, sizeof(*paths));
		if (r == 0 && !(paths[count++] = arena_strdup(arena, path)))
			r = -ENOMEM;
	}
	rpmfiFree(files);
	if (r < 0)
		return r;
	TRY(arena_grow(arena, &paths, count, &capacity, sizeof(*paths)));
	paths[count] = NULL;
	*out = paths;
	return 0;
}

static const char *text_of(struct arena *arena, Header header, rpmTagVal tag)
{
	const char *text = headerGetString(header, tag);

	return arena_strdup(arena, text ? text : "");
}

static int read_package(void *data, Header header)
{
	static const rpmTagVal requires[] = { RPMTAG_REQUIRENAME, RPMTAG_RECOMMENDNAME };
	static const rpmTagVal provides[] = { RPMTAG_PROVIDENAME };
	struct installed *installed = data;
	struct arena *arena = installed_arena(installed);
	struct installed_record record = { .visit_paths = visit_paths };
	struct installed_package *package = &record.package;
	const char *file = headerGetString(header, RPMTAG_SOURCERPM);
	struct view source;
	struct view version;
	size_t n_provided;

	package->name = text_of(arena, header, RPMTAG_NAME);
	package->architecture = text_of(arena, header, RPMTAG_ARCH);
	if (!package->name || !package->architecture)
		return -ENOMEM;
	if (!package_name_is_sane(view_of(package->name)))
		return 0;
	package->source = file && rpm_split_source(file, &source, &version)
				  ? view_copy(arena, source)
				  : package->name;
	if (!package->source)
		return -ENOMEM;
	TRY(read_names(arena, header, requires, ARRAY_SIZE(requires), &package->depends,
		       &package->n_required));
	TRY(read_names(arena, header, provides, ARRAY_SIZE(provides), &record.provides,
		       &n_provided));
	TRY(read_paths(arena, header, &record.paths));
	return installed_add(installed, &record);
}

int installed_read_rpm(struct installed *installed)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();

	if (!scratch)
		return -ENOMEM;
	return rpm_visit_headers(installed_root(installed), installed_diag(installed), scratch,
				 read_package, installed);
}
