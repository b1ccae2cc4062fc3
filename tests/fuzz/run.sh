#!/bin/sh
# tests/fuzz/run.sh SECONDS [NAME...] - libFuzzer on each fuzz-NAME.c for a share of the time
#
# Needs clang and a configured tree (config.h). What it finds beyond the corpus
# stays in a temporary folder; an input that fails is shown.
set -eu
cd "$(dirname "$0")/../.."
seconds=${1:-60}
[ $# -eq 0 ] || shift
[ $# -gt 0 ] || set -- options format
[ -e config.h ] || ./bootstrap >/dev/null

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
for name; do
	cp -R "tests/fuzz/corpus/$name" "$work/corpus-$name"
	sources=$(find src -name '*.c' ! -name main.c)
	# shellcheck disable=SC2086	# a list
	clang -std=gnu99 -g -O1 -fsanitize=fuzzer,address,undefined -fno-sanitize-recover=all \
		-DHAVE_CONFIG_H -I. -Isrc -o "$work/fuzz-$name" "tests/fuzz/fuzz-$name.c" $sources
	echo "$name: $((seconds / $#)) s"
	if ! "$work/fuzz-$name" -max_total_time=$((seconds / $#)) -max_len=20000 -timeout=10 \
		-artifact_prefix="$work/found-" "$work/corpus-$name" >"$work/log" 2>&1; then
		tail -n 40 "$work/log"
		for found in "$work"/found-*; do
			od -A x -t x1z "$found"
		done
		exit 1
	fi
	grep '^Done' "$work/log"
done
