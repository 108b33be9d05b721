// Tells the LRS who a client is: whoever has the one password. Everybody else is
// unknown, which the LRS answers with 401. Writes its port to the file PORT_FILE.
'use strict';
const fs = require('fs');
const http = require('http');

const known = 'Basic ' + Buffer.from('leadfront:right').toString('base64');
const client = {
  _id: '5a5f2bd1b5b0a10e7b9c0001',
  title: 'leadfront',
  authority: { objectType: 'Agent', account: { homePage: 'https://lrs.example.org/keys', name: 'leadfront' } },
  isTrusted: true,
  lrs_id: '5a5f2bd1b5b0a10e7b9c0002',
  organisation: '5a5f2bd1b5b0a10e7b9c0003',
  scopes: ['all'],
};

http
  .createServer((request, response) => {
    const found = request.headers.authorization === known;
    response.writeHead(found ? 200 : 404, { 'Content-Type': 'application/json' });
    response.end(JSON.stringify(found ? client : {}));
  })
  .listen(0, '127.0.0.1', function () {
    fs.writeFileSync(process.env.PORT_FILE + '.new', String(this.address().port));
    fs.renameSync(process.env.PORT_FILE + '.new', process.env.PORT_FILE);
  });

// Without its parent it should not go on.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
