#!/usr/bin/env bash
# SPDX-License-Identifier: Apache-2.0
# Media, documents, science and languages that were chosen after the needs were written, by somebody
# who had not read them.
# shellcheck source=tests/e2e/any_programs_lib.sh
. "$(dirname "$0")/any_programs_lib.sh"

# A second of a tone, in the Debian.
tone() {
	outside python3 -c '
import math, wave
w = wave.open("/tmp/x.wav", "wb")
w.setparams((1, 2, 8000, 0, "NONE", ""))
w.writeframes(b"".join(int(9000 * math.sin(i / 3)).to_bytes(2, "little", signed=True) for i in range(8000)))'
	[ "$where" = "$machine" ] || cp "$machine/tmp/x.wav" "$where/tmp/x.wav"
}

TUNE='MThd\0\0\0\6\0\0\0\1\0\140MTrk\0\0\0\20\0\300\0\0\220\74\177\140\200\74\0\0\377\57\0'

test_gst-launch() {
	job() {
		tone
		here HOME=/tmp gst-launch-1.0 -q filesrc location=/tmp/x.wav ! wavparse ! audioconvert ! audioresample ! \
			audio/x-raw,rate=16000 ! wavenc ! filesink location=/tmp/y.wav && of /tmp/y.wav
		here HOME=/tmp gst-launch-1.0 -q videotestsrc num-buffers=1 ! video/x-raw,width=32,height=32 ! pngenc ! \
			filesink location=/tmp/y.png && of /tmp/y.png
	}
	try "gstreamer1.0-tools gstreamer1.0-plugins-base gstreamer1.0-plugins-good libgstreamer1.0-0" gst-launch-1.0
}

test_mpv() {
	job() {
		tone
		here HOME=/tmp mpv --no-config --quiet --o=/tmp/y.flac --oac=flac /tmp/x.wav | grep -E 'Audio|wav'
		here HOME=/tmp mpv --no-config --quiet --ao=pcm --ao-pcm-file=/tmp/z.wav /tmp/y.flac | grep Audio && of /tmp/z.wav
	}
	try "mpv" mpv
}

test_cvlc() {
	job() {
		tone
		here HOME=/tmp cvlc -q --play-and-exit --no-sout-video \
			--sout '#transcode{acodec=flac}:std{access=file,mux=raw,dst=/tmp/y.flac}' /tmp/x.wav
		outside ffprobe -v error -show_entries stream=codec_name,sample_rate,channels - <"$where/tmp/y.flac"
	}
	try "vlc-bin vlc-plugin-base libvlc5 libvlccore9" cvlc
}

test_csound() {
	give /job/x.orc <<-'END'
		sr = 8000
		ksmps = 10
		nchnls = 1
		0dbfs = 1
		instr 1
		a1 oscili 0.5, 440
		a2 reverb a1, 1
		out a1 + a2
		endin
	END
	give /job/x.sco <<<'i 1 0 1'
	job() {
		here csound -W -d -o /tmp/x.wav /job/x.orc /job/x.sco 2>/dev/null
		dd if="$where/tmp/x.wav" bs=1 skip=200 2>/dev/null | cksum
	}
	try "csound libcsound64-6.0" csound -a /job/x.orc -a /job/x.sco
}

test_fluidsynth() {
	# shellcheck disable=SC2059 # it is a format
	printf "$TUNE" | give /job/x.mid
	job() {
		here HOME=/tmp fluidsynth -q -ni -F /tmp/x.wav /usr/share/sounds/sf2/TimGM6mb.sf2 /job/x.mid && of /tmp/x.wav
	}
	try "fluidsynth libfluidsynth3" fluidsynth -a /usr/share/sounds/sf2/TimGM6mb.sf2 -a /job/x.mid
}

test_mkvmerge() {
	job() {
		tone
		here mkvmerge -q -o /tmp/x.mkv --language 0:ger /tmp/x.wav
		here mkvmerge -J /tmp/x.mkv | grep -E '"(codec|language|type|audio_sampling_frequency)"'
	}
	try "mkvtoolnix" mkvmerge
}

test_vips() {
	job() {
		here vips black /tmp/x.png 40 30 --bands 3 && here vips invert /tmp/x.png /tmp/y.jpg
		here vipsheader /tmp/y.jpg
		here vips text /tmp/t.png hello && here vipsheader -f width /tmp/t.png
		here vips thumbnail /tmp/y.jpg /tmp/z.webp 10 && here vipsheader -f height /tmp/z.webp
	}
	try "libvips-tools libvips42" vips vipsheader
}

