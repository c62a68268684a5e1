/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the run-time needs lead to: libraries are opened as their programs would open them,
 * programs become inputs, and all that they lead to is looked at for needs in turn, until nothing
 * new comes.
 */
#ifndef MKROOTFS_HARVEST_FOLLOW_H
#define MKROOTFS_HARVEST_FOLLOW_H

#include "base/error.h"
#include "base/texts.h"
#include "harvest/resolve.h"
#include "needs/needs.h"

/* A library that a program opens by itself, on one kind of processor. */
struct plugin {
	const struct need *need;
	const char *why;
	const struct program *program;
	size_t variant; /* of the program's closures */
	const struct closure_object *caller;
	const char *name; /* as for dlopen */
	/* It counts on what the program has opened before: the plugins before this one. */
	bool after_others;
	const struct closure *closure;
};

/* In the order in which they were opened. */
struct plugins {
	struct plugin *items;
	size_t count;
	size_t capacity;
};

struct follower {
	const struct resolver *resolver;
	struct inputs *inputs;
	struct programs *programs;
	struct needs *needs;
	struct plugins plugins;
	struct carried *carried; /* weight.c's; NULL at first */
	/* The first of each list that was not looked at or followed. */
	size_t program;
	size_t plugin;
	size_t script; /* an input */
	size_t need;
	size_t configured;  /* a program, for what configuration names */
	size_t request;	    /* a program, for the needs of --with */
	size_t unsatisfied; /* a value of --with */
	struct texts told;  /* needs for which nothing was found: each is reported once */
};

/*
 * Finds and follows the needs of all programs; called again, of what is new since. Tells what is
 * required and was not found. Returns 0; HARVEST_INCOMPLETE; -errno after a diagnostic.
 */
MUST_USE int follow_needs(struct follower *follower);

/*
 * Follows ITEM of NEED: sets what became of it (brought, or refused with the reason). Errors:
 * -errno after a diagnostic.
 */
MUST_USE int follow_item(struct follower *follower, const struct need *need,
			 struct need_item *item);

/*
 * Opens the libraries of NEED, which is not followed, to find out which of them would load; none
 * is kept. Errors: as of follow_item.
 */
MUST_USE int explore_need(struct follower *follower, struct need *need);

#endif
