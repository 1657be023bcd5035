// Attachments beside a hand-in: announced by type, size and hash, then handed in one by one. The
// file's name begins with the person's ID number, so names travel in bodies, never in addresses.
import { blake2b } from "@noble/hashes/blake2b";
import { actWithFile, ApiError } from "../api";
import { endings } from "../words";

interface Announced {
  id_number: string;
  type: string;
  size: number;
  hash: string;
}
export interface Sent {
  name: string;
  envelope?: string;
  error?: string;
}

const BYTES_MAX = 16 * 1024 * 1024; // of the bus

const typeOf = (name: string): string => {
  const ending = name.slice(name.lastIndexOf(".") + 1).toLowerCase();
  const found = endings().find((one) => one.word === ending);
  return found ? found.type : "";
};

// Not where the name says no type, or the file is empty or too large.
export function canAttach(file: File): boolean {
  return typeOf(file.name) !== "" && file.size > 0 && file.size <= BYTES_MAX;
}

export async function announce(files: File[]): Promise<Announced[]> {
  const out: Announced[] = [];
  for (const file of files) {
    const content = new Uint8Array(await file.arrayBuffer());
    const hash = Array.from(blake2b(content, { dkLen: 32 }), (byte) =>
      byte.toString(16).padStart(2, "0"),
    ).join("");
    const stem = file.name.slice(0, file.name.lastIndexOf("."));
    out.push({ id_number: stem.split("-")[0], type: typeOf(file.name), size: file.size, hash });
  }
  return out;
}

export async function sendAll(
  kind: string,
  period: string,
  files: File[],
  told: (done: Sent[]) => void,
): Promise<Sent[]> {
  const out: Sent[] = [];
  for (const file of files) {
    try {
      const said = await actWithFile<{ envelope: string }>(
        "attach",
        { kind, period, name: file.name },
        file,
      );
      out.push({ name: file.name, envelope: said.envelope });
    } catch (fault) {
      out.push({
        name: file.name,
        error: fault instanceof ApiError ? fault.text || fault.code : String(fault),
      });
    }
    told(out.slice());
  }
  return out;
}
