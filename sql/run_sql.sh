#!/usr/bin/env bash
# Sets up, or brings up to date, the databases of all nodes: see README.md.
#
# Usage: run_sql.sh            sets up the nodes of docker-compose.yml, unless told otherwise by
#        run_sql.sh --help     says this
#
#   BILLING_NODES       "1=host:port 2=host:port ..."  as this script reaches the nodes
#                       (default: 1=postgres1:5432 2=postgres2:5432 3=postgres3:5432)
#   BILLING_PEER_NODES  same form, as the nodes reach each other (default: BILLING_NODES);
#                       BILLING_PEER_NODES_<i> is node i's own view, where it differs
#   BILLING_DATABASE    billing          PGUSER  admin
#   PGPASSWORD          or BILLING_SECRETS_DIR/<PGUSER>.password
#   BILLING_SECRETS_DIR one file <role>.password for each login role (default: /run/secrets): of the apps, and
#                       billing_peer_<i>, billing_replicator_<i>, as whom node i comes to the others.
#                       <role>_twin.password: the same role by another name, so that a password can be changed
#                       without an outage. node<i>/<role>.password: another one at node i
#   BILLING_SAMPLE_DATA 1 | 0            sample services and accounts of stage 3
#   BILLING_SSLMODE     prefer           sslmode of the links between nodes
#   BILLING_SSLROOTCERT                  with verify-full: the CA's file, as each PostgreSQL server finds it
#   BILLING_SYNC_TIMEOUT_S 300           bound on the first copy of a new subscription, and on senders that are behind
#   BILLING_COMPLETE_UPGRADE 0 | 1    every node and app is of this version: refuse apps of the one before
#   BILLING_RESUBSCRIBE "<provider>:<subscriber> ..."  subscriptions to make anew, with a new copy
#   NODE_ENV            production refuses the development key and development passwords
#
# A stage is a barrier: every node has finished it before any node begins the next. In a stage the
# files of all/, then node/ run on every node, then those of node<i>/ on node i, in name order; what is
# in folders of stage1/all as order_of_all says.
set -euo pipefail
export LC_ALL=C
cd "$(dirname "${BASH_SOURCE[0]}")"

fail() {
    echo "run_sql.sh: $*" >&2
    exit 1
}

# The head of this file, to where its code begins.
usage() {
    sed -n '2,/^[^#]/ { /^#/ s/^# \{0,1\}//p }' run_sql.sh
}

case ${1-} in
    '') ;;
    -h | --help) usage && exit ;;
    *) fail "unknown argument \"$1\": everything is told by the environment
$(usage)" ;;
esac

# As the one-shot container of docker-compose.yml has them.
BILLING_NODES=${BILLING_NODES-1=postgres1:5432 2=postgres2:5432 3=postgres3:5432}
BILLING_SECRETS_DIR=${BILLING_SECRETS_DIR-/run/secrets}
[[ -n $BILLING_NODES ]] || fail 'BILLING_NODES is empty, e.g. "1=127.0.0.1:15432 2=127.0.0.1:15433"'
[[ -d $BILLING_SECRETS_DIR ]] ||
    fail "BILLING_SECRETS_DIR: there is no folder \"$BILLING_SECRETS_DIR\", which must have one <role>.password file per role
run_sql.sh --help says what else can be told"
BILLING_PEER_NODES=${BILLING_PEER_NODES:-$BILLING_NODES}
export BILLING_SECRETS_DIR
export PGUSER=${PGUSER:-admin}
export PGDATABASE=${BILLING_DATABASE:-billing}
export PGCONNECT_TIMEOUT=${PGCONNECT_TIMEOUT:-10}
export PGOPTIONS="-c client_min_messages=warning -c lock_timeout=30s"
export PGAPPNAME=billing_run_sql

app_roles='billing_gateway billing_ledger_worker billing_coordinator billing_operator'
peer_roles='billing_peer billing_replicator'
secrets=$(mktemp -d)   # 0700: holds passwords and what psql says
trap 'rm -rf "$secrets"' EXIT

