/* SPDX-License-Identifier: Apache-2.0 */
/*
 * SHA-256 (FIPS 180-4) of bytes that come piece by piece. A digest is 64 lower-case hexadecimal
 * digits, as in images and checksum files.
 */
#ifndef MKROOTFS_BASE_DIGEST_H
#define MKROOTFS_BASE_DIGEST_H

#include <nettle/sha2.h>
#include <stddef.h>

enum { DIGEST_TEXT_SIZE = 2 * SHA256_DIGEST_SIZE + 1 };

struct digest {
	struct sha256_ctx context;
};

void digest_begin(struct digest *digest);
void digest_add(struct digest *digest, const void *bytes, size_t size);

/* Writes the digits and a NUL. Begin DIGEST anew before it takes more bytes. */
void digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE]);

/* All at once. */
void digest_of(const void *bytes, size_t size, char text[DIGEST_TEXT_SIZE]);

#endif
