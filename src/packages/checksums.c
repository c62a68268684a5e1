/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/checksums.h"

#include <errno.h>
#include <string.h>

enum { BLOCK_SIZE = 64 * 1024 };

struct summing {
	unsigned kinds;
	struct md5_ctx md5;
	struct sha1_ctx sha1;
	struct digest sha256;
};

static void begin(struct summing *summing, unsigned kinds)
{
	summing->kinds = kinds;
	md5_init(&summing->md5);
	sha1_init(&summing->sha1);
	digest_begin(&summing->sha256);
}

static void add(struct summing *summing, const void *bytes, size_t size)
{
	if (size == 0)
		return;
	if (summing->kinds & CHECKSUM_MD5)
		md5_update(&summing->md5, size, bytes);
	if (summing->kinds & CHECKSUM_SHA1)
		sha1_update(&summing->sha1, size, bytes);
	if (summing->kinds & CHECKSUM_SHA256)
		digest_add(&summing->sha256, bytes, size);
}

static void to_hex(const uint8_t *bytes, size_t size, char *text)
{
	static const char digits[] = "0123456789abcdef";

	for (size_t i = 0; i < size; i++) {
		*text++ = digits[bytes[i] >> 4];
		*text++ = digits[bytes[i] & 15];
	}
	*text = '\0';
}

static void end(struct summing *summing, struct checksums *checksums)
{
	uint8_t bytes[MD5_DIGEST_SIZE];

	*checksums = (struct checksums){ 0 };
	if (summing->kinds & CHECKSUM_MD5) {
		md5_digest(&summing->md5, MD5_DIGEST_SIZE, bytes);
		to_hex(bytes, MD5_DIGEST_SIZE, checksums->md5);
	}
	if (summing->kinds & CHECKSUM_SHA1) {
		sha1_digest(&summing->sha1, SHA1_DIGEST_SIZE, checksums->sha1_bytes);
		to_hex(checksums->sha1_bytes, SHA1_DIGEST_SIZE, checksums->sha1);
	}
	if (summing->kinds & CHECKSUM_SHA256)
		digest_end(&summing->sha256, checksums->sha256);
}

static int add_file(struct summing *summing, struct root_file *file)
{
	CLEANUP(free) char *block = malloc(BLOCK_SIZE);
	off_t offset = 0;
	ssize_t n;

	if (!block)
		return -ENOMEM;
	do {
		n = root_file_pread(file, block, BLOCK_SIZE, offset);
		if (n < 0)
			return (int)n;
		add(summing, block, (size_t)n);
		offset += n;
	} while (n > 0);
	return 0;
}

int entry_checksums(const struct entry *entry, unsigned kinds, const struct diag *diag,
		    struct checksums *checksums)
{
	CLEANUP(root_file) struct root_file file = ROOT_FILE_NONE;
	struct summing summing;
	int r;

	begin(&summing, kinds);
	if (entry->source) {
		r = entry_open(entry, diag, &file);
		if (r < 0)
			return r;
		r = add_file(&summing, &file);
		if (r < 0)
			return diag_errno(diag, -r, entry->source);
		r = file.fd >= 0 ? entry_verify(entry, diag, &file) : 0;
		if (r < 0)
			return r;
	} else {
		add(&summing, entry->content, (size_t)entry->size);
	}
	end(&summing, checksums);
	return 0;
}

void checksum_sha1(const void *bytes, size_t size, struct checksums *checksums)
{
	struct summing summing;

	begin(&summing, CHECKSUM_SHA1);
	add(&summing, bytes, size);
	end(&summing, checksums);
}
