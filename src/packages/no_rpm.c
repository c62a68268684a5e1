/* SPDX-License-Identifier: Apache-2.0 */
/* Built without librpm: rpm's packages are not known, which is said where there are some. */
#include "base/error.h"
#include "packages/installed_private.h"
#include "packages/readers.h"
#include "packages/rpm_place.h"

#include <errno.h>

static int warn(const struct root *root, const struct diag *diag)
{
	CLEANUP(arena_free) struct arena *scratch = arena_new();
	const char *directory;

	if (!scratch)
		return -ENOMEM;
	TRY(rpm_find_database(root, diag, scratch, &directory));
	if (directory)
		rpm_warn_unknown(diag, directory, "this mkrootfs was built without librpm");
	return 0;
}

/* A Debian may have an rpm, whose database has nothing of what is installed. */
int rpm_read(struct finder *finder)
{
	return finder->packages.count > 0 ? 0 : warn(finder->root, finder->diag);
}

int installed_read_rpm(struct installed *installed)
{
	return installed_count(installed) > 0
		       ? 0
		       : warn(installed_root(installed), installed_diag(installed));
}
