/* SPDX-License-Identifier: Apache-2.0 */
/* What scripts.c and script_calls.c, which reads what scripts start and open by calls, share. */
#ifndef MKROOTFS_NEEDS_SCRIPTS_PRIVATE_H
#define MKROOTFS_NEEDS_SCRIPTS_PRIVATE_H

#include "needs/calls.h"
#include "needs/make.h"
#include "needs/scripts.h"

enum { SCRIPT_SIZE_MAX = 16 << 20 };

/* What a need of the row RULE is for SCRIPT, to begin with. */
struct need script_need(const struct needs *needs, const struct needs_script *script,
			const struct need_rule *rule);

/* A need of the row RULE for SCRIPT, where it is wanted; *OUT is NULL where it is not. */
int script_add_need(struct needs *needs, const struct needs_script *script,
		    const struct need_rule *rule, struct need **out);

/*
 * Adds the file at PATH, which the script at OWN names, to NEED; what a directory has is not for a
 * script's words to tell.
 */
int script_add_file(struct needs *needs, struct need *need, const char *own, const char *path);

/*
 * The text of the script at *PATH, which becomes where its links lead: 0, or 1 where it is too long
 * and the user was told. Errors: -errno after a diagnostic.
 */
int script_read_text(struct needs *needs, struct arena *scratch, const char **path, char **text,
		     size_t *size);

/* Looks at SCRIPT, of a shell: script_shell.c. Errors: -errno after a diagnostic. */
int script_shell_look(struct needs *needs, const struct needs_script *script);

/* What a script and its modules start and open by calls, which is found out text by text. */
struct script_calls;

/* Returns NULL when out of memory. It belongs to the arena of NEEDS. */
struct script_calls *script_calls_new(struct needs *needs, const struct needs_script *script,
				      const struct calls_language *language);

/*
 * Reads the SIZE bytes of TEXT, of the script or of one of its modules at PATH, which is no part of
 * its language's own library. Errors: -errno after a diagnostic.
 */
int script_calls_read(struct script_calls *calls, const char *path, const char *text, size_t size);

/* Adds the needs of what was read. Errors: -errno after a diagnostic. */
int script_calls_add(struct script_calls *calls);

#endif
