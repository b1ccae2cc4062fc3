#!/bin/sh
# @name: Unix sockets without a file, of Linux; and files that begin with @.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
cd "$dir" || exit 1
where=

# A file is another thing, wherever it lies.
serve_on unix ./@server echo
launch -n -q -m 1 -p unix -o "$dir/log" ./@server ./@client
wait_for logged '^Listening on ' "$err"
is "$(cat "$err")" 'Forwarding to unix:./@server
Listening on unix:./@client' 'files that begin with @'
"$PEER" connect unix ./@client send a expect a fin expect-eof || bad 'files that begin with @: served'
wait_exit
ok 'and its file goes' test ! -e ./@client

if ! built_with ABSTRACT_NAMES; then
	run_tcpreen -p unix/tcp @name
	is "$status" 1 'elsewhere: status'
	is "$(cat "$err")" 'tcpreen: @name: only Linux has Unix sockets without a file (a file is ./@name)' 'elsewhere'
	finish
fi

name=@tcpreen-$$
rm -f ./@server

# Both sides, and who came from such a name.
serve_on unix "$name/a server" send hello expect question send answer expect-eof
start_tcpreen -n -q -vv -m 1 -p unix -o "$dir/log" "$name/a server" "$name-client"
is "$(grep '^[FL]' "$err")" "Forwarding to unix:$name/a\\040server
Listening on unix:$name-client" 'both without a file'
is "$port" "$name-client" 'where it listens'
client "$port" expect hello send question expect answer fin expect-eof || bad 'served'
wait_exit
is "$status" 0 'status'
like "$(head -n 1 "$dir/log")" " client unix:([(].*)? server unix:$name/a\\\\040server\$" 'session line'
ok 'no file' test ! -e "./$name-client"

# A name that is taken, and free again at once; or our own.
start_tcpreen -n -q -p unix "$name/a server" "$name-client"
first=$tcpreen_pid
run_tcpreen -p unix "$name/a server" "$name-client"
is "$status" 1 'a name that is taken: status'
like "$(cat "$err")" "^tcpreen: cannot listen on unix:$name-client: Address already in use\$" 'a name that is taken'
kill -KILL "$first"
wait "$first" 2>/dev/null
start_tcpreen -n -q -p unix "$name/a server" "$name-client"
stop_tcpreen
is "$status" 0 'free again when its holder was killed'
run_tcpreen -p unix "$name-own" "$name-own"
is "$status" 1 'itself: status'
like "$(cat "$err")" "^tcpreen: unix:$name-own: tcpreen would connect to itself" 'itself'

# -l, and from TCP to a name; the system chooses one.
start_tcpreen -n -q -m 1 -l -p unix -o "$dir/log" @ @
is "$(printf '%s\n' "$port" "$server_side_port" | grep -c '^@[0-9a-f]*$')" 2 'two that the system chose'
start_client "$server_side_port" send hello expect answer fin expect-eof
"$PEER" connect unix "$port" expect hello send answer fin expect-eof || bad '-l: served'
finished '-l: the server'
wait_exit
where='-a 127.0.0.1'
start_tcpreen -n -q -m 1 -p unix/tcp "$name/a server"
client "$port" expect hello send question expect answer fin expect-eof || bad 'from TCP: served'
wait_exit

# --run tells of it.
# shellcheck disable=SC2016	# for the other shell
run_tcpreen -q -p unix --run 'echo "$TCPREEN_ADDRESS ${TCPREEN_PORT-none}"' "$name/a server" "$name-run"
is "$(cat "$out")" "$name-run none" '--run: its name'
# shellcheck disable=SC2016	# for the other shell
run_tcpreen -q -n -p unix -o "$dir/log" --run "'$PEER' connect unix \"\$TCPREEN_ADDRESS\" expect hello send question expect answer fin expect-eof" \
	"$name/a server" @
is "$status" 0 '--run: a name that the system chose'

# Without a name
run_tcpreen -p unix/tcp -a 127.0.0.1 @
is "$status" 2 'which name?'
long=@$(printf '%0108d' 0)
run_tcpreen -p unix/tcp -a 127.0.0.1 "$long"
is "$status" 1 'too long'
finish
