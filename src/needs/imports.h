/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text of a Node, Python, Perl or Ruby source imports, as it stands: nothing is executed,
 * and nothing of the target is looked at. Comments, documentation and texts in quotes are no
 * imports. What is imported by a name that is computed is not known; that there is such a thing is
 * told.
 */
#ifndef MKROOTFS_NEEDS_IMPORTS_H
#define MKROOTFS_NEEDS_IMPORTS_H

#include <stdbool.h>
#include <stddef.h>

enum import_kind {
	/*
	 * A module by its name: "a.b" of Python (".b", "..c.d": relative to the importing package),
	 * "A::B" of Perl, "a/b" of Ruby and Node.
	 */
	IMPORT_MODULE,
	/* Python: "a.b" of "from a import b": a module or a name in one; "a.*" of "import *". */
	IMPORT_NAME,
	IMPORT_FILE,	     /* a file in the search path or absolute: Perl's "x.pl", Ruby's load */
	IMPORT_RELATIVE,     /* a file or directory's path from the importing file's directory */
	IMPORT_DISTRIBUTION, /* an installed distribution of Python's, a gem of Ruby's */
	IMPORT_DIRECTORY,    /* a directory, absolute, that the search path gets */
	IMPORT_BESIDE,	     /* the same from the importing file's directory */
};

struct import {
	enum import_kind kind;
	const char *name;
	unsigned line; /* from 1 on */
	/* Python: in a function, or in place of an import that failed: perhaps never. */
	bool inside;
};

/* Receives an import, which is gone when it returns. Returns 0 or -errno, which ends it. */
typedef int import_fn(void *data, const struct import *import);

/*
 * Call VISIT with the imports in the SIZE bytes of TEXT, in order. *COMPUTED is set where some are
 * not known. Errors: as of VISIT.
 */
int imports_node_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed);
int imports_python_read(const char *text, size_t size, import_fn *visit, void *data,
			bool *computed);
int imports_lua_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed);
int imports_perl_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed);
int imports_ruby_read(const char *text, size_t size, import_fn *visit, void *data, bool *computed);

#endif
