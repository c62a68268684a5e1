/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Which packages are installed, who lists a path, and which belong together. Databases are written
 * by hand after the formats' documentation; on a Debian, dpkg itself is asked too.
 */
#include "base/buffer.h"
#include "failing_root.h"
#include "packages/installed.h"
#include "packages/rpm_place.h"
#include "scratch.h"

static struct scratch scratch;
static struct root *root;
static struct arena *arena;
static struct installed *installed;

static const char status[] = "Package: gs\n"
			     "Status: install ok installed\n"
			     "Architecture: amd64\n"
			     "Source: ghost (10.0-1)\n"
			     "Depends: libgs9 (>= 10), libc6:any | musl,\n"
			     " gs-data (= 10)\n"
			     "Version: 10.0-1+b1\n"
			     "\n"
			     "Package: libgs9\n"
			     "Status: install ok installed\n"
			     "Architecture: amd64\n"
			     "Multi-Arch: same\n"
			     "Source: ghost\n"
			     "Recommends: gs-data\n"
			     "Version: 10.0-1\n"
			     "\n"
			     "Package: gs-data\n"
			     "Status: install ok installed\n"
			     "Architecture: all\n"
			     "Source: ghost\n"
			     "Version: 10.0-1\n"
			     "\n"
			     "Package: gs-doc\n"
			     "Status: install ok installed\n"
			     "Architecture: all\n"
			     "Source: ghost\n"
			     "Version: 10.0-1\n"
			     "\n"
			     "Package: gone\n"
			     "Status: deinstall ok config-files\n"
			     "Architecture: all\n"
			     "Version: 1\n"
			     "\n"
			     "Package: ../../etc/passwd\n"
			     "Status: install ok installed\n"
			     "Architecture: all\n"
			     "Version: 1\n"
			     "\n"
			     "Package: libc6\n"
			     "Status: install ok installed\n"
			     "Architecture: amd64\n"
			     "Multi-Arch: same\n"
			     "Source: glibc\n"
			     "Version: 2.36\n";

static void open_index(void)
{
	ck_assert_int_eq(installed_open(arena, root, NULL, &installed), 0);
}

static void setup(void)
{
	scratch_open(&scratch);
	ck_assert_int_eq(root_disk_open(&root, scratch.path), 0);
	arena = arena_new();
	ck_assert_ptr_nonnull(arena);
	installed = NULL;
}

static void teardown(void)
{
	installed_free(installed);
	arena_free(arena);
	root_close(root);
	scratch_close(&scratch);
}

static void make_dpkg(void)
{
	scratch_directory(&scratch, "usr/lib");
	scratch_link(&scratch, "lib", "usr/lib");
	scratch_text(&scratch, "var/lib/dpkg/status", status);
	scratch_text(
		&scratch, "var/lib/dpkg/info/gs.list",
		"/.\n/usr\n/usr/bin\n/usr/bin/gs\n/usr/bin/gsx\n/usr/share\n/usr/share/ghost\n");
	scratch_text(&scratch, "var/lib/dpkg/info/libgs9:amd64.list",
		     "/usr/lib\n/usr/lib/libgs.so.9\n/usr/share\n");
	scratch_text(&scratch, "var/lib/dpkg/info/gs-data.list",
		     "/usr/share\n/usr/share/ghost\n/usr/share/ghost/init.ps\n");
	scratch_text(&scratch, "var/lib/dpkg/info/gs-doc.list", "/usr/share\n/usr/share/doc\n");
	scratch_text(&scratch, "var/lib/dpkg/info/libc6:amd64.list",
		     "/lib\n/lib/libc.so.6\n/usr/share\n/usr/share/doc\n");
	open_index();
}

static const char *owner(const char *path)
{
	struct installed_listing listing = { .path = path };
	const struct installed_package *guess;

	ck_assert_int_eq(installed_look_up(installed, &listing, 1), 0);
	ck_assert_int_eq(installed_guess_owner(installed, path, path, NULL, &guess), 0);
	/* A guess is right, or none. */
	ck_assert(!guess || guess == listing.packages[0]);
	return listing.n_packages > 0 ? listing.packages[0]->name : "nobody";
}

TEST(no_database_no_packages)
{
	open_index();
	ck_assert_uint_eq(installed_count(installed), 0);
	ck_assert_str_eq(owner("/usr/bin/gs"), "nobody");
}

