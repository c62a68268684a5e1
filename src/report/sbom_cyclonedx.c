/* CycloneDX 1.5 (ecma-international.org, ECMA-424), in its JSON. */
#include "report/document.h"
#include "report/sbom.h"
#include "rootfs/image.h"

#include <errno.h>
#include <string.h>

static const char whole[] = "rootfs";

static json_t *make_file(const struct sbom_file *file)
{
	return json_pack("{s:s, s:o, s:[{s:s, s:s}]}", "type", "file", "name",
			 document_text(file->entry->path), "hashes", "alg", "SHA-256", "content",
			 file->sha256);
}

/* The files of PACKAGE, or of none where it is NULL. */
static int add_files(json_t *array, const struct sbom *sbom, const struct package *package)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < sbom->n_files; i++)
		if (sbom->files[i].package == package)
			r = document_add(array, make_file(&sbom->files[i]));
	return r;
}

static int add_package(json_t *components, const struct sbom *sbom, const struct sbom_package *item)
{
	CLEANUP(json_decref)
	json_t *value = json_pack("{s:s, s:s, s:o, s:o, s:s}", "type", "library", "bom-ref",
				  item->purl, "name", document_text(item->package->name), "version",
				  document_text(item->package->version), "purl", item->purl);
	CLEANUP(json_decref) json_t *files = json_array();
	int r = value ? 0 : -ENOMEM;

	if (r == 0 && item->package->maintainer)
		r = document_set(
			value, "supplier",
			json_pack("{s:o}", "name", document_text(item->package->maintainer)));
	if (r == 0 && item->license)
		r = document_set(value, "licenses",
				 json_pack("[{s:o}]", "expression", document_text(item->license)));
	if (r == 0)
		r = add_files(files, sbom, item->package);
	if (r == 0)
		r = document_set(value, "components", STEAL(files));
	return r == 0 ? document_add(components, STEAL(value)) : r;
}

/* A UUID of version 8 (RFC 9562): the digest of all that is told. */
static void make_serial(const struct sbom *sbom, char text[64])
{
	const char *d = sbom->digest;

	snprintf(text, 64, "urn:uuid:%.8s-%.4s-8%.3s-a%.3s-%.12s", d, d + 8, d + 12, d + 15,
		 d + 18);
}

static json_t *make_head(const struct sbom *sbom)
{
	char created[IMAGE_TIME_SIZE];
	char serial[64];

	image_time(sbom->created, created);
	make_serial(sbom, serial);
	return json_pack(
		"{s:s, s:s, s:s, s:i, s:{s:s, s:{s:[{s:s, s:s, s:s}]}, s:{s:s, s:s, s:o}}}",
		"bomFormat", "CycloneDX", "specVersion", "1.5", "serialNumber", serial, "version",
		1, "metadata", "timestamp", created, "tools", "components", "type", "application",
		"name", "mkrootfs", "version", sbom->version, "component", "type", "container",
		"bom-ref", whole, "name", document_text(sbom->name));
}

static int add_dependencies(json_t *document, const struct sbom *sbom)
{
	CLEANUP(json_decref) json_t *on = json_array();
	int r = 0;

	for (size_t i = 0; r == 0 && i < sbom->n_packages; i++)
		r = document_add(on, json_string(sbom->packages[i].purl));
	return r < 0 ? r
		     : document_set(document, "dependencies",
				    json_pack("[{s:s, s:O}]", "ref", whole, "dependsOn", on));
}

int report_cyclonedx(struct buffer *out, const struct sbom *sbom)
{
	CLEANUP(json_decref) json_t *document = make_head(sbom);
	CLEANUP(json_decref) json_t *components = json_array();
	int r = document ? 0 : -ENOMEM;

	for (size_t i = 0; r == 0 && i < sbom->n_packages; i++)
		r = add_package(components, sbom, &sbom->packages[i]);
	if (r == 0)
		r = add_files(components, sbom, NULL);
	if (r == 0)
		r = document_set(document, "components", STEAL(components));
	if (r == 0)
		r = add_dependencies(document, sbom);
	return r == 0 ? document_write(out, document) : r;
}
