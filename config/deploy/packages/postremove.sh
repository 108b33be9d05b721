#!/bin/sh
# purge (deb) takes configuration, secrets and user away. The database with its
# audit log stays: it is evidence, and /var/lib/leadfront is removed by hand.
set -e
if [ "$1" = purge ]; then
  rm -rf /etc/leadfront
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
