// What picks an office: by code, name or the initials of its pinyin, with keyboard or mouse.
import { useId, useMemo, useRef, useState } from "preact/hooks";
import { t } from "../i18n";
import { initialsOf } from "../pinyin";
import { OfficeName, useOffices, type Office } from "./office";

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

interface Props {
  label: string;
  value: string;
  onPick: (picked: string) => void;
  among?: (office: Office) => boolean;
  required?: boolean;
  hint?: string;
}

// One office, by code, name or the initials of its pinyin.
export const OfficePicker = (props: Props) => <Picker {...props} />;

// The registration code of a place, by its office, or typed as it is.
export const CodePicker = (props: Props) => <Picker {...props} codes />;

// Several offices, one after the other.
export function OfficesPicker(props: {
  label: string;
  values: string[];
  onPick: (offices: string[]) => void;
  hint?: string;
}) {
  const { values, onPick } = props;
  return (
    <>
      <OfficePicker
        label={props.label}
        hint={props.hint}
        value=""
        among={(one) => !values.includes(one.office)}
        onPick={(office) => office && onPick([...values, office])}
      />
      {values.length > 0 && (
        <ul class="chosen">
          {values.map((office) => (
            <li key={office}>
              <OfficeName id={office} />
              <button
                type="button"
                class="button small"
                onClick={() => onPick(values.filter((one) => one !== office))}
              >
                {t("office.drop")}
                <span class="vh"> {office}</span>
              </button>
            </li>
          ))}
        </ul>
      )}
    </>
  );
}

const isCode = (text: string) => /^(\d{6}|\d{9}|\d{12})$/.test(text);
const firstCode = (office: Office) => (office.codes || [])[0] || "";

function Picker(props: Props & { codes?: boolean }) {
  const all = useOffices();
  const id = useId();
  const [text, setText] = useState("");
  const [open, setOpen] = useState(false);
  const [at, setAt] = useState(-1); // -1: none yet, so that Enter on a mere visit picks nothing
  const box = useRef<HTMLInputElement>(null);
  const { among, codes, value, onPick } = props;
  const fits = codes ? (one: Office) => firstCode(one) !== "" : among;
  const pool = useMemo(() => (fits ? all.list.filter(fits) : all.list), [all, codes, among]);
  const shown = useMemo(() => (open ? matching(pool, text) : []), [open, pool, text]);
  const named = codes ? pool.find((one) => one.codes.includes(value)) : all.byId.get(value);
  const label = value ? `${named ? named.name : ""} ${value}`.trim() : "";
  const pick = (office: Office) => {
    const typed = text.trim();
    const code = office.codes.includes(typed) ? typed : firstCode(office);
    onPick(codes ? code : office.office);
    setText("");
    setOpen(false);
  };
  const onKeyDown = (event: KeyboardEvent) => {
    if (event.key === "ArrowDown") setAt(Math.min(at + 1, shown.length - 1));
    else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
    else if (event.key === "Enter" && open && shown[at]) pick(shown[at]);
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
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        placeholder={t("office.pick")}
        value={open ? text : label}
        onFocus={() => {
          setOpen(true);
          setAt(-1);
        }}
        onBlur={() => setTimeout(() => setOpen(false), 150)}
        onInput={(event) => {
          setText(event.currentTarget.value);
          setOpen(true);
          const typed = event.currentTarget.value.trim();
          setAt(typed ? 0 : -1);
          if (codes) onPick(isCode(typed) ? typed : "");
          else if (!typed) onPick("");
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
              pick(one);
            }}
          >
            <span class="office-name">{one.name}</span>
            <code class="office-id">{codes ? firstCode(one) : one.office}</code>
            {one.registered === false && <span class="quiet"> {t("office.unregistered")}</span>}
          </li>
        ))}
        {open && !shown.length && <li class="quiet">{t("office.none")}</li>}
      </ul>
      {props.hint && (
        <span class="hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}
