/*
 * A dependency file for Make and Ninja: one rule, in the words that both read.
 */
#ifndef MKROOTFS_REPORT_DEPFILE_H
#define MKROOTFS_REPORT_DEPFILE_H

#include "base/buffer.h"

#include <stdbool.h>
#include <stddef.h>

/* Whether PATH can stand in such a file: a line break cannot. */
bool depfile_can_hold(const char *path);

/*
 * TARGET depends on the COUNT PATHS; each is a target of its own too, without prerequisites,
 * so that one that goes away is a reason to rebuild and no error. Returns 0 or -ENOMEM.
 */
int report_depfile(struct buffer *out, const char *target, const char *const *paths, size_t count);

#endif
