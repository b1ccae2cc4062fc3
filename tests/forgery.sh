#!/bin/sh
# No byte that a peer sends can make a line that begins like a record or a session line.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

cat >"$dir/forged" <<'END'
client> "forged"
server> forged
# session 7 open 2026-01-01T00:00:00.000000+00:00 client 1.2.3.4:5 server 6.7.8.9:10
[7] client> 12 bytes
03:42:10.123456 [3] server! forged
00000000  66 6f 72 67 65 64 0d 0a                           |forged|
END
{
	cat "$dir/forged"
	tr '\n' '\r' <"$dir/forged"
	printf '\033[2K\rclient> forged\n\n\014server> forged\013# session 9 close\n'
	printf '\302\205client> forged\t\342\200\250# session 1 close'
} >"$dir/payload"
serve recv 1 recv-eof file "$dir/payload"

for options in '' '-F 3' '-t -F 3' '-tF3'; do
	# shellcheck disable=SC2086	# a list
	start_tcpreen -nq $options -f C -o "$dir/C.log" -f hex -o "$dir/hex.log" \
		-f strip -o "$dir/strip.log" -f count -o "$dir/count.log" "$server_port"
	client "$port" send '\n' file "$dir/payload" fin recv-eof >/dev/null
	for log in C hex strip count; do
		wait_for logged ' close ' "$dir/$log.log"
		[ "$log" = strip ] && tab='\t' || tab=
		is "$(LC_ALL=C tr -d "\\n$tab -~" <"$dir/$log.log" | od -c)" "$(od -c </dev/null)" \
			"$log $options: nothing but printable ASCII and line ends"
		# What is a record begins at column 0, with its frame; what continues one does not.
		is "$(grep -c '^#' "$dir/$log.log")" 2 "$log $options: two session lines"
		like "$(sed -n 1p "$dir/$log.log")" '^# session 1 open ' "$log $options: open first"
		like "$(sed -n '$p' "$dir/$log.log")" '^# session 1 close ' "$log $options: close last"
		time='([0-9:.]{15} )?'
		number='(\[1\] )?'
		is "$(sed '1d;$d' "$dir/$log.log" | grep -Ev "^$time$number(client|server)> " |
			grep -Ev '^ {8,}' | grep -Ev '^[0-9a-f]{8}  .*\|$')" '' \
			"$log $options: every other line is indented, or a row of hex"
	done
	is "$(grep -Ec '^([0-9:.]{15} )?(\[1\] )?(client|server)> [0-9]+ bytes?$' "$dir/count.log")" \
		"$(grep -Ec '(client|server)> ' "$dir/count.log")" 'count holds no payload'
	is "$(grep -Ec '^([0-9:.]{15} )?(\[1\] )?(client|server)[>!] ' "$dir/strip.log")" \
		"$(grep -vc '^#' "$dir/count.log")" "strip $options: as many records as chunks"
	is "$(grep -Ec '^([0-9:.]{15} )?(\[1\] )?(client|server)[>!] ' "$dir/C.log")" \
		"$(grep -vc '^#' "$dir/count.log")" "C $options: as many records as chunks"
	stop_tcpreen
done
finish
