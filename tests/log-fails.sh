#!/bin/sh
# A log that cannot be written stops nobody; what is lost is said once, and counted.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
serve echo

lossy()	# NAME: checks after one session of 5 bytes each way, and the end of tcpreen
{
	is "$status" 1 "$1: status 1"
	is "$(grep -c "^tcpreen: $1: [^l]" "$err")" 1 "$1: said once"
	like "$(cat "$err")" "^tcpreen: $1: lost [0-9]+ bytes\$" "$1: counted at exit"
}

if [ -c /dev/full ]; then
	start_tcpreen -n -q -m 2 -o /dev/full -o "$dir/log" "$server_port"
	for i in 1 2; do
		is "$(client "$port" send hello fin recv-eof)" hello "disk full: served, $i"
	done
	wait_exit
	lossy /dev/full
	like "$(grep ' close ' "$dir/log")" ', /dev/full lost [0-9]+ bytes$' 'disk full: in the close line'
fi

# stdout closed by its reader; a FIFO whose reader leaves
mkfifo "$dir/fifo"
cat "$dir/fifo" >"$dir/fifo.got" &
reader=$!
pids="$pids $reader"
start_tcpreen -n -q -m 1 -f strip -o "$dir/fifo" "$server_port"
start_client "$port" send one expect one touch "$dir/one" wait-file "$dir/two" send two expect two fin expect-eof
wait_for test -e "$dir/one"
wait_for logged '^server> one' "$dir/fifo.got"
kill "$reader"
wait "$reader" 2>/dev/null
: >"$dir/two"
finished 'FIFO: the traffic goes on'
wait_exit
lossy "$dir/fifo"

# A limit to the size of files, in the middle of a record; then space again
cat >"$dir/limited" <<'END'
#!/bin/sh
ulimit -f 8
exec "$@"
END
chmod +x "$dir/limited"
WRAPPER=$dir/limited start_tcpreen -n -q -f hex -o "$dir/small" "$server_port"
client "$port" fill 30000 check 30000 fin expect-eof || bad 'file limit: served'
wait_for logged 'small: File too large' "$err"
ok 'file limit: full' test "$(wc -c <"$dir/small")" -ge 4000
: >"$dir/small"
client "$port" send again fin expect again expect-eof
stop_tcpreen
is "$status" 1 'file limit: status 1'
is "$(head -c 1 "$dir/small" | od -An -c | tr -d ' ')" '\n' 'after half a record, a fresh line'
like "$(cat "$dir/small")" '^client> \(5 bytes at offset 0\)$' 'there is space: logged again'

# A record that an old session tore in the old file is nothing to the new one.
WRAPPER=$dir/limited start_tcpreen -n -q -F 2 -f hex -o "$dir/turned" "$server_port"
start_client "$port" send old expect old touch "$dir/old" wait-file "$dir/turned.2" fill 30000 check 30000 fin expect-eof
wait_for test -e "$dir/old"
mv "$dir/turned" "$dir/turned.1"
kill -HUP "$tcpreen_pid"
wait_for test -e "$dir/turned"
: >"$dir/turned.2"
finished 'the old session'
wait_for logged 'turned: File too large' "$err"
client "$port" send again fin expect again expect-eof
stop_tcpreen
is "$(head -c 11 "$dir/turned")" '# session 2' 'a new file begins with a record'

# A disk that is full, and has space again
if [ "$(id -u)" -eq 0 ] && unshare -m true 2>/dev/null; then
	mkdir "$dir/disk"
	cat >"$dir/full.sh" <<-'END'
		mount -t tmpfs -o size=64k none "$1" || exit 77
		shift
		exec "$@"
	END
	runs=$((runs + 1))
	err=$dir/$runs.err out=$dir/$runs.out
	: >"$out"
	# shellcheck disable=SC2086	# lists
	(exec unshare -m sh "$dir/full.sh" "$dir/disk" "$TCPREEN" $insist -a 127.0.0.1 -n -q -f strip \
		-o "$dir/disk/log" "$server_port" >"$out" 2>"$err") &
	tcpreen_pid=$!
	pids="$pids $tcpreen_pid"
	wait_for logged '^Listening' "$err"
	port=$(listening_on 'Listening on' "$err")
	inside=/proc/$tcpreen_pid/root$dir/disk/log
	client "$port" fill 300000 check 300000 fin expect-eof || bad 'tmpfs full: served'
	wait_for logged 'No space left on device' "$err"
	: >"$inside"
	client "$port" send again fin expect again expect-eof
	wait_for logged ' close ' "$inside"
	like "$(cat "$inside")" '^client> again$' 'tmpfs with space again: logged again'
	stop_tcpreen
	is "$status" 1 'tmpfs full: status 1'
	is "$(grep -c 'No space left' "$err")" 1 'tmpfs full: said once'
fi

# What is only said stops nothing: nobody reads stderr, a pipe that is full.
mkfifo "$dir/words"
exec 3<>"$dir/words"
head -c 1000000 /dev/zero >&3 2>/dev/null &
filler=$!
pids="$pids $filler"
# shellcheck disable=SC2086	# lists
"$PEER" within 60 $WRAPPER "$TCPREEN" $insist -n -vv -q -p tcp/unix "$server_port" "$dir/socket" 2>&3 3>&- &
tcpreen_pid=$!
pids="$pids $tcpreen_pid"
wait_for client "$dir/socket" open	# the path is there a moment before it listens
for i in 1 2 3; do
	is "$(client "$dir/socket" send "$i" fin recv-eof)" "$i" "stderr is full: client $i is served"
done
kill "$tcpreen_pid"
wait_exit
is "$status" 0 'stderr is full: SIGTERM ends it'
kill "$filler"
wait "$filler" 2>/dev/null
exec 3>&-
finish
