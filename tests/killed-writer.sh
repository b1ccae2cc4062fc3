#!/bin/sh
# A session that is killed in the middle of a record: the log is whole again with the next one.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
with_faulty
FAULTY_CALL=write FAULTY_HOW=KILL
export FAULTY_CALL FAULTY_HOW FAULTY_ARGS FAULTY_AFTER

# The first session logs its bytes, the second is killed in the middle of that, the third goes on.
three_sessions()	# FORMAT -F
{
	log=$dir/$1.$2 title="$1, -F $2"
	start_tcpreen -n -q -F "$2" -f "$1" -o "$log" "$server_port"
	client "$port" send first fin expect first expect-eof
	client "$port" send killme expect-end
	wait_for childless "$tcpreen_pid"
	client "$port" send last fin expect last expect-eof
	stop_tcpreen
	like "$(cat "$err")" "$log: lost [0-9]+ bytes" "$title: what was lost is counted"
	servers_may_complain
}

serve echo
for limit_of in 1 3; do
	FAULTY_ARGS=killme FAULTY_AFTER=0
	three_sessions strip "$limit_of"
	is "$(grep -Evc '^((\[[0-9]\] )?(client|server)> (first|last)|# session .*)$' "$log")" 1 "$title: one line is torn"
	is "$(grep -Ec '> last$' "$log")" 2 "$title: the next session is there"

	three_sessions pcapng "$limit_of"
	ok "$title: it can be read" "$READ_CAPTURE" -u "$log" >"$dir/read"
	is "$(grep -Ec ' 4( ;|$)' "$dir/read")" 2 "$title: the next session is there"

	FAULTY_ARGS='{"time"' FAULTY_AFTER=7	# open, two of data, two ends, close; open
	three_sessions json "$limit_of"
	is "$(grep -Evc '^\{.*}$' "$log")" 1 "$title: one line is torn"
	is "$(grep -c '"text":"last"}$' "$log")" 2 "$title: the next session is there"
	grep '^{.*}$' "$log" >"$dir/whole"
	ok "$title: the other lines can be read" "$READ_JSON" "$dir/whole" >"$dir/read"
done

# A pipe, on which nothing can be taken back; the record is more than it takes at once.
mkfifo "$dir/fifo"
cat "$dir/fifo" >"$dir/piped" &
reader=$!
pids="$pids $reader"
FAULTY_ARGS=client FAULTY_AFTER=1		# the session line
start_tcpreen -n -q -F 3 -f strip -o "$dir/fifo" "$server_port"
client "$port" fill 60000 expect-end
wait_for childless "$tcpreen_pid"
client "$port" send last fin expect last expect-eof
stop_tcpreen
wait "$reader"
: >"$dir/server.err"
is "$(grep -Ec '^\[2\] (client|server)> last$' "$dir/piped")" 2 'a pipe: the next session is there'
is "$(grep -c '^# session 2 open ' "$dir/piped")" 1 'a pipe: on lines of its own'
finish
