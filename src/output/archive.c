#include "output/archive.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>

/* The members of an archive, one an entry, in the same order. */
struct members {
	struct archive_member *items;
	size_t count;
};

static int compare_entry(const void *path, const void *member)
{
	return strcmp(path, ((const struct archive_member *)member)->entry->path);
}

/* The member that has the first name of MEMBER's file: MEMBER itself, or one before it. */
static struct archive_member *first_name(const struct members *members,
					 struct archive_member *member)
{
	const struct entry *first = member->entry->hardlink;
	struct archive_member *found = NULL;

	if (first)
		found = bsearch(first->path, members->items, (size_t)(member - members->items),
				sizeof(*members->items), compare_entry);
	return found ? found : member;
}

static void number_members(struct members *members, const struct archive_format *format)
{
	for (size_t i = 0; i < members->count; i++) {
		struct archive_member *member = &members->items[i];

		member->name = member->entry->path + 1;
		member->inode = (uint32_t)i + 1;
		member->n_links = member->entry->type == ENTRY_DIRECTORY ? 2 : 1;
		member->has_bytes = member->entry->type == ENTRY_FILE && !member->entry->hardlink;
	}
	for (size_t i = 0; i < members->count; i++) {
		struct archive_member *member = &members->items[i];
		struct archive_member *first = first_name(members, member);

		if (first == member)
			continue;
		member->inode = first->inode;
		first->n_links++;
	}
	/* From the end, a file's last name is met first. */
	for (size_t i = members->count; i-- > 0;) {
		struct archive_member *member = &members->items[i];
		struct archive_member *first = first_name(members, member);

		member->n_links = first->n_links;
		if (format->bytes_with_last_link && first != member && first->has_bytes) {
			first->has_bytes = false;
			member->has_bytes = true;
		}
	}
}

static int put_member(struct sink *sink, const struct archive_format *format,
		      const struct archive_member *member)
{
	int r = transfer_cancelled(sink->transfer);

	if (r == 0)
		r = format->put_header(sink, member);
	if (r == 0 && member->has_bytes)
		r = sink_put_file(sink, member->entry);
	return r < 0 ? r : sink_pad(sink, format->block);
}

int archive_put(struct sink *sink, const struct manifest *manifest,
		const struct archive_format *format)
{
	CLEANUP(free) struct archive_member *items = NULL;
	const struct entry *const *entries;
	struct members members = { 0 };
	size_t count;
	int r = 0;

	entries = manifest_entries(manifest, &count);
	items = calloc(count ? count : 1, sizeof(*items));
	if (!items)
		return -ENOMEM;
	members.items = items;
	for (size_t i = 0; i < count; i++)
		if (entries[i]->path[1])
			items[members.count++].entry = entries[i];
	if (members.count >= UINT32_MAX)
		return -EFBIG;
	number_members(&members, format);
	for (size_t i = 0; r == 0 && i < members.count; i++)
		r = put_member(sink, format, &items[i]);
	return r < 0 ? r : format->put_end(sink);
}
