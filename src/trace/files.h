/* SPDX-License-Identifier: Apache-2.0 */
/*
 * The files that traced processes named, each once, with what became of them.
 */
#ifndef MKROOTFS_TRACE_FILES_H
#define MKROOTFS_TRACE_FILES_H

#include "base/arena.h"
#include "base/hash.h"
#include "trace/look.h"
#include "trace/trace.h"

struct trace_record {
	struct trace_file file;
	UT_hash_handle hh;
};

/* All in it is the arena's but the table: trace_files_close. */
struct trace_files {
	struct arena *arena;
	const struct trace_look *look;
	struct trace_record *records;
	size_t most; /* records, and KiB of their paths; 0: no limit */
	size_t bytes;
	bool full; /* some file is not recorded, because of MOST */
};

void trace_files_close(struct trace_files *files);

static inline void trace_files_close_cleanup(struct trace_files *files)
{
	trace_files_close(files);
}

/*
 * The record of a path: PATH, in BASE (absolute) where it is relative, all in ROOT where that
 * is not "". Where PATH goes up from ("..") is recorded as found on the way. Returns 0; -ENOENT
 * where it is longer than any path is, or there are too many; -ENOMEM.
 */
int trace_files_find(struct trace_files *files, const char *root, const char *base,
		     const char *path, struct trace_record **out);

/* Adds USES to what is known of a file, of a call that FOUND it or did not. */
void trace_record_use(struct trace_record *record, unsigned uses, bool found);

/*
 * Notes that a call with USES failed with ERROR (an errno value). NUMBER is that of the call; OWN
 * says whether it was the program's itself.
 */
void trace_record_failure(struct trace_record *record, unsigned uses, int error, unsigned number,
			  bool own);

/* Notes that the file was written; EXISTED says whether it was there before. */
void trace_record_write(struct trace_record *record, bool existed);

/*
 * Gives all files that something became of, sorted; what lies in a directory that was created
 * was created too. Returns 0 or -ENOMEM.
 */
int trace_files_list(const struct trace_files *files, const struct trace_file **out, size_t *n);

#endif
