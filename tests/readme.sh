#!/bin/sh
# README shows one request in each format, as the program prints it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
readme=${srcdir:-.}/../README

constant()	# stdin: what differs from run to run becomes a word
{
	tr -d '\r' | sed 's/127\.0\.0\.1:[0-9][0-9]*/ADDRESS/g
	s/[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9:.]*[+-][0-9:]*/TIME/g
	s/[0-9]\{4\}-[0-9][0-9]-[0-9][0-9]T[0-9:.]*Z/TIME/g; s/TIME-[0-9]*/RUN/g
	s/after [0-9]*\.[0-9]* s/after SECONDS s/; s/"duration":[0-9.]*/"duration":SECONDS/
	s/^ *\([0-9]*\) [0-9]\.[0-9]* *127/\1 127/; s/[0-9]* → [0-9]* \[/PORT → PORT [/
	s/  */ /g; s/ $//'
}
shown()	# FORMAT: what README shows of it
{
	sed -n "/^    \\$ .*-f $1 /,/^\$/{/^    \\$/d;s/^    //p;}" "$readme"
}

serve expect 'GET /hi HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGF2ZTpkNHZl\r\n\r\n' \
	send 'HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n' fin expect-eof
start_tcpreen -n -q -m 1 -f C -o "$dir/C" -f hex -o "$dir/hex" -f count -o "$dir/count" \
	-f null -o "$dir/null" -f password -o "$dir/password" -f strip -o "$dir/strip" \
	-f json -o "$dir/json" -f raw -o "$dir/raw" -f pcapng -o "$dir/pcapng" "$server_port"
client "$port" send 'GET /hi HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGF2ZTpkNHZl\r\n\r\n' \
	recv-eof >/dev/null
wait_exit

is "$(shown C | constant)" "$(constant <"$dir/C")" 'C, whole'
for format in hex count password strip raw json; do
	is "$(shown "$format" | constant | sed '/^$/d')" "$(
		grep -Ev '^# |"event":"(open|close)"' "$dir/$format" | constant | sed '/^$/d')" "$format, without its session lines"
done
if have tshark; then
	tshark -r "$dir/pcapng" -d "tcp.port==$server_port,http" 2>/dev/null >"$dir/tshark"
	is "$(shown pcapng | constant)" "$(constant <"$dir/tshark")" 'pcapng, as tshark shows it'
fi
formats=$("$TCPREEN" -h | sed -n '/^Formats/,/^$/s/^  \([a-zA-Z]*\) .*/\1/p')
for format in $formats; do
	like "$(cat "$readme")" "-f $format( |\$)" "README has -f $format"
done
finish
