/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs become programs: for each input the link maps of its process, one for every kind of
 * processor that makes a difference. The same calls answer for the root that is harvested and,
 * with another sysroot in the resolver, for the result (harvest/verify.h).
 */
#ifndef MKROOTFS_HARVEST_RESOLVE_H
#define MKROOTFS_HARVEST_RESOLVE_H

#include "base/table.h"
#include "harvest/input.h"

/* The outcome of a step that found all but something that is needed. Each told the user what. */
enum { HARVEST_INCOMPLETE = MKROOTFS_INCOMPLETE };

/* What all resolutions in one sysroot share. */
struct resolver {
	struct sysroot *sysroot;
	const struct mkrootfs_plan *plan;
	struct closure_options options;
};

/* An ELF input and its closures: one a kind of processor, the baseline first. */
struct program {
	const struct input *input;
	size_t index; /* its place among the programs */
	TABLE(const struct closure *) closures;
};

/* In the order of the inputs. They stay where they are. */
struct programs {
	TABLE(struct program *) all;
	size_t n_inputs; /* how many of the inputs were resolved */
};

/* The closure of PROGRAM on PROCESSOR. Errors: as of closure_resolve; -EINTR when cancelled. */
int resolve_process(const struct resolver *resolver, const struct closure_program *program,
		    const struct processor *processor, const struct closure **out);

/*
 * What CALLER's dlopen of NAME adds to PROCESS. Errors: as of closure_open; -EINTR when cancelled.
 */
int resolve_opened(const struct resolver *resolver, const struct closure_process *process,
		   const struct closure_object *caller, const char *name,
		   const struct closure **out);

/* INPUT's closure on the baseline processor. Errors: as of resolve_process. */
int resolve_baseline(const struct resolver *resolver, const struct input *input,
		     const struct closure **out);

/*
 * Why what CLOSURE is of, called NAME, does not work, in words owned by ARENA; *FAULT is NULL
 * where it does. Returns 0 or -ENOMEM.
 */
int closure_find_fault(struct arena *arena, const struct closure *closure, const char *name,
		       const char **fault);

/*
 * Resolves INPUT, which need not work: *FAULT is why it would not start here, in words that call it
 * NAME (NULL: by its path) and are owned by the arena, or NULL. Its closure is kept. Errors: as of
 * resolve_process.
 */
int input_find_fault(const struct resolver *resolver, struct input *input, const char *name,
		     const char **fault);

/*
 * Resolves the inputs that are new, and those that they lead to (auditing libraries). Tells what
 * keeps each from running, but for missing libraries (missing.h tells those with all who need
 * them). Returns 0; HARVEST_INCOMPLETE; -errno after a diagnostic.
 */
int programs_resolve(struct programs *programs, const struct resolver *resolver,
		     struct inputs *inputs);

#endif
