/* SPDX-License-Identifier: Apache-2.0 */
/*
 * rpm's database, read by librpm.
 */
#include "base/error.h"
#include "packages/database.h"
#include "packages/license.h"
#include "packages/readers.h"
#include "packages/rpm_headers.h"

#include <errno.h>
#include <rpm/rpmfi.h>

static const char *text_of(const struct finder *finder, Header header, rpmTagVal tag)
{
	const char *text = headerGetString(header, tag);

	return arena_strdup(finder->scratch, text ? text : "");
}

static int set_source(struct arena *arena, struct package *package, const char *file)
{
	struct view name;
	struct view version;

	package->source = package->name;
	package->source_version = package->version;
	if (!rpm_split_source(file, &name, &version))
		return 0;
	package->source = view_copy(arena, name);
	package->source_version = view_copy(arena, version);
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

static int read_package(void *data, Header header)
{
	struct finder *finder = data;
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

int rpm_read(struct finder *finder)
{
	return rpm_visit_headers(finder->root, finder->diag, finder->scratch, read_package, finder);
}
