// Offices by name: the directory's list, fetched once, and what shows and picks one.
import { useEffect, useId, useMemo, useRef, useState } from "preact/hooks";
import { call } from "../api";
import { t } from "../i18n";
import { initialsOf } from "../pinyin";
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

const SHOWN_MAX = 50;

function matching(list: Office[], text: string): Office[] {
  const wanted = text.trim().toLowerCase();
  if (!wanted) return list.slice(0, SHOWN_MAX);
  const out: Office[] = [];
  for (const one of list) {
    if (
      one.office.includes(wanted) ||
      one.name.toLowerCase().includes(wanted) ||
      (one.codes || []).some((code) => code.startsWith(wanted)) ||
      initialsOf(one.name).includes(wanted)
    )
      out.push(one);
    if (out.length >= SHOWN_MAX) break;
  }
  return out;
}

// By code, name or the initials of its pinyin.
export function OfficePicker(props: {
  label: string;
  value: string;
  onPick: (office: string) => void;
  among?: (office: Office) => boolean;
  required?: boolean;
}) {
  const all = useOffices();
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(0);
  const box = useRef<HTMLInputElement>(null);
  const { among, value, onPick } = props;
  const pool = useMemo(() => (among ? all.list.filter(among) : all.list), [all, among]);
  const shown = useMemo(() => (open ? matching(pool, text) : []), [open, pool, text]);
  const label = value ? `${nameOf(all, value)} ${value}`.trim() : "";
  const pick = (office: string) => {
    onPick(office);
    setText("");
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && open && shown[at]) pick(shown[at].office);
    else if (event.key === "Escape" && open) setOpen(false);
    else return;
    event.preventDefault();
    event.stopPropagation();
  };
  return (
    <div class="field picker">
      <label for={id}>{props.label}</label>
      <input
        id={id}
        ref={box}
        type="text"
        role="combobox"
        autocomplete="off"
        aria-expanded={open}
        aria-controls={`${id}-list`}
        aria-activedescendant={open && shown[at] ? `${id}-${at}` : undefined}
        aria-required={props.required}
        placeholder={t("office.pick")}
        value={open ? text : label}
        onFocus={() => {
          setOpen(true);
          setAt(0);
        }}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          setAt(0);
          if (!event.currentTarget.value) onPick("");
        }}
        onKeyDown={onKeyDown}
      />
      <ul id={`${id}-list`} role="listbox" aria-label={props.label} hidden={!open}>
        {shown.map((one, index) => (
          <li
            key={one.office}
            id={`${id}-${index}`}
            role="option"
            aria-selected={index === at}
            onMouseDown={(event) => {
              event.preventDefault();
              pick(one.office);
            }}
          >
            <span class="office-name">{one.name}</span>
            <code class="office-id">{one.office}</code>
            {one.registered === false && <span class="quiet"> {t("office.unregistered")}</span>}
          </li>
        ))}
        {open && !shown.length && <li class="quiet">{t("office.none")}</li>}
      </ul>
    </div>
  );
}
