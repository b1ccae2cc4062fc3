#!/bin/sh
# make soak: minutes of random sessions, checked at both ends and in the log
#
# SOAK_SECONDS (120) and SOAK_SEED, printed, can be given.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
# shellcheck source=tests/lib.sh
. "${srcdir:-.}/lib.sh"
soak=${SOAK:-$PWD/soaker}
seed=${SOAK_SEED:-$(od -An -N4 -tu4 /dev/urandom | tr -d ' ')}
echo "soak: seed $seed, ${SOAK_SECONDS:=120} seconds"

"$soak" "$seed" serve >"$dir/port" 2>"$dir/server.err" &
pids=$!
wait_for test -s "$dir/port"
limit=$((SOAK_SECONDS * 3 + 600))
start_tcpreen -n -q -F 20 -f raw -o "$dir/cap-%n.%d" -f json -o "$dir/log" "$(cat "$dir/port")"
"$soak" "$seed" run "$port" 1 >"$dir/count" || bad 'both ends saw what they should' # warm
before=$(find "/proc/$tcpreen_pid/fd" | wc -l)
memory=$(awk '/^Pss:/ { print $2 }' "/proc/$tcpreen_pid/smaps_rollup")
"$soak" "$seed" run "$port" "$SOAK_SECONDS" >>"$dir/count" || bad 'both ends saw what they should'
count=$(awk '{ n += $1 } END { print n }' "$dir/count")
wait_for eval "[ \"\$(grep -c '\"event\":\"close\"' '$dir/log')\" -ge $count ]"
wait_for childless "$tcpreen_pid"
is "$(find "/proc/$tcpreen_pid/fd" | wc -l)" "$before" 'no descriptor is left'
after=$(awk '/^Pss:/ { print $2 }' "/proc/$tcpreen_pid/smaps_rollup")
ok "memory does not grow: $memory KiB, then $after KiB" test "$after" -le $((memory + 64))
stop_tcpreen
is "$status" 0 'status 0'
is "$(grep -v '^Forwarding to ' "$err")" "Listening on 127.0.0.1:$port" 'nothing went wrong'
"$soak" "$seed" check "$dir" "$count" || bad 'the log is what happened'
echo "soak: $count sessions"
finish
