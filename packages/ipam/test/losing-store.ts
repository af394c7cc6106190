import { IpamError, type Store } from "@netmason/ipam";

/**
 * What becomes of a transaction whose answer is lost. `late`: it is still under way when the store is read again, and
 * arrives before the call that follows.
 */
export type Fate = "applied" | "not applied" | "late";

/** A store that loses the answer to the next transaction. */
export interface LosingStore extends Store {
  /** @param meanwhile - what others do before anybody finds out */
  lose(fate: Fate, meanwhile?: () => Promise<unknown>): void;
  /** The call that finds a late transaction arrived fails with `store_unavailable`. */
  isBroken: boolean;
}

export function createLosingStore(store: Store): LosingStore {
  let next: { readonly fate: Fate; readonly meanwhile: () => Promise<unknown> } | undefined;
  let late: { readonly txn: Parameters<Store["txn"]>; calls: number } | undefined;
  const before = async (): Promise<void> => {
    if (late === undefined || late.calls-- > 0) return;
    const { txn } = late;
    late = undefined;
    await store.txn(...txn);
    if (losing.isBroken) throw new IpamError("store_unavailable", "nothing was sent", { key: "b" });
  };
  const losing: LosingStore = Object.assign(Object.create(store) as Store, {
    isBroken: false,
    limits: store.limits,
    lose: (fate: Fate, meanwhile: () => Promise<unknown> = async () => {}) => {
      next = { fate, meanwhile };
    },
    get: async (...call: Parameters<Store["get"]>) => {
      await before();
      return store.get(...call);
    },
    range: async (...call: Parameters<Store["range"]>) => {
      await before();
      return store.range(...call);
    },
    txn: async (...call: Parameters<Store["txn"]>) => {
      await before();
      if (next === undefined) return store.txn(...call);
      const { fate, meanwhile } = next;
      next = undefined;
      if (fate === "applied") await store.txn(...call);
      if (fate === "late") late = { txn: call, calls: 1 };
      await meanwhile();
      throw new IpamError("store_outcome_unknown", "the answer was lost", { key: "b" });
    },
  });
  return losing;
}
