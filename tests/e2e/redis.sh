#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# redis-server, harvested, serves from a chroot as an ordinary user.
. "$(dirname "$0")/lib.sh"
need_root
need redis-server redis-cli

root=$WORK/root
port=$(free_port)

asked() {
	as 10000 "$root" /usr/bin/redis-cli -p "$port" "$@"
}

check "redis-server and redis-cli are harvested" \
	mkrootfs redis-server redis-cli --user redis:10000:10000 --mkdir /data:0755:10000:10000 \
	-d "$root"
check "redis-server is a link, as on the machine" \
	prints "$(readlink /usr/bin/redis-server)" readlink "$root/usr/bin/redis-server"

"${CLEAN[@]}" chroot --userspec=10000:10000 "$root" /usr/bin/redis-server \
	--port "$port" --bind 127.0.0.1 --dir /data >"$WORK/log" 2>&1 &
server=$!
BACKGROUND+=("$server")

check "it answers PING" wait_for prints PONG asked PING
check "it answers SET" prints OK asked SET key value
check "it answers GET" prints value asked GET key
check "it runs as uid 10000" grep -E '^Uid:\s+10000\s+10000\s+10000\s+10000' "/proc/$server/status"
kill -TERM "$server"
check "it ends on SIGTERM with status 0" status 0 wait "$server"
check "it saved its data" test -s "$root/data/dump.rdb"
[ "$FAILED" -eq 0 ] || sed 's/^/# /' "$WORK/log"
finish
