# shellcheck shell=bash
# A real SLURM of several hosts on one machine, as functions to be sourced by a test:
#
#   . test/cluster/cluster.sh
#   cluster_up [NODES]    start controller and nodes (default 2) and wait until all are ready
#   cluster_down          take everything down; also set as the trap on EXIT, INT and TERM
#   node_kill NAME        as if the power failed: every process of the node dies at once
#   node_cut NAME         as if its network cable was pulled: processes live on, nobody hears them
#   node_up NAME          bring a killed or a cut-off node back and wait until it is ready
#
# After cluster_up: SLURM_CONF is exported, so sbatch, srun, scontrol ... talk to this cluster; so is
# OMPI_MCA_orte_tmpdir_base, so Open MPI 4 keeps its temporary files in a folder private to each node; CLUSTER_NODES is an
# array of the node names; CLUSTER_DIR holds all state and is visible on every node (all share this machine's file system).
#
# Each node is a network namespace with host name, mounts, shared memory and IPC of its own. munge has its own key and
# socket and SLURM its own ports, so a munge or SLURM of the machine itself is neither needed nor disturbed.

CLUSTER_BRIDGE=mpicount0
CLUSTER_NET=10.213.77 # /24; .254 is the controller, .1 and up the nodes
CLUSTER_NODES=()
CLUSTER_DIR=
cluster_lock=/run/mpicount-cluster.lock
cluster_lock_fd=

cluster_die() {
  printf 'test cluster: %s\n' "$*" >&2
  return 1
}

# wait_for SECONDS WHAT COMMAND...: poll until the command succeeds.
cluster_wait_for() {
  local deadline=$((SECONDS + $1)) what=$2
  shift 2
  until "$@" >/dev/null 2>&1; do
    if ((SECONDS >= deadline)); then
      # The logs go away with the cluster, so their last lines are shown now.
      tail -n 12 "$CLUSTER_DIR"/log/* >&2
      cluster_die "$what did not happen in time; the logs above may say why"
      return 1
    fi
    sleep 0.1
  done
}

# Daemons get no terminal and not the lock: one that outlives a killed test must not keep the lock.
cluster_spawn() {
  local log=$1
  shift
  setsid "$@" </dev/null >>"$log" 2>&1 {cluster_lock_fd}>&- &
  disown
}

# A process of the cluster is one whose command line names the folder of the cluster: a pid alone may be someone else's
# by now.
cluster_kill_by_file() {
  local pid
  pid=$(cat "$1" 2>/dev/null) || return 0
  if [[ $pid =~ ^[0-9]+$ ]] && tr '\0' ' ' <"/proc/$pid/cmdline" 2>/dev/null | grep -qF "$2"; then
    kill -KILL "$pid" 2>/dev/null || true
  fi
}

cluster_kill_netns() {
  local pids tries
  # Again until empty: a process may fork while the list is being read.
  for tries in 1 2 3 4 5; do
    pids=$(ip netns pids "$1" 2>/dev/null) || return 0
    [ -n "$pids" ] || return 0
    # shellcheck disable=SC2086 # a list of pids
    kill -KILL $pids 2>/dev/null || true
    sleep "0.$tries"
  done
}

# Remove whatever a cluster left behind: the one of this shell, or one whose test was killed and could not clean up.
cluster_sweep() {
  local ns dir
  for ns in $(ip netns list | awk '$1 ~ /^mpicount-/ { print $1 }'); do
    cluster_kill_netns "$ns"
    ip netns del "$ns"
  done
  for dir in /tmp/mpicount-cluster.*; do
    [ -d "$dir" ] || continue
    cluster_kill_by_file "$dir/slurmctld.pid" "$dir"
    cluster_kill_by_file "$dir/munged.pid" "$dir"
    rm -rf "$dir"
  done
  # The host's ends of the cables: gone with the namespaces, but only when the kernel gets to it.
  for ns in $(ip -o link show 2>/dev/null | sed -n 's/^[0-9]*: \(mpicount-v[0-9]*\)@.*/\1/p'); do
    ip link del "$ns" 2>/dev/null || true
  done
  ip link del "$CLUSTER_BRIDGE" 2>/dev/null || true
}

cluster_down() {
  local status=$?
  trap - EXIT INT TERM
  if [ -n "$CLUSTER_DIR" ]; then
    cluster_sweep
    CLUSTER_DIR=
    unset SLURM_CONF OMPI_MCA_orte_tmpdir_base
  fi
  return "$status"
}

