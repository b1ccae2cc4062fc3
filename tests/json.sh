#!/bin/sh
# -f json: one event a line, valid whatever the peers send, with the exact bytes in it.
. "${srcdir:-.}/lib.sh"
have jq || skip 'needs jq'

log=$dir/json
q()	# FILTER: of all events
{
	jq -rc "$1" "$log"
}
valid()	# TITLE: a strict parser takes each line by itself
{
	if have python3; then
		python3 -c '
import json, sys
def no(word): raise ValueError(word)
def once(pairs):
    if len(dict(pairs)) < len(pairs): no("a name twice")
    return dict(pairs)
for line in open(sys.argv[1], encoding="utf-8", errors="strict", newline="\n"):
    json.loads(line, parse_constant=no, object_pairs_hook=once)
' "$log" 2>"$dir/python.err" || bad "$1: strictly valid" "$(tail -n 1 "$dir/python.err")"
	fi
	ok "$1: valid" jq -e . "$log" >/dev/null
	is "$(tr -d '\n' <"$log" | LC_ALL=C tr -d ' -~\200-\377' | od -c)" "$(od -c </dev/null)" \
		"$1: no control bytes"
	like "$(head -n 1 "$log")" '^\{"time":".*\}$' "$1: an object a line"
}

# shellcheck disable=SC1003
serve recv 3 send 'b\303\274\n\t"\\' fin expect-eof
start_tcpreen -n -q -m 2 -F 2 -f json -o "$log" "$server_port"
# shellcheck disable=SC1003
client "$port" send 'a\0c' expect 'b\303\274\n\t"\\' expect-eof
wait_for logged '"close"' "$log"
valid 'a talk'
time='^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\\.[0-9]{6}[+-][0-9]{2}:[0-9]{2}$'
is "$(q "select(.time | test(\"$time\") | not)")" '' 'every event has its time'
is "$(q '[.session, .event]')" '[1,"open"]
[1,"data"]
[1,"data"]
[1,"close"]' 'the events'
like "$(q 'select(.event == "open") | .client + " " + .server')" \
	"^127\.0\.0\.1:[0-9]+ 127\.0\.0\.1:$server_port\$" 'open: addresses'
is "$(q 'select(.event == "data") | [.from, .offset, .length, .urgent, .text, .base64]')" \
	'["client",0,3,false,null,"YQBj"]
["server",0,7,false,"bü\n\t\"\\",null]' 'data: text, or base64 where it is none'
like "$(q 'select(.event == "close") | [.reason, .by, .duration, .bytes, .undelivered, .lost]')" \
	'^\["closed by server","server",0\.[0-9]+,\{"client":3,"server":7\},\{"client":0,"server":0\},\[\]\]$' \
	'close: who ended it, how long it was, and what it carried'
stop_server
client "$port" expect-reset
wait_exit
like "$(q 'select(.event == "error") | .reason + " " + .server')" "^Connection refused 127.*:$server_port\$" \
	'error: why'

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
valid 'any bytes'
{
	cat "$dir/text" "$dir/bytes"
	printf '\355\240\200\300\257\364\220\200\200!'
} >"$dir/sent"
q 'select(.event == "data") | .base64 // (.text | @base64)' | while read -r line; do
	echo "$line" | base64 -d
done >"$dir/got"
same "$dir/got" "$dir/sent" 'what the log says is what was sent, however it was cut'
is "$(q 'select(.urgent) | .text')" '!' 'urgent data is marked'
is "$(q 'select(.session == 1 and .text) | .text[-8:]' | od -An -c | head -n 1)" \
	"$(printf '\177\302\205\342\200\250\342\200\256\033[2J\n' | od -An -c | head -n 1)" \
	'characters that terminals act upon are escaped, and come back'
ok 'euro signs stay as they are' grep -q '€' "$log"
unlike "$(cat "$log")" "$(printf '\342\200\256')" 'what turns text around does not'

# --snap, and a lost log
start_tcpreen -n -q -m 1 --snap 3 -f json -o "$log" "$server_port"
client "$port" send 'hello' fin expect-eof
wait_exit
is "$(q 'select(.event == "data") | [.text, .length, .more]')" '["hel",5,2]' '--snap'
is "$(q 'select(.event == "close") | .bytes.client')" 5 '--snap: the count is of all'
if [ -c /dev/full ]; then
	start_tcpreen -n -q -m 1 -f json -o "$log" -o /dev/full "$server_port"
	client "$port" send 'hello' fin expect-eof
	wait_exit
	like "$(q '.lost | select(.) | .[0] | [.output, .bytes]')" '^\["/dev/full",[0-9]+\]$' 'losses'
fi
finish
