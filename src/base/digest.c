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

static void to_text(const uint8_t *bytes, size_t size, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		text[2 * i] = digits[bytes[i] >> 4];
		text[2 * i + 1] = digits[bytes[i] & 15];
	}
	text[2 * size] = '\0';
}

void digest_end(struct digest *digest, char text[DIGEST_TEXT_SIZE])
{
	uint8_t bytes[SHA256_DIGEST_SIZE];

	sha256_digest(&digest->context, sizeof(bytes), bytes);
	to_text(bytes, sizeof(bytes), text);
}

void digest_sha1_begin(struct digest_sha1 *digest)
{
	sha1_init(&digest->context);
}

void digest_sha1_add(struct digest_sha1 *digest, const void *bytes, size_t size)
{
	if (size > 0)
		sha1_update(&digest->context, size, bytes);
}

void digest_sha1_end(struct digest_sha1 *digest, char text[DIGEST_SHA1_TEXT_SIZE])
{
	uint8_t bytes[SHA1_DIGEST_SIZE];

	sha1_digest(&digest->context, sizeof(bytes), bytes);
	to_text(bytes, sizeof(bytes), text);
}

void digest_of(const void *bytes, size_t size, char text[DIGEST_TEXT_SIZE])
{
	struct digest digest;

	digest_begin(&digest);
	digest_add(&digest, bytes, size);
	digest_end(&digest, text);
}
