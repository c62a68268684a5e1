/* SPDX-License-Identifier: Apache-2.0 */
/*
 * pax(1), "ustar Interchange Format" and "pax Interchange Format". Names stand in the
 * plain header as the bytes that they are; an extended header goes before it for what
 * does not fit, for extended attributes, and for names that are not ASCII, whose
 * encoding only an extended header tells.
 */
#include "base/buffer.h"
#include "base/error.h"
#include "base/path.h"
#include "output/archive.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

enum {
	BLOCK = 512,
	RECORD = 20 * BLOCK, /* an archive is padded to a multiple of it */
	MODE_ALL = 07777,
	EXTENDED_MODE = 0644,
};

struct ustar {
	char name[100];
	char mode[8];
	char uid[8];
	char gid[8];
	char size[12];
	char mtime[12];
	char checksum[8];
	char type;
	char linkname[100];
	char magic[6];
	char version[2];
	char uname[32];
	char gname[32];
	char devmajor[8];
	char devminor[8];
	char prefix[155];
	char padding[12];
};

_Static_assert(sizeof(struct ustar) == BLOCK, "a header is a block");

/* An octal number that fills its field but for a NUL; false where it does not fit (then 0). */
static bool put_octal(char *field, size_t size, uint64_t value)
{
	bool fits = value >> (3 * (size - 1)) == 0;

	if (!fits)
		value = 0;
	field[--size] = '\0';
	while (size > 0) {
		field[--size] = (char)('0' + (value & 7));
		value >>= 3;
	}
	return fits;
}

/* As much of TEXT as fits: a field that is full has no NUL. */
static bool put_text(char *field, size_t size, const char *text)
{
	size_t length = strnlen(text, size + 1);
	bool fits = length <= size;

	memcpy(field, text, fits ? length : size);
	return fits;
}

/* NAME in the header, divided at a '/' where it is long; false where it cannot be. */
static bool put_name(struct ustar *header, const char *name)
{
	size_t length = strlen(name);

	if (length <= sizeof(header->name))
		return put_text(header->name, sizeof(header->name), name);
	/* A directory's '/' at the end is not one to divide at. */
	for (size_t i = length - 1; i-- > 1;) {
		if (name[i] != '/' || i > sizeof(header->prefix))
			continue;
		if (length - i - 1 > sizeof(header->name))
			break;
		memcpy(header->prefix, name, i);
		return put_text(header->name, sizeof(header->name), name + i + 1);
	}
	put_text(header->name, sizeof(header->name), name);
	return false;
}

static bool is_ascii(const char *text)
{
	for (; *text; text++)
		if ((unsigned char)*text >= 0x80)
			return false;
	return true;
}

static size_t digits_of(size_t number)
{
	size_t count = 1;

	for (; number >= 10; number /= 10)
		count++;
	return count;
}

/* "LENGTH KEY=VALUE\n", where LENGTH counts itself too. */
static void add_record(struct buffer *records, const char *key, const void *value, size_t size)
{
	size_t rest = strlen(key) + size + 3;
	size_t length = rest + digits_of(rest);

	/* Its own digits may be what gives it one more. */
	length = rest + digits_of(length);
	buffer_printf(records, "%zu %s=", length, key);
	buffer_add(records, value, size);
	buffer_add_string(records, "\n");
}

static void add_number(struct buffer *records, const char *key, uint64_t value)
{
	char text[24];
	int length = snprintf(text, sizeof(text), "%llu", (unsigned long long)value);

	add_record(records, key, text, (size_t)length);
}

/*
 * A name that FITS the header needs a record only to say that it is UTF-8; one in no known
 * encoding has none then, for its bytes say all there is to say.
 */
static bool needs_record(const char *name, bool fits)
{
	return !fits || (!is_ascii(name) && utf8_is_valid(name));
}

static void add_names(struct buffer *records, const char *name, bool name_fits, const char *link,
		      bool link_fits)
{
	bool name_needed = needs_record(name, name_fits);
	bool link_needed = needs_record(link, link_fits);

	/* Names in records are UTF-8 unless this one comes first. */
	if ((name_needed && !utf8_is_valid(name)) || (link_needed && !utf8_is_valid(link)))
		add_record(records, "hdrcharset", "BINARY", strlen("BINARY"));
	if (name_needed)
		add_record(records, "path", name, strlen(name));
	if (link_needed)
		add_record(records, "linkpath", link, strlen(link));
}

/* As star(1) and GNU tar name them; a '=' would end the key, so it is escaped as the latter does.
 */
