/* SPDX 2.3 (spdx.github.io/spdx-spec/v2.3), in its JSON. */
#include "report/document.h"
#include "report/sbom.h"
#include "rootfs/image.h"

#include <errno.h>
#include <string.h>

static const char whole[] = "SPDXRef-rootfs";
static const char unknown[] = "NOASSERTION";

/* An element's name in the document: letters, digits, "." and "-" alone. */
enum { ID_SIZE = 64 };

static void file_id(char id[ID_SIZE], size_t index)
{
	snprintf(id, ID_SIZE, "SPDXRef-File-%zu", index);
}

static void package_id(char id[ID_SIZE], size_t index)
{
	snprintf(id, ID_SIZE, "SPDXRef-Package-%zu", index);
}

static int relate(json_t *relationships, const char *from, const char *type, const char *to)
{
	return document_add(relationships,
			    json_pack("{s:s, s:s, s:s}", "spdxElementId", from, "relationshipType",
				      type, "relatedSpdxElement", to));
}

static int compare_digests(const void *left, const void *right)
{
	return strcmp(*(const char *const *)left, *(const char *const *)right);
}

/* SHA-1 of the SHA-1s of a package's files, sorted (7.9). PACKAGE NULL: of those of none. */
static int make_verification_code(const struct sbom *sbom, const struct package *package,
				  char text[DIGEST_SHA1_TEXT_SIZE])
{
	CLEANUP(free) const char **digests = calloc(sbom->n_files + 1, sizeof(*digests));
	struct digest_sha1 digest;
	size_t count = 0;

	if (!digests)
		return -ENOMEM;
	for (size_t i = 0; i < sbom->n_files; i++)
		if (sbom->files[i].package == package)
			digests[count++] = sbom->files[i].sha1;
	if (count > 1)
		qsort(digests, count, sizeof(*digests), compare_digests);
	digest_sha1_begin(&digest);
	for (size_t i = 0; i < count; i++)
		digest_sha1_add(&digest, digests[i], DIGEST_SHA1_TEXT_SIZE - 1);
	digest_sha1_end(&digest, text);
	return 0;
}

static json_t *make_package(const struct sbom *sbom, const char *id, const char *name,
			    const struct package *package)
{
	char code[DIGEST_SHA1_TEXT_SIZE];

	if (make_verification_code(sbom, package, code) < 0)
		return NULL;
	return json_pack("{s:o, s:s, s:s, s:b, s:{s:s}, s:s, s:s}", "name", document_text(name),
			 "SPDXID", id, "downloadLocation", unknown, "filesAnalyzed", 1,
			 "packageVerificationCode", "packageVerificationCodeValue", code,
			 "licenseConcluded", unknown, "copyrightText", unknown);
}

static int add_package(json_t *packages, const struct sbom *sbom, size_t index)
{
	const struct sbom_package *item = &sbom->packages[index];
	CLEANUP(json_decref) json_t *value = NULL;
	CLEANUP(json_decref) json_t *supplier = NULL;
	CLEANUP(buffer) struct buffer person = { 0 };
	char id[ID_SIZE];
	int r;

	package_id(id, index);
	value = make_package(sbom, id, item->package->name, item->package);
	r = document_set_text(value, "versionInfo", item->package->version);
	if (r == 0)
		r = document_set_text(value, "licenseDeclared",
				      item->license ? item->license : unknown);
	if (r == 0)
		r = document_set_text(value, "homepage", item->package->homepage);
	if (r == 0 && item->package->maintainer) {
		buffer_printf(&person, "Organization: %s", item->package->maintainer);
		r = buffer_error(&person) ? -ENOMEM
					  : document_set_text(value, "supplier", person.bytes);
	}
	if (r == 0)
		r = document_set_text(value, "sourceInfo", item->package->source);
	if (r == 0)
		r = document_set(value, "externalRefs",
				 json_pack("[{s:s, s:s, s:s}]", "referenceCategory",
					   "PACKAGE-MANAGER", "referenceType", "purl",
					   "referenceLocator", item->purl));
	return r == 0 ? document_add(packages, STEAL(value)) : r;
}

