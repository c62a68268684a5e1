/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/installed_private.h"

/* Built without librpm: rpm's packages are not known. */
int installed_read_rpm(struct installed *installed)
{
	return 0;
}
