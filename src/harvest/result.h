/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a harvest has found: each step of harvest.c fills its part in and reads those of the steps
 * before it. At the end this is the result that outputs and reports read.
 */
#ifndef MKROOTFS_HARVEST_RESULT_H
#define MKROOTFS_HARVEST_RESULT_H

#include "harvest/follow.h"
#include "harvest/image_make.h"
#include "harvest/prove.h"
#include "manifest/manifest.h"
#include "packages/packages.h"
#include "trace/trace.h"

struct mkrootfs {
	struct mkrootfs_plan *plan; /* frozen */
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
	struct proving proving;	  /* of --check run, where it RAN */
	struct packages packages; /* where PACKAGED */
	bool packaged;
	bool incomplete;
};

/* What RESULT's image is made of. */
static inline struct image_source result_image(const struct mkrootfs *result)
{
	return (struct image_source){
		.plan = result->plan,
		.sysroot = &result->sysroot,
		.inputs = &result->inputs,
		.programs = &result->programs,
	};
}

DEFINE_CLEANUP(struct mkrootfs *, mkrootfs_free);

/* The packages that own what is in the manifest. Errors: as of packages_find. */
MUST_USE int result_find_packages(const struct mkrootfs *result, struct packages *out);

#endif