static int add_file(json_t *files, const struct sbom_file *file, size_t index)
{
	CLEANUP(buffer) struct buffer name = { 0 };
	char id[ID_SIZE];

	file_id(id, index);
	buffer_printf(&name, ".%s", file->entry->path);
	if (buffer_error(&name))
		return -ENOMEM;
	return document_add(files,
			    json_pack("{s:o, s:s, s:[{s:s, s:s}, {s:s, s:s}], s:s, s:s}",
				      "fileName", document_text(name.bytes), "SPDXID", id,
				      "checksums", "algorithm", "SHA1", "checksumValue", file->sha1,
				      "algorithm", "SHA256", "checksumValue", file->sha256,
				      "licenseConcluded", unknown, "copyrightText", unknown));
}

static int add_relationships(json_t *relationships, const struct sbom *sbom)
{
	char from[ID_SIZE];
	char to[ID_SIZE];
	int r = relate(relationships, "SPDXRef-DOCUMENT", "DESCRIBES", whole);

	for (size_t i = 0; r == 0 && i < sbom->n_packages; i++) {
		package_id(to, i);
		r = relate(relationships, whole, "CONTAINS", to);
	}
	for (size_t i = 0; r == 0 && i < sbom->n_files; i++) {
		snprintf(from, sizeof(from), "%s", whole);
		for (size_t j = 0; j < sbom->n_packages; j++)
			if (sbom->packages[j].package == sbom->files[i].package)
				package_id(from, j);
		file_id(to, i);
		r = relate(relationships, from, "CONTAINS", to);
	}
	return r;
}

static json_t *make_head(const struct sbom *sbom)
{
	char created[IMAGE_TIME_SIZE];
	CLEANUP(buffer) struct buffer tool = { 0 };
	CLEANUP(buffer) struct buffer space = { 0 };

	image_time(sbom->created, created);
	buffer_printf(&tool, "Tool: mkrootfs-%s", sbom->version);
	/* Only to be unique: nothing is there (6.5). */
	buffer_printf(&space, "https://spdx.org/spdxdocs/mkrootfs-%s", sbom->digest);
	if (buffer_error(&tool) || buffer_error(&space))
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:o, s:s, s:{s:s, s:[s]}}", "spdxVersion", "SPDX-2.3",
			 "dataLicense", "CC0-1.0", "SPDXID", "SPDXRef-DOCUMENT", "name",
			 document_text(sbom->name), "documentNamespace", space.bytes,
			 "creationInfo", "created", created, "creators", tool.bytes);
}

int report_spdx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(json_decref) json_t *document = make_head(sbom);
	CLEANUP(json_decref) json_t *packages = json_array();
	CLEANUP(json_decref) json_t *files = json_array();
	CLEANUP(json_decref) json_t *relationships = json_array();
	json_t *rootfs = make_package(sbom, whole, sbom->name, NULL);
	int r = document_set_text(rootfs, "licenseDeclared", unknown);

	if (r == 0)
		r = document_set_text(rootfs, "primaryPackagePurpose", "CONTAINER");
	if (r < 0) {
		json_decref(rootfs);
		return r;
	}
	r = document_add(packages, rootfs);
	for (size_t i = 0; r == 0 && i < sbom->n_packages; i++)
		r = add_package(packages, sbom, i);
	for (size_t i = 0; r == 0 && i < sbom->n_files; i++)
		r = add_file(files, &sbom->files[i], i);
	if (r == 0)
		r = add_relationships(relationships, sbom);
	if (r == 0)
		r = document_set(document, "packages", STEAL(packages));
	if (r == 0)
		r = document_set(document, "files", STEAL(files));
	if (r == 0)
		r = document_set(document, "relationships", STEAL(relationships));
	return r == 0 ? document_write(out, document) : r;
}
