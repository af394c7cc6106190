// Packages that ship no types: what the bench uses of them.
declare module "hashring" {
  class HashRing {
    constructor(servers: string[], algorithm: string, options?: { "max cache size"?: number });
    get(key: string): string;
  }
  export = HashRing;
}

declare module "consistent-hash" {
  class ConsistentHash {
    add(node: string, weight?: number): void;
    get(key: string): string;
  }
  export = ConsistentHash;
}

declare module "opossum" {
  class CircuitBreaker<T> {
    constructor(action: () => Promise<T>, options: { timeout: false });
    fire(): Promise<T>;
    shutdown(): void;
  }
  export = CircuitBreaker;
}