[[ ${BILLING_COMPLETE_UPGRADE:-0} =~ ^[01]$ ]] || fail "BILLING_COMPLETE_UPGRADE is 0 or 1, not \"$BILLING_COMPLETE_UPGRADE\""

node_ids=()
declare -A host_of port_of
for node in $BILLING_NODES; do
    [[ $node =~ ^([1-9][0-9]?)=(.+):([0-9]+)$ ]] || fail "BILLING_NODES: \"$node\" is not <id>=<host>:<port>"
    ((BASH_REMATCH[1] <= 63)) || fail "BILLING_NODES: node ids go from 1 to 63, not ${BASH_REMATCH[1]}"
    node_ids+=("${BASH_REMATCH[1]}")
    host_of[${BASH_REMATCH[1]}]=${BASH_REMATCH[2]}
    port_of[${BASH_REMATCH[1]}]=${BASH_REMATCH[3]}
done

peer_ids=()
for node in $BILLING_PEER_NODES; do
    [[ $node =~ ^([1-9][0-9]?)=.+:[0-9]+$ ]] || fail "BILLING_PEER_NODES: \"$node\" is not <id>=<host>:<port>"
    peer_ids+=("${BASH_REMATCH[1]}")
done

# The file with a role's password at a node; nothing if there is none.
password_file() {
    local node=$1 role=$2 file
    for file in "$BILLING_SECRETS_DIR/node$node/$role.password" "$BILLING_SECRETS_DIR/$role.password"; do
        [[ ! -s $file ]] || { echo "$file" && return; }
    done
}

# "<login> TAB <password>" of a role at a node, and then of its twin, as COPY reads it.
list_passwords() {
    local node=$1 role=$2 login file found=''
    for login in "$role" "${role}_twin"; do
        file=$(password_file "$node" "$login")
        [[ -n $file ]] || continue
        found=yes
        # Every password that this repository brings bears this mark.
        [[ ${NODE_ENV:-} != production ]] || ! grep -qs never-for-production "$file" ||
            fail "NODE_ENV is production and $file is a development password: put your own into it"
        printf '%s\t%s\n' "$login" "$(head -n 1 "$file" | sed -e 's/\\/&&/g')"
    done
    [[ -n $found ]] || fail "no password for role $role: $BILLING_SECRETS_DIR/$role.password is missing or empty"
}

# Who logs in at a node with the rights of a group, as pipeline_settings.sql reads it.
add_login() {
    list_passwords "$1" "$2" | sed "s/^/$3\t/" >>"$secrets/node$1/logins" || exit
}

# As whom a node goes to which, itself too. A twin is used once it is there, and until its file has gone.
add_link() {
    list_passwords "$2" "$3" | tail -n 1 | sed "s/^/$2\t/" >>"$secrets/node$1/links" || exit
}

write_node_secrets() {
    local node=$1 role peer
    mkdir "$secrets/node$node"
    for role in $app_roles; do
        add_login "$node" "$role" "$role"
    done
    add_link "$node" "$node" billing_coordinator
    for peer in "${peer_ids[@]}"; do
        [[ $peer != "$node" ]] || continue
        for role in $peer_roles; do
            add_login "$node" "${role}_$peer" "$role"
            add_link "$node" "$peer" "${role}_$node"
        done
    done
}

if [[ ${NODE_ENV:-} == production ]] && grep -qs never-for-production "$BILLING_SECRETS_DIR/$PGUSER.password"; then
    fail "NODE_ENV is production and $BILLING_SECRETS_DIR/$PGUSER.password is a development password: put your own into it"
fi
for id in "${node_ids[@]}"; do
    write_node_secrets "$id"
done

# libpq reads the password from a file, so that no command line and no log ever shows it.
if [[ -z ${PGPASSWORD:-} && -z ${PGPASSFILE:-} ]]; then
    [[ -s $BILLING_SECRETS_DIR/$PGUSER.password ]] ||
        fail "no password for $PGUSER: set PGPASSWORD, PGPASSFILE or $BILLING_SECRETS_DIR/$PGUSER.password"
    (umask 077 && printf '*:*:*:%s:%s\n' "$PGUSER" \
        "$(sed -e 's/[\\:]/\\&/g' "$BILLING_SECRETS_DIR/$PGUSER.password")" >"$secrets/pgpass")
    export PGPASSFILE=$secrets/pgpass