cluster_write_conf() {
  local node n=0
  : >"$CLUSTER_DIR/hosts"
  echo "127.0.0.1 localhost" >>"$CLUSTER_DIR/hosts"
  echo "$CLUSTER_NET.254 $(uname -n)" >>"$CLUSTER_DIR/hosts"
  cat >"$CLUSTER_DIR/slurm.conf" <<CONF
ClusterName=mpicount
SlurmctldHost=$(uname -n)($CLUSTER_NET.254)
SlurmctldPort=16817
SlurmdPort=16818
SlurmUser=root
SlurmdUser=root
AuthType=auth/munge
# A job that was requeued starts again after so many seconds.
AuthInfo=socket=$CLUSTER_DIR/munge.socket,cred_expire=10
CredType=cred/munge
StateSaveLocation=$CLUSTER_DIR/state
SlurmdSpoolDir=$CLUSTER_DIR/spool-%n
SlurmctldPidFile=$CLUSTER_DIR/slurmctld.pid
SlurmdPidFile=$CLUSTER_DIR/slurmd-%n.pid
SlurmctldLogFile=$CLUSTER_DIR/log/slurmctld
SlurmdLogFile=$CLUSTER_DIR/log/slurmd-%n
# A folder private to each node: Open MPI and the PMIx plug-in of two nodes must not meet there.
TmpFS=$CLUSTER_DIR/tmp
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
SelectType=select/cons_tres
SelectTypeParameters=CR_CPU
SlurmdParameters=config_overrides
SchedulerParameters=batch_sched_delay=0,sched_min_interval=0,bf_interval=2
ReturnToService=2
# A node that fails is noticed after this, in seconds; what does not end is killed after that.
SlurmdTimeout=20
KillWait=10
MpiDefault=none
# No accounting database: finished jobs stay known to scontrol instead.
MinJobAge=3600
CONF
  # config_overrides above: more CPUs than the machine has, so that short jobs need not queue for each other. By their
  # weights, the first nodes are taken first.
  for node in "${CLUSTER_NODES[@]}"; do
    n=$((n + 1))
    echo "$CLUSTER_NET.$n $node" >>"$CLUSTER_DIR/hosts"
    echo "NodeName=$node NodeAddr=$CLUSTER_NET.$n CPUs=8 RealMemory=512 Weight=$n State=UNKNOWN" >>"$CLUSTER_DIR/slurm.conf"
  done
  echo "PartitionName=test Nodes=ALL Default=YES MaxTime=10 State=UP" >>"$CLUSTER_DIR/slurm.conf"
  echo "IgnoreSystemd=yes" >"$CLUSTER_DIR/cgroup.conf"
}

# node_number NAME: 1 for the first node; fails for a name that is no node.
node_number() {
  local n
  for n in "${!CLUSTER_NODES[@]}"; do
    [ "${CLUSTER_NODES[n]}" = "$1" ] && echo $((n + 1)) && return
  done
  cluster_die "no node is called '$1'; there are: ${CLUSTER_NODES[*]}"
}

# Plug a node into the bridge.
node_wire() {
  local n ns=mpicount-$1
  n=$(node_number "$1") || return
  ip netns add "$ns" || return
  ip link add "mpicount-v$n" type veth peer name eth0 netns "$ns" || return
  ip link set "mpicount-v$n" master "$CLUSTER_BRIDGE" up || return
  ip -n "$ns" addr add "$CLUSTER_NET.$n/24" dev eth0 || return
  ip -n "$ns" link set lo up || return
  ip -n "$ns" link set eth0 up || return
  ip -n "$ns" route add default via "$CLUSTER_NET.254"
}

# Each node has a boot id of its own: UCX tells machines apart by it, and would use shared memory between two nodes.
# nsenter and unshare instead of `ip netns exec`, which would hide /sys/fs/cgroup, without which slurmd refuses to start.
# Open MPI 4 keeps the folders of its jobs in one folder a host and user, here root, and removes it when it is empty. A job
# that starts in this moment fails (https://github.com/open-mpi/ompi/issues/8510), so it is kept from being empty.
# SLURM 22.05 does not remove the sockets of PMIx steps that died with the node, and a job that comes back could not start.
node_boot() {
  rm -f "$CLUSTER_DIR/spool-$1"/stepd.slurm.pmix.*
  # shellcheck disable=SC2016 # expanded by the inner shell
  cluster_spawn "$CLUSTER_DIR/log/boot-$1" nsenter --net="/run/netns/mpicount-$1" \
    unshare --mount --uts --ipc --propagation private bash -euc '
      hostname "$1"
      mount --bind "$2/hosts" /etc/hosts
      cat /proc/sys/kernel/random/uuid >"$2/boot-id-$1"
      mount --bind "$2/boot-id-$1" /proc/sys/kernel/random/boot_id
      mount -t tmpfs tmpfs /dev/shm
      mount -t tmpfs tmpfs "$2/tmp"
      (umask 077 && mkdir -p "$2/tmp/ompi.$1.0/keep")
      exec slurmd -D -N "$1" -f "$2/slurm.conf"' node "$1" "$CLUSTER_DIR"
}

