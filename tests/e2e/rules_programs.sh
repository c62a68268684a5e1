#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# What the rules for single programs bring, on the layouts of several distributions: sysroots with
# a program of the name that has the strings of the real one, and with files for them to name.
# shellcheck source=tests/e2e/rules_lib.sh
. "$(dirname "$0")/rules_lib.sh"

begin
made /usr/bin/postgres /usr/lib/postgresql15 /usr/share/postgresql15 /usr/share/postgresql15/man \
	/usr/include/postgresql
there /usr/lib/postgresql15/{plpgsql,libpqwalreceiver,llvmjit}.so /usr/lib/postgresql15/bitcode/x.bc \
	/usr/share/postgresql15/{postgres.bki,timezonesets/Default,man/man1/x.1} /usr/include/postgresql/x.h
check "postgres in Alpine's directories, but for its compiler" lists /usr/bin/postgres -- \
	/usr/lib/postgresql15/{plpgsql,libpqwalreceiver}.so \
	/usr/share/postgresql15/{postgres.bki,timezonesets/Default}
check "postgres with its compiler, as suggested" lists /usr/bin/postgres --dlopen suggested -- \
	/usr/lib/postgresql15/{plpgsql,libpqwalreceiver,llvmjit}.so \
	/usr/share/postgresql15/{postgres.bki,timezonesets/Default}
check "postgres alone" lists /usr/bin/postgres --dlopen required --

begin
made /usr/bin/postgres /usr/lib64/pgsql /usr/share/pgsql /usr/share/zoneinfo
made /usr/bin/initdb /usr/lib64/pgsql /usr/share/pgsql /usr/share/zoneinfo
there /usr/lib64/pgsql/{plpgsql,llvmjit}.so /usr/share/pgsql/{postgres.bki,contrib/x.sql} \
	/usr/share/zoneinfo/{Europe/Rome,right/Europe/Rome}
check "initdb brings postgres, in Fedora's directories, with time zones" lists /usr/bin/initdb -- \
	/usr/bin/postgres /usr/lib64/pgsql/plpgsql.so /usr/share/pgsql/postgres.bki /usr/share/zoneinfo/Europe/Rome

begin
made /usr/bin/mariadb-dump /usr/lib64/mariadb/plugin
there /usr/lib64/mariadb/plugin/dialog.so
check "a client of MariaDB, in Fedora's directories" lists /usr/bin/mariadb-dump -- \
	/usr/lib64/mariadb/plugin/dialog.so

begin
made /usr/sbin/nginx /var/cache/nginx/client_temp /var/log/nginx/access.log /run/nginx.pid \
	"configure arguments: --prefix=/etc/nginx --modules-path=/usr/lib/nginx/modules --with-x\\n"
there /usr/lib/nginx/modules/ngx_stream_module.so
mkdir -p "$WORK"/sysroot/{var/cache/nginx,var/log/nginx,run}
check "nginx, without its modules" lists /usr/sbin/nginx --
check "nginx with its modules" lists /usr/sbin/nginx --with nginx -- /usr/lib/nginx/modules/ngx_stream_module.so
check "the directories of nginx" grep -x -e /var/cache/nginx -e /var/log/nginx -e /run "$WORK/all"

begin
made /usr/bin/git /usr/libexec/git-core /etc/gitconfig
ln -s git "$WORK/sysroot/usr/bin/git-upload-pack"
there /usr/libexec/git-core/git-{remote-http,daemon} /etc/gitconfig \
	/usr/share/git-core/templates/{description,hooks/update.sample}
ln -s git-remote-http "$WORK/sysroot/usr/libexec/git-core/git-remote-https"
check "git and its programs for remotes" lists /usr/bin/git -- /usr/bin/git-upload-pack /etc/gitconfig \
	/usr/libexec/git-core/git-remote-{http,https} /usr/share/git-core/templates/description

begin
made /usr/bin/gpg /usr/bin /usr/libexec
there /usr/bin/{gpg-agent,dirmngr} /usr/libexec/keyboxd
check "gpg, its agent and its keybox" lists /usr/bin/gpg -- /usr/bin/gpg-agent /usr/libexec/keyboxd

begin
made /usr/sbin/sshd /usr/lib/ssh/sshd-session /usr/lib/ssh/sshd-auth
made /usr/bin/scp /usr/bin/ssh
there /usr/lib/ssh/sshd-session /usr/lib/ssh/sshd-auth /usr/bin/ssh
check "sshd and its programs for a connection" lists /usr/sbin/sshd -- \
	/usr/lib/ssh/sshd-session /usr/lib/ssh/sshd-auth
check "scp and ssh" lists /usr/bin/scp -- /usr/bin/ssh

begin
made /bin/tar
there /bin/{gzip,bzip2} /usr/bin/{xz,zstd}
check "tar and what compresses, where /bin is no link" lists /bin/tar -- /bin/{gzip,bzip2} /usr/bin/{xz,zstd}

begin
made /usr/bin/gawk .:/usr/share/awk /usr/lib64/gawk
there /usr/share/awk/join.awk /usr/lib64/gawk/time.so
check "gawk and its libraries" lists /usr/bin/gawk -- /usr/share/awk/join.awk /usr/lib64/gawk/time.so
check "gawk alone" lists /usr/bin/gawk --without gawk --
finish
