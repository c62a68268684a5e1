#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Trees that stand elsewhere than where they were built to stand: programs find what is theirs by
# the way from where they are, and so does a harvest.
# shellcheck source=tests/e2e/lib.sh
. "$(dirname "$0")/lib.sh"
need_root

# begin FILE...: a new sysroot with all that these programs need, to move trees in.
world=$WORK/world
begin() {
	rm -rf "$world" "$WORK/root"
	mkrootfs "$@" -a /bin/sh -d "$world" 2>"$WORK/log" || skip_all "$(tail -n 1 "$WORK/log")"
}

# move FROM TO: a directory of the sysroot.
move() {
	mkdir -p "$world${2%/*}"
	mv "$world$1" "$world$2"
}

# harvest FILE...: by default, out of the sysroot.
harvest() {
	rm -rf "$WORK/root"
	mkrootfs --sysroot "$world" "$@" --user me --mkdir /data:0700:10000:10000 -a /bin/sh -d "$WORK/root"
	make_devices "$WORK/root"
}

# answers BIN: what a database of the server there says that reads its plugins, tables and zones.
answers() {
	as 10000 "$WORK/root" "$1/initdb" -D /data -A trust --no-sync >"$WORK/log" 2>&1 || { cat "$WORK/log"; return; }
	as 10000 "$WORK/root" "$1/postgres" --single -D /data postgres 2>"$WORK/log" <<-'END' | grep -o '= "[^"]*"'
		select to_tsvector('english', 'running foxes') as text
		select timestamptz '2020-01-01 00:00Z' at time zone 'Europe/Rome' as zone
		select count(*) from pg_language where lanname = 'plpgsql'
	END
}

postgres=
for candidate in /usr/lib/postgresql/*/bin/initdb; do
	[ -x "$candidate" ] && postgres=${candidate%/bin/initdb}
done
if [ -n "$postgres" ]; then
	begin "$postgres/bin/initdb"
	harvest "$postgres/bin/initdb" >"$WORK/log" 2>&1
	expected=$(answers "$postgres/bin")
	move "$postgres" "/opt/pg${postgres#/usr}"
	move "/usr/share/postgresql" /opt/pg/share/postgresql
	check "PostgreSQL, all of it moved from /usr to /opt/pg: is harvested" harvest "/opt/pg${postgres#/usr}/bin/initdb"
	check "initdb, text search, zones and PL/pgSQL" prints "$expected" answers "/opt/pg${postgres#/usr}/bin"
	check "the answer is one" test "$(wc -l <<<"$expected")" -eq 3
	begin "$postgres/bin/initdb"
	move "$postgres" /opt/db
	check "its bin and lib alone, to a directory of another name" harvest /opt/db/bin/initdb
	check "initdb and the rest there" prints "$expected" answers /opt/db/bin
else
	skip "PostgreSQL" "it is not installed"
fi

# Python finds its library beside itself (Modules/getpath.py).
python=$(readlink -f /usr/bin/python3)
if [ -x "$python" ] && [ -d "/usr/lib/${python##*/}" ]; then
	begin "$python"
	move "$python" "/opt/py/bin/${python##*/}"
	move "/usr/lib/${python##*/}" "/opt/py/lib/${python##*/}"
	check "Python, moved to /opt/py: is harvested" harvest "/opt/py/bin/${python##*/}"
	check "it has its modules, native ones too" prints '/opt/py {"a": 1}' as 10000 "$WORK/root" "/opt/py/bin/${python##*/}" \
		-c 'import sys, json, ctypes; print(sys.prefix, json.dumps({"a": 1}))'
else
	skip "Python" "it is not installed"
fi
finish
