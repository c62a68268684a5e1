/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs: the programs, libraries and scripts that a harvest starts from, found in the root. A
 * script leads to its interpreters, which are inputs like it.
 */
#ifndef MKROOTFS_HARVEST_INPUT_H
#define MKROOTFS_HARVEST_INPUT_H

#include "base/error.h"
#include "closure/closure.h"
#include "plan/plan.h"

enum { INPUT_INTERPRETERS_MAX = 2 }; /* "#!/usr/bin/env python3" names two */

struct input {
	struct location location; /* as asked for; links not followed */
	struct location origin;	  /* the directory that a running program finds itself in */
	const char *given;	  /* as the user named it, made absolute: what ldd's loader sees */
	const struct elf_object *elf; /* NULL for a script */
	const struct loader *loader;  /* NULL for a script */
	const char *why;
	const char *interpreter; /* a script's own, env(1)'s command where that is one; or NULL */
	const char *interprets;	 /* the script that leads to it, or NULL */
	/* A script's interpreters that are not in the root; NULL ends the list. */
	const char *missing_interpreters[INPUT_INTERPRETERS_MAX + 1];
	/* Its link map on the baseline processor, where it was resolved already; or NULL. */
	const struct closure *baseline;
	bool asked;	     /* a FILE of the user's, not what one of them leads to */
	bool library;	     /* no program: its needs are resolved, it is not run */
	bool executable;     /* somebody may execute its file */
	bool secure;	     /* set-id */
	bool loader_missing; /* PT_INTERP's file is not in the root */
	bool script;
	bool carriage_return; /* ends what the kernel takes for the interpreter's name */
};

/* What the closure of INPUT begins with. */
static inline struct closure_program input_program(const struct input *input)
{
	return (struct closure_program){
		.location = input->location,
		.elf = input->elf,
		.origin = input->origin,
		.secure = input->secure,
	};
}

struct input_list {
	struct input **items;
	size_t count;
	size_t capacity;
};

/* The inputs of a harvest. */
struct inputs {
	struct sysroot *sysroot;
	const char *search_path; /* for bare names; NULL: a system's usual one */
	const char *place;	 /* the sysroot as the user named it; NULL: this machine */
	struct input_list all;	 /* in the order in which they were found, each place once */
};

/* What starting one file takes: the file, and a script's interpreters. */
struct input_chain {
	struct input_list found; /* the file first; empty for what cannot be started */
	/* Why it cannot be used, where inputs_find returned INPUT_UNUSABLE. */
	int error; /* a positive errno */
	const char *subject;
	const char *fault;
};

/*
 * Finds what starting the file at LOCATION takes, without adding it. Where PROGRAM_ONLY, a file
 * that is neither ELF nor an executable script is no fault: the chain is empty then. Returns 0;
 * INPUT_UNUSABLE with CHAIN's fault set and nobody told; -errno after a diagnostic.
 */
enum { INPUT_UNUSABLE = 1 };
MUST_USE int inputs_find(struct inputs *inputs, struct location location, const char *why,
			 bool program_only, struct input_chain *chain);

/* Adds what of CHAIN is new. Returns 0 or -ENOMEM. */
MUST_USE int inputs_add(struct inputs *inputs, const struct input_chain *chain);

/*
 * Adds FILE as the user wrote it (a path, or a bare name for the search path) with what starting
 * it takes. Errors after a diagnostic: -ENOENT; -ENOEXEC for what is neither ELF nor script.
 */
MUST_USE int inputs_add_file(struct inputs *inputs, const struct plan_file *file);

/*
 * Adds the file at absolute PATH, which will stand at DEST, if it is an ELF file or a script;
 * others are left alone. For the files of --add.
 */
MUST_USE int inputs_add_path(struct inputs *inputs, const char *path, const char *dest,
			     const char *why);

/* Adds the library at LOCATION, which something loads at run time; WHY as in struct input. */
MUST_USE int inputs_add_library(struct inputs *inputs, struct location location, const char *why);

#endif
