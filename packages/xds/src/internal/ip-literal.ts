/** Whether Envoy reads the text as an IP address; IPv6 is told by its colons. */
export function isIpLiteral(text: string): boolean {
  if (text.includes(":")) return /^[0-9A-Fa-f:.]+(%[^%]+)?$/.test(text);
  const octets = text.split(".");
  return octets.length === 4 && octets.every((octet) => /^\d{1,3}$/.test(octet) && Number(octet) <= 255);
}
