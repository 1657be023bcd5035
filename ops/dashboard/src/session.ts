// Who is signed in, and what that account may do.
import { get, post, setToken, whenSignedOut, type Session } from "./api";
import { store } from "./store";

export const session = store<Session | null>(null);

export function take(said: Session): void {
  setToken(said.token);
  session.set(said);
}

export async function loadSession(): Promise<void> {
  take(await get<Session>("/api/session"));
}

export async function signOut(): Promise<void> {
  try {
    await post("/api/sign-out", {});
  } finally {
    signedOut();
  }
}

function signedOut(): void {
  const before = session.get();
  setToken("");
  if (before && before.signed_in)
    session.set({
      signed_in: false,
      office: before.office,
      name: before.name,
      rehearsal: before.rehearsal,
    });
}
whenSignedOut(signedOut);

export function may(command: string): boolean {
  const said = session.get();
  return !!said && !!said.may && said.may.includes(command);
}
export const mayAny = (...commands: string[]): boolean => commands.some(may);
