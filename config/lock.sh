#!/bin/sh
# Writes config/requirements*.txt: one lock for every CPython from 3.11 on x86_64 and aarch64, with the hashes of all
# files of each release. uv resolves, in a folder that is thrown away. Run it with `make lock`.
set -eu
cd "$(dirname "$0")/.."

folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
"$(sh config/bootstrap.sh python)" -m venv "$folder"
"$folder/bin/pip" install -q --disable-pip-version-check uv

# compile FILE WHAT OPTION…
compile() {
  file=$1 what=$2
  shift 2
  "$folder/bin/uv" pip compile pyproject.toml --extra oidc --extra postgres --group build --universal --python-version 3.11 \
    --generate-hashes --no-annotate --no-header --no-emit-index-url --no-emit-find-links -q -o "$file" "$@"
  sed -i -e '/^#/d' -e "1i # $what Written by \`make lock\`." "$file"
  if grep -q '://' "$file"; then
    echo "partnerjourney: $file names an address" >&2
    exit 1
  fi
}

compile config/requirements.txt "What running from a checkout needs." "$@"
compile config/requirements-dev.txt "What developing and testing needs." --group dev -c config/requirements.txt "$@"
