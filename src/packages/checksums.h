/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Checksums of an entry's bytes, by the algorithms that package managers and bills of materials
 * write down, in lower-case hexadecimal digits.
 */
#ifndef MKROOTFS_PACKAGES_CHECKSUMS_H
#define MKROOTFS_PACKAGES_CHECKSUMS_H

#include "base/digest.h"
#include "manifest/manifest.h"

#include <nettle/md5.h>
#include <nettle/sha1.h>

enum checksum_kind {
	CHECKSUM_MD5 = 1,
	CHECKSUM_SHA1 = 2,
	CHECKSUM_SHA256 = 4,
};

struct checksums {
	char md5[2 * MD5_DIGEST_SIZE + 1];
	char sha1[2 * SHA1_DIGEST_SIZE + 1];
	uint8_t sha1_bytes[SHA1_DIGEST_SIZE];
	char sha256[DIGEST_TEXT_SIZE];
};

/*
 * Reads file ENTRY once, a piece at a time, for the kinds that are set in KINDS; others are left
 * empty. Errors after a diagnostic: as of entry_open and read(2).
 */
int entry_checksums(const struct entry *entry, unsigned kinds, const struct diag *diag,
		    struct checksums *checksums);

/* The SHA-1 of SIZE bytes. */
void checksum_sha1(const void *bytes, size_t size, struct checksums *checksums);

#endif
