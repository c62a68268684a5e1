/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/boot_places.h"
#include "base/error.h"
#include "base/view.h"

#include <ctype.h>
#include <string.h>

enum {
	PATH_LENGTH_MAX = 1023,
	NAME_LENGTH_MAX = 63,
	FIELDS_MAX = 5,
	MODE_DEFAULT = 0755,
	UNIT_PLACES_MAX = 64,
};

/* The next word of *LINE, without its quotes. */
static bool take_word(struct view *line, struct view *word)
{
	char quote = '\0';
	size_t length = 0;

	while (line->size > 0 && isspace((unsigned char)line->bytes[0]))
		*line = view_skip(*line, 1);
	if (line->size > 0 && (line->bytes[0] == '"' || line->bytes[0] == '\'')) {
		quote = line->bytes[0];
		*line = view_skip(*line, 1);
	}
	while (length < line->size && (quote ? line->bytes[length] != quote
					     : !isspace((unsigned char)line->bytes[length])))
		length++;
	*word = (struct view){ line->bytes, length };
	*line = view_skip(*line, length);
	if (quote && line->size > 0)
		*line = view_skip(*line, 1);
	return length > 0;
}

/* WORD as a text in BUFFER, if it fits and is none that only the system knows: "%i". */
static bool copy_word(struct view word, char *buffer, size_t size)
{
	if (word.size == 0 || word.size >= size || memchr(word.bytes, '%', word.size) ||
	    memchr(word.bytes, '\0', word.size))
		return false;
	memcpy(buffer, word.bytes, word.size);
	buffer[word.size] = '\0';
	return true;
}

/* An octal mode, with what may stand before it: "~0755". */
static bool read_mode(struct view word, mode_t *mode)
{
	mode_t value = 0;

	while (word.size > 0 && (word.bytes[0] == '~' || word.bytes[0] == ':'))
		word = view_skip(word, 1);
	if (word.size == 0 || word.size > 5)
		return false;
	for (size_t i = 0; i < word.size; i++) {
		if (word.bytes[i] < '0' || word.bytes[i] > '7')
			return false;
		value = value * 8 + (mode_t)(word.bytes[i] - '0');
	}
	*mode = value & 07777;
	return true;
}

/* A name, or NULL for "-", root's. */
static const char *read_name(struct view word, char *buffer)
{
	if (word.size > 0 && word.bytes[0] == ':')
		word = view_skip(word, 1);
	return view_is(word, "-") || !copy_word(word, buffer, NAME_LENGTH_MAX + 1) ? NULL : buffer;
}

/* type[modifiers] path mode user group age argument */
static int read_tmpfiles_line(struct view line, boot_place_fn *visit, void *data)
{
	char path[PATH_LENGTH_MAX + 1];
	char owner[NAME_LENGTH_MAX + 1];
	char group[NAME_LENGTH_MAX + 1];
	struct view fields[FIELDS_MAX] = { 0 };
	struct boot_place place = { .path = path, .mode = MODE_DEFAULT };
	size_t count = 0;

	while (count < FIELDS_MAX && take_word(&line, &fields[count]))
		count++;
	if (count < 2 || !memchr("dDvqQ", fields[0].bytes[0], 5) || fields[1].bytes[0] != '/' ||
	    !copy_word(fields[1], path, sizeof(path)))
		return 0;
	read_mode(fields[2], &place.mode);
	place.owner = read_name(fields[3], owner);
	place.group = read_name(fields[4], group);
	return visit(data, &place);
}

int boot_places_read_tmpfiles(const char *text, size_t size, boot_place_fn *visit, void *data)
{
	struct view rest = { text, size };
	struct view line;

	while (view_take_line(&rest, &line))
		if (line.size > 0 && line.bytes[0] != '#')
			TRY(read_tmpfiles_line(line, visit, data));
	return 0;
}

/* What systemd makes below which directory. */
enum unit_kind { UNIT_RUNTIME, UNIT_STATE, UNIT_CACHE, UNIT_LOGS, UNIT_KINDS };

