/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Candidate paths out of one string of a program: the string is read as words, options and lists,
 * and what cannot be a path (URLs, patterns, formats of dates, types of media) is left out. Whether
 * a candidate leads to something is for the caller to find out.
 */
#ifndef MKROOTFS_NEEDS_PATH_STRINGS_H
#define MKROOTFS_NEEDS_PATH_STRINGS_H

#include <stdbool.h>

enum path_string_kind {
	PATH_STRING_ABSOLUTE, /* "/usr/share/x" */
	PATH_STRING_BELOW,    /* "share/x", below a prefix that is not known: "%s/share/x" */
	PATH_STRING_ORIGIN,   /* "../share/x", from the program's own directory */
};

struct path_string {
	enum path_string_kind kind;
	/*
	 * Without "." and empty components, or '/' at its end; ".." is resolved as text, but for
	 * those that an ORIGIN begins with.
	 */
	const char *path;
	/*
	 * It is a directory that something is to be put behind: the constant part of
	 * "/usr/share/x/%s.so" or "/usr/share/x/" (glob or variable, it is cut there).
	 */
	bool cut;
};

/* Receives a candidate, which is gone when it returns; a return other than 0 ends it. */
typedef int path_string_fn(void *data, const struct path_string *candidate);

/*
 * Calls VISIT with each candidate of TEXT, in order. What may stand for two places is two
 * candidates: "/share/x" is absolute, or what is put behind a prefix; "%s/usr/x" is below a
 * prefix, or "/usr/x". Returns 0 or what VISIT returned.
 */
int path_strings_visit(const char *text, path_string_fn *visit, void *data);

#endif
