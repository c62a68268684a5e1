#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# --json is what its schema says, and says the same as the other reports.
. "$(dirname "$0")/lib.sh"
python=$(python_with jsonschema)
[ -n "$python" ] || skip_all "python3 has no jsonschema"

valid() {
	"$MKROOTFS" "$@" --json >"$WORK/json"
	"$python" -W ignore -c 'import json, sys, jsonschema
jsonschema.validate(json.load(open(sys.argv[1])), json.load(open(sys.argv[2])))' \
		"$WORK/json" "$SOURCE/fixtures/mkrootfs.schema.json"
}

# field EXPRESSION: of the last document, one a line.
field() {
	"$python" -c 'import json, sys
document = json.load(open(sys.argv[1]))
for value in eval(sys.argv[2]): print(value)' "$WORK/json" "$1"
}

compile "$WORK/libgone.so" 'int a;' -shared -fPIC -Wl,-soname,libgone.so
compile "$WORK/lost" 'extern int a; int main(void) { return a; }' "$WORK/libgone.so"

check "the schema refuses what is no such document" \
	not "$python" -W ignore -c 'import json, sys, jsonschema
jsonschema.validate({"objects": 3}, json.load(open(sys.argv[1])))' "$SOURCE/fixtures/mkrootfs.schema.json"
check "a program that lacks a library" valid "$WORK/lost"
check "names it" prints libgone.so field '[m["name"] for m in document["missing"]]'
check "and who needs it" prints "$WORK/lost" field '[m["needed_by"] for m in document["missing"]]'
check "two programs" valid /usr/bin/env /usr/bin/bash
[ ! -x /usr/bin/python3 ] || check "a program with many needs" valid /usr/bin/python3 --dlopen suggested
check "a program that was traced" valid /bin/true --trace
check "everything at once" valid /usr/bin/env:/env --add "$HERE:/tests" --user app:7:8 \
	--mkdir /data:1777 --symlink env:/link
check "its paths are --list's" \
	cmp <(field '[e["path"] for e in document["entries"]]') \
	<("$MKROOTFS" /usr/bin/env:/env --add "$HERE:/tests" --user app:7:8 --mkdir /data:1777 \
		--symlink env:/link --list)
check "one program" valid /usr/bin/env
check "its size is that of its files" \
	field '[1] if document["size"] == sum(
		e["size"] for e in document["entries"] if e["type"] == "file") else 1/0'
locale_size() {
	field '[s["size"] for s in document["need_sizes"] if s["name"] == "locale"]'
}
total_size() {
	field '[document["size"]]'
}
what_a_need_costs() {
	local total locale
	valid /usr/bin/env && total=$(total_size) && locale=$(locale_size) || return
	[ "${locale:-0}" -gt 0 ] || { echo "no size"; return 1; }
	valid /usr/bin/env --without locale && prints $((total - locale)) total_size && prints "" locale_size
}
check "what a need costs is what --without saves" what_a_need_costs
check "--tree tells it too" \
	grep -q -x 'locale (recommended, [0-9.]* [KM]iB)' <("$MKROOTFS" /usr/bin/env --tree)
check "the costliest needs stand at its end" \
	grep -q -x ' *locale *[0-9.]* [KM]iB' <("$MKROOTFS" /usr/bin/env --tree | sed '1,/^of this by need, .*:$/d')
check "one program again" valid /usr/bin/env
check "nothing is missing" prints "" field 'document["missing"]'
check "its libraries are ldd's" \
	cmp <(field '[n["path"] for n in document["objects"][0]["needed"]]') \
	<("$MKROOTFS" --ldd /usr/bin/env | sed 's/.* => //' | head -n 1)
finish
