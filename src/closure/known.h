/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The objects that a process has loaded, by their names and by their files, for those who open one
 * library more in it. Made once a closure, when the first is opened, and kept with it.
 */
#ifndef MKROOTFS_CLOSURE_KNOWN_H
#define MKROOTFS_CLOSURE_KNOWN_H

#include "closure/closure.h"
#include "loader/rules.h"

/* For a closure that is begun. NULL when out of memory. */
struct known_objects *known_objects_new(struct arena *arena);

/* Returns what CLOSURE, a program's or of what one has opened, has; NULL when out of memory. */
const struct known_objects *known_objects_of(struct arena *arena, const struct closure *closure,
					     bool is_program, const struct loader_rules *rules);

/* The object that answers to NAME, or is the file of ELF: the first that does, or NULL. */
struct closure_object *known_by_name(const struct known_objects *known, const char *name);
struct closure_object *known_by_file(const struct known_objects *known,
				     const struct elf_object *elf);

#endif
