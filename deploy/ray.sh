#!/bin/sh
# Keeps this machine in a Ray cluster for Darkroom (deploy/CLUSTER.md): starts Ray again when it ends, as it does
# where the head is gone for a while, or where this machine was cut off.
#
#   deploy/ray.sh head [ray start's options]               the head, at port 6379
#   deploy/ray.sh node HOST:6379 [ray start's options]     a machine that joins it; with --num-gpus=0, the bot's
set -eu

: "${RAY:=ray}" "${RAY_PORT:=6379}" "${RAY_AUTH_TOKEN_PATH:=$HOME/.ray/auth_token}"
export RAY_AUTH_TOKEN_PATH RAY_AUTH_MODE=token RAY_USAGE_STATS_ENABLED=0
# A node that finds no head for so long ends, and is started anew: a new head does not know it.
export RAY_gcs_rpc_server_reconnect_timeout_s=5
# Replicas never end by themselves: told to stop, Ray would wait for them half a minute, and then kill them.
export RAY_GRACEFUL_SHUTDOWN_DRAIN_TIMEOUT_S=0
# A node that does not answer is given up after about ten seconds, not after a minute.
health='{"health_check_period_ms":1000,"health_check_timeout_ms":2000,"health_check_failure_threshold":3,"health_check_initial_delay_ms":3000}'

case $(stat -c %a "$RAY_AUTH_TOKEN_PATH" 2>/dev/null || stat -f %Lp "$RAY_AUTH_TOKEN_PATH" 2>/dev/null || echo none) in
    ?00) ;;
    none) echo "There is no token in $RAY_AUTH_TOKEN_PATH. Make one: (umask 077; mkdir -p ~/.ray; openssl rand -hex 32 > $RAY_AUTH_TOKEN_PATH)" >&2; exit 1 ;;
    *) echo "Others can read the token: chmod 600 $RAY_AUTH_TOKEN_PATH" >&2; exit 1 ;;
esac

what=${1:-}
case $what in
    head) shift; set -- --head --port="$RAY_PORT" --include-dashboard=false --system-config="$health" "$@" ;;
    node) [ $# -ge 2 ] || { echo "Say where the head is: $0 node HOST:6379" >&2; exit 2; }
          address=$2; shift 2; set -- --address="$address" "$@" ;;
    *) sed -n '2,7s/^# \{0,1\}//p' "$0" >&2; exit 2 ;;
esac

child=
trap 'trap - INT TERM; [ -z "$child" ] || kill "$child" 2>/dev/null; wait; exit 0' INT TERM
while :; do
    "$RAY" start --block --disable-usage-stats "$@" &
    child=$!
    wait "$child" || true
    echo "Ray has ended here; it is started again." >&2
    sleep 2
done
