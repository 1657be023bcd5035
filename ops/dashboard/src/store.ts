// The smallest observable value, and the hook that follows it.
import { useEffect, useState } from "preact/hooks";

export interface Store<T> {
  get(): T;
  set(value: T): void;
  follow(changed: () => void): () => void;
}

export function store<T>(first: T): Store<T> {
  let value = first;
  const followers = new Set<() => void>();
  return {
    get: () => value,
    set(next) {
      if (Object.is(next, value)) return;
      value = next;
      followers.forEach((changed) => changed());
    },
    follow(changed) {
      followers.add(changed);
      return () => followers.delete(changed);
    },
  };
}

export function useStore<T>(from: Store<T>): T {
  const [value, setValue] = useState(from.get());
  useEffect(() => {
    setValue(from.get());
    return from.follow(() => setValue(from.get()));
  }, [from]);
  return value;
}

// A store that outlives the page: language, exact times.
export function kept<T extends string>(name: string, first: T): Store<T> {
  let start = first;
  try {
    start = (localStorage.getItem(name) as T) || first;
  } catch {
    // private windows: nothing is remembered
  }
  const inner = store<T>(start);
  return {
    ...inner,
    set(value) {
      try {
        localStorage.setItem(name, value);
      } catch {
        // as above
      }
      inner.set(value);
    },
  };
}
