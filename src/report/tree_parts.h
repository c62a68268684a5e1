/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The parts of the tree. For tree.c and its neighbours alone. Each returns 0 or -ENOMEM.
 */
#ifndef MKROOTFS_REPORT_TREE_PARTS_H
#define MKROOTFS_REPORT_TREE_PARTS_H

#include "report/need_sizes.h"
#include "report/paint.h"
#include "report/report.h"
#include "report/seen.h"

/* A program with the objects that it loads, each once in full, and what its loader complains of. */
int tree_add_closure(const struct paint *paint, const struct closure *closure);

/* The run-time needs of PROGRAM, each with what it brings and with its size. */
int tree_add_needs(const struct paint *paint, const struct report_input *input,
		   const struct need_sizes *sizes, const struct closure *program);

/* Adds to SEEN where the objects of CLOSURE stand in the result. */
int tree_see_objects(struct seen *seen, const struct closure *closure);

#endif
