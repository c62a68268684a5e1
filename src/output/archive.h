/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Archives: tar (POSIX pax interchange format, with its extended headers only where the
 * plain ones do not suffice) and cpio (SVR4 "newc"). Both are written here byte by byte,
 * so that the bytes depend neither on a library's version nor on a locale, and names stay the
 * bytes that they are.
 */
#ifndef MKROOTFS_OUTPUT_ARCHIVE_H
#define MKROOTFS_OUTPUT_ARCHIVE_H

#include "output/stream.h"

/* One entry as a member of an archive. */
struct archive_member {
	const struct entry *entry;
	const char *name; /* relative, no "./" before it and no '/' behind */
	/* The member before it that is the same inode, and the first such; else itself. */
	struct archive_member *first;
	uint32_t inode; /* from 1 on, that of FIRST */
	uint32_t n_links;
	bool has_bytes; /* of a file's names, the one whose header the bytes follow */
};

/* How a format writes. All return 0 or a negative errno after a diagnostic. */
struct archive_format {
	size_t block;		   /* bytes that a member's data is padded to */
	bool bytes_with_last_link; /* a file's bytes follow its last name (newc), not its first */
	/* Everything of MEMBER but a file's bytes. */
	int (*put_header)(struct stream *stream, const struct archive_member *member);
	int (*put_end)(struct stream *stream);
};

extern const struct archive_format tar_format;
extern const struct archive_format cpio_format;

/*
 * Writes MANIFEST, sealed, into STREAM, which the caller ends. The root directory is no member. A
 * directory's content follows it at once: GNU tar sets a directory's mode and time as soon as it
 * sees a member that is not in it. Errors: as of stream_put and
 * stream_put_file; -EFBIG, -ENAMETOOLONG for what the format cannot hold; -ENOMEM.
 */
int archive_put(struct stream *stream, const struct manifest *manifest,
		const struct archive_format *format);

#endif
