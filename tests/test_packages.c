/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Owners of files by the databases of dpkg and apk, the records that are made of them, licences,
 * os-release, package URLs and dependency files. Databases are written by hand here, after the
 * formats' documentation.
 */
#include "base/buffer.h"
#include "packages/copyright.h"
#include "packages/deb822.h"
#include "packages/license.h"
#include "packages/records.h"
#include "report/depfile.h"
#include "report/sbom.h"
#include "scratch.h"

static struct scratch scratch;
static struct root *root;
static struct manifest *manifest;
static struct packages packages;
static struct arena *arena;
static struct buffer said; /* all diagnostics: "LEVEL SUBJECT: MESSAGE\n" */

static void hear(void *data, enum mkrootfs_level level, const char *subject, const char *message,
		 const char *hint)
{
	buffer_printf(&said, "%c %s: %s\n", "EWN"[level], subject ? subject : "", message);
}

static const struct diag diag = { .emit = hear };

static void setup(void)
{
	static const struct manifest_policy policy = { 0 };

	umask(022);
	scratch_open(&scratch);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	manifest = manifest_new(&policy, &diag);
	arena = arena_new();
	ck_assert(manifest && arena);
}

static void teardown(void)
{
	manifest_free(manifest);
	arena_free(arena);
	root_close(root);
	buffer_reset(&said);
	scratch_close(&scratch);
}

static void harvest(const char *path, const char *dest)
{
	ck_assert_int_eq(manifest_harvest(manifest, root, path, dest, ENTRY_CLOSURE, "test"), 0);
}

static void find(void)
{
	ck_assert_int_eq(packages_find(manifest, root, &diag, &packages), 0);
}

/* The name of the package that owns PATH of the result, or "none". */
static const char *owner(const char *path)
{
	const struct entry *entry = manifest_find(manifest, path);

	ck_assert_msg(entry, "%s", path);
	return entry->package ? entry->package->name : "none";
}

static const struct package *package(const char *name)
{
	for (size_t i = 0; i < packages.count; i++)
		if (strcmp(packages.items[i]->name, name) == 0)
			return packages.items[i];
	ck_abort_msg("no package %s", name);
}

/* The text of the file that was made at PATH, or NULL. */
static const char *record(const char *path)
{
	const struct entry *entry = manifest_find(manifest, path);

	return entry ? arena_strndup(arena, entry->content, (size_t)entry->size) : NULL;
}

static void put_records(void)
{
	find();
	ck_assert_int_eq(package_records_put(manifest, &packages, &diag), 0);
}

/* Adds a paragraph to dpkg's status, and what the package lists. */
static void dpkg(const char *paragraph, const char *list, const char *paths)
{
	char *status = scratch_path(&scratch, "var/lib/dpkg/status");
	FILE *file;

	scratch_text(&scratch, list, paths);
	scratch_directory(&scratch, "var/lib/dpkg");
	file = fopen(status, "a");
	ck_assert_ptr_nonnull(file);
	fprintf(file, "%s\n", paragraph);
	ck_assert_int_eq(fclose(file), 0);
	free(status);
}

#define INFO	 "var/lib/dpkg/info/"
#define STATUS_D "/var/lib/dpkg/status.d/"

/* printf a | md5sum and so on */
#define MD5_A "0cc175b9c0f1b6a831c399e269772661"
#define MD5_B "92eb5ffee6ae2fec3ad71c777531578f"

TEST(dpkg_tells_owners)
{
	scratch_text(&scratch, "usr/bin/a", "a");
	scratch_text(&scratch, "usr/bin/own", "own");
	dpkg("Package: pkg-a\nStatus: install ok installed\nMaintainer: A B <a@b>\n"
	     "Architecture: amd64\nSource: src (1.0)\nVersion: 1.0+b1\nDescription: x\n .\n  y\n",
	     INFO "pkg-a.list", "/.\n/usr\n/usr/bin\n/usr/bin/a\n");
	harvest("/usr/bin/a", "/usr/bin/a");
	harvest("/usr/bin/own", "/usr/bin/own");
	find();
	ck_assert_str_eq(owner("/usr/bin/a"), "pkg-a");
	ck_assert_str_eq(owner("/usr/bin/own"), "none");
	ck_assert_str_eq(owner("/usr/bin"), "none");
	ck_assert_uint_eq(packages.count, 1);
	ck_assert_str_eq(package("pkg-a")->version, "1.0+b1");
	ck_assert_str_eq(package("pkg-a")->architecture, "amd64");
	ck_assert_str_eq(package("pkg-a")->source, "src");
	ck_assert_str_eq(package("pkg-a")->source_version, "1.0");
	ck_assert_str_eq(package("pkg-a")->maintainer, "A B <a@b>");
	ck_assert_str_eq(package("pkg-a")->stored, "/" INFO "pkg-a.list");
	ck_assert_ptr_null(package("pkg-a")->license);
	ck_assert_str_eq(package_text(arena, package("pkg-a")), "pkg-a 1.0+b1");
}