TEST(packages_that_are_installed_and_sane_are_known)
{
	make_dpkg();
	ck_assert_uint_eq(installed_count(installed), 5);
	ck_assert_str_eq(installed_find(installed, "gs")->source, "ghost");
	ck_assert_str_eq(installed_find(installed, "libc6")->source, "glibc");
	ck_assert_ptr_null(installed_find(installed, "gone"));
}

TEST(an_owner_is_found_by_the_name_of_the_file_or_by_all_lists)
{
	make_dpkg();
	ck_assert_str_eq(owner("/usr/bin/gs"), "gs");
	ck_assert_str_eq(owner("/usr/bin/gsx"), "gs");
	ck_assert_str_eq(owner("/usr/lib/libgs.so.9"), "libgs9");
	ck_assert_str_eq(owner("/usr/bin/other"), "nobody");
	/* A package of the file's name that does not list it owns nothing. */
	ck_assert_str_eq(owner("/opt/bin/gs"), "nobody");
}

TEST(an_owner_is_guessed_from_names_and_from_what_is_near)
{
	const struct installed_package *package;

	make_dpkg();
	ck_assert_int_eq(
		installed_guess_owner(installed, "/usr/lib/libgs.so.9", "/x", NULL, &package), 0);
	ck_assert_str_eq(package->name, "libgs9");
	ck_assert_int_eq(
		installed_guess_owner(installed, "/usr/bin/gsx", "/usr/bin/gsx", NULL, &package),
		0);
	ck_assert_ptr_null(package);
	ck_assert_int_eq(installed_guess_owner(installed, "/usr/lib/libc.so.6", "/x",
					       installed_find(installed, "gs"), &package),
			 0);
	ck_assert_str_eq(package->name, "libc6");
	/* By the name of the link to it. */
	ck_assert_int_eq(
		installed_guess_owner(installed, "/usr/bin/gsx", "/usr/bin/gs", NULL, &package), 0);
	ck_assert_str_eq(package->name, "gs");
}

TEST(a_path_listed_behind_a_link_is_the_same_path)
{
	make_dpkg();
	ck_assert_str_eq(owner("/usr/lib/libc.so.6"), "libc6");
}

TEST(a_family_is_what_one_source_made_and_depends_on)
{
	const struct installed_package *const *family;

	make_dpkg();
	ck_assert_int_eq(installed_family(installed, installed_find(installed, "gs"), &family), 0);
	ck_assert_str_eq(family[0]->name, "gs");
	ck_assert_str_eq(family[1]->name, "libgs9");
	ck_assert_str_eq(family[2]->name, "gs-data");
	/* gs-doc is of the same source, and nobody depends on it; libc6 is of another. */
	ck_assert_ptr_null(family[3]);
}

TEST(who_lists_a_path_is_told_with_the_number_of_sources)
{
	struct installed_listing listings[] = {
		{ .path = "/usr/share/ghost" },	  { .path = "/usr/share" },
		{ .path = "/usr/lib/libc.so.6" }, { .path = "/usr/share/none" },
		{ .path = "/usr/share/ghost" },
	};

	make_dpkg();
	ck_assert_int_eq(installed_look_up(installed, listings, 5), 0);
	ck_assert_uint_eq(listings[0].n_packages, 2);
	ck_assert_uint_eq(listings[0].n_sources, 1);
	ck_assert_uint_eq(listings[1].n_packages, 5);
	ck_assert_uint_eq(listings[1].n_sources, 2);
	ck_assert_uint_eq(listings[2].n_packages, 1);
	ck_assert_uint_eq(listings[3].n_packages, 0);
	ck_assert_uint_eq(listings[4].n_packages, 2);
}

TEST(packages_of_a_distroless_base_are_known)
{
	scratch_text(&scratch, "var/lib/dpkg/status.d/tz", "Package: tz\nVersion: 1\n");
	scratch_text(&scratch, "var/lib/dpkg/status.d/tz.md5sums",
		     "0123456789abcdef0123456789abcdef  usr/share/tz/UTC\n");
	open_index();
	ck_assert_str_eq(owner("/usr/share/tz/UTC"), "tz");
}

