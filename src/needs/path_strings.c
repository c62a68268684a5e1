/* SPDX-License-Identifier: Apache-2.0 */
#include "needs/path_strings.h"
#include "base/error.h"

#include <ctype.h>
#include <string.h>

enum {
	PATH_LENGTH_MAX = 4095,
	COMPONENT_LENGTH_MAX = 255,
	PLACEHOLDER_LENGTH_MAX = 64,
	DEBRIS_LENGTH_MAX = 3,
	CANDIDATES_MAX = 64, /* of one text: what has more is none that a person wrote */
};

struct text_reading {
	path_string_fn *visit;
	void *data;
	unsigned count;
};

/* What stands for something that is not known when the text is read. */
enum hole {
	HOLE_NONE,
	HOLE_TEXT,   /* "%s", "$x", "@x@", "{}": it may be a directory */
	HOLE_OTHER,  /* "%d", "%Y", a glob */
	HOLE_ORIGIN, /* the program's own directory */
	HOLE_HOME,   /* of whoever runs it */
};

static size_t name_length(const char *text)
{
	size_t length = 0;

	while (isalnum((unsigned char)text[length]) || text[length] == '_')
		length++;
	return length;
}

/* The length of what is between OPEN at TEXT and CLOSE, both included; 0 where it is nothing short.
 */
static size_t enclosed_length(const char *text, char open, char close)
{
	size_t length = 1;

	if (text[0] != open)
		return 0;
	while (length < PLACEHOLDER_LENGTH_MAX && text[length] && text[length] != close &&
	       !strchr(" \t\n/", text[length]))
		length++;
	return text[length] == close ? length + 1 : 0;
}

static enum hole name_hole(const char *name, size_t length)
{
	static const struct {
		const char *name;
		enum hole hole;
	} known[] = { { "ORIGIN", HOLE_ORIGIN }, { "HOME", HOLE_HOME } };

	for (size_t i = 0; i < sizeof(known) / sizeof(known[0]); i++)
		if (strlen(known[i].name) == length && memcmp(known[i].name, name, length) == 0)
			return known[i].hole;
	return HOLE_TEXT;
}

/* "%s", "%-10.3ls", "%1$s", "%(name)s", "%{name}"; "%%" is none. */
static enum hole read_conversion(const char *text, size_t *length)
{
	size_t at = 1 + enclosed_length(text + 1, '(', ')');
	size_t modifiers;

	*length = 1 + enclosed_length(text + 1, '{', '}');
	if (*length > 1)
		return HOLE_TEXT;
	at += strspn(text + at, "0123456789$*.-+#' ");
	modifiers = strspn(text + at, "hlqjztL");
	at += modifiers;
	*length = at + 1;
	if (text[at] == 's' || text[at] == 'S')
		return HOLE_TEXT;
	if (isalpha((unsigned char)text[at]))
		return HOLE_OTHER;
	/* "%h" of formats that are not printf's */
	*length = at;
	return modifiers > 0 ? HOLE_OTHER : HOLE_NONE;
}

/* "$x", "${x:-y}", "$(x)" */
static enum hole read_variable(const char *text, size_t *length)
{
	size_t enclosed = enclosed_length(text + 1, '{', '}');

	*length = enclosed > 0 ? enclosed : enclosed_length(text + 1, '(', ')');
	if (*length > 0) {
		++*length;
		return name_hole(text + 2, *length - 3);
	}
	*length = name_length(text + 1) + 1;
	return *length > 1 ? name_hole(text + 1, *length - 1) : HOLE_NONE;
}

/* Names of the program's own directory that macOS's loader knows, or "@name@" of configure. */
static enum hole read_at(const char *text, size_t *length)
{
	static const char *const own[] = { "@executable_path", "@loader_path" };

	for (size_t i = 0; i < sizeof(own) / sizeof(own[0]); i++) {
		*length = strlen(own[i]);
		if (strncmp(text, own[i], *length) == 0 && text[*length] == '/')
			return HOLE_ORIGIN;
	}
	*length = name_length(text + 1) + 2;
	return *length > 2 && text[*length - 1] == '@' ? HOLE_TEXT : HOLE_NONE;
}

