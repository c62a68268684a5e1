/* SPDX-License-Identifier: Apache-2.0 */
#include "elf/attributes.h"
#include "base/bytes.h"
#include "base/error.h"
#include "elf/reader.h"

#include <errno.h>
#include <string.h>

/* Addenda to, and Errata in, the ABI for the Arm Architecture, section 3. */
enum {
	ATTRIBUTES_SIZE_MAX = 64 * 1024,
	TAG_FILE = 1,
	TAG_CPU_RAW_NAME = 4,
	TAG_CPU_NAME = 5,
	TAG_CPU_ARCH = 6,
	TAG_COMPATIBILITY = 32,
};

/* The attributes that are still to be read. */
struct rest {
	const unsigned char *at;
	size_t size;
	bool big_endian;
};

static bool take(struct rest *rest, size_t size, const unsigned char **bytes)
{
	if (size > rest->size)
		return false;
	*bytes = rest->at;
	rest->at += size;
	rest->size -= size;
	return true;
}

static bool take_text(struct rest *rest, const char **text)
{
	const unsigned char *end = rest->size > 0 ? memchr(rest->at, '\0', rest->size) : NULL;
	const unsigned char *bytes;

	if (!end || !take(rest, (size_t)(end - rest->at) + 1, &bytes))
		return false;
	*text = (const char *)bytes;
	return true;
}

static bool take_uleb(struct rest *rest, uint32_t *value)
{
	const unsigned char *byte;

	*value = 0;
	for (unsigned shift = 0; shift < 32 && take(rest, 1, &byte); shift += 7) {
		*value |= (uint32_t)(*byte & 0x7f) << shift;
		if (!(*byte & 0x80))
			return true;
	}
	return false;
}

/*
 * Takes a part off *REST: a length of 4 bytes, which counts itself and BEFORE bytes before it, and
 * its content.
 */
static bool take_part(struct rest *rest, size_t before, struct rest *part)
{
	const unsigned char *bytes;
	uint64_t length;

	*part = *rest;
	if (!take(rest, 4, &bytes))
		return false;
	length = bytes_get(bytes, 4, rest->big_endian);
	if (length < 4 + before || !take(rest, (size_t)length - 4 - before, &part->at))
		return false;
	part->size = (size_t)length - 4 - before;
	return true;
}

static unsigned version_of(uint32_t architecture)
{
	/* Pre-v4, v4, v4T, v5T, v5TE, v5TEJ, v6, v6KZ, v6T2, v6K, v7, v6-M, v6S-M, v7E-M, v8-A...
	 */
	static const unsigned char versions[] = { 4, 4, 4, 5, 5, 5, 6, 6, 6, 6, 7, 6, 6, 7 };

	return architecture < ARRAY_SIZE(versions) ? versions[architecture] : 8;
}

/* The version that the attributes of a file name, or 0. */
static unsigned find_version(struct rest attributes)
{
	const char *text;
	uint32_t tag;
	uint32_t value;

	while (take_uleb(&attributes, &tag)) {
		bool is_text = tag == TAG_CPU_RAW_NAME || tag == TAG_CPU_NAME ||
			       (tag > TAG_COMPATIBILITY && tag % 2 == 1);

		if (!is_text && !take_uleb(&attributes, &value))
			return 0;
		if (tag == TAG_CPU_ARCH)
			return version_of(value);
		if ((is_text || tag == TAG_COMPATIBILITY) && !take_text(&attributes, &text))
			return 0;
	}
	return 0;
}

/* 'A', and for each vendor its name and parts about the file, sections or symbols. */
static unsigned parse(struct rest all)
{
	const unsigned char *format;
	struct rest vendor;

	if (!take(&all, 1, &format) || *format != 'A')
		return 0;
	while (take_part(&all, 0, &vendor)) {
		const char *name;

		if (!take_text(&vendor, &name))
			return 0;
		while (strcmp(name, "aeabi") == 0 && vendor.size > 0) {
			const unsigned char *tag;
			struct rest part;

			if (!take(&vendor, 1, &tag) || !take_part(&vendor, 1, &part))
				return 0;
			if (*tag == TAG_FILE)
				return find_version(part);
		}
	}
	return 0;
}

static int read_section(struct elf_reader *reader, uint64_t offset, uint64_t size,
			unsigned *version)
{
	struct rest all = { .size = (size_t)size, .big_endian = reader->big_endian };
	const void *bytes;
	int r;

	if (size > ATTRIBUTES_SIZE_MAX)
		return 0;
	r = elf_reader_bytes(reader, &reader->strings, offset, (size_t)size, &bytes);
	if (r < 0)
		return r;
	all.at = bytes;
	*version = parse(all);
	return 0;
}

/* The place of the section headers, which the reader does not use: it goes by segments. */
struct sections {
	uint64_t offset;
	uint64_t count;
};

static int find_sections(struct elf_reader *reader, struct sections *sections)
{
	const unsigned char *header;
	const void *bytes;
	int r = elf_reader_bytes(reader, &reader->head, 0, sizeof(Elf32_Ehdr), &bytes);

	*sections = (struct sections){ 0 };
	if (r < 0)
		return r;
	header = bytes;
	if (elf_reader_number(reader, header + offsetof(Elf32_Ehdr, e_shentsize), 2) !=
	    sizeof(Elf32_Shdr))
		return 0;
	sections->offset = elf_reader_number(reader, header + offsetof(Elf32_Ehdr, e_shoff), 4);
	sections->count = elf_reader_number(reader, header + offsetof(Elf32_Ehdr, e_shnum), 2);
	return 0;
}

static int visit_section(struct elf_reader *reader, uint64_t offset, unsigned *version)
{
	const unsigned char *section;
	const void *bytes;
	int r = elf_reader_bytes(reader, &reader->records, offset, sizeof(Elf32_Shdr), &bytes);

	if (r < 0)
		return r;
	section = bytes;
	if (elf_reader_number(reader, section + offsetof(Elf32_Shdr, sh_type), 4) !=
	    SHT_ARM_ATTRIBUTES)
		return 0;
	return read_section(
		reader, elf_reader_number(reader, section + offsetof(Elf32_Shdr, sh_offset), 4),
		elf_reader_number(reader, section + offsetof(Elf32_Shdr, sh_size), 4), version);
}

static int find_version_by_sections(struct elf_reader *reader, unsigned *version)
{
	struct sections sections;

	TRY(find_sections(reader, &sections));
	for (uint64_t i = 0; i < sections.count && *version == 0; i++)
		TRY(visit_section(reader, sections.offset + i * sizeof(Elf32_Shdr), version));
	return 0;
}

int elf_arm_version(struct root_file *file, unsigned *version)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct elf_reader reader;
	const char *problem;
	int r;

	*version = 0;
	if (!arena)
		return -ENOMEM;
	r = elf_reader_open(&reader, file, arena, &problem);
	if (r != 0 || reader.is64 || reader.header.e_machine != EM_ARM)
		return r < 0 ? r : 0;
	r = find_version_by_sections(&reader, version);
	/* Attributes that are not in the file ask for nothing. */
	return r == -ENXIO ? 0 : r;
}
