// By `node --import`: the process gets the port that SLOW_PORT names SLOW_PORT_MS later than it asks for it.
import { Server } from 'node:net';

const port = Number(process.env['SLOW_PORT']);
const delayMs = Number(process.env['SLOW_PORT_MS']);
const { listen } = Server.prototype;

Server.prototype.listen = function (...where) {
  if (where[0]?.port !== port) return listen.apply(this, where);
  setTimeout(() => listen.apply(this, where), delayMs);
  return this;
};
