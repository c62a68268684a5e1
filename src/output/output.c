/* SPDX-License-Identifier: Apache-2.0 */
#include "output/output.h"
#include "base/error.h"
#include "output/archive.h"
#include "output/directory.h"
#include "output/image_archive.h"
#include "output/pending.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *suffix;
	enum mkrootfs_format
		format; /* MKROOTFS_FORMAT_AUTO: any, the suffix is of the compression alone */
	enum mkrootfs_compression compression;
} suffixes[] = {
	{ ".tar", MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_NONE },
	{ ".tar.gz", MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_GZIP },
	{ ".tgz", MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_GZIP },
	{ ".tar.zst", MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_ZSTD },
	{ ".tar.xz", MKROOTFS_FORMAT_TAR, MKROOTFS_COMPRESS_XZ },
	{ ".cpio", MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_NONE },
	{ ".cpio.gz", MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_GZIP },
	{ ".cpio.zst", MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_ZSTD },
	{ ".cpio.xz", MKROOTFS_FORMAT_CPIO, MKROOTFS_COMPRESS_XZ },
	{ ".gz", MKROOTFS_FORMAT_AUTO, MKROOTFS_COMPRESS_GZIP },
	{ ".zst", MKROOTFS_FORMAT_AUTO, MKROOTFS_COMPRESS_ZSTD },
	{ ".xz", MKROOTFS_FORMAT_AUTO, MKROOTFS_COMPRESS_XZ },
};

static bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text);
	size_t size = strlen(suffix);

	return length >= size && strcmp(text + length - size, suffix) == 0;
}

int output_guess(struct output *output)
{
	output->compression = MKROOTFS_COMPRESS_NONE;
	if (output->format == MKROOTFS_FORMAT_DIRECTORY || output_is_text(output->format))
		return 0;
	if (output->format == MKROOTFS_FORMAT_AUTO && strcmp(output->path, "-") == 0) {
		output->format = MKROOTFS_FORMAT_TAR;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (!ends_with(output->path, suffixes[i].suffix))
			continue;
		output->compression = suffixes[i].compression;
		if (output->format == MKROOTFS_FORMAT_AUTO)
			output->format = suffixes[i].format;
		break;
	}
	return output->format == MKROOTFS_FORMAT_AUTO ? -EINVAL : 0;
}

/* All outputs of a run. */
struct run {
	const struct manifest *manifest;
	const struct output *outputs;
	size_t count;
	struct pending *pendings; /* COUNT of them */
	struct transfer *transfer;
};

static int write_archive(const struct run *run, const struct output *output,
			 const struct pending *pending)
{
	CLEANUP(stream) struct stream stream = { 0 };

	TRY(stream_open(&stream, run->transfer, output->compression, pending->fd,
			pending->target.path));
	TRY(archive_put(&stream, run->manifest,
			output->format == MKROOTFS_FORMAT_CPIO ? &cpio_format : &tar_format));
	return stream_end(&stream);
}

static int write_directory(const struct run *run, const struct pending *pending)
{
	TRY(directory_write(run->transfer, run->manifest, pending->fd, pending->target.path));
	target_mark(pending->fd);
	return 0;
}

static int write_content(const struct run *run, const struct output *output,
			 const struct pending *pending)
{
	switch (output->format) {
	case MKROOTFS_FORMAT_DIRECTORY:
		return write_directory(run, pending);
	case MKROOTFS_FORMAT_SBOM:
	case MKROOTFS_FORMAT_DEPFILE:
	case MKROOTFS_FORMAT_DOCKERFILE:
		return transfer_write(run->transfer, pending->fd, pending->target.path,
				      output->text, output->size);
	case MKROOTFS_FORMAT_OCI:
	case MKROOTFS_FORMAT_DOCKER:
		return image_write(run->transfer, run->manifest, output, pending);
	case MKROOTFS_FORMAT_TAR:
	case MKROOTFS_FORMAT_CPIO:
		return write_archive(run, output, pending);
	case MKROOTFS_FORMAT_AUTO:
		break;
	}
	return -EINVAL;
}

