#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# shellcheck disable=SC2016 # texts of other languages
# Tools of documents, pictures, sound, mail, networks, keys and databases, editors and games that no
# rule was written for.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

# An X server outside of what is under test, at :$display.
start_display() {
	display=$((port % 1000 + 100))
	in_place "$machine" Xvfb ":$display" -screen 0 320x200x24 -nolisten tcp >/dev/null 2>&1 &
	until_it_is 50 outside DISPLAY=":$display" xdpyinfo >/dev/null
}

test_gnuplot() {
	give /job/x.plt <<<'set terminal postscript eps; set output "/tmp/x.eps"; plot sin(x) title "sine"
set terminal svg; set output "/tmp/x.svg"; plot x**2
set terminal pngcairo; set output "/tmp/x.png"; plot x'
	job() {
		here gnuplot /job/x.plt
		grep -v CreationDate "$where/tmp/x.eps" | cksum
		cksum <"$where/tmp/x.svg"
		of /tmp/x.png
	}
	try "gnuplot-nox gnuplot-data" gnuplot -a /job/x.plt
}

test_povray() {
	give /job/x.pov <<<'#include "colors.inc"
#include "textures.inc"
camera { location <0,2,-3> look_at 0 } light_source { <2,4,-3> White } sphere { 0, 1 texture { Jade } }'
	# In two runs a few pixels differ, wherever they are: how bright its lines are is compared.
	job() {
		here povray +I/job/x.pov +FP +O/tmp/x.ppm +W32 +H24 -D +WT1 &&
			tail -c 2304 "$where/tmp/x.ppm" | od -An -v -tu1 -w96 |
			awk '{ sum = 0; for (i = 1; i <= NF; i++) sum += $i; print int(sum / 3072 + 0.5) }'
	}
	try "povray povray-includes" povray -a /job/x.pov
}

test_espeak-ng() {
	job() {
		here espeak-ng -v de -w /tmp/x.wav "Guten Tag" && of /tmp/x.wav
		here espeak-ng -q -x -v en hello
	}
	try "espeak-ng espeak-ng-data" espeak-ng
}

test_sox() {
	job() {
		here sox -R -n -r 8000 /tmp/x.mp3 synth 1 sine 440 && here sox -R /tmp/x.mp3 /tmp/x.wav && of /tmp/x.wav
	}
	try "sox libsox-fmt-mp3" sox
}

test_rsvg-convert() {
	give /job/x.svg <<<'<svg xmlns="http://www.w3.org/2000/svg" width="99" height="50"><rect width="20" height="20"
		fill="red"/><text x="1" y="40" font-family="sans-serif">hello</text></svg>'
	job() {
		here rsvg-convert -o /tmp/x.png /job/x.svg && of /tmp/x.png
	}
	try "librsvg2-bin fonts-dejavu-core" rsvg-convert -a /job/x.svg
}

test_rrdtool() {
	job() {
		here rrdtool create /tmp/x.rrd --start 999999999 --step 60 DS:a:GAUGE:120:U:U RRA:AVERAGE:0.5:1:10 &&
			here rrdtool update /tmp/x.rrd 1000000020:1 1000000080:2 1000000140:4 &&
			here rrdtool graph /tmp/x.png -s 1000000000 -e 1000000200 -t hello DEF:a=/tmp/x.rrd:a:AVERAGE \
				LINE:a#ff0000:a >/dev/null && of /tmp/x.png
	}
	try "rrdtool librrd8 fonts-dejavu-core" rrdtool
}

test_exiftool() {
	job() {
		outside sh -c 'ppmmake red 8 8 | pnmtojpeg' >"$where/tmp/x.jpg"
		here exiftool -q -Artist=me -GPSLatitude=1 -o /tmp/y.jpg /tmp/x.jpg
		here exiftool -s -Artist -ImageSize -GPSLatitude -MIMEType /tmp/y.jpg
	}
	try "libimage-exiftool-perl" exiftool
}

test_tesseract() {
	job() {
		outside gm convert -size 400x80 xc:white -font /usr/share/fonts/truetype/dejavu/DejaVuSans.ttf -pointsize 40 -draw "text 20,50 'hello world'" \
			pgm:- >"$where/tmp/x.pgm"
		here tesseract /tmp/x.pgm stdout -l eng
	}
	try "tesseract-ocr tesseract-ocr-eng tesseract-ocr-osd" tesseract
}

test_mutool() {
	job() {
		printf '%s\n' '%%MediaBox 0 0 99 99' '%%Font F Times-Roman' 'BT /F 12 Tf 9 9 Td (hello) Tj ET' >"$where/tmp/x.txt"
		here mutool create -o /tmp/x.pdf /tmp/x.txt && here mutool draw -o /tmp/x.pgm /tmp/x.pdf && of /tmp/x.pgm
		here mutool draw -F txt /tmp/x.pdf
	}
	try "mupdf-tools" mutool
}

test_gm() {
	job() {
		here gm convert -size 40x20 xc:chartreuse -fill red -draw "circle 9,9 9,2" /tmp/x.png
		here gm convert /tmp/x.png /tmp/x.webp && here gm identify -format '%m %w' /tmp/x.webp && here gm convert /tmp/x.webp /tmp/x.ppm &&
			of /tmp/x.ppm
	}
	try "graphicsmagick libgraphicsmagick-q16-3" gm
}

test_enscript() {
	give /job/x.c <<<'int main(void) { return 0; } /* x */'
	job() {
		here enscript -q -Ec --color -o /tmp/x.ps /job/x.c && grep -v '^%%\|CreationDate' "$where/tmp/x.ps" | grep -v 'fmodstr\|20[0-9][0-9]' | cksum
	}
	try "enscript" enscript -a /job/x.c
}

