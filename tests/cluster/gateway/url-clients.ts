import { request } from 'node:http';
import { request as requestOverTls } from 'node:https';
import { connect, type Socket } from 'node:net';
import { connect as connectTls } from 'node:tls';

// What is below fetch, for URLs of gateways: in plain text or over TLS, as the URL says.

const isSecure = (url: string): boolean => url.startsWith('https:');

export function requestOf(url: string): typeof request {
  return isSecure(url) ? requestOverTls : request;
}

export function connectTo(url: string): Socket {
  const { hostname: host, port } = new URL(url);
  const where = { host, port: Number(port) };
  return isSecure(url) ? connectTls(where) : connect(where);
}
