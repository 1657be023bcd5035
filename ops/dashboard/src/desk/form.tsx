// A form of the table of forms, to fill in: labels, types, limits, choices from the server.
import { Area, Input, Select } from "../parts/inputs";
import { CodePicker } from "../parts/office_picker";
import { language, t } from "../i18n";
import { fieldTitle, type FormField } from "../words";

export type Values = Record<string, string>;

const LONG = 512; // more characters than this want lines

export function FormFields(props: {
  fields: FormField[];
  values: Values;
  onChange: (values: Values) => void;
}) {
  const { values, onChange } = props;
  return (
    <div class="form-grid">
      {props.fields.map((field) => {
        const common = {
          label: fieldTitle(field),
          value: values[field.name] || "",
          required: field.required,
          onChange: (value: string) => onChange({ ...values, [field.name]: value }),
        };
        if (field.type === "choice")
          return (
            <Select
              key={field.name}
              {...common}
              any="–"
              choices={field.choices.map((one) => ({
                value: one.word,
                text: language.get() === "zh" ? one.zh : one.en || one.word.replace(/_/g, " "),
              }))}
            />
          );
        if (field.type === "code")
          return (
            <CodePicker
              key={field.name}
              label={common.label}
              value={common.value}
              required={field.required}
              onPick={common.onChange}
              hint={t("item.return.code.hint")}
            />
          );
        if (field.type === "text" && field.max > LONG)
          return <Area key={field.name} {...common} maxLength={field.max} />;
        return (
          <Input
            key={field.name}
            {...common}
            maxLength={field.max || undefined}
            type={field.type === "date" ? "date" : field.type === "count" ? "number" : "text"}
          />
        );
      })}
    </div>
  );
}

export const complete = (fields: FormField[], values: Values): boolean =>
  fields.every((field) => !field.required || (values[field.name] || "").trim() !== "");

// As options of a command.
export function asOptions(values: Values): Record<string, string> {
  const out: Record<string, string> = {};
  for (const [name, value] of Object.entries(values))
    if (value.trim()) out[`field.${name}`] = value.trim();
  return out;
}
