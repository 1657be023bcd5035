// The photographs of an opened notice, beside the person whom it is about.
import { useEffect, useState } from "preact/hooks";
import { ApiError } from "../api";
import { t } from "../i18n";
import { may } from "../session";
import { photographOf } from "./opened";
import type { OpenedItem } from "./types";

type Attachment = NonNullable<OpenedItem["attachments"]>[number];

export function Photographs(props: { attachments: Attachment[] }) {
  const all = props.attachments.filter((one) => one.type === "photograph");
  if (!all.length || !may("inbox.attachment")) return null;
  return (
    <div class="photographs">
      {all.map((one, at) => (
        <Photograph key={one.id || one.name} id={one.id} number={at + 1} />
      ))}
    </div>
  );
}

function Photograph(props: { id: string | null; number: number }) {
  const { id, number } = props;
  const [url, setUrl] = useState("");
  const [fault, setFault] = useState("");
  useEffect(() => {
    let shown = true;
    if (id)
      photographOf(id)
        .then((address) => shown && setUrl(address))
        .catch(
          (error) =>
            shown && setFault(error instanceof ApiError ? error.text || error.code : String(error)),
        );
    return () => {
      shown = false;
    };
  }, [id]);
  return (
    <figure class="photograph">
      {url && !fault ? (
        <img
          src={url}
          alt={t("item.photograph", { n: number })}
          onError={() => setFault(t("item.photograph.unreadable"))}
        />
      ) : (
        <span class="quiet">
          {!id ? t("item.photograph.missing") : fault ? <span class="said">{fault}</span> : t("app.loading")}
        </span>
      )}
      <figcaption>{t("item.photograph", { n: number })}</figcaption>
    </figure>
  );
}
