#!/bin/sh
# test.sh REPORT: checks build/words and writes a JUnit report.
set -u
cases=''
failed=0

check() { # NAME TEXT COUNT
  found=$(build/words "$2")
  if [ "$found" = "$3" ]; then
    cases="$cases<testcase classname=\"words\" name=\"$1\"/>"
  else
    cases="$cases<testcase classname=\"words\" name=\"$1\"><failure message=\"$found instead of $3\"/></testcase>"
    failed=1
  fi
}

check "nothing has no words" "" 0
check "words are between white space" "  one two	three " 3
check "points belong to words" "end. of-it" 2

printf '<testsuite name="words">%s</testsuite>\n' "$cases" > "$1"
exit $failed
