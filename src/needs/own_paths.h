/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Names and places of what belongs to a program, as text: which directories are everybody's,
 * which files of a package nobody needs in order to run it, what is of the machine and not of a
 * program, and where a program's own prefix is.
 */
#ifndef MKROOTFS_NEEDS_OWN_PATHS_H
#define MKROOTFS_NEEDS_OWN_PATHS_H

#include "base/arena.h"

#include <stdbool.h>

/* Whether PATH, a directory, is one that every system has for everybody: /usr/share, /etc. */
bool own_path_is_shared(const char *path);

/*
 * Whether PATH, a file of a package or tree, is not for the program: for people or the system's
 * services (documentation, translations, units); for developers (headers, static libraries, debug
 * files), which is what compilers and debuggers read; either of them.
 */
bool own_path_is_for_others(const char *path);
bool own_path_is_for_developers(const char *path);
bool own_path_is_unneeded(const char *path);

/* Whether PATH describes the machine or its accounts and is generated for a rootfs where needed. */
bool own_path_is_of_machine(const char *path);

/* Whether PATH is a program in a directory of the search path: /usr/bin/x. */
bool own_path_is_command(const char *path);

/*
 * The prefix that the file at canonical PATH was installed below: "/usr" of /usr/bin/x and of
 * /usr/lib/x86_64-linux-gnu/libx.so, "/opt/x" of /opt/x/sbin/y; NULL when out of memory.
 */
const char *own_path_prefix(struct arena *arena, const char *path);

/* What the program or library at PATH is called: "x" of /usr/bin/x, /usr/lib/libx.so.1; or NULL. */
const char *own_path_called(struct arena *arena, const char *path);

/*
 * Whether the directory NAME is called after OWNER, a program, package or library: either
 * begins with the other, "lib" in front and case make no difference.
 */
bool own_path_is_called(const char *name, const char *owner);

#endif
