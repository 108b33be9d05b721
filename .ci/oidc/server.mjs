// An OpenID provider over the accounts in a JSON file, on 127.0.0.1 and the port that is
// given. It prints a line once it listens. Everything about OpenID Connect is done by
// oidc-provider, whose development pages take any password. Its keys are new at each
// start, so that a start is a rotation. From the environment: SECRET of the client, METHOD
// by which the client shows it, HOST by which the issuer is named, and MINUTES that the
// clock is ahead.
import crypto from "node:crypto";
import fs from "node:fs";
import http from "node:http";
import Provider from "oidc-provider";

const [, , file, port, redirect] = process.argv;
const { SECRET, METHOD = "client_secret_basic", HOST = "127.0.0.1", MINUTES = "0" } = process.env;
const accounts = JSON.parse(fs.readFileSync(file, "utf8"));

const now = Date.now;
Date.now = () => now() + Number(MINUTES) * 60_000;

const day = 24 * 60 * 60;
const key = crypto.generateKeyPairSync("rsa", { modulusLength: 2048 }).privateKey.export({ format: "jwk" });
const client = (id) => ({
  client_id: id, client_secret: SECRET, redirect_uris: [redirect], token_endpoint_auth_method: METHOD,
});
const provider = new Provider(`http://${HOST}:${port}`, {
  clients: [client("leadfront"), client("other")],
  jwks: { keys: [{ ...key, use: "sig", alg: "RS256", kid: crypto.randomUUID() }] },
  pkce: { required: () => true },
  scopes: ["openid", "profile", "email", "groups"],
  claims: { openid: ["sub"], profile: ["name"], email: ["email", "email_verified"], groups: ["groups"] },
  ttl: { Interaction: day, Session: day, Grant: day, IdToken: day / 24, AccessToken: day / 24 },
  cookies: { keys: [crypto.randomUUID()] },
  findAccount: (_, sub) => accounts[sub] && { accountId: sub, claims: () => ({ sub, ...accounts[sub] }) },
});
http.createServer(provider.callback()).listen(Number(port), "127.0.0.1", () => console.log("listening"));

// Without its parent it should not go on.
const parent = process.ppid;
setInterval(() => process.ppid === parent || process.exit(1), 1000).unref();
