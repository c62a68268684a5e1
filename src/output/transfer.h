/* SPDX-License-Identifier: Apache-2.0 */
/*
 * How bytes get from an entry to an output: through one page-aligned buffer a run, or
 * inside the kernel. Every file is checked to be, after its last byte, what it was when
 * it was harvested.
 */
#ifndef MKROOTFS_OUTPUT_TRANSFER_H
#define MKROOTFS_OUTPUT_TRANSFER_H

#include "manifest/manifest.h"

#include <signal.h>

/* A larger buffer is not faster; one that is not aligned to pages takes twice as long. */
enum { TRANSFER_SIZE = 256 * 1024 };

/* What all outputs of a run share. */
struct transfer {
	const struct diag *diag;
	const volatile sig_atomic_t *cancelled; /* may be NULL */
	unsigned char *buffer;			/* TRANSFER_SIZE bytes */
	/* The kernel cannot do this between the file systems of this run. */
	bool no_clone;
	bool no_copy_range;
};

/* Returns 0 or -ENOMEM. */
int transfer_open(struct transfer *transfer, const struct diag *diag,
		  const volatile sig_atomic_t *cancelled);
void transfer_close(struct transfer *transfer);

static inline void transfer_cleanup(struct transfer *transfer)
{
	transfer_close(transfer);
}

/* -EINTR, without a diagnostic, once the user has asked to stop; else 0. */
int transfer_cancelled(const struct transfer *transfer);

/*
 * Writes all SIZE bytes to FD, called SUBJECT in diagnostics, and waits as long as that takes.
 * Errors: as of write(2); -EINTR when cancelled.
 */
int transfer_write(struct transfer *transfer, int fd, const char *subject, const void *bytes,
		   size_t size);

/*
 * Reads exactly SIZE bytes at OFFSET of FILE, which was opened for ENTRY. -ESTALE where it has
 * become shorter; other errors as of read(2); all after a diagnostic.
 */
int transfer_read(struct transfer *transfer, const struct entry *entry, struct root_file *file,
		  void *bytes, size_t size, uint64_t offset);

/*
 * Copies the bytes of file ENTRY to FD, an empty file: shared with the source where the
 * file system can, else by the kernel, else through the buffer. Errors: as of
 * transfer_write and transfer_read.
 */
int transfer_copy(struct transfer *transfer, const struct entry *entry, int fd,
		  const char *subject);

#endif
