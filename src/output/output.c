/* SPDX-License-Identifier: Apache-2.0 */
#include "output/output.h"
#include "output/archive.h"
#include "output/directory.h"
#include "output/image_archive.h"
#include "output/pending.h"

#include <errno.h>
#include <string.h>
#include <time.h>

static const struct {
	const char *suffix;
	enum output_format format; /* OUTPUT_AUTO: it tells the compression alone */
	enum output_compression compression;
} suffixes[] = {
	{ ".tar", OUTPUT_TAR, OUTPUT_PLAIN },	  { ".tar.gz", OUTPUT_TAR, OUTPUT_GZIP },
	{ ".tgz", OUTPUT_TAR, OUTPUT_GZIP },	  { ".tar.zst", OUTPUT_TAR, OUTPUT_ZSTD },
	{ ".tar.xz", OUTPUT_TAR, OUTPUT_XZ },	  { ".cpio", OUTPUT_CPIO, OUTPUT_PLAIN },
	{ ".cpio.gz", OUTPUT_CPIO, OUTPUT_GZIP }, { ".cpio.zst", OUTPUT_CPIO, OUTPUT_ZSTD },
	{ ".cpio.xz", OUTPUT_CPIO, OUTPUT_XZ },	  { ".gz", OUTPUT_AUTO, OUTPUT_GZIP },
	{ ".zst", OUTPUT_AUTO, OUTPUT_ZSTD },	  { ".xz", OUTPUT_AUTO, OUTPUT_XZ },
};

static bool ends_with(const char *text, const char *suffix)
{
	size_t length = strlen(text);
	size_t size = strlen(suffix);

	return length >= size && strcmp(text + length - size, suffix) == 0;
}

int output_guess(struct output *output)
{
	output->compression = OUTPUT_PLAIN;
	if (output->format == OUTPUT_DIRECTORY || output->format == OUTPUT_TEXT)
		return 0;
	if (output->format == OUTPUT_AUTO && strcmp(output->path, "-") == 0) {
		output->format = OUTPUT_TAR;
		return 0;
	}
	for (size_t i = 0; i < ARRAY_SIZE(suffixes); i++) {
		if (!ends_with(output->path, suffixes[i].suffix))
			continue;
		output->compression = suffixes[i].compression;
		if (output->format == OUTPUT_AUTO)
			output->format = suffixes[i].format;
		break;
	}
	return output->format == OUTPUT_AUTO ? -EINVAL : 0;
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
	int r = stream_open(&stream, run->transfer, output->compression, pending->fd,
			    pending->target.path);

	if (r == 0)
		r = archive_put(&stream, run->manifest,
				output->format == OUTPUT_CPIO ? &cpio_format : &tar_format);
	return r < 0 ? r : stream_end(&stream);
}

static int write_directory(const struct run *run, const struct pending *pending)
{
	int r = directory_write(run->transfer, run->manifest, pending->fd, pending->target.path);

	if (r == 0)
		target_mark(pending->fd);
	return r;
}

static bool is_image(const struct output *output)
{
	return output->format == OUTPUT_OCI || output->format == OUTPUT_DOCKER;
}

static int write_one(const struct run *run, size_t index)
{
	const struct output *output = &run->outputs[index];
	struct pending *pending = &run->pendings[index];
	int r = pending_begin(pending, run->transfer->cancelled);

	if (r == 0 && output->format == OUTPUT_DIRECTORY)
		r = write_directory(run, pending);
	else if (r == 0 && output->format == OUTPUT_TEXT)
		r = transfer_write(run->transfer, pending->fd, pending->target.path, output->text,
				   output->size);
	else if (r == 0 && is_image(output))
		r = image_write(run->transfer, run->manifest, output, pending);
	else if (r == 0)
		r = write_archive(run, output, pending);
	return r < 0 ? r : pending_end(pending);
}

/* Streams come last: what is in them cannot be taken back when another output fails. */
static int write_all(const struct run *run)
{
	int r = 0;

	for (unsigned streams = 0; streams < 2; streams++)
		for (size_t i = 0; r == 0 && i < run->count; i++)
			if ((run->pendings[i].target.kind == TARGET_STREAM) == (streams == 1))
				r = write_one(run, i);
	return r < 0 ? r : transfer_cancelled(run->transfer);
}

/*
 * A reader that went away is an error of write(2) like another, not the end of a process that
 * this library is only a part of.
 */
static int write_without_sigpipe(const struct run *run)
{
	static const struct timespec at_once;
	sigset_t pipe;
	sigset_t before;
	sigset_t pending;
	int r;

	sigemptyset(&pipe);
	sigaddset(&pipe, SIGPIPE);
	sigpending(&pending);
	r = pthread_sigmask(SIG_BLOCK, &pipe, &before);
	if (r != 0)
		return -r;
	r = write_all(run);
	/* Our own, if there is one; what was pending before stays. */
	if (!sigismember(&pending, SIGPIPE))
		while (sigtimedwait(&pipe, NULL, &at_once) < 0 && errno == EINTR)
			;
	pthread_sigmask(SIG_SETMASK, &before, NULL);
	return r;
}

static int open_all(const struct run *run, struct arena *arena)
{
	const struct diag *diag = run->transfer->diag;

	for (size_t i = 0; i < run->count; i++) {
		int r = target_open(&run->pendings[i].target, arena, &run->outputs[i], diag);

		for (size_t j = 0; r == 0 && j < i; j++) {
			r = target_clash(&run->pendings[i].target, &run->pendings[j].target);
			if (r == 0)
				r = target_clash(&run->pendings[j].target,
						 &run->pendings[i].target);
		}
		if (r < 0)
			return r;
	}
	return 0;
}

static int publish_all(const struct run *run)
{
	for (size_t i = 0; i < run->count; i++) {
		int r = pending_publish(&run->pendings[i]);

		if (r == 0)
			continue;
		while (i-- > 0)
			pending_withdraw(&run->pendings[i]);
		return r;
	}
	return 0;
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
	for (size_t i = 0; i < count; i++)
		pendings[i] = PENDING_NONE;
	r = transfer_open(&transfer, diag, cancelled);
	if (r == 0)
		r = open_all(&run, arena);
	if (r == 0)
		r = write_without_sigpipe(&run);
	if (r == 0)
		r = publish_all(&run);
	for (size_t i = 0; i < count; i++)
		pending_close(&pendings[i]);
	return r;
}
