/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/license.h"
#include "base/buffer.h"
#include "packages/deb822.h"
#include "packages/packages_private.h"

#include <ctype.h>
#include <errno.h>

enum {
	COPYRIGHT_SIZE_MAX = 16 * 1024 * 1024,
	NAMES_MAX = 256, /* different licences in one file */
	SYNOPSIS_MAX = 16,
	WORD_MAX = 64,
};

/* Identifiers of the SPDX licence list that packages name. */
static const char *const identifiers[] = {
	"0BSD",
	"AFL-2.0",
	"AFL-2.1",
	"AFL-3.0",
	"AGPL-3.0-only",
	"AGPL-3.0-or-later",
	"Apache-1.0",
	"Apache-1.1",
	"Apache-2.0",
	"Artistic-1.0",
	"Artistic-1.0-Perl",
	"Artistic-2.0",
	"BSD-1-Clause",
	"BSD-2-Clause",
	"BSD-2-Clause-Patent",
	"BSD-3-Clause",
	"BSD-3-Clause-Clear",
	"BSD-4-Clause",
	"BSD-4-Clause-UC",
	"BSD-Source-Code",
	"BSL-1.0",
	"BlueOak-1.0.0",
	"CC-BY-2.0",
	"CC-BY-2.5",
	"CC-BY-3.0",
	"CC-BY-4.0",
	"CC-BY-SA-2.0",
	"CC-BY-SA-2.5",
	"CC-BY-SA-3.0",
	"CC-BY-SA-4.0",
	"CC0-1.0",
	"CDDL-1.0",
	"CDDL-1.1",
	"CECILL-2.0",
	"CECILL-2.1",
	"CPL-1.0",
	"ECL-2.0",
	"EFL-1.0",
	"EFL-2.0",
	"EPL-1.0",
	"EPL-2.0",
	"EUPL-1.1",
	"EUPL-1.2",
	"FSFAP",
	"FSFUL",
	"FSFULLR",
	"FTL",
	"GFDL-1.1-only",
	"GFDL-1.1-or-later",
	"GFDL-1.2-no-invariants-only",
	"GFDL-1.2-no-invariants-or-later",
	"GFDL-1.2-only",
	"GFDL-1.2-or-later",
	"GFDL-1.3-no-invariants-only",
	"GFDL-1.3-no-invariants-or-later",
	"GFDL-1.3-only",
	"GFDL-1.3-or-later",
	"GPL-1.0-only",
	"GPL-1.0-or-later",
	"GPL-2.0-only",
	"GPL-2.0-or-later",
	"GPL-3.0-only",
	"GPL-3.0-or-later",
	"HPND",
	"HPND-sell-variant",
	"ICU",
	"IJG",
	"IPL-1.0",
	"ISC",
	"LGPL-2.0-only",
	"LGPL-2.0-or-later",
	"LGPL-2.1-only",
	"LGPL-2.1-or-later",
	"LGPL-3.0-only",
	"LGPL-3.0-or-later",
	"LPPL-1.0",
	"LPPL-1.1",
	"LPPL-1.2",
	"LPPL-1.3a",
	"LPPL-1.3c",
	"Libpng",
	"MIT",
	"MIT-0",
	"MIT-CMU",
	"MPL-1.0",
	"MPL-1.1",
	"MPL-2.0",
	"MS-PL",
	"NCSA",
	"NTP",
	"OFL-1.0",
	"OFL-1.1",
	"OLDAP-2.8",
	"OSL-3.0",
	"OpenSSL",
	"PHP-3.01",
	"PostgreSQL",
	"PSF-2.0",
	"Python-2.0",
	"QPL-1.0",
	"Ruby",
	"SGI-B-2.0",
	"SMLNJ",
	"SSPL-1.0",
	"Sleepycat",
	"TCL",
	"TCP-wrappers",
	"UPL-1.0",
	"Unicode-DFS-2016",
	"Unlicense",
	"Vim",
	"W3C",
	"WTFPL",
	"X11",
	"XFree86-1.1",
	"ZPL-1.1",
	"ZPL-2.0",
	"ZPL-2.1",
	"Zlib",
	"bzip2-1.0.6",
	"curl",
	"libpng-2.0",
	"libtiff",
	"zlib-acknowledgement",
};