static bool is_separator(char c)
{
	switch (c) {
	case '\0' ... ' ':
	case '"':
	case '\'':
	case '`':
	case ':':
	case ';':
	case '=':
	case '<':
	case '>':
	case '(':
	case ')':
	case '[':
	case ']':
	case '{':
	case '}':
	case '|':
	case '&':
		return true;
	default:
		return false;
	}
}

/* What kind of hole is at TEXT, and its length. */
static enum hole read_hole(const char *text, size_t *length)
{
	switch (text[0]) {
	case '%':
		return read_conversion(text, length);
	case '$':
		return read_variable(text, length);
	case '@':
		return read_at(text, length);
	case '{':
		*length = enclosed_length(text, '{', '}');
		return *length > 0 ? HOLE_TEXT : HOLE_NONE;
	case '<':
		*length = enclosed_length(text, '<', '>');
		return *length > 0 && name_length(text + 1) == *length - 2 ? HOLE_TEXT : HOLE_NONE;
	case '[':
		*length = enclosed_length(text, '[', ']');
		return *length > 0 ? HOLE_OTHER : HOLE_NONE;
	case '*':
		*length = 1;
		return HOLE_OTHER;
	case '?': /* or the end of a question */
		*length = 1;
		return is_separator(text[1]) ? HOLE_NONE : HOLE_OTHER;
	default:
		return HOLE_NONE;
	}
}

/* A comma is part of a name unless a path, an option or nothing is behind it. */
static bool ends_word(const char *at)
{
	return is_separator(at[0]) ||
	       (at[0] == ',' && (is_separator(at[1]) || strchr("/-", at[1])));
}

/* A word of a text. */
struct word {
	enum hole first;   /* which hole it begins with */
	const char *start; /* behind that */
	size_t length;	   /* what is constant from there on */
	bool cut;	   /* a hole is behind it */
	const char *end;
};

static struct word read_word(const char *text)
{
	struct word word = { .start = text };
	const char *at = text;
	size_t length;

	word.first = read_hole(at, &length);
	if (word.first != HOLE_NONE)
		word.start = at += length;
	for (;;) {
		bool is_hole = read_hole(at, &length) != HOLE_NONE;

		if (!is_hole && ends_word(at))
			break;
		if (is_hole && !word.cut) {
			word.length = (size_t)(at - word.start);
			word.cut = true;
		}
		at += is_hole ? length : 1;
	}
	word.end = at;
	if (!word.cut)
		word.length = (size_t)(at - word.start);
	return word;
}

/* The end of a sentence is no part of its last word; "/x/.." is. */
static void trim_sentence(struct word *word)
{
	size_t length = word->length;

	while (length > 0 && strchr(".,!?", word->start[length - 1]))
		length--;
	if (!word->cut && length > 0 && word->start[length - 1] != '/')
		word->length = length;
}

/*
 * The length of what is no part of the path that TEXT ends in: bytes of a table before a string
 * that happen to be printable ("R@/etc/x").
 */
static size_t debris_length(const char *text, size_t length)
{
	for (size_t i = 1; i <= DEBRIS_LENGTH_MAX && i + 1 < length; i++)
		if (text[i] == '@' && text[i + 1] == '/')
			return i + 1;
	return 0;
}

/* "-I/usr/x", "@/usr/x": the path is behind that. */
static void skip_option(struct word *word)
{
	size_t length = word->length > 0 && strchr("-@", word->start[0]) ? 1 : 0;

	if (length > 0 && word->start[0] == '-')
		length += name_length(word->start + 1);
	if (length == 0)
		length = debris_length(word->start, word->length);
	if (word->first == HOLE_NONE && length < word->length && word->start[length] == '/') {
		word->start += length;
		word->length -= length;
	}
}

