#!/bin/bash
# Publishes a version under all its names at once: readers never see 1.4.2 and an old 1.4.
#
#   Examples/release.sh LAYOUT BUILD VERSION
set -euo pipefail
layout=$1 build=$2 version=$3

umoci-tx batch --layout "$layout" -m "release $version" <<END
tag $build $version --expect none
tag $version ${version%.*}
tag $version ${version%%.*}
tag $version latest
END