static const char *const exceptions[] = {
	"Autoconf-exception-2.0",
	"Autoconf-exception-3.0",
	"Bison-exception-2.2",
	"Bootloader-exception",
	"Classpath-exception-2.0",
	"FLTK-exception",
	"Font-exception-2.0",
	"GCC-exception-2.0",
	"GCC-exception-3.1",
	"LLVM-exception",
	"Libtool-exception",
	"Linux-syscall-note",
	"OCaml-LGPL-linking-exception",
	"Qt-GPL-exception-1.0",
	"Qwt-exception-1.0",
	"Swift-exception",
	"Universal-FOSS-exception-1.0",
	"WxWindows-exception-3.1",
	"eCos-exception-2.0",
	"openvpn-openssl-exception",
	"u-boot-exception-2.0",
};

/*
 * Short names that DEP-5 defines: what is not said to be later is just that version. Those that
 * stand for several texts ("MIT", "Artistic", "BSD", "CC-BY" without a version) have no row.
 */
static const struct {
	const char *name;    /* in lower case */
	const char *version; /* without ".0" */
	const char *only;
	const char *later; /* with a "+" */
} short_names[] = {
	{ "agpl", "3", "AGPL-3.0-only", "AGPL-3.0-or-later" },
	{ "apache", "1", "Apache-1.0", NULL },
	{ "apache", "1.1", "Apache-1.1", NULL },
	{ "apache", "2", "Apache-2.0", NULL },
	{ "artistic", "2", "Artistic-2.0", NULL },
	{ "bsd-2-clause", "", "BSD-2-Clause", NULL },
	{ "bsd-3-clause", "", "BSD-3-Clause", NULL },
	{ "bsd-4-clause", "", "BSD-4-Clause", NULL },
	{ "cc-by", "2", "CC-BY-2.0", NULL },
	{ "cc-by", "2.5", "CC-BY-2.5", NULL },
	{ "cc-by", "3", "CC-BY-3.0", NULL },
	{ "cc-by", "4", "CC-BY-4.0", NULL },
	{ "cc-by-sa", "2", "CC-BY-SA-2.0", NULL },
	{ "cc-by-sa", "2.5", "CC-BY-SA-2.5", NULL },
	{ "cc-by-sa", "3", "CC-BY-SA-3.0", NULL },
	{ "cc-by-sa", "4", "CC-BY-SA-4.0", NULL },
	{ "cc0", "1", "CC0-1.0", NULL },
	{ "cddl", "1", "CDDL-1.0", NULL },
	{ "cpl", "1", "CPL-1.0", NULL },
	{ "efl", "1", "EFL-1.0", NULL },
	{ "efl", "2", "EFL-2.0", NULL },
	{ "expat", "", "MIT", NULL },
	{ "gfdl", "1.1", "GFDL-1.1-only", "GFDL-1.1-or-later" },
	{ "gfdl", "1.2", "GFDL-1.2-only", "GFDL-1.2-or-later" },
	{ "gfdl", "1.3", "GFDL-1.3-only", "GFDL-1.3-or-later" },
	{ "gfdl-niv", "1.2", "GFDL-1.2-no-invariants-only", "GFDL-1.2-no-invariants-or-later" },
	{ "gfdl-niv", "1.3", "GFDL-1.3-no-invariants-only", "GFDL-1.3-no-invariants-or-later" },
	{ "gpl", "1", "GPL-1.0-only", "GPL-1.0-or-later" },
	{ "gpl", "2", "GPL-2.0-only", "GPL-2.0-or-later" },
	{ "gpl", "3", "GPL-3.0-only", "GPL-3.0-or-later" },
	{ "isc", "", "ISC", NULL },
	{ "lgpl", "2", "LGPL-2.0-only", "LGPL-2.0-or-later" },
	{ "lgpl", "2.1", "LGPL-2.1-only", "LGPL-2.1-or-later" },
	{ "lgpl", "3", "LGPL-3.0-only", "LGPL-3.0-or-later" },
	{ "lppl", "1", "LPPL-1.0", NULL },
	{ "lppl", "1.1", "LPPL-1.1", NULL },
	{ "lppl", "1.2", "LPPL-1.2", NULL },
	{ "lppl", "1.3c", "LPPL-1.3c", NULL },
	{ "mpl", "1.1", "MPL-1.1", NULL },
	{ "mpl", "2", "MPL-2.0", NULL },
	{ "python", "2", "Python-2.0", NULL },
	{ "qpl", "1", "QPL-1.0", NULL },
	{ "w3c", "", "W3C", NULL },
	{ "zlib", "", "Zlib", NULL },
	{ "zope", "1.1", "ZPL-1.1", NULL },
	{ "zope", "2", "ZPL-2.0", NULL },
	{ "zope", "2.1", "ZPL-2.1", NULL },
};