/* What names of files do not have, though they may: regular expressions and escapes do. */
static bool has_odd_character(const char *text, size_t length)
{
	for (size_t i = 0; i < length; i++)
		if (text[i] == 0x7f ||
		    (ispunct((unsigned char)text[i]) && strchr("\\^!$*?#~", text[i])))
			return true;
	return false;
}

static bool is_one_of(const char *component, size_t length, const char *const *names)
{
	for (; *names; names++)
		if (strlen(*names) == length && memcmp(component, *names, length) == 0)
			return true;
	return false;
}

static bool is_parent(const char *component, size_t length)
{
	return length == 2 && memcmp(component, "..", 2) == 0;
}

/*
 * The LENGTH bytes of TEXT as a path without a '/' at its beginning or end, in OUT, which has room
 * for PATH_LENGTH_MAX. Returns its length; 0 where it is no path.
 */
static size_t normalize(const char *text, size_t length, char *out)
{
	const char *end = text + length;
	size_t used = 0;

	if (length > PATH_LENGTH_MAX || has_odd_character(text, length))
		return 0;
	for (size_t size; text < end; text += size + 1) {
		const char *slash = memchr(text, '/', (size_t)(end - text));

		size = (size_t)((slash ? slash : end) - text);
		if (size > COMPONENT_LENGTH_MAX || (size == 3 && memcmp(text, "...", size) == 0))
			return 0;
		if (size == 0 || (size == 1 && *text == '.'))
			continue;
		if (is_parent(text, size)) {
			while (used > 0 && out[--used] != '/')
				;
			continue;
		}
		if (used > 0)
			out[used++] = '/';
		memcpy(out + used, text, size);
		used += size;
	}
	return used;
}

/* Prefixes that programs are installed below, and directories that every prefix has. */
static const char *const tops[] = { "usr", "opt", "var", "etc", NULL };
static const char *const below[] = { "share", "lib", "lib64", "libexec", NULL };

/* What a compiler's messages name: it was beside the program's source, not the program. */
static bool is_source(const char *path)
{
	static const char *const suffixes[] = { "c",  "cc", "cpp", "cxx", "C", "h", "hh", "hpp",
						"rs", "go", "S",   "s",	  "y", "l", NULL };
	const char *dot = strrchr(path, '.');

	return dot && is_one_of(dot + 1, strlen(dot + 1), suffixes);
}

/* PREFIX ("/", "" or "../../") and what of LENGTH bytes of TEXT are a path, where they are one. */
static int put(struct text_reading *reading, enum path_string_kind kind, const char *prefix,
	       const char *text, size_t length, bool cut)
{
	char path[2 * PATH_LENGTH_MAX + 1];
	bool ends_in_slash = length > 0 && text[length - 1] == '/';
	size_t before = strlen(prefix);
	size_t used = before <= PATH_LENGTH_MAX ? normalize(text, length, path + before) : 0;
	const struct path_string candidate = { kind, path, cut || ends_in_slash };

	if (used == 0 || before + used > PATH_LENGTH_MAX || reading->count >= CANDIDATES_MAX)
		return 0;
	memcpy(path, prefix, before);
	path[before + used] = '\0';
	if (is_source(path))
		return 0;
	reading->count++;
	return reading->visit(reading->data, &candidate);
}

/* "../share/x", and "x" where ROOM says that it is known to be the program's directory. */
static int put_origin(struct text_reading *reading, const struct word *word, const char *text,
		      size_t length)
{
	char prefix[PATH_LENGTH_MAX + 1];
	size_t up = 0;

	while (length - up >= 3 && memcmp(text + up, "../", 3) == 0)
		up += 3;
	if (up > PATH_LENGTH_MAX || memmem(text + up, length - up, "..", 2))
		return 0;
	memcpy(prefix, text, up);
	prefix[up] = '\0';
	return put(reading, PATH_STRING_ORIGIN, prefix, text + up, length - up, word->cut);
}

