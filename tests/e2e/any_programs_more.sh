#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# More tools that no rule was written for.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

test_softhsm2-util() {
	give /job/softhsm2.conf <<<'directories.tokendir = /job/data'
	room /job/data
	job() {
		here SOFTHSM2_CONF=/job/softhsm2.conf softhsm2-util --init-token --free --label x --pin 1234 --so-pin 1234 |
			cut -c 1-30
		here SOFTHSM2_CONF=/job/softhsm2.conf softhsm2-util --show-slots | grep -E 'Label|Manufacturer'
	}
	try "softhsm2 softhsm2-common libsofthsm2" softhsm2-util -a /job/softhsm2.conf
}

test_certtool() {
	printf '%s\n' 'cn = x' 'serial = 1' 'activation_date = "2020-01-01 00:00:00"' \
		'expiration_date = "2030-01-01 00:00:00"' | give /job/x.cfg
	job() {
		here certtool --generate-privkey --key-type ed25519 --outfile /tmp/key --no-text 2>/dev/null
		here certtool --generate-self-signed --load-privkey /tmp/key --template /job/x.cfg --outfile /tmp/x.pem 2>/dev/null &&
			here certtool -i --infile /tmp/x.pem | grep -E 'Subject:|Not After'
	}
	try "gnutls-bin" certtool -a /job/x.cfg
}

test_certutil() {
	room /job/data
	job() {
		echo 0123456789012345678901234567890123456789 >"$WORK/noise"
		cp "$WORK/noise" "$where/tmp/noise"
		here certutil -N -d sql:/job/data --empty-password &&
			here certutil -S -d sql:/job/data -n x -s CN=x -x -t C,, -z /tmp/noise -m 1 >/dev/null 2>&1
		here certutil -L -d sql:/job/data | grep '^x'
	}
	try "libnss3-tools libnss3" certutil
}

test_age() {
	job() {
		here age-keygen -o /tmp/key 2>/dev/null
		echo hello | here age -e -i /tmp/key -o /tmp/x && here age -d -i /tmp/key /tmp/x
	}
	try "age" age age-keygen
}

test_john() {
	uid=0
	room /root
	job() {
		echo "a:\$1\$abcdefgh\$G//4keteveJp0qb8z2DxG/" >"$where/tmp/hashes"
		here john --wordlist=/usr/share/john/password.lst --format=md5crypt /tmp/hashes >/dev/null
		here john --show --format=md5crypt /tmp/hashes
	}
	try "john john-data" john
}

test_isql() {
	give /etc/odbc.ini <<<'[x]
Driver = SQLite3
Database = /tmp/x.db'
	job() {
		printf '%s\n' 'create table t (a, b)' "insert into t values (1, 'x')" 'select * from t' | here isql -b -x0x2c x
	}
	try "unixodbc libsqliteodbc" isql -a /etc/odbc.ini -a /etc/odbcinst.ini
}

test_recsel() {
	job() {
		printf '%s\n' '%rec: A' '' 'Name: x' 'N: 1' '' 'Name: y' 'N: 2' >"$where/tmp/x.rec"
		here recsel -t A -e 'N > 1' -p Name /tmp/x.rec
	}
	try "recutils" recsel
}

test_tsql() {
	job() {
		here tsql -C | grep -v directory
		{ here tsql -H 127.0.0.1 -p 1 -U x -P x 2>&1 || true; } | sed -n 1,5p
	}
	try "freetds-bin freetds-common" tsql
}

test_tmux() {
	job() {
		here SHELL=/bin/sh tmux -f /dev/null new-session -d -x 80 -y 24 'echo hello; sleep 5'
		sleep 1
		here tmux capture-pane -p | sed -n 1,1p
	}
	try "tmux" tmux -a /bin/sleep
}

test_weechat-headless() {
	job() {
		here weechat-headless -d /tmp/weechat --stdout -r '/plugin listfull' -r '/quit' |
			sed 's/^[^|]*|//' | grep -E 'irc|script|alias|python' | cut -c 1-40 | sort -u
	}
	try "weechat-headless weechat-core weechat-plugins" weechat-headless
}

test_mutt() {
	printf '%s\n' 'From a@example.org Thu Jan  1 00:00:00 2020' 'From: a@example.org' 'Subject: =?utf-8?q?caf=C3=A9?=' '' hello |
		give /job/mbox
	give /job/muttrc <<<'set folder=/job spoolfile=/job/mbox index_format="%s %f"
source /etc/Muttrc'
	job() {
		here TERM=xterm LC_ALL=C.UTF-8 mutt -F /job/muttrc -R -e 'push "<display-message><exit><exit>"' </dev/null 2>&1 | sed -n 1,3p
		here mutt -F /job/muttrc -Q folder -Q index_format -Q sendmail -Q mime_forward
	}
	try "mutt" mutt -a /job/muttrc -a /job/mbox -a /etc/Muttrc
}

test_man() {
	give /job/x.1 <<<'.TH X 1
.SH NAME
x \- does it
.SH DESCRIPTION
.B hello'
	job() {
		here MANPAGER=cat MANWIDTH=60 man -l /job/x.1
	}
	try "man-db groff-base" man -a /job/x.1
}

