/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Temporary files and directories beside an output, and what is left of them where mkrootfs was
 * killed at once (SIGKILL, a lost machine). Each is locked, flock(2), as long as its maker lives:
 * what nobody locks belongs to nobody, however old or young it is.
 */
#ifndef MKROOTFS_OUTPUT_LEFT_OVER_H
#define MKROOTFS_OUTPUT_LEFT_OVER_H

#include "base/diag.h"

#include <stddef.h>

/*
 * Makes ".NAME.mkrootfs-MARKXXXXXX", a new name each time, with as much of NAME as there is room
 * for. MARK is "" for what a later run may remove. Returns 0 or -EIO.
 */
int left_over_name(const char *name, const char *mark, char *out, size_t size);

/*
 * Locks what was just made as TEMPORARY in PARENT and is open as FD, until FD and its copies are
 * closed. Returns 0, also where the file system has no locks; -EAGAIN where it was taken for left
 * over meanwhile, and may be gone.
 */
int left_over_lock(int fd, int parent, const char *temporary);

/*
 * Removes what earlier runs left in PARENT of their temporary files and directories for NAME: that
 * are the user's own and not locked. A diagnostic under SUBJECT says what cannot be removed.
 */
void left_overs_remove(int parent, const char *name, const struct diag *diag, const char *subject);

#endif
