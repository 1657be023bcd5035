// Labelled inputs.
import type { ComponentChildren } from "preact";
import { useId, useState } from "preact/hooks";
import { masked } from "../format";
import { t } from "../i18n";

interface Base {
  label: string;
  value: string;
  onChange: (value: string) => void;
  required?: boolean;
  hint?: ComponentChildren;
}

// What stands around each: its label, and a hint below it.
function Field(props: {
  id: string;
  label: string;
  required?: boolean;
  hint?: ComponentChildren;
  wide?: boolean;
  children: ComponentChildren;
}) {
  return (
    <div class={props.wide ? "field wide" : "field"}>
      <label for={props.id}>
        {props.label}
        {props.required && <Required />}
      </label>
      {props.children}
      {props.hint && (
        <span class="hint" id={`${props.id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}

export function Input(
  props: Base & {
    type?: "text" | "password" | "date" | "month" | "datetime-local" | "number";
    autocomplete?: string;
    pattern?: string;
    maxLength?: number;
    placeholder?: string;
  },
) {
  const id = useId();
  return (
    <Field id={id} {...props}>
      <input
        id={id}
        type={(props.type || "text") as "text"}
        value={props.value}
        required={props.required}
        maxLength={props.maxLength}
        pattern={props.pattern}
        placeholder={props.placeholder}
        autocomplete={props.autocomplete || "off"}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export function Area(props: Base & { maxLength?: number }) {
  const id = useId();
  return (
    <Field id={id} wide {...props}>
      <textarea
        id={id}
        rows={3}
        value={props.value}
        required={props.required}
        maxLength={props.maxLength}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onInput={(event) => props.onChange(event.currentTarget.value)}
      />
    </Field>
  );
}

export function Select(props: Base & { choices: { value: string; text: string }[]; any?: string }) {
  const id = useId();
  return (
    <Field id={id} {...props}>
      <select
        id={id}
        value={props.value}
        required={props.required}
        aria-describedby={props.hint ? `${id}-hint` : undefined}
        onChange={(event) => props.onChange(event.currentTarget.value)}
      >
        {props.any !== undefined && <option value="">{props.any}</option>}
        {props.choices.map((one) => (
          <option key={one.value} value={one.value}>
            {one.text}
          </option>
        ))}
      </select>
    </Field>
  );
}

export function Password(props: Base & { fresh?: boolean }) {
  return (
    <Input
      {...props}
      type="password"
      autocomplete={props.fresh ? "new-password" : "current-password"}
      required
    />
  );
}

// The second factor's six digits.
export function FactorCode(props: { value: string; onChange: (value: string) => void }) {
  return (
    <Input
      {...props}
      label={t("sign.code")}
      hint={t("sign.code.hint")}
      autocomplete="one-time-code"
      maxLength={6}
      required
    />
  );
}

export function Check(props: {
  label: ComponentChildren;
  value: boolean;
  onChange: (value: boolean) => void;
}) {
  return (
    <label class="check-field">
      <input
        type="checkbox"
        checked={props.value}
        onChange={(event) => props.onChange(event.currentTarget.checked)}
      />
      <span>{props.label}</span>
    </label>
  );
}

export function Files(props: {
  label: string;
  accept: string;
  multiple?: boolean;
  onPick: (files: File[]) => void;
  hint?: string;
}) {
  const id = useId();
  const [names, setNames] = useState<string[]>([]);
  return (
    <div class="field wide">
      <label for={id}>{props.label}</label>
      <span class="file">
        <input
          id={id}
          type="file"
          accept={props.accept}
          multiple={props.multiple}
          aria-describedby={props.hint ? `${id}-hint` : undefined}
          onChange={(event) => {
            const files = Array.from(event.currentTarget.files || []);
            setNames(files.map((file) => file.name.replace(/\d{17}[\dXx]/, masked)));
            props.onPick(files);
          }}
        />
        <label class="button small" for={id}>
          {t("input.choose")}
        </label>
        <span class="quiet">
          {!names.length
            ? t("input.no.file")
            : names.length === 1
              ? names[0]
              : t("input.files", { n: names.length })}
        </span>
      </span>
      {props.hint && (
        <span class="hint" id={`${id}-hint`}>
          {props.hint}
        </span>
      )}
    </div>
  );
}

function Required() {
  return (
    <span class="required" aria-hidden="true">
      {" "}
      *
    </span>
  );
}
