#!/bin/sh
# The manual page has every option, protocol and format of --help, and no other.
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
finish
