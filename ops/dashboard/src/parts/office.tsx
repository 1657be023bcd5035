// Offices by name: the directory's list, fetched once, and what shows one. Read next: office_picker.tsx.
import { useEffect } from "preact/hooks";
import { call } from "../api";
import { store, useStore } from "../store";
import { officeType } from "../words";

export interface Office {
  office: string;
  name: string;
  parent: string | null;
  codes: string[];
  registered: boolean;
}

export interface Offices {
  list: Office[];
  byId: Map<string, Office>;
}

const none: Offices = { list: [], byId: new Map() };
const offices = store<Offices>(none);
let asked = false;

export function useOffices(): Offices {
  useEffect(() => {
    if (asked) return;
    asked = true;
    call<{ offices: Office[] }>("offices")
      .then((said) => {
        const byId = new Map(said.offices.map((one) => [one.office, one]));
        offices.set({ list: said.offices, byId });
      })
      .catch(() => {
        asked = false; // ids stand in for names until the next page asks
      });
  }, []);
  return useStore(offices);
}

export function forgetOffices(): void {
  asked = false;
  offices.set(none);
}

export function nameOf(all: Offices, id: string): string {
  const found = all.byId.get(id);
  return found ? found.name : "";
}

export function OfficeName(props: { id: string | null | undefined; name?: string }) {
  const all = useOffices();
  if (!props.id) return <span class="quiet">–</span>;
  const name = props.name || nameOf(all, props.id);
  return (
    <span class="office" title={`${name || officeType(props.id)} ${props.id}`}>
      {name && <span class="office-name">{name}</span>}
      <code class="office-id">{props.id}</code>
    </span>
  );
}
