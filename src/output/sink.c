#include "output/sink.h"

#include <archive.h>
#include <archive_entry.h>
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
	[OUTPUT_GZIP] = {
		archive_write_add_filter_gzip, "gzip",
		{ { "compression-level", "6" }, { "timestamp", NULL } },
	},
	[OUTPUT_ZSTD] = {
		archive_write_add_filter_zstd, "zstd",
		{ { "compression-level", "3" } },
	},
	[OUTPUT_XZ] = {
		archive_write_add_filter_xz, "xz",
		{ { "compression-level", "6" }, { "threads", "1" } },
	},
};

static int write_out(struct sink *sink, const void *bytes, size_t size)
{
	if (sink->written)
		digest_add(sink->written, bytes, size);
	return transfer_write(sink->transfer, sink->fd, sink->subject, bytes, size);
}

/*
 * After an error it takes all and writes nothing: libarchive lets go of a filter's memory only
 * when that filter has come to its end.
 */
static la_ssize_t write_compressed(struct archive *archive, void *data, const void *bytes,
				   size_t size)
{
	struct sink *sink = data;

	if (sink->error == 0)
		sink->error = write_out(sink, bytes, size);
	return (la_ssize_t)size;
}

/* What is wrong with the filter; an error of the descriptor was reported. */
static int filter_error(struct sink *sink)
{
	const char *text = archive_error_string(sink->filter);

	if (sink->error < 0)
		return sink->error;
	return diag_error(sink->transfer->diag, EIO, sink->subject, "compression failed: %s",
			  text ? text : "out of memory");
}

static int add_filter(struct archive *filter, const struct compressor *compressor)
{
	/* Anything but ARCHIVE_OK means that another program would be run for it. */
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

/* One nameless file of the format that has no headers: the stream to be compressed. */
static int start_stream(struct sink *sink)
{
	struct archive_entry *entry = archive_entry_new();
	int r;

	if (!entry)
		return -ENOMEM;
	archive_entry_set_filetype(entry, AE_IFREG);
	r = archive_write_open2(sink->filter, sink, NULL, write_compressed, NULL, NULL);
	if (r == ARCHIVE_OK)
		r = archive_write_header(sink->filter, entry);
	archive_entry_free(entry);
	return r == ARCHIVE_OK ? 0 : filter_error(sink);
}

int sink_open(struct sink *sink, struct transfer *transfer, enum output_compression compression,
	      int fd, const char *subject)
{
	const struct compressor *compressor = &compressors[compression];

	*sink = (struct sink){
		.transfer = transfer,
		.fd = fd,
		.subject = subject,
		.content = sink->content,
		.written = sink->written,
	};
	if (!compressor->add)
		return 0;
	sink->filter = archive_write_new();
	if (!sink->filter || archive_write_set_format_raw(sink->filter) != ARCHIVE_OK ||
	    archive_write_set_bytes_per_block(sink->filter, 0) != ARCHIVE_OK)
		return -ENOMEM;
	if (add_filter(sink->filter, compressor) < 0)
		return diag_error(transfer->diag, ENOTSUP, subject,
				  "this libarchive was built without %s", compressor->name);
	return start_stream(sink);
}

void sink_close(struct sink *sink)
{
	if (!sink->filter)
		return;
	if (sink->error == 0)
		sink->error = -ECANCELED;
	archive_write_free(sink->filter);
	sink->filter = NULL;
}

static int flush(struct sink *sink)
{
	size_t size = sink->used;

	sink->used = 0;
	if (sink->content)
		digest_add(sink->content, sink->transfer->buffer, size);
	if (!sink->filter)
		return write_out(sink, sink->transfer->buffer, size);
	if (size > 0 &&
	    archive_write_data(sink->filter, sink->transfer->buffer, size) != (la_ssize_t)size)
		return filter_error(sink);
	if (sink->error < 0)
		return sink->error;
	/* Compressing may take longer than its output tells. */
	return transfer_cancelled(sink->transfer);
}

static int advance(struct sink *sink, size_t size)
{
	sink->used += size;
	sink->position += size;
	return sink->used == TRANSFER_SIZE ? flush(sink) : 0;
}

/* BYTES, or zeros where they are NULL. */
static int put(struct sink *sink, const unsigned char *bytes, size_t size)
{
	while (size > 0) {
		size_t room = TRANSFER_SIZE - sink->used;
		size_t now = size < room ? size : room;
		int r;

		if (bytes)
			memcpy(sink->transfer->buffer + sink->used, bytes, now);
		else
			memset(sink->transfer->buffer + sink->used, 0, now);
		r = advance(sink, now);
		if (r < 0)
			return r;
		bytes = bytes ? bytes + now : NULL;
		size -= now;
	}
	return 0;
}

int sink_put(struct sink *sink, const void *bytes, size_t size)
{
	return size > 0 ? put(sink, bytes, size) : 0;
}

int sink_pad(struct sink *sink, size_t block)
{
	size_t over = (size_t)(sink->position % block);

	return over > 0 ? put(sink, NULL, block - over) : 0;
}

static int put_source(struct sink *sink, const struct entry *entry, struct root_file *file)
{
	uint64_t done = 0;
	int r = 0;

	/* What needs more than one piece begins at the buffer's start: pages go to pages. */
	if (entry->size > TRANSFER_SIZE - sink->used)
		r = flush(sink);
	while (r == 0 && done < entry->size) {
		uint64_t left = entry->size - done;
		size_t room = TRANSFER_SIZE - sink->used;
		size_t now = left < room ? (size_t)left : room;

		r = transfer_read(sink->transfer, entry, file, sink->transfer->buffer + sink->used,
				  now, done);
		if (r == 0)
			r = advance(sink, now);
		done += now;
	}
	return r;
}

int sink_put_file(struct sink *sink, const struct entry *entry)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	int r;

	if (!entry->source)
		return sink_put(sink, entry->content, (size_t)entry->size);
	r = entry_open(entry, sink->transfer->diag, &file);
	if (r == 0)
		r = put_source(sink, entry, &file);
	return r < 0 ? r : entry_verify(entry, sink->transfer->diag, &file);
}

int sink_put_spool(struct sink *sink, int fd, uint64_t size)
{
	uint64_t done = 0;
	int r = size > 0 ? flush(sink) : 0;

	while (r == 0 && done < size) {
		uint64_t left = size - done;
		size_t now = left < TRANSFER_SIZE ? (size_t)left : TRANSFER_SIZE;
		ssize_t n = pread(fd, sink->transfer->buffer, now, (off_t)done);

		if (n < 0 && errno == EINTR) {
			r = transfer_cancelled(sink->transfer);
			continue;
		}
		if (n <= 0)
			return diag_errno(sink->transfer->diag, n < 0 ? errno : EIO, sink->subject);
		done += (uint64_t)n;
		r = advance(sink, (size_t)n);
		if (r == 0 && sink->used > 0 && done < size)
			r = flush(sink);
	}
	return r;
}

int sink_end(struct sink *sink)
{
	int r = flush(sink);

	if (r == 0 && sink->filter && archive_write_close(sink->filter) != ARCHIVE_OK)
		r = filter_error(sink);
	return r < 0 ? r : sink->error;
}
