/* SPDX-License-Identifier: Apache-2.0 */
#include "mkrootfs.h"

#ifndef MKROOTFS_VERSION
#error "MKROOTFS_VERSION comes from the build"
#endif

const char *mkrootfs_version(void)
{
	return MKROOTFS_VERSION;
}
