#!/bin/sh
# turns: what a client waited for, beside a server that takes a known time.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"

# micro TEXT: the number of seconds behind the first "after" as microseconds
micro()
{
	printf '%s\n' "$1" | sed -n 's/.* bytes* after \([0-9]*\)\.\([0-9]*\) s,.*/\1\2/p' | sed 's/^0*//'
}

serve recv 5 pause-ms 300 send 'wo' pause-ms 150 send 'rld' recv 4 send 'ok' expect-eof
start_tcpreen -n -q -f turns -o "$dir/log" "$server_port"
client "$port" send 'hello' recv 5 pause-ms 60 send 'more' recv 2 fin expect-eof >"$dir/got" ||
	bad 'the dialog'
wait_for logged ' close ' "$dir/log"
is "$(cat "$dir/got")" worldok 'the bytes pass'
is "$(lines "$dir/log")" 5 'open, two turns, the summary, close'
like "$(sed -n 2p "$dir/log")" \
	'^client> 5 bytes, server> 5 bytes after [0-9]+\.[0-9]{6} s, whole after [0-9]+\.[0-9]{6} s$' 'a turn'
like "$(sed -n 3p "$dir/log")" '^client> 4 bytes, server> 2 bytes after ' 'the second'
like "$(sed -n 4p "$dir/log")" '^# session 1 turns 2, wait median 0\.[0-9]{6} s, worst [0-9]+\.[0-9]{6} s \(turn 1\), connect [0-9]+\.[0-9]{6} s$' \
	'the summary'
like "$(sed -n 5p "$dir/log")" '^# session 1 close ' 'and the close line is the last one'
wait=$(micro "$(sed -n 2p "$dir/log")")
ok "the wait, $wait us, is about the server's 300 ms" test "$wait" -ge 200000
whole=$(sed -n '2s/.*whole after \([0-9]*\)\.\([0-9]*\) s$/\1\2/p' "$dir/log" | sed 's/^0*//')
ok "the whole, $whole us, is about 150 ms more" test "$whole" -ge $((wait + 50000))
stop_tcpreen

# Without a server there is no turn to tell of.
stop_server
start_tcpreen -n -q -m 1 -f turns -o "$dir/log" "$server_port"
client "$port" expect-end
wait_exit
is "$(lines "$dir/log")" 1 'no server: one line'
like "$(cat "$dir/log")" '^# session 1 error .*Connection refused$' 'which says why'
servers_may_complain
finish
