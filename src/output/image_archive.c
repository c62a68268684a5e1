/* SPDX-License-Identifier: Apache-2.0 */
#include "output/image_archive.h"
#include "base/error.h"
#include "output/archive.h"
#include "output/image_json.h"
#include "output/spool.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

enum {
	FILE_MODE = 0644,
	DIRECTORY_MODE = 0755,
	MEMBER_NAME_SIZE = 128,
};

static const char oci_layout[] = "{\"imageLayoutVersion\":\"1.0.0\"}";

/* An image on its way. */
struct making {
	struct transfer *transfer;
	const struct image *image;
	const char *subject;
	int spool;
	struct image_layer layer;
	struct buffer config; /* documents: see image_json.h */
	struct buffer manifest;
	struct buffer index;
	struct stream stream; /* of the archive around it all */
};

static void making_cleanup(struct making *making)
{
	stream_close(&making->stream);
	buffer_reset(&making->config);
	buffer_reset(&making->manifest);
	buffer_reset(&making->index);
	fd_cleanup(&making->spool);
}

/* Writes the layer into the spool, and finds out its digests. */
static int make_layer(struct making *making, const struct manifest *manifest)
{
	struct image_layer *layer = &making->layer;
	struct digest content;
	struct digest written;
	CLEANUP(stream) struct stream stream = { .content = &content, .written = &written };
	struct stat stat;

	digest_begin(&content);
	digest_begin(&written);
	TRY(stream_open(&stream, making->transfer, layer->compression, making->spool,
			making->subject));
	TRY(archive_put(&stream, manifest, &tar_format));
	TRY(stream_end(&stream));
	if (fstat(making->spool, &stat) < 0)
		return diag_errno(making->transfer->diag, errno, making->subject);
	layer->size = (uint64_t)stat.st_size;
	digest_end(&content, layer->diff_id);
	digest_end(&written, layer->digest);
	return 0;
}

/* The header of a member of TYPE, called NAME. */
static int put_header(struct making *making, const char *name, enum entry_type type, uint64_t size)
{
	const struct entry entry = {
		.path = name,
		.type = type,
		.mode = type == ENTRY_DIRECTORY ? DIRECTORY_MODE : FILE_MODE,
		.mtime = making->image->created,
		.size = size,
	};
	struct archive_member member = {
		.entry = &entry,
		.name = name,
		.has_bytes = type == ENTRY_FILE,
	};

	member.first = &member;
	return tar_format.put_header(&making->stream, &member);
}

static int put_document(struct making *making, const char *name, const void *bytes, size_t size)
{
	TRY(put_header(making, name, ENTRY_FILE, size));
	TRY(stream_put(&making->stream, bytes, size));
	return stream_pad(&making->stream, tar_format.block);
}

static int put_layer(struct making *making, const char *name)
{
	TRY(put_header(making, name, ENTRY_FILE, making->layer.size));
	TRY(stream_put_spool(&making->stream, making->spool, making->layer.size));
	return stream_pad(&making->stream, tar_format.block);
}

static void blob_name(char name[MEMBER_NAME_SIZE], const char *digest)
{
	snprintf(name, MEMBER_NAME_SIZE, "blobs/sha256/%s", digest);
}

static int put_blob(struct making *making, const struct buffer *document)
{
	char digest[DIGEST_TEXT_SIZE];
	char name[MEMBER_NAME_SIZE];

	digest_of(document->bytes, document->size, digest);
	blob_name(name, digest);
	return put_document(making, name, document->bytes, document->size);
}

/* OCI image layout 1.0 */
static int put_oci(struct making *making)
{
	char name[MEMBER_NAME_SIZE];

	TRY(image_manifest(&making->manifest, making->image, &making->layer, &making->config));
	TRY(image_index(&making->index, making->image, &making->manifest));
	TRY(put_document(making, "oci-layout", oci_layout, strlen(oci_layout)));
	TRY(put_document(making, "index.json", making->index.bytes, making->index.size));
	TRY(put_header(making, "blobs", ENTRY_DIRECTORY, 0));
	TRY(put_header(making, "blobs/sha256", ENTRY_DIRECTORY, 0));
	TRY(put_blob(making, &making->manifest));
	TRY(put_blob(making, &making->config));
	blob_name(name, making->layer.digest);
	return put_layer(making, name);
}

/* The format of "docker save" since docker 1.10. */
static int put_docker(struct making *making)
{
	static const char *const suffixes[] = {
		[MKROOTFS_COMPRESS_NONE] = "",
		[MKROOTFS_COMPRESS_GZIP] = ".gz",
		[MKROOTFS_COMPRESS_ZSTD] = ".zst",
	};
	char digest[DIGEST_TEXT_SIZE];
	char config_name[MEMBER_NAME_SIZE];
	char layer_name[MEMBER_NAME_SIZE];

	digest_of(making->config.bytes, making->config.size, digest);
	snprintf(config_name, sizeof(config_name), "%s.json", digest);
	snprintf(layer_name, sizeof(layer_name), "%s.tar%s", making->layer.digest,
		 suffixes[making->layer.compression]);
	TRY(image_docker_manifest(&making->manifest, making->image, config_name, layer_name));
	TRY(put_document(making, "manifest.json", making->manifest.bytes, making->manifest.size));
	TRY(put_document(making, config_name, making->config.bytes, making->config.size));
	return put_layer(making, layer_name);
}

static int put_archive(struct making *making, const struct output *output, int fd)
{
	TRY(stream_open(&making->stream, making->transfer, output->compression, fd,
			making->subject));
	TRY(output->format == MKROOTFS_FORMAT_DOCKER ? put_docker(making) : put_oci(making));
	TRY(tar_format.put_end(&making->stream));
	return stream_end(&making->stream);
}

int image_write(struct transfer *transfer, const struct manifest *manifest,
		const struct output *output, const struct pending *pending)
{
	CLEANUP(making)
	struct making making = {
		.transfer = transfer,
		.image = output->image,
		.subject = pending->target.path,
		.layer.compression = output->layer,
	};
	const char *foreign = image_find_foreign(output->image);

	making.spool = -1;
	if (foreign)
		return diag_error(transfer->diag, EILSEQ, making.subject,
				  "'%s' is not UTF-8, as all texts of an image have to be",
				  foreign);
	making.spool = spool_open(&pending->target, output->temporary);
	if (making.spool < 0)
		return making.spool;
	TRY(make_layer(&making, manifest));
	TRY(image_config(&making.config, making.image, &making.layer));
	return put_archive(&making, output, pending->fd);
}
