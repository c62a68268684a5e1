/* SPDX-License-Identifier: Apache-2.0 */
#include "report/json_text.h"
#include "report/sbom.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

static const char whole[] = "rootfs";

static json_t *property(const char *name, const char *value)
{
	return json_pack("{s:s, s:o}", "name", name, "value", json_text(value));
}

static json_t *make_file(struct arena *arena, const struct sbom_file *file)
{
	const char *reference = arena_printf(arena, "file:%s", file->entry->path);
	CLEANUP(json_decref)
	json_t *value =
		json_pack("{s:s, s:o, s:o, s:[{s:s, s:s}, {s:s, s:s}]}", "type", "file", "bom-ref",
			  json_text(reference), "name", json_text(file->entry->path), "hashes",
			  "alg", "SHA-256", "content", file->sums.sha256, "alg", "SHA-1", "content",
			  file->sums.sha1);

	if (!reference || !value)
		return NULL;
	if (!file->entry->package &&
	    json_set(value, "properties", json_pack("[o]", property("mkrootfs:package", "none"))) <
		    0)
		return NULL;
	return STEAL(value);
}

/* Appends the files of PACKAGE, NULL for those of none, and their references, where wanted. */
static int add_files(struct arena *arena, const struct sbom *sbom, const struct package *package,
		     json_t *components, json_t *references)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sbom->n_files; i++) {
		json_t *file;

		if (sbom->files[i].entry->package != package)
			continue;
		file = make_file(arena, &sbom->files[i]);
		if (!file)
			return -ENOMEM;
		if (references)
			r = json_append(references, json_incref(json_object_get(file, "bom-ref")));
		if (r == 0)
			r = json_append(components, file);
	}
	return r;
}

static int set_more(struct arena *arena, json_t *value, const struct sbom *sbom,
		    const struct package *package)
{
	CLEANUP(json_decref) json_t *files = json_array();
	const char *source = arena_printf(arena, "%s %s", package->source, package->source_version);
	int r = source ? 0 : -ENOMEM;

	if (r == 0 && package->maintainer)
		r = json_set(value, "publisher", json_text(package->maintainer));
	if (r == 0 && package->license)
		r = json_set(value, "licenses",
			     json_pack("[{s:s}]", "expression", package->license));
	if (r == 0)
		r = json_set(value, "properties",
			     json_pack("[o]", property("mkrootfs:source", source)));
	if (r == 0)
		r = add_files(arena, sbom, package, files, NULL);
	if (r == 0 && json_array_size(files) > 0)
		r = json_set(value, "components", STEAL(files));
	return r;
}

static int add_package(struct arena *arena, const struct sbom *sbom, const struct package *package,
		       json_t *components, json_t *references)
{
	const char *purl = sbom_purl(arena, package, sbom->os);
	CLEANUP(json_decref)
	json_t *value = json_pack("{s:s, s:s, s:o, s:o, s:s}", "type", "library", "bom-ref",
				  purl ? purl : "", "name", json_text(package->name), "version",
				  json_text(package->version), "purl", purl ? purl : "");
	int r = purl && value ? set_more(arena, value, sbom, package) : -ENOMEM;

	if (r == 0)
		r = json_append(references, json_string(purl));
	return r == 0 ? json_append(components, STEAL(value)) : r;
}

/* By this, scanners know whose advisories count. */
static int add_system(const struct sbom *sbom, json_t *components)
{
	const struct os_release *os = sbom->os;
	json_t *value = json_pack("{s:s, s:s, s:o}", "type", "operating-system", "bom-ref", "os",
				  "name", json_text(os->id));
	int r = json_append(components, value);

	if (r == 0 && os->version_id)
		r = json_set(value, "version", json_text(os->version_id));
	if (r == 0 && os->name)
		r = json_set(value, "description", json_text(os->name));
	return r;
}

static json_t *make_document(struct arena *arena, const struct sbom *sbom)
{
	CLEANUP(json_decref) json_t *components = json_array();
	CLEANUP(json_decref) json_t *references = json_array();
	int r = add_system(sbom, components);

	for (size_t i = 0; r == 0 && i < sbom->packages->count; i++)
		r = add_package(arena, sbom, sbom->packages->items[i], components, references);
	if (r == 0)
		r = add_files(arena, sbom, NULL, components, references);
	if (r < 0)
		return NULL;
	return json_pack("{s:s, s:s, s:s, s:i, s:{s:s, s:{s:[{s:s, s:s, s:s}]}, s:{s:s, s:s, s:o}},"
			 " s:O, s:[{s:s, s:O}]}",
			 "bomFormat", "CycloneDX", "specVersion", "1.5", "serialNumber", "",
			 "version", 1, "metadata", "timestamp", sbom->created, "tools",
			 "components", "type", "application", "name", "mkrootfs", "version",
			 sbom->version, "component", "type", "container", "bom-ref", whole, "name",
			 json_text(sbom->name), "components", components, "dependencies", "ref",
			 whole, "dependsOn", references);
}

int report_cyclonedx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(arena_free) struct arena *arena = arena_new();
	CLEANUP(json_decref) json_t *value = arena ? make_document(arena, sbom) : NULL;
	CLEANUP(buffer) struct buffer text = { 0 };
	char uuid[SBOM_UUID_SIZE];
	char serial[SBOM_UUID_SIZE + 16];
	int r = value ? json_add(&text, value, 0) : -ENOMEM;

	if (r == 0)
		r = buffer_error(&text);
	if (r < 0)
		return r;
	sbom_uuid(&text, uuid);
	snprintf(serial, sizeof(serial), "urn:uuid:%s", uuid);
	r = json_set(value, "serialNumber", json_string(serial));
	if (r == 0)
		r = json_add(out, value, JSON_INDENT(1));
	buffer_add_string(out, "\n");
	return r == 0 ? buffer_error(out) : r;
}
