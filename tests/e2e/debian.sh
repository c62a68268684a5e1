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

# debian NAME [PACKAGE,...]: prints the path of a tar with a minbase Debian 12 and the packages. It
# is made once and kept in $CACHE, where there is such a folder.
debian() {
	local tar=${CACHE:-$WORK}/debian-$1.tar log=$WORK/debian.log sources
	if [ ! -f "$tar" ]; then
		mkdir -p "$(dirname "$tar")"
		sources=$(apt_sources)
		apt_settings >"$WORK/apt.conf"
		mmdebstrap --quiet --variant=minbase ${2:+--include="$2"} --format=tar \
			--aptopt="$WORK/apt.conf" bookworm "$WORK/debian.tar" ${sources:+"$sources"} \
			>"$log" 2>&1 </dev/null || return 1
		mv "$WORK/debian.tar" "$tar"
	fi
	echo "$tar"
}
