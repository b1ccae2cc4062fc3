#!/bin/sh
# -f json: one event a line, valid whatever the peers send, with the exact bytes in it.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
READ_JSON=${READ_JSON:-$PWD/read-json}

log=$dir/json
q()	# MEMBER...: of all events, or of those that event=NAME says
{
	"$READ_JSON" "$log" "$@" || bad 'strictly valid' "q $*"
}
tab=$(printf '\t')

# shellcheck disable=SC1003
serve recv 3 send 'b\303\274\n\t"\\' fin expect-eof
start_tcpreen -n -q -m 2 -F 2 -f json -o "$log" "$server_port"
# shellcheck disable=SC1003
client "$port" send 'a\0c' expect 'b\303\274\n\t"\\' expect-eof
wait_for logged '"close"' "$log"
is "$(q session event | tr '\t\n' ' ,')" '1 open,1 data,1 data,1 end,1 end,1 close,' 'the events'
like "$(q event=open client.address client.port server.address server.port)" \
	"^127\.0\.0\.1${tab}[0-9]+${tab}127\.0\.0\.1${tab}$server_port\$" 'open: addresses'
is "$(q event=data from offset length urgent base64)" "client${tab}0${tab}3${tab}false${tab}YQBj
server${tab}0${tab}7${tab}false${tab}-" 'data: text, or base64 where it is none'
is "$(grep -c '"text":"bü\\n\\t\\"\\\\"' "$log")" 1 'data: text'
is "$(q event=end from)" 'server
client' 'who ended, and when'
like "$(q event=close reason by duration bytes.client bytes.server undelivered.client)" \
	"^closed${tab}server${tab}0\.[0-9]{6}${tab}3${tab}7${tab}0\$" \
	'close: who ended it, how long it was, and what it carried'
stop_server
client "$port" expect-reset
wait_exit
is "$(q event=error session reason code final server.port)" \
	"2${tab}Connection refused${tab}ECONNREFUSED${tab}true${tab}$server_port" 'error: why'
is "$(q run | sort -u | wc -l)" 1 'one run'
like "$(q run)" "^[0-9T:.-]{26}Z-$tcpreen_pid\$" 'run: when, and which process'
log2=$(q run | head -n 1)

# Bytes of any kind come back exactly.
awk 'BEGIN { srand(7); for (i = 0; i < 3000; i++) printf "%c", 32 + rand() * 95;
	printf "\n\342\202\254\360\235\204\236\177\302\205\342\200\250\342\200\256\033[2J" }' >"$dir/text"
head -c 20000 /dev/urandom >"$dir/bytes"
serve recv-eof
start_tcpreen -n -q -m 2 -f json -o "$log" "$server_port"
client "$port" file "$dir/text" fin expect-eof
client "$port" file "$dir/bytes" pause-ms 50 send '\355\240\200' pause-ms 50 send '\300\257' \
	pause-ms 50 send '\364\220\200\200' pause-ms 50 urgent '!' fin expect-eof
wait_exit
{
	cat "$dir/text" "$dir/bytes"
	printf '\355\240\200\300\257\364\220\200\200!'
} >"$dir/sent"
"$READ_JSON" -b client "$log" >"$dir/got" || bad 'any bytes: strictly valid'
same "$dir/got" "$dir/sent" 'what the log says is what was sent, however it was cut'
is "$(q event=data urgent text | grep true)" "true${tab}!" 'urgent data is marked'
ok 'euro signs stay as they are' grep -q '€' "$log"
unlike "$(cat "$log")" "$(printf '\342\200\256')" 'what turns text around does not'
unlike "$(q run)" "^$log2\$" 'another start is another run'

# Much text of three bytes a character: no read, wherever it ends, makes base64 of it.
awk 'BEGIN { for (i = 0; i < 30000; i++) printf "\347\216\213\345\260\217\346\230\216" }' >"$dir/chinese"
start_tcpreen -n -q -m 1 -f json -o "$log" -f json -o "$log.snap" --snap 100 "$server_port"
client "$port" file "$dir/chinese" fin expect-eof
wait_exit
unlike "$(cut -c 1-400 "$log")" '"base64"' 'Chinese is text, whatever a read gave'

# --snap, and a lost log
start_tcpreen -n -q -m 1 --snap 3 -f json -o "$log" "$server_port"
client "$port" send 'hello' fin expect-eof
wait_exit
is "$(q event=data text length more)" "hel${tab}5${tab}2" '--snap'
is "$(q event=close bytes.client)" 5 '--snap: the count is of all'
if [ -c /dev/full ]; then
	start_tcpreen -n -q -m 1 -f json -o "$log" -o /dev/full "$server_port"
	client "$port" send 'hello' fin expect-eof
	wait_exit
	like "$(q event=close lost.0.output lost.0.bytes)" "^/dev/full${tab}[0-9]+\$" 'losses'
fi

# A Unix socket has a path.
serve_on unix "$dir/server" recv-eof
start_tcpreen -n -q -m 1 -p unix/tcp -f json -o "$log" "$dir/server"
client "$port" fin expect-eof
wait_exit
is "$(q event=open server.path server.address client.address)" \
	"$dir/server${tab}-${tab}127.0.0.1" 'a path'

# Other people's reader
if have jq; then
	ok 'jq reads it' jq -e . "$log" >/dev/null
	is "$(jq -rc 'select(.event == "open") | .server.path' "$log")" "$dir/server" 'and finds the path'
fi
finish
