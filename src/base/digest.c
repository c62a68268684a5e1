/* SPDX-License-Identifier: Apache-2.0 */
#include "base/digest.h"

#include <stdint.h>

void digest_begin(struct digest *digest)
{
	sha256_init(&digest->context);
}

void digest_add(struct digest *digest, const void *bytes, size_t size)
{
	if (size > 0)
		sha256_update(&digest->context, size, bytes);
}

void digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE])
{
	static const char digits[] = "0123456789abcdef";
	uint8_t bytes[SHA256_DIGEST_SIZE];

	sha256_digest(&digest->context, sizeof(bytes), bytes);
	for (size_t i = 0; i < sizeof(bytes); i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * sizeof(bytes)] = '\0';
}

void digest_of(const void *bytes, size_t size, char text[DIGEST_TEXT_SIZE])
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, bytes, size);
	digest_end(&digest, text);
}
