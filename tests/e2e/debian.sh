# SPDX-License-Identifier: Apache-2.0
# shellcheck shell=bash
# A Debian 12 of our own, for the suites that start from nothing. To be sourced after lib.sh.

# What apt of this machine is told of how to reach its mirrors, and no more.
apt_settings() {
	apt-config dump 2>/dev/null | grep -E '^Acquire::(http|https|ftp|Check-[A-Za-z-]+)\b'
}

apt_sources() {
	if [ -f /etc/apt/sources.list.d/debian.sources ] &&
		grep -q bookworm /etc/apt/sources.list.d/debian.sources; then
		echo /etc/apt/sources.list.d/debian.sources
	elif grep -qs bookworm /etc/apt/sources.list; then
		echo /etc/apt/sources.list
	fi
}

# debian NAME [PACKAGE,... [SCRIPT]]: prints the path of a tar with a minbase Debian 12 and the packages,
# in which the script ran, with sources for `apt-get source`. It is made once and kept in $CACHE, where
# there is such a folder.
debian() {
	local tar=${CACHE:-$WORK}/debian-$1.tar log=$WORK/debian.log sources hook=()
	if [ ! -f "$tar" ]; then
		mkdir -p "$(dirname "$tar")"
		sources=$(apt_sources)
		if [ -n "${3-}" ]; then
			sed 's/^Types: deb$/& deb-src/; s/^deb .*/&\n&/; s/\ndeb /\ndeb-src /' "$sources" >"$WORK/sources.${sources##*.}"
			sources=$WORK/sources.${sources##*.}
			# shellcheck disable=SC2016 # for mmdebstrap's shell
			hook=('--customize-hook=chroot "$1" sh -ec "$SCRIPT"')
		fi
		apt_settings >"$WORK/apt.conf"
		SCRIPT=${3-} mmdebstrap --quiet --variant=minbase ${2:+--include="$2"} --format=tar ${hook+"${hook[@]}"} \
			--dpkgopt=force-unsafe-io --aptopt="$WORK/apt.conf" bookworm "$WORK/debian.tar" ${sources:+"$sources"} \
			>"$log" 2>&1 </dev/null || return 1
		mv "$WORK/debian.tar" "$tar"
	fi
	echo "$tar"
}

# The machine's own source of Debian 12 alone: security updates, which come from another place, can
# be out of step for other architectures.
debian_mirror() {
	# shellcheck disable=SC2016 # names of apt's
	apt-get indextargets --format '$(CODENAME) $(COMPONENT) $(REPO_URI)' 'Identifier: Packages' \
		2>/dev/null | awk '$1 == "bookworm" && $2 == "main" { print $3; exit }'
}

# foreign_debian ARCHITECTURE PACKAGE,...: prints the path of a tar of the packages and what they
# need, unpacked and not set up, for nothing of it can run here.
foreign_debian() {
	local tar=${CACHE:-$WORK}/debian-$1.tar log=$WORK/debian.log mirror
	if [ ! -f "$tar" ]; then
		mkdir -p "$(dirname "$tar")"
		mirror=$(debian_mirror)
		apt_settings >"$WORK/apt.conf"
		mmdebstrap --quiet --variant=extract --architectures="$1" --include="$2" --format=tar \
			--aptopt="$WORK/apt.conf" bookworm "$WORK/debian.tar" ${mirror:+"$mirror"} \
			>"$log" 2>&1 </dev/null || return 1
		mv "$WORK/debian.tar" "$tar"
	fi
	echo "$tar"
}
