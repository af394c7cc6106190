/** Named lists of text that every contender of a case starts from, so that all of them see the same input. */
export type Inputs = Readonly<Record<string, readonly string[]>>;

/** One contender's work, ready to be timed. */
export interface Task {
  /** Does the operation `iterations` times, going on in the inputs where the last call stopped. */
  readonly run: (iterations: number) => void | Promise<void>;
  /** What the contender answers to the case's questions, in the order of `BenchCase.expected`. */
  readonly answers: () => readonly string[] | Promise<readonly string[]>;
  /** Builds the value whose size is the case's `bytes`; without it, `bytes` is what one operation allocates. */
  readonly keep?: () => unknown;
  /** The work is done in processes of its own, so there are no bytes to count in this one. */
  readonly isElsewhere?: true;
  /** Counts the calls to a store that one more operation makes. */
  readonly roundTrips?: () => number | Promise<number>;
  /** Gives back what the task holds outside its process. */
  readonly close?: () => void | Promise<void>;
}

interface ContenderBase {
  /** Unscoped package name, or a Go module's last word; a variant follows after a dash. */
  readonly name: string;
  /** What a reader must know to read the figure: the work it does less, or the form of input it needs. */
  readonly note?: string;
  /** For a contender that can answer less than the case asks: the part of an expected answer it can give. */
  readonly answerOf?: (expected: string) => string;
}

/** A library that runs in a Node process of its own. */
export interface NodeContender extends ContenderBase {
  /** Package whose version is reported; `node` for what is built in. */
  readonly package: string;
  /** Folder the package is installed in, when that is not the workspace. */
  readonly installedIn?: string;
  /** Makes the library available; a text says why it is not. */
  readonly provide?: () => Promise<string | undefined>;
  readonly prepare: (inputs: Inputs) => Task | Promise<Task>;
}

/** A part that a program in `bench/go/cmd` takes. */
export interface GoContender extends ContenderBase {
  readonly go: {
    /** Folder of the program. */
    readonly program: string;
    /** What it is to do, in its own words. */
    readonly mode: string;
    /** Which of its data structures does it, where it has several. */
    readonly table?: string;
  };
}

export type Contender = NodeContender | GoContender;

export interface BenchCase {
  readonly name: string;
  /** What one operation is. */
  readonly operation: string;
  readonly ours: NodeContender;
  readonly peers: readonly Contender[];
  readonly inputs: () => Inputs;
  /** The right answers, from the inputs and not from any contender. */
  readonly expected: (inputs: Inputs) => readonly string[];
}

/** The cases of one area; `quick` asks for small inputs. */
export type AreaCases = (options: { readonly quick: boolean }) => readonly BenchCase[];

export function isGoContender(contender: Contender): contender is GoContender {
  return "go" in contender;
}
