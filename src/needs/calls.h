/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the text of a source in a language of scripts starts and opens by names that stand in it:
 * the programs of subprocess.run(["x", ...]), system("x -y | z") and `x`, and the libraries of
 * CDLL("libx.so.1") and ffi_lib "x". Nothing is executed, and nothing of the target is looked at.
 * A variable that is set to a literal somewhere in the text counts as that literal.
 */
#ifndef MKROOTFS_NEEDS_CALLS_H
#define MKROOTFS_NEEDS_CALLS_H

#include <stdbool.h>
#include <stddef.h>

enum call_kind {
	CALL_LINE,	  /* a command line, as a shell would read it; nothing says that one does */
	CALL_SHELL,	  /* a shell is started, for a text that is reported apart or not known */
	CALL_QUOTED,	  /* a text in quotes that may be a program's name or path */
	CALL_QUOTED_LINE, /* one of several words: it may be a command line, or not */
	CALL_LIBRARY,	  /* a library that is opened: a file's name, or "x" of libx.so */
	CALL_FIND_LIBRARY, /* "x", where libx.so.* is looked for in the loader's cache */
};

struct call {
	enum call_kind kind;
	const char *text;
};

/* Receives a call, which is gone when it returns. Returns 0 or -errno, which ends it. */
typedef int call_fn(void *data, const struct call *call);

/* The words of a language. */
struct calls_language;
extern const struct calls_language calls_awk, calls_fish, calls_tcl, calls_lua, calls_node,
	calls_perl, calls_php, calls_python, calls_r, calls_ruby;

/* Whether the SIZE bytes of TEXT have the name of a function that opens libraries. */
bool calls_may_load(const struct calls_language *language, const char *text, size_t size);

/*
 * Calls VISIT with what the SIZE bytes of TEXT start and open, in order. Texts in quotes are
 * visited where something is started. Errors: as of VISIT, -ENOMEM.
 */
int calls_read(const struct calls_language *language, const char *text, size_t size, call_fn *visit,
	       void *data);

#endif
