/*
 * The bill of materials of a result: its packages, its files with their digests, and what is of
 * no package. The two documents are functions of it; the same result gives the same bytes.
 */
#ifndef MKROOTFS_REPORT_SBOM_H
#define MKROOTFS_REPORT_SBOM_H

#include "base/buffer.h"
#include "base/digest.h"
#include "rootfs/packages.h"

#include <signal.h>

struct sbom_file {
	const struct entry *entry;
	const struct package *package; /* NULL: of none */
	char sha256[DIGEST_TEXT_SIZE];
	char sha1[DIGEST_SHA1_TEXT_SIZE];
};

struct sbom_package {
	const struct package *package;
	const char *license; /* SPDX expression, or NULL */
	const char *purl;    /* package-url */
};

struct sbom {
	const char *name;    /* of the whole */
	const char *version; /* mkrootfs's own */
	int64_t created;     /* seconds since 1970 */
	struct sbom_package *packages;
	size_t n_packages;
	struct sbom_file *files; /* in path order */
	size_t n_files;
	char digest[DIGEST_TEXT_SIZE]; /* of all of this: an identity */
};

/*
 * Reads every file of MANIFEST, which is sealed. NAME, VERSION and CREATED are set by the
 * caller before. All belongs to ARENA. Errors: -errno after a diagnostic; -EINTR where
 * *CANCELLED (may be NULL) is set.
 */
int sbom_read(struct sbom *sbom, struct arena *arena, const struct root *root,
	      const struct manifest *manifest, const struct packages *packages,
	      const volatile sig_atomic_t *cancelled, const struct diag *diag);

/* SPDX 2.3 and CycloneDX 1.5, both in JSON. Return 0 or -ENOMEM. */
int report_spdx(struct buffer *out, const struct sbom *sbom);
int report_cyclonedx(struct buffer *out, const struct sbom *sbom);

#endif
