#!/bin/sh
# The manual page has every option, protocol and format of --help, and no other.
#
# SPDX-FileCopyrightText: 2026 the tcpreen authors
# SPDX-License-Identifier: GPL-2.0-or-later
. "${srcdir:-.}/lib.sh"
page=${srcdir:-.}/../man/tcpreen.1

"$TCPREEN" -h >"$dir/help"
sed -n 's/^\.It Fl \(.*\)/\1/p' "$page" | tr ' ' '\n' | sed -n 's/^\\-//p' | sort >"$dir/in-page"
sed -n '/^Protocols/q;s/.*--\([a-z-]*\).*/\1/p' "$dir/help" | sort >"$dir/in-help"
same "$dir/in-page" "$dir/in-help" 'the long options'
sed -n 's/^\.It Fl \([a-zA-Z]\)\( .*\)\{0,1\}$/\1/p' "$page" | sort >"$dir/in-page"
sed -n 's/^  -\(.\), .*/\1/p' "$dir/help" | sort >"$dir/in-help"
same "$dir/in-page" "$dir/in-help" 'the letters'
words=$(sed -n '/^Protocols/,/^$/s/^  \([a-z0-9]*\) .*/\1/p' "$dir/help")
for word in $words; do
	like "$(cat "$page")" "^\.Cm $word( |\$)" "the protocol $word"
done
words=$(sed -n '/^Formats/,/^$/s/^  \([a-zA-Z]*\) .*/\1/p' "$dir/help")
for word in $words; do
	like "$(cat "$page")" "^\.It Cm $word\$" "the format $word"
done
if have mandoc; then
	is "$(mandoc -T lint -W warning "$page" 2>&1)" '' 'mandoc has no complaint'
fi

# What is printed, where something can print it: the examples to be pasted, and the
# backslashes, which lint lets pass when roff takes them for its own.
rendered()	# COMMAND...: the page as words, without its bold and its margin
{
	"$@" "$page" 2>"$dir/words" | sed "s/.$(printf '\b')//g; s/$(printf '\033')\[[0-9;]*m//g; s/^ *//"
	is "$(cat "$dir/words")" '' "no complaint of: $*"
}
sed -n '/^\.Sh/,$s/.*/&/; /^\.Bd -literal/,/^\.Ed/{/^\./d
	s/\\(aq/'"'"'/g; s/\\(ha/^/g; s/\\-/-/g; s/\\e/\\/g; s/^ *//; p;}' "$page" >"$dir/literal"
for how in 'mandoc -T utf8' 'mandoc -T ascii' 'groff -ww -mandoc -T utf8'; do
	command -v "${how%% *}" >/dev/null || continue
	# shellcheck disable=SC2086	# words
	rendered $how >"$dir/rendered"
	while IFS= read -r line; do
		grep -Fqx -e "$line" "$dir/rendered" || bad "$how prints something else" "$line"
	done <"$dir/literal"
done
sed -n '/^\.Sh EXAMPLES/,/^\.Sh SEE/{/^\.Bd/,/^\.Ed/{s/\\(../x/g; s/\\[-e]/x/g; p;};}' "$page" >"$dir/examples"
is "$(awk 'length > 75' "$dir/examples")" '' 'examples fit into 80 columns, of which 5 are margin'
finish
