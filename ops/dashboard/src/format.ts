// Numbers, sizes and times as text. Times are Shanghai's, as everywhere on the bus.
import { language, t } from "./i18n";

const grouped = new Intl.NumberFormat("en-US");

export function count(value: number | null | undefined): string {
  return value === null || value === undefined || isNaN(value) ? "–" : grouped.format(value);
}

export function bytes(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  const units = ["B", "KiB", "MiB", "GiB", "TiB"];
  let unit = 0;
  let shown = value;
  while (shown >= 1024 && unit < units.length - 1) {
    shown /= 1024;
    unit += 1;
  }
  const digits = unit === 0 || shown >= 100 ? 0 : 1;
  return `${shown.toFixed(digits)} ${units[unit]}`;
}

// Of what expires: "version 12", "key 3".
export function versionOrKey(detail: string): string {
  const found = /^(version|key) (\d+)$/.exec(detail);
  return found ? t(`directory.${found[1] as "version" | "key"}`, { n: found[2] }) : detail;
}

// An ID number without the birth date and the order of that day.
export function masked(idNumber: string): string {
  return idNumber.replace(/^(.{6}).*(.{2})$/, "$1**********$2");
}

export function percent(part: number, whole: number): string {
  return whole > 0 ? `${((part / whole) * 100).toFixed(1)} %` : "–";
}

export function milliseconds(value: number | null | undefined): string {
  if (value === null || value === undefined) return "–";
  return value < 10 ? `${value.toFixed(1)} ms` : `${grouped.format(Math.round(value))} ms`;
}

// Two units at most: "3 d 4 h", "5 min", "12 s".
export function duration(seconds: number | null | undefined): string {
  if (seconds === null || seconds === undefined || isNaN(seconds)) return "–";
  const whole = Math.max(0, Math.round(seconds));
  const zh = language.get() === "zh";
  const unit = {
    d: zh ? "天" : "d",
    h: zh ? "小时" : "h",
    m: zh ? "分" : "min",
    s: zh ? "秒" : "s",
  };
  const d = Math.floor(whole / 86400);
  const h = Math.floor((whole % 86400) / 3600);
  const m = Math.floor((whole % 3600) / 60);
  if (d >= 10) return `${grouped.format(d)} ${unit.d}`;
  if (d > 0) return `${d} ${unit.d}${h ? ` ${h} ${unit.h}` : ""}`;
  if (h > 0) return `${h} ${unit.h}${m ? ` ${m} ${unit.m}` : ""}`;
  if (m > 0) return `${m} ${unit.m}`;
  return `${whole} ${unit.s}`;
}

// Age or distance from now, in words.
export function relative(ms: number, now: number): string {
  const seconds = (now - ms) / 1000;
  if (Math.abs(seconds) < 5) return t("time.now");
  return seconds > 0
    ? t("time.ago", { time: duration(seconds) })
    : t("time.in", { time: duration(-seconds) });
}

const SHANGHAI_MS = 8 * 3600000; // ahead of UTC, since 1991 all year

// "2026-12-14 09:00:00"
export function exact(ms: number): string {
  return new Date(ms + SHANGHAI_MS).toISOString().slice(0, 19).replace("T", " ");
}

export const day = (ms: number): string => exact(ms).slice(0, 10);

export function period(text: string | null | undefined): string {
  if (!text || text === "0000-00") return "–";
  if (language.get() !== "zh") return text;
  const half = /^(\d{4})-H1$/.exec(text);
  if (half) return `${half[1]}年上半年`;
  const month = /^(\d{4})-(\d{2})$/.exec(text);
  if (month) return `${month[1]}年${Number(month[2])}月`;
  return /^\d{4}$/.test(text) ? `${text}年` : text;
}

// Enough of an id to tell two apart; the whole stands in the title.
export const shortId = (id: string): string =>
  id.length > 14 ? `${id.slice(0, 8)}…${id.slice(-4)}` : id;
