// Addresses: the path names the page, the query its filters, so that a link shows the same thing.
import { store, useStore } from "./store";

interface Place {
  path: string;
  query: URLSearchParams;
}

const read = (): Place => ({
  path: location.pathname.replace(/\/+$/, "") || "/",
  query: new URLSearchParams(location.search),
});

export const place = store<Place>(read());
addEventListener("popstate", () => place.set(read()));

export function go(to: string, replace = false): void {
  const before = location.pathname;
  history[replace ? "replaceState" : "pushState"](null, "", to);
  place.set(read());
  if (location.pathname !== before) {
    scrollTo(0, 0);
    // The keyboard goes on in the new page, not in the menu.
    document.getElementById("content")?.focus({ preventScroll: true });
  }
  if (location.hash)
    setTimeout(() => document.getElementById(location.hash.slice(1))?.scrollIntoView(), 50);
}

// One filter of the page. An empty value leaves the address.
export function useFilter(name: string, fallback = ""): [string, (value: string) => void] {
  const at = useStore(place);
  const set = (value: string) => {
    const next = new URLSearchParams(location.search);
    if (value === fallback) next.delete(name);
    else next.set(name, value);
    const text = next.toString();
    go(location.pathname + (text ? `?${text}` : ""), true);
  };
  const value = at.query.get(name);
  return [value === null ? fallback : value, set];
}

// Links within the page need no reload; anything else is the browser's.
addEventListener("click", (event) => {
  if (event.defaultPrevented || event.button !== 0) return;
  if (event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return;
  const target = event.target as Element | null;
  const link = target && target.closest ? target.closest("a[href]") : null;
  if (!link || link.hasAttribute("download") || link.getAttribute("target")) return;
  const href = link.getAttribute("href") || "";
  if (!href.startsWith("/") || href.startsWith("/api/")) return;
  event.preventDefault();
  go(href);
});
