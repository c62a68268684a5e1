/* SPDX-License-Identifier: Apache-2.0 */
#include "output/image_json.h"
#include "base/json.h"

#include <stdio.h>
#include <string.h>

/* Labels that begin so are annotations of the manifest, too: registries show them. */
static const char annotation_prefix[] = "org.opencontainers.image.";
static const char reference_annotation[] = "org.opencontainers.image.ref.name";

enum {
	SCHEMA_VERSION = 2, /* of manifests and indexes */
	DIGEST_REFERENCE_SIZE = sizeof("sha256:") - 1 + DIGEST_TEXT_SIZE,
};

#define MEDIA_TYPE "application/vnd.oci.image."

static const char *const layer_types[] = {
	[MKROOTFS_COMPRESS_NONE] = MEDIA_TYPE "layer.v1.tar",
	[MKROOTFS_COMPRESS_GZIP] = MEDIA_TYPE "layer.v1.tar+gzip",
	[MKROOTFS_COMPRESS_ZSTD] = MEDIA_TYPE "layer.v1.tar+zstd",
};

/* Members with an empty list or set are left out. */
static void put_texts(struct json *json, json_t *object, const char *key, struct image_texts texts)
{
	json_t *array;

	if (texts.count == 0)
		return;
	array = json_put_array(json, object, key);
	for (size_t i = 0; i < texts.count; i++)
		json_add_text(json, array, texts.items[i]);
}

/* A set of texts is an object of empty objects: Go writes a map[string]struct{} so. */
static void put_set(struct json *json, json_t *object, const char *key, struct image_texts texts)
{
	json_t *set;

	if (texts.count == 0)
		return;
	set = json_put_object(json, object, key);
	for (size_t i = 0; i < texts.count; i++)
		json_put_object(json, set, texts.items[i]);
}

static void put_environment(struct json *json, json_t *object, struct image_pairs pairs)
{
	json_t *array;

	if (pairs.count == 0)
		return;
	array = json_put_array(json, object, "Env");
	for (size_t i = 0; i < pairs.count; i++) {
		CLEANUP(buffer) struct buffer pair = { 0 };

		buffer_printf(&pair, "%s=%s", pairs.items[i].key, pairs.items[i].value);
		if (buffer_error(&pair))
			json->failed = true;
		else
			json_add_text(json, array, pair.bytes);
	}
}

/* The pairs whose key begins with PREFIX. */
static void put_pairs(struct json *json, json_t *object, const char *key, struct image_pairs pairs,
		      const char *prefix)
{
	json_t *members = NULL;

	for (size_t i = 0; i < pairs.count; i++) {
		if (strncmp(pairs.items[i].key, prefix, strlen(prefix)) != 0)
			continue;
		if (!members)
			members = json_put_object(json, object, key);
		json_put_text(json, members, pairs.items[i].key, pairs.items[i].value);
	}
}

static void format_digest(const char *digest, char text[DIGEST_REFERENCE_SIZE])
{
	snprintf(text, DIGEST_REFERENCE_SIZE, "sha256:%s", digest);
}

static int write_document(const struct json *json, struct buffer *out)
{
	return json_write(json, out, JSON_COMPACT | JSON_SORT_KEYS);
}

static void put_run_config(struct json *json, const struct image *image)
{
	json_t *config = json_put_object(json, json->root, "config");

	json_put_known(json, config, "User", image->user);
	put_set(json, config, "ExposedPorts", image->ports);
	put_environment(json, config, image->environment);
	put_texts(json, config, "Entrypoint", image->entrypoint);
	put_texts(json, config, "Cmd", image->cmd);
	put_set(json, config, "Volumes", image->volumes);
	json_put_known(json, config, "WorkingDir", image->workdir);
	put_pairs(json, config, "Labels", image->labels, "");
	json_put_known(json, config, "StopSignal", image->stop_signal);
}

