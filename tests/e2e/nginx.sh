#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# nginx, harvested with a configuration and a page, serves it from a chroot.
. "$(dirname "$0")/lib.sh"
need_root
need nginx python3

root=$WORK/root
port=$(free_port)
cat >"$WORK/nginx.conf" <<EOF
daemon off;
master_process off;
pid /tmp/nginx.pid;
error_log stderr;
events {}
http {
	access_log off;
	client_body_temp_path /tmp/body;
	proxy_temp_path /tmp/proxy;
	fastcgi_temp_path /tmp/fastcgi;
	uwsgi_temp_path /tmp/uwsgi;
	scgi_temp_path /tmp/scgi;
	server {
		listen 127.0.0.1:$port;
		root /srv;
	}
}
EOF
echo "hello from a rootfs" >"$WORK/page"

get() {
	python3 -c 'import sys, urllib.request
print(urllib.request.urlopen(sys.argv[1], timeout=5).read().decode(), end="")' \
		"http://127.0.0.1:$port/$1"
}

check "nginx is harvested with its configuration and a page" \
	mkrootfs nginx --add "$WORK/nginx.conf:/etc/nginx/nginx.conf" --add "$WORK/page:/srv/page" \
	--user www:10000:10000 -d "$root"

"${CLEAN[@]}" chroot --userspec=10000:10000 "$root" /usr/sbin/nginx -e stderr \
	-c /etc/nginx/nginx.conf >"$WORK/log" 2>&1 &
server=$!
BACKGROUND+=("$server")

check "it serves the page" wait_for prints "hello from a rootfs" get page
kill -QUIT "$server"
check "it ends on SIGQUIT with status 0" status 0 wait "$server"
[ "$FAILED" -eq 0 ] || sed 's/^/# /' "$WORK/log"
finish
