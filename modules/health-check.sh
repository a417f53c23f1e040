#!/usr/bin/env bash
# Asks whether a service works, once.
#
#     health-check.sh http SECONDS URL [STATUS…]
#     health-check.sh tcp|tls SECONDS ADDRESS PORT
#     health-check.sh dns SECONDS ADDRESS PORT NAME
#     health-check.sh exec SECONDS PROGRAM [ARGUMENT…]
#
# SECONDS is how long the answer may take. Succeeds when the answer is right; fails with 4 when it is not or when there is
# none, and with anything else when nothing could be asked.
set -euo pipefail

way=$1
seconds=$2
shift 2

# wrong TEXT: says why, and fails.
wrong() {
  echo "$1"
  exit 4
}

# page URL [STATUS…]: any answer of 200 to 299 when no status is given. A certificate is not looked at: the service is asked
# by its address, which stands in none. Who waits for being sent elsewhere wants to see just that.
page() {
  local url=$1 follow=(--location) status
  shift
  for status in "$@"; do
    [[ $status != 3?? ]] || follow=()
  done
  status=$(curl --silent --output /dev/null --write-out '%{http_code}' --insecure --noproxy '*' \
    --max-time "$seconds" --globoff "${follow[@]}" -- "$url") || wrong "$url does not answer"
  if (($# == 0)); then
    [[ $status == 2?? ]] || wrong "$url answers $status"
  else
    [[ " $* " == *" $status "* ]] || wrong "$url answers $status"
  fi
}

# within COMMAND…: runs it for as long as an answer may take.
within() {
  timeout --kill-after=1 "$seconds" "$@"
}

connection() {
  # The words of the inner shell are its arguments: an address never becomes code.
  # shellcheck disable=SC2016
  within bash -c 'exec 3<>"/dev/tcp/$0/$1"' "$1" "$2" 2>/dev/null || wrong "$1 port $2 takes no connection"
}

greeting() {
  local place=$1:$2
  [[ $1 != *:* ]] || place=[$1]:$2
  within openssl s_client -connect "$place" </dev/null >/dev/null 2>&1 || wrong "$1 port $2 speaks no TLS"
}

answer() {
  within dig "+time=$seconds" +tries=1 +noall +comments -p "$2" "@$1" "$3" A 2>/dev/null | grep -q 'status: NOERROR' ||
    wrong "$1 port $2 knows no $3"
}

# command_succeeds PROGRAM [ARGUMENT…]: 127 and 126 say that there is no such program.
command_succeeds() {
  local status=0
  within "$@" >/dev/null || status=$?
  if ((status == 126 || status == 127)); then
    echo "$1 cannot be run" >&2
    exit 3
  fi
  ((status == 0)) || wrong "$1 ends with $status"
}

case $way in
  http) page "$@" ;;
  tcp) connection "$@" ;;
  tls) greeting "$@" ;;
  dns) answer "$@" ;;
  exec) command_succeeds "$@" ;;
  *)
    echo "no way to ask: $way" >&2
    exit 3
    ;;
esac
