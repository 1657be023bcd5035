// Offices by name: the directory's list, fetched once a sign-in, and what shows one. Read next:
// office_picker.tsx.
import { createContext, type ComponentChildren } from "preact";
import { useContext, useEffect, useMemo } from "preact/hooks";
import { place } from "../router";
import { useStore } from "../store";
import { officeType } from "../words";
import { useAsked } from "./asked";

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

const Known = createContext<Offices>({ list: [], byId: new Map() });

// Around every page: all name offices, so that the list is there before the first is opened.
export function KnowsOffices(props: { children: ComponentChildren }) {
  const { data, error, again } = useAsked<{ offices: Office[] }>("offices");
  const { path } = useStore(place);
  useEffect(() => {
    if (error) again(); // ids stand in for names until the next page asks
  }, [path]);
  const offices = useMemo(() => {
    const list = data ? data.offices : [];
    return { list, byId: new Map(list.map((one) => [one.office, one])) };
  }, [data]);
  return <Known.Provider value={offices}>{props.children}</Known.Provider>;
}

export const useOffices = (): Offices => useContext(Known);

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
