#!/usr/bin/env bash
# Builds a Kubernetes API server and Flux from their Go modules, outside the checkout, and prints the
# folder that they are in. The first time takes long; after that there is nothing to do.
set -euo pipefail
cd "$(dirname "$0")"

ETCD=v3.6.8
KUBERNETES=1.36.3
SOURCE_CONTROLLER=v1.9.3
KUSTOMIZE_CONTROLLER=v1.9.6
FLUX=2.9.5

programs="${XDG_CACHE_HOME:-$HOME/.cache}/flux-sops-cluster/$(git hash-object build.sh)"
mkdir -p "$programs"
export GOFLAGS="-mod=mod -trimpath -buildvcs=false" GOWORK=off

folder() { # MODULE@VERSION: where Go keeps it
  go mod download -json "$1" | sed -n 's/.*"Dir": "\(.*\)".*/\1/p'
}

# A copy that can be written to. What a module takes from a folder of its own repository is no part of
# it, and comes as it was published.
unpack() { # MODULE@VERSION FOLDER
  cp -R "$(folder "$1")/." "$2"
  chmod -R u+w "$2"
  cd "$2"
  rm -f go.work go.work.sum
  grep -vE '=> \.\.?/' go.mod > go.mod.published
  mv go.mod.published go.mod
}

# The parts of Kubernetes are modules of their own: 1.36.3 is their 0.36.3.
kubernetes_parts() {
  sed "s# v0\.0\.0\$# v0.${KUBERNETES#*.}#" go.mod > go.mod.parts
  mv go.mod.parts go.mod
}

# What the CLI embeds: the makefile has it from releases. Of two components only, which all needs here.
flux_manifests() {
  local component config base
  mkdir -p cmd/flux/manifests
  for component in "source-controller@$SOURCE_CONTROLLER" "kustomize-controller@$KUSTOMIZE_CONTROLLER"; do
    config="$(folder "github.com/fluxcd/$component")/config"
    base="manifests/bases/${component%@*}"
    "$programs/kubectl" kustomize "$config/crd" > "$base/crds.yaml"
    "$programs/kubectl" kustomize "$config/manager" > "$base/deployment.yaml"
    sed -E 's#- https://.*\.(crds|deployment)\.yaml#- \1.yaml#' "$base/kustomization.yaml" > "$base/k"
    mv "$base/k" "$base/kustomization.yaml"
    "$programs/kubectl" kustomize "$base" > "cmd/flux/manifests/${component%@*}.yaml"
  done
  for base in rbac policies; do
    "$programs/kubectl" kustomize "manifests/$base" > "cmd/flux/manifests/$base.yaml"
  done
}

build() { # NAME MODULE@VERSION PACKAGE [PREPARE]
  [ -x "$programs/$1" ] && return
  echo "Building $1 ..." >&2
  local copy
  copy="$(mktemp -d)"
  (
    unpack "$2" "$copy"
    ${4:-true}
    nice -n 10 go build -ldflags "-X main.VERSION=$FLUX" -o "$programs/$1.new" "$3"
    mv "$programs/$1.new" "$programs/$1"
  ) >&2
  rm -rf "$copy"
}

build etcd "go.etcd.io/etcd/server/v3@$ETCD" .
build kubectl "k8s.io/kubernetes@v$KUBERNETES" ./cmd/kubectl kubernetes_parts
build kube-apiserver "k8s.io/kubernetes@v$KUBERNETES" ./cmd/kube-apiserver kubernetes_parts
build kustomize-controller "github.com/fluxcd/kustomize-controller@$KUSTOMIZE_CONTROLLER" .
build source-controller "github.com/fluxcd/source-controller@$SOURCE_CONTROLLER" .
build flux "github.com/fluxcd/flux2/v2@v$FLUX" ./cmd/flux flux_manifests
echo "$programs"