/* Debian's merged /usr: packages list what is in /usr/lib as /lib/x, and the other way round. */
TEST(links_to_directories_are_followed)
{
	scratch_text(&scratch, "usr/lib/x", "x");
	scratch_link(&scratch, "lib", "usr/lib");
	scratch_text(&scratch, "opt/y", "y");
	scratch_link(&scratch, "usr/opt", "/opt");
	dpkg("Package: x\nArchitecture: all\nVersion: 1\n", INFO "x.list", "/.\n/lib\n/lib/x\n");
	dpkg("Package: y\nArchitecture: all\nVersion: 1\n", INFO "y.list", "/lib\n/usr/opt/y\n");
	harvest("/lib/x", "/lib/x");
	harvest("/opt/y", "/opt/y");
	find();
	ck_assert_str_eq(owner("/usr/lib/x"), "x");
	ck_assert_str_eq(owner("/opt/y"), "y");
	/* The link is a directory to both. */
	ck_assert_str_eq(owner("/lib"), "none");
}

TEST(links_have_owners)
{
	scratch_text(&scratch, "lib/libx.so.1.2", "x");
	scratch_link(&scratch, "lib/libx.so.1", "libx.so.1.2");
	dpkg("Package: x\nArchitecture: all\nVersion: 1\n", INFO "x.list", "/lib/libx.so.1\n");
	harvest("/lib/libx.so.1", "/lib/libx.so.1");
	find();
	ck_assert_str_eq(owner("/lib/libx.so.1"), "x");
	ck_assert_str_eq(owner("/lib/libx.so.1.2"), "none");
}

/* libc6:amd64 and libc6:i386 may be there both, and share what is in common directories. */
TEST(architectures_are_told_apart)
{
	scratch_text(&scratch, "lib/i386/x", "a");
	scratch_text(&scratch, "etc/shared", "b");
	scratch_text(&scratch, "lib/amd64/x", "c");
	dpkg("Package: x\nArchitecture: amd64\nMulti-Arch: same\nVersion: 1\n", INFO "x:amd64.list",
	     "/lib/amd64/x\n/etc/shared\n");
	dpkg("Package: x\nArchitecture: i386\nMulti-Arch: same\nVersion: 1\n", INFO "x:i386.list",
	     "/lib/i386/x\n/etc/shared\n");
	harvest("/lib/i386/x", "/lib/i386/x");
	harvest("/etc/shared", "/etc/shared");
	find();
	ck_assert_uint_eq(packages.count, 1);
	ck_assert_str_eq(manifest_find(manifest, "/etc/shared")->package->architecture, "i386");
}

TEST(both_architectures_have_records)
{
	scratch_text(&scratch, "lib/i386/x", "a");
	scratch_text(&scratch, "lib/amd64/x", "b");
	dpkg("Package: x\nArchitecture: amd64\nMulti-Arch: same\nVersion: 1\n", INFO "x:amd64.list",
	     "/lib/amd64/x\n");
	dpkg("Package: x\nArchitecture: i386\nMulti-Arch: same\nVersion: 1\n", INFO "x:i386.list",
	     "/lib/i386/x\n");
	scratch_text(&scratch, INFO "x:amd64.md5sums", MD5_B "  lib/amd64/x\n");
	scratch_text(&scratch, INFO "x:i386.md5sums", MD5_A "  lib/i386/x\n");
	harvest("/lib/i386/x", "/lib/i386/x");
	harvest("/lib/amd64/x", "/lib/amd64/x");
	put_records();
	ck_assert_str_eq(record(STATUS_D "x.md5sums"), MD5_B "  lib/amd64/x\n");
	ck_assert_str_eq(record(STATUS_D "x:i386.md5sums"), MD5_A "  lib/i386/x\n");
}

