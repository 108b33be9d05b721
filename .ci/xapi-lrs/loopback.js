// Starts the LRS on 127.0.0.1 and a free port, which it writes to the file
// PORT_FILE. The package itself listens on every interface and cannot be told not to.
'use strict';
const fs = require('fs');
const net = require('net');

const listen = net.Server.prototype.listen;
net.Server.prototype.listen = function (...args) {
  const ready = args.find((arg) => typeof arg === 'function');
  return listen.call(this, 0, '127.0.0.1', () => {
    fs.writeFileSync(process.env.PORT_FILE + '.new', String(this.address().port));
    fs.renameSync(process.env.PORT_FILE + '.new', process.env.PORT_FILE);
    if (ready) ready();
  });
};

// The package goes on whatever happens; without its parent it should not.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();

require('xapi-statements/dist/server');
