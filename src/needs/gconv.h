/* SPDX-License-Identifier: Apache-2.0 */
/*
 * glibc's character sets: the modules behind iconv(3), and a configuration for those that
 * are in a result.
 */
#ifndef MKROOTFS_NEEDS_GCONV_H
#define MKROOTFS_NEEDS_GCONV_H

#include "manifest/manifest.h"
#include "needs/needs.h"

struct gconv;

/*
 * For each directory of modules that MANIFEST holds without a configuration: puts the lines of
 * the root's lines that hold for the modules that come. Errors: -errno after a diagnostic.
 */
int gconv_configure(struct needs *needs, struct manifest *manifest);

/* Frees what of the configurations is not in the arena; GCONV may be NULL. */
void gconv_free(struct gconv *gconv);

#endif
