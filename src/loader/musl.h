/* SPDX-License-Identifier: Apache-2.0 */
/*
 * musl's rules, which are the loader's model of search.h, and what its listing needs of them.
 */
#ifndef MKROOTFS_LOADER_MUSL_H
#define MKROOTFS_LOADER_MUSL_H

#include <stdbool.h>

/* Whether NAME means musl's libc, which is the loader itself: libc., libm., libpthread. ... */
bool musl_is_reserved(const char *name);

#endif
