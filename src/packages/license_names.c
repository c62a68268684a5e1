/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/license_names.h"

#include <ctype.h>

enum { WORD_MAX = 64 };

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

const char *license_identifier(struct view name)
{
	return find(identifiers, ARRAY_SIZE(identifiers), name);
}

const char *license_exception(struct view name)
{
	return find(exceptions, ARRAY_SIZE(exceptions), name);
}

const char *license_of_short_name(struct view name)
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
