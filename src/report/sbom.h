/* SPDX-License-Identifier: Apache-2.0 */
/*
 * Software bills of materials: what a rootfs is made of, for programs. SPDX 2.3 and CycloneDX 1.5,
 * both in JSON, told from the same facts. Nothing in them depends on anything but those: the
 * identity of a document is the digest of what it says.
 */
#ifndef MKROOTFS_REPORT_SBOM_H
#define MKROOTFS_REPORT_SBOM_H

#include "base/buffer.h"
#include "packages/checksums.h"
#include "packages/os_release.h"
#include "packages/packages.h"

struct sbom_file {
	const struct entry *entry; /* a file; its PACKAGE is one of the bill's, or NULL */
	struct checksums sums;	   /* SHA-1 and SHA-256 */
};

struct sbom {
	const char *name;    /* what it is the bill of */
	const char *version; /* mkrootfs's own */
	const char *created; /* RFC 3339 */
	const struct os_release *os;
	const struct packages *packages;
	const struct sbom_file *files; /* in path order */
	size_t n_files;
};

/* Documents of one line end each. Return 0 or -ENOMEM. */
int report_spdx(struct buffer *out, const struct sbom *sbom);
int report_cyclonedx(struct buffer *out, const struct sbom *sbom);

/*
 * The package URL of PACKAGE in the distribution OS, "pkg:deb/debian/libc6@2.36-9?arch=amd64&...";
 * owned by ARENA; NULL when out of memory.
 */
const char *sbom_purl(struct arena *arena, const struct package *package,
		      const struct os_release *os);

enum { SBOM_UUID_SIZE = 37 };
/* A UUID (version 8 of RFC 9562) out of a digest of TEXT. */
void sbom_uuid(const struct buffer *text, char uuid[SBOM_UUID_SIZE]);

#endif