/* dpkg-divert(1): what others list at FROM stands at TO; what stands at FROM is the diverter's. */
TEST(diversions_are_followed)
{
	scratch_text(&scratch, "usr/bin/tool", "b");
	scratch_text(&scratch, "usr/bin/tool.distrib", "a");
	scratch_text(&scratch, "usr/bin/local", "x");
	scratch_text(&scratch, "usr/bin/local.real", "a");
	scratch_text(&scratch, "var/lib/dpkg/diversions",
		     "/usr/bin/tool\n/usr/bin/tool.distrib\ndiverter\n"
		     "/usr/bin/local\n/usr/bin/local.real\n:\n/odd\n");
	dpkg("Package: original\nArchitecture: all\nVersion: 1\n", INFO "original.list",
	     "/usr/bin/tool\n/usr/bin/local\n");
	dpkg("Package: diverter\nArchitecture: all\nVersion: 1\n", INFO "diverter.list",
	     "/usr/bin/tool\n");
	scratch_text(&scratch, INFO "original.md5sums",
		     MD5_A "  usr/bin/tool\n" MD5_A "  usr/bin/local\n");
	scratch_text(&scratch, INFO "diverter.md5sums", MD5_B "  usr/bin/tool\n");
	harvest("/usr/bin/tool", "/usr/bin/tool");
	harvest("/usr/bin/tool.distrib", "/usr/bin/tool.distrib");
	harvest("/usr/bin/local", "/usr/bin/local");
	harvest("/usr/bin/local.real", "/usr/bin/local.real");
	put_records();
	ck_assert_str_eq(owner("/usr/bin/tool"), "diverter");
	ck_assert_str_eq(owner("/usr/bin/tool.distrib"), "original");
	ck_assert_str_eq(owner("/usr/bin/local"), "none");
	ck_assert_str_eq(owner("/usr/bin/local.real"), "original");
	ck_assert_str_eq(record(STATUS_D "original.md5sums"),
			 MD5_A "  usr/bin/local.real\n" MD5_A "  usr/bin/tool.distrib\n");
	ck_assert_str_eq(record(STATUS_D "diverter.md5sums"), MD5_B "  usr/bin/tool\n");
	ck_assert_ptr_null(said.bytes);
}

TEST(a_list_that_has_no_path_owns_nothing_though_a_diversion_leads_on)
{
	scratch_text(&scratch, "usr/bin/tool", "a");
	scratch_text(&scratch, "var/lib/dpkg/diversions", "tool\n/usr/bin/tool\n:\n");
	dpkg("Package: odd\nArchitecture: all\nVersion: 1\n", INFO "odd.list", "/.\n\ntool\n");
	harvest("/usr/bin/tool", "/usr/bin/tool");
	find();
	ck_assert_str_eq(owner("/usr/bin/tool"), "none");
	ck_assert_ptr_null(said.bytes);
}

TEST(only_packages_that_are_there_count)
{
	static const char *const states[] = { "install ok installed", "deinstall ok config-files",
					      "purge ok not-installed", "hold ok unpacked" };
	static const char *const owners[] = { "a", "none", "none", "a" };

	scratch_text(&scratch, "x", "x");
	harvest("/x", "/x");
	scratch_text(&scratch, INFO "a.list", "/x\n");
	for (size_t i = 0; i < sizeof(states) / sizeof(states[0]); i++) {
		const char *text = arena_printf(
			arena, "Package: a\nStatus: %s\nArchitecture: all\nVersion: 1\n",
			states[i]);

		scratch_text(&scratch, "var/lib/dpkg/status", text);
		((struct entry *)(uintptr_t)manifest_find(manifest, "/x"))->package = NULL;
		find();
		ck_assert_str_eq(owner("/x"), owners[i]);
	}
}

