#!/bin/sh
# Every command that README and the manual show does what is said of it there.
#
# It runs as it stands, but for ports, hosts and paths, which become those of a
# server here, and for -m 1, so that it ends after the session of one client.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
top=${srcdir:-.}/..

request='GET /hi HTTP/1.1\r\nHost: localhost\r\nAuthorization: Basic ZGF2ZTpkNHZl\r\n\r\n'
answer='HTTP/1.1 200 OK\r\nContent-Length: 3\r\n\r\nhi\n'
serve expect "$request" send "$answer" fin expect-eof
serve_port=$server_port
serve_on unix "$dir/service" expect "$request" send "$answer" fin expect-eof

# What the examples take for granted: tcpreen in the path, a folder of nobody's.
mkdir "$dir/bin" "$dir/logs"
chmod 777 "$dir" "$dir/logs"
cat >"$dir/bin/tcpreen" <<END
#!/bin/sh
case " \$* " in *' -u '*) insist= ;; *) insist='$insist' ;; esac
exec $WRAPPER '$TCPREEN' -m 1 \$insist "\$@" 2>'$dir/words'
END
chmod 755 "$dir/bin/tcpreen"

# Commands, a line each; lines that a \ or a | ends are joined with the next.
joined()
{
	awk '{ sub(/^    /, ""); sub(/^\$ /, ""); more = sub(/ *\\$/, "") || /\|$/
		line = line (line == "" ? "" : " ") $0
		if (!more) { gsub(/  +/, "&", line); print line; line = "" } }' |
		sed 's/  *\([-|o]\)/ \1/g; s/| *jq/| jq/' | grep -E '^(tcpreen|text2pcap|sed) '
}
{
	sed -n '/^    \(\$ \)\{0,1\}tcpreen /,/[^\\|]$/p' "$top/README" | grep -v serverport | joined
	sed -n '/^\.Sh EXAMPLES/,/^\.Sh RECIPES/{/^\.Bd/,/^\.Ed/{/^\./d
		s/\\(aq/'"'"'/g; s/\\(ha/^/g; s/\\-/-/g; s/\\e/\\/g; p;};}' "$top/man/tcpreen.1" | joined
} | sort -u >"$dir/shown"
: >"$dir/known"

# The same with what is here in place of what the reader has.
here()	# COMMAND
{
	printf '%s\n' "$1" | sed "s|mail.example:25 2525|127.0.0.1:$serve_port 127.0.0.1:0|
		s|192.0.2.7:25 25\$|127.0.0.1:$serve_port 127.0.0.1:$free|
		s|/run/docker.sock 127.0.0.1:2375|$dir/service 127.0.0.1:0|
		s|/run/postgresql/.s.PGSQL.5432 /tmp/.s.PGSQL.5432|$dir/service $dir/front|
		s|127.0.0.1:8081 127.0.0.1:8080|127.0.0.1:0 127.0.0.1:0|
		s|/var/log/tcpreen/|$dir/logs/|
		s/ 80 8080/ $serve_port 127.0.0.1:0/; s/ 6379 16379/ $serve_port 127.0.0.1:0/
		s/ 5432\$/ $serve_port/; s/ 5432 15432/ $serve_port 127.0.0.1:0/; s/wireshark -k -i -/tshark -r -/"
}

# One example, which needs a program other than ours; FILE then has a line like REGEX.
try()	# PROGRAM FILE REGEX COMMAND
{
	printf '%s\n' "$4" >>"$dir/known"
	if ! command -v "$1" >/dev/null; then
		echo "not tried, $1 is not here: $4"
		return
	fi
	: >"$dir/words"
	(cd "$dir" && PATH="$dir/bin:$PATH" exec "$PEER" within "$PATIENCE" sh -c "$(here "$4")" \
		>"$dir/shows" 2>"$dir/more-words") &
	example=$!
	pids="$pids $example"
	case $4 in
	tcpreen*)	converse "$4" ;;
	esac
	[ -z "$example" ] || wait "$example" || bad "status of: $4" "$(cat "$dir/words" "$dir/more-words")"
	wait_for logged "$3" "$dir/$2" || bad "what it does: $4" "$(head -n 5 "$dir/$2")"
}

# The client's part, and with -l the server's.
converse()	# COMMAND
{
	case $1 in
	*' -d '*)	# it tells syslog where it listens
		wait "$example" || bad "status of: $1" "$(cat "$dir/words")"
		example=
		client "$free" send "$request" recv-eof >/dev/null
		return ;;
	*' --run '*)	# its command is the client, see the Makefile below
		return ;;
	*' -l '*)
		wait_for logged '^Listening for the server on ' "$dir/words"
		start_client "$(listening_on 'Listening for the server on' "$dir/words")" \
			expect "$request" send "$answer" fin expect-eof ;;
	*)	wait_for logged '^Listening on ' "$dir/words" ;;
	esac
	client "$(listening_on 'Listening on' "$dir/words")" send "$request" recv-eof >/dev/null
}

