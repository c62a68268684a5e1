#include "harvest/packages_of.h"
#include "base/path.h"

#include <errno.h>
#include <string.h>

/* The sources of all files, as the root names them. */
static int collect(struct mkrootfs *harvest, const char ***out, size_t *count)
{
	size_t n_entries;
	const struct entry *const *entries = manifest_entries(harvest->manifest, &n_entries);

	*out = arena_array(harvest->arena, n_entries + harvest->seeds.n_loaders + 1, sizeof(**out));
	*count = 0;
	if (!*out)
		return -ENOMEM;
	for (size_t i = 0; i < n_entries; i++)
		if (entries[i]->type == ENTRY_FILE && entries[i]->source)
			(*out)[(*count)++] = entries[i]->source;
	return 0;
}

int packages_of(struct mkrootfs *harvest, struct packages **out)
{
	const char **paths;
	size_t count;
	int r = collect(harvest, &paths, &count);

	return r < 0 ? r
		     : packages_read(harvest->arena, harvest->root, paths, count,
				     &harvest->plan->diag, out);
}

int packages_put_records(struct mkrootfs *harvest)
{
	CLEANUP(packages_free) struct packages *packages = NULL;
	int r = packages_of(harvest, &packages);

	if (r < 0)
		return r;
	if (packages->count == 0)
		diag_warning(&harvest->plan->diag, "--package-metadata",
			     "no package is known to own any of the files");
	return packages_put(packages, harvest->root, harvest->manifest, &harvest->plan->diag);
}

/* The loaders' caches: another one may lead elsewhere. */
static int add_caches(struct mkrootfs *harvest, const char **paths, size_t *count)
{
	for (size_t i = 0; i < harvest->seeds.n_loaders; i++) {
		const char *path = harvest->seeds.loaders[i]->cache_path;
		char *canonical;

		if (path && root_walk(harvest->root, harvest->arena, path, true, NULL, NULL,
				      &canonical) == 0)
			paths[(*count)++] = canonical;
	}
	return 0;
}

static int compare(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

int packages_sources(struct mkrootfs *harvest, const char *const **out, size_t *count)
{
	const char *top = root_disk_path(harvest->root);
	const char **paths;
	size_t kept = 0;
	size_t n;
	int r = collect(harvest, &paths, &n);

	if (r == 0)
		r = add_caches(harvest, paths, &n);
	if (r < 0)
		return r;
	if (n > 1)
		qsort(paths, n, sizeof(*paths), compare);
	for (size_t i = 0; i < n; i++)
		if (i == 0 || strcmp(paths[i - 1], paths[i]) != 0)
			paths[kept++] = paths[i];
	for (size_t i = 0; i < kept && strcmp(top, "/") != 0; i++) {
		paths[i] = path_join(harvest->arena, top, paths[i] + 1);
		if (!paths[i])
			return -ENOMEM;
	}
	*out = paths;
	*count = kept;
	return 0;
}
