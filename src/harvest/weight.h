/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Weight: what a plugin or helper that no rule asks for would bring along, in bytes of libraries
 * and interpreters that nothing else in the result needs. What is light comes; what is heavy is
 * told, with the option that brings it.
 */
#ifndef MKROOTFS_HARVEST_WEIGHT_H
#define MKROOTFS_HARVEST_WEIGHT_H

#include "harvest/follow.h"

enum {
	/* Up to here something is light: more than a shell or a few small libraries, less than
	   LLVM. */
	WEIGHT_LIGHT_MAX = 4 << 20,
	/* The same for what is optional: less than the libraries of X. */
	WEIGHT_OPTIONAL_MAX = 1 << 20,
};

struct weight {
	uint64_t bytes;
	const char *heaviest; /* the largest of what it brings: a path, or NULL */
};

/*
 * Adds to *WEIGHT what of CLOSURE the result does not have yet; its first object counts where
 * FIRST says so. Returns 0 or -ENOMEM.
 */
int weight_add(struct follower *follower, const struct closure *closure, bool first,
	       struct weight *weight);

/* Closures of what stays out. */
struct dragged {
	const struct closure **items;
	size_t count;
	size_t capacity;
};

/* What all of DRAGGED together would bring that the result does not have. Returns 0 or -ENOMEM. */
MUST_USE int weight_of_all(struct follower *follower, const struct dragged *dragged,
			   uint64_t *bytes);

/* Whether a program or plugin of the result has loaded ELF. Returns 1, 0 or -ENOMEM. */
int weight_has(struct follower *follower, const struct elf_object *elf);

/* Frees what is not in an arena. */
struct carried;
void weight_free(struct carried *carried);
DEFINE_CLEANUP(struct carried *, weight_free);

#endif
