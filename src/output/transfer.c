/* SPDX-License-Identifier: Apache-2.0 */
#include "output/transfer.h"
#include "base/error.h"

#include <errno.h>
#include <linux/fs.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>

enum {
	PAGE = 4096,
	/* The kernel copies this much between two checks for cancellation. */
	RANGE_SIZE = 16 * 1024 * 1024,
};

int transfer_open(struct transfer *transfer, const struct diag *diag,
		  const volatile sig_atomic_t *cancelled)
{
	*transfer = (struct transfer){ .diag = diag, .cancelled = cancelled };
	transfer->buffer = aligned_alloc(PAGE, TRANSFER_SIZE);
	return transfer->buffer ? 0 : -ENOMEM;
}

void transfer_close(struct transfer *transfer)
{
	free(transfer->buffer);
	transfer->buffer = NULL;
}

int transfer_cancelled(const struct transfer *transfer)
{
	return transfer->cancelled && *transfer->cancelled ? -EINTR : 0;
}

/* Whoever shares standard output may have set O_NONBLOCK on it. */
static void wait_writable(int fd)
{
	struct pollfd poll_fd = { .fd = fd, .events = POLLOUT };

	poll(&poll_fd, 1, -1);
}

int transfer_write(struct transfer *transfer, int fd, const char *subject, const void *bytes,
		   size_t size)
{
	const unsigned char *at = bytes;

	while (size > 0) {
		ssize_t n;

		TRY(transfer_cancelled(transfer));
		n = write(fd, at, size);
		if (n < 0 && errno == EAGAIN)
			wait_writable(fd);
		else if (n < 0 && errno != EINTR)
			return diag_errno(transfer->diag, errno, subject);
		if (n < 0)
			continue;
		at += n;
		size -= (size_t)n;
	}
	return 0;
}

static int too_short(struct transfer *transfer, const struct entry *entry, struct root_file *file)
{
	TRY(entry_verify(entry, transfer->diag, file));
	return diag_error(transfer->diag, ESTALE, entry->source, "is shorter than its size says");
}

int transfer_read(struct transfer *transfer, const struct entry *entry, struct root_file *file,
		  void *bytes, size_t size, uint64_t offset)
{
	ssize_t n = root_file_pread(file, bytes, size, (off_t)offset);

	if (n < 0)
		return diag_errno(transfer->diag, (int)-n, entry->source);
	return (size_t)n == size ? 0 : too_short(transfer, entry, file);
}

/* Whether ERRNUM says that the kernel cannot copy between two such files, not that it failed. */
static bool is_unsupported(int errnum)
{
	return errnum == EOPNOTSUPP || errnum == ENOTTY || errnum == ENOSYS || errnum == EXDEV ||
	       errnum == EINVAL || errnum == EPERM || errnum == EBADF || errnum == ETXTBSY;
}

/* Copies as much as the kernel does by itself: *DONE bytes. */
static int copy_by_kernel(struct transfer *transfer, const struct entry *entry,
			  struct root_file *file, int fd, const char *subject, uint64_t *done)
{
	while (!transfer->no_copy_range && *done < entry->size) {
		uint64_t left = entry->size - *done;
		off_t offset = (off_t)*done;
		ssize_t n;

		TRY(transfer_cancelled(transfer));
		n = copy_file_range(file->fd, &offset, fd, NULL,
				    left < RANGE_SIZE ? (size_t)left : RANGE_SIZE, 0);
		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0 && !is_unsupported(errno))
			return diag_errno(transfer->diag, errno, subject);
		/* Files of /proc and the like can be read, but the kernel copies 0 bytes of them.
		 */
		if (n <= 0) {
			transfer->no_copy_range = n < 0;
			return 0;
		}
		*done += (uint64_t)n;
	}
	return 0;
}

static int copy_by_buffer(struct transfer *transfer, const struct entry *entry,
			  struct root_file *file, int fd, const char *subject, uint64_t done)
{
	while (done < entry->size) {
		uint64_t left = entry->size - done;
		size_t size = left < TRANSFER_SIZE ? (size_t)left : TRANSFER_SIZE;

		TRY(transfer_read(transfer, entry, file, transfer->buffer, size, done));
		TRY(transfer_write(transfer, fd, subject, transfer->buffer, size));
		done += size;
	}
	return 0;
}

static int copy_source(struct transfer *transfer, const struct entry *entry, struct root_file *file,
		       int fd, const char *subject)
{
	uint64_t done = 0;

	if (!transfer->no_clone && entry->size > 0) {
		if (ioctl(fd, FICLONE, file->fd) == 0)
			return 0;
		transfer->no_clone = true;
	}
	TRY(copy_by_kernel(transfer, entry, file, fd, subject, &done));
	return copy_by_buffer(transfer, entry, file, fd, subject, done);
}

int transfer_copy(struct transfer *transfer, const struct entry *entry, int fd, const char *subject)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;

	if (!entry->source)
		return transfer_write(transfer, fd, subject, entry->content, (size_t)entry->size);
	TRY(entry_open(entry, transfer->diag, &file));
	TRY(copy_source(transfer, entry, &file, fd, subject));
	return entry_verify(entry, transfer->diag, &file);
}