static int write_one(const struct run *run, size_t index)
{
	struct pending *pending = &run->pendings[index];

	TRY(pending_begin(pending, run->transfer->cancelled));
	TRY(write_content(run, &run->outputs[index], pending));
	return pending_end(pending);
}

static int write_kind(const struct run *run, bool streams)
{
	for (size_t i = 0; i < run->count; i++)
		if ((run->pendings[i].target.kind == TARGET_STREAM) == streams)
			TRY(write_one(run, i));
	return 0;
}

/* Streams come last: their bytes cannot be taken back when another output fails. */
static int write_all(const struct run *run)
{
	TRY(write_kind(run, false));
	TRY(write_kind(run, true));
	return transfer_cancelled(run->transfer);
}

/*
 * Makes a reader that went away an error of write(2) like another: a library must not end the
 * process of its user by SIGPIPE.
 */
static int write_without_sigpipe(const struct run *run)
{
	static const struct timespec at_once;
	sigset_t pipe;
	sigset_t mask;
	sigset_t before;
	int r;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&before);
	r = pthread_sigmask(SIG_BLOCK, &pipe, &mask);
	if (r != 0)
		return -r;
	r = write_all(run);
	/* Takes our own signal, where there is one; one that was pending before stays. */
	if (!sigismember(&before, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &mask, NULL);
	return r;
}

/* An output that takes the place of something harvested would destroy it. */
static int check_sources(const struct run *run, const struct target *target)
{
	size_t count;
	const struct entry *const *entries = manifest_entries(run->manifest, &count);

	if (target->kind != TARGET_FILE || !target->exists)
		return 0;
	for (size_t i = 0; i < count; i++)
		if (entries[i]->type == ENTRY_FILE && entries[i]->source &&
		    entries[i]->identity.st_dev == target->old.st_dev &&
		    entries[i]->identity.st_ino == target->old.st_ino)
			return diag_error_hint(target->diag, EINVAL, target->path,
					       "name another output, or remove what is there",
					       "is a file that the rootfs is made of: %s",
					       entries[i]->path);
	return 0;
}

static int open_all(const struct run *run, struct arena *arena)
{
	for (size_t i = 0; i < run->count; i++) {
		struct target *target = &run->pendings[i].target;

		TRY(target_open(target, arena, &run->outputs[i], run->transfer->diag));
		TRY(check_sources(run, target));
		for (size_t j = 0; j < i; j++) {
			TRY(target_clash(target, &run->pendings[j].target));
			TRY(target_clash(&run->pendings[j].target, target));
		}
	}
	return 0;
}

static int publish_all(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		int r = pending_publish(&run->pendings[i]);

		while (r < 0 && i-- > 0)
			pending_withdraw(&run->pendings[i]);
		if (r < 0)
			return r;
	}
	return 0;
}

static int run_all(const struct run *run, struct arena *arena)
{
	TRY(open_all(run, arena));
	TRY(write_without_sigpipe(run));
	return publish_all(run);
}

int outputs_write(const struct manifest *manifest, const struct output *outputs, size_t count,
		  const volatile sig_atomic_t *cancelled, const struct diag *diag)
{
	CLEANUP(transfer) struct transfer transfer = { 0 };
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(free) struct pending *pendings = calloc(count ? count : 1, sizeof(*pendings));
	const struct run run = { manifest, outputs, count, pendings, &transfer };
	int r;

	if (!arena || !pendings)
		return -ENOMEM;
	TRY(transfer_open(&transfer, diag, cancelled));
	for (size_t i = 0; i < count; i++)
		pendings[i] = PENDING_NONE;
	r = run_all(&run, arena);
	for (size_t i = 0; i < count; i++)
		pending_close(&pendings[i]);
	return r;
}
