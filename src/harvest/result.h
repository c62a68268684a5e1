/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a harvest has found: each step of harvest.c fills its part in and reads those of the steps
 * before it. At the end this is the result that outputs and reports read.
 */
#ifndef MKROOTFS_HARVEST_RESULT_H
#define MKROOTFS_HARVEST_RESULT_H

#include "harvest/follow.h"
#include "manifest/manifest.h"
#include "packages/packages.h"
#include "trace/trace.h"

struct mkrootfs {
	const struct mkrootfs_plan *plan;
	struct arena *arena;
	struct root *root;
	struct elf_store *store;
	struct sysroot sysroot; /* of ROOT: what the result is made of */
	struct inputs inputs;
	struct resolver resolver;
	struct programs programs;
	struct needs *needs;
	struct follower follower; /* has the plugins */
	struct manifest *manifest;
	struct trace trace; /* of --trace, where TRACED */
	bool traced;
	struct packages packages; /* where PACKAGED */
	bool packaged;
	bool incomplete;
};

DEFINE_CLEANUP(struct mkrootfs *, mkrootfs_free);

/* Finds out which packages own what is in the manifest, unless that is known already. */
int result_find_packages(struct mkrootfs *harvest);

#endif
