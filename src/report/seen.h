/* SPDX-License-Identifier: Apache-2.0 */
/*
 * A set of pairs of strings that were met already: for reports that merge several
 * closures and name each thing once. Starts as { 0 }; the keys are copied.
 */
#ifndef MKROOTFS_REPORT_SEEN_H
#define MKROOTFS_REPORT_SEEN_H

struct seen_entry;

struct seen {
	struct seen_entry *entries;
};

enum { SEEN_KNOWN = 1 };

/*
 * Adds the pair FIRST, SECOND (may be "") to SEEN. Returns 0 where it is new, SEEN_KNOWN
 * where it was there already, -ENOMEM.
 */
int seen_add(struct seen *seen, const char *first, const char *second);

/* Frees what SEEN holds and leaves an empty set. */
void seen_reset(struct seen *seen);

static inline void seen_cleanup(struct seen *seen)
{
	seen_reset(seen);
}

#endif
