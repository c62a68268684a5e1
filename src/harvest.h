/*
 * The harvest: the one place where all floors meet. A plan becomes seeds, seeds become
 * closures, closures fill a manifest, the manifest is checked as a root of its own.
 */
#ifndef MKROOTFS_HARVEST_H
#define MKROOTFS_HARVEST_H

#include "closure/closure.h"
#include "plan.h"
#include "rootfs/manifest.h"
#include "seed.h"

/* A seed and its closures: one a kind of processor, the baseline first. */
struct harvest_program {
	const struct seed *seed;
	size_t first; /* in harvest's CLOSURES */
	size_t count;
};

struct mkrootfs {
	const struct mkrootfs_plan *plan;
	struct arena *arena;
	struct root *root;
	struct elf_store *store;
	struct seeds seeds;
	struct closure_options options; /* of every closure but for origin and secure */

	struct harvest_program *programs;
	size_t n_programs;
	size_t programs_capacity;
	const struct closure **closures;
	size_t n_closures;
	size_t closures_capacity;

	struct manifest *manifest;
	bool incomplete;
};

DEFINE_CLEANUP(struct mkrootfs *, mkrootfs_free);

/*
 * One closure of SEED as PROCESSOR would build it in ROOT, the program standing at PLACE.
 * Errors: as of closure_resolve; -EINTR when cancelled.
 */
int harvest_resolve(struct mkrootfs *harvest, const struct root *root, const struct seed *seed,
		    const struct loader *loader, struct place place, struct place origin,
		    const struct processor *processor, const struct closure **out);

/* -EINTR where the user asked to stop, else 0. */
int harvest_cancelled(const struct mkrootfs *harvest);

#endif