test_hunspell() {
	job() {
		printf 'hello wrold\n' | here hunspell -d en_US -a
	}
	try "hunspell hunspell-en-us" hunspell
}

test_source-highlight() {
	job() {
		echo 'int main() { return 0; }' | here source-highlight -s c -f html
	}
	try "source-highlight libsource-highlight-common" source-highlight
}

test_figlet() {
	job() {
		here figlet -f slant hello
	}
	try "figlet" figlet
}

test_toilet() {
	job() {
		here toilet -f future --gay hello
	}
	try "toilet toilet-fonts" toilet
}

test_units() {
	job() {
		here units -t '3 miles' km
	}
	try "units" units
}

test_wn() {
	job() {
		here wn dog -synsn
		echo end
	}
	try "wordnet wordnet-base" wn
}

test_ctags() {
	give /job/x.c <<<'static int a(void) { return 0; }'
	job() {
		here ctags --extras=+q --fields=+K -f - /job/x.c
	}
	try "universal-ctags" ctags -a /job/x.c
}

test_vim() {
	give /job/x.c <<<'int main(void) { return 0; }'
	job() {
		here vim -es -u NONE -N --cmd 'set nocp' -c 'syntax on' -c 'filetype plugin indent on' -c 'e /job/x.c' \
			-c 'redir! > /tmp/out' -c 'echo &ft &cindent synIDattr(synID(1,1,1),"name")' -c 'runtime plugin/tohtml.vim' -c 'TOhtml' -c 'w! /tmp/x.html' \
			-c 'redir END' -c 'qa!' || true
		cat "$where/tmp/out"
		grep -c Type "$where/tmp/x.html"
	}
	try "vim vim-runtime vim-common" vim -a /job/x.c
}

test_gnugo() {
	job() {
		printf '%s\n' 'boardsize 9' 'play black e5' 'genmove white' quit | here /usr/games/gnugo --mode gtp --seed 1
	}
	try "gnugo" /usr/games/gnugo
}

test_fortune() {
	job() {
		here /usr/games/fortune -f 2>&1
		here /usr/games/fortune -m 'computer' | cksum
	}
	try "fortune-mod fortunes-min" /usr/games/fortune
}

test_keepassxc-cli() {
	job() {
		printf 'secret\nsecret\n' | here keepassxc-cli db-create -q -p /tmp/x.kdbx
		printf 'secret\n' | here keepassxc-cli add -q -u me --generate /tmp/x.kdbx entry
		printf 'secret\n' | here keepassxc-cli ls -q /tmp/x.kdbx
		here keepassxc-cli diceware -W 2 | wc -w
	}
	try "keepassxc" keepassxc-cli
}

test_xclock() {
	job() {
		start_display
		up DISPLAY=":$display" xclock -digital -strftime hello
		until_it outside DISPLAY=":$display" xwininfo -name xclock | grep -E 'Width|Height'
	}
	try "x11-apps libxaw7" xclock
}

test_xmessage() {
	job() {
		start_display
		here DISPLAY=":$display" xmessage -timeout 1 -print hello
		echo "status $?"
	}
	try "x11-utils libxaw7" xmessage
}

test_xterm() {
	job() {
		start_display
		here DISPLAY=":$display" xterm -fa Monospace -e /bin/sh -c 'echo hello $TERM >/tmp/out'
		cat "$where/tmp/out"
	}
	try "xterm" xterm
}

test_nmap() {
	uid=0
	job() {
		here nmap -n -Pn -sT -p 1 --script=http-title,banner --reason 127.0.0.1 | grep -v -i 'nmap\|latency'
	}
	try "nmap nmap-common" nmap
}

test_lftp() {
	give /job/x <<<hello
	job() {
		in_place "$machine" python3 -m http.server -b 127.0.0.1 -d /job "$port" >/dev/null 2>&1 &
		until_it_is 20 here lftp -c "set net:max-retries 1; open http://127.0.0.1:$port/; cat x"
	}
	try "lftp" lftp
}

test_restic() {
	give /job/x <<<hello
	job() {
		here RESTIC_PASSWORD=x restic -q init -r /tmp/repo && here RESTIC_PASSWORD=x restic -q backup -r /tmp/repo /job/x &&
			here RESTIC_PASSWORD=x restic -q dump -r /tmp/repo latest /job/x
	}
	try "restic" restic -a /job/x
}

test_borg() {
	job() {
		here borg init -e none /tmp/repo && here borg create --compression zstd /tmp/repo::a /etc/passwd &&
			here borg list --short /tmp/repo::a
	}
	try "borgbackup" borg
}

test_aria2c() {
	give /job/x <<<hello
	job() {
		in_place "$machine" python3 -m http.server -b 127.0.0.1 -d /job "$port" >/dev/null 2>&1 &
		until_it_is 20 here aria2c -q -d /tmp -o y --allow-overwrite=true "http://127.0.0.1:$port/x"
		cat "$where/tmp/y"
	}
	try "aria2" aria2c
}

test_w3m() {
	job() {
		echo '<h1>caf&eacute;</h1><table border=1><tr><td>a<td>b</table>' | here LC_ALL=C.UTF-8 w3m -T text/html -dump
	}
	try "w3m" w3m
}

test_lynx() {
	give /job/x.html <<<'<h1>hello</h1><ul><li>a<li>b</ul>'
	job() {
		here lynx -dump -nolist /job/x.html
	}
	try "lynx lynx-common" lynx -a /job/x.html
}

start_debian tools
run gnuplot povray espeak-ng sox rsvg-convert rrdtool exiftool tesseract mutool gm enscript hunspell \
	source-highlight figlet toilet units wn ctags vim gnugo fortune keepassxc-cli xclock xmessage \
	xterm nmap lftp restic borg aria2c w3m lynx
finish_any