static void add_xattrs(struct buffer *records, const struct entry *entry)
{
	for (size_t i = 0; i < entry->n_xattrs; i++) {
		const struct entry_xattr *xattr = &entry->xattrs[i];
		CLEANUP(buffer) struct buffer key = { 0 };

		buffer_add_string(&key, "SCHILY.xattr.");
		for (const char *c = xattr->name; *c; c++) {
			if (*c == '=' || *c == '%')
				buffer_printf(&key, "%%%02X", (unsigned char)*c);
			else
				buffer_add(&key, c, 1);
		}
		if (buffer_error(&key))
			records->failed = true;
		else
			add_record(records, key.bytes, xattr->value, xattr->size);
	}
}

static int put_header_block(struct stream *stream, struct ustar *header)
{
	unsigned sum = 0;

	memcpy(header->magic, "ustar", sizeof(header->magic));
	memcpy(header->version, "00", sizeof(header->version));
	put_octal(header->devmajor, sizeof(header->devmajor), 0);
	put_octal(header->devminor, sizeof(header->devminor), 0);
	/* The checksum is that of a header with spaces in its place. */
	memset(header->checksum, ' ', sizeof(header->checksum));
	for (size_t i = 0; i < sizeof(*header); i++)
		sum += ((const unsigned char *)header)[i];
	put_octal(header->checksum, sizeof(header->checksum) - 1, sum);
	return stream_put(stream, header, sizeof(*header));
}

/* The extended header: a file of its own, whose bytes are the records about the next member. */
static int put_records(struct stream *stream, const struct entry *entry,
		       const struct buffer *records)
{
	struct ustar header = { .type = 'x' };

	snprintf(header.name, sizeof(header.name), "PaxHeaders/%s", path_basename(entry->path));
	put_octal(header.mode, sizeof(header.mode), EXTENDED_MODE);
	put_octal(header.uid, sizeof(header.uid), 0);
	put_octal(header.gid, sizeof(header.gid), 0);
	put_octal(header.size, sizeof(header.size), records->size);
	put_octal(header.mtime, sizeof(header.mtime), (uint64_t)entry->mtime);
	TRY(put_header_block(stream, &header));
	TRY(stream_put(stream, records->bytes, records->size));
	return stream_pad(stream, BLOCK);
}

static char type_flag(const struct archive_member *member)
{
	static const char flags[] = {
		[ENTRY_FILE] = '0',
		[ENTRY_SYMLINK] = '2',
		[ENTRY_DIRECTORY] = '5',
	};

	return member->first != member ? '1' : flags[member->entry->type];
}

static int put_header(struct stream *stream, const struct archive_member *member)
{
	CLEANUP(buffer) struct buffer name = { 0 };
	CLEANUP(buffer) struct buffer records = { 0 };
	const struct entry *entry = member->entry;
	struct ustar header = { .type = type_flag(member) };
	uint64_t size = member->has_bytes ? entry->size : 0;
	const char *link = "";
	bool name_fits;
	bool link_fits;

	if (member->first != member)
		link = member->first->name;
	else if (entry->target)
		link = entry->target;
	buffer_add_string(&name, member->name);
	if (entry->type == ENTRY_DIRECTORY)
		buffer_add_string(&name, "/");
	if (buffer_error(&name))
		return -ENOMEM;
	name_fits = put_name(&header, name.bytes);
	link_fits = put_text(header.linkname, sizeof(header.linkname), link);
	add_names(&records, name.bytes, name_fits, link, link_fits);
	put_octal(header.mode, sizeof(header.mode), entry->mode & MODE_ALL);
	if (!put_octal(header.uid, sizeof(header.uid), entry->uid))
		add_number(&records, "uid", entry->uid);
	if (!put_octal(header.gid, sizeof(header.gid), entry->gid))
		add_number(&records, "gid", entry->gid);
	if (!put_octal(header.size, sizeof(header.size), size))
		add_number(&records, "size", size);
	if (!put_octal(header.mtime, sizeof(header.mtime), (uint64_t)entry->mtime))
		add_number(&records, "mtime", (uint64_t)entry->mtime);
	if (member->first == member)
		add_xattrs(&records, entry);
	TRY(buffer_error(&records));
	if (records.size > 0)
		TRY(put_records(stream, entry, &records));
	return put_header_block(stream, &header);
}

static int put_end(struct stream *stream)
{
	static const char zeros[2 * BLOCK];

	TRY(stream_put(stream, zeros, sizeof(zeros)));
	return stream_pad(stream, RECORD);
}

const struct archive_format tar_format = {
	.block = BLOCK,
	.put_header = put_header,
	.put_end = put_end,
};
