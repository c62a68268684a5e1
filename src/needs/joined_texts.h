/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Absolute paths in data where nothing marks their ends: compilers of Go and Rust lay texts one
 * behind the other, with no NUL between.
 */
#ifndef MKROOTFS_NEEDS_JOINED_TEXTS_H
#define MKROOTFS_NEEDS_JOINED_TEXTS_H

#include "needs/path_texts.h"

/*
 * Calls VISIT with each text in the SIZE bytes that begins with an absolute path and has another
 * text before or behind it: at most 1023 characters of it. They mean something only in a file of
 * which *JOINED was set for any of its bytes: it is where a compiler that joins texts has left
 * its mark. Returns 0 or what VISIT returned.
 */
int joined_texts_visit(const void *bytes, size_t size, bool *joined, path_text_fn *visit,
		       void *data);

#endif
