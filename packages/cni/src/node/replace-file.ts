import { type FileHandle, open, rename, unlink } from "node:fs/promises";

let count = 0;

/** What the file is to be. */
export interface FileContent {
  readonly text: string;
  /** Also what the umask would take away. */
  readonly mode: number;
  /** Default: that of this process. */
  readonly owner?: { readonly uid: number; readonly gid: number };
}

/**
 * Writes a file so that a reader, or the next boot, finds the old content or the new: written beside it, synced, renamed.
 *
 * @param temporary - the file's name until it is complete, on the same file system; a suffix makes it unique
 * @param place - puts the complete file in its place; default: renames it
 */
export async function replaceFile(
  file: string,
  temporary: string,
  content: FileContent,
  place: (complete: string) => void | Promise<void> = (complete) => rename(complete, file),
): Promise<void> {
  const unique = `${temporary}.${process.pid}.${count++}`;
  try {
    // For nobody else's eyes until it has its mode.
    const handle = await open(unique, "wx", content.mode & 0o600);
    try {
      await write(handle, content);
    } finally {
      await handle.close();
    }
    await place(unique);
  } catch (error) {
    await unlink(unique).catch(() => undefined);
    throw error;
  }
}

async function write(handle: FileHandle, { text, mode, owner }: FileContent): Promise<void> {
  if (owner !== undefined) {
    const { uid, gid } = await handle.stat();
    // Asked for only where it changes something: it is a privilege.
    if (uid !== owner.uid || gid !== owner.gid) await handle.chown(owner.uid, owner.gid);
  }
  await handle.chmod(mode);
  await handle.writeFile(text);
  await handle.sync();
}
