/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The index of installed packages, filled from the databases of dpkg, apk and rpm.
 */
#include "base/error.h"
#include "packages/installed_private.h"

int installed_open(struct arena *arena, const struct root *root, const struct diag *diag,
		   struct installed **out)
{
	CLEANUP(installed_free) struct installed *installed = NULL;

	TRY(installed_new(arena, root, diag, &installed));
	TRY(installed_read_dpkg(installed));
	TRY(installed_read_apk(installed));
	TRY(installed_read_rpm(installed));
	*out = STEAL(installed);
	return 0;
}
