/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Inputs: what the user named, found in the root. A input is an ELF file with the model
 * of its loader; a script is followed to its interpreter, and both are inputs.
 */
#ifndef MKROOTFS_HARVEST_INPUT_H
#define MKROOTFS_HARVEST_INPUT_H

#include "closure/closure.h"
#include "plan/plan.h"

struct input {
	struct location location; /* as asked for; links not followed */
	struct location origin;	  /* the directory that a running program finds itself in */
	const char *given; /* as named by the user, made absolute: what its loader would see under
			      ldd */
	const struct elf_object *elf; /* NULL for a script */
	const struct loader *loader;  /* NULL for a script */
	const char *why;
	const char *interprets; /* the script that it was brought for, or NULL */
	bool asked;		/* a FILE of the user's, not what one of them leads to */
	bool library;		/* no program: its needs are resolved, it is not run */
	bool secure;		/* set-id */
	bool loader_missing;	/* PT_INTERP's file is not there */
	bool script;
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

/* All inputs of a run, and what finding them shares. */
struct inputs {
	struct sysroot *sysroot;
	const char *search_path; /* for bare names */

	struct input *items;
	size_t count;
	size_t capacity;
};

/*
 * Adds FILE as the user wrote it (a path, or a bare name for the search path) and what it
 * needs to be started: a script's interpreter. Returns 0; SEED_INTERPRETER_MISSING after a
 * diagnostic; -errno after one: -ENOENT, -ENOEXEC for what is neither ELF nor script.
 */
enum { INPUT_INTERPRETER_MISSING = 1 };
int inputs_add_file(struct inputs *inputs, const struct plan_file *file);

/*
 * Adds the file at absolute PATH, which will stand at DEST, if it is an ELF file or script;
 * others are left alone. For what --add brings.
 */
int inputs_add_path(struct inputs *inputs, const char *path, const char *dest, const char *why);

/* Adds the library at LOCATION, which something loads at run time; WHY as in struct input. */
int inputs_add_library(struct inputs *inputs, struct location location, const char *why);

#endif
