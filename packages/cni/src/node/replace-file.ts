import { open, rename, unlink } from "node:fs/promises";

let count = 0;

/**
 * Writes a file so that a reader, or the next boot, finds the old content or the new: written beside it, synced, renamed.
 *
 * @param temporary - the file's name until it is complete, on the same file system; a suffix makes it unique
 */
export async function replaceFile(file: string, temporary: string, text: string, mode: number): Promise<void> {
  const unique = `${temporary}.${process.pid}.${count++}`;
  try {
    const handle = await open(unique, "wx", mode);
    try {
      await handle.writeFile(text);
      await handle.sync();
    } finally {
      await handle.close();
    }
    await rename(unique, file);
  } catch (error) {
    await unlink(unique).catch(() => undefined);
    throw error;
  }
}
