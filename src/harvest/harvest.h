/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The harvest: the one place where all floors meet. A plan becomes inputs, inputs become
 * closures, closures fill a manifest, the manifest is checked as a root of its own.
 */
#ifndef MKROOTFS_HARVEST_HARVEST_H
#define MKROOTFS_HARVEST_HARVEST_H

#include "closure/closure.h"
#include "harvest/input.h"
#include "manifest/manifest.h"
#include "needs/needs.h"
#include "packages/packages.h"
#include "plan/plan.h"
#include "trace/trace.h"

/* A input and its closures: one a kind of processor, the baseline first. */
struct harvest_program {
	const struct input *input;
	size_t first; /* in harvest's CLOSURES */
	size_t count;
};

/* A library that a program opens by itself, on one kind of processor. */
struct harvest_plugin {
	const struct need *need;
	const char *why;
	size_t program; /* in harvest's PROGRAMS */
	size_t variant; /* of the program's closures */
	const struct closure_object *caller;
	const char *name; /* as for dlopen */
	/* It counts on what the program has opened before: the plugins before this one. */
	bool after_others;
	const struct closure *closure;
};

struct mkrootfs {
	const struct mkrootfs_plan *plan;
	struct arena *arena;
	struct root *root;
	struct elf_store *store;
	struct sysroot sysroot; /* of what the result is made of */
	struct inputs inputs;
	struct closure_options options; /* of every closure */

	struct harvest_program *programs;
	size_t n_programs;
	size_t programs_capacity;
	const struct closure **closures;
	size_t n_closures;
	size_t closures_capacity;

	struct needs *needs;
	enum need_level level; /* up to which needs are followed; 0: none */
	struct harvest_plugin *plugins;
	size_t n_plugins;
	size_t plugins_capacity;

	struct manifest *manifest;
	struct bringing *bringing; /* how far needs were followed: bring.c's */
	struct trace trace;	   /* of --trace, where TRACED */
	bool traced;
	struct packages packages; /* where PACKAGED */
	bool packaged;
	bool incomplete;
};

DEFINE_CLEANUP(struct mkrootfs *, mkrootfs_free);

/*
 * One closure of PROGRAM as PROCESSOR would build it in SYSROOT. Errors: as of closure_resolve;
 * -EINTR when cancelled.
 */
int harvest_resolve(struct mkrootfs *harvest, struct sysroot *sysroot,
		    const struct closure_program *program, const struct processor *processor,
		    const struct closure **out);

/* Resolves the inputs from FIRST_SEED on, and those that they lead to; tells what is missing. */
int harvest_resolve_inputs(struct mkrootfs *harvest, size_t first_input);

/*
 * What CALLER's dlopen of NAME adds to PROCESS in SYSROOT. Errors: as of closure_open; -EINTR
 * when cancelled.
 */
int harvest_open(struct mkrootfs *harvest, const struct sysroot *sysroot,
		 const struct closure_process *process, const struct closure_object *caller,
		 const char *name, const struct closure **out);

/* Finds out which packages own what is in the manifest, unless that is known already. */
int harvest_packages(struct mkrootfs *harvest);

/* -EINTR where the user asked to stop, else 0. */
int harvest_cancelled(const struct mkrootfs *harvest);

#endif