static void put_platform(struct json *json, json_t *object, const struct image *image)
{
	json_put_known(json, object, "architecture", image->architecture);
	json_put_text(json, object, "os", "linux");
	json_put_known(json, object, "variant", image->variant);
}

int image_config(struct buffer *out, const struct image *image, const struct image_layer *layer)
{
	CLEANUP(json) struct json json = json_new_object();
	char created[IMAGE_TIME_SIZE];
	char diff_id[DIGEST_REFERENCE_SIZE];
	json_t *rootfs;
	json_t *history;

	image_time(image->created, created);
	put_platform(&json, json.root, image);
	json_put_text(&json, json.root, "created", created);
	put_run_config(&json, image);
	rootfs = json_put_object(&json, json.root, "rootfs");
	json_put_text(&json, rootfs, "type", "layers");
	format_digest(layer->diff_id, diff_id);
	json_add_text(&json, json_put_array(&json, rootfs, "diff_ids"), diff_id);
	history = json_add_object(&json, json_put_array(&json, json.root, "history"));
	json_put_text(&json, history, "created", created);
	json_put_text(&json, history, "created_by", "mkrootfs");
	return write_document(&json, out);
}

/* A reference to a blob of SIZE bytes. */
static void put_descriptor(struct json *json, json_t *descriptor, const char *type,
			   const char *digest, uint64_t size)
{
	char text[DIGEST_REFERENCE_SIZE];

	format_digest(digest, text);
	json_put_text(json, descriptor, "mediaType", type);
	json_put_text(json, descriptor, "digest", text);
	json_put_number(json, descriptor, "size", size);
}

static void put_descriptor_of(struct json *json, json_t *descriptor, const char *type,
			      const struct buffer *document)
{
	char digest[DIGEST_TEXT_SIZE];

	digest_of(document->bytes, document->size, digest);
	put_descriptor(json, descriptor, type, digest, document->size);
}

int image_manifest(struct buffer *out, const struct image *image, const struct image_layer *layer,
		   const struct buffer *config)
{
	CLEANUP(json) struct json json = json_new_object();

	json_put_number(&json, json.root, "schemaVersion", SCHEMA_VERSION);
	json_put_text(&json, json.root, "mediaType", MEDIA_TYPE "manifest.v1+json");
	put_descriptor_of(&json, json_put_object(&json, json.root, "config"),
			  MEDIA_TYPE "config.v1+json", config);
	put_descriptor(&json, json_add_object(&json, json_put_array(&json, json.root, "layers")),
		       layer_types[layer->compression], layer->digest, layer->size);
	put_pairs(&json, json.root, "annotations", image->labels, annotation_prefix);
	return write_document(&json, out);
}

int image_index(struct buffer *out, const struct image *image, const struct buffer *manifest)
{
	CLEANUP(json) struct json json = json_new_object();
	json_t *entry;

	json_put_number(&json, json.root, "schemaVersion", SCHEMA_VERSION);
	json_put_text(&json, json.root, "mediaType", MEDIA_TYPE "index.v1+json");
	entry = json_add_object(&json, json_put_array(&json, json.root, "manifests"));
	put_descriptor_of(&json, entry, MEDIA_TYPE "manifest.v1+json", manifest);
	put_platform(&json, json_put_object(&json, entry, "platform"), image);
	if (image->reference)
		json_put_text(&json, json_put_object(&json, entry, "annotations"),
			      reference_annotation, image->reference);
	return write_document(&json, out);
}

int image_docker_manifest(struct buffer *out, const struct image *image, const char *config_name,
			  const char *layer_name)
{
	CLEANUP(json) struct json json = json_new_array();
	json_t *entry = json_add_object(&json, json.root);

	json_put_text(&json, entry, "Config", config_name);
	if (image->reference)
		json_add_text(&json, json_put_array(&json, entry, "RepoTags"), image->reference);
	else
		json_put_null(&json, entry, "RepoTags");
	json_add_text(&json, json_put_array(&json, entry, "Layers"), layer_name);
	return write_document(&json, out);
}
