// A read-only SCIM server over the users in a JSON file, on 127.0.0.1 and a free
// port, which it prints. Everything about SCIM is done by scimmy and scimmy-routers.
import fs from "node:fs";
import express from "express";
import SCIMMY from "scimmy";
import SCIMMYRouters from "scimmy-routers";

const users = JSON.parse(fs.readFileSync(process.argv[2], "utf8"));

SCIMMY.Resources.declare(SCIMMY.Resources.User).extend(SCIMMY.Schemas.EnterpriseUser, false);
SCIMMY.Resources.User.egress((resource) =>
  resource.id ? users.find((user) => user.id === resource.id) : users);

const app = express();
app.use("/scim", new SCIMMYRouters({
  type: "bearer",
  handler: (request) => {
    if (request.header("Authorization") !== "Bearer TESTTOKEN") throw new Error("who are you?");
    return "reader";
  },
}));
const server = app.listen(0, "127.0.0.1", () => console.log(server.address().port));

// Without its parent it should not go on.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
