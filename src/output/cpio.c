/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cpio's "newc" format, as the Linux kernel reads it (Documentation/driver-api/early-userspace/
 * buffer-format.rst): ASCII headers in hexadecimal, all padded to four bytes.
 */
#include "base/error.h"
#include "output/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	ALIGNMENT = 4,
	BLOCK = 512, /* an archive is padded to a multiple of it */
	HEADER_SIZE = 110,
};

static const char trailer[] = "TRAILER!!!";

/* The fields of a header that are not always 0. */
struct newc {
	uint32_t inode;
	uint32_t mode;
	uint32_t uid;
	uint32_t gid;
	uint32_t n_links;
	uint32_t mtime;
	uint32_t size;
};

static int put_newc(struct stream *stream, const struct newc *newc, const char *name)
{
	char header[HEADER_SIZE + 1];
	size_t name_size = strlen(name) + 1;

	snprintf(header, sizeof(header),
		 "070701%08X%08X%08X%08X%08X%08X%08X"
		 "00000000000000000000000000000000%08X00000000",
		 newc->inode, newc->mode, newc->uid, newc->gid, newc->n_links, newc->mtime,
		 newc->size, (unsigned)name_size);
	TRY(stream_put(stream, header, HEADER_SIZE));
	TRY(stream_put(stream, name, name_size));
	return stream_pad(stream, ALIGNMENT);
}

static uint32_t type_bits(enum entry_type type)
{
	return type == ENTRY_DIRECTORY ? S_IFDIR : type == ENTRY_SYMLINK ? S_IFLNK : S_IFREG;
}

static void warn_of_capabilities(struct stream *stream, const struct entry *entry)
{
	for (size_t i = 0; i < entry->n_xattrs; i++)
		if (strcmp(entry->xattrs[i].name, "security.capability") == 0)
			diag_warning(stream->transfer->diag, entry->path,
				     "loses its capabilities in %s: cpio has no room for them",
				     stream->subject);
}

static int put_header(struct stream *stream, const struct archive_member *member)
{
	const struct entry *entry = member->entry;
	uint64_t size = entry->type == ENTRY_SYMLINK || member->has_bytes ? entry->size : 0;
	const struct newc newc = {
		.inode = member->inode,
		.mode = type_bits(entry->type) | entry->mode,
		.uid = entry->uid,
		.gid = entry->gid,
		.n_links = member->n_links,
		/* Until 2106; the format has no later time. */
		.mtime = entry->mtime < UINT32_MAX ? (uint32_t)entry->mtime : UINT32_MAX,
		.size = (uint32_t)size,
	};

	if (size > UINT32_MAX)
		return diag_error(stream->transfer->diag, EFBIG, entry->path,
				  "is too large for cpio, which ends at 4 GiB");
	if (strcmp(member->name, trailer) == 0)
		return diag_error(stream->transfer->diag, EINVAL, entry->path,
				  "has the name that marks the end of a cpio archive");
	if (member->has_bytes)
		warn_of_capabilities(stream, entry);
	TRY(put_newc(stream, &newc, member->name));
	if (entry->type != ENTRY_SYMLINK)
		return 0;
	return stream_put(stream, entry->target, (size_t)entry->size);
}

static int put_end(struct stream *stream)
{
	const struct newc newc = { .n_links = 1 };

	TRY(put_newc(stream, &newc, trailer));
	return stream_pad(stream, BLOCK);
}

const struct archive_format cpio_format = {
	.block = ALIGNMENT,
	.bytes_with_last_link = true,
	.put_header = put_header,
	.put_end = put_end,
};
