/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the options of a command line ask of each other, as rows.
 */
#ifndef MKROOTFS_COMMAND_TOGETHER_H
#define MKROOTFS_COMMAND_TOGETHER_H

#include "options.h"

/*
 * What is wrong with OPTIONS together, or NULL. The formats of its outputs are as the options that
 * name them say: --format and --compress are not applied to them yet.
 */
const char *together_check(const struct options *options);

#endif
