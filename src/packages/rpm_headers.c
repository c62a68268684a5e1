/* SPDX-License-Identifier: Apache-2.0 */
#include "packages/rpm_headers.h"
#include "base/error.h"
#include "packages/rpm_place.h"

#include <fcntl.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmts.h>
#include <stdlib.h>

static int visit_set(rpmts set, rpm_header_fn *visit, void *data)
{
	rpmdbMatchIterator packages = rpmtsInitIterator(set, RPMDBI_PACKAGES, NULL, 0);
	Header header;
	int r = 0;

	while (r >= 0 && (header = rpmdbNextIterator(packages)))
		r = visit(data, header);
	rpmdbFreeIterator(packages);
	return r < 0 ? r : 0;
}

/* ROOT is the root's path on the disk, DIRECTORY the database's in the root. */
static int visit_database(const char *root, const struct diag *diag, const char *directory,
			  rpm_header_fn *visit, void *data)
{
	rpmts set;
	int r = 0;

	rpmSetVerbosity(RPMLOG_EMERG);
	if (rpmReadConfigFiles(NULL, NULL) != 0) {
		rpm_warn_unknown(diag, directory,
				 "librpm's own configuration (/usr/lib/rpm) is "
				 "not on this machine; install rpm");
		return 0;
	}
	rpmPushMacro(NULL, "_dbpath", NULL, directory, RMIL_CMDLINE);
	set = rpmtsCreate();
	rpmtsSetVSFlags(set, (rpmVSFlags)(RPMVSF_MASK_NODIGESTS | RPMVSF_MASK_NOSIGNATURES));
	rpmtsSetRootDir(set, root);
	if (rpmtsOpenDB(set, O_RDONLY) != 0)
		rpm_warn_unknown(diag, directory, "librpm cannot read the database");
	else
		r = visit_set(set, visit, data);
	rpmtsFree(set);
	rpmPopMacro(NULL, "_dbpath");
	return r;
}

int rpm_visit_headers(const struct root *root, const struct diag *diag, struct arena *scratch,
		      rpm_header_fn *visit, void *data)
{
	CLEANUP(free) char *disk = realpath(root_disk_path(root), NULL);
	const char *directory;

	TRY(rpm_find_database(root, diag, scratch, &directory));
	return directory && disk ? visit_database(disk, diag, directory, visit, data) : 0;
}

bool rpm_split_source(const char *file, struct view *name, struct view *version)
{
	struct view all = view_of(file);
	size_t at = all.size;

	for (int dashes = 0; at > 0 && dashes < 2; at--)
		dashes += all.bytes[at - 1] == '-';
	if (at == 0)
		return false;
	*name = (struct view){ all.bytes, at };
	*version = view_skip(all, at + 1);
	for (int dots = 0; version->size > 0 && dots < 2; version->size--)
		dots += version->bytes[version->size - 1] == '.';
	return true;
}