text='^client> .*GET /hi'
try sh dump.log '47 45 54 20 2f 68 69' 'tcpreen -f hex -o dump.log -f strip mail.example:25 2525'
try sh shows 'server> .*41 bytes' 'tcpreen -F 20 -f count 80 8080'
try sh shows '^[0-9:.]+ \[1\] client> GET /hi' 'tcpreen -t -F 20 --snap 200 -f strip 80 8080'
try sh cap-0001.client '^GET /hi' "tcpreen -q -F 20 -f raw -o 'cap-%n.%d' 6379 16379"
rm "$dir/cap-0001.client"
try sh cap-0001.client '^GET /hi' "tcpreen -q -F 20 -f raw -o 'cap-%n.%d' 5432 15432"
try sh cap.pcapng 'GET /hi' 'tcpreen -q -F 20 -f pcapng -o cap.pcapng 6379 16379'
try tshark shows 'GET /hi|PSH' 'tcpreen -q -F 20 -f pcapng -o - 6379 16379 | wireshark -k -i -'
try tshark shows 'GET /hi|PSH' 'tcpreen -q -F 20 -f pcapng -o - 5432 15432 | wireshark -k -i -'
try tshark shows 'GET /hi|PSH' 'tcpreen -q -f pcapng -o - 80 8080 | tshark -r -'
try jq shows '^"GET /hi HTTP.*r.n"$' "tcpreen -F 20 -f json -o - 80 8080 | jq 'select(.event == \"data\" and .from == \"client\") | .text'"
try sh shows "$text" 'tcpreen -p unix/tcp /run/docker.sock 127.0.0.1:2375'
try sh shows "$text" 'tcpreen -n -f strip 80 8080'
owner='[(]pid [0-9]+, uid [0-9]+[)]'
built_with STRUCT_UCRED_PID || owner=
try sh shows "open .* client unix:$owner server unix:" \
	'tcpreen -F 20 -f count -p unix /run/postgresql/.s.PGSQL.5432 /tmp/.s.PGSQL.5432'
try sh shows '^client> "GET /hi' 'tcpreen -n -f C 80 8080'
try sh shows '72 bytes at offset 0' 'tcpreen -n -f hex 80 8080'
try sh shows '^client> 72 bytes' 'tcpreen -n -f count 80 8080'
try sh shows '^client> 72 bytes, server> 41 bytes after' 'tcpreen -n -f turns 80 8080'
try sh turns.log '^client> 72 bytes, server> 41 bytes after|^\[1\] client> 72' \
	'tcpreen -q -F 20 -f turns -o turns.log 5432 15432'
try sh shows 'user "dave" password "d4ve" accepted' 'tcpreen -n -f password 80 8080'
try sh shows '"text":"GET /hi' 'tcpreen -n -f json 80 8080'
try sh shows '^GET /hi' 'tcpreen -q -f raw -o - 80 8080'
try sh shows '^client> "GET /hi' 'tcpreen -l 127.0.0.1:8081 127.0.0.1:8080'
try sh dump.log '47 45 54 20 2f 68 69' 'tcpreen -q --timestamps=iso -f hex -o dump.log 80 8080'
try text2pcap dump.pcapng 'GET /hi' 'text2pcap -t ISO -T 8080,80 dump.log dump.pcapng'
try sh dump.log '47 45 54 20 2f 68 69' 'tcpreen -q -m 1 -f hex -o dump.log 80 8080'
try xxd shows '^GET /hi' "sed -n '/^client>/,/^server>/s/^[0-9a-f]*  \\(.\\{48\\}\\).*/\\1/p' dump.log | xxd -r -p"
cat >"$dir/Makefile" <<END
check:
	'$PEER' connect 127.0.0.1 \$(PGPORT) send '$(printf '%s' "$request" | sed 's/\\/\\/g')' expect '$answer' fin expect-eof
END
# shellcheck disable=SC2016	# for the other shell
try make turns.log '^\[1\] client> 72 bytes, server> 41 bytes after' \
	'tcpreen -q -f turns -o turns.log --run '"'make check PGPORT=\$TCPREEN_PORT' 5432"
daemon='tcpreen -d -u nobody -F 100 -f count -o /var/log/tcpreen/smtp.log 192.0.2.7:25 25'
if [ "$(id -u)" -eq 0 ] && built_with INITGROUPS; then
	serve open		# a port that is free a moment later
	free=$server_port
	stop_server
	try sh logs/smtp.log '72 bytes' "$daemon"
else
	printf '%s\n' "$daemon" >>"$dir/known"
	echo "not tried, needs root and its groups: $daemon"
fi

sort -u "$dir/known" >"$dir/tried"
same "$dir/shown" "$dir/tried" 'the commands that are shown are those that were tried'
[ "$failures" -eq 0 ] || diff "$dir/shown" "$dir/tried"
finish
