/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/foreign_trees.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>

enum {
	/* Of what the packages of some 200 programs link to, all but one has a tenth of that. */
	LARGE = 32 << 20,
	/* To count more would take as long as to bring it. */
	FILES_MAX = 1 << 15,
	DEPTH_MAX = 64,
};

/* A tree that is measured. */
struct measure {
	struct needs *needs;
	uint64_t bytes;
	unsigned n_files;
};

/* Links are not followed: what they lead to counts where it stands. */
static int add_files(struct measure *measure, const char *directory, unsigned depth)
{
	const struct sysroot *sysroot = measure->needs->sysroot;
	const struct texts *names;

	TRY(needs_names(measure->needs, directory, &names));
	for (size_t i = 0; i < names->count; i++) {
		const char *path = path_join(sysroot->arena, directory, names->items[i]);
		const struct stat *stat;
		int r;

		if (!path)
			return -ENOMEM;
		if (++measure->n_files > FILES_MAX || measure->bytes > (uint64_t)1 << 40)
			return 0;
		r = root_look(sysroot->root, sysroot->arena, path, &stat, NULL);
		if (r < 0)
			TRY(needs_absent(measure->needs, path, r));
		else if (S_ISREG(stat->st_mode))
			measure->bytes += (uint64_t)stat->st_size;
		else if (S_ISDIR(stat->st_mode) && depth < DEPTH_MAX)
			TRY(add_files(measure, path, depth + 1));
	}
	return 0;
}

/* Whether what is at CANONICAL is small, or wanted whatever it weighs; else the need tells of it.
 */
static int is_light(struct data_filling *filling, const char *path, const char *canonical)
{
	struct measure measure = { .needs = filling->needs };
	struct need_item item = { .kind = NEED_PATH, .path = canonical };

	/* What another rule brings anyhow costs nothing. */
	if (data_filling_wants_heavy(filling) ||
	    data_filling_is_covered(filling->belongs, canonical))
		return 1;
	TRY(add_files(&measure, canonical, 0));
	if (measure.bytes <= LARGE && measure.n_files <= FILES_MAX)
		return 1;
	item.weight = measure.bytes ?: 1;
	item.refused = arena_printf(filling->needs->sysroot->arena,
				    "%s leads to it, and it has %.1f MiB of others", path,
				    (double)measure.bytes / (1 << 20));
	TRY(item.refused ? need_add(filling->needs, filling->need, &item) : -ENOMEM);
	return 0;
}

int foreign_tree_enters(void *data, const char *path, const char *canonical)
{
	struct data_filling *filling = data;
	enum owned owned;

	TRY(owning_owned(filling->belongs->owning, &filling->subject->owner, canonical, &owned));
	return owned == OWNED_BY_ITSELF ? 1 : is_light(filling, path, canonical);
}

int foreign_tree_comes(struct data_filling *filling, const char *path, const char *canonical)
{
	const struct subject *subject = filling->subject;
	bool recommended = false;

	TRY(owning_depends_on(filling->belongs->owning, &subject->owner, canonical, &recommended));
	return subject->who.asked && !recommended ? 1 : is_light(filling, path, canonical);
}
