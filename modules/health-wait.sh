#!/usr/bin/env bash
# Waits until a service of another host answers, but not for ever.
#
#     health-wait.sh NAME SECONDS --ask COMMAND… [--ask COMMAND…]…
#
# One command that succeeds is enough. When none did within SECONDS it says so and succeeds all the same: a service that
# tries again by itself is better than one that does not start, and two that wait for each other come up in the end.
set -euo pipefail

name=$1
most=$2
shift 2

# answers ARGUMENT…: whether one of the commands succeeds.
answers() {
  local command=() word
  for word in "$@" --ask; do
    if [[ $word == --ask ]]; then
      if ((${#command[@]})) && "${command[@]}" >/dev/null; then
        return 0
      fi
      command=()
    else
      command+=("$word")
    fi
  done
  return 1
}

# No clock is looked at: a machine without one of its own learns the time while this waits, and that may be hours later.
sleep "$most" &
end=$!

until answers "$@"; do
  if ! kill -0 "$end" 2>/dev/null; then
    echo "$name did not answer within $most s: what needs it starts without it" >&2
    exit 0
  fi
  sleep 1
done
kill "$end" 2>/dev/null || true
echo "$name answers"
