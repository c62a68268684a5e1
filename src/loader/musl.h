/* SPDX-License-Identifier: Apache-2.0 */
/* What musl's listing (ldd) needs to know of its rules (loader/rules.h). */
#ifndef MKROOTFS_LOADER_MUSL_H
#define MKROOTFS_LOADER_MUSL_H

#include <stdbool.h>

/* Whether NAME means musl's libc, which is the loader itself: libc., libm., libpthread. ... */
bool musl_is_reserved(const char *name);

#endif
