/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The programs that a bare name finds: those in the directories where a shell, or execvp(3), looks
 * if nobody says otherwise. The directories are listed once for a run.
 */
#ifndef MKROOTFS_NEEDS_EXECUTABLES_H
#define MKROOTFS_NEEDS_EXECUTABLES_H

#include "needs/needs.h"

/*
 * Where the program NAME, without '/', is. Returns 1 with *PATH set (owned by the arena), 0 where
 * there is none; -errno after a diagnostic.
 */
MUST_USE int executables_find(struct needs *needs, const char *name, const char **path);

/* Whether a bare name is looked for in DIRECTORY, by canonical path; users' games are there too. */
bool executables_look_in(const char *directory);

/* Frees what is not in the arena; EXECUTABLES may be NULL. */
struct executables;
void executables_free(struct executables *executables);

#endif
