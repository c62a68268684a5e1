/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/json.h"
#include "base/texts.h"
#include "report/sbom.h"

#include <ctype.h>
#include <errno.h>
#include <string.h>

static const char unknown[] = "NOASSERTION";
static const char whole[] = "SPDXRef-Rootfs";

/* The document on its way. Ids are numbered in the order of the bill. */
struct spdx {
	struct arena *arena; /* for texts */
	const struct sbom *sbom;
	struct json json;
	json_t *packages;
	json_t *files;
	json_t *relationships;
};

static void spdx_cleanup(struct spdx *document)
{
	json_reset(&document->json);
	arena_free(document->arena);
}

/* An id may have letters, digits, "." and "-" (SPDX 2.3, 3.2). */
static char *package_id(struct spdx *document, size_t index)
{
	const char *name = document->sbom->packages->items[index]->name;
	char *id = arena_printf(document->arena, "SPDXRef-Package-%zu-%s", index, name);

	for (char *at = id; at && *at; at++)
		if (!isascii((unsigned char)*at) ||
		    (!isalnum((unsigned char)*at) && *at != '.' && *at != '-'))
			*at = '-';
	return id;
}

static void relate(struct spdx *document, const char *from, const char *type, const char *to)
{
	json_t *relationship = json_add_object(&document->json, document->relationships);

	json_put_text(&document->json, relationship, "spdxElementId", from);
	json_put_text(&document->json, relationship, "relationshipType", type);
	json_put_text(&document->json, relationship, "relatedSpdxElement", to);
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

/* Says of an element which of the files, those of PACKAGE, were looked at. */
static int put_files(struct spdx *document, json_t *element, const struct package *package)
{
	struct json *json = &document->json;
	struct checksums code;
	size_t count;

	TRY(verification_code(document->sbom, package, &code, &count));
	json_put_boolean(json, element, "filesAnalyzed", count > 0);
	if (count > 0)
		json_put_text(json, json_put_object(json, element, "packageVerificationCode"),
			      "packageVerificationCodeValue", code.sha1);
	return 0;
}

/* The rootfs as a whole is a package, too, which contains all others. */
static int put_whole(struct spdx *document)
{
	struct json *json = &document->json;
	json_t *element = json_add_object(json, document->packages);

	json_put_text(json, element, "SPDXID", whole);
	json_put_text(json, element, "name", document->sbom->name);
	json_put_text(json, element, "downloadLocation", unknown);
	json_put_text(json, element, "licenseConcluded", unknown);
	json_put_text(json, element, "licenseDeclared", unknown);
	json_put_text(json, element, "copyrightText", unknown);
	json_put_text(json, element, "primaryPackagePurpose", "CONTAINER");
	relate(document, "SPDXRef-DOCUMENT", "DESCRIBES", whole);
	return put_files(document, element, NULL);
}

/* "Name <mail>" as SPDX writes it: "Organization: Name (mail)". NULL when out of memory. */
static const char *format_supplier(struct arena *arena, const char *maintainer)
{
	char *text = arena_printf(arena, "Organization: %s", maintainer);
	size_t length = text ? strlen(text) : 0;
	char *open = text ? strrchr(text, '<') : NULL;

	if (open && text[length - 1] == '>') {
		*open = '(';
		text[length - 1] = ')';
	}
	return text;
}

static int put_provenance(struct spdx *document, json_t *element, const struct package *package)
{
	struct arena *arena = document->arena;
	struct json *json = &document->json;
	const char *source = arena_printf(arena, "built from source package %s %s", package->source,
					  package->source_version);
	const char *supplier =
		format_supplier(arena, package->maintainer ? package->maintainer : "");
	const char *purl = sbom_purl(arena, package, document->sbom->os);
	json_t *reference;

	if (!source || !supplier || !purl)
		return -ENOMEM;
	json_put_text(json, element, "sourceInfo", source);
	if (package->maintainer)
		json_put_text(json, element, "supplier", supplier);
	json_put_text(json, element, "comment", "only its files that are in the root filesystem");
	reference = json_add_object(json, json_put_array(json, element, "externalRefs"));
	json_put_text(json, reference, "referenceCategory", "PACKAGE-MANAGER");
	json_put_text(json, reference, "referenceType", "purl");
	json_put_text(json, reference, "referenceLocator", purl);
	return 0;
}

static int put_package(struct spdx *document, size_t index)
{
	const struct package *package = document->sbom->packages->items[index];
	const char *id = package_id(document, index);
	struct json *json = &document->json;
	json_t *element = json_add_object(json, document->packages);

	if (!id)
		return -ENOMEM;
	json_put_text(json, element, "SPDXID", id);
	json_put_text(json, element, "name", package->name);
	json_put_text(json, element, "versionInfo", package->version);
	json_put_text(json, element, "downloadLocation", unknown);
	json_put_text(json, element, "licenseConcluded", unknown);
	json_put_text(json, element, "licenseDeclared",
		      package->license ? package->license : unknown);
	json_put_text(json, element, "copyrightText", unknown);
	TRY(put_provenance(document, element, package));
	TRY(put_files(document, element, package));
	relate(document, whole, "CONTAINS", id);
	return 0;
}

static const char *owner_id(struct spdx *document, const struct package *package)
{
	for (size_t i = 0; i < document->sbom->packages->count; i++)
		if (document->sbom->packages->items[i] == package)
			return package_id(document, i);
	return whole;
}

static void add_checksum(struct json *json, json_t *checksums, const char *algorithm,
			 const char *value)
{
	json_t *checksum = json_add_object(json, checksums);

	json_put_text(json, checksum, "algorithm", algorithm);
	json_put_text(json, checksum, "checksumValue", value);
}

static int put_file(struct spdx *document, size_t index)
{
	const struct sbom_file *file = &document->sbom->files[index];
	const char *path = arena_printf(document->arena, ".%s", file->entry->path);
	const char *id = arena_printf(document->arena, "SPDXRef-File-%zu", index);
	const char *owner = owner_id(document, file->entry->package);
	struct json *json = &document->json;
	json_t *element = json_add_object(json, document->files);
	json_t *checksums;

	if (!path || !id || !owner)
		return -ENOMEM;
	json_put_text(json, element, "SPDXID", id);
	json_put_text(json, element, "fileName", path);
	checksums = json_put_array(json, element, "checksums");
	add_checksum(json, checksums, "SHA1", file->sums.sha1);
	add_checksum(json, checksums, "SHA256", file->sums.sha256);
	json_put_text(json, element, "licenseConcluded", unknown);
	json_add_text(json, json_put_array(json, element, "licenseInfoInFiles"), unknown);
	json_put_text(json, element, "copyrightText", unknown);
	if (!file->entry->package)
		json_put_text(json, element, "comment", "belongs to no package");
	relate(document, owner, "CONTAINS", id);
	return 0;
}

static int put_head(struct spdx *document)
{
	const char *tool =
		arena_printf(document->arena, "Tool: mkrootfs-%s", document->sbom->version);
	struct json *json = &document->json;
	json_t *creation;

	if (!tool)
		return -ENOMEM;
	json_put_text(json, json->root, "spdxVersion", "SPDX-2.3");
	json_put_text(json, json->root, "dataLicense", "CC0-1.0");
	json_put_text(json, json->root, "SPDXID", "SPDXRef-DOCUMENT");
	json_put_text(json, json->root, "name", document->sbom->name);
	json_put_text(json, json->root, "documentNamespace", "");
	creation = json_put_object(json, json->root, "creationInfo");
	json_put_text(json, creation, "created", document->sbom->created);
	json_add_text(json, json_put_array(json, creation, "creators"), tool);
	document->packages = json_put_array(json, json->root, "packages");
	document->files = json_put_array(json, json->root, "files");
	document->relationships = json_put_array(json, json->root, "relationships");
	return 0;
}

/* A document needs a URI of its own: it is made of a digest of all the rest. */
static int put_namespace(struct spdx *document)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	struct json *json = &document->json;
	char uuid[SBOM_UUID_SIZE];
	const char *name;

	TRY(json_write(json, &text, 0));
	sbom_uuid(&text, uuid);
	name = arena_printf(document->arena, "https://spdx.org/spdxdocs/mkrootfs-%s", uuid);
	if (!name)
		return -ENOMEM;
	json_put_text(json, json->root, "documentNamespace", name);
	return 0;
}

int report_spdx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(spdx)
	struct spdx document = {
		.arena = arena_new(),
		.sbom = sbom,
		.json = json_new_object(),
	};

	if (!document.arena)
		return -ENOMEM;
	TRY(put_head(&document));
	TRY(put_whole(&document));
	for (size_t i = 0; i < sbom->packages->count; i++)
		TRY(put_package(&document, i));
	for (size_t i = 0; i < sbom->n_files; i++)
		TRY(put_file(&document, i));
	TRY(put_namespace(&document));
	TRY(json_write(&document.json, out, JSON_INDENT(1)));
	buffer_add_string(out, "\n");
	return buffer_error(out);
}
