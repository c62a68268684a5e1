/* SPDX-License-Identifier: Apache-2.0 */
/* The facts of a result as reports read them. */
#ifndef MKROOTFS_API_RESULT_FACTS_H
#define MKROOTFS_API_RESULT_FACTS_H

#include "harvest/result.h"
#include "report/report.h"

/*
 * Fills *INPUT in, but for the image, the native closures and the colour. It belongs to ARENA and
 * to ROOTFS. Returns 0 or -ENOMEM.
 */
int result_facts(const struct mkrootfs *rootfs, struct arena *arena, struct report_input *input);

#endif
