/* SPDX-License-Identifier: Apache-2.0 */
#include "base/json.h"
#include "suite.h"

#include <errno.h>

TEST(members_keep_their_order)
{
	CLEANUP(json) struct json json = json_new_object();
	CLEANUP(buffer) struct buffer out = { 0 };
	json_t *list;

	json_put_text(&json, json.root, "z", "text");
	list = json_put_array(&json, json.root, "a");
	json_put_number(&json, json_add_object(&json, list), "n", 18);
	json_add_text(&json, list, NULL);
	json_put_boolean(&json, json.root, "b", true);
	json_put_null(&json, json.root, "nothing");
	json_put_known(&json, json.root, "left out", NULL);
	json_put_known(&json, json_put_object(&json, json.root, "o"), "known", "");
	json_put_text(&json, json.root, "z", "another text");
	ck_assert_int_eq(json_write(&json, &out, JSON_COMPACT), 0);
	ck_assert_str_eq(out.bytes, "{\"z\":\"another text\",\"a\":[{\"n\":18},null],\"b\":true,"
				    "\"nothing\":null,\"o\":{\"known\":\"\"}}");
}

TEST(texts_that_are_no_utf8_are_escaped)
{
	CLEANUP(json) struct json json = json_new_array();
	CLEANUP(buffer) struct buffer out = { 0 };

	json_add_text(&json, json.root, "caf\303\251");
	json_add_text(&json, json.root, "caf\351");
	ck_assert_int_eq(json_write(&json, &out, 0), 0);
	ck_assert_int_eq(json_write_text(&out, "\""), 0);
	ck_assert_str_eq(out.bytes, "[\"caf\303\251\", \"caf\\\\351\"]\"\\\"\"");
}

/* What a failure leaves behind may be passed on, and nothing is written. */
TEST(a_failure_is_remembered)
{
	CLEANUP(json) struct json json = json_new_object();
	CLEANUP(buffer) struct buffer out = { 0 };
	json_t *object = json_put_object(&json, NULL, "no parent");

	ck_assert_ptr_null(object);
	ck_assert(json.failed);
	json_put_text(&json, object, "key", "text");
	json_add_text(&json, json_put_array(&json, object, "list"), "text");
	json_put_text(&json, json.root, "fine", "text");
	ck_assert_int_eq(json_write(&json, &out, 0), -ENOMEM);
	ck_assert_uint_eq(out.size, 0);
}

SUITE(json_writer, NULL, NULL);