test_fc-match() {
	job() {
		here fc-match sans-serif
		here fc-match -s monospace family | sed -n 1,2p
	}
	try "fontconfig fontconfig-config fonts-dejavu-core" fc-match
}

test_cs2cs() {
	job() {
		echo '50 10' | here cs2cs EPSG:4326 EPSG:3857
	}
	try "proj-bin proj-data" cs2cs
}

test_zbarimg() {
	job() {
		outside qrencode -o - -s 4 hello >"$where/tmp/x.png"
		here zbarimg -q /tmp/x.png
	}
	try "zbar-tools" zbarimg
}

test_qrencode() {
	job() {
		here qrencode -t UTF8 hello
		here qrencode -o /tmp/x.png hello && of /tmp/x.png
	}
	try "qrencode" qrencode
}

test_timidity() {
	printf 'MThd\0\0\0\6\0\0\0\1\0\140MTrk\0\0\0\20\0\300\0\0\220\74\177\140\200\74\0\0\377\57\0' | give /job/x.mid
	give /etc/timidity/timidity.cfg <<<'source /etc/timidity/freepats.cfg'
	job() {
		here timidity -Ow -o /tmp/x.wav /job/x.mid >/dev/null && of /tmp/x.wav
	}
	try "timidity freepats" timidity -a /job/x.mid -a /etc/timidity
}

test_task() {
	room /job/data
	give /job/taskrc <<<'data.location=/job/data
include dark-256.theme
confirmation=no'
	job() {
		here TASKRC=/job/taskrc task add project:x +tag buy milk 2>/dev/null
		here TASKRC=/job/taskrc task export 2>/dev/null | grep -o '"description":"[^"]*"'
		here TASKRC=/job/taskrc task rc.color=on rc.defaultwidth=60 rc._forcecolor=on list 2>&1 | grep -c milk
	}
	try "taskwarrior" task -a /job/taskrc
}

test_goaccess() {
	give /job/log <<<'127.0.0.1 - - [01/Jan/2020:00:00:00 +0000] "GET /x HTTP/1.1" 200 5 "-" "curl/8"'
	job() {
		here goaccess /job/log --log-format=COMBINED -o /tmp/x.csv --no-progress >/dev/null && grep '"/x"' "$where/tmp/x.csv"
	}
	try "goaccess" goaccess -a /job/log -a /etc/goaccess
}

test_bogofilter() {
	job() {
		printf 'Subject: x\n\nbuy cheap pills now\n' >"$where/tmp/spam"
		printf 'Subject: y\n\nmeeting at noon\n' >"$where/tmp/ham"
		here bogofilter -d /tmp -s -I /tmp/spam && here bogofilter -d /tmp -n -I /tmp/ham
		here bogofilter -d /tmp -T -I /tmp/spam | cut -c 1
	}
	try "bogofilter-bdb bogofilter-common" bogofilter
}

test_spamassassin() {
	job() {
		printf '%s\n' 'From: a@example.org' 'Subject: x' '' 'XJS*C4JDBQADN1.NSBN3*2IDNEN*GTUBE-STANDARD-ANTI-UBE-TEST-EMAIL*C.34X' |
			here spamassassin -L -t | grep -E 'GTUBE|^X-Spam-Flag'
	}
	try "spamassassin" spamassassin -a /etc/spamassassin
}

test_check_http() {
	job() {
		in_place "$machine" python3 -m http.server -b 127.0.0.1 -d /job "$port" >/dev/null 2>&1 &
		until_it_is 20 here /usr/lib/nagios/plugins/check_http -H 127.0.0.1 -p "$port" -u / | cut -c 1-20
	}
	try "monitoring-plugins-basic" /usr/lib/nagios/plugins/check_http
}

test_check_file_age() {
	job() {
		here /usr/lib/nagios/plugins/check_file_age -w 99999999999 -c 99999999999 -f /etc/passwd | cut -d : -f 1
	}
	try "monitoring-plugins-basic" /usr/lib/nagios/plugins/check_file_age
}

test_geoiplookup() {
	job() {
		here geoiplookup 8.8.8.8
	}
	try "geoip-bin geoip-database" geoiplookup
}

test_pass() {
	job() {
		here pass generate -n x 2>&1 | tail -n 2
		here pass version | grep -c pass
	}
	try "pass" pass
}

test_enchant-2() {
	job() {
		echo 'hello wrold' | here LANG=en_US.UTF-8 enchant-2 -d en_US -l
	}
	try "enchant-2 libenchant-2-2 hunspell-en-us" enchant-2
}

test_pamtogif() {
	job() {
		outside ppmmake red 8 8 >"$where/tmp/x.ppm"
		here pamtogif /tmp/x.ppm | cksum
		here ppmmake chartreuse 4 4 | cksum
	}
	try "netpbm libnetpbm11" pamtogif ppmmake
}

start_debian tools
run softhsm2-util certtool certutil age john isql recsel tsql tmux weechat-headless mutt man fc-match cs2cs \
	zbarimg qrencode timidity task goaccess bogofilter spamassassin check_http check_file_age geoiplookup pass \
	enchant-2 pamtogif
finish_any
