/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What a script needs beside its interpreter, read out of its text: the modules that it imports
 * (Node, Python, Perl, Ruby, Lua), the commands that it runs and the files that it names (shells,
 * and calls in other languages), the libraries that it opens. It becomes the needs "imports",
 * "commands" and "ffi" of the interpreter's process.
 */
#ifndef MKROOTFS_NEEDS_SCRIPTS_H
#define MKROOTFS_NEEDS_SCRIPTS_H

#include "needs/needs.h"

struct needs_script {
	size_t program; /* the interpreter's, and its process on the baseline processor */
	const struct closure *process;
	const char *path;
	bool asked;    /* it is a FILE of the user's */
	bool in_place; /* it stands in the result where it stands here */
};

/*
 * Looks at SCRIPT. Where it has imports that are not known, its language's whole standard library
 * is a need too. Errors: -errno after a diagnostic.
 */
int needs_look_script(struct needs *needs, const struct needs_script *script);

/*
 * The same for a file that the user adds and that nobody may start by itself, such as a module that
 * an interpreter is told the name of: 1 where the process interprets what it is by its name or
 * first line, and it was looked at; 0 where not.
 */
MUST_USE int needs_look_source(struct needs *needs, const struct needs_script *source);

#endif
