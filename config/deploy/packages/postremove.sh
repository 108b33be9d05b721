#!/bin/sh
# purge (deb) takes configuration and secrets away. The database with its audit log
# stays, and so does the user that owns it: it is evidence, and removed by hand.
set -e
if [ "$1" = purge ]; then
  rm -rf /etc/leadfront
fi
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
fi
