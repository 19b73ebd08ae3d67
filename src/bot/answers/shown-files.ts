import { dataUrl, takesImages } from "../../agent/images.ts";
import type { ModelSpec } from "../../agent/run-input.ts";
import type { Shown, ToolFile } from "../../agent/tool.ts";
import type { Post } from "../../chat.ts";
import type { Run } from "../../runs/run.ts";
import type { Shelf } from "../../store/shelf.ts";
import { lineOf } from "../../tools/showing.ts";
import type { Logger } from "../../watch/log.ts";
import type { Words } from "../../words/words.ts";

const mb = 1024 * 1024;
const mostFiles = 10;
const mostBytes = 20 * mb;
/** What a model is shown of one call. */
const [mostImages, mostImageBytes] = [4, 5 * mb];

/** The files that tools give in one run: laid on the shelf at once, posted with the answer. */
export class ShownFiles {
  readonly #run: Run;
  readonly #parts: { shelf: Pick<Shelf, "put">; log: Logger };
  /** Calls run side by side; what fits is decided one after the other. */
  #turn: Promise<unknown> = Promise.resolve();

  constructor(run: Run, parts: { shelf: Pick<Shelf, "put">; log: Logger }) {
    this.#run = run;
    this.#parts = parts;
  }

  /** Contract: what the model is told to be seen by people is durable when this resolves; it never rejects. */
  take(files: readonly ToolFile[], models: readonly ModelSpec[]): Promise<Shown> {
    const taken = this.#turn.then(() => this.#take(files, models[0] !== undefined && takesImages(models[0])));
    this.#turn = taken;
    return taken;
  }

  async #take(files: readonly ToolFile[], seesImages: boolean): Promise<Shown> {
    const told: string[] = [];
    const images: string[] = [];
    let room = mostImageBytes;
    for (const file of files) {
      const people = file.aside ? "it is for you alone." : await this.#show(file);
      const isPicture = file.type.startsWith("image/");
      const fits = seesImages && isPicture && images.length < mostImages && file.bytes.length <= room;
      const image = fits ? dataUrl(file.bytes) : undefined;
      if (image) {
        images.push(image);
        room -= file.bytes.length;
      }
      const you = isPicture ? (image ? " You see it, too." : " You can't see it yourself.") : "";
      told.push(`${lineOf(file)}: ${people}${you}`);
    }
    return { text: told.join("\n"), ...(images.length > 0 ? { images } : {}) };
  }

  /** Lays a file down for the answer, if there is room; what became of it, in words for the model. */
  async #show({ name: wanted, type, bytes }: ToolFile): Promise<string> {
    this.#run.shown ??= [];
    const { shown } = this.#run;
    const size = bytes.length;
    const room = mostBytes - shown.reduce((sum, one) => sum + one.size, 0);
    const name = freeName(wanted, new Set(shown.map((one) => one.name)));
    try {
      if (shown.length < mostFiles && size <= room) {
        const ref = await this.#parts.shelf.put(this.#run.id, bytes);
        if (shown.some((one) => one.ref === ref)) return "people see it under your answer already.";
        shown.push({ name, type, size, ref });
        const called = name === wanted ? "" : `, as ${name}`;
        return `people see it under your answer${called}.`;
      }
    } catch (error) {
      this.#parts.log.error({ err: error, run: this.#run.id, name }, "a file of a tool could not be kept");
      this.#leave(wanted, "lost");
      return "people don't see it: it could not be kept.";
    }
    this.#leave(wanted, "tooMuch");
    return `people don't see it: at most ${mostFiles} files and ${mostBytes / mb} MB go with one answer.`;
  }

  #leave(name: string, why: "tooMuch" | "lost"): void {
    const { unshown = [] } = this.#run;
    if (!unshown.some((one) => one.name === name && one.why === why)) this.#run.unshown = [...unshown, { name, why }];
  }

  /** Nothing of them is posted: there is no answer that they could stand under. */
  drop(): void {
    delete this.#run.shown;
    delete this.#run.unshown;
  }

  /** The post, with a word on those that do not go along. */
  under(post: Post, words: Words): Post {
    const { unshown = [] } = this.#run;
    const left = (reason: string) => named(unshown.flatMap(({ name, why }) => (why === reason ? [name] : [])));
    const [tooMuch, lost] = [left("tooMuch"), left("lost")];
    const said = [
      tooMuch.length > 0 ? words.filesLeft.tooMuch(tooMuch) : "",
      lost.length > 0 ? words.filesLeft.lost(lost) : "",
    ];
    return { ...post, text: [post.text, ...said].filter(Boolean).join("\n\n") };
  }
}

/** Names, and not too many. */
function named(names: readonly string[]): string[] {
  return names.length > mostFiles ? [...names.slice(0, mostFiles), "…"] : [...names];
}

function freeName(wanted: string, taken: ReadonlySet<string>): string {
  let name = wanted;
  for (let n = 2; taken.has(name); n++) name = wanted.replace(/(\.[^.]*)?$/, `-${n}$1`);
  return name;
}
