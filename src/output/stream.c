/* SPDX-License-Identifier: Apache-2.0 */
#include "output/stream.h"
#include "base/error.h"

#include <archive.h>
#include <archive_entry.h>
#include <assert.h>
#include <errno.h>
#include <string.h>

struct compressor {
	int (*add)(struct archive *archive);
	const char *name;
	struct {
		const char *option;
		const char *value;
	} options[2];
};

static const struct compressor compressors[] = {
	[MKROOTFS_COMPRESS_GZIP] = {
		archive_write_add_filter_gzip, "gzip",
		{ { "compression-level", "6" }, { "timestamp", NULL } },
	},
	[MKROOTFS_COMPRESS_ZSTD] = {
		archive_write_add_filter_zstd, "zstd",
		{ { "compression-level", "3" } },
	},
	[MKROOTFS_COMPRESS_XZ] = {
		archive_write_add_filter_xz, "xz",
		{ { "compression-level", "6" }, { "threads", "1" } },
	},
};

static int write_out(struct stream *stream, const void *bytes, size_t size)
{
	if (stream->written)
		digest_add(stream->written, bytes, size);
	return transfer_write(stream->transfer, stream->fd, stream->subject, bytes, size);
}

/*
 * After an error it takes all bytes and writes none: libarchive frees a filter's memory only once
 * that filter has come to its end.
 */
static la_ssize_t write_compressed(struct archive *archive, void *data, const void *bytes,
				   size_t size)
{
	struct stream *stream = data;

	if (stream->error == 0)
		stream->error = write_out(stream, bytes, size);
	return (la_ssize_t)size;
}

/* Reports what is wrong with the filter; an error of the descriptor has been reported. */
static int filter_error(struct stream *stream)
{
	const char *text = archive_error_string(stream->filter);

	if (stream->error < 0)
		return stream->error;
	return diag_error(stream->transfer->diag, EIO, stream->subject, "compression failed: %s",
			  text ? text : "out of memory");
}

static int add_filter(struct archive *filter, const struct compressor *compressor)
{
	/* ARCHIVE_WARN means that libarchive would run another program for it. */
	if (compressor->add(filter) != ARCHIVE_OK)
		return -ENOTSUP;
	for (size_t i = 0; i < ARRAY_SIZE(compressor->options); i++)
		if (compressor->options[i].option &&
		    archive_write_set_filter_option(filter, compressor->name,
						    compressor->options[i].option,
						    compressor->options[i].value) != ARCHIVE_OK)
			return -ENOTSUP;
	return 0;
}

/* The stream is one nameless file of the "raw" format, which has no headers. */
static int start_stream(struct stream *stream)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	if (!entry)
		return -ENOMEM;
	archive_entry_set_filetype(entry, AE_IFREG);
	r = archive_write_open2(stream->filter, stream, NULL, write_compressed, NULL, NULL);
	if (r == ARCHIVE_OK)
		r = archive_write_header(stream->filter, entry);
	archive_entry_free(entry);
	return r == ARCHIVE_OK ? 0 : filter_error(stream);
}

int stream_open(struct stream *stream, struct transfer *transfer,
		enum mkrootfs_compression compression, int fd, const char *subject)
{
	const struct compressor *compressor = &compressors[compression];

	*stream = (struct stream){
		.transfer = transfer,
		.fd = fd,
		.subject = subject,
		.content = stream->content,
		.written = stream->written,
	};
	if (!compressor->add)
		return 0;
	stream->filter = archive_write_new();
	if (!stream->filter || archive_write_set_format_raw(stream->filter) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(stream->filter, 0) != ARCHIVE_OK)
		return -ENOMEM;
	if (add_filter(stream->filter, compressor) < 0)
		return diag_error(transfer->diag, ENOTSUP, subject,
				  "this libarchive was built without %s", compressor->name);
	return start_stream(stream);
}