/* Identifiers that Debian's files use for other texts, too. */
static const char *const ambiguous[] = { "Artistic-1.0", "HPND", "MIT", "OpenSSL", "Ruby", "X11" };

static const char *find(const char *const *names, size_t count, struct view name)
{
	for (size_t i = 0; i < count; i++)
		if (view_is(name, names[i]))
			return names[i];
	return NULL;
}

/* A word of an expression, up to a blank; a parenthesis is a word of its own. */
static bool take_word(struct view *text, struct view *word)
{
	*text = view_trim(*text);
	*word = *text;
	word->size = 0;
	while (word->size < text->size && !strchr(" \t\r\n", word->bytes[word->size])) {
		char byte = word->bytes[word->size];

		if ((byte == '(' || byte == ')') && word->size > 0)
			break;
		word->size++;
		if (byte == '(' || byte == ')')
			break;
	}
	*text = view_skip(*text, word->size);
	return word->size > 0;
}

/* What an expression may go on with. */
struct grammar {
	unsigned depth; /* of parentheses that are open */
	bool operand;	/* an identifier has to come */
	bool exception; /* the name of one has to come */
};

static bool accept(struct grammar *grammar, struct view word)
{
	if (grammar->exception) {
		grammar->exception = false;
		return find(exceptions, ARRAY_SIZE(exceptions), word);
	}
	if (grammar->operand) {
		if (view_is(word, "("))
			return ++grammar->depth > 0;
		grammar->operand = false;
		return find(identifiers, ARRAY_SIZE(identifiers), word);
	}
	if (view_is(word, ")"))
		return grammar->depth-- > 0;
	if (view_is(word, "WITH"))
		return grammar->exception = true;
	grammar->operand = true;
	return view_is(word, "AND") || view_is(word, "OR");
}

int license_of_text(struct arena *arena, struct view text, const char **out)
{
	CLEANUP(buffer) struct buffer buffer = { 0 };
	struct grammar grammar = { .operand = true };
	bool tight = true; /* no blank comes before the next word */
	struct view word;

	*out = NULL;
	while (take_word(&text, &word)) {
		if (!accept(&grammar, word))
			return 0;
		if (!tight && !view_is(word, ")"))
			buffer_add_string(&buffer, " ");
		buffer_add(&buffer, word.bytes, word.size);
		tight = view_is(word, "(");
	}
	if (grammar.operand || grammar.exception || grammar.depth > 0)
		return 0;
	if (buffer_error(&buffer))
		return -ENOMEM;
	*out = arena_strndup(arena, buffer.bytes, buffer.size);
	return *out ? 0 : -ENOMEM;
}

/* A short name as an identifier, or NULL. */
static const char *find_short_name(struct view name)
{
	const char *identifier = find(identifiers, ARRAY_SIZE(identifiers), name);
	char word[WORD_MAX];
	char *version;
	bool later;

	if (identifier && !find(ambiguous, ARRAY_SIZE(ambiguous), name))
		return identifier;
	if (name.size == 0 || name.size >= sizeof(word))
		return NULL;
	for (size_t i = 0; i < name.size; i++)
		word[i] = (char)tolower((unsigned char)name.bytes[i]);
	word[name.size] = '\0';
	later = word[name.size - 1] == '+';
	if (later)
		word[name.size - 1] = '\0';
	version = strrchr(word, '-');
	if (version && isdigit((unsigned char)version[1]))
		*version++ = '\0';
	else
		version = word + strlen(word);
	if (strlen(version) > 2 && strcmp(version + strlen(version) - 2, ".0") == 0)
		version[strlen(version) - 2] = '\0';
	for (size_t i = 0; i < ARRAY_SIZE(short_names); i++)
		if (strcmp(short_names[i].name, word) == 0 &&
		    strcmp(short_names[i].version, version) == 0)
			return later ? short_names[i].later : short_names[i].only;
	return NULL;
}

/* What the paragraphs of a file come to. */
struct licenses {
	struct arena *arena;
	const char *items[NAMES_MAX]; /* each once */
	size_t count;
};