/* Names that would be paths, and paragraphs that are none. */
TEST(hostile_databases_are_passed_over)
{
	scratch_text(&scratch, "x", "x");
	scratch_text(&scratch, "y", "y");
	scratch_text(&scratch, "list", "/x\n");
	harvest("/x", "/x");
	harvest("/y", "/y");
	dpkg("Package: ../../../../list\nArchitecture: all\nVersion: 1\n", "evil.list", "/x\n");
	dpkg("Package: .a\nArchitecture: all\nVersion: 1\n", INFO ".a.list", "/x\n");
	dpkg("Package: a\nArchitecture: ../x\nMulti-Arch: same\nVersion: 1\n", INFO "a.list",
	     "/x\n");
	dpkg("Package: b\nArchitecture: all\n", INFO "b.list", "/x\n");
	dpkg("Package: no-list\nArchitecture: all\nVersion: 1\n", "none", "");
	dpkg(" Package: c\n:\n\n\n: x\nno colon", INFO "c.list", "/x\n");
	dpkg("Package: d\nArchitecture: all\nVersion: 1", INFO "d.list",
	     "\n/\n//\nx\n/x/../y\n/../../y\n/x/\n/nowhere/y\n");
	scratch_text(&scratch, INFO "d.md5sums", MD5_A "\n" MD5_A "  \nzz" MD5_A "  y\n\n");
	find();
	ck_assert_str_eq(owner("/x"), "none");
	ck_assert_str_eq(owner("/y"), "d");
}

TEST(distroless_bases_have_owners)
{
	scratch_text(&scratch, "lib/x", "a");
	scratch_text(&scratch, "var/lib/dpkg/status.d/x",
		     "Package: x\nArchitecture: amd64\nVersion: 2\n");
	scratch_text(&scratch, "var/lib/dpkg/status.d/x.md5sums", MD5_A "  ./lib/x\n");
	harvest("/lib/x", "/lib/x");
	put_records();
	ck_assert_str_eq(owner("/lib/x"), "x");
	ck_assert_str_eq(record(STATUS_D "x.md5sums"), MD5_A "  lib/x\n");
	ck_assert_str_eq(record(STATUS_D "x"), "Package: x\nArchitecture: amd64\nVersion: 2\n");
}

TEST(dpkg_records_are_limited_to_what_is_there)
{
	scratch_text(&scratch, "usr/lib/a", "a");
	scratch_link(&scratch, "lib", "usr/lib");
	scratch_text(&scratch, "usr/lib/changed", "b");
	scratch_text(&scratch, "etc/conf", "b");
	scratch_text(&scratch, "etc/mine", "mine");
	scratch_text(&scratch, "usr/bin/moved", "b");
	scratch_text(&scratch, "usr/lib/left", "left");
	dpkg("Package: p\nStatus: install ok installed\nArchitecture: all\nVersion: 1\n"
	     "Conffiles:\n /etc/conf " MD5_B " obsolete\n /etc/mine " MD5_A "\n /etc/left " MD5_A
	     "\nConfig-Version: 0\n"
	     "Description: p\n is a package\n",
	     INFO "p.list",
	     "/lib/a\n/lib/changed\n/etc/conf\n/etc/mine\n/etc/left\n/usr/bin/moved\n/lib/left\n");
	scratch_text(&scratch, INFO "p.md5sums",
		     MD5_A "  lib/a\n" MD5_A "  lib/changed\n" MD5_B "  usr/bin/moved\n" MD5_A
			   "  lib/left\n");
	harvest("/lib/a", "/lib/a");
	harvest("/lib/changed", "/lib/changed");
	harvest("/etc/conf", "/etc/conf");
	harvest("/etc/mine", "/etc/mine");
	harvest("/usr/bin/moved", "/app");
	put_records();
	ck_assert_str_eq(record(STATUS_D "p"), "Package: p\nArchitecture: all\nVersion: 1\n"
					       "Description: p\n is a package\n");
	ck_assert_str_eq(record(STATUS_D "p.md5sums"),
			 MD5_B "  app\n" MD5_B "  etc/conf\n" MD5_A "  lib/a\n");
	ck_assert_str_eq(said.bytes,
			 "W /usr/lib/changed: differs from the file of package p, and is left "
			 "out of its record\n");
}

/* Without /lib in the result, nobody finds what is listed below it. */
TEST(records_name_paths_of_the_result)
{
	scratch_text(&scratch, "usr/lib/a", "a");
	scratch_link(&scratch, "lib", "usr/lib");
	dpkg("Package: p\nArchitecture: all\nVersion: 1\n", INFO "p.list", "/lib/a\n");
	scratch_text(&scratch, INFO "p.md5sums", MD5_A "  lib/a\n");
	harvest("/usr/lib/a", "/usr/lib/a");
	put_records();
	ck_assert_str_eq(record(STATUS_D "p.md5sums"), MD5_A "  usr/lib/a\n");
}

