// Addresses and prefixes as far as chains match them.

/** Bytes of an IP literal; `undefined` for other text. */
export function ipBytes(text: string): readonly number[] | undefined {
  if (!text.includes(":")) return v4Bytes(text);
  const [head = "", tail] = text.split("::");
  if (text.split("::").length > 2) return undefined;
  const front = wordBytes(head);
  const back = tail === undefined ? [] : wordBytes(tail);
  if (front === undefined || back === undefined) return undefined;
  const gap = 16 - front.length - back.length;
  if (tail === undefined ? gap !== 0 : gap < 0) return undefined;
  return [...front, ...new Array<number>(gap).fill(0), ...back];
}

function v4Bytes(text: string): readonly number[] | undefined {
  const octets = text.split(".");
  if (octets.length !== 4 || octets.some((octet) => !/^\d{1,3}$/.test(octet) || Number(octet) > 255)) return undefined;
  return octets.map(Number);
}

function wordBytes(text: string): readonly number[] | undefined {
  const bytes: number[] = [];
  for (const word of text === "" ? [] : text.split(":")) {
    const dotted = word.includes(".") ? v4Bytes(word) : undefined;
    if (dotted !== undefined) bytes.push(...dotted);
    else if (!/^[0-9A-Fa-f]{1,4}$/.test(word)) return undefined;
    else bytes.push(Number.parseInt(word, 16) >> 8, Number.parseInt(word, 16) & 0xff);
  }
  return bytes;
}

/** Whether an address is in a prefix of its family. */
export function isInPrefix(address: readonly number[], prefix: string, length: number): boolean {
  const network = ipBytes(prefix);
  if (network === undefined || network.length !== address.length) return false;
  for (let bit = 0; bit < length; bit += 8) {
    const mask = (0xff00 >> Math.min(8, length - bit)) & 0xff;
    const at = bit >> 3;
    if (((address[at] as number) & mask) !== ((network[at] as number) & mask)) return false;
  }
  return true;
}
