/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The last line of a tree: what the whole result comes to.
 */
#ifndef MKROOTFS_REPORT_SUMMARY_H
#define MKROOTFS_REPORT_SUMMARY_H

#include "report/report.h"

/*
 * Appends "18 files, 12 links, 16.7 MiB", and how many libraries were not found where some
 * were not. Hard links count as files, their bytes once. Returns 0 or -ENOMEM.
 */
int summary_add(struct buffer *out, const struct report_input *input);

#endif