TEST(packages_of_apk_are_known)
{
	const struct installed_package *const *family;

	scratch_text(&scratch, "lib/apk/db/installed",
		     "P:nginx\nV:1\no:nginx\nD:so:libc.musl.so.1 nginx-data>1 !other\nF:usr/sbin\n"
		     "R:nginx\nF:etc/nginx\n\n"
		     "P:nginx-data\nV:1\no:nginx\nF:usr/share/nginx\nM:0:0:755\nR:index.html\n");
	open_index();
	ck_assert_uint_eq(installed_count(installed), 2);
	ck_assert_str_eq(owner("/usr/sbin/nginx"), "nginx");
	ck_assert_str_eq(owner("/etc/nginx"), "nginx");
	ck_assert_str_eq(owner("/usr/share/nginx/index.html"), "nginx-data");
	ck_assert_int_eq(installed_family(installed, installed_find(installed, "nginx"), &family),
			 0);
	ck_assert_str_eq(family[1]->name, "nginx-data");
	ck_assert_ptr_null(family[2]);
}

TEST(a_package_of_apk_is_found_by_what_it_provides)
{
	const struct installed_package *const *family;

	scratch_text(&scratch, "lib/apk/db/installed",
		     "P:app\nV:1\no:suite\nD:so:libsuite.so.1 lib-other!x\nF:usr/bin\nR:app\n\n"
		     "P:libsuite\nV:1\no:suite\np:so:libsuite.so.1=1.2 suite-api=3\nF:usr/lib\n"
		     "R:libsuite.so.1\n\n"
		     "P:other\nV:1\np:libsuite\n");
	open_index();
	ck_assert_int_eq(installed_family(installed, installed_find(installed, "app"), &family), 0);
	ck_assert_str_eq(family[1]->name, "libsuite");
	ck_assert_ptr_null(family[2]);
	ck_assert_str_eq(installed_find(installed, "suite-api")->name, "libsuite");
	/* A name is stronger than what another provides. */
	ck_assert_str_eq(installed_find(installed, "libsuite")->name, "libsuite");
}

TEST(owners_are_those_of_dpkg)
{
	static const char *const paths[] = { "/usr/bin/env", "/usr/bin/perl", "/usr/bin/dpkg",
					     "/etc/debian_version" };

	root_close(root);
	ck_assert_int_eq(root_disk_open(&root, "/"), 0);
	open_index();
	for (size_t i = 0; i < sizeof(paths) / sizeof(paths[0]); i++) {
		char command[256];
		char *expected;

		/* dpkg lists what stands in /usr/bin by either name. */
		snprintf(command, sizeof(command),
			 "dpkg -S %s || dpkg -S $(echo %s | sed 's|^/usr||')", paths[i], paths[i]);
		expected = scratch_run(&scratch, command);
		if (!expected) {
			scratch_skip("owners_are_those_of_dpkg", "dpkg does not know the file");
			continue;
		}
		expected[strcspn(expected, ":")] = '\0';
		ck_assert_str_eq(owner(paths[i]), expected);
		free(expected);
	}
}

static const struct {
	int error;
	int result;
	const char *told;
} database_errors[] = {
	{ -ENOENT, 0, "" },
	{ -EACCES, 0, "/var/lib/rpm" },
	{ -EIO, -EIO, "/var/lib/rpm/rpmdb.sqlite" },
};

static void note_subject(void *data, enum mkrootfs_level level, const char *subject,
			 const char *message, const char *hint)
{
	buffer_add_string(data, subject);
}

TEST_EACH(a_database_that_cannot_be_looked_at_is_told, ARRAY_SIZE(database_errors))
{
	CLEANUP(buffer) struct buffer told = { 0 };
	const struct diag diag = { .emit = note_subject, .data = &told };
	struct failing_root failing =
		failing_root_of(root, "/var/lib/rpm", database_errors[_i].error);
	const char *directory = "";

	scratch_text(&scratch, "var/lib/rpm/rpmdb.sqlite", "");
	ck_assert_int_eq(rpm_find_database(&failing.root, &diag, arena, &directory),
			 database_errors[_i].result);
	ck_assert_ptr_null(directory);
	ck_assert_str_eq(told.bytes ? told.bytes : "", database_errors[_i].told);
}

SUITE(installed_packages, setup, teardown);
