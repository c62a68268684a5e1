/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A link map that is being built: what building a program's and what adding to one that
 * is loaded already (dlopen) share. For closure/ alone.
 */
#ifndef MKROOTFS_CLOSURE_BUILDER_H
#define MKROOTFS_CLOSURE_BUILDER_H

#include "base/hash.h"
#include "closure/closure.h"
#include "closure/known.h"

/* A name that a loaded object answers to: what it was asked by, its path, its DT_SONAME. */
struct builder_named {
	UT_hash_handle hh;
	const char *name;
	struct closure_object *object;
	/* Not its DT_SONAME alone: the loader adds that to the names when somebody asks by it. */
	bool asked;
};

/* A file that is loaded. */
struct builder_identity {
	dev_t dev;
	ino_t ino;
};

struct builder_identified {
	UT_hash_handle hh;
	struct builder_identity identity;
	struct closure_object *object;
};

/* The loaded objects by their names and by their files. */
struct builder_known {
	struct builder_named *names;
	struct builder_identified *identities;
};

struct builder {
	struct arena *arena; /* the sysroot's */
	struct closure *closure;
	const struct closure_options *options;
	struct search_context context;
	size_t capacity;	   /* of closure->objects */
	struct builder_known mine; /* the objects of the list, and the interpreter */
	/* dlopen: what the process has loaded before, the program's first */
	const struct known_objects **preloaded;
	size_t n_preloaded;
	struct closure_object *libc; /* dlopen: musl's own object among those */
	/* The interpreter is loaded from the start, but gets its place when it is first needed. */
	bool interp_placed;
};

/*
 * Begins a closure of LOADER on PROCESSOR in SYSROOT: BUILDER, all zero before, is released with
 * builder_cleanup, whatever is returned: 0 or -ENOMEM.
 */
int builder_begin(struct builder *builder, const struct sysroot *sysroot,
		  const struct loader *loader, const struct processor *processor,
		  const struct closure_options *options);
void builder_cleanup(struct builder *builder);

/* A new object, found by FOUND_BY at LOCATION; it is nowhere yet. NULL when out of memory. */
struct closure_object *builder_new_object(struct builder *builder, const char *name,
					  struct location location, const struct elf_object *elf,
					  const struct loaded *requester, enum found_by found_by);

/* Sets what $ORIGIN stands for in a library: the directory of the path it was found by, links and
 * all. Returns 0 or -ENOMEM. */
int builder_set_origin(struct builder *builder, struct closure_object *object);

/* Makes OBJECT known by NAME (NULL: by nothing), by all its names, by its file. 0 or -ENOMEM. */
int builder_add_name(struct builder *builder, struct builder_known *known, const char *name,
		     struct closure_object *object);
int builder_add_names(struct builder *builder, struct builder_known *known,
		      struct closure_object *object);
int builder_add_soname(struct builder *builder, struct builder_known *known,
		       struct closure_object *object);
int builder_add_identity(struct builder *builder, struct builder_known *known,
			 struct closure_object *object);

/*
 * Loads the library that REQUESTER asks for by TEXT. Fills EDGE; *IS_NEW tells whether its object
 * is to be put into the list. Returns 0, with an edge that has no object where the loader goes on
 * without a bad auxiliary library; SEARCH_STOPPED with the closure's STOPPED set; -errno.
 */
int builder_load(struct builder *builder, struct closure_object *requester, enum edge_kind kind,
		 const char *text, struct closure_edge *edge, bool *is_new);

/* Appends OBJECT to the list. Returns 0 or -ENOMEM. */
int builder_append(struct builder *builder, struct closure_object *object);

/* Loads the needs of all in the list, breadth first. Returns as builder_load. */
int builder_load_all(struct builder *builder);

/* After the last object: LOADED is what builder_load_all returned. Returns 0 or -errno. */
int builder_finish(struct builder *builder, int loaded);

#endif
