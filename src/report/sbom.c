/* SPDX-License-Identifier: Apache-2.0 */
#include "report/sbom.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

static const char *const types[] = {
	[PACKAGE_DPKG] = "deb",
	[PACKAGE_APK] = "apk",
	[PACKAGE_RPM] = "rpm",
};

/* For a root that does not say which distribution it is. */
static const char *const usual_namespaces[] = {
	[PACKAGE_DPKG] = "debian",
	[PACKAGE_APK] = "alpine",
	[PACKAGE_RPM] = "redhat",
};

/* As the specification of package URLs has it: a colon stays as it is. */
static void add_encoded(struct buffer *out, const char *text)
{
	for (; *text; text++) {
		unsigned char byte = (unsigned char)*text;

		if (isascii(byte) && (isalnum(byte) || strchr("-._~:", byte)))
			buffer_printf(out, "%c", byte);
		else
			buffer_printf(out, "%%%02X", byte);
	}
}

static void add_qualifier(struct buffer *out, const char *key, const char *value)
{
	buffer_printf(out, "%c%s=", memchr(out->bytes, '?', out->size) ? '&' : '?', key);
	add_encoded(out, value);
}

/* rpm's epoch is no part of the version in a package URL. */
static void add_version(struct buffer *out, const struct package *package, const char *colon)
{
	bool epoch = package->kind == PACKAGE_RPM && colon;

	buffer_add_string(out, "@");
	add_encoded(out, epoch ? colon + 1 : package->version);
}

/* Advisories of some distributions, as of Debian, name source packages. */
static void add_upstream(struct buffer *out, const struct package *package)
{
	bool rebuilt = strcmp(package->source_version, package->version) != 0;

	if (package->kind == PACKAGE_RPM ||
	    (!rebuilt && strcmp(package->source, package->name) == 0))
		return;
	add_qualifier(out, "upstream", package->source);
	if (!rebuilt)
		return;
	buffer_add_string(out, "%40");
	add_encoded(out, package->source_version);
}

const char *sbom_purl(struct arena *arena, const struct package *package,
		      const struct os_release *os)
{
	CLEANUP(buffer) struct buffer purl = { 0 };
	const char *colon = strchr(package->version, ':');
	bool known = strcmp(os->id, "linux") != 0;

	buffer_printf(&purl, "pkg:%s/", types[package->kind]);
	add_encoded(&purl, known ? os->id : usual_namespaces[package->kind]);
	buffer_add_string(&purl, "/");
	add_encoded(&purl, package->name);
	add_version(&purl, package, colon);
	if (buffer_error(&purl))
		return NULL;
	if (*package->architecture)
		add_qualifier(&purl, "arch", package->architecture);
	if (known) {
		add_qualifier(&purl, "distro", os->id);
		if (os->version_id) {
			buffer_add_string(&purl, "-");
			add_encoded(&purl, os->version_id);
		}
	}
	if (package->kind == PACKAGE_RPM && colon)
		buffer_printf(&purl, "%cepoch=%.*s", known || *package->architecture ? '&' : '?',
			      (int)(colon - package->version), package->version);
	add_upstream(&purl, package);
	return buffer_error(&purl) ? NULL : arena_strdup(arena, purl.bytes);
}

void sbom_uuid(const struct buffer *text, char uuid[SBOM_UUID_SIZE])
{
	char digest[DIGEST_TEXT_SIZE];

	digest_of(text->bytes, text->size, digest);
	snprintf(uuid, SBOM_UUID_SIZE, "%.8s-%.4s-8%.3s-%c%.3s-%.12s", digest, digest + 8,
		 digest + 13, "89ab"[(digest[16] - '0') & 3], digest + 17, digest + 20);
}