TEST(what_is_added_by_name_wins_over_records)
{
	scratch_text(&scratch, "a", "a");
	scratch_text(&scratch, "mine", "mine");
	scratch_text(&scratch, "usr/lib/os-release", "ID=x\n");
	scratch_directory(&scratch, "etc");
	scratch_link(&scratch, "etc/os-release", "../usr/lib/os-release");
	dpkg("Package: p\nArchitecture: all\nVersion: 1\n", INFO "p.list", "/a\n");
	harvest("/a", "/a");
	ck_assert_int_eq(
		manifest_add_tree(manifest, root, "/mine", STATUS_D "p", ENTRY_USER, "--add"), 0);
	ck_assert_int_eq(manifest_add_tree(manifest, root, "/mine", "/usr/lib/os-release",
					   ENTRY_USER, "--add"),
			 0);
	ck_assert_int_eq(package_records_put_os_release(manifest, root, &diag), 0);
	put_records();
	ck_assert_str_eq(manifest_find(manifest, STATUS_D "p")->source, "/mine");
	ck_assert_str_eq(manifest_find(manifest, "/usr/lib/os-release")->source, "/mine");
	ck_assert_str_eq(manifest_find(manifest, "/etc/os-release")->target,
			 "../usr/lib/os-release");
	ck_assert_int_eq(manifest_seal(manifest), 0);
}

/* printf %s a | openssl dgst -sha1 -binary | base64 */
#define SHA1_A	    "Q1hvfkN/qlp/zhXR3cuerq6jd2Z7g="
#define SHA1_TARGET "Q1ed60w51eghojO2j2x1PJG22cs14=" /* of "ld-musl-x.so.1" */

static const char apk_database[] =
	"C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:1\nI:2\nT:the musl c library\nL:MIT\no:musl\n"
	"m:Timo <t@a>\nD:so:x\nF:lib\nM:0:0:755\nR:ld-musl-x.so.1\na:0:0:755\nZ:" SHA1_A "\n"
	"R:libc.musl-x.so.1\na:0:0:777\nZ:" SHA1_TARGET "\nF:usr\nF:usr/share\nR:left\nZ:" SHA1_A
	"\n\n"
	"P:other\nV:1\nA:noarch\nL:custom\nF:\nR:top\nZ:" SHA1_A
	"\nR:odd/name\nF:etc\nR:changed\nZ:"
	"Q1AAAA\nR:plain\n\nP:../x\nV:1\nF:lib\nR:ld-musl-x.so.1\n\nF:lib\nR:top\n";

TEST_EACH(apk_tells_owners, 2)
{
	const char *database = _i ? "usr/lib/apk/db/installed" : "lib/apk/db/installed";

	scratch_text(&scratch, database, apk_database);
	scratch_text(&scratch, "lib/ld-musl-x.so.1", "a");
	scratch_link(&scratch, "lib/libc.musl-x.so.1", "ld-musl-x.so.1");
	scratch_text(&scratch, "top", "a");
	scratch_text(&scratch, "etc/changed", "b");
	scratch_text(&scratch, "etc/plain", "c");
	harvest("/lib/libc.musl-x.so.1", "/lib/libc.musl-x.so.1");
	harvest("/top", "/top");
	harvest("/etc/changed", "/etc/changed");
	harvest("/etc/plain", "/etc/plain");
	put_records();
	ck_assert_str_eq(owner("/lib/ld-musl-x.so.1"), "musl");
	ck_assert_str_eq(owner("/lib/libc.musl-x.so.1"), "musl");
	ck_assert_str_eq(owner("/top"), "other");
	ck_assert_str_eq(package("musl")->license, "MIT");
	ck_assert_ptr_null(package("other")->license);
	ck_assert_str_eq(package("musl")->maintainer, "Timo <t@a>");
	ck_assert_str_eq(record(_i ? "/usr/lib/apk/db/installed" : "/lib/apk/db/installed"),
			 "C:Q1abc=\nP:musl\nV:1.2.4-r2\nA:x86_64\nS:1\nI:2\nT:the musl c library\n"
			 "L:MIT\no:musl\nm:Timo <t@a>\nD:so:x\nF:lib\nM:0:0:755\nR:ld-musl-x.so.1\n"
			 "a:0:0:755\nZ:" SHA1_A "\nR:libc.musl-x.so.1\na:0:0:777\nZ:" SHA1_TARGET
			 "\n\nP:other\nV:1\nA:noarch\nL:custom\nF:\nR:top\nZ:" SHA1_A
			 "\nF:etc\nR:plain\n\n");
	ck_assert_str_eq(said.bytes,
			 "W /etc/changed: differs from the file of package other, and is left "
			 "out of its record\n");
}

