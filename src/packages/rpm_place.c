/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/rpm_place.h"
#include "base/error.h"
#include "base/path.h"

#include <errno.h>

int rpm_find_database(const struct root *root, struct arena *arena, const char **out)
{
	static const char *const paths[] = {
		"/usr/lib/sysimage/rpm/rpmdb.sqlite",
		"/var/lib/rpm/rpmdb.sqlite",
		"/usr/lib/sysimage/rpm/Packages.db",
		"/var/lib/rpm/Packages.db",
		"/var/lib/rpm/Packages",
	};

	*out = NULL;
	for (size_t i = 0; !*out && i < ARRAY_SIZE(paths); i++) {
		const char *directory = path_dirname(arena, paths[i]);
		const struct stat *stat;
		char *canonical;
		const char *file;

		if (!directory)
			return -ENOMEM;
		if (root_walk(root, arena, directory, true, NULL, NULL, &canonical) < 0)
			continue;
		file = path_join(arena, canonical, path_basename(paths[i]));
		if (!file)
			return -ENOMEM;
		if (root_look(root, arena, file, &stat, NULL) == 0 && S_ISREG(stat->st_mode))
			*out = canonical;
	}
	return 0;
}

void rpm_warn_unknown(const struct diag *diag, const char *directory, const char *why)
{
	diag_warning(diag, directory, "rpm's packages are not known: %s", why);
}