fi

# stage1/all: a word is a folder, or what names of files begin with. Files with numbers go by their numbers. From begin
# to commit is one transaction: the functions, and who may call them. Whoever calls meanwhile sees all of it as it was
# or as it is to be, and no order among the functions matters, as bodies are not checked until they run.
order_of_all='server/ 00 roles/ replication/pin 01 tables/ 02
    begin drops 03 04 05 06 07 08 09
    money/ nodes/ accounts/ views/ catalogue/ partitions/ pay_ins/ letters/ pay_outs/ drains/ holds/ hand_overs/ keys/ refunds/ transfers/ reads/ replication/ positions/ audit/
    grants commit
    [1-9]'
begin='begin; set local role billing_owner; set local check_function_bodies = off'

# What psql is to run of stage<n>/all, into the array all_args.
list_all() {
    local stage=$1 word file
    local -A is_taken=()
    all_args=()
    for word in $([[ $stage == stage1 ]] && echo "$order_of_all" || echo '/'); do
        case $word in
            begin) all_args+=(-c "$begin") ;;
            commit) all_args+=(-c commit) ;;
            *)
                for file in "$stage/all/"${word#/}*.sql; do
                    [[ -e $file && -z ${is_taken[$file]-} ]] || continue
                    is_taken[$file]=yes
                    all_args+=(-f "$file")
                done
                ;;
        esac
    done
    for file in "$stage"/all/*.sql "$stage"/all/*/*.sql; do
        [[ ! -e $file || -n ${is_taken[$file]-} ]] || fail "$file has no place in order_of_all of run_sql.sh"
    done
}

# Runs one node's share of a stage in one psql; what it says goes to a file of its own.
run_stage_on_node() {
    local stage=$1 id=$2 view="BILLING_PEER_NODES_$2" file
    local -a psql_args=("${all_args[@]}")
    for file in "$stage"/node/*.sql "$stage/node$id"/*.sql; do
        [[ -e $file ]] && psql_args+=(-f "$file")
    done
    ((${#psql_args[@]})) || return 0
    BILLING_NODE_SECRETS=$secrets/node$id psql --no-psqlrc --quiet --no-password --set ON_ERROR_STOP=1 --output /dev/null \
        --host "${host_of[$id]}" --port "${port_of[$id]}" \
        --set node_id="$id" --set node_count="${#node_ids[@]}" \
        --set peer_nodes="${!view:-$BILLING_PEER_NODES}" \
        --set ssl_mode="${BILLING_SSLMODE:-prefer}" \
        --set ssl_root_cert="${BILLING_SSLROOTCERT:-}" \
        --set sample_data="${BILLING_SAMPLE_DATA:-1}" \
        --set resubscribe="${BILLING_RESUBSCRIBE:-}" \
        --set complete_upgrade="${BILLING_COMPLETE_UPGRADE:-0}" \
        --set sync_timeout_s="${BILLING_SYNC_TIMEOUT_S:-300}" \
        --set production="$([[ ${NODE_ENV:-} == production ]] && echo true || echo false)" \
        -f pipeline_settings.sql "${psql_args[@]}" \
        >"$secrets/$stage.$id" 2>&1 </dev/null
}

run_stage() {
    local stage=$1 id failed='' began=$SECONDS
    local -A job_of=()
    local -a all_args
    list_all "$stage"
    for id in "${node_ids[@]}"; do
        run_stage_on_node "$stage" "$id" &
        job_of[$id]=$!
    done
    for id in "${node_ids[@]}"; do
        wait "${job_of[$id]}" || failed+=" $id"
        # psql begins each message with the file and line it was in.
        [[ ! -s $secrets/$stage.$id ]] || sed "s/^/$stage node $id: /" "$secrets/$stage.$id" >&2
    done
    [[ -z $failed ]] || fail "$stage failed on node(s)$failed; nothing after it was run"
    echo "$stage: ${#node_ids[@]} node(s), $((SECONDS - began)) s"
}

for stage in stage1 stage2 stage3; do
    run_stage "$stage"
done