static const struct {
	const char *text;
	const char *license; /* NULL: not certain */
} expressions[] = {
	{ "MIT", "MIT" },
	{ " GPL-2.0-only  AND\tMIT ", "GPL-2.0-only AND MIT" },
	{ "(MIT OR (ISC AND Zlib)) AND 0BSD", "(MIT OR (ISC AND Zlib)) AND 0BSD" },
	{ "GPL-3.0-or-later WITH GCC-exception-3.1", "GPL-3.0-or-later WITH GCC-exception-3.1" },
	{ "", NULL },
	{ "custom", NULL },
	{ "GPL", NULL },
	{ "MIT AND", NULL },
	{ "MIT ISC", NULL },
	{ "(MIT", NULL },
	{ "MIT)", NULL },
	{ "()", NULL },
	{ "AND", NULL },
	{ "MIT WITH MIT", NULL },
	{ "MIT and ISC", NULL },
	{ "mit", NULL },
};

TEST_EACH(expressions_are_read, ARRAY_SIZE(expressions))
{
	const char *license;

	ck_assert_int_eq(license_of_text(arena, view_of(expressions[_i].text), &license), 0);
	ck_assert_pstr_eq(license, expressions[_i].license);
}

#define DEP5	       "Format: https://www.debian.org/doc/packaging-manuals/copyright-format/1.0/\n"
#define FILES(license) "\nFiles: *\nCopyright: x\nLicense: " license "\n"

static const struct {
	const char *text;
	const char *license;
} copyrights[] = {
	{ DEP5 FILES("Expat"), "MIT" },
	{ DEP5 FILES("expat\n Permission is") FILES("Expat"), "MIT" },
	{ DEP5 FILES("GPL-2+"), "GPL-2.0-or-later" },
	{ DEP5 FILES("GPL-2.0+"), "GPL-2.0-or-later" },
	{ DEP5 FILES("LGPL-2.1"), "LGPL-2.1-only" },
	{ DEP5 FILES("Apache-2.0"), "Apache-2.0" },
	{ DEP5 FILES("BSD-3-clause or GPL-2") FILES("Zlib"),
	  "(BSD-3-Clause OR GPL-2.0-only) AND Zlib" },
	{ DEP5 FILES("ISC and Zlib") FILES("ISC"), "ISC AND Zlib" },
	{ DEP5 "License: GPL-3\n" FILES("GPL-3"), "GPL-3.0-only" },
	{ DEP5 FILES("ISC") "\nLicense: my-own\n text\n", "ISC" },
	{ DEP5, NULL },
	{ DEP5 FILES("MIT"), NULL },
	{ DEP5 FILES("BSD"), NULL },
	{ DEP5 FILES("GPL"), NULL },
	{ DEP5 FILES("GPL-2.5"), NULL },
	{ DEP5 FILES("Apache-2.0+"), NULL },
	{ DEP5 FILES("public-domain") FILES("ISC"), NULL },
	{ DEP5 FILES("GPL-2+ with OpenSSL exception"), NULL },
	{ DEP5 FILES("ISC or GPL-2 and Zlib"), NULL },
	{ DEP5 FILES("ISC, and Zlib"), NULL },
	{ DEP5 FILES("ISC or"), NULL },
	{ DEP5 FILES(""), NULL },
	{ DEP5 "\nFiles: *\nCopyright: x\n", NULL },
	{ "License: ISC\n" FILES("ISC"), NULL },
	{ "This package is free\n\nFiles: *\nLicense: ISC\n", NULL },
	{ "", NULL },
};

TEST_EACH(copyrights_are_read, ARRAY_SIZE(copyrights))
{
	const char *license;

	ck_assert_int_eq(copyright_parse(arena, view_of(copyrights[_i].text), &license), 0);
	ck_assert_pstr_eq(license, copyrights[_i].license);
}

