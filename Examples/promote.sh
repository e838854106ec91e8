#!/bin/bash
# Promotes a build to `stable` unless somebody else has done so meanwhile.
#
#   Examples/promote.sh LAYOUT BUILD
#
# Exits with 75 when `stable` moved between looking and setting.
set -euo pipefail
layout=$1 build=$2

stable=$(umoci-tx ls --layout "$layout" --json |
  jq -r '[.tags[] | select(.name == "stable").descriptor.digest][0] // "none"')
echo "stable is $stable"
# ... look at the build, run its tests, ask a person ...
umoci-tx tag --image "$layout:$build" stable --expect "$stable" -m "promoted $build"
