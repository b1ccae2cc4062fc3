#!/bin/sh
# What the manual says to do with a recording works, each command as it stands there.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
page=${srcdir:-.}/../man/tcpreen.1

# The Nth of the recipes, with the server here in place of the reader's.
recipe()	# N
{
	awk -v n="$1" '/^\.Sh/ { in_it = /RECIPES/ } /^\.Ed/ { shown = 0 }
		shown && in_it && count == n { print } /^\.Bd/ && in_it { count++; shown = 1 }' "$page" |
		sed "s/\\\\(aq/'/g; s/\\\\(ha/^/g; s/\\\\-/-/g; s/\\\\e/\\\\/g" |
		sed "s/127\.0\.0\.1 6379/127.0.0.1 ${server_port:-0}/; s/ 80\$/ ${server_port:-0}/
			s/localhost:/127.0.0.1:/"
}

try()	# N
{
	recipe "$1" >"$dir/recipe"
	(cd "$dir" && PATH="$dir/bin:$PATH" exec "$PEER" within "$PATIENCE" sh ./recipe) >"$dir/shows" 2>"$dir/complains"
	status=$?
}

mkdir "$dir/bin"
cat >"$dir/bin/tcpreen" <<END
#!/bin/sh
exec $WRAPPER '$TCPREEN' $insist -a 127.0.0.1 "\$@"
END
chmod 755 "$dir/bin/tcpreen"
is "$(recipe 9)" '' 'every recipe is tried here'

# What they work on: three sessions, the first two of which say the same; a slow answer.
serve echo
start_tcpreen -n -q -F 20 -f raw -o "$dir/cap-%n.%d" -f turns -o "$dir/turns.log" -f json -o "$dir/log.json" \
	-f C -o "$dir/c-%n.log" "$server_port"
for words in 'one\n\0\377' 'one\n\0\377' 'other'; do
	client "$port" send "$words" expect "$words" send more expect more fin expect-eof
done
stop_tcpreen
stop_server
sed 's/^\[[0-9]*\] //' "$dir/c-0001.log" >"$dir/old.log"
sed 's/^\[[0-9]*\] //' "$dir/c-0003.log" >"$dir/new.log"

printf 'one\n\0\377more' >"$dir/sent"
if have nc; then
	serve to "$dir/got" recv-eof
	try 1
	wait_for test -s "$dir/got"
	same "$dir/got" "$dir/sent" 'a client is played again'
	stop_server
	try 2 &
	player=$!
	# shellcheck disable=SC2317	# wait_for calls it
	answer()
	{
		client "$server_port" send hello fin recv-eof >"$dir/got" 2>/dev/null
	}
	wait_for answer
	same "$dir/got" "$dir/sent" 'a server is played'
	wait "$player"
fi
try 3
is "$status, $(cat "$dir/shows")" '0, ' 'two sessions that sent the same'
try 4
is "$(grep -c '^[<>]' "$dir/shows")" 6 'what changed between two clients'
try 5
is "$(lines "$dir/shows")" 6 'the slowest answers: every turn, and no other line'
is "$(cut -d ' ' -f 1 "$dir/shows")" "$(cut -d ' ' -f 1 "$dir/shows" | sort -rn)" 'the slowest first'
like "$(head -n 1 "$dir/shows")" '^[0-9.]+  .*client> ' 'with its turn'
if have jq; then
	try 6
	is "$(cat "$dir/shows")" '58 127.0.0.1' 'who has sent and received most'
	try 7
	same "$dir/client.bin" "$dir/sent" 'what a client has sent, out of json'
fi
if have curl; then
	serve recv 4 send 'HTTP/1.0 200 OK\r\n\r\nhi\n' fin recv-eof
	try 8
	is "$status, $(cat "$dir/shows")" '0, hi' 'a client whose run is a capture'
	"$READ_CAPTURE" "$dir/bug.pcapng" >"$dir/read"
	like "$(cat "$dir/read")" ' 22( |$)' 'which has its bytes'
fi
servers_may_complain
finish
