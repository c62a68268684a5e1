/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/rpm_place.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>

void rpm_warn_unknown(const struct diag *diag, const char *directory, const char *why)
{
	diag_warning(diag, directory, "rpm's packages are not known: %s", why);
}

/* *OUT becomes the canonical DIRECTORY where PATH, in it, is a file. Errors: as of root_look. */
static int find_in(const struct root *root, struct arena *arena, const char *directory,
		   const char *path, const char **out)
{
	const struct stat *stat;
	char *canonical;
	const char *file;

	TRY(root_walk(root, arena, directory, true, NULL, NULL, &canonical));
	file = path_join(arena, canonical, path_basename(path));
	if (!file)
		return -ENOMEM;
	TRY(root_look(root, arena, file, &stat, NULL));
	if (S_ISREG(stat->st_mode))
		*out = canonical;
	return 0;
}

int rpm_find_database(const struct root *root, const struct diag *diag, struct arena *arena,
		      const char **out)
{
	static const char *const paths[] = {
		"/usr/lib/sysimage/rpm/rpmdb.sqlite",
		"/var/lib/rpm/rpmdb.sqlite",
		"/usr/lib/sysimage/rpm/Packages.db",
		"/var/lib/rpm/Packages.db",
		"/var/lib/rpm/Packages",
	};
	bool warned = false;

	*out = NULL;
	for (size_t i = 0; !*out && i < ARRAY_SIZE(paths); i++) {
		const char *directory = path_dirname(arena, paths[i]);
		int r = directory ? find_in(root, arena, directory, paths[i], out) : -ENOMEM;

		if (r >= 0 || root_is_absence(r))
			continue;
		if (r != -EACCES)
			return diag_errno(diag, -r, paths[i]);
		if (!warned)
			rpm_warn_unknown(diag, directory, "it may not be looked at");
		warned = true;
	}
	return 0;
}
