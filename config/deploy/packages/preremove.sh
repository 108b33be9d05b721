#!/bin/sh
# Stops the service when the package goes, not when it is replaced (deb: upgrade,
# rpm: 1). Holds stay in the platform: README says how to lift them first.
set -e
case "$1" in
  upgrade | 1) exit 0 ;;
esac
if [ -d /run/systemd/system ]; then
  systemctl disable --now leadfront.service || true
fi
