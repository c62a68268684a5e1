/*
 * rpm's database, through librpm: its formats (Berkeley DB, ndb, SQLite) are nobody else's to
 * read. Without the library at build time, its packages are not known.
 */
#include "rootfs/packages_private.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>

#ifdef HAVE_RPM

#include <rpm/header.h>
#include <rpm/rpmdb.h>
#include <rpm/rpmfiles.h>
#include <rpm/rpmlib.h>
#include <rpm/rpmlog.h>
#include <rpm/rpmmacro.h>
#include <rpm/rpmts.h>

static void rpmts_cleanup(rpmts *set)
{
	rpmtsFree(*set);
}

static int set_tag(struct package_reader *reader, Header header, rpmTag tag, const char **out)
{
	const char *text = headerGetString(header, tag);

	if (!text)
		return 0;
	*out = arena_strdup(reader->arena, text);
	return *out ? 0 : -ENOMEM;
}

/* "bash-5.2-1.src.rpm": the last two parts are version and release. */
static void split_source(struct package *package, char *text)
{
	char *end = strstr(text, ".src.rpm");
	char *release;
	char *version;

	package->source = package->name;
	package->source_version = package->version;
	if (!end)
		return;
	*end = '\0';
	release = strrchr(text, '-');
	if (!release)
		return;
	*release = '\0';
	version = strrchr(text, '-');
	*release = '-';
	if (!version)
		return;
	*version = '\0';
	package->source = text;
	package->source_version = version + 1;
}

static int own_files(struct package_reader *reader, struct package *package, Header header)
{
	rpmfiles files = rpmfilesNew(NULL, header, RPMTAG_BASENAMES, RPMFI_FLAGS_ONLY_FILENAMES);
	int count = files ? rpmfilesFC(files) : 0;
	int r = 0;

	for (int i = 0; r == 0 && i < count; i++) {
		CLEANUP(free) char *path = rpmfilesFN(files, i);
		struct package_owner *owner =
			path ? package_find(reader, path, strlen(path)) : NULL;

		if (owner)
			r = package_own(reader, package, owner);
	}
	rpmfilesFree(files);
	return r;
}

static int read_package(struct package_reader *reader, Header header)
{
	struct package *package = arena_alloc(reader->arena, sizeof(*package));
	const char *release = headerGetString(header, RPMTAG_RELEASE);
	const char *source = headerGetString(header, RPMTAG_SOURCERPM);
	uint64_t epoch = headerGetNumber(header, RPMTAG_EPOCH);
	char *text;
	int r;

	if (!package)
		return -ENOMEM;
	package->kind = PACKAGE_RPM;
	r = set_tag(reader, header, RPMTAG_NAME, &package->name);
	if (r == 0)
		r = set_tag(reader, header, RPMTAG_VERSION, &package->version);
	if (r == 0)
		r = set_tag(reader, header, RPMTAG_ARCH, &package->architecture);
	if (r == 0)
		r = set_tag(reader, header, RPMTAG_VENDOR, &package->maintainer);
	if (r == 0)
		r = set_tag(reader, header, RPMTAG_URL, &package->homepage);
	if (r < 0 || !package->name || !package->version)
		return r;
	if (release)
		package->version = arena_printf(reader->arena, "%s-%s", package->version, release);
	if (epoch > 0)
		package->epoch = arena_printf(reader->arena, "%llu", (unsigned long long)epoch);
	text = arena_strdup(reader->arena, source ? source : "");
	if (!package->version || !text || (epoch > 0 && !package->epoch))
		return -ENOMEM;
	split_source(package, text);
	return own_files(reader, package, header);
}

/* The database's directory of distributions of today, and of yesterday. */
static const char *find_database(struct package_reader *reader)
{
	static const char *const paths[] = { "/usr/lib/sysimage/rpm", "/var/lib/rpm" };
	static const char *const files[] = { "rpmdb.sqlite", "Packages.db", "Packages" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++) {
		char *canonical;

		if (root_walk(reader->root, reader->arena, paths[i], true, NULL, NULL, &canonical) <
		    0)
			continue;
		for (size_t j = 0; j < ARRAY_SIZE(files); j++) {
			const char *path =
				arena_printf(reader->arena, "%s/%s", canonical, files[j]);
			const struct stat *stat;

			if (path &&
			    root_look(reader->root, reader->arena, path, &stat, NULL) == 0 &&
			    S_ISREG(stat->st_mode))
				return canonical;
		}
	}
	return NULL;
}

int packages_read_rpm(struct package_reader *reader)
{
	const char *database = find_database(reader);
	CLEANUP(rpmts) rpmts set = NULL;
	rpmdbMatchIterator iterator;
	Header header;
	int r = 0;

	if (!database)
		return 0;
	rpmlogSetMask(RPMLOG_UPTO(RPMLOG_CRIT));
	if (rpmReadConfigFiles(NULL, NULL) != 0)
		return 0;
	rpmPushMacro(NULL, "_dbpath", NULL, database, RMIL_CMDLINE);
	set = rpmtsCreate();
	rpmtsSetVSFlags(set, RPMVSF_MASK_NODIGESTS | RPMVSF_MASK_NOSIGNATURES);
	if (rpmtsSetRootDir(set, root_disk_path(reader->root)) != 0 ||
	    rpmtsOpenDB(set, O_RDONLY) != 0) {
		diag_warning(reader->diag, database, "cannot be read as a database of rpm");
		rpmPopMacro(NULL, "_dbpath");
		return 0;
	}
	iterator = rpmtsInitIterator(set, RPMDBI_PACKAGES, NULL, 0);
	while (r == 0 && (header = rpmdbNextIterator(iterator)) != NULL)
		r = read_package(reader, header);
	rpmdbFreeIterator(iterator);
	rpmPopMacro(NULL, "_dbpath");
	return r;
}

#else

int packages_read_rpm(struct package_reader *reader)
{
	return 0;
}

#endif
