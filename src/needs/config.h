/* SPDX-License-Identifier: Apache-2.0 */
/*
 * What the configuration names that the user hands over by --add: files and directories of the
 * root, further configuration, programs, plugins of the program that reads it, accounts, and places
 * to write in. It becomes the need "config", which is soft, but for one thing: what a
 * configuration names comes whatever it weighs. Nothing private does.
 *
 * Which program reads a configuration is not known: a plugin's bare name is looked for in the
 * directories that the strings of each program name, one after the other.
 */
#ifndef MKROOTFS_NEEDS_CONFIG_H
#define MKROOTFS_NEEDS_CONFIG_H

#include "needs/needs.h"

/* A file that the user hands over. */
struct config_file {
	const char *path; /* in the root; links at its end are followed */
	const char *dest; /* in the result */
	bool named;	  /* by itself, and not as one of a directory's */
};

/*
 * Hands FILE over, whatever it is; it is read when a program is looked at, if it is configuration
 * by its name and place, or if another one includes it. Strings belong to the needs' arena. Errors:
 * -ENOMEM.
 */
int config_add_file(struct needs *needs, const struct config_file *file);

/*
 * Adds what PROGRAM (PROCESS on the baseline processor) is given by the configuration: to the
 * first, all that has a path; to each, what its own directories have of what is called by name.
 * Errors: -errno after a diagnostic.
 */
int config_look(struct needs *needs, size_t program, const struct closure *process);

/* Frees what of the configuration is not in the arena; to be called before needs_free. */
void config_forget(struct needs *needs);

#endif
