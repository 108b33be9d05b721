#!/bin/sh
# Makes the user and the folder of the database. It enables and starts nothing: a
# configuration has to be there first.
set -e
if ! getent group leadfront >/dev/null; then
  groupadd --system leadfront
fi
if ! getent passwd leadfront >/dev/null; then
  useradd --system --gid leadfront --home-dir /var/lib/leadfront --no-create-home --shell /usr/sbin/nologin leadfront
fi
install -d -o leadfront -g leadfront -m 0750 /var/lib/leadfront
# The unit names these two. Empty ones let it start, and leadfront says which is empty.
for secret in lrs lms; do
  [ -e /etc/leadfront/secrets/$secret ] || install -m 0600 /dev/null /etc/leadfront/secrets/$secret
done
if [ -d /run/systemd/system ]; then
  systemctl daemon-reload
  systemctl try-restart leadfront.service
fi
