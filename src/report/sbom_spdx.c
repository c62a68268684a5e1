/* SPDX-License-Identifier: Apache-2.0 */
#include "base/texts.h"
#include "report/json_text.h"
#include "report/sbom.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char unknown[] = "NOASSERTION";
static const char whole[] = "SPDXRef-Rootfs";

/* What is being made: ids are numbered in the order of the bill. */
struct document {
	struct arena *arena;
	const struct sbom *sbom;
	json_t *packages;
	json_t *files;
	json_t *relationships;
};

static void document_cleanup(struct document *document)
{
	json_decref(document->packages);
	json_decref(document->files);
	json_decref(document->relationships);
	arena_free(document->arena);
}

/* Ids are letters, digits, "." and "-" (SPDX 2.3, 3.2). */
static char *package_id(struct document *document, size_t index)
{
	const char *name = document->sbom->packages->items[index]->name;
	char *id = arena_printf(document->arena, "SPDXRef-Package-%zu-%s", index, name);

	for (char *at = id; at && *at; at++)
		if (!isascii((unsigned char)*at) ||
		    (!isalnum((unsigned char)*at) && *at != '.' && *at != '-'))
			*at = '-';
	return id;
}

static char *file_id(struct document *document, size_t index)
{
	return arena_printf(document->arena, "SPDXRef-File-%zu", index);
}

static int relate(struct document *document, const char *from, const char *type, const char *to)
{
	if (!from || !to)
		return -ENOMEM;
	return json_append(document->relationships,
			   json_pack("{s:s, s:s, s:s}", "spdxElementId", from, "relationshipType",
				     type, "relatedSpdxElement", to));
}

/*
 * The verification code of PACKAGE's files, NULL for those of none: the SHA-1 of their SHA-1s in
 * order (SPDX 2.3, 7.9). *COUNT is how many there are.
 */
static int verification_code(const struct sbom *sbom, const struct package *package,
			     struct checksums *code, size_t *count)
{
	CLEANUP(free) const char **sums = calloc(sbom->n_files + 1, sizeof(*sums));
	CLEANUP(buffer) struct buffer all = { 0 };

	*count = 0;
	if (!sums)
		return -ENOMEM;
	for (size_t i = 0; i < sbom->n_files; i++)
		if (sbom->files[i].entry->package == package)
			sums[(*count)++] = sbom->files[i].sums.sha1;
	texts_sort(sums, *count);
	for (size_t i = 0; i < *count; i++)
		buffer_add_string(&all, sums[i]);
	if (buffer_error(&all))
		return -ENOMEM;
	checksum_sha1(all.bytes, all.size, code);
	return 0;
}

/* An object that has files, those of PACKAGE, has their verification code. */
static int set_files(json_t *value, const struct sbom *sbom, const struct package *package)
{
	struct checksums code;
	size_t count;
	int r = verification_code(sbom, package, &code, &count);

	if (r == 0)
		r = json_set(value, "filesAnalyzed", json_boolean(count > 0));
	if (r == 0 && count > 0)
		r = json_set(value, "packageVerificationCode",
			     json_pack("{s:s}", "packageVerificationCodeValue", code.sha1));
	return r;
}

static int add_whole(struct document *document)
{
	CLEANUP(json_decref)
	json_t *value = json_pack("{s:s, s:o, s:s, s:s, s:s, s:s, s:s}", "SPDXID", whole, "name",
				  json_text(document->sbom->name), "downloadLocation", unknown,
				  "licenseConcluded", unknown, "licenseDeclared", unknown,
				  "copyrightText", unknown, "primaryPackagePurpose", "CONTAINER");
	int r = set_files(value, document->sbom, NULL);

	if (r == 0)
		r = json_append(document->packages, STEAL(value));
	return r == 0 ? relate(document, "SPDXRef-DOCUMENT", "DESCRIBES", whole) : r;
}

/* "Name <mail>" in the way of SPDX: "Organization: Name (mail)". */
static json_t *supplier(struct document *document, const char *maintainer)
{
	char *text = arena_printf(document->arena, "Organization: %s", maintainer);
	char *open = text ? strrchr(text, '<') : NULL;
	size_t length = text ? strlen(text) : 0;

	if (open && text[length - 1] == '>') {
		*open = '(';
		text[length - 1] = ')';
	}
	return text ? json_text(text) : NULL;
}

