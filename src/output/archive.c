/* SPDX-License-Identifier: Apache-2.0 */
#include "output/archive.h"
#include "base/error.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The members of an archive in their order, and the entries in that of the manifest. */
struct members {
	struct archive_member *items;
	size_t count;
	const struct entry *const *entries;
	size_t n_entries;
	struct archive_member **firsts; /* of each entry that has the first name of a file */
};

static unsigned order_of(char byte)
{
	return byte == '/' ? 1 : byte == '\0' ? 0 : (unsigned char)byte + 1U;
}

/* By path, where '/' comes before any other byte: a directory's content right behind it. */
static int compare_members(const void *left, const void *right)
{
	const char *a = ((const struct archive_member *)left)->name;
	const char *b = ((const struct archive_member *)right)->name;

	for (; *a && *a == *b; a++, b++)
		;
	return (int)order_of(*a) - (int)order_of(*b);
}

static int compare_entry(const void *path, const void *entry)
{
	return strcmp(path, (*(const struct entry *const *)entry)->path);
}

/* The place in FIRSTS that is for MEMBER's file, whichever of its names MEMBER is. */
static struct archive_member **first_of(const struct members *members,
					const struct archive_member *member)
{
	const struct entry *entry =
		member->entry->hardlink ? member->entry->hardlink : member->entry;
	const struct entry *const *found =
		bsearch(entry->path, members->entries, members->n_entries,
			sizeof(*members->entries), compare_entry);

	return found ? &members->firsts[found - members->entries] : NULL;
}

static void number_members(struct members *members, const struct archive_format *format)
{
	for (size_t i = 0; i < members->count; i++) {
		struct archive_member *member = &members->items[i];
		struct archive_member **first = first_of(members, member);

		if (first && !*first)
			*first = member;
		member->first = first ? *first : member;
		member->inode = (uint32_t)(member->first - members->items) + 1;
		member->first->n_links += member->entry->type == ENTRY_DIRECTORY ? 2 : 1;
		member->has_bytes = member->entry->type == ENTRY_FILE && member->first == member;
	}
	/* From the end: there, a file's last name comes first. */
	for (size_t i = members->count; i-- > 0;) {
		struct archive_member *member = &members->items[i];
		struct archive_member *first = member->first;

		member->n_links = first->n_links;
		if (format->bytes_with_last_link && first != member && first->has_bytes) {
			first->has_bytes = false;
			member->has_bytes = true;
		}
	}
}

static int put_member(struct stream *stream, const struct archive_format *format,
		      const struct archive_member *member)
{
	TRY(transfer_cancelled(stream->transfer));
	TRY(format->put_header(stream, member));
	if (member->has_bytes)
		TRY(stream_put_file(stream, member->entry));
	return stream_pad(stream, format->block);
}

int archive_put(struct stream *stream, const struct manifest *manifest,
		const struct archive_format *format)
{
	CLEANUP(free) struct archive_member *items = NULL;
	CLEANUP(free) struct archive_member **firsts = NULL;
	struct members members = { 0 };

	members.entries = manifest_entries(manifest, &members.n_entries);
	if (members.n_entries >= UINT32_MAX)
		return -EFBIG;
	members.items = items = calloc(members.n_entries, sizeof(*items));
	members.firsts = firsts = calloc(members.n_entries, sizeof(*firsts));
	if (!items || !firsts)
		return -ENOMEM;
	for (size_t i = 0; i < members.n_entries; i++) {
		if (!members.entries[i]->path[1])
			continue;
		items[members.count].entry = members.entries[i];
		items[members.count++].name = members.entries[i]->path + 1;
	}
	qsort(items, members.count, sizeof(*items), compare_members);
	number_members(&members, format);
	for (size_t i = 0; i < members.count; i++)
		TRY(put_member(stream, format, &items[i]));
	return format->put_end(stream);
}