static const struct {
	const char *text;
	const char *id, *version, *name;
} releases[] = {
	{ "PRETTY_NAME=\"Debian GNU/Linux 12 (bookworm)\"\nVERSION_ID=\"12\"\n"
	  "VERSION_CODENAME=bookworm\nID=debian\n",
	  "debian", "12", "Debian GNU/Linux 12 (bookworm)" },
	{ "ID='a\\b'\nID_LIKE=x\nNAME=\"y\"", "a\\b", NULL, NULL },
	{ "VERSION_CODENAME=trixie\nID=debian", "debian", "trixie", NULL },
	{ "PRETTY_NAME=\"a \\\"b\\\" \\$c\"\n#ID=x\n", "linux", NULL, "a \"b\" $c" },
	{ "ID=\nVERSION_ID=\"\"\nPRETTY_NAME=\"", "linux", NULL, "\"" },
	{ "", "linux", NULL, NULL },
};

TEST_EACH(os_release_is_read, ARRAY_SIZE(releases))
{
	struct os_release os;

	ck_assert_int_eq(os_release_parse(arena, view_of(releases[_i].text), &os), 0);
	ck_assert_str_eq(os.id, releases[_i].id);
	ck_assert_pstr_eq(os.version_id, releases[_i].version);
	ck_assert_pstr_eq(os.name, releases[_i].name);
}

/* By the specification of package URLs, and its examples for deb, apk and rpm. */
static const struct {
	struct package package;
	struct os_release os;
	const char *purl;
} purls[] = {
	{ { PACKAGE_DPKG, "libstdc++6", "1:2.0~rc1+b1", "amd64", "libstdc++6", "1:2.0~rc1+b1" },
	  { "debian", "12", NULL },
	  "pkg:deb/debian/libstdc%2B%2B6@1:2.0~rc1%2Bb1?arch=amd64&distro=debian-12" },
	{ { PACKAGE_DPKG, "libc6", "2.36-9+b1", "amd64", "glibc", "2.36-9" },
	  { "ubuntu", NULL, NULL },
	  "pkg:deb/ubuntu/libc6@2.36-9%2Bb1?arch=amd64&distro=ubuntu&upstream=glibc%402.36-9" },
	{ { PACKAGE_DPKG, "a", "1", "all", "a", "1" },
	  { "linux", NULL, NULL },
	  "pkg:deb/debian/a@1?arch=all" },
	{ { PACKAGE_APK, "libcrypto3", "3.1.4-r5", "x86_64", "openssl", "3.1.4-r5" },
	  { "alpine", "3.18.5", NULL },
	  "pkg:apk/alpine/libcrypto3@3.1.4-r5?arch=x86_64&distro=alpine-3.18.5&upstream=openssl" },
	{ { PACKAGE_RPM, "openssl-libs", "1:3.1.1-4.fc39", "x86_64", "openssl", "3.1.1-4" },
	  { "fedora", "39", NULL },
	  "pkg:rpm/fedora/openssl-libs@3.1.1-4.fc39?arch=x86_64&distro=fedora-39&epoch=1" },
};

TEST_EACH(packages_have_urls, ARRAY_SIZE(purls))
{
	ck_assert_str_eq(sbom_purl(arena, &purls[_i].package, &purls[_i].os), purls[_i].purl);
}

TEST(names_are_quoted_in_dependency_files)
{
	static const char *const names[] = { "/a b", "/c#d$e", "/libc6:amd64.list", "/f\\g" };
	CLEANUP(buffer) struct buffer out = { 0 };

	ck_assert_int_eq(report_depfile(&out, "out dir/x.tar", names, 4), 0);
	ck_assert_str_eq(out.bytes, "out\\ dir/x.tar: \\\n  /a\\ b \\\n  /c\\#d$$e \\\n"
				    "  /libc6\\:amd64.list \\\n  /f\\g\n"
				    "/a\\ b:\n/c\\#d$$e:\n/libc6\\:amd64.list:\n/f\\g:\n");
}

TEST(some_names_cannot_be_in_dependency_files)
{
	static const char *const bad[] = { "",	   "/a\nb", "/a\tb", "/a;b",   "/a=b", "/a%b",
					   "/a*b", "/a[b",  "/a\\",  "/a\\ b", "/a:",  "/a&" };
	static const char *const good[] = { "/a", "/a:b", "/a b", "/a\\b", "/ä", "/a&b", "/a'\"b" };

	for (size_t i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		ck_assert_msg(!depfile_can_hold(bad[i]), "%s", bad[i]);
	for (size_t i = 0; i < sizeof(good) / sizeof(good[0]); i++)
		ck_assert_msg(depfile_can_hold(good[i]), "%s", good[i]);
}

#define COUNT(table) ((int)(sizeof(table) / sizeof((table)[0])))

SUITE(packages, setup, teardown);