test_ssconvert() {
	give /job/x.csv <<<'a,b
1,2
3,=SUM(A2:B2)*PI()'
	job() {
		here HOME=/tmp ssconvert /job/x.csv /tmp/x.xlsx 2>/dev/null && here HOME=/tmp ssconvert /tmp/x.xlsx /tmp/y.csv 2>/dev/null
		cat "$where/tmp/y.csv"
		here HOME=/tmp ssconvert /tmp/x.xlsx /tmp/y.html 2>/dev/null && grep -c '<td' "$where/tmp/y.html"
	}
	try "gnumeric gnumeric-common" ssconvert -a /job/x.csv
}

test_inkscape() {
	give /job/x.svg <<<'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="20"><rect width="9" height="9" fill="red"/>
<text x="9" y="15">Hi</text></svg>'
	job() {
		here HOME=/tmp inkscape --export-type=png -o /tmp/x.png /job/x.svg 2>/dev/null && of /tmp/x.png
		here HOME=/tmp inkscape --query-width /job/x.svg 2>/dev/null
	}
	try "inkscape" inkscape -a /job/x.svg
}

test_weasyprint() {
	give /job/x.html <<<'<html><body style="font-family: sans-serif"><h1>Hello</h1><ul><li>one</ul></body></html>'
	job() {
		here HOME=/tmp SOURCE_DATE_EPOCH=0 weasyprint /job/x.html /tmp/x.pdf && head -c 5 "$where/tmp/x.pdf" && echo
		grep -a -c DejaVu "$where/tmp/x.pdf"
		stat -c %s "$where/tmp/x.pdf"
	}
	try "weasyprint" weasyprint -a /job/x.html
}

test_pdflatex() {
	give /job/x.tex <<<'\documentclass{article}\usepackage{amsmath,graphicx,hyperref}\begin{document}\section{Hi}
\begin{align}x&=1\end{align} \textbf{bold} \end{document}'
	job() {
		here HOME=/tmp SOURCE_DATE_EPOCH=0 FORCE_SOURCE_DATE=1 pdflatex -interaction=batchmode -output-directory /tmp /job/x.tex
		grep -a -o 'Output written.*' "$where/tmp/x.log"
	}
	try "texlive-binaries texlive-base texlive-latex-base" pdflatex -a /job/x.tex
}

test_soffice() {
	give /job/x.html <<<'<html><body><h1>Hello</h1><p>one <b>two</b></p></body></html>'
	job() {
		LIMIT=60
		here HOME=/tmp soffice --headless --convert-to txt:Text --outdir /tmp /job/x.html >/dev/null 2>&1
		LIMIT=20
		cat "$where/tmp/x.txt"
	}
	try "libreoffice-writer-nogui libreoffice-core-nogui libreoffice-common" soffice -a /job/x.html
}

test_fig2dev() {
	give /job/x.fig <<<'#FIG 3.2
Landscape
Center
Metric
A4
100.00
Single
-2
1200 2
2 2 0 1 0 7 50 -1 -1 0.000 0 0 -1 0 0 5
	 450 450 1800 450 1800 1350 450 1350 450 450
4 0 0 50 -1 0 12 0.0000 4 135 375 500 900 Hello\001'
	job() {
		for language in svg eps tikz; do
			here fig2dev -L "$language" /job/x.fig | grep -viE 'creat|title' || return
		done
	}
	try "fig2dev" fig2dev -a /job/x.fig
}

test_ogr2ogr() {
	give /job/x.csv <<<'name,X,Y
a,10,50
b,11,51'
	job() {
		here ogr2ogr -f GeoJSON -s_srs EPSG:4326 -t_srs EPSG:32632 -oo X_POSSIBLE_NAMES=X -oo Y_POSSIBLE_NAMES=Y /vsistdout/ /job/x.csv
		here ogr2ogr -f GPKG -oo X_POSSIBLE_NAMES=X -oo Y_POSSIBLE_NAMES=Y -a_srs EPSG:3857 /tmp/x.gpkg /job/x.csv
		here ogrinfo -q /tmp/x.gpkg -sql 'select name, st_x(geom) as x from x'
		here ogr2ogr -f DXF -select '' -oo X_POSSIBLE_NAMES=X -oo Y_POSSIBLE_NAMES=Y /tmp/x.dxf /job/x.csv && of /tmp/x.dxf
	}
	try "gdal-bin libgdal32 gdal-data" ogr2ogr ogrinfo -a /job/x.csv
}

test_obabel() {
	job() {
		here obabel -:CCO -ocan 2>/dev/null
		here obabel -:c1ccccc1O -omol -h 2>/dev/null | sed 2d | sed -n 1,5p
		here obabel -:CCO -oinchi 2>/dev/null
		here obabel -:CC -oxyz --gen3d 2>/dev/null | sed -n 1p
	}
	try "openbabel libopenbabel7" obabel
}

