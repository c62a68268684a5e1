/* SPDX-License-Identifier: Apache-2.0 */
/* What belongs.c shares with those who fill its needs: data_filling.c, package_rest.c and others.
 */
#ifndef MKROOTFS_NEEDS_BELONGS_PRIVATE_H
#define MKROOTFS_NEEDS_BELONGS_PRIVATE_H

#include "base/hash.h"
#include "base/table.h"
#include "needs/belongs.h"
#include "needs/make.h"
#include "needs/owning.h"

/* What stands in a string and is there. */
struct candidate {
	UT_hash_handle hh;
	const char *path; /* as named */
	const char *canonical;
	bool directory;
	bool by_name; /* what is named is a directory above it, which is everybody's */
};

struct subject {
	struct belongs_subject who;
	struct candidate *candidates; /* by path */
	unsigned n_beyond;	      /* strings that may be more of them, and were too many */
	struct owner owner;	      /* of the object's file, or the script's */
	struct texts libraries;	      /* names in its strings that are none of its own process */
	bool starts;		      /* it starts programs */
};

/* The package of the file that a process runs. */
struct main_package {
	size_t program;
	const struct installed_package *package;
};

/* A path that a need of another rule has items of, or at which one stands. */
struct covered {
	UT_hash_handle hh;
	const char *path;
};

struct belongs {
	struct owning *owning;
	struct subject *subjects; /* to be decided */
	size_t count;
	size_t capacity;
	TABLE(struct main_package) mains;
	struct covered *covered;
	size_t n_needs; /* whose items are in COVERED */
};

/* A need "data" that is being filled. */
struct data_filling {
	struct needs *needs;
	struct belongs *belongs;
	struct subject *subject;
	struct need *need;
	const char *tree; /* the directory that the last items are of */
	bool develops;	  /* it reads what is for developers: a compiler, a debugger */
};

/*
 * Collects the candidates of SUBJECT, whose owner has its path, from the strings of its object;
 * tells of those that were too many. Errors: as of package_rest_add.
 */
int subject_strings_read(struct needs *needs, struct subject *subject);
void subject_strings_tell(const struct needs *needs, const struct subject *subject);

/* Whether another rule sees to PATH, or to the directory that it is in. */
bool data_filling_is_covered(const struct belongs *belongs, const char *path);

/* Whether PATH is for others than the program: own_paths.h. */
bool data_filling_is_unneeded(const struct data_filling *filling, const char *path);

/* Whether nobody needs PATH, or somebody else sees to it. */
bool data_filling_leaves(const struct data_filling *filling, const char *path);

/* Whether the user wants what is large too. */
bool data_filling_wants_heavy(const struct data_filling *filling);

/*
 * Whether PATH is a library that stands with everybody's: it is loaded by name, where needed. 1, 0
 * or -ENOMEM.
 */
int data_filling_is_common_library(const struct data_filling *filling, const char *path);

/* Adds the rest of the subject's package and of its family. Errors: -errno after a diagnostic. */
int package_rest_add(struct data_filling *filling);

/* Adds what PACKAGE lists, as far as somebody needs it. */
int package_rest_add_package(struct data_filling *filling, const struct installed_package *package);

/*
 * Adds packages of other sources that the subject's package depends on, and that are nothing but
 * data for it: small data; headers and startup files for a compiler; what is big is told. Sets
 * DEVELOPS.
 */
int companions_add(struct data_filling *filling);

/*
 * Collects names of libraries in the strings of SUBJECT's object, composed ones too, and adds those
 * that a package has on which its own depends: it opens them. Errors: as of package_rest_add.
 */
int own_libraries_look(struct needs *needs, struct subject *subject);
int own_libraries_add(struct data_filling *filling);

#endif
