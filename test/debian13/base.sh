# shellcheck shell=bash
# A Debian 13 with Node and npm of its own and nothing else that this project needs, as a folder to be copied. Part of run.sh.

base_cache=/var/cache/mpicount-debian13 # root's alone: what is in it is run as root
base=$base_cache/base
base_days=7 # after which it is made anew, with the packages of that day

base_die() {
  printf 'debian13: %s\n' "$*" >&2
  exit 1
}

# The mirror that apt uses on this machine.
debian_mirror() {
  local try mirror
  if [[ -n ${DEBIAN_MIRROR-} ]]; then
    printf '%s\n' "$DEBIAN_MIRROR"
    return
  fi
  for try in 1 2; do
    # shellcheck disable=SC2016 # expanded by apt
    mirror=$(apt-get indextargets --format '$(REPO_URI)' 'Origin: Debian' 'Label: Debian' 'Created-By: Packages' | head -n 1)
    if [[ -n $mirror ]]; then
      printf '%s\n' "$mirror"
      return
    fi
    # apt knows whose packages they are once it has the lists.
    if ((try == 1)); then apt-get -q update >/dev/null || true; fi
  done
  base_die "apt knows no mirror of Debian on this machine; name one: DEBIAN_MIRROR=http://HOST/debian npm run test:debian13"
}

# What in_root needs. Proxies and the registry of npm are those of this machine.
enter=()
set_enter() {
  local name
  enter=(env -i PATH=/usr/sbin:/usr/bin:/sbin:/bin HOME=/root LANG=C.UTF-8 DEBIAN_FRONTEND=noninteractive
    "npm_config_registry=$(npm config get registry)")
  for name in http_proxy https_proxy no_proxy HTTP_PROXY HTTPS_PROXY NO_PROXY CI; do
    if [[ -n ${!name-} ]]; then enter+=("$name=${!name}"); fi
  done
  # shellcheck disable=SC2016 # expanded by the inner shell
  enter+=(unshare --mount --pid --fork --kill-child --propagation private bash -euc '
    mount --bind "$1" "$1" # "/" must be a mount for those who make a mount namespace in there
    cd "$1"
    mount -t proc proc proc
    mount --rbind /sys sys
    mount --rbind /dev dev
    mount -t tmpfs tmpfs dev/shm
    shift
    exec chroot . "$@"' enter)
}

# in_root FOLDER COMMAND...: runs it in that system, in a mount namespace and a process namespace of its own: when it has ended,
# or the process `inside` was killed, nothing of it is mounted or runs on. In the background, so that traps come at once.
inside=
in_root() {
  local status=0
  "${enter[@]}" "$@" </dev/null &
  inside=$!
  wait "$inside" || status=$?
  inside=
  return "$status"
}

base_is_fresh() {
  [[ -n $(find "$base.recipe" -mtime -"$base_days" 2>/dev/null) ]] && cmp -s "$base.recipe" "${BASH_SOURCE[0]}"
}

make_base() {
  local log=$base_cache/base.log root=$base_cache/base.part mirror
  command -v debootstrap >/dev/null ||
    { apt-get -q update && DEBIAN_FRONTEND=noninteractive apt-get install -y -q debootstrap; } >"$log" 2>&1 </dev/null ||
    base_die "debootstrap is missing and apt-get could not install it; see $log"
  mirror=$(debian_mirror) || exit
  rm -rf --one-file-system "$base" "$base.recipe" "$root"
  {
    debootstrap --variant=minbase --include=ca-certificates trixie "$root" "$mirror" &&
      cp /etc/resolv.conf /etc/hosts "$root/etc/" &&
      { apt-config dump | grep -i '^Acquire::.*::Proxy' >"$root/etc/apt/apt.conf.d/90proxy" || true; } &&
      find /usr/local/share/ca-certificates -name '*.crt' -exec cp -t "$root/usr/local/share/ca-certificates" {} + &&
      in_root "$root" update-ca-certificates &&
      in_root "$root" apt-get install -y -q --no-install-recommends nodejs npm &&
      in_root "$root" useradd --create-home --shell /bin/bash tester &&
      in_root "$root" apt-get clean
  } >"$log" 2>&1 </dev/null || {
    tail -n 20 "$log" >&2
    base_die "Debian 13 could not be made; all that was said is in $log"
  }
  mv "$root" "$base"
  cp "${BASH_SOURCE[0]}" "$base.recipe"
}
