/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Texts of the tree, in terminal colours where they are asked for. Control characters are escaped:
 * names come from files, and a terminal would obey them.
 */
#ifndef MKROOTFS_REPORT_PAINT_H
#define MKROOTFS_REPORT_PAINT_H

#include "base/buffer.h"
#include "closure/closure.h"

enum style {
	STYLE_PLAIN,
	STYLE_BOLD,
	STYLE_FOLDER,
	STYLE_FILE,
	STYLE_DIM,
	STYLE_MOVED,
	STYLE_ALLOWED,
	STYLE_MISSING,
};

struct paint {
	struct buffer *out;
	bool colour;
};

void paint_text(const struct paint *paint, enum style style, const char *text);

/* A path, its last part brighter than its folders. */
void paint_path(const struct paint *paint, const char *path);

/* "PATH -> DEST", or PATH alone where it stays there. */
void paint_location(const struct paint *paint, const struct location *location);

/* An object in full: "NAME => PATH -> DEST [FOUND_BY]"; PATH alone where that ends in NAME. */
void paint_object(const struct paint *paint, const struct closure_edge *edge);

#endif