# Ready for jobs, or at work on one already.
node_is_ready() { [[ $(sinfo -h -N -n "$1" -o %T) =~ ^(idle|mixed|allocated)$ ]]; }

node_kill() {
  node_number "$1" >/dev/null || return
  cluster_kill_netns "mpicount-$1"
}

node_cut() {
  local n
  n=$(node_number "$1") || return
  ip link set "mpicount-v$n" down
}

node_up() {
  local n
  n=$(node_number "$1") || return
  ip link set "mpicount-v$n" up
  if [ -n "$(ip netns pids "mpicount-$1")" ]; then
    # Have slurmd report itself: the controller asks after a node that is down only once in a long while.
    kill -HUP "$(cat "$CLUSTER_DIR/slurmd-$1.pid")"
  else
    node_boot "$1"
  fi
  cluster_wait_for 30 "node $1 becoming ready" node_is_ready "$1"
}

cluster_up() {
  local n node count=${1:-2}
  [ "$(id -u)" = 0 ] || cluster_die "needs root, to make network namespaces; run it as root or in a container as root" || return
  bash "$(dirname "${BASH_SOURCE[0]}")/install.sh" || return

  # One cluster at a time: they would share the bridge. So what is found once the lock is ours was left by a killed test.
  exec {cluster_lock_fd}>"$cluster_lock" || return
  flock -w 600 "$cluster_lock_fd" ||
    cluster_die "another test cluster has been running for 10 minutes ($cluster_lock is held); wait for it or end it" || return
  cluster_sweep

  trap cluster_down EXIT
  trap 'exit 130' INT
  trap 'exit 143' TERM
  CLUSTER_DIR=$(mktemp -d /tmp/mpicount-cluster.XXXXXX) || return
  chmod 755 "$CLUSTER_DIR"
  mkdir "$CLUSTER_DIR"/{log,state,tmp}
  CLUSTER_NODES=()
  for ((n = 1; n <= count; n++)); do CLUSTER_NODES+=("node$n"); done
  mkdir "${CLUSTER_NODES[@]/#/$CLUSTER_DIR/spool-}"
  cluster_write_conf

  ip link add "$CLUSTER_BRIDGE" type bridge &&
    ip addr add "$CLUSTER_NET.254/24" dev "$CLUSTER_BRIDGE" &&
    ip link set "$CLUSTER_BRIDGE" up ||
    cluster_die "cannot make a network bridge; in a container, start it with --privileged" || return
  for node in "${CLUSTER_NODES[@]}"; do
    node_wire "$node" ||
      cluster_die "cannot make a network namespace for $node; in a container, start it with --privileged" || return
  done

  (umask 077 && head -c 128 /dev/urandom >"$CLUSTER_DIR/munge.key")
  cluster_spawn "$CLUSTER_DIR/log/munged" munged --foreground --force --key-file="$CLUSTER_DIR/munge.key" \
    --socket="$CLUSTER_DIR/munge.socket" --pid-file="$CLUSTER_DIR/munged.pid" --seed-file="$CLUSTER_DIR/munge.seed" \
    --log-file="$CLUSTER_DIR/log/munged"
  cluster_wait_for 10 "munged starting" munge --socket="$CLUSTER_DIR/munge.socket" --no-input || return

  export SLURM_CONF=$CLUSTER_DIR/slurm.conf OMPI_MCA_orte_tmpdir_base=$CLUSTER_DIR/tmp
  cluster_spawn "$CLUSTER_DIR/log/slurmctld" slurmctld -D -f "$SLURM_CONF"
  for node in "${CLUSTER_NODES[@]}"; do node_boot "$node"; done
  for node in "${CLUSTER_NODES[@]}"; do
    cluster_wait_for 30 "node $node becoming ready" node_is_ready "$node" || return
  done
}