static const struct {
	const char *names;
	const char *mode;
	const char *top;
} unit_kinds[UNIT_KINDS] = {
	[UNIT_RUNTIME] = { "RuntimeDirectory", "RuntimeDirectoryMode", "/run" },
	[UNIT_STATE] = { "StateDirectory", "StateDirectoryMode", "/var/lib" },
	[UNIT_CACHE] = { "CacheDirectory", "CacheDirectoryMode", "/var/cache" },
	[UNIT_LOGS] = { "LogsDirectory", "LogsDirectoryMode", "/var/log" },
};

/* A unit: who it runs as may stand behind its directories. */
struct unit {
	struct view names[UNIT_PLACES_MAX];
	enum unit_kind kinds[UNIT_PLACES_MAX];
	size_t count;
	mode_t modes[UNIT_KINDS];
	struct view user;
	struct view group;
};

/* Nothing behind "=" takes back what was said. */
static void forget(struct unit *unit, enum unit_kind kind)
{
	size_t kept = 0;

	for (size_t i = 0; i < unit->count; i++)
		if (unit->kinds[i] != kind) {
			unit->kinds[kept] = unit->kinds[i];
			unit->names[kept++] = unit->names[i];
		}
	unit->count = kept;
}

static void read_names(struct unit *unit, enum unit_kind kind, struct view value)
{
	struct view name;
	bool any = false;

	for (; take_word(&value, &name); any = true)
		if (unit->count < UNIT_PLACES_MAX) {
			unit->kinds[unit->count] = kind;
			unit->names[unit->count++] = name;
		}
	if (!any)
		forget(unit, kind);
}

static void read_assignment(struct unit *unit, struct view key, struct view value)
{
	if (view_is(key, "User"))
		take_word(&value, &unit->user);
	else if (view_is(key, "Group"))
		take_word(&value, &unit->group);
	for (int i = 0; i < UNIT_KINDS; i++) {
		struct view mode;

		if (view_is(key, unit_kinds[i].names))
			read_names(unit, (enum unit_kind)i, value);
		else if (view_is(key, unit_kinds[i].mode) && take_word(&value, &mode))
			read_mode(mode, &unit->modes[i]);
	}
}

static void read_unit_line(struct unit *unit, struct view line)
{
	const char *equals = memchr(line.bytes, '=', line.size);
	struct view rest = line;
	struct view key;

	if (!equals || !isalpha((unsigned char)line.bytes[0]))
		return;
	rest.size = (size_t)(equals - line.bytes);
	if (take_word(&rest, &key))
		read_assignment(unit, key, view_skip(line, (size_t)(equals + 1 - line.bytes)));
}

/* "a/b" below the kind's top; what is behind a colon is a link to it. */
static int visit_unit_place(const struct unit *unit, size_t index, boot_place_fn *visit, void *data)
{
	char path[PATH_LENGTH_MAX + 1];
	char owner[NAME_LENGTH_MAX + 1];
	char group[NAME_LENGTH_MAX + 1];
	enum unit_kind kind = unit->kinds[index];
	struct boot_place place = { .path = path, .mode = unit->modes[kind] };
	struct view name = unit->names[index];
	const char *colon = memchr(name.bytes, ':', name.size);
	size_t top = strlen(unit_kinds[kind].top);

	if (colon)
		name.size = (size_t)(colon - name.bytes);
	memcpy(path, unit_kinds[kind].top, top);
	path[top] = '/';
	if (!copy_word(name, path + top + 1, sizeof(path) - top - 1))
		return 0;
	place.owner = read_name(unit->user, owner);
	place.group = unit->group.size > 0 ? read_name(unit->group, group) : place.owner;
	return visit(data, &place);
}

int boot_places_read_unit(const char *text, size_t size, boot_place_fn *visit, void *data)
{
	struct unit unit = { .count = 0 };
	struct view rest = { text, size };
	struct view line;

	for (int i = 0; i < UNIT_KINDS; i++)
		unit.modes[i] = MODE_DEFAULT;
	while (view_take_line(&rest, &line))
		if (line.size > 0)
			read_unit_line(&unit, line);
	for (size_t i = 0; i < unit.count; i++)
		TRY(visit_unit_place(&unit, i, visit, data));
	return 0;
}
