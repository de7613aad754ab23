#!/bin/sh
# Prepares a bare Debian or Ubuntu for the Makefile; does nothing that is already done.
#   bootstrap.sh python    prints a Python >= 3.11 that can make virtual environments
#   bootstrap.sh system    the libraries that WeasyPrint draws with
#   bootstrap.sh browser   Chromium, for the browser tests
# What is missing is installed with apt as root or with passwordless sudo; else one line says what to install.
set -eu

SYSTEM_PYTHON=/usr/bin/python3

fail() {
  echo "partnerjourney: $*" >&2
  exit 1
}

may_install() {
  command -v apt-get >/dev/null || return 1
  [ "$(id -u)" = 0 ] || { command -v sudo >/dev/null && sudo -n true 2>/dev/null; }
}

# install PACKAGE…: fetch the packages, or say which ones to install.
install() {
  if ! command -v apt-get >/dev/null; then
    fail "please install what Debian calls: $*"
  elif ! may_install; then
    fail "please run: sudo apt-get install $*"
  elif [ "$(id -u)" = 0 ]; then
    as_root=env
  else
    as_root="sudo env"
  fi
  echo "Installing $*" >&2
  $as_root apt-get update -qq >&2 || true
  $as_root DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" \
    >&2 </dev/null || fail "could not install $*"
}

new_enough() {
  "$1" -c 'import sys; sys.exit(sys.version_info < (3, 11))' 2>/dev/null
}

makes_environments() {
  "$1" -c 'import ensurepip, venv' 2>/dev/null
}

# Debian keeps what makes environments in a package of its own, one for each version of its Python.
teach_environments() {
  install "$("$1" -c 'import sys; print("python%d.%d-venv" % sys.version_info[:2])')"
  makes_environments "$1" || fail "$1 still cannot make a virtual environment"
}

# The system's own Python comes first: it is built with profiles, which most that are built at home
# are not, and so runs faster. Not where it cannot make environments and cannot be taught to.
find_python() {
  if [ -z "${PYTHON:-}" ] && new_enough "$SYSTEM_PYTHON"; then
    if makes_environments "$SYSTEM_PYTHON" || { may_install && (teach_environments "$SYSTEM_PYTHON"); }; then
      echo "$SYSTEM_PYTHON"
      return 0
    fi
  fi
  for name in ${PYTHON:-python3 python3.14 python3.13 python3.12 python3.11}; do
    if new_enough "$name"; then
      command -v "$name"
      return 0
    fi
  done
  return 1
}

python() {
  if ! found=$(find_python); then
    [ -z "${PYTHON:-}" ] || fail "$PYTHON is no Python 3.11 or newer"
    install python3 python3-venv
    found=$(find_python) || fail "please install Python 3.11 or newer, or name it: make PYTHON=/path/to/python3"
  fi
  makes_environments "$found" || teach_environments "$found"
  echo "$found"
}

libraries_load() {
  "$1" - 2>/dev/null <<'END'
import ctypes
for name in ("libpango-1.0.so.0", "libpangoft2-1.0.so.0", "libharfbuzz-subset.so.0"):
    ctypes.CDLL(name)
END
}

system() {
  found=$(find_python) || fail "no Python 3.11 or newer"
  libraries_load "$found" || install libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0
  libraries_load "$found" || fail "$found still cannot load Pango and HarfBuzz"
}

# Ubuntu's chromium-browser is a script that asks for a snap: only a browser tells its version.
find_browser() {
  for name in ${PARTNERJOURNEY_TEST_BROWSER:-chromium-headless-shell chromium chromium-browser google-chrome google-chrome-stable}; do
    case "$(command -v "$name" >/dev/null && "$name" --version 2>/dev/null)" in
      *Chrom*[0-9]*) return 0 ;;
    esac
  done
  return 1
}

# A Chromium without windows needs three quarters of the time; where there is none, any other does.
browser() {
  if [ -z "${PARTNERJOURNEY_TEST_BROWSER:-}" ] && ! command -v chromium-headless-shell >/dev/null; then
    (install chromium-headless-shell) 2>/dev/null || true
  fi
  find_browser && return 0
  if grep -qs '^ID=ubuntu' /etc/os-release; then
    fail "the browser tests need Chromium or Google Chrome; please run: sudo snap install chromium"
  fi
  install chromium
  find_browser || fail "Chromium was installed but does not start"
}

case "${1:-}" in
  python | system | browser) "$1" ;;
  *) fail "usage: bootstrap.sh python|system|browser" ;;
esac
