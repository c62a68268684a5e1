/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database, read by librpm.
 */
#include "base/error.h"
#include "base/path.h"
#include "packages/database.h"
#include "packages/license.h"
#include "packages/readers.h"

#include <errno.h>
#include <rpm/header.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmfi.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmts.h>

static const char *text_of(const struct finder *finder, Header header, rpmTagVal tag)
{
	const char *text = headerGetString(header, tag);

	return arena_strdup(finder->scratch, text ? text : "");
}

/* "glibc-2.39-6.fc40.src.rpm": the name, and the version with its release. */
static int set_source(struct arena *arena, struct package *package, const char *file)
{
	struct view name = view_of(file);
	size_t version = 0;
	int dashes = 0;

	package->source = package->name;
	package->source_version = package->version;
	for (version = name.size; version > 0 && dashes < 2; version--)
		dashes += name.bytes[version - 1] == '-';
	if (dashes < 2 || version == 0)
		return 0;
	package->source = arena_strndup(arena, file, version);
	name = view_skip(name, version + 1);
	for (int dots = 0; name.size > 0 && dots < 2; name.size--)
		dots += name.bytes[name.size - 1] == '.';
	package->source_version = view_copy(arena, name);
	return package->source && package->source_version ? 0 : -ENOMEM;
}

static int make_package(struct finder *finder, Header header, struct package **out)
{
	struct package *package = arena_alloc(finder->arena, sizeof(*package));
	const char *source = text_of(finder, header, RPMTAG_SOURCERPM);
	uint64_t epoch = headerGetNumber(header, RPMTAG_EPOCH);
	const char *version = text_of(finder, header, RPMTAG_VERSION);
	const char *release = text_of(finder, header, RPMTAG_RELEASE);

	if (!package || !source || !version || !release)
		return -ENOMEM;
	package->kind = PACKAGE_RPM;
	package->name = text_of(finder, header, RPMTAG_NAME);
	package->architecture = text_of(finder, header, RPMTAG_ARCH);
	package->maintainer = text_of(finder, header, RPMTAG_VENDOR);
	package->version = epoch > 0 ? arena_printf(finder->scratch, "%llu:%s-%s",
						    (unsigned long long)epoch, version, release)
				     : arena_printf(finder->scratch, "%s-%s", version, release);
	if (!package->name || !package->architecture || !package->maintainer || !package->version)
		return -ENOMEM;
	if (!*package->maintainer)
		package->maintainer = NULL;
	*out = package;
	return set_source(finder->scratch, package, source);
}

static int read_files(struct finder *finder, struct package *package, Header header)
{
	rpmfi files = rpmfiNew(NULL, header, RPMTAG_BASENAMES, RPMFI_FLAGS_QUERY);
	int claimed = 0;
	int r = 0;

	while (r >= 0 && files && rpmfiNext(files) >= 0) {
		/* Valid until it is asked for again. */
		const char *path = rpmfiFN(files);

		if (rpmfiFState(files) != RPMFILE_STATE_NORMAL)
			continue;
		r = finder_claim(finder, package, path, &(struct package_file){ .listed = path });
		claimed |= r > 0;
	}
	rpmfiFree(files);
	return r < 0 ? r : claimed;
}

static int read_package(struct finder *finder, Header header)
{
	const char *license = headerGetString(header, RPMTAG_LICENSE);
	struct package *package;

	TRY(make_package(finder, header, &package));
	if (!package_name_is_sane(view_of(package->name)))
		return 0;
	if (TRY(read_files(finder, package, header)) == 0)
		return 0;
	TRY(license_of_text(finder->scratch, view_of(license ? license : ""), &package->license));
	return finder_keep(finder, package);
}

static int read_database(struct finder *finder, const char *root, const char *directory)
{
	rpmdbMatchIterator packages;
	Header header;
	rpmts set;
	int r = 0;

	rpmSetVerbosity(RPMLOG_EMERG);
	if (rpmReadConfigFiles(NULL, NULL) != 0)
		return 0;
	rpmPushMacro(NULL, "_dbpath", NULL, directory, RMIL_CMDLINE);
	set = rpmtsCreate();
	rpmtsSetVSFlags(set, (rpmVSFlags)(RPMVSF_MASK_NODIGESTS | RPMVSF_MASK_NOSIGNATURES));
	rpmtsSetRootDir(set, root);
	packages = rpmtsInitIterator(set, RPMDBI_PACKAGES, NULL, 0);
	while (r >= 0 && (header = rpmdbNextIterator(packages)))
		r = read_package(finder, header);
	rpmdbFreeIterator(packages);
	rpmtsFree(set);
	rpmPopMacro(NULL, "_dbpath");
	return r < 0 ? r : 0;
}

/*
 * The canonical directory of the database, or NULL: librpm would follow a link out of the root.
 */
static int find_database(struct finder *finder, const char **out)
{
	static const char *const paths[] = {
		"/usr/lib/sysimage/rpm/rpmdb.sqlite",
		"/var/lib/rpm/rpmdb.sqlite",
		"/usr/lib/sysimage/rpm/Packages.db",
		"/var/lib/rpm/Packages.db",
		"/var/lib/rpm/Packages",
	};

	*out = NULL;
	for (size_t i = 0; !*out && i < ARRAY_SIZE(paths); i++) {
		const char *directory = path_dirname(finder->scratch, paths[i]);
		const struct stat *stat;
		char *canonical;
		const char *file;

		if (!directory)
			return -ENOMEM;
		if (root_walk(finder->root, finder->scratch, directory, true, NULL, NULL,
			      &canonical) < 0)
			continue;
		file = path_join(finder->scratch, canonical, path_basename(paths[i]));
		if (!file)
			return -ENOMEM;
		if (root_look(finder->root, finder->scratch, file, &stat, NULL) == 0 &&
		    S_ISREG(stat->st_mode))
			*out = canonical;
	}
	return 0;
}

int rpm_read(struct finder *finder)
{
	CLEANUP(free) char *root = realpath(root_disk_path(finder->root), NULL);
	const char *directory;

	TRY(find_database(finder, &directory));
	return directory && root ? read_database(finder, root, directory) : 0;
}