static int set_provenance(struct document *document, json_t *value, const struct package *package)
{
	const char *source = arena_printf(document->arena, "built from source package %s %s",
					  package->source, package->source_version);
	const char *purl = sbom_purl(document->arena, package, document->sbom->os);
	int r = source && purl ? 0 : -ENOMEM;

	if (r == 0)
		r = json_set(value, "sourceInfo", json_text(source));
	if (r == 0 && package->maintainer)
		r = json_set(value, "supplier", supplier(document, package->maintainer));
	if (r == 0)
		r = json_set(value, "comment",
			     json_string("only its files that are in the root filesystem"));
	if (r == 0)
		r = json_set(value, "externalRefs",
			     json_pack("[{s:s, s:s, s:s}]", "referenceCategory", "PACKAGE-MANAGER",
				       "referenceType", "purl", "referenceLocator", purl));
	return r;
}

static int add_package(struct document *document, size_t index)
{
	const struct package *package = document->sbom->packages->items[index];
	const char *id = package_id(document, index);
	CLEANUP(json_decref)
	json_t *value = json_pack(
		"{s:s, s:o, s:o, s:s, s:s, s:s, s:s}", "SPDXID", id ? id : "", "name",
		json_text(package->name), "versionInfo", json_text(package->version),
		"downloadLocation", unknown, "licenseConcluded", unknown, "licenseDeclared",
		package->license ? package->license : unknown, "copyrightText", unknown);
	int r = set_provenance(document, value, package);

	if (r == 0)
		r = set_files(value, document->sbom, package);
	if (r == 0)
		r = json_append(document->packages, STEAL(value));
	return r == 0 ? relate(document, whole, "CONTAINS", id) : r;
}

static char *owner_id(struct document *document, const struct package *package)
{
	for (size_t i = 0; i < document->sbom->packages->count; i++)
		if (document->sbom->packages->items[i] == package)
			return package_id(document, i);
	return arena_strdup(document->arena, whole);
}

static int add_file(struct document *document, size_t index)
{
	const struct sbom_file *file = &document->sbom->files[index];
	const char *path = arena_printf(document->arena, ".%s", file->entry->path);
	const char *id = file_id(document, index);
	CLEANUP(json_decref)
	json_t *value =
		json_pack("{s:s, s:o, s:[{s:s, s:s}, {s:s, s:s}], s:s, s:[s], s:s}", "SPDXID",
			  id ? id : "", "fileName", json_text(path), "checksums", "algorithm",
			  "SHA1", "checksumValue", file->sums.sha1, "algorithm", "SHA256",
			  "checksumValue", file->sums.sha256, "licenseConcluded", unknown,
			  "licenseInfoInFiles", unknown, "copyrightText", unknown);
	int r = path && id && value ? 0 : -ENOMEM;

	if (r == 0 && !file->entry->package)
		r = json_set(value, "comment", json_string("belongs to no package"));
	if (r == 0)
		r = json_append(document->files, STEAL(value));
	return r == 0 ? relate(document, owner_id(document, file->entry->package), "CONTAINS", id)
		      : r;
}

static int add_all(struct document *document)
{
	int r = add_whole(document);

	for (size_t i = 0; r == 0 && i < document->sbom->packages->count; i++)
		r = add_package(document, i);
	for (size_t i = 0; r == 0 && i < document->sbom->n_files; i++)
		r = add_file(document, i);
	return r;
}

/* The document's name in the world: one of its own, by what it says. */
static int set_namespace(struct document *document, json_t *value)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	char uuid[SBOM_UUID_SIZE];
	const char *name;

	if (json_add(&text, value, 0) < 0 || buffer_error(&text))
		return -ENOMEM;
	sbom_uuid(&text, uuid);
	name = arena_printf(document->arena, "https://spdx.org/spdxdocs/mkrootfs-%s", uuid);
	return name ? json_set(value, "documentNamespace", json_string(name)) : -ENOMEM;
}

int report_spdx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(document)
	struct document document = {
		.arena = arena_new(),
		.sbom = sbom,
		.packages = json_array(),
		.files = json_array(),
		.relationships = json_array(),
	};
	CLEANUP(json_decref) json_t *value = NULL;
	const char *tool;
	int r;

	if (!document.arena)
		return -ENOMEM;
	tool = arena_printf(document.arena, "Tool: mkrootfs-%s", sbom->version);
	r = tool ? add_all(&document) : -ENOMEM;
	if (r < 0)
		return r;
	value = json_pack("{s:s, s:s, s:s, s:o, s:s, s:{s:s, s:[s]}, s:O, s:O, s:O}", "spdxVersion",
			  "SPDX-2.3", "dataLicense", "CC0-1.0", "SPDXID", "SPDXRef-DOCUMENT",
			  "name", json_text(sbom->name), "documentNamespace", "", "creationInfo",
			  "created", sbom->created, "creators", tool, "packages", document.packages,
			  "files", document.files, "relationships", document.relationships);
	r = value ? set_namespace(&document, value) : -ENOMEM;
	if (r == 0)
		r = json_add(out, value, JSON_INDENT(1));
	buffer_add_string(out, "\n");
	return r == 0 ? buffer_error(out) : r;
}
