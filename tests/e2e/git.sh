#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# git, harvested, makes a commit in a chroot.
. "$(dirname "$0")/lib.sh"
need_root
need git

root=$WORK/root

git_there() {
	as 10000 "$root" /usr/bin/git -C /repositories -c user.name=A -c user.email=a@example.org \
		-c maintenance.auto=false -c gc.auto=0 "$@"
}

check "git is harvested" \
	mkrootfs git --user git:10000:10000 --mkdir /repositories:0755:10000:10000 -d "$root"
make_devices "$root"
check "it makes a repository" git_there init -q --template=
echo hello >"$root/repositories/file"
check "it adds a file" git_there add file
check "it makes a commit" git_there commit -q -m "first"
check "the commit is there" prints first git_there log --format=%s
finish
