/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Where an archive's bytes go: gathered in the transfer's buffer, compressed where asked
 * for, and written to a descriptor. File data is read straight into the buffer, behind
 * the header that precedes it.
 */
#ifndef MKROOTFS_OUTPUT_STREAM_H
#define MKROOTFS_OUTPUT_STREAM_H

#include "base/digest.h"
#include "output/output.h"
#include "output/transfer.h"

struct archive;

struct stream {
	struct transfer *transfer; /* its buffer is the stream's while the stream is open */
	int fd;
	const char *subject;
	struct archive *filter; /* compresses; NULL where the stream is plain */
	int error;		/* of writing compressed bytes, -errno */
	size_t used;		/* bytes in the buffer */
	uint64_t position;	/* bytes put so far */
	struct digest *content; /* of the bytes that are put; may be NULL */
	struct digest *written; /* of the bytes that are written, compressed; may be NULL */
};

/*
 * Makes a stream that writes to FD, called SUBJECT in diagnostics; both stay the caller's, and so
 * do CONTENT and WRITTEN, which the caller has set and begun. The compression has fixed settings,
 * one thread and no time stamp: the same bytes every time. Errors after a diagnostic: -ENOTSUP
 * where libarchive was built without the compression, -ENOMEM.
 */
int stream_open(struct stream *stream, struct transfer *transfer,
		enum mkrootfs_compression compression, int fd, const char *subject);

/* Frees the stream; discards bytes that are not written yet, which there are none of after
 * stream_end. */
void stream_close(struct stream *stream);

static inline void stream_cleanup(struct stream *stream)
{
	stream_close(stream);
}

/* Errors of these: as of transfer_write, -EIO for the compression. */
int stream_put(struct stream *stream, const void *bytes, size_t size);

/* Zeros up to the next multiple of BLOCK bytes. */
int stream_pad(struct stream *stream, size_t block);

/* The bytes of file ENTRY, verified. Errors too: as of transfer_read. */
int stream_put_file(struct stream *stream, const struct entry *entry);

/* The SIZE bytes that the file open as FD begins with. Errors too: as of read(2). */
int stream_put_spool(struct stream *stream, int fd, uint64_t size);

/* Writes the bytes that are left in the buffer, and the compression's own end. */
int stream_end(struct stream *stream);

#endif
