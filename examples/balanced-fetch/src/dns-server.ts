import { createSocket } from "node:dgram";
import { Resolver } from "node:dns/promises";

/** What a DNS server knows of a service. */
export interface ServiceRecords {
  /** Such as `_http._tcp.orders.internal`. */
  readonly name: string;
  /** The address of the only host, as text. */
  readonly host: string;
  /** One SRV record each. */
  readonly ports: readonly number[];
}

/** A DNS server that runs. */
export interface RunningDnsServer {
  /** Asks this server, and no other. */
  readonly resolver: Resolver;
  /** Changes what the next questions are answered with. */
  publish(records: ServiceRecords): void;
  close(): Promise<void>;
}

const [TYPE_A, TYPE_SRV, CLASS_IN] = [1, 33, 1];
const TTL_SECONDS = 1;
const HEADER_BYTES = 12;
/** Behind its name. */
const QUESTION_BYTES = 4;
const NO_SUCH_NAME = 3;
/** Points at the name in the question. */
const SAME_NAME = [0xc0, HEADER_BYTES];

/** Starts a DNS server on a free port of loopback that knows one service, for programs that have no real one at hand. */
export async function startDnsServer(first: ServiceRecords): Promise<RunningDnsServer> {
  let records = first;
  const socket = createSocket("udp4");
  socket.on("message", (query, { port, address }) => {
    if (query.length > HEADER_BYTES + QUESTION_BYTES) socket.send(answer(query, records), port, address);
  });
  await new Promise<void>((resolve) => socket.bind(0, "127.0.0.1", resolve));
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  resolver.setServers([`127.0.0.1:${socket.address().port}`]);
  return {
    resolver,
    publish(next) {
      records = next;
    },
    close: () => new Promise((resolve) => socket.close(resolve)),
  };
}

/** The answer to a question (RFC 1035, section 4): its header and question, and the records that fit. */
function answer(query: Buffer, { name, host, ports }: ServiceRecords): Buffer {
  const end = query.indexOf(0, HEADER_BYTES) + 1 + QUESTION_BYTES;
  const type = query.readUInt16BE(end - QUESTION_BYTES);
  const asked = nameOf(query).toLowerCase();
  const target = `host.${name}`;
  const found =
    asked === name && type === TYPE_SRV
      ? ports.map((port) => record(TYPE_SRV, Buffer.concat([words(1, 1, port), labels(target)])))
      : asked === target && type === TYPE_A
        ? [record(TYPE_A, Buffer.from(host.split(".").map(Number)))]
        : [];
  const isKnown = asked === name || asked === target;
  // An answer, authoritative, recursion as it was asked for.
  const flags = 0x8400 | (query.readUInt16BE(2) & 0x0100) | (isKnown ? 0 : NO_SUCH_NAME);
  const header = words(query.readUInt16BE(0), flags, 1, found.length, 0, 0);
  return Buffer.concat([header, query.subarray(HEADER_BYTES, end), ...found]);
}

function record(type: number, data: Buffer): Buffer {
  return Buffer.concat([Buffer.from(SAME_NAME), words(type, CLASS_IN, 0, TTL_SECONDS, data.length), data]);
}

function words(...values: readonly number[]): Buffer {
  const bytes = Buffer.alloc(2 * values.length);
  for (const [i, value] of values.entries()) bytes.writeUInt16BE(value, 2 * i);
  return bytes;
}

function labels(name: string): Buffer {
  return Buffer.concat([...name.split("."), ""].map((label) => Buffer.from([label.length, ...Buffer.from(label)])));
}

function nameOf(query: Buffer): string {
  const found: string[] = [];
  for (let at = HEADER_BYTES, length = query[at] ?? 0; length > 0; length = query[at] ?? 0) {
    found.push(query.toString("latin1", at + 1, at + 1 + length));
    at += 1 + length;
  }
  return found.join(".");
}