/* 1 where it is not certain what TERM is. */
static int add_term(struct licenses *licenses, const char *term)
{
	for (size_t i = 0; i < licenses->count; i++)
		if (strcmp(licenses->items[i], term) == 0)
			return 0;
	if (licenses->count == NAMES_MAX)
		return 1;
	licenses->items[licenses->count++] = term;
	return 0;
}

/* One of NAMES, as a term. */
static int add_choice(struct licenses *licenses, const char *const *names, size_t count)
{
	CLEANUP(buffer) struct buffer choice = { 0 };
	const char *term;

	for (size_t i = 0; i < count; i++)
		buffer_printf(&choice, "%s%s", i == 0 ? "(" : " OR ", names[i]);
	buffer_add_string(&choice, ")");
	if (buffer_error(&choice))
		return -ENOMEM;
	term = arena_strdup(licenses->arena, choice.bytes);
	return term ? add_term(licenses, term) : -ENOMEM;
}

/*
 * "A", "A and B", "A or B", in DEP-5's short names. 1 where it is anything else: lists with
 * commas, exceptions, names of the package's own.
 */
static int add_synopsis(struct licenses *licenses, struct view synopsis)
{
	const char *names[SYNOPSIS_MAX];
	struct view operator= { 0 };
	bool operand = true;
	struct view word;
	size_t count = 0;
	int r = 0;

	for (; take_word(&synopsis, &word); operand = !operand) {
		if (operand) {
			names[count] = find_short_name(word);
			if (!names[count++] || count == SYNOPSIS_MAX)
				return 1;
			continue;
		}
		if ((!view_is(word, "or") && !view_is(word, "and")) ||
		    (operator.size> 0 && operator.size != word.size))
			return 1;
		operator= word;
	}
	if (operand)
		return 1;
	if (view_is(operator, "or"))
		return add_choice(licenses, names, count);
	for (size_t i = 0; r == 0 && i < count; i++)
		r = add_term(licenses, names[i]);
	return r;
}

static bool is_format(struct view value)
{
	static const char *const formats[] = {
		"https://www.debian.org/doc/packaging-manuals/copyright-format/1.0",
		"http://www.debian.org/doc/packaging-manuals/copyright-format/1.0",
	};

	for (size_t i = 0; i < ARRAY_SIZE(formats); i++)
		if (view_begins(value, formats[i]))
			return true;
	return false;
}

/* The licence of a paragraph that is about files, and of the first, which is about all. */
static int read_paragraph(struct licenses *licenses, struct view paragraph, bool first)
{
	struct view synopsis = { 0 };
	struct deb822_field field;
	bool counts = first;
	bool format = false;
	bool named = false;

	while (deb822_take_field(&paragraph, &field)) {
		if (deb822_is(&field, "License"))
			named = view_take_line(&field.value, &synopsis);
		counts |= deb822_is(&field, "Files");
		format |= deb822_is(&field, "Format") && is_format(field.value);
	}
	if (first && !format)
		return 1;
	if (!counts || (first && !named))
		return 0;
	return named ? add_synopsis(licenses, synopsis) : 1;
}

static int join(const struct licenses *licenses, const char **out)
{
	CLEANUP(buffer) struct buffer all = { 0 };

	for (size_t i = 0; i < licenses->count; i++)
		buffer_printf(&all, "%s%s", i > 0 ? " AND " : "", licenses->items[i]);
	if (buffer_error(&all))
		return -ENOMEM;
	*out = licenses->count > 0 ? arena_strdup(licenses->arena, all.bytes) : NULL;
	return licenses->count == 0 || *out ? 0 : -ENOMEM;
}

int license_of_copyright(struct arena *arena, struct view text, const char **out)
{
	struct licenses licenses = { .arena = arena };
	struct view paragraph;
	bool first = true;
	int r = 0;

	*out = NULL;
	for (; r == 0 && deb822_take(&text, &paragraph); first = false)
		r = read_paragraph(&licenses, paragraph, first);
	if (r != 0)
		return r < 0 ? r : 0;
	return join(&licenses, out);
}

int license_of_debian(struct finder *finder, const char *name, const char **out)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	struct view text;
	const char *path;
	int r;

	*out = NULL;
	path = arena ? arena_printf(arena, "/usr/share/doc/%s/copyright", name) : NULL;
	if (!path)
		return -ENOMEM;
	r = finder_read(finder, arena, path, COPYRIGHT_SIZE_MAX, &text);
	if (r == 0)
		r = license_of_copyright(finder->scratch, text, out);
	return r < 0 ? r : 0;
}
