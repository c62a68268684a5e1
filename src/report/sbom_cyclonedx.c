/* SPDX-License-Identifier: Apache-2.0 */
#include "base/error.h"
#include "base/json.h"
#include "report/sbom.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char whole[] = "rootfs";

/* The document on its way. */
struct cyclonedx {
	struct arena *arena; /* for texts */
	const struct sbom *sbom;
	struct json json;
	json_t *components;
	json_t *references; /* to what the rootfs as a whole is made of */
};

static void cyclonedx_cleanup(struct cyclonedx *document)
{
	json_reset(&document->json);
	arena_free(document->arena);
}

static void put_property(struct json *json, json_t *component, const char *name, const char *value)
{
	json_t *property = json_add_object(json, json_put_array(json, component, "properties"));

	json_put_text(json, property, "name", name);
	json_put_text(json, property, "value", value);
}

static void add_hash(struct json *json, json_t *hashes, const char *algorithm, const char *sum)
{
	json_t *hash = json_add_object(json, hashes);

	json_put_text(json, hash, "alg", algorithm);
	json_put_text(json, hash, "content", sum);
}

/* Adds FILE to COMPONENTS; REFERENCE is its name in the document. */
static void put_file(struct json *json, json_t *components, const struct sbom_file *file,
		     const char *reference)
{
	json_t *component = json_add_object(json, components);
	json_t *hashes;

	json_put_text(json, component, "type", "file");
	json_put_text(json, component, "bom-ref", reference);
	json_put_text(json, component, "name", file->entry->path);
	hashes = json_put_array(json, component, "hashes");
	add_hash(json, hashes, "SHA-256", file->sums.sha256);
	add_hash(json, hashes, "SHA-1", file->sums.sha1);
	if (!file->entry->package)
		put_property(json, component, "mkrootfs:package", "none");
}

/* The files of PACKAGE are parts of its component. */
static int put_files(struct cyclonedx *document, json_t *component, const struct package *package)
{
	const struct sbom *sbom = document->sbom;
	json_t *components = NULL;

	for (size_t i = 0; i < sbom->n_files; i++) {
		const struct sbom_file *file = &sbom->files[i];
		const char *reference;

		if (file->entry->package != package)
			continue;
		reference = arena_printf(document->arena, "file:%s", file->entry->path);
		if (!reference)
			return -ENOMEM;
		if (!components)
			components = json_put_array(&document->json, component, "components");
		put_file(&document->json, components, file, reference);
	}
	return 0;
}

/* The files that no package owns are parts of the whole. */
static int put_other_files(struct cyclonedx *document)
{
	const struct sbom *sbom = document->sbom;

	for (size_t i = 0; i < sbom->n_files; i++) {
		const struct sbom_file *file = &sbom->files[i];
		const char *reference;

		if (file->entry->package)
			continue;
		reference = arena_printf(document->arena, "file:%s", file->entry->path);
		if (!reference)
			return -ENOMEM;
		put_file(&document->json, document->components, file, reference);
		json_add_text(&document->json, document->references, reference);
	}
	return 0;
}

static void put_license(struct json *json, json_t *component, const char *license)
{
	json_t *licenses = json_put_array(json, component, "licenses");

	json_put_text(json, json_add_object(json, licenses), "expression", license);
}

static int put_package(struct cyclonedx *document, const struct package *package)
{
	struct json *json = &document->json;
	const char *purl = sbom_purl(document->arena, package, document->sbom->os);
	const char *source =
		arena_printf(document->arena, "%s %s", package->source, package->source_version);
	json_t *component = json_add_object(json, document->components);

	if (!purl || !source)
		return -ENOMEM;
	json_put_text(json, component, "type", "library");
	json_put_text(json, component, "bom-ref", purl);
	json_put_text(json, component, "name", package->name);
	json_put_text(json, component, "version", package->version);
	json_put_text(json, component, "purl", purl);
	json_put_known(json, component, "publisher", package->maintainer);
	if (package->license)
		put_license(json, component, package->license);
	put_property(json, component, "mkrootfs:source", source);
	json_add_text(json, document->references, purl);
	return put_files(document, component, package);
}

/* Scanners take from the operating system whose advisories count. */
static void put_system(struct json *json, json_t *components, const struct os_release *os)
{
	json_t *component = json_add_object(json, components);

	json_put_text(json, component, "type", "operating-system");
	json_put_text(json, component, "bom-ref", "os");
	json_put_text(json, component, "name", os->id);
	json_put_known(json, component, "version", os->version_id);
	json_put_known(json, component, "description", os->name);
}

static void put_metadata(struct json *json, const struct sbom *sbom)
{
	json_t *metadata = json_put_object(json, json->root, "metadata");
	json_t *tools;
	json_t *tool;
	json_t *component;

	json_put_text(json, metadata, "timestamp", sbom->created);
	tools = json_put_object(json, metadata, "tools");
	tool = json_add_object(json, json_put_array(json, tools, "components"));
	json_put_text(json, tool, "type", "application");
	json_put_text(json, tool, "name", "mkrootfs");
	json_put_text(json, tool, "version", sbom->version);
	component = json_put_object(json, metadata, "component");
	json_put_text(json, component, "type", "container");
	json_put_text(json, component, "bom-ref", whole);
	json_put_text(json, component, "name", sbom->name);
}

static void put_head(struct cyclonedx *document)
{
	struct json *json = &document->json;
	json_t *dependency;

	json_put_text(json, json->root, "bomFormat", "CycloneDX");
	json_put_text(json, json->root, "specVersion", "1.5");
	json_put_text(json, json->root, "serialNumber", "");
	json_put_number(json, json->root, "version", 1);
	put_metadata(json, document->sbom);
	document->components = json_put_array(json, json->root, "components");
	dependency = json_add_object(json, json_put_array(json, json->root, "dependencies"));
	json_put_text(json, dependency, "ref", whole);
	document->references = json_put_array(json, dependency, "dependsOn");
}

/* The serial number is a digest of all the rest. */
static int put_serial_number(struct json *json)
{
	CLEANUP(buffer) struct buffer text = { 0 };
	char uuid[SBOM_UUID_SIZE];
	char serial[sizeof("urn:uuid:") - 1 + SBOM_UUID_SIZE];

	TRY(json_write(json, &text, 0));
	sbom_uuid(&text, uuid);
	snprintf(serial, sizeof(serial), "urn:uuid:%s", uuid);
	json_put_text(json, json->root, "serialNumber", serial);
	return 0;
}

int report_cyclonedx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(cyclonedx)
	struct cyclonedx document = {
		.arena = arena_new(),
		.sbom = sbom,
		.json = json_new_object(),
	};

	if (!document.arena)
		return -ENOMEM;
	put_head(&document);
	put_system(&document.json, document.components, sbom->os);
	for (size_t i = 0; i < sbom->packages->count; i++)
		TRY(put_package(&document, sbom->packages->items[i]));
	TRY(put_other_files(&document));
	TRY(put_serial_number(&document.json));
	TRY(json_write(&document.json, out, JSON_INDENT(1)));
	buffer_add_string(out, "\n");
	return buffer_error(out);
}