void stream_close(struct stream *stream)
{
	if (!stream->filter)
		return;
	if (stream->error == 0)
		stream->error = -ECANCELED;
	archive_write_free(stream->filter);
	stream->filter = NULL;
}

static int flush(struct stream *stream)
{
	size_t size = stream->used;

	stream->used = 0;
	if (stream->content)
		digest_add(stream->content, stream->transfer->buffer, size);
	if (!stream->filter)
		return write_out(stream, stream->transfer->buffer, size);
	if (size > 0 &&
	    archive_write_data(stream->filter, stream->transfer->buffer, size) != (la_ssize_t)size)
		return filter_error(stream);
	if (stream->error < 0)
		return stream->error;
	/* Compressing takes long, and may write nothing meanwhile. */
	return transfer_cancelled(stream->transfer);
}

static int advance(struct stream *stream, size_t size)
{
	stream->used += size;
	stream->position += size;
	return stream->used == TRANSFER_SIZE ? flush(stream) : 0;
}

/* BYTES, or zeros where they are NULL. */
static int put(struct stream *stream, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		size_t room = TRANSFER_SIZE - stream->used;
		size_t now = size < room ? size : room;

		if (bytes)
			memcpy(stream->transfer->buffer + stream->used, bytes, now);
		else
			memset(stream->transfer->buffer + stream->used, 0, now);
		TRY(advance(stream, now));
		bytes = bytes ? bytes + now : NULL;
		size -= now;
	}
	return 0;
}

int stream_put(struct stream *stream, const void *bytes, size_t size)
{
	return size > 0 ? put(stream, bytes, size) : 0;
}

int stream_pad(struct stream *stream, size_t block)
{
	size_t over = (size_t)(stream->position % block);

	return over > 0 ? put(stream, NULL, block - over) : 0;
}

static int put_source(struct stream *stream, const struct entry *entry, struct root_file *file)
{
	uint64_t done = 0;

	/* A file that needs several pieces begins at the buffer's start: pages are read to pages.
	 */
	if (entry->size > TRANSFER_SIZE - stream->used)
		TRY(flush(stream));
	while (done < entry->size) {
		uint64_t left = entry->size - done;
		size_t room = TRANSFER_SIZE - stream->used;
		size_t now = left < room ? (size_t)left : room;

		TRY(transfer_read(stream->transfer, entry, file,
				  stream->transfer->buffer + stream->used, now, done));
		TRY(advance(stream, now));
		done += now;
	}
	return 0;
}

int stream_put_file(struct stream *stream, const struct entry *entry)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	assert(entry->type == ENTRY_FILE);
	if (!entry->source)
		return stream_put(stream, entry->content, (size_t)entry->size);
	TRY(entry_open(entry, stream->transfer->diag, &file));
	TRY(put_source(stream, entry, &file));
	return entry_verify(entry, stream->transfer->diag, &file);
}

int stream_put_spool(struct stream *stream, int fd, uint64_t size)
{
	uint64_t done = 0;

	if (size > 0)
		TRY(flush(stream));
	while (done < size) {
		uint64_t left = size - done;
		size_t now = left < TRANSFER_SIZE ? (size_t)left : TRANSFER_SIZE;
		ssize_t n = pread(fd, stream->transfer->buffer, now, (off_t)done);

		if (n < 0 && errno == EINTR) {
			TRY(transfer_cancelled(stream->transfer));
			continue;
		}
		if (n <= 0)
			return diag_errno(stream->transfer->diag, n < 0 ? errno : EIO,
					  stream->subject);
		done += (uint64_t)n;
		TRY(advance(stream, (size_t)n));
		if (stream->used > 0 && done < size)
			TRY(flush(stream));
	}
	return 0;
}

int stream_end(struct stream *stream)
{
	TRY(flush(stream));
	if (stream->filter && archive_write_close(stream->filter) != ARCHIVE_OK)
		return filter_error(stream);
	return stream->error;
}
