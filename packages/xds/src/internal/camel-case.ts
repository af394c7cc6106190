/** `connect_timeout` as `connectTimeout`: the JSON name of a field by that of its .proto file. */
export function camelCase(name: string): string {
  return name.replace(/_+([a-z0-9])/g, (_, letter: string) => letter.toUpperCase());
}
