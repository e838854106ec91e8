#!/bin/bash
# Copies an image into a layout with skopeo, as one operation: it is there completely or not at
# all, beside any other writer, and `umoci-tx undo` takes it back.
#
#   Examples/mirror.sh LAYOUT SOURCE TAG        (SOURCE as skopeo writes it: docker://debian:12)
set -euo pipefail
layout=$1 source=$2 tag=$3

umoci-tx exec --layout "$layout" -m "mirror of $source" -- \
  skopeo --insecure-policy copy --quiet "$source" "oci:{}:$tag"