/* What is behind a prefix of which nothing is known, TEXT without '/' at its beginning. */
static int put_below(struct text_reading *reading, const struct word *word, const char *text,
		     size_t length)
{
	size_t first = strcspn(text, "/");

	if (length >= 3 && memcmp(text, "../", 3) == 0)
		return put_origin(reading, word, text, length);
	TRY_ZERO(put(reading, PATH_STRING_BELOW, "", text, length, word->cut));
	if (first == length || !is_one_of(text, first, tops))
		return 0;
	return put(reading, PATH_STRING_ABSOLUTE, "/", text, length, word->cut);
}

static int put_absolute(struct text_reading *reading, const struct word *word, const char *text,
			size_t length)
{
	size_t first = strcspn(text, "/");

	TRY_ZERO(put(reading, PATH_STRING_ABSOLUTE, "/", text, length, word->cut));
	if (first == length || !is_one_of(text, first, below))
		return 0;
	return put(reading, PATH_STRING_BELOW, "", text, length, word->cut);
}

/* A name that something is put behind without '/' between is no directory. */
static size_t cut_length(const struct word *word)
{
	size_t length = word->length;

	while (word->cut && length > 0 && word->start[length - 1] != '/')
		length--;
	return length;
}

static int visit_word(struct text_reading *reading, struct word *word, bool alone)
{
	const char *text;
	size_t length;
	bool rooted;

	trim_sentence(word);
	skip_option(word);
	text = word->start;
	length = cut_length(word);
	rooted = length > 0 && text[0] == '/';
	if (rooted)
		text++, length--;
	/* "//" begins a comment or what is left of a URL. */
	if (length == 0 || text[0] == '/')
		return 0;
	switch (word->first) {
	case HOLE_NONE:
		if (rooted)
			return put_absolute(reading, word, text, length);
		if (length >= 3 && memcmp(text, "../", 3) == 0)
			return put_origin(reading, word, text, length);
		if (alone && is_one_of(text, strcspn(text, "/"), below) && strchr(text, '/'))
			return put(reading, PATH_STRING_BELOW, "", text, length, word->cut);
		return 0;
	case HOLE_TEXT:
		return rooted || is_one_of(text, strcspn(text, "/"), below)
			       ? put_below(reading, word, text, length)
			       : 0;
	case HOLE_ORIGIN:
		return rooted ? put_origin(reading, word, text, length) : 0;
	default:
		return 0;
	}
}

/* "http://x/usr/y", whose scheme ends at AT: all of it is no path; "file:///usr/y" is. */
static const char *skip_url(const char *at)
{
	if (strncmp(at, "://", 3) != 0)
		return at;
	at += 3;
	return *at == '/' ? at : at + strcspn(at, " \t\n\"'<>`");
}

/* Blanks in names are rare, and a text of words begins with a path as well: both are tried. */
static int visit_with_blanks(struct text_reading *reading, const char *text)
{
	size_t length = strlen(text);
	const char *blank = strchr(text, ' ');

	if (text[0] != '/' || !blank || !strchr(blank, '/') || strstr(text, " /") ||
	    strstr(text, "  ") || strstr(text, "/ ") || text[length - 1] == ' ' ||
	    strpbrk(text, "\t\n\"'`:;=<>()[]{}|&%,"))
		return 0;
	return put(reading, PATH_STRING_ABSOLUTE, "/", text + 1, length - 1, false);
}

int path_strings_visit(const char *text, path_string_fn *visit, void *data)
{
	struct text_reading reading = { .visit = visit, .data = data };
	const char *at = text;
	int r = visit_with_blanks(&reading, text);

	while (r == 0 && *at) {
		struct word word = read_word(at);
		/* "</p>" */
		bool is_tag = at > text && at[-1] == '<';

		if (word.end == at) {
			at++;
			continue;
		}
		if (!is_tag && memchr(at, '/', (size_t)(word.end - at)))
			r = visit_word(&reading, &word, at == text && !*word.end);
		at = skip_url(word.end);
	}
	return r;
}