test_octave-cli() {
	give /job/x.m <<<'A = magic(4); disp(rank(A)); x = linspace(0, 1, 5); disp(polyfit(x, x .^ 2, 2) * 1e3 > 999);
printf("%s\n", strjoin({"a", "b"}, "-")); disp(datestr(0)); disp(inputname_test = exist("fzero"));'
	job() {
		here HOME=/tmp octave-cli --norc --quiet /job/x.m
	}
	try "octave octave-common" octave-cli -a /job/x.m
}

test_gmt() {
	job() {
		printf '1 2\n2 3\n' >"$where/tmp/xy"
		here HOME=/tmp gmt psxy /tmp/xy -R0/4/0/4 -JX5c -Sc0.2c -B --PS_CHAR_ENCODING=Standard+ | grep -v '^%' | cksum
		here HOME=/tmp gmt pscoast -R5/10/50/55 -JM5c -Dl -Gred | grep -v '^%' | cksum
		here HOME=/tmp gmt makecpt -Cviridis -T0/4/1 | tail -n 5
	}
	try "gmt gmt-common libgmt6" gmt -a /usr/share/gmt-gshhg
}

test_minizinc() {
	give /job/x.mzn <<<'include "alldifferent.mzn"; array[1..3] of var 1..3: x; constraint alldifferent(x);
constraint x[1] > x[2]; constraint x[2] > x[3]; solve satisfy; output ["\(x)\n"];'
	job() {
		here HOME=/tmp minizinc --solver gecode /job/x.mzn
	}
	try "minizinc flatzinc libgecode49" minizinc -a /job/x.mzn
}

test_jekyll() {
	give /job/site/_config.yml <<<'title: Site
timezone: Europe/Berlin'
	give /job/site/_layouts/x.html <<<'<h1>{{ site.title | upcase }}</h1>{{ content }}{{ "a b" | slugify }}'
	give /job/site/index.md <<<'---
layout: x
---
*hello*

```c
int x;
```'
	give /job/site/x.scss <<<'---
---
.x { .y { color: darken(red, 10%); } }'
	job() {
		here HOME=/tmp jekyll build -q --disable-disk-cache -s /job/site -d /tmp/site && cat "$where/tmp/site/index.html" "$where/tmp/site/x.css"
	}
	try "jekyll" jekyll -a /job/site
}

test_racket() {
	give /job/x.rkt <<<'#lang racket
(require json racket/date)
(define-syntax-rule (swap a b) (list b a))
(displayln (jsexpr->string (hash (quote a) (swap 1 2))))
(match (list 1 2 3) [(list a _ ...) (printf "~a\n" a)])'
	job() {
		here HOME=/tmp racket /job/x.rkt
	}
	try "racket racket-common" racket -a /job/x.rkt
}

test_ocaml() {
	give /job/x.ml <<<'#load "str.cma";;
let () = List.iter print_endline (Str.split (Str.regexp "[ ,]+") "a, b c");;
Printf.printf "%s\n" (Printexc.to_string Not_found);;'
	job() {
		here HOME=/tmp ocaml -I +str /job/x.ml
	}
	try "ocaml ocaml-base" ocaml -a /job/x.ml
}

test_elixir() {
	give /job/x.exs <<<'IO.puts(Enum.map_join(1..3, "-", &Integer.to_string/1))
{:ok, pid} = Agent.start_link(fn -> 1 end)
IO.inspect(Agent.get(pid, & &1)); IO.puts(String.upcase("straße"))
IO.inspect(:crypto.hash(:sha, "x") |> Base.encode16())'
	job() {
		here HOME=/tmp LC_ALL=C.UTF-8 elixir /job/x.exs
	}
	try "elixir erlang-base erlang-crypto" elixir -a /job/x.exs
}

test_groovy() {
	give /job/x.groovy <<<'import groovy.json.JsonOutput
println JsonOutput.toJson([a: [1, 2].collect { it * 2 }])
println new XmlSlurper().parseText("<a><b>x</b></a>").b.text()'
	job() {
		LIMIT=60
		here HOME=/tmp groovy /job/x.groovy
		LIMIT=20
	}
	try "groovy openjdk-17-jre-headless" groovy -a /job/x.groovy
}

test_mke2fs() {
	uid=0
	job() {
		truncate -s 8M "$where/tmp/x"
		here mke2fs -q -t ext4 -U 00000000-0000-0000-0000-000000000001 -L x /tmp/x
		here dumpe2fs -h /tmp/x 2>/dev/null | grep -E 'features|volume name|Block size'
		here e2fsck -fp /tmp/x
	}
	try "e2fsprogs" mke2fs dumpe2fs e2fsck
}

start_debian fresh-media
run gst-launch mpv cvlc csound fluidsynth mkvmerge vips ssconvert inkscape weasyprint pdflatex soffice fig2dev \
	ogr2ogr obabel octave-cli gmt minizinc jekyll racket ocaml elixir groovy mke2fs
finish_any
