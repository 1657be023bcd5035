// The HTTP contract of node/web: sessions, calls that read, calls that act, files. Every failure
// becomes an ApiError whose code the pages translate; the server's own text stands beside it.

export type Options = Record<string, string | number | boolean | undefined | null>;

export class ApiError extends Error {
  constructor(
    readonly code: string,
    readonly text: string,
    readonly secondFactor = false,
  ) {
    super(text);
  }
}

export interface Session {
  signed_in: boolean;
  office: string;
  name: string;
  rehearsal: boolean;
  account?: string;
  role?: string;
  may?: string[];
  token?: string;
  must_change_password?: boolean;
  second_factor?: boolean;
}

let token = "";
let onSignedOut: () => void = () => undefined;

export function setToken(value: string | undefined): void {
  token = value || "";
}
// Called once an answer says that nobody is signed in any more.
export function whenSignedOut(act: () => void): void {
  onSignedOut = act;
}

export function query(options: Options = {}): string {
  const parts: string[] = [];
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && value !== null && value !== "" && value !== false)
      parts.push(`${encodeURIComponent(name)}=${encodeURIComponent(String(value))}`);
  return parts.length ? `?${parts.join("&")}` : "";
}

async function send(path: string, init?: RequestInit): Promise<Response> {
  let answer: Response;
  try {
    answer = await fetch(path, { credentials: "same-origin", ...init });
  } catch {
    throw new ApiError("unreachable", "");
  }
  if (answer.ok) return answer;
  let code = answer.status === 401 ? "sign_in" : "io";
  let text = `HTTP ${answer.status}`;
  let secondFactor = false;
  try {
    const body = await answer.json();
    code = body.error.code || code;
    text = body.error.text || text;
    secondFactor = body.error.second_factor === true;
  } catch {
    // not JSON: a proxy in between; the status says enough
  }
  if (code === "sign_in" && path !== "/api/sign-in") onSignedOut();
  throw new ApiError(code, text, secondFactor);
}

export async function get<T>(path: string, signal?: AbortSignal): Promise<T> {
  return (await send(path, { signal })).json();
}

export async function post<T>(path: string, body: unknown): Promise<T> {
  const answer = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Xianjie-Token": token },
    body: JSON.stringify(body),
  });
  return answer.json();
}

export function call<T>(command: string, options?: Options, signal?: AbortSignal): Promise<T> {
  return get<T>(`/api/call/${command}${query(options)}`, signal);
}

function textsOf(options: Options): Record<string, string> {
  const texts: Record<string, string> = {};
  for (const [name, value] of Object.entries(options))
    if (value !== undefined && value !== null && value !== "" && value !== false)
      texts[name] = String(value);
  return texts;
}

// Options stand in the body, never in the address: they may hold what is personal.
export function act<T>(command: string, options: Options, body?: string): Promise<T> {
  return post<T>(`/api/call/${command}`, {
    options: textsOf(options),
    ...(body ? { body } : {}),
  });
}

// The same with a file of any kind; the server converts spreadsheets.
export async function actWithFile<T>(command: string, options: Options, file: Blob): Promise<T> {
  const body_base64 = await base64(file);
  return post<T>(`/api/call/${command}`, { options: textsOf(options), body_base64 });
}

function base64(file: Blob): Promise<string> {
  return new Promise((done, failed) => {
    const reader = new FileReader();
    reader.onload = () => {
      const url = String(reader.result);
      done(url.slice(url.indexOf(",") + 1));
    };
    reader.onerror = () => failed(new ApiError("unreadable_file", ""));
    reader.readAsDataURL(file);
  });
}

async function postForFile(path: string, body: unknown): Promise<Blob> {
  const answer = await send(path, {
    method: "POST",
    headers: { "Content-Type": "application/json", "X-Xianjie-Token": token },
    body: JSON.stringify(body),
  });
  return answer.blob();
}

// A file that may hold what is personal: the opening is recorded, so it is an act.
export function fileOf(command: string, options: Options): Promise<Blob> {
  return postForFile(`/api/file/${command}`, { options: textsOf(options) });
}

export async function download(command: string, options: Options, name: string): Promise<void> {
  saveAs(name, await fileOf(command, options));
}

// What is on screen as a spreadsheet: numbers stay numbers, all else is text.
export function sheetOf(
  title: string,
  columns: string[],
  rows: (string | number)[][],
): Promise<Blob> {
  return postForFile("/api/sheet", { title, columns, rows });
}

export function tableUrl(command: string, format: "csv" | "xlsx", options: Options): string {
  return `/api/table/${command}.${format}${query(options)}`;
}

// Saves what came over an acting call, or was made here, under a name.
export function saveAs(name: string, content: Blob): void {
  const link = document.createElement("a");
  link.href = URL.createObjectURL(content);
  link.download = name;
  link.click();
  setTimeout(() => URL.revokeObjectURL(link.href), 60000);
}
